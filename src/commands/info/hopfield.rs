//! What is in the results file of a binary network: which memory was recalled, from where, how fast.

use std::fmt::Write;

use anyhow::Context;
use attractor::config;
use attractor::results::{Ending, Results, Stored, Trial};
use serde::Serialize;
use serde_json::Value;

use super::Found;
use super::origin::Origin;
use crate::commands::words;

/// So many trials are told one by one.
const TOLD_MAX: usize = 12;

/// What is in a results file.
#[derive(Debug, Serialize)]
struct Findings {
    #[serde(flatten)]
    origin: Origin,
    model: &'static str,
    neurons: u64,
    /// Sweeps of the run, at most.
    sweeps: u64,
    /// "asynchronous" or "synchronous".
    update: String,
    temperature: f64,
    patterns: Option<Patterns>,
    trials: Vec<Course>,
}

/// The stored patterns.
#[derive(Debug, Serialize)]
struct Patterns {
    count: usize,
    activity: f64,
    image_size: Option<[u32; 2]>,
}

/// One trial.
#[derive(Debug, Serialize)]
struct Course {
    outcome: String,
    run_hash: Option<String>,
    sweeps: u64,
    rest_sweep: Option<u64>,
    cycle_length: Option<u64>,
    recalled_pattern: Option<usize>,
    recalled_overlap: Option<f64>,
    /// The pattern of the start and its overlap then, or the largest overlap with any pattern.
    start_pattern: Option<usize>,
    start_overlap: Option<f64>,
    /// Overlap with the pattern that is nearest at the end, sweep by sweep, at most a hundred of them.
    end_pattern: Option<usize>,
    overlap: Vec<f64>,
    energy_start: Option<f64>,
    energy_end: Option<f64>,
    flips: u64,
}

/// Analyses it and tells.
pub(super) fn found(results: &Results) -> anyhow::Result<Found> {
    let findings = Findings::of(results)?;
    Ok(Found { told: told(&findings), document: serde_json::to_value(&findings)? })
}

impl Findings {
    fn of(results: &Results) -> anyhow::Result<Self> {
        let config = config::echoed(&results.attributes().config);
        let number = |value: &Value, what: &str| {
            value.as_u64().with_context(|| format!("the configuration in the results file has no {what}"))
        };
        let start_pattern = config["start"]["pattern"].as_u64().map(|pattern| pattern as usize);
        let count = results.trial_count()?;
        let trials =
            (0..count).map(|trial| Ok(Course::of(&results.trial(trial)?, results.ending(trial)?, start_pattern)));
        Ok(Self {
            origin: Origin::of(results),
            model: "hopfield",
            neurons: number(&config["network"]["size"], "network.size")?,
            sweeps: number(&config["sweeps"], "sweeps")?,
            update: config["network"]["update"].as_str().unwrap_or_default().to_owned(),
            temperature: config["network"]["temperature"].as_f64().unwrap_or(0.0),
            patterns: results.stored()?.map(|Stored { count, activity, image_size }| Patterns {
                count,
                activity,
                image_size,
            }),
            trials: trials.collect::<anyhow::Result<_>>()?,
        })
    }
}

impl Course {
    fn of(trial: &Trial, ending: Ending, start_pattern: Option<usize>) -> Self {
        let rows = trial.sweeps.len();
        let overlap = |row: usize, pattern: usize| {
            trial.overlaps.as_ref().and_then(|overlaps| overlaps.get([row, pattern])).map(|&value| f64::from(value))
        };
        let nearest = |row: usize| {
            let row = trial.overlaps.as_ref()?.outer_iter().nth(row)?.to_vec();
            let of = |pattern: &usize| row[*pattern].abs();
            (0..row.len()).max_by(|one, other| of(one).total_cmp(&of(other)))
        };
        let start_pattern = if rows > 0 { start_pattern.or_else(|| nearest(0)) } else { None };
        let end_pattern = rows.checked_sub(1).and_then(nearest);
        let step = rows.div_ceil(100).max(1);
        Self {
            run_hash: ending.run_hash,
            sweeps: trial.sweeps.last().map_or(0, |&sweeps| sweeps as u64),
            rest_sweep: ending.rest_sweep,
            cycle_length: ending.cycle_length,
            recalled_pattern: ending.recalled.map(|(pattern, _)| pattern),
            recalled_overlap: ending.recalled.map(|(_, overlap)| overlap),
            start_pattern,
            start_overlap: start_pattern.and_then(|pattern| overlap(0, pattern)),
            end_pattern,
            overlap: end_pattern.map_or_else(Vec::new, |pattern| {
                (0..rows).step_by(step).filter_map(|row| overlap(row, pattern)).collect()
            }),
            energy_start: trial.energy.first().copied(),
            energy_end: trial.energy.last().copied(),
            flips: trial.flips.iter().sum(),
            outcome: ending.outcome,
        }
    }
}

fn told(findings: &Findings) -> String {
    let mut text = header(findings);
    let mut line = |what: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{what}");
    };
    let dynamics = match findings.temperature {
        0.0 => "deterministic".to_owned(),
        temperature => format!("temperature {}", words::significant(temperature)),
    };
    line(format!("\n{}, {} updates, {dynamics}", words::counted(findings.neurons, "neuron"), findings.update));
    if let Some(patterns) = &findings.patterns {
        let image =
            patterns.image_size.map_or(String::new(), |[width, height]| format!(", images of {width} x {height}"));
        let (count, activity) =
            (words::counted(patterns.count as u64, "pattern"), words::significant(patterns.activity));
        line(format!("{count}, activity {activity}{image}"));
    }
    let several = findings.trials.len() > 1;
    for (number, course) in findings.trials.iter().enumerate().take(TOLD_MAX) {
        line(String::new());
        if several {
            line(format!("trial {number}"));
        }
        told_course(course).into_iter().for_each(&mut line);
    }
    if findings.trials.len() > TOLD_MAX {
        let recalled = |course: &&Course| course.recalled_pattern.is_some();
        let recalled = findings.trials.iter().filter(recalled).count() as u64;
        let all = findings.trials.len() as u64;
        line(format!("\n{} trials in all, {} of them recalled a pattern", words::count(all), words::count(recalled)));
    }
    text
}

fn header(findings: &Findings) -> String {
    let reached = findings.trials.iter().map(|course| course.sweeps).max().unwrap_or(0);
    let reached = words::counted(reached, "sweep");
    let state = match findings.origin.state {
        "complete" => format!("complete, {reached}"),
        "interrupted" => format!("incomplete: interrupted after {reached} of {}", findings.sweeps),
        "running" => format!("running: {reached} of {}", findings.sweeps),
        _ => format!("incomplete: the run was killed after {reached}; --repair opens it to every reader"),
    };
    findings.origin.told(&state, "")
}

/// From where, to where, how fast.
fn told_course(course: &Course) -> Vec<String> {
    let mut lines = Vec::new();
    if !course.outcome.is_empty() {
        lines.push(format!("  {}", course.outcome));
    }
    if let (Some(pattern), Some(overlap)) = (course.start_pattern, course.start_overlap) {
        lines.push(format!("  from overlap {} with pattern {pattern}", words::number(overlap, 4)));
    }
    let flips = words::counted(course.flips, "flip");
    lines.push(match course.rest_sweep {
        Some(sweep) => format!("  at rest after {}, {flips}", words::counted(sweep, "sweep")),
        None => format!("  {}, {flips}", words::counted(course.sweeps, "sweep")),
    });
    if let (Some(start), Some(end)) = (course.energy_start, course.energy_end) {
        lines.push(format!("  energy from {} to {}", words::significant(start), words::significant(end)));
    }
    if let (Some(pattern), true) = (course.end_pattern, course.overlap.len() > 1) {
        let told: Vec<String> = course.overlap.iter().take(12).map(|&overlap| words::number(overlap, 2)).collect();
        let more = if course.overlap.len() > told.len() { " .." } else { "" };
        lines.push(format!("  overlap with pattern {pattern}: {}{more}", told.join(" ")));
    }
    lines
}
