//! Recall: which memory the network was in, and when.
//!
//! A memory is recalled where M = 1 - r_off/r_on > 0.8, its members fire at 20 to 60 Hz and its overlap is the largest.
//! Members at 20 Hz with M = 0.8 give r_on - r_off = 16 Hz: an overlap below that cannot be a recall. So episodes are
//! found in the overlaps, smoothed over 100 ms, and judged by the spikes: Gerstner, Kistler, Naud & Paninski, Neuronal
//! Dynamics (2014), section 17.3, on retrieval in networks of spiking neurons.

use super::Window;
use super::overlap::PatternRates;

/// The least M = 1 - r_off/r_on of a recalled memory.
pub const CONTRAST_MIN: f64 = 0.8;
/// The least rate of the members of a recalled memory, Hz.
pub const MEMBERS_HZ_MIN: f64 = 20.0;
/// The greatest rate of the members of a recalled memory, Hz.
pub const MEMBERS_HZ_MAX: f64 = 60.0;
/// Overlaps are smoothed over so long before episodes are found, ms.
pub const SMOOTHING_MS: f64 = 100.0;

/// The overlaps of a run.
#[derive(Clone, Copy, Debug)]
pub struct Overlaps<'a> {
    /// End of each bin, ms, ascending.
    pub times_ms: &'a [f64],
    /// (r_on - r_off)/reference_rate, `[bin][pattern]`.
    pub values: &'a [f32],
    /// Number of patterns, at least 1.
    pub patterns: usize,
    /// The rate that stands for an overlap of 1, Hz.
    pub reference_rate_hz: f64,
}

/// A stretch of time in which one pattern's overlap was the largest and large enough for a recall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// Number of the pattern.
    pub pattern: usize,
    /// When.
    pub window: Window,
    /// Its mean overlap.
    pub overlap_mean: f64,
}

/// Whether rates are those of a recalled memory.
#[must_use]
pub fn is_recall(rates: PatternRates) -> bool {
    rates.contrast() > CONTRAST_MIN && (MEMBERS_HZ_MIN..=MEMBERS_HZ_MAX).contains(&rates.on_hz)
}

/// How much of a memory is active, and how much beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Completeness {
    /// Share of the members that fire at half the members' mean rate or more; NaN where no member fires.
    pub members: f64,
    /// Share of the others that do; NaN also where there are no others.
    pub others: f64,
}

/// How complete a recall is: 1 and 0 where exactly the pattern is active. A rate counts as active from half the mean rate
/// of the members, which lies far from both modes of a recalled memory. `rates_hz` are those of each neuron.
///
/// # Panics
/// If a member is not a neuron of the population.
#[must_use]
pub fn completeness(rates_hz: &[f64], members: &[u32]) -> Completeness {
    let sum: f64 = members.iter().map(|&member| rates_hz[member as usize]).sum();
    let active_hz = sum / members.len() as f64 / 2.0;
    if active_hz.is_nan() || active_hz <= 0.0 {
        return Completeness { members: f64::NAN, others: f64::NAN };
    }
    let active = rates_hz.iter().filter(|&&rate| rate >= active_hz).count();
    let of_members = members.iter().filter(|&&member| rates_hz[member as usize] >= active_hz).count();
    Completeness {
        members: of_members as f64 / members.len() as f64,
        others: (active - of_members) as f64 / (rates_hz.len() - members.len()) as f64,
    }
}

/// The episodes of a run, in order of time.
#[must_use]
pub fn episodes(overlaps: Overlaps<'_>) -> Vec<Episode> {
    let smooth = smoothed(overlaps);
    let least = (MEMBERS_HZ_MIN * CONTRAST_MIN / overlaps.reference_rate_hz) as f32;
    let winners: Vec<Option<usize>> = smooth
        .chunks_exact(overlaps.patterns)
        .map(|row| {
            let (pattern, largest) = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
            (*largest >= least).then_some(pattern)
        })
        .collect();
    let mut episodes = Vec::new();
    let mut first = 0;
    for stretch in winners.chunk_by(|a, b| a == b) {
        if let Some(pattern) = stretch[0] {
            episodes.push(episode(overlaps, pattern, first..first + stretch.len()));
        }
        first += stretch.len();
    }
    episodes
}

fn episode(overlaps: Overlaps<'_>, pattern: usize, bins: std::ops::Range<usize>) -> Episode {
    let start_ms = if bins.start == 0 { 0.0 } else { overlaps.times_ms[bins.start - 1] };
    // A pattern that is learned or forgotten within has bins without an overlap.
    let of_bin = |bin: usize| f64::from(overlaps.values[bin * overlaps.patterns + pattern]);
    let known: Vec<f64> = bins.clone().map(of_bin).filter(|overlap| !overlap.is_nan()).collect();
    Episode {
        pattern,
        window: Window::new(start_ms, overlaps.times_ms[bins.end - 1]),
        overlap_mean: known.iter().sum::<f64>() / known.len() as f64,
    }
}

/// Each overlap's mean over the [`SMOOTHING_MS`] around its bin (shorter at the ends), `[bin][pattern]`. A pattern
/// without members or without others has no overlap (NaN) and is taken as 0.
fn smoothed(overlaps: Overlaps<'_>) -> Vec<f32> {
    let Overlaps { times_ms, values, patterns, .. } = overlaps;
    let bin_ms = times_ms.first().copied().unwrap_or(SMOOTHING_MS);
    let reach = (SMOOTHING_MS / bin_ms / 2.0).floor() as usize;
    let bins = times_ms.len();
    // Running sums in f64: bin k of pattern p is sums[k + 1] - sums[k].
    let mut sums = vec![0.0f64; (bins + 1) * patterns];
    for at in 0..bins * patterns {
        let value = if values[at].is_nan() { 0.0 } else { values[at] };
        sums[at + patterns] = sums[at] + f64::from(value);
    }
    let mut smooth = Vec::with_capacity(bins * patterns);
    for bin in 0..bins {
        let (low, high) = (bin.saturating_sub(reach), (bin + reach + 1).min(bins));
        smooth.extend((0..patterns).map(|pattern| {
            ((sums[high * patterns + pattern] - sums[low * patterns + pattern]) / (high - low) as f64) as f32
        }));
    }
    smooth
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two patterns in 50-ms bins: at rest for 4 bins, pattern 1 for 6, pattern 0 for 6, at rest for 4.
    fn trace() -> (Vec<f64>, Vec<f32>) {
        let times = (1..=20).map(|bin| 50.0 * f64::from(bin)).collect();
        let values = (0..20).flat_map(|bin| match bin {
            4..10 => [0.0, 1.0],
            10..16 => [1.1, 0.05],
            _ => [0.01, 0.02],
        });
        (times, values.collect())
    }

    #[test]
    fn episodes_start_and_stop_where_the_smoothed_overlap_crosses() {
        let (times, values) = trace();
        let found = episodes(Overlaps { times_ms: &times, values: &values, patterns: 2, reference_rate_hz: 40.0 });
        // Smoothed over three bins, the bin next to an episode holds a third of it, 0.33 to 0.37: below 0.4. Where the
        // two meet, the pattern with two bins of three wins.
        assert_eq!(found.iter().map(|episode| episode.pattern).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(found[0].window, Window::new(200.0, 500.0));
        assert_eq!(found[1].window, Window::new(500.0, 800.0));
        assert!((found[0].overlap_mean - 1.0).abs() < 1e-6);
        assert!((found[1].overlap_mean - 1.1).abs() < 1e-6);
    }

    #[test]
    fn rest_and_single_bins_are_no_episodes() {
        let (times, mut values) = trace();
        values.fill(0.05);
        let found =
            |values: &[f32]| episodes(Overlaps { times_ms: &times, values, patterns: 2, reference_rate_hz: 40.0 });
        assert_eq!(found(&values), []);
        // One bin of 50 ms at 1.0 is 0.33 + a little over 100 ms and more.
        values[16] = 1.0;
        assert_eq!(found(&values), []);
        assert_eq!(episodes(Overlaps { times_ms: &[], values: &[], patterns: 2, reference_rate_hz: 40.0 }), []);
    }

    #[test]
    fn a_pattern_without_overlap_hides_no_other() {
        let (times, mut values) = trace();
        values.chunks_exact_mut(2).for_each(|row| row[0] = f32::NAN);
        let found = episodes(Overlaps { times_ms: &times, values: &values, patterns: 2, reference_rate_hz: 40.0 });
        assert_eq!(found.iter().map(|episode| episode.pattern).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn the_reference_rate_scales_the_threshold() {
        let (times, mut values) = trace();
        values.iter_mut().for_each(|value| *value *= 0.5);
        let with = |reference_rate_hz| Overlaps { times_ms: &times, values: &values, patterns: 2, reference_rate_hz };
        // 0.5 of 80 Hz is 40 Hz; 0.5 of 20 Hz is 10 Hz, too little for a recall.
        assert_eq!(episodes(with(80.0)).len(), 2);
        assert_eq!(episodes(with(20.0)), []);
    }

    #[test]
    fn completeness_tells_members_that_are_missing_from_others_that_join_in() {
        let rates = [40.0, 44.0, 3.0, 45.0, 0.0, 30.0, 1.0];
        // Members 0 to 3: mean 33, active from 16.5; of the others neuron 5 is.
        let found = completeness(&rates, &[0, 1, 2, 3]);
        assert_eq!((found.members, found.others), (0.75, 1.0 / 3.0));
        assert!(completeness(&rates, &[4]).members.is_nan());
        assert!(completeness(&rates, &[]).others.is_nan());
    }

    #[test]
    fn a_recall_needs_its_rates_and_its_contrast() {
        let judge = |on_hz, off_hz| is_recall(PatternRates { on_hz, off_hz });
        assert!(judge(44.0, 0.2));
        assert!(!judge(44.0, 9.0));
        assert!(!judge(19.9, 0.1));
        assert!(!judge(60.1, 0.1));
        assert!(!judge(0.0, 0.0));
    }
}
