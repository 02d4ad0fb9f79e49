//! What the shaders read of a network: the twin of shaders/bindings/spiking/network.wgsl.

use bytemuck::{Pod, Zeroable};

use super::layout::Layout;
use crate::engine::gpu::shaders::Window;
use crate::network::spiking::{Count, Private, Source, Spiking, Synapse};
use crate::random::{self, Stream};

/// Where a dispatch stands in time and in the buffers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Block {
    /// First step, low word.
    pub step_low: u32,
    /// First step, high word.
    pub step_high: u32,
    /// Number of steps.
    pub steps: u32,
    /// Slot of the first step in the ring of counts.
    pub slot: u32,
    /// Where the block's spike words start in the output, then its probes.
    pub output: u32,
    /// Place of the first step in the ring of own spikes, bits.
    pub history_bit: u32,
    /// Key of the noise, low word.
    pub key_low: u32,
    /// Key of the noise, high word.
    pub key_high: u32,
    /// Last word of the counters of the noise.
    pub stream: u32,
}

/// A population of neurons; see [`crate::network::spiking::Population`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Population {
    /// First workgroup.
    pub first_group: u32,
    /// First neuron.
    pub first: u32,
    /// Number of neurons.
    pub size: u32,
    /// Decay of the potential.
    pub decay: i32,
    /// Its fraction bits.
    pub shift: u32,
    /// Noise amplitude.
    pub noise: i32,
    /// Threshold.
    pub threshold: i32,
    /// Reset.
    pub reset: i32,
    /// Refractory period.
    pub refractory_steps: u32,
    /// Its first record among the projections.
    pub first_input: u32,
    /// Number of them.
    pub inputs: u32,
    /// Words of a bit row, 0 where no patterns live.
    pub pattern_words: u32,
    /// Entry of its spikes in a row of counts.
    pub spikes_entry: u32,
    /// Entry of its saturated potentials.
    pub saturated_entry: u32,
    /// Entries that all its inputs count.
    pub entries: u32,
    /// Where its window of counts starts.
    pub window: u32,
    /// Where the bit rows of its neurons start in the array that is only read.
    pub rows: u32,
    /// Where the order of its neurons starts there.
    pub order: u32,
    /// First entry of its patterns in a row of counts.
    pub patterns_entry: u32,
    /// The record of its Poisson input among the projections; the empty one where there is none.
    pub poisson: u32,
    /// Where the table of this starts in `patterns`; all these are `u32::MAX` where there is none.
    pub poisson_table: u32,
    /// Halvings of the table.
    pub poisson_bits: u32,
    /// Its smallest count.
    pub poisson_base: u32,
    /// The record of its adaptation among the projections; the empty one where there is none.
    pub adaptation: u32,
    /// Where the table of its escape noise starts.
    pub escape_table: u32,
    /// The ends of that, above the threshold.
    pub escape_low: i32,
    /// The last distance in it.
    pub escape_high: i32,
    /// Width of its entries, as a power of two.
    pub escape_shift: u32,
    /// Where the decays of its neurons start.
    pub decays: u32,
    /// Where their noise amplitudes start.
    pub noises: u32,
    /// Where their thresholds start.
    pub thresholds: u32,
    /// A record fills whole 16 bytes.
    pub unused: u32,
}

/// A projection; see [`crate::network::spiking::Projection`]. They are in the order of target, then of the configuration;
/// behind an empty one come private inputs, population by population.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Projection {
    /// `COUNTS_PATTERNS` and so on.
    pub flags: u32,
    /// First entry that it counts, of a row of counts; where what arrives is in the state, if it is wired.
    pub entry: u32,
    /// Number of them: all patterns, or the spikes of its source.
    pub entries: u32,
    /// Where they start in a group of steps of the window.
    pub window: u32,
    /// Delay.
    pub delay_steps: u32,
    /// Weight.
    pub weight: i32,
    /// Its fraction bits.
    pub weight_shift: u32,
    /// Decay of the input.
    pub decay: i32,
    /// Gain of the input.
    pub gain: i32,
    /// Where its inputs start in the state.
    pub state: u32,
    /// Entry of its saturated inputs; of saturated potentials, where it is a jump.
    pub saturated_entry: u32,
    /// What its delay adds to `history_bit`, up to once around the ring.
    pub history_offset: u32,
    /// Where the sums of its field start behind the ring of counts, `[step][entry]`.
    pub field: u32,
    /// Where what own spikes bring through its field starts in the array that is only read, `[target]`.
    pub own: u32,
    /// Where the gains of its neurons start in `patterns`; `u32::MAX` where they are alike.
    pub gains: u32,
    /// A record fills whole 16 bytes.
    pub unused: u32,
}

/// The connections of a projection; see [`crate::network::spiking::wiring::Wiring`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Wiring {
    /// `STORED` and so on.
    pub flags: u32,
    /// First workgroup.
    pub first_group: u32,
    /// First neuron of the source.
    pub first_source: u32,
    /// Number of sources.
    pub sources: u32,
    /// Number of targets.
    pub targets: u32,
    /// Sources of a workgroup.
    pub run: u32,
    /// Targets of a chunk, as a power of two.
    pub chunk_bits: u32,
    /// Where what arrives is in the state, `[step][target]`.
    pub arrived: u32,
    /// What its delay adds to `history_bit`, up to once around the ring.
    pub history_offset: u32,
    /// Last word of the counters of its draws.
    pub stream: u32,
    /// No more shared patterns are counted.
    pub most: u32,
    /// Where its table of gaps is among the connections.
    pub table: u32,
    /// Where its rows start, `[chunk][source + 1]`, counted in entries.
    pub starts: u32,
    /// Where its entries are.
    pub entries: u32,
    /// Where the bit rows of the source start in the array that is only read.
    pub source_rows: u32,
    /// And those of the target.
    pub target_rows: u32,
}

/// Rows are stored.
pub const STORED: u32 = 1;
/// Each pair is connected by itself.
pub const INDEPENDENT: u32 = 2;
/// No neuron is connected to itself.
pub const WITHOUT_OWN: u32 = 4;
/// Shared patterns are counted.
pub const SHARED_PATTERNS: u32 = 8;
/// The most sources of a workgroup that delivers.
pub const RUN_MAX: u32 = 1024;

/// [`Count::Patterns`] or [`Count::Field`].
pub const COUNTS_PATTERNS: u32 = 1;
/// `by_memberships`.
pub const BY_MEMBERSHIPS: u32 = 2;
/// `subtract_own`.
pub const SUBTRACTS_OWN: u32 = 4;
/// [`Synapse::Jump`].
pub const JUMPS: u32 = 8;
/// [`Count::Wired`].
pub const WIRED: u32 = 16;
/// [`Count::Field`].
pub const COUNTS_FIELD: u32 = 32;

/// Words of a record of a field's sum: its first term, their number, its shift, its delay, where it goes, and the distance
/// from there to the next step.
pub const SUM_WORDS: u32 = 6;
/// Words of a term: its entry, the low and the high word of its coefficient.
pub const TERM_WORDS: u32 = 3;

/// Where a record has no place in `patterns`.
pub const NONE: u32 = u32::MAX;
/// Inputs of a neuron that the shader holds in registers.
pub const HELD_INPUTS: u32 = 4;
/// Where a window's entries start, behind a zero and the number of steps in an entry.
pub const WINDOW_START: u32 = 2;
/// Records in a table that is a uniform buffer.
pub const TABLE_RECORDS: u64 = 256;
/// Entries in the window of a workgroup: of the 16 KiB that every adapter allows.
pub const WINDOW_ENTRIES: u64 = 960;
/// Entries in a window that is a uniform buffer: 64 KiB, what every adapter allows.
pub const UNIFORM_WINDOW_ENTRIES: u64 = 4096;

/// What all blocks have in common.
pub(super) fn constants(network: &Spiking) -> Block {
    let [key_low, key_high] = random::key(network.seed);
    let stream = random::counter(Stream::Noise, network.trial, 0, 0)[3];
    Block { key_low, key_high, stream, ..Block::default() }
}

/// The records of all populations.
pub(super) fn populations(network: &Spiking, layout: &Layout) -> Vec<Population> {
    let counts = network.counts_layout();
    let (mut first_group, mut first_input, mut window) = (0, 0, 0);
    let records = network.populations.iter().enumerate().map(|(index, population)| {
        let set = network.set_of(index);
        let record = Population {
            first_group,
            first: population.first,
            size: population.size,
            decay: population.decay,
            shift: population.shift,
            noise: population.noise,
            threshold: population.threshold,
            reset: population.reset,
            refractory_steps: population.refractory_steps,
            first_input,
            inputs: population.inputs.len() as u32,
            pattern_words: if set.is_some() { network.patterns.words_per_neuron() as u32 } else { 0 },
            spikes_entry: counts.spikes(index) as u32,
            saturated_entry: counts.saturated_potentials(index) as u32,
            entries: population.inputs.iter().map(|&index| projection(network, layout, index).entries).sum(),
            window,
            rows: set.map_or(0, |set| layout.read_only.rows[set] as u32),
            order: set.map_or(0, |set| layout.read_only.orders[set] as u32),
            patterns_entry: set.map_or(0, |set| counts.patterns_of(set) as u32),
            ..individual(network, layout, index)
        };
        if layout.window != Window::Workgroup {
            window += layout.windows[index] as u32;
        }
        first_group += population.size.div_ceil(layout.group_size);
        first_input += record.inputs;
        record
    });
    records.collect()
}

/// What a population's neurons have for themselves; the rest of the record is empty.
fn individual(network: &Spiking, layout: &Layout, index: usize) -> Population {
    let (starts, empty) = (&layout.tables.starts[index], layout.projections as u32);
    let mut record = Population {
        poisson: empty,
        poisson_table: starts.poisson,
        adaptation: empty,
        escape_table: starts.escape,
        decays: starts.decays,
        noises: starts.noises,
        thresholds: starts.thresholds,
        ..Population::default()
    };
    for (input, private) in network.privates_of(index) {
        let place = empty + 1 + (input - network.projections.len()) as u32;
        match &private.source {
            Source::Poisson(poisson) => {
                record.poisson = place;
                (record.poisson_bits, record.poisson_base) = (poisson.bits(), poisson.base);
            }
            Source::OwnSpikes => record.adaptation = place,
        }
    }
    if let Some(escape) = &network.populations[index].escape {
        (record.escape_low, record.escape_high) = (escape.low, escape.high());
        record.escape_shift = escape.shift;
    }
    record
}

/// The records of all projections, population by population, an empty one, which places without an input have, and those
/// of private inputs.
pub(super) fn projections(network: &Spiking, layout: &Layout) -> Vec<Projection> {
    let mut records = Vec::new();
    for (population, starts) in network.populations.iter().zip(&layout.tables.starts) {
        let mut window = 0;
        for (&index, &gains) in population.inputs.iter().zip(&starts.gains) {
            let record = projection(network, layout, index);
            records.push(Projection { window, gains, ..record });
            window += record.entries;
        }
    }
    records.push(Projection { gains: NONE, ..Projection::default() });
    for (index, starts) in layout.tables.starts.iter().enumerate() {
        let gains = &starts.gains[network.populations[index].inputs.len()..];
        let privates = network.privates_of(index).zip(gains);
        records.extend(privates.map(|(of, &gains)| Projection { gains, ..private(network, layout, of) }));
    }
    records
}

fn private(network: &Spiking, layout: &Layout, (index, private): (usize, &Private)) -> Projection {
    let counts = network.counts_layout();
    let (flags, decay, gain, saturated_entry) = match private.synapse {
        Synapse::Current { decay, gain } => (0, decay, gain, counts.saturated_inputs(index)),
        Synapse::Jump => (JUMPS, 0, 0, counts.saturated_potentials(private.population)),
    };
    Projection {
        flags,
        weight: private.weight,
        weight_shift: private.weight_shift,
        decay,
        gain,
        state: layout.inputs[index] as u32,
        saturated_entry: saturated_entry as u32,
        ..Projection::default()
    }
}

fn projection(network: &Spiking, layout: &Layout, index: usize) -> Projection {
    let counts = network.counts_layout();
    let projection = &network.projections[index];
    let (entry, entries) = match projection.count {
        Count::Patterns => (counts.patterns_of(network.set_of(projection.source).unwrap_or(0)), counts.patterns),
        Count::Field(field) => (0, network.fields[field].sums()),
        Count::Spikes => (counts.spikes(projection.source), 1),
        Count::Wired(wiring) => (layout.arrived[wiring] as usize, 0),
    };
    let (jumps, decay, gain, saturated_entry) = match projection.synapse {
        Synapse::Current { decay, gain } => (false, decay, gain, counts.saturated_inputs(index)),
        Synapse::Jump => (true, 0, 0, counts.saturated_potentials(projection.target)),
    };
    let (field, own) = match projection.count {
        Count::Field(field) => (layout.fields[field] as u32, layout.read_only.own[field] as u32),
        _ => (0, 0),
    };
    let flags = [
        (projection.count != Count::Spikes, COUNTS_PATTERNS),
        (matches!(projection.count, Count::Field(_)), COUNTS_FIELD),
        (projection.by_memberships, BY_MEMBERSHIPS),
        (projection.subtract_own, SUBTRACTS_OWN),
        (jumps, JUMPS),
        (matches!(projection.count, Count::Wired(_)), WIRED),
    ];
    Projection {
        flags: flags.iter().filter(|(set, _)| *set).map(|(_, flag)| flag).sum(),
        entry: entry as u32,
        entries: entries as u32,
        window: 0,
        delay_steps: projection.delay_steps,
        weight: projection.weight,
        weight_shift: projection.weight_shift,
        decay,
        gain,
        state: layout.inputs[index] as u32,
        saturated_entry: saturated_entry as u32,
        history_offset: layout.history_offset(projection),
        field,
        own,
        ..Projection::default()
    }
}
