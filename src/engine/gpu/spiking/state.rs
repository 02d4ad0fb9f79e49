//! The state on the device and in its canonical form: a snapshot packed and unpacked.

use super::layout::Layout;
use crate::network::spiking::{Course, Snapshot, Spiking};

/// The words of the state buffer and of the ring of counts that a snapshot stands for.
pub(super) fn pack(network: &Spiking, layout: &Layout, snapshot: &Snapshot) -> (Vec<i32>, Vec<u32>) {
    let neurons = layout.neurons as usize;
    let mut state = snapshot.potentials.clone();
    state.extend(snapshot.refractory.iter().map(|&steps| steps as i32));
    snapshot.inputs.iter().for_each(|inputs| state.extend_from_slice(inputs));
    let mut history = vec![0u32; layout.history_words as usize * neurons];
    for (ago, place) in history_places(network, layout, snapshot.step) {
        let from = &snapshot.history[ago / 32 * neurons..][..neurons];
        let to = &mut history[place / 32 * neurons..][..neurons];
        to.iter_mut().zip(from).for_each(|(to, from)| *to |= (from >> (ago % 32) & 1) << (place % 32));
    }
    state.extend(history.into_iter().map(|word| word as i32));
    state.resize(layout.state as usize, 0);

    let row = layout.row as usize;
    let mut counts = vec![0; layout.slots as usize * row];
    for (values, slot) in snapshot.counts.chunks_exact(row).zip(delay_slots(network, layout, snapshot.step)) {
        counts[slot * row..][..row].copy_from_slice(values);
    }
    (state, counts)
}

/// The snapshot before `step` of what the buffers hold.
pub(super) fn unpack(network: &Spiking, layout: &Layout, step: u64, state: &[i32], counts: &[u32]) -> Snapshot {
    let neurons = layout.neurons as usize;
    let mut inputs: Vec<Vec<i32>> = Vec::with_capacity(layout.inputs.len());
    for (index, &start) in layout.inputs.iter().enumerate() {
        let end = layout.inputs.get(index + 1).copied().unwrap_or(layout.history);
        inputs.push(state[start as usize..end as usize].to_vec());
    }
    let ring = &state[layout.history as usize..];
    let mut history = vec![0u32; layout.history_words as usize * neurons];
    for (ago, place) in history_places(network, layout, step) {
        let from = &ring[place / 32 * neurons..][..neurons];
        let to = &mut history[ago / 32 * neurons..][..neurons];
        to.iter_mut().zip(from).for_each(|(to, &from)| *to |= (from as u32 >> (place % 32) & 1) << (ago % 32));
    }
    let row = layout.row as usize;
    let acting = network.counts_layout().saturated_potentials(0);
    let mut rows = Vec::with_capacity(network.delay_steps_max() as usize * row);
    for slot in delay_slots(network, layout, step) {
        rows.extend_from_slice(&counts[slot * row..][..acting]);
        rows.extend(std::iter::repeat_n(0, row - acting));
    }
    Snapshot {
        step,
        potentials: state[..neurons].to_vec(),
        refractory: state[neurons..2 * neurons].iter().map(|&steps| steps as u32).collect(),
        inputs,
        counts: rows,
        history,
        course: Course::default(),
    }
}

/// For each needed step before `step`: how long before the last one, and its bit in the ring of own spikes.
fn history_places(network: &Spiking, layout: &Layout, step: u64) -> impl Iterator<Item = (usize, usize)> {
    let bits = layout.history_words * 32;
    let steps = u64::from(network.own_history_steps());
    (0..steps).map(move |ago| (ago as usize, ((step + bits - 1 - ago) % bits) as usize))
}

/// The slots of the last D_max steps before `step`, oldest first.
fn delay_slots(network: &Spiking, layout: &Layout, step: u64) -> impl Iterator<Item = usize> {
    let (slots, delay) = (layout.slots, u64::from(network.delay_steps_max()));
    (0..delay).map(move |row| ((step + slots - delay + row) % slots) as usize)
}
