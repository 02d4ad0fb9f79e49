//! The report on a rate network: in words, drawn, and the fixed points that it came to.

use crate::findings::rate::Rate;
use crate::plot::{self, Options, naming};
use crate::results::Results;

use super::ReportError;
use super::html::{Table, milliseconds, number, remark};
use super::page::Page;

/// Fills the page.
pub(super) fn fill(results: &Results, page: &mut Page) -> Result<(), ReportError> {
    let run = Rate::read(results)?;
    page.words(&words(results, &run));
    page.figure("What happened", &plot::rate::figure(results, &run, &Options::default())?);
    page.section("Fixed points", &fixed_points(&run));
    Ok(())
}

fn words(results: &Results, run: &Rate) -> Vec<String> {
    let mut told = vec![format!(
        "A rate network of {} with the gain {}, a time constant of {} ms, simulated for {} ms from seed {}.",
        naming::counted(run.neurons as u64, "neuron"),
        run.gain,
        milliseconds(run.tau_ms),
        milliseconds(run.duration_ms),
        run.seed
    )];
    if let Some(stored) = run.stored {
        told[0] += &format!(
            " It has {} of activity {}.",
            naming::counted(stored.count as u64, "pattern"),
            number(stored.activity, 3)
        );
    }
    if let Some(how) = naming::incomplete(results) {
        let reached = milliseconds(run.diverged_ms.unwrap_or_else(|| run.recorded_ms.round()));
        told.push(format!("The run {how} at {reached} ms; the report is on what it had recorded until then."));
    }
    told
}

fn fixed_points(run: &Rate) -> String {
    if run.residual.is_none() {
        return "<p>No residual is recorded: record it with <code>record.rates = \"1 ms\"</code>.</p>\n".into();
    }
    let mut table = Table::new(&["from (ms)", "to (ms)", "pattern", "overlap", "mean rate", "residual"]);
    for point in run.fixed_points() {
        table.rows.push(vec![
            milliseconds(point.start_ms),
            milliseconds(point.stop_ms),
            point.overlap.map_or("–".into(), |(pattern, _)| pattern.to_string()),
            number(point.overlap.map_or(f64::NAN, |(_, overlap)| overlap), 6),
            number(point.mean_rate, 6),
            format!("{:.1e}", point.residual),
        ]);
    }
    let remarks = "A network is at a fixed point while its residual, the largest |−r + φ(u + W r)| over neurons, stays at most 1e-5 (times \
         the mean rate, if that is above 1) for five time constants. The pattern is that with the largest overlap in size.";
    if table.rows.is_empty() { "<p>It came to none.</p>\n".into() } else { table.html() + &remark(remarks) }
}
