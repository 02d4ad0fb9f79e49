//! Times as whole numbers of steps of dt.

use crate::config::{Config, Problem, quoted};
use crate::units::{Multiple, Quantity};

/// The time written at `path` as a number of steps of `dt`.
///
/// # Errors
/// If it is none.
pub(super) fn steps(config: &Config, dt: &Quantity, path: &str, time: &Quantity) -> Result<u64, Problem> {
    let (message, label) = match time.decimal().multiple_of(dt.decimal()) {
        Multiple::Whole(steps) => return Ok(steps),
        Multiple::Between(0) => (
            format!("`{path}` is {}, which is less than a step of dt, `{dt}`", quoted(time.text())),
            format!("write at least \"{}\"", dt.times(1).unwrap_or_default()),
        ),
        Multiple::Between(below) => (
            format!("`{path}` is {}, which is not a whole number of steps of dt, `{dt}`", quoted(time.text())),
            nearest_times(dt, below),
        ),
        Multiple::OutOfRange => (
            format!("`{path}` is {}, which is more than 2^53 steps of dt, `{dt}`", quoted(time.text())),
            "write a shorter time".into(),
        ),
    };
    Err(if config.is_written(path) {
        Problem::value(path, message, label)
    } else {
        // A default: what can be changed is dt, or the default by writing it.
        Problem::value("dt", message, "this dt does not fit the default")
            .help(format!("or write `{path}` yourself: {label}"))
    })
}

/// The whole numbers of steps next to a time, as advice.
fn nearest_times(dt: &Quantity, below: u64) -> String {
    match (dt.times(below), dt.times(below + 1)) {
        (Some(lower), Some(upper)) => format!("the nearest are \"{lower}\" and \"{upper}\""),
        _ => "write a whole number of steps".into(),
    }
}

/// A stimulus in steps, as far as its times are known: its first step, the first one after it, and the steps of the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) start: Option<u64>,
    pub(super) stop: Option<u64>,
    pub(super) run: Option<u64>,
}

impl Window {
    /// First step and first step after, and what is wrong with them: a stimulus ends after it starts, and with the run at
    /// the latest. `path` is the stimulus's; `stop` and `duration` are as written.
    pub(super) fn within_run(
        self,
        path: &str,
        stop: Option<&Quantity>,
        duration: Option<&Quantity>,
    ) -> (Option<(u64, u64)>, Vec<Problem>) {
        let stop_path = format!("{path}.stop");
        let mut problems = Vec::new();
        if let (Some(stop_step), Some(end), Some(stop)) = (self.stop, self.run, stop)
            && stop_step > end
        {
            let message = format!("this stimulus stops at {}, after the end of the run", quoted(stop.text()));
            let label = format!("the run ends at \"{}\"", duration.map_or("", Quantity::text));
            problems.push(Problem::value(&stop_path, message, label));
        }
        let window = self.start.zip(self.stop);
        if window.is_some_and(|(start, stop)| start >= stop) {
            let message = "this stimulus stops before it starts, or as it starts";
            problems.push(Problem::value(&stop_path, message, "write a time after its start"));
        }
        (window.filter(|(start, stop)| start < stop), problems)
    }
}
