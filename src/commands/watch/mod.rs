//! `attractor run --watch`: the run as it goes, on a terminal: overlaps, rates, a raster, progress and speed.
//!
//! The observer only counts; a thread of its own draws ten times a second what the observer last left for it.

mod draw;
mod hopfield;
mod rate;
mod spiking;

use std::collections::VecDeque;
use std::io::{IsTerminal, stderr};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use attractor::engine::Dynamics;
use attractor::simulate::Observer;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyModifiers};

use super::failure::Usage;
use super::output::draws_on_stderr;
use super::progress::{Tallied, Tally};

/// Between two pictures.
const FRAME: Duration = Duration::from_millis(100);
/// Between two looks for a key, and for the end of the run: it is not held up longer.
const LOOK: Duration = Duration::from_millis(10);
/// Columns of the raster that are kept: more than a terminal is wide, two to a character.
const COLUMNS_MAX: usize = 640;

/// A bar: how large one thing is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) value: f64,
}

/// What is drawn of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shown {
    /// What the bars are of.
    pub(crate) bars_title: &'static str,
    pub(crate) bars: Vec<Bar>,
    /// What the numbers beside them are of.
    pub(crate) numbers_title: &'static str,
    pub(crate) numbers: Vec<(String, String)>,
    /// Rows of the raster from the top: what they are of. None where there is no raster.
    pub(crate) rows: Vec<String>,
    /// Which rows fired, column by column, the latest last: bit r is row r.
    pub(crate) columns: VecDeque<u64>,
    /// Progress: done, and all there is to do at most.
    pub(crate) steps: [u64; 2],
    /// Progress in words.
    pub(crate) told: String,
}

impl Shown {
    pub(crate) fn push_column(&mut self, column: u64) {
        if self.columns.len() == COLUMNS_MAX {
            self.columns.pop_front();
        }
        self.columns.push_back(column);
    }
}

/// What a model gathers of a run for those who watch.
pub(crate) trait Watching<D: Dynamics> {
    /// After each block: brief, it holds the run up.
    fn add(&mut self, result: &D::BlockResult);

    /// What there is to see now: asked for ten times a second.
    fn shown(&mut self) -> &Shown;
}

/// A network that can be watched.
pub(crate) trait Watched: Tallied {
    type Watching: Watching<Self>;

    fn watch(&self, model: &Self::Model) -> Self::Watching;
}

/// Whether there is a terminal to draw on: asked before anything is made.
pub(crate) fn check() -> Result<(), Usage> {
    if draws_on_stderr() {
        return Ok(());
    }
    let why = if stderr().is_terminal() {
        "TERM=dumb says that this one cannot be drawn on"
    } else {
        "standard error is none"
    };
    Err(Usage(format!("--watch draws on a terminal, and {why}; leave it out")))
}

/// An observer that shows a run on the terminal.
pub(crate) struct Screen<T, W> {
    tally: T,
    watching: W,
    started: Instant,
    left: Instant,
    shared: Arc<Mutex<Shown>>,
    drawing: Drawing,
}

impl<T, W> Screen<T, W> {
    /// Takes the terminal; `q` sets `stop`.
    pub(crate) fn open(name: &str, tally: T, watching: W, stop: &'static AtomicBool) -> anyhow::Result<Self> {
        let shared = Arc::new(Mutex::new(Shown::default()));
        let drawing = Drawing::start(name.to_owned(), shared.clone(), stop)?;
        let now = Instant::now();
        Ok(Self { tally, watching, started: now, left: now, shared, drawing })
    }

    /// Gives the terminal back.
    pub(crate) fn close(self) {
        drop(self.drawing);
    }

    /// Leaves what there is to see for the drawing thread.
    fn leave<D: Dynamics>(&mut self)
    where
        T: Tally<D>,
        W: Watching<D>,
    {
        self.left = Instant::now();
        let wall_s = self.started.elapsed().as_secs_f64();
        let (steps, told) = (self.tally.steps(), self.tally.told(wall_s));
        let shown = Shown { steps, told, ..self.watching.shown().clone() };
        *self.shared.lock().unwrap_or_else(PoisonError::into_inner) = shown;
    }
}

impl<D: Dynamics, T: Tally<D>, W: Watching<D>> Observer<D> for Screen<T, W> {
    fn start(&mut self, state: &D::Snapshot) -> anyhow::Result<()> {
        self.tally.start(state);
        self.started = Instant::now();
        self.leave();
        Ok(())
    }

    fn block(&mut self, result: &D::BlockResult) -> anyhow::Result<ControlFlow<()>> {
        self.tally.add(result);
        self.watching.add(result);
        if self.left.elapsed() >= FRAME {
            self.leave();
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// The terminal is in a state of its own: to be put back whatever happens.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Puts the terminal back, if it was taken.
pub(crate) fn restore() {
    if TAKEN.swap(false, Ordering::Relaxed) {
        draw::restore();
    }
}

/// The thread that draws.
struct Drawing {
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drawing {
    fn start(name: String, shared: Arc<Mutex<Shown>>, stop: &'static AtomicBool) -> anyhow::Result<Self> {
        let mut terminal = draw::take()?;
        TAKEN.store(true, Ordering::Relaxed);
        let end = Arc::new(AtomicBool::new(false));
        let ended = end.clone();
        let thread = std::thread::spawn(move || {
            let mut drawn: Option<Instant> = None;
            while !ended.load(Ordering::Relaxed) {
                if drawn.is_none_or(|drawn| drawn.elapsed() >= FRAME) {
                    drawn = Some(Instant::now());
                    let shown = shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    // A terminal that went away does not end the run.
                    let _ = terminal.draw(|frame| draw::draw(frame, &name, &shown, stop.load(Ordering::Relaxed)));
                }
                if event::poll(LOOK).unwrap_or_else(|_| wait()) && event::read().is_ok_and(|event| is_stop(&event)) {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        });
        Ok(Self { end, thread: Some(thread) })
    }
}

/// Where no key can be asked for.
fn wait() -> bool {
    std::thread::sleep(LOOK);
    false
}

impl Drop for Drawing {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A fault in drawing is told where it happens; the run has ended.
            let _ = thread.join();
        }
        restore();
    }
}

/// q, Esc, and Ctrl-C, which comes as a key while the terminal is taken.
fn is_stop(event: &Event) -> bool {
    let Event::Key(key) = event else { return false };
    match key.code {
        KeyCode::Char('q') | KeyCode::Esc => true,
        KeyCode::Char('c') => key.modifiers.contains(KeyModifiers::CONTROL),
        _ => false,
    }
}
