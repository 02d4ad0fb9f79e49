//! An explicit engine: every pair of neurons has its weight, every spike is delivered by itself. Slow and plain.
//!
//! It shares no code with the engines but the types: rounding, noise and counts are written out again.

use std::collections::VecDeque;
use std::sync::Arc;

use super::pairs::connected;
use attractor::engine::{Block, BlockResult, Engine, EngineError, EngineInfo, Rewire};
use attractor::network::patterns::Patterns;
use attractor::network::spiking::wiring::Pair;
use attractor::network::spiking::{Count, Escape, Private, Snapshot, Source, Spiking, Synapse};
use attractor::random::Stream;

/// Dense integer counts w_ij / c for every projection and the spikes of all steps.
pub(crate) struct Dense {
    network: Spiking,
    info: EngineInfo,
    /// [projection][target][source], self-connections as the projection has them.
    pairs: Vec<Vec<Vec<i64>>>,
    state: Snapshot,
    /// Of the fields in the step at hand, [projection][sum].
    sums: Vec<Vec<i64>>,
    /// Spikes of every step so far, [step][neuron].
    raster: Vec<Vec<bool>>,
    finished: VecDeque<BlockResult>,
}

fn half_up(value: i128, bits: u32) -> i64 {
    let half = if bits == 0 { 0 } else { 1i128 << (bits - 1) };
    (value + half).div_euclid(1i128 << bits) as i64
}

fn clamp(value: i64, clipped: &mut u32) -> i32 {
    let inside = value.clamp(i64::from(i32::MIN), i64::from(i32::MAX));
    *clipped += u32::from(inside != value);
    inside as i32
}

/// Counts of all pairs, `[projection][target][source]`; of a field there are none.
fn pairs(network: &Spiking) -> Vec<Vec<Vec<i64>>> {
    let nobody = Patterns::default();
    let of = |population| network.patterns_of(population).unwrap_or(&nobody);
    let shares = |(target, i): (usize, usize), (source, j): (usize, usize)| -> i64 {
        let (targets, sources) = (of(target), of(source));
        let both = |pattern: &usize| {
            let bit =
                |patterns: &Patterns, neuron: usize| patterns.row(neuron)[pattern / 32] >> (pattern % 32) & 1 == 1;
            bit(targets, i) && bit(sources, j)
        };
        (0..targets.count().min(sources.count())).filter(both).count() as i64
    };
    network
        .projections
        .iter()
        .map(|projection| {
            let targets = network.populations[projection.target].size as usize;
            let sources = network.populations[projection.source].size as usize;
            let connections = match projection.count {
                Count::Wired(wiring) => connected(network, &network.wirings[wiring]),
                Count::Patterns | Count::Field(_) | Count::Spikes => Vec::new(),
            };
            let weight = |i: usize, j: usize| {
                if projection.subtract_own && i == j {
                    return 0;
                }
                let (target, source) = (projection.target, projection.source);
                let shared = || shares((target, i), (source, j));
                let count = match projection.count {
                    Count::Patterns => shared(),
                    Count::Spikes => 1,
                    Count::Field(_) => 0,
                    Count::Wired(wiring) => {
                        connections[i][j]
                            * match network.wirings[wiring].pair {
                                Pair::One | Pair::Coupled { .. } => 1,
                                Pair::Shared { most } => shared().min(i64::from(most)),
                            }
                    }
                };
                count * if projection.by_memberships { shares((target, i), (target, i)) } else { 1 }
            };
            (0..targets).map(|i| (0..sources).map(|j| weight(i, j)).collect()).collect()
        })
        .collect()
}

/// Whether a draw makes a neuron with escape noise fire, the table searched from its end.
fn escapes(escape: &Escape, potential: i32, threshold: i32, draw: u32) -> bool {
    let distance = i64::from(potential) - i64::from(threshold) - i64::from(escape.low);
    let starts_below = |entry: &usize| (*entry as i64) << escape.shift <= distance;
    let entry = (0..escape.probabilities.len()).rev().find(starts_below).unwrap_or(0);
    draw < escape.probabilities[entry]
}

/// What a private input brings in a step.
fn private_arrival(private: &Private, draw: u32, fired: bool) -> i64 {
    let count = match &private.source {
        Source::Poisson(poisson) => {
            u64::from(poisson.base) + poisson.below.iter().filter(|&&entry| entry < draw).count() as u64
        }
        Source::OwnSpikes => u64::from(fired),
    };
    half_up(i128::from(count) * i128::from(private.weight), private.weight_shift)
}

impl Dense {
    pub(crate) fn new(network: &Spiking) -> Self {
        Self {
            info: EngineInfo::default(),
            pairs: pairs(network),
            state: network.initial_state(),
            sums: Vec::new(),
            raster: Vec::new(),
            finished: VecDeque::new(),
            network: network.clone(),
        }
    }

    /// Σ_j w_ij S_j(t - D) as an integer, by adding up pairs.
    pub(crate) fn count(&self, projection: usize, target: usize, step: u64) -> i64 {
        let that = &self.network.projections[projection];
        let Some(emitted) = step.checked_sub(u64::from(that.delay_steps)) else { return 0 };
        let first = self.network.populations[that.source].first as usize;
        let spikes = &self.raster[emitted as usize][first..];
        if let Count::Field(field) = that.count {
            return self.field(field, (projection, target), emitted as usize);
        }
        self.pairs[projection][target].iter().zip(spikes).filter(|(_, spike)| **spike).map(|(pair, _)| pair).sum()
    }

    /// The same of a field, from the sums of this step.
    fn field(&self, field: usize, (projection, target): (usize, usize), emitted: usize) -> i64 {
        let (field, that) = (&self.network.fields[field], &self.network.projections[projection]);
        let patterns = self.network.patterns_of(that.target).expect("patterns of the target");
        let of = (0..patterns.count()).filter(|pattern| patterns.row(target)[pattern / 32] >> (pattern % 32) & 1 == 1);
        let own: Vec<usize> = of.collect();
        let mut sum: i64 = own.iter().chain([&patterns.count()]).map(|&number| self.sums[projection][number]).sum();
        let neuron = self.network.populations[that.target].first as usize + target;
        if that.subtract_own && self.raster[emitted][neuron] {
            sum -= i64::from(field.own[target]);
        }
        if that.by_memberships { sum * own.len() as i64 } else { sum }
    }

    /// The sums of the field of a projection in a step: one for each pattern of the target and one for everybody, each
    /// rounded by itself.
    fn sums(&self, projection: usize, step: u64) -> Vec<i64> {
        let that = &self.network.projections[projection];
        let (Count::Field(field), Some(emitted)) = (that.count, step.checked_sub(u64::from(that.delay_steps))) else {
            return Vec::new();
        };
        let field = &self.network.fields[field];
        let entries = 0..self.network.counts_layout().saturated_potentials(0);
        let counted: Vec<i128> = entries.map(|entry| self.counted(entry, emitted as usize).into()).collect();
        let sum = |ends: &[u32]| {
            let terms = field.terms[ends[0] as usize..ends[1] as usize].iter();
            half_up(terms.map(|term| i128::from(term.coefficient) * counted[term.entry as usize]).sum(), field.shift)
        };
        field.starts.windows(2).map(sum).collect()
    }

    /// What an entry of a row counts, from the spikes themselves.
    fn counted(&self, entry: usize, emitted: usize) -> u32 {
        let (network, layout) = (&self.network, self.network.counts_layout());
        let (home, of_pattern) = match entry.checked_sub(layout.pattern_entries()) {
            Some(population) => (population, None),
            None => {
                let set = network.pattern_sets().nth(entry / layout.patterns).expect("a set of patterns");
                (set.0, Some((set.1, entry % layout.patterns)))
            }
        };
        let first = network.populations[home].first as usize;
        let members = (0..network.populations[home].size as usize).filter(|&local| {
            self.raster[emitted][first + local]
                && of_pattern
                    .is_none_or(|(patterns, pattern)| patterns.row(local)[pattern / 32] >> (pattern % 32) & 1 == 1)
        });
        members.count() as u32
    }

    fn step(&mut self, row: &mut [u32]) -> Vec<bool> {
        let network = self.network.clone();
        let layout = network.counts_layout();
        let step = self.state.step;
        self.sums = (0..network.projections.len()).map(|projection| self.sums(projection, step)).collect();
        let external = network.external(step);
        let mut spikes = vec![false; network.neurons()];
        for (at, population) in network.populations.iter().enumerate() {
            for local in 0..population.size as usize {
                let neuron = population.first as usize + local;
                let own = |list: &[i32], common: i32| if list.is_empty() { common } else { list[local] };
                let decay = own(&population.own.decays, population.decay);
                let threshold = own(&population.own.thresholds, population.threshold);
                let mut sum = i128::from(decay) * i128::from(self.state.potentials[neuron]);
                for (place, input) in network.inputs_of(at).enumerate() {
                    if let Synapse::Current { gain, .. } = network.synapse(input) {
                        let gain = population.own.gains.get(place).map_or(gain, |gains| own(gains, gain));
                        sum += i128::from(gain) * i128::from(self.state.inputs[input][local]);
                    }
                }
                let mut clipped = 0;
                let held = self.state.refractory[neuron] > 0;
                if held {
                    self.state.refractory[neuron] -= 1;
                } else {
                    let amplitude = own(&population.own.noises, population.noise);
                    let noise = amplitude * network.noise(neuron as u32, step);
                    let next = half_up(sum, population.shift) + i64::from(external[neuron]) + i64::from(noise);
                    self.state.potentials[neuron] = clamp(next, &mut clipped);
                    let potential = self.state.potentials[neuron];
                    let draw = network.draw(Stream::Escape, neuron as u32, step);
                    let crosses = match &population.escape {
                        Some(escape) => escapes(escape, potential, threshold, draw),
                        None => potential >= threshold,
                    };
                    if crosses {
                        spikes[neuron] = true;
                        self.state.potentials[neuron] = population.reset;
                        self.state.refractory[neuron] = population.refractory_steps;
                    }
                }
                let held = held || (spikes[neuron] && population.refractory_steps > 0);
                for input in network.inputs_of(at) {
                    let arrival = match network.private(input) {
                        Some(private) => {
                            let draw = network.draw(Stream::Poisson, neuron as u32, step);
                            private_arrival(private, draw, spikes[neuron])
                        }
                        None => {
                            let projection = &network.projections[input];
                            let count = self.count(input, local, step);
                            half_up(i128::from(count) * i128::from(projection.weight), projection.weight_shift)
                        }
                    };
                    match network.synapse(input) {
                        Synapse::Current { decay, .. } => {
                            let value = &mut self.state.inputs[input][local];
                            let decayed = half_up(i128::from(*value) * i128::from(decay), 31);
                            *value = clamp(decayed + arrival, &mut row[layout.saturated_inputs(input)]);
                        }
                        Synapse::Jump if !held => {
                            let value = &mut self.state.potentials[neuron];
                            *value = clamp(i64::from(*value) + arrival, &mut clipped);
                        }
                        Synapse::Jump => {}
                    }
                }
                row[layout.saturated_potentials(at)] += clipped;
                row[layout.spikes(at)] += u32::from(spikes[neuron]);
                if spikes[neuron]
                    && let Some(set) = network.pattern_sets().position(|(home, _)| home == at)
                {
                    let patterns = network.patterns_of(at).expect("the patterns of the set");
                    for (pattern, count) in row[layout.patterns * set..][..layout.patterns].iter_mut().enumerate() {
                        *count += patterns.row(local)[pattern / 32] >> (pattern % 32) & 1;
                    }
                }
            }
        }
        spikes
    }
}

impl Rewire for Dense {
    /// Weights are those of the new network from now on, for every spike of the past too.
    fn rewire(&mut self, network: Arc<Spiking>, state: &Snapshot) -> Result<(), EngineError> {
        if state.step == 0 {
            self.raster.clear();
            self.state = state.clone();
        }
        assert_eq!(self.state.step, state.step, "every spike before is known");
        self.state.counts.clone_from(&state.counts);
        self.pairs = pairs(&network);
        self.network = (*network).clone();
        Ok(())
    }
}

impl Engine for Dense {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn queue_blocks(&self) -> usize {
        1
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        let length = self.network.counts_layout().len();
        let mut result = BlockResult {
            spikes: vec![0; self.network.neurons()],
            counts: vec![0; block.steps as usize * length],
            ..BlockResult::new(block)
        };
        for step in 0..block.steps as usize {
            let mut row = vec![0; length];
            let spikes = self.step(&mut row);
            result.counts[step * length..(step + 1) * length].copy_from_slice(&row);
            result.spikes.iter_mut().zip(&spikes).for_each(|(word, &spike)| *word |= u32::from(spike) << step);
            let kept = self.network.counts_layout().saturated_potentials(0);
            row[kept..].fill(0);
            self.state.counts.extend_from_slice(&row);
            self.state.counts.drain(..length);
            self.raster.push(spikes);
            self.state.step += 1;
        }
        self.finished.push_back(result);
        Ok(())
    }

    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        Ok(self.finished.pop_front().expect("a block"))
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        let (neurons, steps) = (self.network.neurons(), self.network.own_history_steps() as usize);
        self.state.history.fill(0);
        for back in 0..steps.min(self.raster.len()) {
            let spikes = &self.raster[self.raster.len() - 1 - back];
            for (neuron, &spike) in spikes.iter().enumerate() {
                self.state.history[back / 32 * neurons + neuron] |= u32::from(spike) << (back % 32);
            }
        }
        Ok(self.state.clone())
    }

    fn restore(&mut self, _: &Snapshot) -> Result<(), EngineError> {
        panic!("the explicit engine keeps every spike since step 0: it cannot start anywhere else")
    }
}
