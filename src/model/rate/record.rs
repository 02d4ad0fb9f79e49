//! Building the record of a rate network.

use super::Record;
use super::build::Builder;
use crate::config::Problem;
use crate::config::rate::Neurons;
use crate::units::Quantity;

/// The most neurons whose rates are recorded.
const NEURONS_MAX: u64 = 1 << 20;

pub(super) fn build(builder: &mut Builder<'_>) -> Option<Record> {
    let written = &builder.written.record;
    let overlaps = bin(builder, "record.overlaps", written.overlaps.as_ref());
    let rates = bin(builder, "record.rates", written.rates.as_ref());
    let neurons = written.neurons.as_ref().and_then(|neurons| chosen(builder, neurons));
    let every = match (&written.every, &neurons) {
        (None, Some(neurons)) if neurons.is_empty() => Some(1),
        (every, _) => every.as_ref().and_then(|every| builder.steps("record.every", every)),
    };
    let has_patterns = builder.patterns_count != Some(0);
    Some(Record {
        overlaps_bin_steps: overlaps?.filter(|_| has_patterns),
        rates_bin_steps: rates?,
        neurons: neurons?,
        every_steps: every?,
    })
}

/// A bin in steps, `Some(None)` where it is off.
fn bin(builder: &mut Builder<'_>, path: &str, written: Option<&Option<Quantity>>) -> Option<Option<u64>> {
    match written? {
        Some(time) => builder.steps(path, time).map(Some),
        None => Some(None),
    }
}

/// The recorded neurons, ascending.
fn chosen(builder: &mut Builder<'_>, written: &Neurons) -> Option<Vec<u32>> {
    let size = builder.written.network.size?;
    let most = u64::from(size).min(NEURONS_MAX);
    let list = match written {
        Neurons::Count(count) if *count > most => {
            let message = format!("the network has {size} neurons, so {count} cannot be recorded");
            builder.problem(Problem::value("record.neurons", message, format!("at most {most}")));
            return None;
        }
        Neurons::Count(count) => return Some((0..*count as u32).collect()),
        Neurons::List(list) => list,
    };
    let mut numbered: Vec<(u64, usize)> = list.iter().enumerate().map(|(at, &neuron)| (neuron, at)).collect();
    numbered.sort_unstable();
    let mut last = None;
    for &(neuron, at) in &numbered {
        let place = format!("record.neurons.{at}");
        let (message, label) = if neuron >= u64::from(size) {
            (format!("there is no neuron {neuron}"), format!("the neurons are numbered 0 to {}", size - 1))
        } else if last == Some(neuron) {
            (format!("neuron {neuron} is here twice"), "write it once".into())
        } else {
            last = Some(neuron);
            continue;
        };
        builder.problem(Problem::value(place, message, label));
        return None;
    }
    Some(numbered.into_iter().map(|(neuron, _)| neuron as u32).collect())
}
