//! Bins of a trace gathered into columns, so that a line has no more points than can be seen.

use std::ops::Range;

use crate::analysis::Window;

/// Times this close, ms, are one.
const TOLERANCE_MS: f64 = 1e-6;

/// The rows of each column: the rows whose times fall into a window, in at most `columns_max` groups of equal size but for
/// the last.
pub(crate) fn columns(times_ms: &[f64], window: Window, columns_max: usize) -> Vec<Range<usize>> {
    let first = times_ms.partition_point(|&time| time <= window.start_ms + TOLERANCE_MS);
    let end = times_ms.partition_point(|&time| time <= window.stop_ms + TOLERANCE_MS);
    let group = end.saturating_sub(first).div_ceil(columns_max.max(1)).max(1);
    (first..end).step_by(group).map(|start| start..(start + group).min(end)).collect()
}

/// The width of bins that are round, ms, at least `least_ms`, at most `columns_max` of them in a window.
pub(crate) fn bin_ms(window: Window, least_ms: f64, columns_max: usize) -> f64 {
    let span_ms = window.stop_ms - window.start_ms;
    let mut power = 1.0;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            let bin_ms = factor * power;
            if bin_ms >= least_ms && span_ms / bin_ms <= columns_max as f64 {
                return bin_ms;
            }
        }
        power *= 10.0;
    }
}

/// At most `wanted` of `count` rows at equal distances, the first and the last among them.
pub(crate) fn spread(count: usize, wanted: usize) -> Vec<usize> {
    match (count, wanted) {
        (0, _) | (_, 0) => Vec::new(),
        _ if count <= wanted => (0..count).collect(),
        (_, 1) => vec![count - 1],
        _ => (0..wanted).map(|at| at * (count - 1) / (wanted - 1)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_hold_every_row_of_the_window_once() {
        let times: Vec<f64> = (1..=103).map(f64::from).collect();
        for most in [1, 7, 103, 1000] {
            let found = columns(&times, Window::new(0.0, 103.0), most);
            assert!(found.len() <= most && found.iter().all(|rows| !rows.is_empty()));
            assert_eq!(found.into_iter().flatten().collect::<Vec<_>>(), (0..103).collect::<Vec<_>>());
        }
        assert_eq!(columns(&times, Window::new(10.0, 12.0), 10), [10..11, 11..12]);
        assert!(columns(&[], Window::new(0.0, 1.0), 10).is_empty());
    }

    #[test]
    fn rows_are_spread_from_the_first_to_the_last() {
        assert_eq!(spread(21, 6), [0, 4, 8, 12, 16, 20]);
        assert_eq!((spread(3, 6), spread(9, 1), spread(0, 4)), (vec![0, 1, 2], vec![8], vec![]));
    }

    #[test]
    fn bins_are_round() {
        assert_eq!(bin_ms(Window::new(0.0, 4500.0), 5.0, 500), 10.0);
        assert_eq!(bin_ms(Window::new(0.0, 100.0), 5.0, 500), 5.0);
        assert_eq!(bin_ms(Window::new(0.0, 1e7), 1.0, 500), 20_000.0);
    }
}
