//! The integer step of a spiking network, neuron by neuron and as slow as it likes: what the GPU engine must do.

use attractor::fixed::{round_shift, saturate};
use attractor::network::spiking::{Count, Course, Snapshot, Source, Spiking, Synapse};
use attractor::random::Stream;

/// A network between two steps, with all spikes that ever were.
pub(crate) struct Reference<'a> {
    network: &'a Spiking,
    step: u64,
    potentials: Vec<i32>,
    refractory: Vec<u32>,
    inputs: Vec<Vec<i32>>,
    /// [step][neuron]
    spikes: Vec<Vec<bool>>,
    /// Rows of counts, [step].
    rows: Vec<Vec<u32>>,
}

impl<'a> Reference<'a> {
    pub(crate) fn new(network: &'a Spiking) -> Self {
        let start = network.initial_state();
        Self {
            network,
            step: 0,
            potentials: start.potentials,
            refractory: start.refractory,
            inputs: start.inputs,
            spikes: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Takes one step.
    pub(crate) fn advance(&mut self) {
        let network = self.network;
        let layout = network.counts_layout();
        let external = network.external(self.step);
        let mut row = vec![0u32; layout.len()];
        let mut spikes = vec![false; network.neurons()];
        for (index, population) in network.populations.iter().enumerate() {
            for neuron in population.first..population.first + population.size {
                let at = neuron as usize;
                let member = (neuron - population.first) as usize;
                let mut held = self.refractory[at] > 0;
                if held {
                    self.refractory[at] -= 1;
                } else {
                    let mut sum = i64::from(population.decay_of(member)) * i64::from(self.potentials[at]);
                    for (place, input) in network.inputs_of(index).enumerate() {
                        if let Synapse::Current { gain, .. } = network.synapse(input) {
                            let gain = population.own.gain(place, member).unwrap_or(gain);
                            sum += i64::from(gain) * i64::from(self.inputs[input][member]);
                        }
                    }
                    let noise = population.noise_of(member) * network.noise(neuron, self.step);
                    let value = round_shift(sum, population.shift) + i64::from(external[at]) + i64::from(noise);
                    self.set_potential(at, value, &mut row[layout.saturated_potentials(index)]);
                    let threshold = population.threshold_of(member);
                    let crosses = match &population.escape {
                        Some(escape) => {
                            let probability = escape.probability(self.potentials[at], threshold);
                            network.draw(Stream::Escape, neuron, self.step) < probability
                        }
                        None => self.potentials[at] >= threshold,
                    };
                    if crosses {
                        spikes[at] = true;
                        row[layout.spikes(index)] += 1;
                        if let Some(set) = network.set_of(index) {
                            let first = layout.patterns_of(set);
                            self.patterns_of(index, member).into_iter().for_each(|pattern| row[first + pattern] += 1);
                        }
                        self.potentials[at] = population.reset;
                        self.refractory[at] = population.refractory_steps;
                        held = population.refractory_steps > 0;
                    }
                }
                for input in network.inputs_of(index) {
                    let arrival = match network.private(input) {
                        None => network.projections[input].arrival(self.count(input, neuron)),
                        Some(private) => private
                            .arrival(match &private.source {
                                Source::Poisson(poisson) => {
                                    poisson.count(network.draw(Stream::Poisson, neuron, self.step))
                                }
                                Source::OwnSpikes => u32::from(spikes[at]),
                            })
                            .into(),
                    };
                    match network.synapse(input) {
                        Synapse::Current { decay, .. } => {
                            let old = self.inputs[input][member];
                            let value = round_shift(i64::from(old) * i64::from(decay), 31) + arrival;
                            self.inputs[input][member] = saturate(value);
                            row[layout.saturated_inputs(input)] += u32::from(value != i64::from(saturate(value)));
                        }
                        Synapse::Jump if !held => {
                            let value = i64::from(self.potentials[at]) + arrival;
                            self.set_potential(at, value, &mut row[layout.saturated_potentials(index)]);
                        }
                        Synapse::Jump => {}
                    }
                }
            }
        }
        self.spikes.push(spikes);
        self.rows.push(row);
        self.step += 1;
    }

    fn set_potential(&mut self, at: usize, value: i64, saturated: &mut u32) {
        self.potentials[at] = saturate(value);
        *saturated += u32::from(value != i64::from(saturate(value)));
    }

    fn patterns_of(&self, population: usize, member: usize) -> Vec<usize> {
        let Some(patterns) = self.network.patterns_of(population) else { return Vec::new() };
        (0..patterns.count()).filter(|&pattern| patterns.has(member, pattern)).collect()
    }

    /// By the definition: over all neurons of the source that fired a delay ago.
    fn count(&self, input: usize, neuron: u32) -> i32 {
        let projection = &self.network.projections[input];
        let Some(then) = self.step.checked_sub(u64::from(projection.delay_steps)) else { return 0 };
        let spikes = &self.spikes[then as usize];
        let source = &self.network.populations[projection.source];
        let member = (neuron - self.network.populations[projection.target].first) as usize;
        let mine = self.patterns_of(projection.target, member);
        let mut count = 0;
        if let Count::Field(field) = projection.count {
            let (field, row) = (&self.network.fields[field], &self.rows[then as usize]);
            count = mine.iter().map(|&pattern| field.sum(pattern, row)).sum::<i32>() + field.sum(field.sums() - 1, row);
            if projection.subtract_own && spikes[neuron as usize] {
                count -= field.own[member];
            }
        }
        for other in source.first..source.first + source.size {
            if !spikes[other as usize] || (projection.subtract_own && other == neuron) {
                continue;
            }
            count += match projection.count {
                Count::Spikes => 1,
                Count::Field(_) => 0,
                Count::Wired(_) => unreachable!("networks here have none"),
                Count::Patterns => {
                    let theirs = self.patterns_of(projection.source, (other - source.first) as usize);
                    theirs.iter().filter(|pattern| mine.contains(pattern)).count() as i32
                }
            };
        }
        if projection.by_memberships { count * mine.len() as i32 } else { count }
    }

    /// Spike words and counts of the last `steps` steps.
    pub(crate) fn last(&self, steps: u32) -> (Vec<u32>, Vec<u32>) {
        let start = self.rows.len() - steps as usize;
        let word = |neuron: usize| {
            let bits = self.spikes[start..].iter().enumerate();
            bits.map(|(step, spikes)| u32::from(spikes[neuron]) << step).sum()
        };
        ((0..self.network.neurons()).map(word).collect(), self.rows[start..].concat())
    }

    /// The state in its canonical form.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let layout = self.network.counts_layout();
        let delay = self.network.delay_steps_max() as usize;
        let mut counts = vec![0; delay.saturating_sub(self.rows.len()) * layout.len()];
        for row in &self.rows[self.rows.len().saturating_sub(delay)..] {
            let acting = layout.saturated_potentials(0);
            counts.extend_from_slice(&row[..acting]);
            counts.resize(counts.len() + layout.len() - acting, 0);
        }
        let neurons = self.network.neurons();
        let own = self.network.own_history_steps() as usize;
        let mut history = vec![0u32; own.div_ceil(32) * neurons];
        for (ago, spikes) in self.spikes.iter().rev().take(own).enumerate() {
            for (neuron, &spike) in spikes.iter().enumerate() {
                history[ago / 32 * neurons + neuron] |= u32::from(spike) << (ago % 32);
            }
        }
        Snapshot {
            step: self.step,
            potentials: self.potentials.clone(),
            refractory: self.refractory.clone(),
            inputs: self.inputs.clone(),
            counts,
            history,
            course: Course::default(),
        }
    }
}
