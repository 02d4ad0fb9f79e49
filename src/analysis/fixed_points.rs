//! Fixed points that a rate network came to: where its residual |-r + φ(u + W r)| stays small.

/// A state is at rest where no rate is farther than this from where it goes, relative to the rates (at least 1).
const RESIDUAL_MAX: f64 = 1e-5;
/// It has to stay so for so many time constants: along an unstable direction it would be e^5 times as far by then.
const TIME_CONSTANTS_MIN: f64 = 5.0;

/// A fixed point: from when to when the network was there, and which.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPoint {
    /// Its first time, ms.
    pub start_ms: f64,
    /// Its last time, ms.
    pub stop_ms: f64,
    /// The last |-r + φ(u + W r)|, the largest over neurons.
    pub residual: f64,
    /// The mean rate then.
    pub mean_rate: f64,
    /// The pattern with the largest overlap in size then, and that overlap; `None` without patterns.
    pub overlap: Option<(usize, f64)>,
}

/// What fixed points are looked for in: the same times for residual and mean rate.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// Times, ms, ascending.
    pub times_ms: &'a [f64],
    /// The largest |-r + φ(u + W r)| at these times.
    pub residual: &'a [f32],
    /// The mean of r.
    pub mean_rate: &'a [f32],
    /// The time constant, ms.
    pub tau_ms: f64,
    /// The overlaps; `None`: there are none.
    pub overlaps: Option<Overlaps<'a>>,
}

/// The overlaps of a rate network.
#[derive(Clone, Copy, Debug)]
pub struct Overlaps<'a> {
    /// Times, ms, ascending.
    pub times_ms: &'a [f64],
    /// Overlaps at these times, `[time][pattern]`.
    pub values: &'a [f32],
    /// Number of patterns, at least 1.
    pub patterns: usize,
}

/// The fixed points of a run, in order of time. Overlaps are taken at the last time of each.
#[must_use]
pub fn fixed_points(course: Course<'_>) -> Vec<FixedPoint> {
    let is_rest = |at: usize| {
        let size = f64::from(course.mean_rate[at]).abs().max(1.0);
        f64::from(course.residual[at]) <= RESIDUAL_MAX * size
    };
    let count = course.times_ms.len().min(course.residual.len()).min(course.mean_rate.len());
    let mut found = Vec::new();
    let mut start = 0;
    while start < count {
        let stop = (start..count).take_while(|&at| is_rest(at)).last();
        if let Some(stop) = stop {
            let [start_ms, stop_ms] = [start, stop].map(|at| course.times_ms[at]);
            if stop_ms - start_ms >= TIME_CONSTANTS_MIN * course.tau_ms {
                found.push(FixedPoint {
                    start_ms,
                    stop_ms,
                    residual: f64::from(course.residual[stop]),
                    mean_rate: f64::from(course.mean_rate[stop]),
                    overlap: course.overlaps.and_then(|overlaps| largest_at(overlaps, stop_ms)),
                });
            }
        }
        start = stop.unwrap_or(start) + 1;
    }
    found
}

/// The overlap of the largest size at a time, or just before.
fn largest_at(overlaps: Overlaps<'_>, time_ms: f64) -> Option<(usize, f64)> {
    let at = overlaps.times_ms.partition_point(|&time| time <= time_ms).checked_sub(1)?;
    let row = overlaps.values.chunks_exact(overlaps.patterns.max(1)).nth(at)?;
    let largest = row.iter().enumerate().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))?;
    Some((largest.0, f64::from(*largest.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_point_is_where_the_residual_stays_small_for_long_enough() {
        let times: Vec<f64> = (0..300).map(f64::from).collect();
        // At rest for 30 ms, too short; then from 50 to 149, and from 200 on, at a rate where more is allowed.
        let residual: Vec<f32> = (0..300)
            .map(|at| match at {
                0..31 => 1e-6,
                50..150 => 5e-6,
                200.. => 4e-5,
                _ => 0.3,
            })
            .collect();
        let mean: Vec<f32> = (0..300).map(|at| if at < 180 { 0.5 } else { 5.0 }).collect();
        let values: Vec<f32> = (0..300).flat_map(|at| if at < 180 { [0.1, -0.9] } else { [0.8, 0.2] }).collect();
        let course = Course {
            times_ms: &times,
            residual: &residual,
            mean_rate: &mean,
            tau_ms: 10.0,
            overlaps: Some(Overlaps { times_ms: &times, values: &values, patterns: 2 }),
        };
        let found = fixed_points(course);
        let told: Vec<_> = found.iter().map(|own| (own.start_ms, own.stop_ms, own.overlap.map(|own| own.0))).collect();
        assert_eq!(told, [(50.0, 149.0, Some(1)), (200.0, 299.0, Some(0))]);
        assert!((found[0].overlap.unwrap().1 + 0.9).abs() < 1e-6 && (found[0].residual - 5e-6).abs() < 1e-9);
        assert_eq!(fixed_points(Course { tau_ms: 100.0, ..course }), []);
        // A short time constant lets the first one in.
        assert_eq!(fixed_points(Course { tau_ms: 5.0, ..course }).len(), 3);
        assert!(fixed_points(Course { overlaps: None, ..course }).iter().all(|own| own.overlap.is_none()));
    }
}
