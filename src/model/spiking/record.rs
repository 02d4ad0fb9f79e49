//! Building the record.

use super::build::Builder;
use super::patterns::Built;
use super::{Record, SpikeRecord, VoltageRecord};
use crate::config::spiking as written;
use crate::config::{Problem, quoted};
use crate::units::Quantity;

/// The most neurons of a population whose potentials are recorded.
const VOLTAGE_NEURONS_MAX: u64 = 1 << 20;

pub(super) fn build(builder: &mut Builder<'_>, patterns: &Built) -> Option<Record> {
    let written = &builder.written.record;
    let overlaps = bin(builder, "record.overlaps", written.overlaps.as_ref());
    let rates = bin(builder, "record.rates", written.rates.as_ref());
    let spikes = spikes(builder, &written.spikes);
    let voltages = voltages(builder, &written.voltages);
    let learns = |entry: &written::Entry| matches!(entry.action, Some(written::Action::Learn { .. }));
    let has_patterns = patterns.count() != Some(0) || builder.written.protocol.iter().any(learns);
    Some(Record {
        spikes: spikes?,
        overlaps_bin_steps: overlaps?.filter(|_| has_patterns),
        rates_bin_steps: rates?,
        reference_rate_hz: written.reference_rate.as_ref()?.value(),
        voltages: voltages?,
        deflate: written.deflate?,
    })
}

/// A bin in steps, `Some(None)` where it is off.
fn bin(builder: &mut Builder<'_>, path: &str, written: Option<&Option<Quantity>>) -> Option<Option<u64>> {
    match written? {
        Some(time) => builder.steps(path, time).map(Some),
        None => Some(None),
    }
}

fn spikes(builder: &mut Builder<'_>, written: &written::Spikes) -> Option<SpikeRecord> {
    let list = if written.is_list { "record.spikes" } else { "record.spikes.populations" };
    let populations = written.populations.as_ref().and_then(|names| populations(builder, list, names));
    let start = match &written.start {
        Some(start) => builder.steps("record.spikes.start", start),
        None => Some(0),
    };
    let stop = match &written.stop {
        // The default is the duration, whose problems are reported there.
        Some(stop) if builder.is_written("record.spikes.stop") => builder.steps("record.spikes.stop", stop),
        _ => builder.duration_steps,
    };
    if let (Some(stop), Some(end)) = (stop, builder.duration_steps)
        && stop > end
    {
        let duration = builder.written.duration.as_ref().map_or("", |duration| duration.text());
        let message = "recording stops after the end of the run";
        builder.problem(Problem::value("record.spikes.stop", message, format!("the run ends at \"{duration}\"")));
    }
    if let (Some(start), Some(stop)) = (start, stop)
        && start >= stop
    {
        let message = "recording starts when it has stopped already";
        builder.problem(Problem::value("record.spikes.start", message, "write a time before its stop"));
    }
    Some(SpikeRecord {
        populations: populations?,
        every: u32::try_from(written.every?).ok()?,
        start_step: start?,
        stop_step: stop?,
    })
}

/// Indices of the named populations, ascending, each once.
fn populations(builder: &mut Builder<'_>, path: &str, names: &[String]) -> Option<Vec<usize>> {
    let mut indices = Vec::with_capacity(names.len());
    let mut complete = true;
    for (number, name) in names.iter().enumerate() {
        let place = format!("{path}.{number}");
        match builder.population(&place, name) {
            Some(index) if indices.contains(&index) => {
                builder.problem(Problem::value(place, format!("{} is here twice", quoted(name)), "write it once"));
            }
            Some(index) => indices.push(index),
            None => complete = false,
        }
    }
    indices.sort_unstable();
    complete.then_some(indices)
}

fn voltages(builder: &mut Builder<'_>, written: &[written::Voltages]) -> Option<Vec<VoltageRecord>> {
    let mut seen = Vec::new();
    let mut built = Vec::with_capacity(written.len());
    for (number, entry) in written.iter().enumerate() {
        let path = format!("record.voltages.{number}");
        let place = format!("{path}.population");
        let population = entry.population.as_ref().and_then(|name| builder.population(&place, name));
        if let Some(population) = population {
            if seen.contains(&population) {
                let message = format!("the potentials of `{}` are recorded already", builder.name(population));
                builder.problem(Problem::value(place, message, "one entry a population: put the neurons together"));
            }
            seen.push(population);
        }
        let every_steps = entry.every.as_ref().and_then(|every| builder.steps(&format!("{path}.every"), every));
        let neurons = population.and_then(|population| neurons(builder, &path, entry.neurons.as_ref()?, population));
        let complete = || {
            let (population, neurons) = (population?, neurons?);
            Some(VoltageRecord { population, neurons, every_steps: every_steps?, inputs: entry.inputs? })
        };
        built.push(complete());
    }
    built.into_iter().collect()
}

/// The recorded neurons, ascending.
fn neurons(builder: &mut Builder<'_>, path: &str, written: &written::Neurons, population: usize) -> Option<Vec<u32>> {
    let size = builder.size(population)?;
    let most = u64::from(size).min(VOLTAGE_NEURONS_MAX);
    match written {
        written::Neurons::Count(count) if *count > most => {
            let place = if builder.is_written(&format!("{path}.count")) { "count" } else { "neurons" };
            let message = format!("`{}` has {size} neurons, so {count} cannot be recorded", builder.name(population));
            builder.problem(Problem::value(format!("{path}.{place}"), message, format!("at most {most}")));
            None
        }
        written::Neurons::Count(0) => {
            builder.nobody(path);
            None
        }
        written::Neurons::List(list) if list.is_empty() => {
            builder.nobody(path);
            None
        }
        written::Neurons::Count(count) => Some((0..*count as u32).collect()),
        written::Neurons::List(list) => listed_neurons(builder, path, list, population),
    }
}

impl Builder<'_> {
    /// An entry that records nobody.
    fn nobody(&mut self, path: &str) {
        let message = "no neuron is recorded here";
        self.problem(Problem::value(path, message, "name at least one neuron, or leave the entry out"));
    }
}

fn listed_neurons(builder: &mut Builder<'_>, path: &str, list: &[u64], population: usize) -> Option<Vec<u32>> {
    let size = builder.size(population)?;
    let mut numbered: Vec<(u64, usize)> = list.iter().enumerate().map(|(at, &neuron)| (neuron, at)).collect();
    numbered.sort_unstable();
    let mut last = None;
    for &(neuron, at) in &numbered {
        let place = format!("{path}.neurons.{at}");
        if neuron >= u64::from(size) {
            let message = format!("`{}` has no neuron {neuron}", builder.name(population));
            builder.problem(Problem::value(place, message, format!("its neurons are numbered 0 to {}", size - 1)));
            return None;
        }
        if last == Some(neuron) {
            builder.problem(Problem::value(place, format!("neuron {neuron} is here twice"), "write it once"));
            return None;
        }
        last = Some(neuron);
    }
    Some(numbered.into_iter().map(|(neuron, _)| neuron as u32).collect())
}
