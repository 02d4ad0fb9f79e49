//! What `info` found, in words.

use std::fmt::Write;

use super::findings::{Findings, Glance, Population, Recall, Stimulus};
use crate::commands::words;

/// Heights of a sparkline, lowest first.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The overlap that a full height stands for.
const FULL_OVERLAP: f64 = 1.2;

/// All of it.
pub(super) fn told(findings: &Findings) -> String {
    let mut text = header(findings);
    text += &populations(&findings.populations);
    if let Some(patterns) = &findings.patterns {
        let noun = if patterns.count == 1 { "pattern" } else { "patterns" };
        let (count, activity) = (words::count(patterns.count as u64), words::significant(patterns.activity));
        line(&mut text, &format!("\n{count} {noun} in {}, activity {activity}", patterns.population));
    }
    findings.stimuli.iter().for_each(|stimulus| line(&mut text, &stimulus_line(stimulus)));
    if let Some(overlaps) = &findings.overlaps {
        text += &glance(overlaps, findings.recorded_ms);
    }
    if findings.patterns.is_some() && findings.overlaps.is_some() {
        text += &recalls(&findings.recalls);
    }
    text
}

fn line(text: &mut String, what: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{what}");
}

fn header(findings: &Findings) -> String {
    let reached = words::milliseconds(findings.recorded_ms);
    let all = words::milliseconds(findings.duration_ms);
    let state = match findings.state {
        "complete" => format!("complete, {all}"),
        "interrupted" => format!("incomplete: interrupted at about {reached} of {all}"),
        "running" => format!("running: at about {reached} of {all}"),
        _ => format!("incomplete: the run was killed at about {reached} of {all}; --repair opens it to every reader"),
    };
    let mut text = format!("{}\n  {state}\n", findings.file);
    line(&mut text, &format!("  {} on {} ({})", findings.engine, findings.adapter, findings.driver));
    let finished = findings.finished.as_ref().map_or(String::new(), |finished| format!(", finished {finished}"));
    line(&mut text, &format!("  attractor {}, started {}{finished}", findings.attractor_version, findings.started));
    if let Some(hash) = &findings.run_hash {
        line(&mut text, &format!("  run_hash {hash}"));
    }
    text
}

fn populations(populations: &[Population]) -> String {
    if populations.is_empty() {
        return "\nno spikes are recorded\n".into();
    }
    let width = populations.iter().map(|own| own.name.chars().count()).max().unwrap_or(0).max(10);
    let mut text = format!(
        "\n{:<width$}  {:>9}  {:>12}  {:>8}  {:>8}  {:>8}  {:>8}  {:>5}\n",
        "population", "neurons", "spikes", "mean Hz", "5 %", "50 %", "95 %", "CV"
    );
    for own in populations {
        let rates = [own.rate_mean_hz, own.rate_5_percent_hz, own.rate_median_hz, own.rate_95_percent_hz];
        let [mean, low, median, high] = rates.map(|rate| words::number(rate, 2));
        line(
            &mut text,
            &format!(
                "{:<width$}  {:>9}  {:>12}  {mean:>8}  {low:>8}  {median:>8}  {high:>8}  {:>5}  of {}",
                own.name,
                words::count(own.recorded_neurons as u64),
                words::count(own.spikes as u64),
                words::number(own.cv, 2),
                words::counted(own.cv_neurons as u64, "neuron"),
            ),
        );
    }
    let spikes_min = populations[0].cv_spikes_min;
    line(&mut text, &format!("rates over neurons; CV of the intervals of neurons with at least {spikes_min} spikes"));
    text
}

fn stimulus_line(stimulus: &Stimulus) -> String {
    let what = match stimulus.pattern {
        Some(pattern) => format!("cue of pattern {pattern}"),
        None => format!("{} to {}", stimulus.kind, stimulus.target),
    };
    let [start, stop] = [stimulus.start_ms, stimulus.stop_ms].map(words::significant);
    format!("  {what}: {} mV from {start} to {stop} ms", words::significant(stimulus.amplitude_mv))
}

fn glance(overlaps: &Glance, recorded_ms: f64) -> String {
    let mut text = format!("\noverlaps from 0 to {}\n", words::milliseconds(recorded_ms));
    for row in &overlaps.patterns {
        line(
            &mut text,
            &format!("  {:>7}  {}  up to {:.2}", row.pattern, sparkline(&row.overlap), largest(&row.overlap)),
        );
    }
    let name = if overlaps.patterns.is_empty() { "largest" } else { "other" };
    if overlaps.largest_other.iter().any(|value| !value.is_nan()) {
        let values = &overlaps.largest_other;
        line(&mut text, &format!("  {name:>7}  {}  up to {:.2}", sparkline(values), largest(values)));
    }
    text
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::max)
}

fn sparkline(values: &[f64]) -> String {
    let level = |value: &f64| {
        let height = (value / FULL_OVERLAP * LEVELS.len() as f64).clamp(0.0, LEVELS.len() as f64 - 1.0);
        LEVELS[height as usize]
    };
    values.iter().map(level).collect()
}

fn recalls(recalls: &[Recall]) -> String {
    if recalls.is_empty() {
        return "\nno memory was recalled\n".into();
    }
    let mut text = "\nmemories that led\n".to_owned();
    for recall in recalls {
        let [start, stop] = [recall.start_ms, recall.stop_ms].map(words::significant);
        let mut told = format!("  {:>7}  {start} to {stop} ms, overlap {:.2}", recall.pattern, recall.overlap_mean);
        if let (Some(members), Some(others), Some(contrast)) = (recall.members_hz, recall.others_hz, recall.contrast) {
            let _ = write!(told, ", members {members:.1} Hz, others {others:.2} Hz, M {}", words::number(contrast, 3));
        }
        told += match recall.recalled {
            Some(true) => ": recalled",
            Some(false) => ": not a recall (M > 0.8 and members at 20 to 60 Hz)",
            None => "",
        };
        line(&mut text, &told);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_goes_from_lowest_to_highest() {
        assert_eq!(sparkline(&[-1.0, 0.0, 0.6, 1.2, 9.0, f64::NAN]), "▁▁▅██▁");
    }
}
