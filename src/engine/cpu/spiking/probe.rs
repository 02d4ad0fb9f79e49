//! Reads the probed variables after a block: the twin of shaders/spiking/probe.wgsl.

use super::Engine;
use super::tile::TILE;
use crate::network::spiking::Variable;

/// The network's probes as they are now, in their order.
pub(super) fn probe(engine: &Engine, probes: &mut Vec<i32>) {
    probes.clear();
    probes.extend(engine.network.probes.iter().map(|probe| variable(engine, probe.variable, probe.neuron)));
}

/// A state variable of a neuron (numbered across populations).
fn variable(engine: &Engine, variable: Variable, neuron: u32) -> i32 {
    let populations = &engine.network.populations;
    let population = populations.partition_point(|population| population.first <= neuron) - 1;
    let local = (neuron - populations[population].first) as usize;
    let tiles_before: usize =
        populations[..population].iter().map(|before| (before.size as usize).div_ceil(TILE)).sum();
    let (tile, at) = (engine.team.tile(tiles_before + local / TILE), local % TILE);
    match variable {
        Variable::Potential => tile.potentials[at],
        Variable::Input(input) => engine.shared.of_input(input).unwrap_or_else(|| {
            let place = engine.network.inputs_of(population).take_while(|&other| other < input).count();
            tile.inputs[place][at]
        }),
    }
}
