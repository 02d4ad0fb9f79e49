//! The fields of a stored matrix. Twin of shaders/rate/fields.wgsl.

use super::sums::halve;
use crate::network::rate::{CHUNK, LANES};

/// Σ_j W_ij y_j for some rows of W: each column a chunk at a time, then halved.
#[inline(always)]
pub(super) fn fields(weights: &[f32], trial: &[f32], fields: &mut [f32]) {
    for (row, field) in weights.chunks_exact(trial.len()).zip(fields) {
        let mut totals = [0f32; LANES];
        for (weights, trial) in row.chunks(CHUNK).zip(trial.chunks(CHUNK)) {
            let mut lanes = [0f32; LANES];
            let (weight_rows, trial_rows) = (weights.chunks_exact(LANES), trial.chunks_exact(LANES));
            let rest = weight_rows.remainder().iter().zip(trial_rows.remainder());
            for (weights, trial) in weight_rows.zip(trial_rows) {
                for lane in 0..LANES {
                    lanes[lane] += weights[lane] * trial[lane];
                }
            }
            lanes.iter_mut().zip(rest).for_each(|(lane, (weight, value))| *lane += weight * value);
            totals.iter_mut().zip(lanes).for_each(|(total, lane)| *total += lane);
        }
        *field = halve(totals);
    }
}
