//! Quantities in words: how numbers, times, sizes and engines are written for people.

use attractor::engine::{EngineInfo, Profile};

/// A count with its thousands apart: 1,234,567.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun, `s` added where it is not one.
pub(crate) fn counted(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(value), if value == 1 { "" } else { "s" })
}

/// What so many do: one stands for something, several stand for it.
pub(crate) const fn stand(value: u64) -> &'static str {
    if value == 1 { "stands" } else { "stand" }
}

/// A time in seconds: 0.25 ms, 12 ms, 3.4 s, 2 min 5 s, 3 h 12 min.
pub(crate) fn seconds(value: f64) -> String {
    if !value.is_finite() {
        "unknown".into()
    } else if value < 0.001 {
        format!("{:.2} ms", value * 1e3)
    } else if value < 0.9995 {
        format!("{:.0} ms", value * 1e3)
    } else if value < 99.95 {
        format!("{value:.1} s")
    } else {
        let whole = value.round() as u64;
        match whole {
            0..3600 => format!("{} min {} s", whole / 60, whole % 60),
            _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
        }
    }
}

/// A time within a run in ms, as it is: 500 ms, 0.1 ms.
pub(crate) fn milliseconds(value: f64) -> String {
    format!("{} ms", significant(value))
}

/// A number of bytes: 512 B, 1.2 kB, 34 MB.
pub(crate) fn bytes(value: u64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let mut scaled = value as f64;
    let mut unit = 0;
    while scaled >= 999.5 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && scaled < 9.95);
    format!("{scaled:.digits$} {}", UNITS[unit])
}

/// A speed against real time: 2.4x real time.
pub(crate) fn speed(simulated_s: f64, wall_s: f64) -> String {
    let ratio = simulated_s / wall_s.max(1e-9);
    let digits = if ratio < 0.095 { 3 } else { usize::from(ratio < 99.5) };
    format!("{ratio:.digits$}x real time")
}

/// How long a sweep takes: 75 us a sweep.
pub(crate) fn sweep_time(sweeps: u64, wall_s: f64) -> String {
    let each_s = wall_s / sweeps.max(1) as f64;
    let told = if each_s < 0.001 { format!("{:.0} us", each_s * 1e6) } else { seconds(each_s) };
    format!("{told} a sweep")
}

/// A number with up to six decimals, without zeros at the end.
pub(crate) fn significant(value: f64) -> String {
    let text = number(value, 6);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A mean of nothing is told as a dash.
pub(crate) fn number(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "-".into();
    }
    let text = format!("{value:.digits$}");
    // What rounds to nothing has no sign.
    match text.strip_prefix('-') {
        Some(rest) if !rest.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) => rest.to_owned(),
        _ => text,
    }
}

/// Where an engine's time went: on the host, on the device, and in how many pieces.
pub(crate) fn profile(profile: &Profile) -> String {
    let mut parts: Vec<String> =
        profile.host.iter().map(|&(phase, taken_s)| format!("{phase} {}", seconds(taken_s))).collect();
    parts.extend(profile.device_s.map(|computing_s| format!("device {}", seconds(computing_s))));
    if profile.dispatches > 0 {
        let dispatches = count(profile.dispatches);
        let (blocks, submissions) = (counted(profile.blocks, "block"), counted(profile.submissions, "submission"));
        parts.push(format!("{dispatches} dispatches of {blocks} in {submissions}"));
    }
    parts.join(", ")
}

/// What computes.
pub(crate) fn engine(info: &EngineInfo) -> String {
    format!("{}: {} ({})", info.engine, info.adapter, info.driver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_well_at_their_edges() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 1, 2].map(|value| counted(value, "spike")), ["0 spikes", "1 spike", "2 spikes"]);
        assert_eq!([0, 999, 1000, 9_949, 12_345_678].map(bytes), ["0 B", "999 B", "1.0 kB", "9.9 kB", "12 MB"]);
        assert_eq!(
            [0.0001, 0.012, 0.9996, 3.44, 125.0, 11_520.0].map(seconds),
            ["0.10 ms", "12 ms", "1.0 s", "3.4 s", "2 min 5 s", "3 h 12 min"]
        );
        assert_eq!(seconds(f64::INFINITY), "unknown");
        assert_eq!([500.0, 0.1, 0.30000000000000004].map(milliseconds), ["500 ms", "0.1 ms", "0.3 ms"]);
        assert_eq!(speed(4.5, 1.5), "3.0x real time");
        assert_eq!(speed(1.0, 100.0), "0.010x real time");
        assert_eq!(number(f64::NAN, 2), "-");
        assert_eq!([-0.00001, -0.5, -0.0].map(|value| number(value, 4)), ["0.0000", "-0.5000", "0.0000"]);
        assert_eq!([1, 2].map(stand), ["stands", "stand"]);
    }
}
