//! What `info` found, in words.

use std::fmt::Write;

use super::findings::{Change, Findings, Glance, Population, Recall, Stimulus};
use crate::commands::info::origin::{line, sparkline};
use crate::commands::words;

/// The overlap that a full height stands for.
const FULL_OVERLAP: f64 = 1.2;

/// All of it.
pub(super) fn told(findings: &Findings) -> String {
    let [reached, mut all] = [findings.recorded_ms, findings.duration_ms].map(words::milliseconds);
    if let Some(guarded) = &findings.guarded {
        all = format!("{} of {all}", words::milliseconds(guarded.ended_ms));
    }
    let mut text = findings.origin.told(&findings.origin.told_state(&reached, &all), "");
    if let Some(guarded) = &findings.guarded {
        let ended = words::milliseconds(guarded.ended_ms);
        line(&mut text, &format!("  ended by the guard at {ended}: {}", guarded.why));
    }
    text += &populations(&findings.populations);
    if let Some(patterns) = &findings.patterns {
        let noun = if patterns.count == 1 { "pattern" } else { "patterns" };
        let (count, activity) = (words::count(patterns.count as u64), words::significant(patterns.activity));
        let further = patterns.further_populations.iter().map(|name| format!(" and as many in {name}"));
        let told = format!("\n{count} {noun} in {}{}, ", patterns.population, further.collect::<String>());
        line(
            &mut text,
            &match patterns.at_start == patterns.count {
                true => format!("{told}activity {activity}"),
                false => format!("{told}{} of them stored at the start", words::count(patterns.at_start as u64)),
            },
        );
    }
    findings.stimuli.iter().for_each(|stimulus| line(&mut text, &stimulus_line(stimulus)));
    findings.changes.iter().for_each(|change| line(&mut text, &change_line(change)));
    if let Some(overlaps) = &findings.overlaps {
        text += &glance(overlaps, findings.recorded_ms);
    }
    if findings.patterns.is_some() && findings.overlaps.is_some() {
        text += &recalls(&findings.recalls);
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

fn change_line(change: &Change) -> String {
    let (pattern, time) = (change.pattern, words::significant(change.time_ms));
    match change.members {
        Some(0) => format!("  learned pattern {pattern} at {time} ms, without members: no neuron fired fast enough"),
        Some(members) => {
            format!("  learned pattern {pattern} at {time} ms: {}", words::counted(members as u64, "member"))
        }
        None => format!("  forgot pattern {pattern} at {time} ms"),
    }
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
            &format!(
                "  {:>7}  {}  up to {:.2}",
                row.pattern,
                sparkline(row.overlap.iter().copied(), FULL_OVERLAP),
                largest(&row.overlap)
            ),
        );
    }
    let name = if overlaps.patterns.is_empty() { "largest" } else { "other" };
    if overlaps.largest_other.iter().any(|value| !value.is_nan()) {
        let values = &overlaps.largest_other;
        line(
            &mut text,
            &format!("  {name:>7}  {}  up to {:.2}", sparkline(values.iter().copied(), FULL_OVERLAP), largest(values)),
        );
    }
    text
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::max)
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
