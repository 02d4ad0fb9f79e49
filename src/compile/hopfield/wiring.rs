//! Draws which connections of a diluted network exist: the sources of each target, in order.

use rayon::prelude::*;

use crate::model::hopfield::Dilution;
use crate::random::{Draws, Stream};

/// Where the sources of each target start, and the sources.
type Rows = (Vec<u64>, Vec<u32>);

/// The connections. Each target draws its own, with the gaps between them geometric; in a symmetric network from itself
/// on, and those before it draw the others.
pub(super) fn connections(seed: u64, size: u32, dilution: Dilution, self_coupling: bool) -> Rows {
    // 1/ln(1 - p): through libm, whose results are the same on every platform.
    let per_log = 1.0 / libm::log1p(-dilution.probability);
    let drawn: Vec<Vec<u32>> = (0..size)
        .into_par_iter()
        .map(|target| {
            let first = if dilution.symmetric { target } else { 0 };
            let mut sources = row(seed, target, first..size, per_log);
            sources.retain(|&source| self_coupling || source != target);
            sources
        })
        .collect();
    if dilution.symmetric { mirrored(&drawn) } else { packed(&drawn) }
}

fn row(seed: u64, target: u32, range: std::ops::Range<u32>, per_log: f64) -> Vec<u32> {
    let mut draws = Draws::new(seed, Stream::Wiring, 0, target);
    let mut sources = Vec::new();
    let mut next = u64::from(range.start);
    loop {
        let uniform = (f64::from(draws.word()) + 1.0) / 4_294_967_296.0;
        // The conversion saturates, and so the row ends.
        next = next.saturating_add((libm::log(uniform) * per_log) as u64);
        if next >= u64::from(range.end) {
            return sources;
        }
        sources.push(next as u32);
        next += 1;
    }
}

fn packed(drawn: &[Vec<u32>]) -> Rows {
    let mut offsets = vec![0u64];
    offsets.extend(drawn.iter().scan(0, |end, row| {
        *end += row.len() as u64;
        Some(*end)
    }));
    (offsets, drawn.concat())
}

/// Each connection that was drawn, in both directions.
fn mirrored(drawn: &[Vec<u32>]) -> Rows {
    let mut lengths = vec![0u64; drawn.len()];
    for (target, row) in drawn.iter().enumerate() {
        lengths[target] += row.len() as u64;
        row.iter().filter(|&&source| source as usize != target).for_each(|&source| lengths[source as usize] += 1);
    }
    let mut offsets = vec![0u64];
    offsets.extend(lengths.iter().scan(0, |end, &length| {
        *end += length;
        Some(*end)
    }));
    let mut next: Vec<u64> = offsets[..drawn.len()].to_vec();
    let mut sources = vec![0u32; offsets[drawn.len()] as usize];
    let mut put = |target: usize, source: u32| {
        sources[next[target] as usize] = source;
        next[target] += 1;
    };
    // Those before a target come first, in order, since they are drawn first.
    for (target, row) in drawn.iter().enumerate() {
        for &source in row {
            put(target, source);
            if source as usize != target {
                put(source as usize, target as u32);
            }
        }
    }
    (offsets, sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(size: u32, probability: f64, symmetric: bool, self_coupling: bool) -> Vec<Vec<u32>> {
        let (offsets, sources) = connections(3, size, Dilution { probability, symmetric }, self_coupling);
        offsets.windows(2).map(|pair| sources[pair[0] as usize..pair[1] as usize].to_vec()).collect()
    }

    #[test]
    fn connections_are_sorted_different_and_as_many_as_they_should_be() {
        for (size, probability) in [(1, 0.5), (2, 0.9), (400, 0.1), (400, 0.5), (3000, 0.002)] {
            for symmetric in [false, true] {
                for self_coupling in [false, true] {
                    let rows = rows(size, probability, symmetric, self_coupling);
                    assert_eq!(rows.len(), size as usize);
                    for (target, row) in rows.iter().enumerate() {
                        assert!(row.windows(2).all(|pair| pair[0] < pair[1]) && row.iter().all(|&s| s < size));
                        assert!(self_coupling || !row.contains(&(target as u32)));
                        let back = |&source: &u32| rows[source as usize].binary_search(&(target as u32)).is_ok();
                        assert!(!symmetric || row.iter().all(back));
                    }
                    let pairs = f64::from(size) * (f64::from(size) - f64::from(u8::from(!self_coupling)));
                    let found: usize = rows.iter().map(Vec::len).sum();
                    // Of symmetric pairs half as many are drawn.
                    let spread = (2.0 * pairs * probability * (1.0 - probability)).sqrt();
                    assert!((found as f64 - pairs * probability).abs() < 5.0 * spread + 2.0, "{found} of {pairs}");
                }
            }
        }
        assert_ne!(rows(50, 0.5, false, false)[3], rows(50, 0.5, false, false)[4]);
    }
}
