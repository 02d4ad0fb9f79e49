//! Quantises the stimuli and draws whom each cue drives.

use super::patterns::fraction_of;
use super::population::{Membrane, fit_all, largest, uptake};
use super::spiking::stored::Stored;
use crate::config::Problem;
use crate::model::spiking::{Spiking, StimulusTarget};
use crate::network::patterns::Patterns;
use crate::network::spiking::{Population, Stimulus};
use crate::random::{Draws, Stream};

/// The bit of the numbers of groups, among the sequences of cues.
const GROUPS: u32 = 1 << 31;

/// All stimuli.
pub(super) fn compile(
    model: &Spiking,
    (stored, trial): (&Stored<'_>, u32),
    (populations, membranes): (&[Population], &[Membrane]),
    problems: &mut Vec<Problem>,
) -> Vec<Stimulus> {
    let mut stimuli = Vec::with_capacity(model.stimuli.len());
    for (index, stimulus) in model.stimuli.iter().enumerate() {
        let neurons = match stimulus.target {
            StimulusTarget::Cue { .. } => stored
                .of(stimulus.population)
                .and_then(|(_, patterns)| cued(model.seed, (trial, index as u32), stimulus.target, patterns)),
            StimulusTarget::Group { group, fraction } => {
                Some(grouped(model.seed, model.populations[stimulus.population].size, group, fraction))
            }
            StimulusTarget::Pulse => None,
        };
        let path = format!("stimuli.{index}.amplitude");
        let tau_m_ms = driven(&membranes[stimulus.population].tau_m_ms, neurons.as_deref());
        let steps_mv: Vec<f64> =
            tau_m_ms.iter().map(|&tau_m| uptake(model.dt_ms, tau_m) * stimulus.amplitude_mv).collect();
        let amplitudes = fit_all(&path, &steps_mv, |_| stimulus.amplitude_mv, problems);
        stimuli.push(Stimulus {
            population: stimulus.population,
            neurons,
            amplitude: largest(&amplitudes),
            own_amplitudes: if amplitudes.len() > 1 { amplitudes } else { Vec::new() },
            start_step: stimulus.start_step,
            stop_step: stimulus.stop_step,
        });
    }
    for (index, population) in populations.iter().enumerate() {
        bound_sum(index, population, &stimuli, problems);
    }
    stimuli
}

/// tau_m of the driven neurons, or one number for all.
fn driven(tau_m_ms: &[f64], neurons: Option<&[u32]>) -> Vec<f64> {
    match neurons {
        Some(neurons) if tau_m_ms.len() > 1 => neurons.iter().map(|&neuron| tau_m_ms[neuron as usize]).collect(),
        _ => tau_m_ms.to_vec(),
    }
}

/// Drive and all stimuli that are active at once must fit an `i32`, noise beside them.
fn bound_sum(index: usize, population: &Population, stimuli: &[Stimulus], problems: &mut Vec<Problem>) {
    let onto = |stimulus: &&Stimulus| stimulus.population == index;
    let mut changes: Vec<(u64, i64, usize)> = Vec::new();
    for (at, stimulus) in stimuli.iter().enumerate().filter(|(_, stimulus)| onto(stimulus)) {
        let size = i64::from(stimulus.amplitude).abs();
        changes.extend([(stimulus.start_step, size, at), (stimulus.stop_step, -size, at)]);
    }
    // At equal times what stops comes first.
    changes.sort_unstable();
    let mut sum = i64::from(population.drive).abs();
    for (_, change, at) in changes {
        sum += change;
        if sum > i64::from(i32::MAX / 2) {
            problems.push(Problem::value(
                format!("stimuli.{at}.amplitude"),
                "this stimulus, those active with it and the drive add up to more than their integers can hold",
                "smaller amplitudes, or fewer stimuli at a time",
            ));
            return;
        }
    }
}

/// The neurons of a group, ascending: the same in every trial and at every stimulus.
fn grouped(seed: u64, size: u32, group: u32, fraction: f64) -> Vec<u32> {
    // Stimuli have the numbers below.
    Draws::new(seed, Stream::Cues, 0, GROUPS | group).subset(size, fraction_of(size, fraction))
}

/// Whom a cue drives, ascending: members first drawn, then the others, from one sequence a stimulus and trial.
pub(super) fn cued(
    seed: u64,
    (trial, stimulus): (u32, u32),
    target: StimulusTarget,
    patterns: &Patterns,
) -> Option<Vec<u32>> {
    let StimulusTarget::Cue { pattern, fraction, spill } = target else { return None };
    let members = patterns.members(pattern);
    let mut draws = Draws::new(seed, Stream::Cues, trial, stimulus);
    let count = members.len() as u32;
    let chosen = draws.subset(count, fraction_of(count, fraction));
    let mut cued: Vec<u32> = chosen.iter().map(|&at| members[at as usize]).collect();
    let others_count = patterns.neurons() as u32 - count;
    let spilled = draws.subset(others_count, fraction_of(others_count, spill));
    if !spilled.is_empty() {
        let (word, bit) = (pattern / 32, pattern % 32);
        let others: Vec<u32> = (0..patterns.neurons() as u32)
            .filter(|&neuron| patterns.row(neuron as usize)[word] >> bit & 1 == 0)
            .collect();
        cued.extend(spilled.iter().map(|&at| others[at as usize]));
        cued.sort_unstable();
    }
    Some(cued)
}
