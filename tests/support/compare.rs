//! One test body for all engines: every variable of every neuron after every block must agree.

use attractor::engine::{Block, BlockResult, Engine};
use attractor::network::spiking::Spiking;
use attractor::schedule::Schedule;

/// Runs both engines over the blocks of the schedule and returns the first difference.
pub(crate) fn first_difference(network: &Spiking, a: &mut dyn Engine, b: &mut dyn Engine) -> Result<u64, String> {
    first_difference_over(Schedule::new(network, 0, network.block_steps()), a, b)
}

/// The same over blocks of one's choice; `Ok` is the number of spikes seen.
pub(crate) fn first_difference_over(
    blocks: impl Iterator<Item = Block>,
    a: &mut dyn Engine,
    b: &mut dyn Engine,
) -> Result<u64, String> {
    let mut spikes = 0;
    for block in blocks {
        let (left, right) = (step(a, block), step(b, block));
        if left != right {
            return Err(format!("block {block:?}: the results differ{}", place(&left, &right)));
        }
        spikes += left.spikes.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
        let (left, right) = (a.snapshot().expect("a snapshot"), b.snapshot().expect("a snapshot"));
        if left != right {
            let potential = left.potentials.iter().zip(&right.potentials).position(|(a, b)| a != b);
            let refractory = left.refractory.iter().zip(&right.refractory).position(|(a, b)| a != b);
            let input = left.inputs.iter().zip(&right.inputs).position(|(a, b)| a != b);
            return Err(format!(
                "block {block:?}: potential of {potential:?}, refractory of {refractory:?}, inputs of {input:?}, \
                 counts {}, history {}",
                left.counts != right.counts,
                left.history != right.history
            ));
        }
    }
    Ok(spikes)
}

fn step(engine: &mut dyn Engine, block: Block) -> BlockResult {
    engine.submit(block).expect("a block that runs");
    engine.collect().expect("its result")
}

fn place(left: &BlockResult, right: &BlockResult) -> String {
    let spikes = left.spikes.iter().zip(&right.spikes).position(|(a, b)| a != b);
    let counts = left.counts.iter().zip(&right.counts).position(|(a, b)| a != b);
    let probes = left.probes.iter().zip(&right.probes).position(|(a, b)| a != b);
    format!(" (spikes of neuron {spikes:?}, counts at {counts:?}, probes at {probes:?})")
}
