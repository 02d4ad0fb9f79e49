//! The report on a binary network: in words, drawn, and what each trial came to.

use crate::findings::hopfield::Hopfield;
use crate::plot::{self, Options, naming};
use crate::results::Results;

use super::ReportError;
use super::html::{Table, number, remark};
use super::page::Page;

/// Fills the page.
pub(super) fn fill(results: &Results, page: &mut Page) -> Result<(), ReportError> {
    let run = Hopfield::read(results)?;
    page.words(&words(results, &run));
    page.figure("What happened", &plot::hopfield::figure(results, &run, &Options::default())?);
    page.section("What each trial came to", &trials(&run));
    Ok(())
}

fn words(results: &Results, run: &Hopfield) -> Vec<String> {
    let mut told = vec![format!(
        "A binary network of {} with {} updates, at most {} from seed {}{}.",
        naming::counted(run.neurons as u64, "neuron"),
        run.update,
        naming::counted(run.sweeps, "sweep"),
        run.seed,
        if run.temperature > 0.0 { format!(", at temperature {}", run.temperature) } else { String::new() },
    )];
    if let Some(stored) = run.stored {
        let load = stored.count as f64 / run.neurons.max(1) as f64;
        told[0] += &format!(
            " Its weights store {} of activity {}: a load of {}.",
            naming::counted(stored.count as u64, "pattern"),
            number(stored.activity, 3),
            number(load, 3)
        );
    }
    if let Some(how) = naming::incomplete(results) {
        told.push(format!(
            "The run {how} after {}; the report is on what it had recorded.",
            naming::counted(run.recorded_sweeps() as u64, "sweep")
        ));
    }
    let recalled = run.endings.iter().filter(|ending| ending.recalled.is_some()).count();
    told.push(match (run.endings.len(), recalled) {
        (1, _) if !run.endings[0].outcome.is_empty() => ended(&run.endings[0].outcome),
        (count, recalled) => format!("In {recalled} of {count} trials a memory was recalled."),
    });
    told
}

/// How the only trial ended: where there is a fixed point it ended in one, else it ended without.
fn ended(outcome: &str) -> String {
    outcome
        .strip_prefix("no ")
        .map_or_else(|| format!("It ended in a {outcome}."), |what| format!("It came to no {what}."))
}

fn trials(run: &Hopfield) -> String {
    let mut table = Table::new(&[
        "trial",
        "sweeps",
        "at rest after",
        "nearest pattern",
        "overlap at the start",
        "at the end",
        "energy at the start",
        "at the end",
        "flips",
        "outcome",
    ]);
    for (number_of, (trial, ending)) in run.trials.iter().zip(&run.endings).enumerate() {
        let nearest = Hopfield::nearest(trial, 0);
        let overlap = |row: Option<usize>| {
            let found =
                row.zip(nearest).and_then(|(row, pattern)| trial.overlaps.as_ref()?.get([row, pattern]).copied());
            number(found.map_or(f64::NAN, f64::from), 4)
        };
        let last = trial.sweeps.len().checked_sub(1);
        let energy =
            |row: Option<usize>| number(row.and_then(|row| trial.energy.get(row).copied()).unwrap_or(f64::NAN), 2);
        table.rows.push(vec![
            number_of.to_string(),
            naming::count(trial.sweeps.last().map_or(0, |&sweeps| sweeps as u64)),
            ending.rest_sweep.map_or("–".into(), naming::count),
            nearest.map_or("–".into(), |pattern| pattern.to_string()),
            overlap(last.map(|_| 0)),
            overlap(last),
            energy(last.map(|_| 0)),
            energy(last),
            naming::count(trial.flips.iter().sum()),
            if ending.outcome.is_empty() { "–".into() } else { ending.outcome.clone() },
        ]);
    }
    let left_out = run.trial_count - run.trials.len();
    let more = match left_out {
        0 => String::new(),
        1 => remark("The last trial is left out."),
        _ => remark(&format!("The table stops here: {} later trials are left out.", naming::count(left_out as u64))),
    };
    table.html() + &remark("Overlaps are those with the pattern that is nearest at the end.") + &more
}
