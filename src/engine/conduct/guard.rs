//! Guards: end a trial in the step in which the spikes say so.

use crate::engine::{Alarm, BlockResult};
use crate::network::spiking::{Course, Guard, Spiking};

/// Takes a block into the course; the guard that ends the trial in one of its steps, after which the block is cut.
pub(super) fn watch(network: &Spiking, course: &mut Course, result: &mut BlockResult) -> Option<Alarm> {
    let layout = network.counts_layout();
    let spikes = layout.spikes(0)..layout.spikes(layout.populations);
    for step in 0..result.block.steps {
        let row = &result.counts[step as usize * layout.len()..][..layout.len()];
        if let Some(alarm) = guard(course, &network.program.guard, &row[spikes.clone()]) {
            result.cut(step + 1, layout.len());
            return Some(alarm);
        }
    }
    None
}

/// Takes a step's spikes of each population into the course; tells whether a guard ends the trial with it.
fn guard(course: &mut Course, guard: &Guard, spikes: &[u32]) -> Option<Alarm> {
    if let Some(limit_steps) = guard.silence_steps {
        course.silent_steps = if spikes.iter().all(|&own| own == 0) { course.silent_steps + 1 } else { 0 };
        if course.silent_steps >= limit_steps {
            return Some(Alarm::Silence);
        }
    }
    let limit = guard.rate.as_ref()?;
    course.guarded_sums.resize(spikes.len(), 0);
    if course.guarded.len() == limit.window_steps * spikes.len() {
        course
            .guarded_sums
            .iter_mut()
            .zip(course.guarded.drain(..spikes.len()))
            .for_each(|(sum, old)| *sum -= u64::from(old));
    }
    course.guarded.extend(spikes);
    course.guarded_sums.iter_mut().zip(spikes).for_each(|(sum, &new)| *sum += u64::from(new));
    let population = course.guarded_sums.iter().zip(&limit.spikes_max).position(|(sum, most)| sum > most)?;
    Some(Alarm::Rate { population })
}
