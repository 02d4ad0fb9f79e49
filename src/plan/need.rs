//! What compiling and running a model takes at the least, told from the model: before anything is allocated.

use crate::model::spiking::{PatternSource, Patterns, Spiking};

/// Bytes of host memory below which the run cannot go: packed patterns and their members, the state of every
/// neuron, its share of the results in flight, and the ring of counts.
#[must_use]
pub fn host_bytes_min(model: &Spiking) -> u64 {
    let neurons: u128 = model.populations.iter().map(|population| u128::from(population.size)).sum();
    let inputs: u128 = model.projections.iter().map(|own| u128::from(model.populations[own.to].size)).sum();
    // Potential, refractory counter, external input, spike word, and twice the spike word of a result; each once
    // more as the run starts. The noise of eight steps: four words.
    let state = 4 * (2 * (4 * neurons + inputs) + 4 * neurons);
    let longest = model.projections.iter().map(|projection| projection.delay_steps).max().unwrap_or(0);
    let entries = model.patterns.as_ref().map_or(0, |patterns| patterns.count as u128);
    let ring = 4 * u128::from(longest) * (entries + 2 * model.populations.len() as u128);
    let patterns = model.patterns.as_ref().map_or(0, |patterns| patterns_bytes(model, patterns));
    u64::try_from(state + ring + patterns).unwrap_or(u64::MAX)
}

/// Bit rows, and the members twice: as drawn, and neuron by neuron in the CPU engine.
fn patterns_bytes(model: &Spiking, patterns: &Patterns) -> u128 {
    let neurons = u128::from(model.populations[patterns.population].size);
    let members = match &patterns.source {
        PatternSource::Given(members) => members.iter().map(|members| members.len() as u128).sum(),
        PatternSource::Drawn { .. } => (patterns.activity * neurons as f64 * patterns.count as f64) as u128,
    };
    4 * neurons * (patterns.count as u128).div_ceil(32) + 8 * members
}
