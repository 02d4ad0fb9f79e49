//! All sizes: of every buffer, of the dispatches, of a submission; and whether a device can hold them.

use super::parameters::Sweep;
use crate::engine::EngineError;
use crate::engine::gpu::Device;
use crate::engine::gpu::shaders::WORKGROUP_SIZE;
use crate::network::hopfield::{Coupling, Hopfield};

/// The most sweeps whose results come back together.
const BATCH_SWEEPS_MAX: u64 = 32;
/// The most that comes back together, bytes.
const BATCH_BYTES_MAX: u64 = 32 << 20;
/// The most visits in a submission: some microseconds each, so tens of milliseconds on a GPU.
const SUBMISSION_VISITS_MAX: u64 = 1 << 14;
/// The most words that the neurons of a synchronous submission read: tens of milliseconds on a slow GPU.
const SUBMISSION_WORDS_MAX: u64 = 1 << 30;
/// Software rasterisers of Mesa end the loops of an invocation, silently, after 65,535 turns in all
/// (`LP_MAX_TGSI_LOOP_ITERATIONS`).
const SOFTWARE_LOOP_TURNS: u64 = 65_000;
/// Distance of the records, bytes: the largest alignment that an adapter may ask for.
pub(super) const RECORD_STRIDE: u64 = 256;

/// How much of everything there is; words have 32 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) neurons: u64,
    pub(super) patterns: u64,
    pub(super) trials: u64,
    pub(super) state_words: u64,
    pub(super) row_words: u64,
    weights: u64,
    gain: u64,
    /// Sweeps whose results come back together.
    pub(super) batch: u64,
    /// Slots of the ring of states and counts: those of a batch, and the one before.
    pub(super) slots: u64,
    /// Visits in a dispatch; 0 in synchronous networks.
    pub(super) visits: u64,
    /// Dispatches of visits in a submission.
    pub(super) dispatches_max: u64,
    /// Turns of the loops of an invocation in the longest dispatch.
    turns: u64,
    pub(super) counts_after_visits: bool,
}

/// Sizes of the buffers, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes {
    pub(super) records: u64,
    pub(super) rows: u64,
    pub(super) columns: u64,
    pub(super) states: u64,
    pub(super) counts: u64,
    pub(super) neurons: u64,
    pub(super) weights: u64,
    pub(super) gain: u64,
    pub(super) order: u64,
    pub(super) staging: u64,
}

impl Layout {
    pub(super) fn new(network: &Hopfield, software: bool) -> Self {
        Self::with_trials(network, network.trials(), software)
    }

    /// The same for as many trials as the network does not have.
    pub(super) fn with_trials(network: &Hopfield, trials: usize, software: bool) -> Self {
        let neurons = u64::from(network.neurons);
        let (patterns, trials) = (network.memories.count() as u64, trials as u64);
        let (state_words, row_words) = (2 * network.state_words() as u64, 2 * network.memories.row_words() as u64);
        let size = u64::from(WORKGROUP_SIZE);
        let stored = !matches!(network.coupling, Coupling::LowRank(_));
        // Terms of the longest sum over stored weights, and turns of a term.
        let (weights, terms, a_term) = match &network.coupling {
            Coupling::LowRank(_) => (0, 0, 0),
            Coupling::Sparse(sparse) => {
                let longest = sparse.offsets.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
                (neurons + 1 + sparse.sources.len() as u64, longest, 1 + row_words)
            }
            Coupling::Matrix(_) => (neurons * neurons, neurons, 1),
        };
        // A visit adds the counts of its patterns, and perhaps changes them; or it adds terms.
        let own = 2 * patterns.div_ceil(size) + terms.div_ceil(size) * a_term + 12;
        let before = state_words.div_ceil(size) + 2 * patterns.div_ceil(size);
        let visits_fit = if software { SOFTWARE_LOOP_TURNS.saturating_sub(before) / own } else { u64::MAX };
        let visits = match network.synchronous {
            true => 0,
            false => SUBMISSION_VISITS_MAX.min(neurons).min(visits_fit.max(1)),
        };
        let turns = match network.synchronous {
            true => patterns + row_words + patterns.div_ceil(size) + terms * a_term,
            false => before + own * visits,
        };
        let back = 4 * trials * (state_words + patterns + 1);
        let batch = BATCH_SWEEPS_MAX.min(BATCH_BYTES_MAX / back.max(1));
        let words = trials * neurons * (row_words + terms * a_term).max(1);
        let fitting = match network.synchronous {
            true => SUBMISSION_WORDS_MAX / words,
            false => SUBMISSION_VISITS_MAX / neurons,
        };
        let batch = batch.min(fitting).max(1);
        Self {
            neurons,
            patterns,
            trials,
            state_words,
            row_words,
            weights,
            gain: network.gain.as_ref().map_or(0, |gain| gain.table.len() as u64),
            batch,
            slots: batch + 1,
            visits,
            dispatches_max: (SUBMISSION_VISITS_MAX / visits.max(1)).max(1),
            turns: turns.max(state_words.div_ceil(size)),
            counts_after_visits: stored,
        }
    }

    /// Records of a sweep: one a dispatch of visits, or one for all.
    pub(super) fn records_per_sweep(&self) -> u64 {
        if self.visits == 0 { 1 } else { self.neurons.div_ceil(self.visits) }
    }

    /// Words of the states in a slot, and of the counts: those of the patterns, and how many neurons are on.
    pub(super) fn slot_words(&self) -> [u64; 2] {
        [self.trials * self.state_words, self.trials * (self.patterns + 1)]
    }

    /// Sizes of all buffers. None is empty, since none can be bound so.
    pub(super) fn bytes(&self) -> Bytes {
        let [states, counts] = self.slot_words();
        let order = if self.visits == 0 { 1 } else { self.batch * self.trials * self.neurons };
        Bytes {
            records: self.batch * self.records_per_sweep() * RECORD_STRIDE,
            rows: 4 * (self.neurons * self.row_words).max(4),
            columns: 4 * (self.patterns * self.state_words).max(4),
            states: 4 * self.slots * states,
            counts: 4 * self.slots * counts,
            neurons: 16 * self.neurons,
            weights: 4 * self.weights.max(4),
            gain: 4 * self.gain.max(4),
            order: 4 * order,
            staging: 4 * self.batch * (states + counts),
        }
    }

    /// Whether the device can hold and run it.
    ///
    /// # Errors
    /// If not, with what would fit.
    pub(super) fn check(&self, device: &Device) -> Result<(), EngineError> {
        if device.software && self.turns > SOFTWARE_LOOP_TURNS {
            let message = format!(
                "`{}` ends loops after {SOFTWARE_LOOP_TURNS} turns, and this network takes up to {}; `--backend cpu` or a \
                 GPU can run it",
                device.name, self.turns
            );
            return Err(EngineError::NoAdapter { message });
        }
        let bytes = self.bytes();
        // Shaders place words with 32 bits.
        let binding = device.limits.binding_bytes.min(device.limits.buffer_bytes).min(u64::from(u32::MAX));
        for (what, needed, hint) in [
            ("the patterns of each neuron", bytes.rows, "fewer neurons or patterns"),
            ("the neurons of each pattern", bytes.columns, "fewer neurons or patterns"),
            ("the states of all trials", bytes.states, "fewer neurons or trials"),
            ("the overlaps of all trials", bytes.counts, "fewer patterns or trials"),
            ("what all neurons read", bytes.neurons, "fewer neurons"),
            ("the weights", bytes.weights, "fewer neurons or connections"),
            ("the order of the visits", bytes.order, "fewer neurons or trials"),
            ("what a sweep returns", bytes.staging, "fewer neurons, patterns or trials"),
        ] {
            if needed > binding {
                return Err(EngineError::TooLarge {
                    adapter: device.name.clone(),
                    what: what.to_owned(),
                    needed,
                    allowed: binding,
                    hint: format!("{hint} would fit, and so would `--backend cpu`"),
                });
            }
        }
        Ok(())
    }
}

/// `groups` workgroups in two dimensions of at most `limit` each, with as few to spare as possible.
pub(super) fn spread(groups: u64, limit: u32) -> [u32; 2] {
    let rows = groups.div_ceil(u64::from(limit)).max(1);
    [groups.div_ceil(rows) as u32, rows as u32]
}

const _: () = assert!(size_of::<Sweep>() as u64 <= RECORD_STRIDE);
