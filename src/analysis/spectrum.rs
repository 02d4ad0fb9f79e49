//! The power spectrum of a population's rate, and its peak.
//!
//! Welch's method: means over half-overlapping segments, each less its mean and under a Hann window; power density on one
//! side. Welch, IEEE Transactions on Audio and Electroacoustics 15 (1967) 70; the same as scipy's `signal.welch` and
//! elephant's `welch_psd` with these settings.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex64;

use super::mean;

/// A power spectrum on one side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// Frequencies, Hz, from 0.
    pub frequencies_hz: Vec<f64>,
    /// Power density, the values' unit squared over Hz.
    pub density: Vec<f64>,
}

/// A maximum of a spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// Where it is, Hz.
    pub frequency_hz: f64,
    /// Its density over the median density: about 1 to 10 where there is no rhythm.
    pub prominence: f64,
}

/// The spectrum of evenly spaced values, `every_ms` apart, by segments of `segment` values; empty where there is no whole
/// segment, or it has fewer than 4 values.
#[must_use]
pub fn welch(values: &[f64], every_ms: f64, segment: usize) -> Spectrum {
    if segment < 4 || values.len() < segment {
        return Spectrum::default();
    }
    let rate_hz = 1000.0 / every_ms;
    let turn = std::f64::consts::TAU / segment as f64;
    let hann: Vec<f64> = (0..segment).map(|at| 0.5 - 0.5 * (turn * at as f64).cos()).collect();
    let scale = 1.0 / (rate_hz * hann.iter().map(|weight| weight * weight).sum::<f64>());
    let transform = FftPlanner::new().plan_fft_forward(segment);
    let mut density = vec![0.0; segment / 2 + 1];
    let mut segments = 0.0;
    for part in values.windows(segment).step_by(segment - segment / 2) {
        let level = mean(part);
        let weighted = part.iter().zip(&hann).map(|(value, weight)| Complex64::new((value - level) * weight, 0.0));
        let mut buffer: Vec<Complex64> = weighted.collect();
        transform.process(&mut buffer);
        density.iter_mut().zip(&buffer).for_each(|(sum, own)| *sum += own.norm_sqr() * scale);
        segments += 1.0;
    }
    // The other side is folded onto this one; 0 and, of an even number, the last frequency have no partner.
    let alone = |at: usize| at == 0 || 2 * at == segment;
    for (at, power) in density.iter_mut().enumerate() {
        *power *= if alone(at) { 1.0 } else { 2.0 } / segments;
    }
    Spectrum { frequencies_hz: (0..density.len()).map(|at| at as f64 * rate_hz / segment as f64).collect(), density }
}

/// The largest density at `from_hz` and above; `None` where there is nothing, or no power.
#[must_use]
pub fn peak(spectrum: &Spectrum, from_hz: f64) -> Option<Peak> {
    let first = spectrum.frequencies_hz.partition_point(|&frequency| frequency < from_hz);
    let density = &spectrum.density[first..];
    let at = (0..density.len()).max_by(|&a, &b| density[a].total_cmp(&density[b]))?;
    let mut ascending = density.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    let median = super::percentile(&ascending, 50.0);
    let frequency_hz = spectrum.frequencies_hz[first + at];
    (density[at] > 0.0).then(|| Peak { frequency_hz, prominence: density[at] / median })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_has_its_power_at_its_frequency() {
        // Amplitude 3 at 40 Hz over a second in steps of 1 ms: power 4.5.
        let values: Vec<f64> =
            (0..1000).map(|at| 7.0 + 3.0 * (std::f64::consts::TAU * 0.04 * f64::from(at)).sin()).collect();
        for segment in [200, 250, 1000] {
            let spectrum = welch(&values, 1.0, segment);
            let step_hz = spectrum.frequencies_hz[1];
            assert_eq!(step_hz, 1000.0 / segment as f64);
            let power = spectrum.density.iter().sum::<f64>() * step_hz;
            assert!((power - 4.5).abs() < 1e-9, "{segment}: {power}");
            assert_eq!(peak(&spectrum, 2.0 * step_hz).unwrap().frequency_hz, 40.0);
        }
        assert!(peak(&welch(&values, 1.0, 250), 100.0).unwrap().frequency_hz >= 100.0);
    }

    #[test]
    fn of_too_little_and_of_a_constant_there_is_no_peak() {
        assert_eq!(welch(&[1.0; 10], 1.0, 11), Spectrum::default());
        assert_eq!(welch(&[1.0; 10], 1.0, 3), Spectrum::default());
        assert_eq!(peak(&Spectrum::default(), 0.0), None);
        assert_eq!(peak(&welch(&[2.0; 64], 1.0, 16), 1.0), None);
    }
}
