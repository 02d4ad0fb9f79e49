//! What neurons have for themselves, as words behind the bit rows: tables of escape noise and Poisson input, parameters
//! that differ between neurons.

use super::parameters::NONE;
use crate::network::spiking::{Own, Population, Source, Spiking};

/// The words, and where those of each population start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tables {
    pub(super) words: Vec<u32>,
    pub(super) starts: Vec<Starts>,
}

/// Where the words of a population start; `NONE` where there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Starts {
    pub(super) escape: u32,
    pub(super) poisson: u32,
    pub(super) decays: u32,
    pub(super) noises: u32,
    pub(super) thresholds: u32,
    /// Of each input, private ones included.
    pub(super) gains: Vec<u32>,
}

impl Tables {
    /// Those of a network, behind `first` words.
    pub(super) fn new(network: &Spiking, first: u64) -> Self {
        let mut words = Vec::new();
        let mut put = |values: &[u32]| {
            if values.is_empty() {
                return NONE;
            }
            words.extend_from_slice(values);
            (first + (words.len() - values.len()) as u64) as u32
        };
        let starts = network.populations.iter().enumerate().map(|(index, population)| {
            let Population { escape, own, .. } = population;
            let Own { decays, gains, noises, thresholds, .. } = own;
            let inputs = network.inputs_of(index).count();
            Starts {
                escape: put(escape.as_ref().map_or(&[], |escape| &escape.probabilities)),
                poisson: put(poisson(network, index)),
                decays: put(bytemuck::cast_slice(decays)),
                noises: put(bytemuck::cast_slice(noises)),
                thresholds: put(bytemuck::cast_slice(thresholds)),
                gains: (0..inputs)
                    .map(|place| put(gains.get(place).map_or(&[], |gains| bytemuck::cast_slice(gains))))
                    .collect(),
            }
        });
        let starts = starts.collect();
        Self { words, starts }
    }
}

/// The inverse of the distribution of a population's Poisson input.
fn poisson(network: &Spiking, population: usize) -> &[u32] {
    let tables = network.privates_of(population).filter_map(|(_, private)| match &private.source {
        Source::Poisson(poisson) => Some(&poisson.below[..]),
        Source::OwnSpikes => None,
    });
    tables.last().unwrap_or_default()
}
