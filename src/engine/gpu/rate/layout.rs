//! All sizes: of every buffer and of the dispatches; and whether a device can hold them.

use std::ops::Range;

use crate::engine::EngineError;
use crate::engine::gpu::Device;
use crate::engine::gpu::shaders::WORKGROUP_SIZE;
use crate::network::rate::{BLOCK_STEPS_MAX, Coupling, Rate, member_words};

/// Distance of the turns' records, bytes: the largest alignment that an adapter may ask for.
pub(super) const TURN_STRIDE: u64 = 256;
/// The most work in a submission, products: tens of milliseconds on a slow GPU.
const SUBMISSION_PRODUCTS_MAX: u64 = 1 << 31;
/// Software rasterisers of Mesa end the loops of an invocation, silently, after 65,535 turns in all.
const SOFTWARE_LOOP_TURNS: u64 = 65_000;

/// Where everything is, in words of 32 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) neurons: u64,
    pub(super) chunks: u64,
    pub(super) patterns: u64,
    pub(super) member_words: u64,
    /// Within the state: rests, y, then slopes.
    pub(super) rests: u64,
    pub(super) trial: u64,
    pub(super) slopes: u64,
    /// Sums that the coupling needs, and how many there are.
    pub(super) vectors: Range<u64>,
    pub(super) vectors_all: u64,
    stages: u64,
    /// Words of a stored matrix, 0 where none is.
    weights: u64,
    /// Steps in a submission.
    pub(super) submission_steps: u32,
}

/// Sizes of the buffers, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes {
    pub(super) turns: u64,
    pub(super) state: u64,
    pub(super) bits: u64,
    pub(super) partials: u64,
    pub(super) totals: u64,
    pub(super) stored: u64,
    pub(super) weights: u64,
    pub(super) external: u64,
    pub(super) largest: u64,
    /// What a block returns: largest values, then, of a frame, rates and totals.
    pub(super) staging: u64,
}

impl Layout {
    pub(super) fn new(network: &Rate) -> Self {
        let (neurons, patterns) = (u64::from(network.size), network.patterns.count() as u64);
        let member_words = member_words(network.neurons()) as u64;
        let (vectors, weights, products) = match network.coupling {
            Coupling::LowRank { .. } => (0..patterns, 0, 2 * neurons * patterns),
            Coupling::Uniform { .. } => (patterns..patterns + 1, 0, 2 * neurons),
            Coupling::Dense(_) => (0..0, neurons * neurons, neurons * neurons),
        };
        let stages = network.stages.len() as u64;
        let steps = SUBMISSION_PRODUCTS_MAX / (stages * (products + 20 * neurons));
        Self {
            neurons,
            chunks: network.chunks() as u64,
            patterns,
            member_words,
            rests: neurons,
            trial: 2 * neurons,
            slopes: 2 * neurons + member_words * 32,
            vectors,
            vectors_all: patterns + 1,
            stages,
            weights,
            submission_steps: steps.clamp(1, u64::from(BLOCK_STEPS_MAX)) as u32,
        }
    }

    /// No buffer is empty, since none can be bound so.
    pub(super) fn bytes(&self) -> Bytes {
        let largest = u64::from(BLOCK_STEPS_MAX) + 1;
        let stored = if self.weights == 0 { 1 } else { self.neurons };
        Bytes {
            turns: (u64::from(BLOCK_STEPS_MAX) * self.stages + 2) * TURN_STRIDE,
            state: 4 * (self.slopes + self.neurons),
            bits: 4 * (self.patterns * self.member_words).max(1),
            partials: 4 * self.chunks * self.vectors_all,
            totals: 16 * self.vectors_all,
            stored: 4 * stored,
            weights: 4 * self.weights.max(1),
            external: 4 * self.neurons,
            largest: 4 * largest,
            staging: 4 * (largest + self.neurons + 4 * self.vectors_all),
        }
    }

    /// Bytes of all buffers, with `staging` of those for results.
    pub(super) fn device_bytes(&self, staging: u64) -> u64 {
        let bytes = self.bytes();
        let Bytes { turns, state, bits, partials, totals, stored, weights, external, largest, .. } = bytes;
        turns + state + bits + partials + totals + stored + weights + external + largest + staging * bytes.staging
    }

    /// Whether the device can hold it.
    ///
    /// # Errors
    /// If not, with what would fit.
    pub(super) fn check(&self, device: &Device) -> Result<(), EngineError> {
        let turns = self.patterns + self.patterns / 32 + self.chunks / 64 + self.neurons / 64;
        if device.software && turns > SOFTWARE_LOOP_TURNS {
            let message = format!(
                "`{}` ends loops after {SOFTWARE_LOOP_TURNS} turns, and this network takes up to {turns}; \
                 `--backend cpu` or a GPU can run it",
                device.name
            );
            return Err(EngineError::NoAdapter { message });
        }
        let bytes = self.bytes();
        // Shaders place words with 32 bits.
        let binding = device.limits.binding_bytes.min(device.limits.buffer_bytes).min(u64::from(u32::MAX));
        let fits = |allowed: u64| {
            let matrix = (allowed / 4).isqrt();
            format!("about {matrix} neurons would fit, and so would `--backend cpu`")
        };
        for (what, needed) in [
            ("the matrix of its weights", bytes.weights),
            ("the state of its neurons", bytes.state),
            ("the bits of its patterns", bytes.bits),
            ("the sums over its chunks", bytes.partials),
            ("what a block returns", bytes.staging),
        ] {
            if needed > binding {
                let hint = if what.contains("matrix") {
                    fits(binding)
                } else {
                    let neurons = u128::from(self.neurons) * u128::from(binding) / u128::from(needed);
                    format!("about {neurons} neurons would fit, and so would `--backend cpu`")
                };
                let (adapter, what) = (device.name.clone(), what.to_owned());
                return Err(EngineError::TooLarge { adapter, what, needed, allowed: binding, hint });
            }
        }
        Ok(())
    }

    /// Workgroups for so many tasks of one workgroup each, in two dimensions of at most `limit`.
    pub(super) fn groups(tasks: u64, limit: u32) -> [u32; 2] {
        let rows = tasks.div_ceil(u64::from(limit)).max(1);
        [tasks.div_ceil(rows) as u32, rows as u32]
    }

    /// Workgroups that hold all neurons.
    pub(super) fn neuron_groups(&self) -> u64 {
        self.neurons.div_ceil(u64::from(WORKGROUP_SIZE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gpu::Limits;
    use crate::network::patterns::Patterns;
    use crate::network::rate::{Factor, Gain, GainKind, Stage};
    use std::sync::Arc;

    fn network(size: u32, coupling: Coupling) -> Rate {
        Rate {
            size,
            steps: 1,
            stages: vec![Stage { weight: 1.0, advance: 0.1 }; 4],
            gain: Gain { kind: GainKind::Tanh, slope: 1.0, threshold: 0.0, maximum: 1.0 },
            coupling,
            patterns: Patterns::default(),
            source: Factor { member: 1.0, other: -1.0 },
            target: Factor { member: 1.0, other: -1.0 },
            overlap_scale: 1.0,
            input: 0.0,
            stimuli: Vec::new(),
            initial: Vec::new(),
            frame_intervals: vec![1],
            hash_interval: 1,
            rate_limit: 1e6,
        }
    }

    fn device(binding_bytes: u64, software: bool) -> Device {
        Device {
            name: "Small GPU".into(),
            kind: "integrated".into(),
            backend: "vulkan".into(),
            driver: String::new(),
            limits: Limits {
                buffer_bytes: 1 << 31,
                binding_bytes,
                storage_buffers: 8,
                workgroup_size: 256,
                workgroups: 65_535,
            },
            software,
            usable: Ok(()),
        }
    }

    #[test]
    fn a_network_fits_to_the_last_byte_and_is_told_what_would() {
        let layout = Layout::new(&network(1000, Coupling::Dense(Arc::new(Vec::new()))));
        assert!(layout.check(&device(4_000_000, false)).is_ok());
        let error = layout.check(&device(3_999_999, false)).unwrap_err();
        let EngineError::TooLarge { needed, hint, .. } = &error else { panic!("{error}") };
        assert_eq!(*needed, 4_000_000);
        assert!(hint.contains("about 999 neurons would fit"), "{hint}");
        let layout = Layout::new(&network(1_000_000, Coupling::Uniform { scale: 1.0 }));
        let error = layout.check(&device(4_000_000, false)).unwrap_err();
        let EngineError::TooLarge { needed, hint, .. } = &error else { panic!("{error}") };
        // r, its rests, y and slopes.
        assert_eq!(*needed, 16_000_000);
        assert!(hint.contains("about 250000 neurons would fit"), "{hint}");
        // Five million turns of a loop are too many for a rasteriser that runs on the processor.
        let large = Layout::new(&network(5_000_000, Coupling::Uniform { scale: 1.0 }));
        assert!(matches!(large.check(&device(1 << 30, true)), Err(EngineError::NoAdapter { .. })));
        assert!(large.check(&device(1 << 30, false)).is_ok());
    }

    #[test]
    fn dispatches_and_submissions_stay_within_their_limits() {
        for tasks in [1, 65_535, 65_536, 1_000_000, 100_000_000] {
            let [x, y] = Layout::groups(tasks, 65_535);
            assert!(x <= 65_535 && y <= 65_535 && u64::from(x) * u64::from(y) >= tasks, "{tasks}: {x} x {y}");
            assert!(u64::from(x) * u64::from(y) < tasks + u64::from(y), "{tasks}: {x} x {y}");
        }
        let steps = |size| Layout::new(&network(size, Coupling::Dense(Arc::new(Vec::new())))).submission_steps;
        assert_eq!([steps(100), steps(20_000)], [BLOCK_STEPS_MAX, 1]);
    }
}
