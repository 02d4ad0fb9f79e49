//! What goes to the device with a batch of sweeps, and what comes back.

use super::layout::RECORD_STRIDE;
use super::{Engine, parameters};
use crate::engine::gpu::pipelines::Staging;

impl Engine {
    /// The records of the sweeps that wait, one a dispatch.
    pub(super) fn records(&self) -> Vec<u8> {
        let per_sweep = self.layout.records_per_sweep();
        let mut records = vec![0; (self.pending.len() as u64 * per_sweep * RECORD_STRIDE) as usize];
        let places = records.chunks_exact_mut(RECORD_STRIDE as usize);
        for (at, place) in (0u64..).zip(places) {
            let (in_batch, part) = (at / per_sweep, at % per_sweep);
            let number = self.pending[in_batch as usize].number;
            let first_visit = part * self.layout.visits;
            let record = parameters::Sweep {
                number_low: number as u32,
                number_high: (number >> 32) as u32,
                from_slot: (number % self.layout.slots) as u32,
                to_slot: ((number + 1) % self.layout.slots) as u32,
                order: (in_batch * self.layout.trials * self.layout.neurons) as u32,
                first_visit: first_visit as u32,
                visits: self.layout.visits.min(self.layout.neurons.saturating_sub(first_visit)) as u32,
                ..self.constants
            };
            place[..size_of::<parameters::Sweep>()].copy_from_slice(bytemuck::bytes_of(&record));
        }
        records
    }

    /// Puts the orders of the visits of the sweeps that wait on the device.
    pub(super) fn write_orders(&mut self) {
        let mut orders: Vec<u32> = Vec::new();
        for sweep in &self.pending {
            for trial in 0..self.layout.trials as u32 {
                self.network.order(trial, sweep.number, &mut self.keys);
                orders.extend(self.keys.iter().map(|&key| key as u32));
            }
        }
        self.gpu.queue.write_buffer(&self.buffers.order, 0, bytemuck::cast_slice(&orders));
    }

    /// Copies the slots of the sweeps that wait to a staging buffer: states, then counts.
    pub(super) fn copy_back(&self, encoder: &mut wgpu::CommandEncoder, staging: &Staging, first: u64) {
        let [states, counts] = self.layout.slot_words();
        for at in 0..self.pending.len() as u64 {
            let slot = (first + at + 1) % self.layout.slots;
            let to = 4 * at * (states + counts);
            let (from, to_counts) = (4 * slot * states, to + 4 * states);
            encoder.copy_buffer_to_buffer(&self.buffers.states, from, staging.buffer(), to, 4 * states);
            let from = 4 * slot * counts;
            encoder.copy_buffer_to_buffer(&self.buffers.counts, from, staging.buffer(), to_counts, 4 * counts);
        }
    }

    /// States and counts out of the words of a slot.
    pub(super) fn unpack(&self, words: &[u32]) -> (Vec<u64>, Vec<u32>) {
        let (states, counts) = words.split_at(self.layout.slot_words()[0] as usize);
        let states = states.as_chunks::<2>().0.iter().map(|&[low, high]| u64::from(high) << 32 | u64::from(low));
        let row = self.layout.patterns as usize + 1;
        let counts = counts.chunks_exact(row).flat_map(|row_of| &row_of[..row - 1]);
        (states.collect(), counts.copied().collect())
    }
}
