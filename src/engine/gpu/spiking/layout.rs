//! All sizes: of every buffer, of the dispatches, of a submission; and whether a device can hold them.

use crate::engine::EngineError;
use crate::engine::gpu::Device;
use crate::engine::gpu::shaders::WORKGROUP_SIZE;
use crate::network::spiking::{Count, Spiking, Synapse, Variable};

use super::parameters::{self, HELD_INPUTS, TABLE_RECORDS, WINDOW_ENTRIES};

/// The most blocks in a submission.
const BATCH_BLOCKS_MAX: u64 = 32;
/// The most that a submission returns, bytes.
const BATCH_BYTES_MAX: u64 = 32 << 20;
/// The most work in a submission, steps of a neuron: tens of milliseconds on a slow GPU.
const BATCH_NEURON_STEPS_MAX: u64 = 1 << 25;
/// Software rasterisers of Mesa end the loops of an invocation, silently, after 65,535 turns in all
/// (LP_MAX_TGSI_LOOP_ITERATIONS in src/gallium/auxiliary/gallivm/lp_bld_limits.h).
const SOFTWARE_LOOP_TURNS: u64 = 65_000;
/// Distance of the blocks' records, bytes: the largest alignment that an adapter may ask for.
pub(super) const BLOCK_STRIDE: u64 = 256;

/// Where everything is, in words of 32 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) neurons: u64,
    /// Workgroups that hold neurons: populations start at a workgroup of their own.
    pub(super) groups: u64,
    probes: u64,
    pub(super) block_steps: u64,
    /// The ring of counts: slots of `row` entries.
    pub(super) slots: u64,
    pub(super) row: u64,
    /// Within the state: refractory counters, inputs of each projection, own spikes.
    pub(super) refractory: u64,
    pub(super) inputs: Vec<u64>,
    pub(super) history: u64,
    pub(super) history_words: u64,
    state: u64,
    patterns: u64,
    populations: u64,
    projections: u64,
    /// Groups of four steps, aligned in the run, that a block can touch.
    pub(super) quads: u64,
    /// Entries of the window of counts, of four steps each.
    pub(super) windows: u64,
    /// Blocks in a submission.
    pub(super) batch_blocks: u64,
}

/// Workgroups of the dispatches of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dispatches {
    pub(super) arrivals: [u32; 2],
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
    /// What a submission returns: its output, then its rows of counts.
    pub(super) staging: u64,
}

impl Layout {
    pub(super) fn new(network: &Spiking) -> Self {
        let neurons = network.neurons() as u64;
        let row = network.counts_layout().len() as u64;
        let block_steps = u64::from(network.block_steps());
        let group_size = u64::from(WORKGROUP_SIZE);
        let mut end = 2 * neurons;
        let inputs = network.projections.iter().map(|projection| {
            let start = end;
            if projection.synapse != Synapse::Jump {
                end += u64::from(network.populations[projection.target].size);
            }
            start
        });
        let inputs = inputs.collect();
        let quads = (block_steps + 6) / 4;
        let entries = network.projections.iter().map(|projection| match projection.count {
            Count::Patterns => network.patterns.count() as u64,
            Count::Spikes => 1,
        });
        let history_words = u64::from(network.own_history_steps().div_ceil(32));
        let block_bytes = 4 * (neurons + network.probes.len() as u64 + block_steps * row);
        let batch_blocks = BATCH_BLOCKS_MAX
            .min(BATCH_BYTES_MAX / block_bytes)
            .min(BATCH_NEURON_STEPS_MAX / (neurons * block_steps))
            .max(1);
        Self {
            neurons,
            groups: network.populations.iter().map(|population| u64::from(population.size).div_ceil(group_size)).sum(),
            probes: network.probes.len() as u64,
            block_steps,
            // A block reads D_max rows and writes B; the rows of a submission stay until they are copied.
            slots: u64::from(network.delay_steps_max()) + batch_blocks * block_steps,
            row,
            refractory: neurons,
            inputs,
            history: end,
            history_words,
            state: end + history_words * neurons,
            patterns: network.patterns.words().len() as u64,
            populations: network.populations.len() as u64,
            projections: network.projections.len() as u64,
            quads,
            windows: quads * entries.sum::<u64>(),
            batch_blocks,
        }
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
            projections: self.projections.max(TABLE_RECORDS) * size_of::<parameters::Projection>() as u64,
            state: 4 * self.state,
            external: 4 * self.neurons,
            patterns: 4 * self.patterns.max(1),
            counts: 4 * self.slots * self.row,
            output: 4 * output,
            window: 16 * self.windows.max(WINDOW_ENTRIES),
            probes: 4 * self.probes.max(1),
            staging: 4 * (output + self.batch_blocks * self.block_steps * self.row),
        }
    }

    /// Workgroups of the dispatches of a block, in two dimensions of at most `limit`.
    pub(super) fn dispatches(&self, limit: u32) -> Dispatches {
        let groups = |invocations: u64| spread(invocations.div_ceil(u64::from(WORKGROUP_SIZE)), limit);
        Dispatches {
            arrivals: groups(self.windows.max(self.block_steps * self.row)),
            integrate: spread(self.groups, limit),
            probe: groups(self.probes),
        }
    }

    /// Whether the tables fit a uniform buffer.
    pub(super) fn has_small_tables(&self) -> bool {
        self.populations.max(self.projections) <= TABLE_RECORDS
    }

    /// Whether the window fits a uniform buffer.
    pub(super) fn has_small_window(&self) -> bool {
        self.windows <= WINDOW_ENTRIES
    }

    /// Where a probed variable is in the state.
    pub(super) fn place(&self, network: &Spiking, variable: Variable, neuron: u32) -> u32 {
        let place = match variable {
            Variable::Potential => u64::from(neuron),
            Variable::Input(projection) => {
                let target = &network.populations[network.projections[projection].target];
                self.inputs[projection] + u64::from(neuron - target.first)
            }
        };
        place as u32
    }

    /// Whether the device can hold it.
    ///
    /// # Errors
    /// If not, with what would fit.
    pub(super) fn check(&self, network: &Spiking, device: &Device) -> Result<(), EngineError> {
        let turns = self.loop_turns(network);
        if device.software && turns > SOFTWARE_LOOP_TURNS {
            let message = format!(
                "`{}` ends a block's loops after {SOFTWARE_LOOP_TURNS} turns, and the patterns of this network take up \
                 to {turns}; `--backend cpu` or a GPU can run it",
                device.name
            );
            return Err(EngineError::NoAdapter { message });
        }
        let bytes = self.bytes();
        // Shaders index with 32 bits.
        let binding = device.limits.binding_bytes.min(device.limits.buffer_bytes).min(u64::from(u32::MAX) * 4);
        for (what, needed, allowed) in [
            ("the state of its neurons", bytes.state, binding),
            ("the external input", bytes.external, binding),
            ("the bit rows of its patterns", bytes.patterns, binding),
            ("the counts of the longest delay", bytes.counts, binding),
            ("the window of counts", bytes.window, binding),
            ("the spikes of a block", bytes.output, binding),
            ("the list of recorded potentials", bytes.probes, binding),
            ("what a block returns", bytes.staging, device.limits.buffer_bytes),
        ] {
            if needed > allowed {
                return Err(EngineError::TooLarge {
                    adapter: device.name.clone(),
                    what: what.to_owned(),
                    needed,
                    allowed,
                    hint: hint(what, self.neurons, needed, allowed),
                });
            }
        }
        Ok(())
    }
}

impl Layout {
    /// An upper bound of the turns that all loops of an invocation of `integrate` take in a block.
    fn loop_turns(&self, network: &Spiking) -> u64 {
        let patterns = &network.patterns;
        let memberships = (0..patterns.neurons()).map(|neuron| patterns.memberships(neuron)).max().unwrap_or(0);
        let row = patterns.words_per_neuron() as u64 + u64::from(memberships);
        let turns = network.populations.iter().map(|population| {
            let of_patterns = |&&input: &&usize| network.projections[input].count == Count::Patterns;
            let (held, further) = population.inputs.split_at(population.inputs.len().min(HELD_INPUTS as usize));
            let rows = self.quads * held.iter().filter(of_patterns).count() as u64
                + self.block_steps * further.iter().filter(of_patterns).count() as u64;
            let spikes = self.block_steps.div_ceil(u64::from(population.refractory_steps) + 1);
            // Gathering counts, then adding spikes to them; then what every neuron does in each step.
            rows * row + (2 + spikes) * row + (self.block_steps + 1) * (2 * population.inputs.len() as u64 + 10)
        });
        turns.max().unwrap_or(0) + 100
    }
}

fn hint(what: &str, neurons: u64, needed: u64, allowed: u64) -> String {
    let share = allowed as u128;
    let fits = (u128::from(neurons) * share / u128::from(needed)) as u64;
    if what.contains("counts") {
        "shorter delays or fewer patterns would fit, and so would `--backend cpu`".to_owned()
    } else {
        format!("about {fits} neurons would fit, and so would `--backend cpu`")
    }
}

/// `groups` workgroups in two dimensions of at most `limit` each, with as few to spare as possible.
fn spread(groups: u64, limit: u32) -> [u32; 2] {
    let rows = groups.div_ceil(u64::from(limit)).max(1);
    [groups.div_ceil(rows) as u32, rows as u32]
}
