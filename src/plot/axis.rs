//! Axes: where values lie and which of them are written.

/// A stretch of values along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// Value and place of its one end.
    pub(crate) from: (f64, f32),
    /// Value and place of its other end.
    pub(crate) to: (f64, f32),
}

impl Scale {
    /// Where a value lies.
    pub(crate) fn place(&self, value: f64) -> f32 {
        let share = (value - self.from.0) / (self.to.0 - self.from.0);
        self.from.1 + (share * f64::from(self.to.1 - self.from.1)) as f32
    }
}

/// Round values within a range, about `wanted` of them, at steps of 1, 2 or 5 times a power of ten, and the step.
pub(crate) fn ticks(low: f64, high: f64, wanted: usize) -> (Vec<f64>, f64) {
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) {
        return (Vec::new(), 1.0);
    }
    let rough = span / wanted.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|&step| step >= rough * 0.999);
    let step = step.unwrap_or(power * 10.0);
    let first = (low / step - 1e-6).ceil() as i64;
    let last = (high / step + 1e-6).floor() as i64;
    ((first..=last).map(|count| count as f64 * step).collect(), step)
}

/// A value as its tick says it: with as many digits as steps of `step` need.
pub(crate) fn label(value: f64, step: f64) -> String {
    let digits = (-(step.abs() + 1e-300).log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().any(|c| ('1'..='9').contains(&c)) => format!("−{rest}"),
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// Values that differ by less than this share of their size, or this much, are one value: labels cannot tell them apart.
const ONE_SHARE: f64 = 1e-6;
const ONE: f64 = 1e-8;

/// A range somewhat wider than the values in it, so that lines keep off the frame; from 0 where that is near. Around a
/// value that is always the same it is a tenth of it wide.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let finite = values.filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return [0.0, 1.0];
    }
    let (span, size) = (high - low, low.abs().max(high.abs()));
    if span < (size * ONE_SHARE).max(ONE) {
        return if size < ONE { [low.min(0.0), 1.0] } else { [low - 0.05 * size, high + 0.05 * size] };
    }
    let low = if low >= 0.0 && low < 0.6 * high { 0.0 } else { low - 0.05 * span };
    [low, high + 0.06 * span]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(ticks(0.0, 4500.0, 5).0, [0.0, 1000.0, 2000.0, 3000.0, 4000.0]);
        assert_eq!(ticks(-0.1, 1.3, 4).0, [0.0, 0.5, 1.0]);
        assert_eq!(ticks(480.0, 520.0, 4).0, [480.0, 490.0, 500.0, 510.0, 520.0]);
        assert!(ticks(1.0, 1.0, 4).0.is_empty() && ticks(0.0, f64::INFINITY, 4).0.is_empty());
        assert!(ticks(f64::NAN, 1.0, 4).0.is_empty());
    }

    #[test]
    fn labels_have_the_digits_of_their_step() {
        assert_eq!(
            [(0.5, 0.5), (-20.0, 10.0), (1.0, 0.5), (-0.0, 0.5), (0.25, 0.05)].map(|(v, s)| label(v, s)),
            ["0.5", "−20", "1.0", "0.0", "0.25"]
        );
    }

    #[test]
    fn a_range_holds_its_values_whatever_they_are() {
        assert_eq!(range([0.0, 100.0].into_iter()), [0.0, 106.0]);
        assert_eq!(range([f64::NAN].into_iter()), [0.0, 1.0]);
        let [low, high] = range([-70.0, -50.0].into_iter());
        assert!(low < -70.0 && high > -50.0);
        let [low, high] = range([5.0].into_iter());
        assert!(low < 5.0 && high > 5.0);
        let [low, high] = range([0.0, 0.0].into_iter());
        assert!(low <= 0.0 && high > 0.0);
    }

    #[test]
    fn a_value_that_is_always_the_same_has_short_labels() {
        let labels = |value: f64| {
            let [low, high] = range([value, value].into_iter());
            assert!(low <= value && value < high, "{value}: {low} to {high}");
            let (ticks, step) = ticks(low, high, 3);
            ticks.into_iter().map(|tick| label(tick, step)).collect::<Vec<_>>()
        };
        assert_eq!(labels(0.0), ["0.0", "0.5", "1.0"]);
        assert_eq!(labels(-249.08), ["−260", "−250", "−240"]);
        // Alone a tick has the digits of its step as well.
        assert_eq!(labels(0.95), ["0.95"]);
        for value in [1.0, -9.0, 1e-12, -1e-12, 0.957_504, 8e5] {
            assert!(labels(value).iter().all(|label| label.chars().count() < 8), "{:?}", labels(value));
        }
    }
}
