//! The numbers that a neuroscientist wants of each state of a run: of its populations and of the memories in it.

use crate::analysis::fano::{PopulationFano, population_fano};
use crate::analysis::intervals::{self, PopulationCv, population_cv};
use crate::analysis::overlap::{PatternRates, all_pattern_rates};
use crate::analysis::population::{self, Fluctuation, fluctuation};
use crate::analysis::rates::{self, Spread};
use crate::analysis::recall::{self, Completeness};
use crate::analysis::spectrum::{self, Peak};
use crate::analysis::states::State;
use crate::analysis::{Spikes, mean, synchrony};
use crate::results::Results;

use super::{FindingsError, Spiking};

/// Bins of the rate whose spectrum is taken, ms.
const SPECTRUM_BIN_MS: f64 = 1.0;
/// Length of a segment of the spectrum, in bins: 5 Hz apart.
const SPECTRUM_SEGMENT: usize = 200;
/// Peaks are looked for from here on, Hz: below is the slow change of the state itself.
const PEAK_FROM_HZ: f64 = 10.0;

/// What was found in a state.
#[derive(Clone, Debug)]
pub struct StateFindings {
    /// Which state, and when.
    pub state: State,
    /// Populations whose spikes are recorded then.
    pub populations: Vec<Population>,
    /// The patterns that lead somewhere in the run; none where not all spikes of their population are recorded.
    pub memories: Vec<Memory>,
    /// The largest overlap of all others: its pattern and the overlap.
    pub largest_other: Option<(usize, f64)>,
}

/// A population in a state.
#[derive(Clone, Debug)]
pub struct Population {
    /// Its name.
    pub name: String,
    /// Neurons whose spikes are recorded.
    pub neurons: usize,
    /// Spikes in the state.
    pub spikes: usize,
    /// Rates over neurons.
    pub rates: Spread,
    /// CV of the intervals.
    pub cv: PopulationCv,
    /// Fano factor of counts in 100 ms.
    pub fano: PopulationFano,
    /// CV of the population's rate in 5 ms.
    pub fluctuation: Fluctuation,
    /// Synchrony in 5 ms.
    pub chi: f64,
    /// Peak of the spectrum of the population's rate.
    pub peak: Option<Peak>,
}

/// A memory in a state.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Its pattern.
    pub pattern: usize,
    /// Rates of members and others.
    pub rates: PatternRates,
    /// (r_on - r_off)/reference rate.
    pub overlap: f64,
    /// CV of the members' intervals.
    pub members_cv: PopulationCv,
    /// How much of it is active.
    pub completeness: Completeness,
    /// Whether its rates are those of a recalled memory.
    pub recalled: bool,
}

/// The numbers of each of `states`.
///
/// # Errors
/// If the file is damaged.
pub fn table(results: &Results, run: &Spiking, states: &[State]) -> Result<Vec<StateFindings>, FindingsError> {
    states.iter().map(|&state| of_state(results, run, state)).collect()
}

fn of_state(results: &Results, run: &Spiking, state: State) -> Result<StateFindings, FindingsError> {
    let mut found = StateFindings { state, populations: Vec::new(), memories: Vec::new(), largest_other: None };
    let window = state.window;
    for name in results.populations()? {
        if run.facts.start_ms > window.start_ms || window.stop_ms > run.facts.stop_ms {
            continue;
        }
        let read = run.spikes(results, &name, window)?;
        let neurons = run.recorded_neurons(&name);
        let spikes = Spikes::new(&read.timestamps_ms, &read.node_ids, neurons);
        let spikes = spikes.map_err(|error| FindingsError::spikes(results, &name, error))?;
        found.populations.push(of_population(name.clone(), spikes, state));
        let own = run.patterns.as_ref().is_some_and(|patterns| patterns.population == name);
        if own && run.has_all_spikes(results, &name, window)? {
            memories(run, spikes, &mut found);
        }
    }
    Ok(found)
}

fn of_population(name: String, spikes: Spikes<'_>, state: State) -> Population {
    let window = state.window;
    let rate = population::rates_hz(spikes, window, SPECTRUM_BIN_MS);
    let segment = SPECTRUM_SEGMENT.min(rate.len());
    Population {
        name,
        neurons: spikes.size(),
        spikes: spikes.len(),
        rates: rates::spread(&rates::neuron_rates_hz(spikes, window)),
        cv: population_cv(spikes, window),
        fano: population_fano(spikes, window),
        fluctuation: fluctuation(spikes, window),
        chi: synchrony::chi(spikes, window, population::BIN_MS),
        peak: spectrum::peak(&spectrum::welch(&rate, SPECTRUM_BIN_MS, segment), PEAK_FROM_HZ),
    }
}

fn memories(run: &Spiking, spikes: Spikes<'_>, found: &mut StateFindings) {
    let Some(patterns) = &run.patterns else { return };
    let window = found.state.window;
    let members: Vec<Vec<u32>> = (0..patterns.count()).map(|pattern| patterns.members(pattern).to_vec()).collect();
    let all = all_pattern_rates(spikes, &members, window);
    let cvs = intervals::neuron_cvs(spikes, window, intervals::SPIKES_MIN);
    let neuron_rates = rates::neuron_rates_hz(spikes, window);
    let reference_rate_hz = run.overlaps.as_ref().map_or(f64::NAN, |overlaps| overlaps.reference_rate_hz);
    let leading = run.leading_patterns();
    found.memories = (leading.iter())
        .map(|&pattern| {
            let own: Vec<f64> = members[pattern].iter().filter_map(|&member| cvs[member as usize]).collect();
            Memory {
                pattern,
                rates: all[pattern],
                overlap: all[pattern].overlap(reference_rate_hz),
                members_cv: PopulationCv { mean: mean(&own), neurons: own.len() },
                completeness: recall::completeness(&neuron_rates, &members[pattern]),
                recalled: recall::is_recall(all[pattern]),
            }
        })
        .collect();
    let now = found.state.kind.pattern();
    let others = all.iter().enumerate().filter(|&(pattern, _)| Some(pattern) != now);
    let others = others.map(|(pattern, rates)| (pattern, rates.overlap(reference_rate_hz)));
    found.largest_other = others.filter(|(_, overlap)| !overlap.is_nan()).max_by(|a, b| a.1.total_cmp(&b.1));
}
