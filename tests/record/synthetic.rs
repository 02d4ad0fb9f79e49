//! Synthetic runs: a network small enough to check by hand, and blocks made up without an engine.

use attractor::engine::{Block, BlockResult, EngineInfo};
use attractor::model::spiking::{self as model, Guard};
use attractor::network::patterns::{Patterns, SetBits};
use attractor::network::spiking::{
    Count, Own, Population, Probe, Program, Projection, Snapshot, Spiking, Stimulus, Synapse, Variable,
};
use attractor::record::spiking::Run;
use attractor::schedule::Schedule;
use attractor::simulate::{Observer, Spike};

/// A model, the network that `compile` would make of it as far as recording reads it, and what computes.
pub(crate) struct Synthetic {
    pub(crate) model: model::Spiking,
    pub(crate) network: Spiking,
    pub(crate) engine: EngineInfo,
    pub(crate) config_toml: String,
}

/// What it is about: sizes of the populations ("a", "b", ..), members of each pattern of the first, and steps.
pub(crate) struct Spec<'a> {
    pub(crate) sizes: &'a [u32],
    pub(crate) patterns: Option<&'a [Vec<u32>]>,
    pub(crate) steps: u64,
}

pub(crate) const DT_MS: f64 = 0.1;

impl Synthetic {
    pub(crate) fn new(spec: &Spec<'_>) -> Self {
        let members = spec.patterns.unwrap_or_default();
        let names = |index: usize| char::from(b'a' + index as u8).to_string();
        let populations = spec.sizes.iter().enumerate().map(|(index, &size)| model::Population {
            name: names(index),
            size,
            tau_m_ms: 20.0,
            threshold_mv: 20.0,
            reset_mv: 10.0,
            refractory_steps: 50,
            drive_mv: 13.0,
            noise_mv: 0.0,
            initial_low_mv: 0.0,
            initial_high_mv: 10.0,
            spread: model::Spread::default(),
            poisson: None,
            escape: None,
            adaptation: None,
        });
        let record = model::Record {
            spikes: model::SpikeRecord {
                populations: (0..spec.sizes.len()).collect(),
                every: 1,
                start_step: 0,
                stop_step: spec.steps,
            },
            overlaps_bin_steps: Some(10),
            rates_bin_steps: Some(10),
            reference_rate_hz: 40.0,
            voltages: Vec::new(),
            deflate: false,
        };
        let model = model::Spiking {
            seed: 7,
            dt_ms: DT_MS,
            duration_steps: spec.steps,
            patterns: spec.patterns.map(|members| model::Patterns {
                population: 0,
                further_populations: Vec::new(),
                count: members.len(),
                activity: 0.25,
                source: model::PatternSource::Given(members.to_vec()),
            }),
            populations: populations.collect(),
            projections: Vec::new(),
            stimuli: Vec::new(),
            changes: Vec::new(),
            guard: Guard::default(),
            trials: 1,
            record,
        };
        let network = network(&model, members);
        let engine = EngineInfo { engine: "cpu".into(), adapter: "a processor".into(), driver: "2 threads".into() };
        let config_toml = "model = \"spiking\"\n# µ\n".to_owned();
        Self { model, network, engine, config_toml }
    }

    pub(crate) fn run(&self) -> Run<'_> {
        Run { model: &self.model, network: &self.network, config_toml: &self.config_toml, engine: &self.engine }
    }

    /// A projection that is a current, or a jump where `tau_syn_ms` is 0.
    pub(crate) fn project(&mut self, from: usize, to: usize, tau_syn_ms: f64) {
        self.model.projections.push(model::Projection {
            from,
            to,
            kind: model::ProjectionKind::Global,
            coupling: model::Coupling::default(),
            jump_mv: 0.1,
            tau_syn_ms,
            delay_steps: 10,
            scaled_by_memberships: false,
            autapses: true,
            connections: model::Connections::All,
            clip: None,
            representation: model::Representation::Auto,
        });
        let synapse = if tau_syn_ms > 0.0 { Synapse::Current { decay: 1 << 30, gain: 1 } } else { Synapse::Jump };
        self.network.populations[to].inputs.push(self.network.projections.len());
        self.network.projections.push(Projection {
            source: from,
            target: to,
            count: Count::Spikes,
            by_memberships: false,
            subtract_own: false,
            delay_steps: 10,
            weight: 1,
            weight_shift: 0,
            synapse,
        });
    }

    pub(crate) fn stimulate(&mut self, target: model::StimulusTarget, start_step: u64, stop_step: u64) {
        let stimulus = model::Stimulus { target, population: 0, amplitude_mv: 20.0, start_step, stop_step };
        self.model.stimuli.push(stimulus);
        let own_amplitudes = Vec::new();
        let amplitude = 1;
        self.network.stimuli.push(Stimulus {
            population: 0,
            neurons: None,
            amplitude,
            own_amplitudes,
            start_step,
            stop_step,
        });
    }

    /// Records potentials (and inputs), with the probes that belong to them.
    pub(crate) fn record_voltages(&mut self, record: model::VoltageRecord) {
        let first = self.network.populations[record.population].first;
        let probe = |variable| record.neurons.iter().map(move |&neuron| Probe { variable, neuron: first + neuron });
        self.network.probes.extend(probe(Variable::Potential));
        for (index, projection) in self.network.projections.iter().enumerate() {
            if record.inputs && projection.target == record.population && projection.synapse != Synapse::Jump {
                self.network.probes.extend(probe(Variable::Input(index)));
            }
        }
        self.network.probe_intervals.push(record.every_steps);
        self.model.record.voltages.push(record);
    }

    /// The state at `step`: every variable has a value of its own.
    pub(crate) fn state(&self, step: u64) -> Snapshot {
        let mut state = self.network.initial_state();
        state.step = step;
        for (neuron, potential) in state.potentials.iter_mut().enumerate() {
            *potential = value(step, neuron as u64, 0);
        }
        for (projection, inputs) in state.inputs.iter_mut().enumerate() {
            for (neuron, input) in inputs.iter_mut().enumerate() {
                *input = value(step, neuron as u64, projection as u64 + 1);
            }
        }
        state
    }

    /// The block in which `spikes` (all of them in it) are fired.
    pub(crate) fn block(&self, start_step: u64, steps: u32, spikes: &[Spike]) -> BlockResult {
        let layout = self.network.counts_layout();
        let end_step = start_step + u64::from(steps);
        let probe = self.network.probe_intervals.iter().any(|&interval| end_step.is_multiple_of(interval));
        let mut result = BlockResult {
            spikes: vec![0; self.network.neurons()],
            counts: vec![0; steps as usize * layout.len()],
            ..BlockResult::new(Block { start_step, steps, probe })
        };
        for spike in spikes {
            let step = (spike.step - start_step) as u32;
            result.spikes[spike.neuron as usize] |= 1 << step;
        }
        for (neuron, &word) in result.spikes.iter().enumerate() {
            let population = self.network.populations.iter().rposition(|some| some.first as usize <= neuron).unwrap();
            for step in SetBits(word) {
                let row = &mut result.counts[step as usize * layout.len()..][..layout.len()];
                row[layout.spikes(population)] += 1;
                if population == self.network.pattern_population && layout.patterns > 0 {
                    self.network.patterns.of(neuron).for_each(|pattern| row[pattern] += 1);
                }
            }
        }
        if probe {
            let state = self.state(end_step);
            result.probes = self
                .network
                .probes
                .iter()
                .map(|probe| match probe.variable {
                    Variable::Potential => state.potentials[probe.neuron as usize],
                    Variable::Input(projection) => {
                        let target = &self.network.populations[self.network.projections[projection].target];
                        state.inputs[projection][(probe.neuron - target.first) as usize]
                    }
                })
                .collect();
        }
        result
    }

    /// Shows a whole run, in blocks of `block_steps`, to an observer, up to `stop_step`.
    pub(crate) fn play(
        &self,
        observer: &mut dyn Observer,
        spikes: &[Spike],
        block_steps: u32,
        stop_step: u64,
    ) -> anyhow::Result<()> {
        observer.start(&self.state(0))?;
        let mut next = 0;
        for block in Schedule::new(&self.network, 0, block_steps).take_while(|block| block.start_step < stop_step) {
            let end_step = block.end_step().min(stop_step);
            let end = next + spikes[next..].partition_point(|spike| spike.step < end_step);
            let result = self.block(block.start_step, (end_step - block.start_step) as u32, &spikes[next..end]);
            assert!(observer.block(&result)?.is_continue());
            next = end;
        }
        Ok(())
    }
}

/// A value for a variable of a neuron at a step.
pub(crate) fn value(step: u64, neuron: u64, variable: u64) -> i32 {
    (step * 1_000_003 + neuron * 7919 + variable * 104_729) as i32 % (1 << 24)
}

/// Spikes of `neurons` neurons over `steps` steps, one in `rarity`, in order.
pub(crate) fn spikes(neurons: u32, steps: u64, rarity: u64) -> Vec<Spike> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut spikes = Vec::new();
    for step in 0..steps {
        for neuron in 0..neurons {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if (state >> 33).is_multiple_of(rarity) {
                spikes.push(Spike { step, neuron });
            }
        }
    }
    spikes
}

fn network(model: &model::Spiking, members: &[Vec<u32>]) -> Spiking {
    let mut first = 0;
    let populations = model.populations.iter().map(|population| {
        first += population.size;
        Population {
            name: population.name.clone(),
            first: first - population.size,
            size: population.size,
            decay: 1 << 20,
            shift: 21,
            drive: 0,
            noise: 0,
            threshold: 20 << 21,
            reset: 10 << 21,
            refractory_steps: 50,
            initial_low: 0,
            initial_span: 0,
            inputs: Vec::new(),
            escape: None,
            own: Own::default(),
        }
    });
    Spiking {
        seed: model.seed,
        trial: 0,
        steps: model.duration_steps,
        populations: populations.collect(),
        projections: Vec::new(),
        wirings: Vec::new(),
        privates: Vec::new(),
        pattern_population: 0,
        patterns: Patterns::from_members(model.populations[0].size as usize, members),
        further_patterns: Vec::new(),
        fields: Vec::new(),
        stimuli: Vec::new(),
        probes: Vec::new(),
        probe_intervals: Vec::new(),
        program: Program::default(),
    }
}
