//! What compiling and running a network takes of the host's memory.

use crate::model::spiking::{Connections, PatternSource, Projection, Spiking as Model};
use crate::network::spiking::wiring::Wiring;
use crate::network::spiking::{BLOCK_STEPS_MAX, Own, Spiking as Network};

/// The numbers that decide it.
struct Sizes {
    neurons: u128,
    /// Neurons at the ends of all inputs.
    inputs: u128,
    /// Parameters that differ between neurons.
    own: u128,
    /// Words of all bit rows.
    row_words: u128,
    /// Members of all patterns.
    members: u128,
    /// The longest delay, steps.
    delay_steps: u128,
    /// Length of a row of counts.
    entries: u128,
    /// Bytes of stored connections and of what is delivered through wired projections in a block.
    wired: u128,
}

impl Sizes {
    /// Bytes as the run starts, when it takes most, without the program itself.
    fn bytes(&self) -> u64 {
        let own_words = self.delay_steps.div_ceil(32);
        // Words a neuron. The CPU engine: potential, refractory counter, external input, spike word, four words of
        // noise, where its patterns start, own spikes. The state as it is handed over: potential, refractory counter,
        // own spikes. Two results in flight. Four words more are what a run of 5 million neurons was seen to take.
        let a_neuron = (9 + own_words + 2) + (2 + own_words) + 2 + 4;
        // Own parameters as drawn, in the network, and in the engine. Members as drawn, neuron by neuron in the engine, and on their way to the file.
        let words = self.neurons * a_neuron + 2 * self.inputs + 3 * self.own + self.row_words + 3 * self.members;
        let ring = (self.delay_steps + 64) * self.entries;
        u64::try_from(4 * (words + ring) + self.wired).unwrap_or(u64::MAX)
    }
}

/// Bytes of host memory that a model will take, told before anything is allocated.
pub(in crate::plan) fn host_bytes(model: &Model) -> u64 {
    let size = |population: usize| u128::from(model.populations[population].size);
    let (mut row_words, mut members, mut entries) = (0, 0, 0);
    if let Some(patterns) = &model.patterns {
        let homes = || std::iter::once(&patterns.population).chain(&patterns.further_populations);
        let neurons: u128 = homes().map(|&home| size(home)).sum();
        let count = (patterns.count + model.learned_count()) as u128;
        row_words = neurons * count.div_ceil(32);
        entries = count * homes().count() as u128;
        members = match &patterns.source {
            PatternSource::Given(members) => members.iter().map(|members| members.len() as u128).sum(),
            PatternSource::Drawn { .. } | PatternSource::Balanced => {
                (patterns.activity * neurons as f64 * patterns.count as f64) as u128
            }
        };
    }
    let sizes = Sizes {
        neurons: (0..model.populations.len()).map(size).sum(),
        inputs: model.projections.iter().map(|projection| size(projection.to)).sum::<u128>() + privates(model).1,
        own: own_numbers_of(model),
        row_words,
        members,
        delay_steps: model.projections.iter().map(|own| u128::from(own.delay_steps)).max().unwrap_or(0),
        entries: entries + (2 * model.populations.len() + model.projections.len()) as u128 + privates(model).0,
        wired: model.projections.iter().map(|own| wired_bytes(model, own)).sum(),
    };
    sizes.bytes()
}

/// Of a projection that may be wired: whether it is depends on its patterns only where a clip limits nothing.
fn wired_bytes(model: &Model, projection: &Projection) -> u128 {
    if projection.connections == Connections::All && projection.clip.is_none() {
        return 0;
    }
    let [sources, targets] = [projection.from, projection.to].map(|population| model.populations[population].size);
    let stored = if projection.is_stored(sources, targets) { projection.stored_bytes(sources, targets) } else { 0 };
    u128::from(stored) + arriving_bytes(targets)
}

/// What arrives at so many targets in a block, at the most.
fn arriving_bytes(targets: u32) -> u128 {
    4 * u128::from(targets) * u128::from(BLOCK_STEPS_MAX)
}

/// The same of a compiled network.
pub(super) fn host_bytes_of(network: &Network) -> u64 {
    let ends = (0..network.inputs()).map(|input| u128::from(network.populations[network.target(input)].size));
    let sizes = Sizes {
        neurons: network.neurons() as u128,
        inputs: ends.sum(),
        own: own_numbers(network).into(),
        row_words: network.pattern_sets().map(|(_, patterns)| patterns.words().len() as u128).sum(),
        members: network.pattern_sets().flat_map(|(_, own)| own.sizes()).map(|&size| u128::from(size)).sum(),
        delay_steps: u128::from(network.delay_steps_max()),
        entries: network.counts_layout().len() as u128,
        wired: network.wirings.iter().map(wired_bytes_of).sum(),
    };
    sizes.bytes()
}

fn wired_bytes_of(wiring: &Wiring) -> u128 {
    let stored = wiring.stored.as_ref().map_or(0, |rows| rows.bytes());
    u128::from(stored) + arriving_bytes(wiring.targets)
}

/// How many private inputs there are, and how many neurons have them.
fn privates(model: &Model) -> (u128, u128) {
    let of = model.populations.iter().map(|population| {
        let inputs = u128::from(population.poisson.is_some()) + u128::from(population.adaptation.is_some());
        (inputs, inputs * u128::from(population.size))
    });
    of.fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1))
}

/// Numbers of all lists of parameters that differ between neurons.
fn own_numbers_of(model: &Model) -> u128 {
    let of = model.populations.iter().enumerate().map(|(index, population)| {
        let spread = population.spread;
        let projections = model.projections.iter().filter(|projection| projection.to == index).count() as u128;
        // Decay, gains, drive and noise follow from tau_m.
        let of_tau_m = if spread.tau_m_ms > 0.0 { 5 + projections } else { u128::from(spread.drive_mv > 0.0) };
        u128::from(population.size) * (of_tau_m + u128::from(spread.threshold_mv > 0.0))
    });
    of.sum()
}

/// The same of a compiled network.
pub(super) fn own_numbers(network: &Network) -> u64 {
    let of = |own: &Own| {
        let lists = [&own.decays, &own.drives, &own.noises, &own.thresholds].into_iter().chain(&own.gains);
        lists.map(|list| list.len() as u64).sum::<u64>()
    };
    network.populations.iter().map(|population| of(&population.own)).sum()
}
