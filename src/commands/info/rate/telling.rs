//! What `info` found in the results file of a rate network, in words.

use super::findings::{Findings, FixedPoint, Glance, Stimulus};
use crate::commands::info::origin::{line, sparkline};
use crate::commands::words;

/// A state whose largest overlap is smaller is told to be none of the memories.
const MEMORY_MIN: f64 = 0.1;

/// All of it.
pub(super) fn told(findings: &Findings) -> String {
    let mut text = header(findings);
    text += &network(findings);
    findings.stimuli.iter().for_each(|stimulus| line(&mut text, &stimulus_line(stimulus)));
    if let Some(overlaps) = &findings.overlaps {
        text += &glance(overlaps, findings.recorded_ms);
    }
    match &findings.fixed_points {
        Some(found) => text += &fixed_points(found),
        None => line(&mut text, "\nno fixed point can be told: `record.rates` is off, and with it the residual"),
    }
    text
}

fn header(findings: &Findings) -> String {
    let [reached, all] = [findings.recorded_ms, findings.duration_ms].map(words::milliseconds);
    let state = match findings.diverged_ms.map(words::milliseconds) {
        Some(diverged) => format!("incomplete: the network diverged at {diverged} of {all}"),
        None => findings.origin.told_state(&reached, &all),
    };
    findings.origin.told(&state, " (of the states: equal only on one engine)")
}

fn network(findings: &Findings) -> String {
    let mut text = format!(
        "\n{} rate neurons, gain {}, coupling {} of strength {}\n",
        words::count(findings.neurons),
        findings.gain,
        findings.coupling,
        words::significant(findings.strength),
    );
    if let Some(mean) = &findings.mean_rate {
        let [first, last, least, greatest] =
            [mean.first, mean.last, mean.least, mean.greatest].map(|rate| words::significant(rate.into()));
        line(&mut text, &format!("mean rate {first} at the start, {last} at the end, from {least} to {greatest}"));
    }
    if findings.recorded_neurons > 0 {
        let neurons = words::counted(findings.recorded_neurons as u64, "neuron");
        line(&mut text, &format!("the rates of {neurons} are in the file"));
    }
    if let Some(patterns) = &findings.patterns {
        let count = words::counted(patterns.count as u64, "pattern");
        line(&mut text, &format!("{count}, activity {}", words::significant(patterns.activity)));
    }
    text
}

fn stimulus_line(stimulus: &Stimulus) -> String {
    let what = match stimulus.pattern {
        Some(pattern) => format!("cue of pattern {pattern}"),
        None => format!("{} to all", stimulus.kind),
    };
    let [start, stop] = [stimulus.start_ms, stimulus.stop_ms].map(words::significant);
    format!("  {what}: {} from {start} to {stop} ms", words::significant(stimulus.amplitude))
}

fn glance(overlaps: &Glance, recorded_ms: f64) -> String {
    let mut text = format!("\noverlaps from 0 to {}, of the patterns that led\n", words::milliseconds(recorded_ms));
    for row in &overlaps.patterns {
        let last = row.overlap.last().copied().unwrap_or(f32::NAN);
        line(
            &mut text,
            &format!(
                "  {:>7}  {}  {} at the end",
                row.pattern,
                sparkline(row.overlap.iter().copied().map(f64::from), 1.0),
                words::number(f64::from(last), 4)
            ),
        );
    }
    text
}

fn fixed_points(found: &[FixedPoint]) -> String {
    if found.is_empty() {
        return "\nthe network came to no fixed point\n".into();
    }
    let mut text = "\nfixed points\n".to_owned();
    for own in found {
        let [start, stop] = [own.start_ms, own.stop_ms].map(words::significant);
        let overlap = match (own.pattern, own.overlap) {
            (Some(_), Some(overlap)) if overlap.abs() < MEMORY_MIN => "no memory, ".to_owned(),
            (Some(pattern), Some(overlap)) => format!("pattern {pattern} with overlap {}, ", words::number(overlap, 4)),
            _ => String::new(),
        };
        let mean = words::significant(own.mean_rate);
        line(
            &mut text,
            &format!(
                "  {start} to {stop} ms: {overlap}mean rate {mean}, residual |-r + φ(u + W r)| = {:.1e}",
                own.residual
            ),
        );
    }
    text
}
