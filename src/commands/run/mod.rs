//! `attractor run`: runs a configuration and writes its results file.

mod hopfield;
mod rate;
mod spiking;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use attractor::compile::compile;
use attractor::engine::{Engine, EngineInfo};
use attractor::record::{self, Existing, RecordError};
use attractor::schedule::Timeline;
use attractor::simulate::{self, Ended as RunEnded, Observer};
use serde_json::Value;

use crate::cli::RunArgs;

use super::failure::Usage;
use super::phases::Phases;
use super::progress::{Pair, Progress};
use super::source::{Compiled, Source};
use super::watch::{self, Screen, Watched};
use super::{Ended, engines, interrupt, output, words};

/// Runs it: read, compile, start the engine, open the results file, run, write.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<Ended> {
    let stop = interrupt::listen()?;
    let mut phases = Phases::start(args.report.verbose);
    let path = args.output.clone().unwrap_or_else(|| default_output(&args.config.config));
    let existing = if args.force { Existing::Replace } else { Existing::Refuse };
    let source = Source::read(&args.config, &mut phases, compile)?;
    check_output(&path, existing, &args.config.config)?;
    if args.watch {
        watch::check()?;
    }
    let job = Job { args, stop, phases, path, existing };
    match source {
        Source::Spiking(source) => job.carry_out(&source),
        Source::Hopfield(source) => job.carry_out(&source),
        Source::Rate(source) => job.carry_out(&source),
    }
}

/// What a model has to itself in a run: what is recorded, and what is told at the end.
trait Run: Timeline + Watched {
    type Recorder: Observer<Self>;
    type Summary;

    /// Opens the results file.
    fn record(job: &Job<'_>, source: &Compiled<Self>, engine: &EngineInfo) -> Result<Self::Recorder, RecordError>;

    /// Closes it.
    fn finish(recorder: Self::Recorder, ended: RunEnded) -> Result<Self::Summary, RecordError>;

    /// Why the network could not be carried to its end, though nothing failed: what there is of the run is in the file.
    fn failure(_: &Done<Self::Summary>, _: &Compiled<Self>) -> Option<anyhow::Error> {
        None
    }

    /// The end of a run in words.
    fn told(done: &Done<Self::Summary>, source: &Compiled<Self>) -> String;

    /// The end of a run as a document.
    fn document(done: &Done<Self::Summary>, source: &Compiled<Self>) -> Value;
}

/// A run that has ended.
struct Done<S> {
    summary: S,
    ended: RunEnded,
    info: EngineInfo,
    wall_s: f64,
}

/// A run that is to be made.
struct Job<'a> {
    args: &'a RunArgs,
    stop: &'static AtomicBool,
    phases: Phases,
    path: PathBuf,
    existing: Existing,
}

impl Job<'_> {
    fn carry_out<D: Run>(mut self, source: &Compiled<D>) -> anyhow::Result<Ended> {
        let mut engine = engines::open(&self.args.engine, &source.network)?;
        let info = engine.info().clone();
        self.phases.end("start engine", &words::engine(&info));
        interrupt::begin();
        let mut recorder = D::record(&self, source, &info)?;
        self.phases.end("open results", &self.path.display().to_string());
        let ended = self.run(source, &mut *engine, &mut recorder)?;
        let wall_s = self.phases.end("run", &words::profile(&engine.profile()));
        let summary = D::finish(recorder, ended)?;
        self.phases.end("write", "");
        let done = Done { summary, ended, info, wall_s };
        if let Some(failure) = D::failure(&done, source) {
            return Err(failure);
        }
        if self.args.report.json {
            output::print_json(&D::document(&done, source))?;
        } else if !self.args.report.quiet {
            output::print(&D::told(&done, source))?;
        }
        Ok(match ended {
            RunEnded::Complete => Ended::Done,
            RunEnded::Interrupted => Ended::Interrupted,
        })
    }

    fn run<D: Run>(
        &self,
        source: &Compiled<D>,
        engine: &mut dyn Engine<D>,
        recorder: &mut D::Recorder,
    ) -> anyhow::Result<RunEnded> {
        if self.args.watch {
            return self.watched(source, engine, recorder);
        }
        let mut progress = Progress::new(source.network.tally(&source.model), &self.args.report);
        let ended = simulate::run_trials(&*source.network, engine, &mut Pair(recorder, &mut progress), self.stop);
        progress.finish();
        Ok(ended?)
    }

    /// The same before the eyes of who sits at the terminal.
    fn watched<D: Run>(
        &self,
        source: &Compiled<D>,
        engine: &mut dyn Engine<D>,
        recorder: &mut D::Recorder,
    ) -> anyhow::Result<RunEnded> {
        let (tally, watching) = (source.network.tally(&source.model), source.network.watch(&source.model));
        let mut screen = Screen::open(&self.path.display().to_string(), tally, watching, self.stop)?;
        let ended = simulate::run_trials(&*source.network, engine, &mut Pair(recorder, &mut screen), self.stop);
        screen.close();
        Ok(ended?)
    }
}

/// Whether the results may go there, asked before anything runs. The configuration is never replaced.
fn check_output(path: &Path, existing: Existing, config: &Path) -> anyhow::Result<()> {
    if let (Ok(output), Ok(config)) = (path.canonicalize(), config.canonicalize())
        && output == config
    {
        let named = path.display();
        return Err(Usage(format!("`{named}` is the configuration itself; name another file with -o")).into());
    }
    record::check(path, existing)?;
    Ok(())
}

/// The configuration's name with .h5, in the current folder.
fn default_output(config: &Path) -> PathBuf {
    let mut name = config.file_stem().unwrap_or("results".as_ref()).to_owned();
    name.push(".h5");
    name.into()
}
