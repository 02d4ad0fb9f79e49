//! Building the spiking model: what is written is put together and checked, and all that does not fit is reported.

use super::{
    Connections, Coupling, CouplingForm, Guard, Population, Projection, ProjectionKind, Record, Representation,
    SpikeRecord, Spiking, Stimulus, StimulusTarget,
};
use super::{patterns, populations, projections, protocol, record, stimuli};
use crate::config::spiking as written;
use crate::config::{Config, Problem, listed, nearest, quoted};
use crate::model::steps;
use crate::units::Quantity;

/// The most neurons: they are numbered in 31 bits.
const NEURONS_MAX: u64 = (1 << 31) - 1;

/// What all parts of the building need: the configuration, the step, the problems found so far.
///
/// `None` anywhere means that a problem is reported already.
pub(super) struct Builder<'c> {
    config: &'c Config,
    pub(super) written: &'c written::Spiking,
    /// Number of steps of the run.
    pub(super) duration_steps: Option<u64>,
    /// The populations as far as they could be built.
    pub(super) populations: Vec<Option<Population>>,
    problems: &'c mut Vec<Problem>,
}

/// Builds the model. Where problems are reported (or were before), it is a stand-in without patterns, in which a
/// projection or a stimulus that could not be built does nothing; `None` where not even the populations are known.
pub(in crate::model) fn build(
    config: &Config,
    written: &written::Spiking,
    problems: &mut Vec<Problem>,
) -> Option<Spiking> {
    let mut builder = Builder { config, written, duration_steps: None, populations: Vec::new(), problems };
    let builder = &mut builder;
    builder.duration_steps = written.duration.as_ref().and_then(|duration| builder.steps("duration", duration));
    populations::build(builder);
    check_neurons(builder);
    let patterns = patterns::build(builder);
    let projections = projections::build(builder, &patterns);
    let protocol = protocol::build(builder, &patterns);
    let stimuli = stimuli::build(builder, &patterns, protocol.as_ref());
    let guard = guard(builder);
    let record = record::build(builder, &patterns);
    let populations: Vec<Population> = std::mem::take(&mut builder.populations).into_iter().collect::<Option<_>>()?;
    if populations.is_empty() {
        return None;
    }
    let model = Spiking {
        seed: written.seed.unwrap_or_default(),
        dt_ms: written.dt.as_ref()?.value(),
        duration_steps: builder.duration_steps.unwrap_or_default(),
        patterns: patterns.into_model().flatten(),
        populations,
        projections: projections.into_iter().map(|built| built.unwrap_or(Projection::NONE)).collect(),
        stimuli: stimuli.into_iter().map(|built| built.unwrap_or(Stimulus::NONE)).collect(),
        changes: protocol.unwrap_or_default().changes,
        guard,
        trials: written.trials.and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
        record: record.unwrap_or(Record::NOTHING),
    };
    Some(if builder.problems.is_empty() { model } else { without_patterns(model) })
}

/// A faulty model, to be looked at and never run: its patterns are not drawn, and a cue becomes a pulse.
fn without_patterns(mut model: Spiking) -> Spiking {
    model.patterns = None;
    model.changes.clear();
    model.record = Record::NOTHING;
    model.stimuli.iter_mut().for_each(|stimulus| stimulus.target = StimulusTarget::Pulse);
    model
}

fn guard(builder: &mut Builder<'_>) -> Guard {
    let written = &builder.written.guard;
    let silence = written.silence.as_ref().and_then(Option::as_ref);
    Guard {
        silence_steps: silence.and_then(|time| builder.steps("guard.silence", time)),
        rate_max_hz: written.rate_max.as_ref().and_then(Option::as_ref).map(Quantity::value),
    }
}

impl Projection {
    /// Stands for one that could not be built.
    const NONE: Self = Self {
        from: 0,
        to: 0,
        kind: ProjectionKind::Global,
        coupling: Coupling { form: CouplingForm::Auto, a: 0.0, b: 0.0, strengths: None, fade: 1.0 },
        jump_mv: 0.0,
        tau_syn_ms: 0.0,
        delay_steps: 1,
        scaled_by_memberships: false,
        autapses: true,
        connections: Connections::All,
        clip: None,
        representation: Representation::Auto,
    };
}

impl Stimulus {
    /// Stands for one that could not be built.
    const NONE: Self =
        Self { target: StimulusTarget::Pulse, population: 0, amplitude_mv: 0.0, start_step: 0, stop_step: 0 };
}

impl Record {
    /// Stands for one that could not be built.
    const NOTHING: Self = Self {
        spikes: SpikeRecord { populations: Vec::new(), every: 1, start_step: 0, stop_step: 0 },
        overlaps_bin_steps: None,
        rates_bin_steps: None,
        reference_rate_hz: 1.0,
        voltages: Vec::new(),
        deflate: false,
    };
}

fn check_neurons(builder: &mut Builder<'_>) {
    let sizes = builder.written.populations.iter().flatten().filter_map(|population| population.size);
    let neurons: u64 = sizes.map(u64::from).sum();
    if neurons > NEURONS_MAX {
        let message = format!("the populations have {neurons} neurons together");
        builder.problem(Problem::key("populations", message, format!("at most {NEURONS_MAX} have numbers")));
    }
}

impl Builder<'_> {
    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// A time as a number of steps.
    pub(super) fn steps(&mut self, path: &str, time: &Quantity) -> Option<u64> {
        let steps = steps::steps(self.config, self.written.dt.as_ref()?, path, time);
        steps.map_err(|problem| self.problem(problem)).ok()
    }

    pub(super) fn is_written(&self, path: &str) -> bool {
        self.config.is_written(path)
    }

    /// The index of a population by its name at `path`.
    pub(super) fn population(&mut self, path: &str, name: &str) -> Option<usize> {
        let populations = self.written.populations.as_ref()?;
        if let Some(index) = populations.iter().position(|population| population.name == name) {
            return Some(index);
        }
        let names: Vec<&str> = populations.iter().map(|population| population.name.as_str()).collect();
        let label = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("write {}", listed(&names)),
        };
        let is_written = self.config.is_written(path);
        let message = if is_written {
            format!("there is no population {}", quoted(name))
        } else {
            format!("`{path}` is {} unless it is written, and there is no such population", quoted(name))
        };
        let label =
            if is_written { label } else { format!("add {} = \"{}\"", path.rsplit('.').next()?, names.first()?) };
        self.problem(Problem::value(path, message, label));
        None
    }

    /// The size of a population, also where the rest of it could not be read.
    pub(super) fn size(&self, population: usize) -> Option<u32> {
        self.written.populations.as_ref()?.get(population)?.size
    }

    /// The name of a population.
    pub(super) fn name(&self, population: usize) -> &str {
        let populations = self.written.populations.as_deref().unwrap_or_default();
        populations.get(population).map_or("", |population| &population.name)
    }
}
