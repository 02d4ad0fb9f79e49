//! Progress of a run: biological time, speed against real time, spikes and time left, on standard error.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use attractor::engine::BlockResult;
use attractor::network::spiking::{CountsLayout, Snapshot, Spiking};
use attractor::simulate::Observer;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::ReportArgs;

use super::output::say;
use super::words;

/// Between two lines where standard error is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(5);
/// Between two updates of the bar.
const BAR_INTERVAL: Duration = Duration::from_millis(100);

/// Two observers of one run: the first sees each block before the second.
pub(crate) struct Pair<'a>(pub(crate) &'a mut dyn Observer, pub(crate) &'a mut dyn Observer);

impl Observer for Pair<'_> {
    fn start(&mut self, state: &Snapshot) -> anyhow::Result<()> {
        self.0.start(state)?;
        self.1.start(state)
    }

    fn block(&mut self, result: &BlockResult) -> anyhow::Result<()> {
        self.0.block(result)?;
        self.1.block(result)
    }
}

/// Where progress is told.
enum Display {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

/// Counts what a run has done and tells it from time to time.
pub(crate) struct Progress {
    display: Display,
    layout: CountsLayout,
    dt_ms: f64,
    steps: u64,
    steps_done: u64,
    spikes: u64,
    started: Instant,
    told: Instant,
}

impl Progress {
    /// Progress of a run of `network`: a bar on a terminal, lines elsewhere, nothing where none is wanted.
    pub(crate) fn new(network: &Spiking, dt_ms: f64, args: &ReportArgs) -> Self {
        let display = if args.quiet {
            Display::Nothing
        } else if stderr().is_terminal() {
            Display::Bar(bar(network.steps))
        } else if args.json {
            Display::Nothing
        } else {
            Display::Lines
        };
        let now = Instant::now();
        Self {
            display,
            layout: network.counts_layout(),
            dt_ms,
            steps: network.steps,
            steps_done: 0,
            spikes: 0,
            started: now,
            told: now,
        }
    }

    /// Ends it: the bar goes away.
    pub(crate) fn finish(self) {
        if let Display::Bar(bar) = self.display {
            bar.finish_and_clear();
        }
    }

    fn tell(&mut self) {
        let interval = match self.display {
            Display::Bar(_) => BAR_INTERVAL,
            Display::Lines => LINE_INTERVAL,
            Display::Nothing => return,
        };
        if self.told.elapsed() < interval {
            return;
        }
        self.told = Instant::now();
        match &self.display {
            Display::Bar(bar) => {
                bar.set_position(self.steps_done);
                bar.set_message(self.message());
            }
            Display::Lines => say(&self.message()),
            Display::Nothing => {}
        }
    }

    fn message(&self) -> String {
        let seconds = |steps: u64| steps as f64 * self.dt_ms / 1000.0;
        let wall_s = self.started.elapsed().as_secs_f64();
        let left_s = wall_s * (self.steps - self.steps_done) as f64 / self.steps_done.max(1) as f64;
        format!(
            "{:.2} s of {:.2} s, {}, {}, {} left",
            seconds(self.steps_done),
            seconds(self.steps),
            words::speed(seconds(self.steps_done), wall_s),
            words::counted(self.spikes, "spike"),
            words::seconds(left_s),
        )
    }
}

impl Observer for Progress {
    fn start(&mut self, state: &Snapshot) -> anyhow::Result<()> {
        self.steps_done = state.step;
        self.started = Instant::now();
        self.told = self.started;
        Ok(())
    }

    fn block(&mut self, result: &BlockResult) -> anyhow::Result<()> {
        self.steps_done = result.block.end_step();
        let populations = self.layout.spikes(0)..self.layout.spikes(self.layout.populations);
        let rows = result.counts.chunks_exact(self.layout.len());
        self.spikes += rows.flat_map(|row| &row[populations.clone()]).map(|&count| u64::from(count)).sum::<u64>();
        self.tell();
        Ok(())
    }
}

fn bar(steps: u64) -> ProgressBar {
    // The template is a literal of ours: if it were wrong the bar would do without it.
    let style = ProgressStyle::with_template("{bar:30} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(steps).with_style(style)
}
