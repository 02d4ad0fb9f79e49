//! Whether a device can hold and run a network, and if not, what would.

use super::layout::Layout;
use super::parameters::HELD_INPUTS;
use crate::engine::EngineError;
use crate::engine::gpu::Device;
use crate::network::spiking::{Count, Spiking};

/// Software rasterisers of Mesa end the loops of an invocation, silently, after 65,535 turns in all
/// (`LP_MAX_TGSI_LOOP_ITERATIONS`).
const SOFTWARE_LOOP_TURNS: u64 = 65_000;

impl Layout {
    /// Whether the device can hold it.
    ///
    /// # Errors
    /// If not, with what would fit.
    pub(super) fn check(&self, network: &Spiking, device: &Device) -> Result<(), EngineError> {
        let delivering = network.wirings.iter().zip(&self.shares);
        let delivering = delivering.map(|(wiring, share)| share.loop_turns(network, wiring));
        let turns = self.loop_turns(network).max(delivering.max().unwrap_or(0));
        if device.software && turns > SOFTWARE_LOOP_TURNS {
            let message = format!(
                "`{}` ends a block's loops after {SOFTWARE_LOOP_TURNS} turns, and the patterns and connections of \
                 this network take up to {turns}; `--backend cpu` or a GPU can run it",
                device.name
            );
            return Err(EngineError::NoAdapter { message });
        }
        let bytes = self.bytes();
        // Shaders place words with 32 bits, slots of counts with 31.
        let binding = device.limits.binding_bytes.min(device.limits.buffer_bytes).min(u64::from(u32::MAX));
        for (what, needed, allowed, hint) in [
            ("the state of its neurons", bytes.state, binding, Hint::Neurons),
            ("the external input", bytes.external, binding, Hint::Neurons),
            ("the bit rows and couplings of its patterns", bytes.patterns, binding, Hint::Neurons),
            ("the counts of the longest delay", bytes.counts, binding, Hint::Counts),
            ("the window of counts", bytes.window, binding, Hint::Counts),
            ("the spikes of a block", bytes.output, binding, Hint::Neurons),
            ("the stored connections", bytes.connections, binding, Hint::Connections),
            ("the list of recorded potentials", bytes.probes, binding, Hint::Recorded),
            ("what a block returns", bytes.staging, device.limits.buffer_bytes, Hint::Neurons),
        ] {
            if needed > allowed {
                return Err(EngineError::TooLarge {
                    adapter: device.name.clone(),
                    what: what.to_owned(),
                    needed,
                    allowed,
                    hint: hint.told(self.neurons, needed, allowed),
                });
            }
        }
        Ok(())
    }

    /// An upper bound of the turns that all loops of an invocation take in a block, of `integrate` or of `fields`.
    fn loop_turns(&self, network: &Spiking) -> u64 {
        let memberships = network.pattern_sets().map(|(_, patterns)| patterns.memberships_max()).max().unwrap_or(0);
        let row = network.patterns.words_per_neuron() as u64 + u64::from(memberships);
        let terms = network.fields.iter().flat_map(|field| (0..field.sums()).map(|sum| field.terms_of(sum).len()));
        let turns = network.populations.iter().enumerate().map(|(index, population)| {
            // Looking a count up, and counting saturations.
            let privates = network.privates_of(index);
            let own: u64 = privates.map(|(_, own)| 4 + u64::from((own.count_max() + 1).ilog2())).sum();
            let of_patterns = |&&input: &&usize| network.projections[input].count != Count::Spikes;
            let (held, further) = population.inputs.split_at(population.inputs.len().min(HELD_INPUTS as usize));
            let rows = self.entry_groups * held.iter().filter(of_patterns).count() as u64
                + 2 * self.block_steps * further.iter().filter(of_patterns).count() as u64;
            let spikes = self.block_steps.div_ceil(u64::from(population.refractory_steps) + 1);
            // Gathering counts, then adding spikes to them; then what every neuron does in each step.
            rows * row + (2 + spikes) * row + (self.block_steps + 1) * (2 * population.inputs.len() as u64 + 10 + own)
        });
        turns.max().max(terms.max().map(|terms| terms as u64)).unwrap_or(0) + 100
    }
}

/// What would make a network fit.
#[derive(Clone, Copy, Debug)]
enum Hint {
    Neurons,
    Counts,
    Recorded,
    Connections,
}

impl Hint {
    fn told(self, neurons: u64, needed: u64, allowed: u64) -> String {
        let change = match self {
            Self::Neurons => {
                let fits = u128::from(neurons) * u128::from(allowed) / u128::from(needed);
                format!("about {fits} neurons")
            }
            Self::Counts => "shorter delays or fewer patterns".to_owned(),
            Self::Connections => "representation = \"procedural\"".to_owned(),
            Self::Recorded => "fewer recorded potentials".to_owned(),
        };
        format!("{change} would fit, and so would `--backend cpu`")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::engine::gpu::Limits;
    use crate::network::patterns::Patterns;
    use crate::network::spiking::{Own, Population, Program};

    pub(in crate::engine::gpu::spiking) fn network(size: u32) -> Spiking {
        let population = Population {
            name: String::new(),
            first: 0,
            size,
            decay: 1 << 30,
            shift: 31,
            drive: 0,
            noise: 0,
            threshold: 1,
            reset: 0,
            refractory_steps: 0,
            initial_low: 0,
            initial_span: 0,
            inputs: Vec::new(),
            escape: None,
            own: Own::default(),
        };
        Spiking {
            seed: 1,
            trial: 0,
            steps: 1,
            populations: vec![population],
            projections: Vec::new(),
            wirings: Vec::new(),
            privates: Vec::new(),
            pattern_population: 0,
            patterns: Patterns::default(),
            further_patterns: Vec::new(),
            fields: Vec::new(),
            stimuli: Vec::new(),
            probes: Vec::new(),
            probe_intervals: Vec::new(),
            program: Program::default(),
        }
    }

    fn device(binding_bytes: u64) -> Device {
        Device {
            name: "Small GPU".into(),
            kind: "integrated".into(),
            backend: "vulkan".into(),
            driver: String::new(),
            limits: Limits {
                buffer_bytes: 1 << 28,
                binding_bytes,
                storage_buffers: 8,
                workgroup_size: 256,
                workgroups: 65_535,
            },
            software: false,
            usable: Ok(()),
        }
    }

    #[test]
    fn a_network_fits_to_the_last_byte_and_is_told_what_would() {
        let network = network(1_000_000);
        let layout = Layout::new(&network, true);
        // Potentials and refractory counters of a million neurons.
        let needed = 8_000_000.max(layout.bytes().output);
        assert!(layout.check(&network, &device(needed)).is_ok());
        let error = layout.check(&network, &device(4_000_000)).unwrap_err();
        let EngineError::TooLarge { needed, allowed, hint, .. } = &error else { panic!("{error}") };
        assert_eq!((*needed, *allowed), (8_000_000, 4_000_000));
        assert!(hint.contains("about 500000 neurons"), "{hint}");
    }

    #[test]
    fn large_networks_have_few_blocks_in_a_submission() {
        assert_eq!(Layout::new(&network(1000), true).batch_blocks, 32);
        assert_eq!(Layout::new(&network(1_000_000), true).batch_blocks, 1);
        // Two dimensions of workgroups, none of them too long.
        let dispatch = Layout::new(&network(100_000_000), true).dispatches(65_535).integrate;
        assert!(dispatch.iter().all(|&groups| groups <= 65_535), "{dispatch:?}");
        let groups: u64 = dispatch.iter().map(|&groups| u64::from(groups)).product();
        assert!((390_625..390_700).contains(&groups), "{dispatch:?}");
    }
}
