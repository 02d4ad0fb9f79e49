//! Overlap with a memory: the rates of its members and of the others, and what is made of them.
//!
//! Low-activity patterns and their retrieval: Gerstner, Kistler, Naud & Paninski, Neuronal Dynamics (2014), section
//! 17.2 and 17.3; M = 1 - r_off/r_on is the contrast of a recalled memory, 1 where only members fire.

use super::{Spikes, Window};

/// Mean rates of the members of a pattern and of the others, Hz; NaN where there are none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PatternRates {
    /// r_on, of the members.
    pub on_hz: f64,
    /// r_off, of the non-members.
    pub off_hz: f64,
}

impl PatternRates {
    /// M = 1 - r_off/r_on; NaN where no member fires.
    #[must_use]
    pub fn contrast(&self) -> f64 {
        if self.on_hz > 0.0 { 1.0 - self.off_hz / self.on_hz } else { f64::NAN }
    }

    /// The overlap (r_on - r_off)/reference_rate.
    #[must_use]
    pub fn overlap(&self, reference_rate_hz: f64) -> f64 {
        (self.on_hz - self.off_hz) / reference_rate_hz
    }
}

/// The rates of one pattern's members and non-members over a window. `members` are numbered within the population.
///
/// # Panics
/// If a member is not a neuron of the population.
#[must_use]
pub fn pattern_rates(spikes: Spikes<'_>, members: &[u32], window: Window) -> PatternRates {
    rates_of_counts(&spikes.within(window).counts(), members, window)
}

/// The rates of every pattern over a window, `[pattern]`.
///
/// # Panics
/// If a member is not a neuron of the population.
#[must_use]
pub fn all_pattern_rates(spikes: Spikes<'_>, patterns: &[Vec<u32>], window: Window) -> Vec<PatternRates> {
    let counts = spikes.within(window).counts();
    patterns.iter().map(|members| rates_of_counts(&counts, members, window)).collect()
}

fn rates_of_counts(counts: &[u64], members: &[u32], window: Window) -> PatternRates {
    let total: u64 = counts.iter().sum();
    let on: u64 = members.iter().map(|&member| counts[member as usize]).sum();
    let rate_hz = |spikes: u64, neurons: usize| spikes as f64 / neurons as f64 / window.seconds();
    PatternRates { on_hz: rate_hz(on, members.len()), off_hz: rate_hz(total - on, counts.len() - members.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_others_are_told_apart() {
        // In 100 ms: neuron 0 four spikes, 1 two, 2 one, 3 none.
        let times_ms = [5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 100.0];
        let spikes = Spikes::new(&times_ms, &[0, 1, 0, 2, 0, 1, 0], 4).unwrap();
        let rates = all_pattern_rates(spikes, &[vec![0, 1], vec![2, 3], vec![]], Window::new(0.0, 100.0));
        assert_eq!((rates[0].on_hz, rates[0].off_hz), (30.0, 5.0));
        assert_eq!((rates[1].on_hz, rates[1].off_hz), (5.0, 30.0));
        assert!(rates[2].on_hz.is_nan());
        assert_eq!(pattern_rates(spikes, &[0, 1], Window::new(0.0, 100.0)), rates[0]);
    }

    #[test]
    fn contrast_and_overlap_are_those_of_the_rates() {
        let rates = PatternRates { on_hz: 44.0, off_hz: 4.0 };
        assert!((rates.contrast() - 10.0 / 11.0).abs() < 1e-12);
        assert_eq!(rates.overlap(40.0), 1.0);
        assert!(PatternRates { on_hz: 0.0, off_hz: 0.0 }.contrast().is_nan());
    }
}
