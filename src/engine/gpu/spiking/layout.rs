//! All sizes: of every buffer, of the dispatches, of a submission; and whether a device can hold them.

use crate::engine::gpu::shaders::{WORKGROUP_SIZE, WORKGROUP_SIZE_MAX, Window};
use crate::network::spiking::{Count, Projection, Spiking, Synapse, Variable};

use super::parameters::{self, TABLE_RECORDS, UNIFORM_WINDOW_ENTRIES, WINDOW_ENTRIES, WINDOW_START};
use super::read_only::ReadOnly;
use super::tables::Tables;
use super::wirings::{self, Share};

/// The most blocks in a submission.
const BATCH_BLOCKS_MAX: u64 = 32;
/// From so many neurons on there are enough workgroups of the largest size for any device.
const LARGE_NETWORK: u64 = 1 << 17;
/// The most that a submission returns, bytes.
const BATCH_BYTES_MAX: u64 = 32 << 20;
/// The most work in a submission, steps of a neuron: tens of milliseconds on a slow GPU.
const BATCH_NEURON_STEPS_MAX: u64 = 1 << 25;
/// Distance of the blocks' records, bytes: the largest alignment that an adapter may ask for.
pub(super) const BLOCK_STRIDE: u64 = 256;

/// Where everything is, in words of 32 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) neurons: u64,
    /// Neurons of a workgroup.
    pub(super) group_size: u32,
    /// Workgroups that hold neurons: populations start at a workgroup of their own.
    pub(super) groups: u64,
    pub(super) probes: u64,
    pub(super) block_steps: u64,
    /// The ring of counts: slots of `row` entries.
    pub(super) slots: u64,
    pub(super) row: u64,
    /// Within the state: refractory counters, inputs of each projection, own spikes.
    pub(super) refractory: u64,
    pub(super) inputs: Vec<u64>,
    pub(super) history: u64,
    pub(super) history_words: u64,
    /// And what arrives through each wired projection, `[step][target]`: zero between blocks.
    pub(super) arrived: Vec<u64>,
    pub(super) state: u64,
    /// Words of connections, and how they are shared out among workgroups.
    connections: u64,
    pub(super) shares: Vec<Share>,
    /// Within the array that is only read.
    pub(super) read_only: ReadOnly,
    /// Behind that.
    pub(super) tables: Tables,
    /// Within the counts, behind the ring: the sums of each field, `[step][sum]`.
    pub(super) fields: Vec<u64>,
    counts: u64,
    pub(super) populations: u64,
    pub(super) projections: u64,
    /// Private inputs, whose records come behind the empty one.
    pub(super) privates: u64,
    /// The most groups of steps that a block's window can have.
    pub(super) entry_groups: u64,
    /// Where the window of counts is.
    pub(super) window: Window,
    /// Entries of the window of each population.
    pub(super) windows: Vec<u64>,
    /// Blocks in a submission.
    pub(super) batch_blocks: u64,
}

/// Workgroups of the dispatches of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dispatches {
    pub(super) fields: [u32; 2],
    pub(super) arrivals: [u32; 2],
    pub(super) deliver: [u32; 2],
    pub(super) integrate: [u32; 2],
    pub(super) probe: [u32; 2],
}

/// Sizes of the buffers, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes {
    pub(super) blocks: u64,
    pub(super) populations: u64,
    pub(super) projections: u64,
    pub(super) state: u64,
    pub(super) external: u64,
    pub(super) patterns: u64,
    pub(super) counts: u64,
    pub(super) output: u64,
    pub(super) window: u64,
    pub(super) probes: u64,
    pub(super) wirings: u64,
    pub(super) connections: u64,
    /// What a submission returns: its output, then its rows of counts.
    pub(super) staging: u64,
}

impl Layout {
    /// For a device whose workgroups gather what arrives, or a software rasteriser.
    pub(super) fn new(network: &Spiking, workgroups_gather: bool) -> Self {
        let neurons = network.neurons() as u64;
        let row = network.counts_layout().len() as u64;
        let block_steps = u64::from(network.block_steps());
        let group_size = group_size(neurons, workgroups_gather);
        let mut end = 2 * neurons;
        let inputs = (0..network.inputs()).map(|input| {
            let start = end;
            if network.synapse(input) != Synapse::Jump {
                end += u64::from(network.populations[network.target(input)].size);
            }
            start
        });
        let inputs = inputs.collect();
        // At worst: no fewer steps fit an entry than where every member fires.
        let steps_per_entry = if sum_max(network) <= u64::from(u16::MAX) { 8 } else { 4 };
        let entry_groups = block_steps.div_ceil(steps_per_entry);
        let of_population = network.populations.iter().map(|population| entries(network, &population.inputs));
        let windows: Vec<u64> = of_population.map(|entries| u64::from(WINDOW_START) + entry_groups * entries).collect();
        let in_all: u64 = windows.iter().sum();
        let window = match workgroups_gather {
            false if in_all <= UNIFORM_WINDOW_ENTRIES => Window::Uniform,
            true if windows.iter().all(|&entries| entries <= WINDOW_ENTRIES) => Window::Workgroup,
            _ => Window::Storage,
        };
        let history_words = u64::from(network.own_history_steps().div_ceil(32));
        let mut state = end + history_words * neurons;
        let arrived = network.wirings.iter().map(|wiring| {
            let start = state;
            state += block_steps * u64::from(wiring.targets);
            start
        });
        let arrived = arrived.collect();
        let block_bytes = 4 * (neurons + network.probes.len() as u64 + block_steps * row);
        let batch_blocks = BATCH_BLOCKS_MAX
            .min(BATCH_BYTES_MAX / block_bytes)
            .min(BATCH_NEURON_STEPS_MAX / (neurons * block_steps))
            .max(1);
        // A block reads D_max rows, writes B and clears B; the rows of a submission stay until they are copied.
        let slots = u64::from(network.delay_steps_max()) + (batch_blocks + 1) * block_steps;
        let mut counts = slots * row;
        let fields = network.fields.iter().map(|field| {
            counts += block_steps * field.sums() as u64;
            counts - block_steps * field.sums() as u64
        });
        let fields = fields.collect();
        let read_only = ReadOnly::new(network);
        Self {
            neurons,
            group_size,
            groups: network.populations.iter().map(|population| u64::from(population.size.div_ceil(group_size))).sum(),
            probes: network.probes.len() as u64,
            block_steps,
            slots,
            row,
            refractory: neurons,
            inputs,
            history: end,
            history_words,
            arrived,
            state,
            connections: network.wirings.iter().map(wirings::words).sum(),
            shares: network.wirings.iter().map(|wiring| Share::of(network, wiring, workgroups_gather)).collect(),
            tables: Tables::new(network, read_only.words),
            read_only,
            fields,
            counts,
            populations: network.populations.len() as u64,
            projections: network.projections.len() as u64,
            privates: network.privates.len() as u64,
            entry_groups,
            window,
            windows,
            batch_blocks,
        }
    }

    /// Records of inputs: of projections, an empty one, of private inputs.
    pub(super) fn records(&self) -> u64 {
        self.projections + 1 + self.privates
    }

    /// Words of a block's output: spike words, then probes.
    pub(super) fn output_stride(&self) -> u64 {
        self.neurons + self.probes
    }

    /// Sizes of all buffers. None is empty, since none can be bound so.
    pub(super) fn bytes(&self) -> Bytes {
        let output = self.batch_blocks * self.output_stride();
        Bytes {
            blocks: self.batch_blocks * BLOCK_STRIDE,
            populations: self.populations.max(TABLE_RECORDS) * size_of::<parameters::Population>() as u64,
            projections: self.records().max(TABLE_RECORDS) * size_of::<parameters::Projection>() as u64,
            state: 4 * self.state,
            external: 4 * self.neurons,
            patterns: 4 * (self.read_only.words + self.tables.words.len() as u64),
            counts: 4 * self.counts,
            output: 4 * output,
            window: 16
                * match self.window {
                    Window::Workgroup => 1,
                    Window::Uniform => UNIFORM_WINDOW_ENTRIES,
                    Window::Storage => self.windows.iter().sum(),
                },
            probes: 4 * self.probes.max(1),
            wirings: self.shares.len().max(1) as u64 * size_of::<parameters::Wiring>() as u64,
            connections: 4 * self.connections.max(1),
            staging: (4 * (output + self.batch_blocks * self.block_steps * self.row)).next_multiple_of(8),
        }
    }

    /// Bytes of device memory that a block reads and writes for a neuron, as a mean over all: state, own spikes, external
    /// input, bit row, place in the order of memberships, spike word and its copy. Not those of connections that are stored
    /// or drawn.
    pub(super) fn block_bytes_a_neuron(&self) -> f64 {
        let read = self.neurons + self.read_only.words + self.tables.words.len() as u64;
        let state = 2 * self.state + read + 3 * self.neurons;
        4.0 * state as f64 / self.neurons as f64
    }

    /// Workgroups of the dispatches of a block, in two dimensions of at most `limit`.
    pub(super) fn dispatches(&self, limit: u32) -> Dispatches {
        let groups = |invocations: u64| spread(invocations.div_ceil(u64::from(WORKGROUP_SIZE)), limit);
        Dispatches {
            fields: groups(self.read_only.sum_count * self.block_steps),
            arrivals: spread(self.populations, limit),
            deliver: spread(self.deliver_groups(), limit),
            integrate: spread(self.groups, limit),
            probe: groups(self.probes),
        }
    }

    /// Workgroups that deliver spikes.
    pub(super) fn deliver_groups(&self) -> u64 {
        self.shares.iter().map(|share| share.groups).sum()
    }

    /// What the delay of a projection adds to a place in the ring of own spikes, up to once around it.
    pub(super) fn history_offset(&self, projection: &Projection) -> u32 {
        let bits = (self.history_words * 32).max(1);
        (bits - u64::from(projection.delay_steps) % bits) as u32
    }

    /// Whether the tables fit a uniform buffer.
    pub(super) fn has_small_tables(&self) -> bool {
        self.populations.max(self.records()) <= TABLE_RECORDS
    }

    /// Where a probed variable is in the state.
    pub(super) fn place(&self, network: &Spiking, variable: Variable, neuron: u32) -> u32 {
        let place = match variable {
            Variable::Potential => u64::from(neuron),
            Variable::Input(input) => {
                let target = &network.populations[network.target(input)];
                self.inputs[input] + u64::from(neuron - target.first)
            }
        };
        place as u32
    }
}

/// Neurons of a workgroup: each gathers the counts of its population once, which many should share, and a small network
/// should still have workgroups for all units of a device.
fn group_size(neurons: u64, workgroups_gather: bool) -> u32 {
    if !workgroups_gather || neurons >= LARGE_NETWORK { WORKGROUP_SIZE_MAX } else { WORKGROUP_SIZE }
}

/// Entries of a row of counts that some inputs count.
fn entries(network: &Spiking, inputs: &[usize]) -> u64 {
    let of_input = |&input: &usize| match network.projections[input].count {
        Count::Patterns => network.patterns.count() as u64,
        Count::Field(field) => network.fields[field].sums() as u64,
        Count::Spikes => 1,
        Count::Wired(_) => 0,
    };
    inputs.iter().map(of_input).sum()
}

/// No neuron counts more in a step: all spikes of a source, or all members of as many patterns as a neuron has.
fn sum_max(network: &Spiking) -> u64 {
    let counts = network.projections.iter().map(|projection| match projection.count {
        Count::Spikes => u64::from(network.populations[projection.source].size),
        Count::Patterns => {
            let ends = network.ends_of(projection);
            let size_max = ends.source.sizes().iter().copied().max().unwrap_or(0);
            u64::from(size_max) * u64::from(ends.target.memberships_max())
        }
        // They have a sign, and whole words.
        Count::Field(_) => u64::MAX,
        // It is in no entry.
        Count::Wired(_) => 0,
    });
    counts.max().unwrap_or(0)
}

/// No neuron's count through a projection is larger in a step, times its memberships where they scale it.
pub(super) fn count_max(network: &Spiking, projection: &Projection) -> u64 {
    let ends = network.ends_of(projection);
    let (source, target) = (ends.source, ends.target);
    let members = |neuron| target.of(neuron).map(|pattern| u64::from(source.sizes()[pattern])).sum();
    let count = match projection.count {
        Count::Spikes => u64::from(network.populations[projection.source].size),
        Count::Patterns => (0..target.neurons()).map(members).max().unwrap_or(0),
        Count::Field(field) => u64::from(network.fields[field].reach),
        Count::Wired(wiring) => network.wirings[wiring].count_max(ends),
    };
    if projection.by_memberships { count * u64::from(target.memberships_max()) } else { count }
}

/// `groups` workgroups in two dimensions of at most `limit` each, with as few to spare as possible.
fn spread(groups: u64, limit: u32) -> [u32; 2] {
    let rows = groups.div_ceil(u64::from(limit)).max(1);
    [groups.div_ceil(rows) as u32, rows as u32]
}
