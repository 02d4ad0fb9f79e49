//! Draws a matrix of Gaussian weights from the seed.

use rayon::prelude::*;

use crate::random::{Draws, Stream};

/// N² independent Gaussians of mean 0 and standard deviation `deviation`, `[target][source]`. Each row is a sequence of
/// draws of its own: two uniform numbers of 32 bits make two Gaussians (Box & Muller, Ann. Math. Stat. 29, 1958), with
/// `libm`'s functions, which give the same bits on every platform.
pub(super) fn draw(seed: u64, size: u32, deviation: f32) -> Vec<f32> {
    let size_or_one = size.max(1) as usize;
    let mut weights = vec![0f32; size as usize * size as usize];
    weights.par_chunks_mut(size_or_one).enumerate().for_each(|(target, row)| {
        let mut draws = Draws::new(seed, Stream::Wiring, 0, target as u32);
        for pair in row.chunks_mut(2) {
            // Never zero, whose logarithm is infinite.
            let [radius, angle] = [draws.word(), draws.word()].map(|word| (f64::from(word) + 0.5) / 4_294_967_296.0);
            let radius = f64::from(deviation) * libm::sqrt(-2.0 * libm::log(radius));
            let angle = 2.0 * std::f64::consts::PI * angle;
            let both = [radius * libm::cos(angle), radius * libm::sin(angle)];
            pair.iter_mut().zip(both).for_each(|(weight, value)| *weight = value as f32);
        }
    });
    weights
}
