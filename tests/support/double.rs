//! A double-precision simulator: dense weights, no low rank, no fixed point. Physical quantities in, traces out.
//!
//! Written from the equations of the step alone, so that it can disagree with the engines. Rounded weights are
//! handed to it; everything else it computes itself with the system's floating point.

use attractor::model::spiking::{ProjectionKind, Spiking};

/// The state of one population.
pub(crate) struct Neurons {
    pub(crate) potential_mv: Vec<f64>,
    pub(crate) refractory: Vec<u32>,
    /// [projection][neuron]; empty for projections that end elsewhere.
    pub(crate) input_mv: Vec<Vec<f64>>,
}

/// A simulation in f64.
pub(crate) struct Double<'a> {
    pub(crate) model: &'a Spiking,
    pub(crate) populations: Vec<Neurons>,
    /// [projection][target][source], mV a spike.
    pub(crate) weights: Vec<Vec<Vec<f64>>>,
    /// Spikes of every step so far, [step][population][neuron].
    pub(crate) raster: Vec<Vec<Vec<bool>>>,
}

impl<'a> Double<'a> {
    /// Dense weights from the members of the patterns; `jumps_mv` are the c of the projections.
    pub(crate) fn new(model: &'a Spiking, members: &[Vec<u32>], jumps_mv: &[f64]) -> Self {
        let patterned = model.patterns.as_ref().map(|patterns| patterns.population);
        let size = |at: usize| model.populations[at].size as usize;
        let of = |population: usize| -> Vec<Vec<bool>> {
            let mut of = vec![vec![false; members.len()]; size(population)];
            if Some(population) == patterned {
                for (pattern, members) in members.iter().enumerate() {
                    members.iter().for_each(|&member| of[member as usize][pattern] = true);
                }
            }
            of
        };
        let weights = model
            .projections
            .iter()
            .zip(jumps_mv)
            .map(|(projection, &jump_mv)| {
                let (targets, sources) = (of(projection.to), of(projection.from));
                let memberships: Vec<f64> =
                    targets.iter().map(|row| row.iter().filter(|&&member| member).count() as f64).collect();
                let mean = memberships.iter().sum::<f64>() / memberships.len() as f64;
                (0..targets.len())
                    .map(|i| {
                        let factor = if projection.scaled_by_memberships { memberships[i] / mean } else { 1.0 };
                        (0..sources.len())
                            .map(|j| {
                                if !projection.autapses && projection.from == projection.to && i == j {
                                    return 0.0;
                                }
                                let shared = match projection.kind {
                                    ProjectionKind::Global => 1.0,
                                    ProjectionKind::Hebbian => {
                                        targets[i].iter().zip(&sources[j]).filter(|(a, b)| **a && **b).count() as f64
                                    }
                                };
                                jump_mv * shared * factor
                            })
                            .collect()
                    })
                    .collect()
            })
            .collect();
        let populations = model
            .populations
            .iter()
            .enumerate()
            .map(|(at, population)| Neurons {
                potential_mv: vec![0.0; population.size as usize],
                refractory: vec![0; population.size as usize],
                input_mv: model.projections.iter().map(|p| vec![0.0; if p.to == at { size(at) } else { 0 }]).collect(),
            })
            .collect();
        Self { model, populations, weights, raster: Vec::new() }
    }

    /// One step; `stimulus_mv` and `noise` (standard normal) of population and neuron are handed in.
    pub(crate) fn step(
        &mut self,
        stimulus_mv: &dyn Fn(usize, usize) -> f64,
        noise: &mut dyn FnMut(usize, usize) -> f64,
    ) {
        let (model, now) = (self.model, self.raster.len());
        let dt = model.dt_ms;
        let mut spikes: Vec<Vec<bool>> = Vec::new();
        for (at, (population, state)) in model.populations.iter().zip(&mut self.populations).enumerate() {
            let decay = (-dt / population.tau_m_ms).exp();
            let mut crossed = vec![false; population.size as usize];
            for i in 0..crossed.len() {
                let mut next = decay * state.potential_mv[i]
                    + (1.0 - decay) * (population.drive_mv + stimulus_mv(at, i))
                    + population.noise_mv * (1.0 - decay * decay).sqrt() * noise(at, i);
                for (projection, input_mv) in model.projections.iter().zip(&state.input_mv) {
                    let (tau_m, tau_s) = (population.tau_m_ms, projection.tau_syn_ms);
                    if projection.to == at && tau_s > 0.0 {
                        let gain = if tau_s == tau_m {
                            dt / tau_m * decay
                        } else {
                            tau_s / (tau_m - tau_s) * (decay - (-dt / tau_s).exp())
                        };
                        next += gain * input_mv[i];
                    }
                }
                if state.refractory[i] > 0 {
                    state.refractory[i] -= 1;
                    next = population.reset_mv;
                    // Marks that a jump of this step is discarded.
                    crossed[i] = false;
                } else if next >= population.threshold_mv {
                    crossed[i] = true;
                    next = population.reset_mv;
                    state.refractory[i] = population.refractory_steps;
                }
                state.potential_mv[i] = next;
            }
            spikes.push(crossed);
        }
        self.raster.push(spikes);
        for (at, projection) in model.projections.iter().enumerate() {
            let Some(emitted) = now.checked_sub(projection.delay_steps as usize) else { continue };
            let sources = &self.raster[emitted][projection.from];
            let spikes: Vec<usize> = (0..sources.len()).filter(|&j| sources[j]).collect();
            let decay = if projection.tau_syn_ms > 0.0 { (-dt / projection.tau_syn_ms).exp() } else { 0.0 };
            let state = &mut self.populations[projection.to];
            for i in 0..state.potential_mv.len() {
                let weights = &self.weights[at][i];
                let jump: f64 = spikes.iter().map(|&j| weights[j]).sum();
                if projection.tau_syn_ms > 0.0 {
                    state.input_mv[at][i] = state.input_mv[at][i] * decay + jump;
                } else if state.refractory[i] == 0 {
                    state.potential_mv[i] += jump;
                }
            }
        }
    }
}
