//! Progress of a run: how far it is, how fast, and the time left, on standard error.

mod hopfield;
mod rate;
mod spiking;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use attractor::engine::Dynamics;
use attractor::simulate::Observer;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::ReportArgs;

use super::engines::Carried;
use super::output::{draws_on_stderr, say};
use super::words;

/// Between two lines where standard error is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(5);
/// Between two updates of the bar.
const BAR_INTERVAL: Duration = Duration::from_millis(100);

/// Two observers of one run: the first sees each block before the second, and the run ends where either has seen enough.
pub(crate) struct Pair<'a, D: Dynamics>(pub(crate) &'a mut dyn Observer<D>, pub(crate) &'a mut dyn Observer<D>);

impl<D: Dynamics> Observer<D> for Pair<'_, D> {
    fn start(&mut self, state: &D::Snapshot) -> anyhow::Result<()> {
        self.0.start(state)?;
        self.1.start(state)
    }

    fn block(&mut self, result: &D::BlockResult) -> anyhow::Result<ControlFlow<()>> {
        let [first, second] = [self.0.block(result)?, self.1.block(result)?];
        Ok(if first.is_break() { first } else { second })
    }
}

/// What a model counts of a run while it goes on.
pub(crate) trait Tally<D: Dynamics> {
    /// Before the first block.
    fn start(&mut self, state: &D::Snapshot);

    /// After each block.
    fn add(&mut self, result: &D::BlockResult);

    /// How much is done, and how much there is to do at most.
    fn steps(&self) -> [u64; 2];

    /// How far the run is and how fast, in words.
    fn told(&self, wall_s: f64) -> String;
}

/// A network that has one.
pub(crate) trait Tallied: Carried {
    type Tally: Tally<Self>;

    /// Nothing is counted yet.
    fn tally(&self, model: &Self::Model) -> Self::Tally;
}

/// Where progress is told.
enum Display {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

/// Tells what a run has done from time to time.
pub(crate) struct Progress<T> {
    display: Display,
    tally: T,
    started: Instant,
    told: Instant,
}

impl<T> Progress<T> {
    /// Progress of a run: a bar on a terminal, lines elsewhere, nothing where none is wanted.
    pub(crate) fn new<D: Dynamics>(tally: T, args: &ReportArgs) -> Self
    where
        T: Tally<D>,
    {
        let display = if args.quiet {
            Display::Nothing
        } else if draws_on_stderr() {
            Display::Bar(bar(tally.steps()[1]))
        } else if args.json {
            Display::Nothing
        } else {
            Display::Lines
        };
        let now = Instant::now();
        Self { display, tally, started: now, told: now }
    }

    /// Ends it: the bar goes away.
    pub(crate) fn finish(self) {
        if let Display::Bar(bar) = self.display {
            bar.finish_and_clear();
        }
    }

    fn tell<D: Dynamics>(&mut self)
    where
        T: Tally<D>,
    {
        let interval = match self.display {
            Display::Bar(_) => BAR_INTERVAL,
            Display::Lines => LINE_INTERVAL,
            Display::Nothing => return,
        };
        if self.told.elapsed() < interval {
            return;
        }
        self.told = Instant::now();
        let wall_s = self.started.elapsed().as_secs_f64();
        let [done, all] = self.tally.steps();
        let left_s = wall_s * (all - done) as f64 / done.max(1) as f64;
        let message = format!("{}, {} left", self.tally.told(wall_s), words::seconds(left_s));
        match &self.display {
            Display::Bar(bar) => {
                bar.set_position(done);
                bar.set_message(message);
            }
            Display::Lines => say(&message),
            Display::Nothing => {}
        }
    }
}

impl<D: Dynamics, T: Tally<D>> Observer<D> for Progress<T> {
    fn start(&mut self, state: &D::Snapshot) -> anyhow::Result<()> {
        self.tally.start(state);
        self.started = Instant::now();
        self.told = self.started;
        Ok(())
    }

    fn block(&mut self, result: &D::BlockResult) -> anyhow::Result<ControlFlow<()>> {
        self.tally.add(result);
        self.tell();
        Ok(ControlFlow::Continue(()))
    }
}

fn bar(steps: u64) -> ProgressBar {
    // The template is a literal of ours: if it were wrong the bar would do without it.
    let style = ProgressStyle::with_template("{bar:30} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(steps).with_style(style)
}
