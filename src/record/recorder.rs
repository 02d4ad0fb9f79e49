//! The recorder: the observer on the simulation's side of the channel.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::bins::{Bins, Overlaps, append_rates};
use super::frames::{FrameLayout, Frames};
use super::place::Place;
use super::sinks::Batch;
use super::writer::{Message, Writer};
use super::{Existing, Hashing, RecordError, Run, Summary, Totals};
use crate::engine::BlockResult;
use crate::network::spiking::Snapshot;
use crate::simulate::{Ended, Observer, spikes_in_order};

/// Batches that may wait for the writer before the simulation waits for it.
const QUEUE_BATCHES: usize = 4;
/// Values after which a batch is sent: a megabyte or so.
const BATCH_VALUES: usize = 64 * 1024;
/// Time after which a batch is sent however small it is, for those who watch the file.
const BATCH_INTERVAL: Duration = Duration::from_millis(500);

/// Records a run in a results file. Dropped before [`Recorder::finish`], it closes the file with what it received.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    hashing: Hashing,
    overlaps: Option<(Bins, Overlaps)>,
    rates: Option<Bins>,
    frames: Vec<FrameLayout>,
    sizes: Vec<u32>,
    spikes_recorded: bool,
    dt_ms: f64,
    steps: u64,
    batch: Batch,
    sent_at: Instant,
    writer: Option<Channel>,
}

#[derive(Debug)]
struct Channel {
    messages: SyncSender<Message>,
    failed: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<u64>, RecordError>>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Steps taken.
    pub steps: u64,
    /// Spikes of all populations.
    pub spikes: u64,
}

impl Recorder {
    /// Makes the results file, whole but for what the run will add, and starts the thread that writes it.
    ///
    /// # Errors
    /// If the file exists and may not be replaced, or cannot be created.
    pub fn create(path: &Path, existing: Existing, run: &Run<'_>) -> Result<Self, RecordError> {
        let frames = fit(run)?;
        let place = Place::claim(path, existing)?;
        let writer = Writer::create(place, run, &frames)?;
        let (model, network) = (run.model, run.network);
        let layout = network.counts_layout();
        let overlaps = model.record.overlaps_bin_steps.filter(|_| layout.patterns > 0).map(|bin_steps| {
            let overlaps = Overlaps {
                members: network.patterns.sizes().to_vec(),
                neurons: network.populations[network.pattern_population].size,
                spikes: layout.spikes(network.pattern_population),
                reference_rate_hz: model.record.reference_rate_hz,
                dt_ms: model.dt_ms,
            };
            (Bins::new(network, 0..layout.spikes(layout.populations), bin_steps), overlaps)
        });
        let rates = model.record.rates_bin_steps;
        let rates = rates.map(|steps| Bins::new(network, layout.spikes(0)..layout.spikes(layout.populations), steps));
        let batch = Batch { frames: vec![Frames::default(); frames.len()], ..Batch::default() };
        Ok(Self {
            path: path.to_path_buf(),
            hashing: Hashing::new(network),
            overlaps,
            rates,
            frames,
            sizes: network.populations.iter().map(|population| population.size).collect(),
            spikes_recorded: !model.record.spikes.populations.is_empty(),
            dt_ms: model.dt_ms,
            steps: network.steps,
            batch,
            sent_at: Instant::now(),
            writer: Some(start(path, writer)?),
        })
    }

    /// How far the run has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let Totals { steps, spikes, .. } = self.hashing.totals();
        Progress { steps: *steps, spikes: spikes.iter().sum() }
    }

    /// Closes the file: complete, with the run hash, or as far as the run came.
    ///
    /// # Errors
    /// If the file could not be written.
    pub fn finish(mut self, ended: Ended) -> Result<Summary, RecordError> {
        let run_hash = (ended == Ended::Complete).then(|| self.hashing.run_hash());
        let recorded_spikes = self.end(run_hash.clone())?;
        let totals = self.hashing.totals().clone();
        Ok(Summary {
            bytes: std::fs::metadata(&self.path).map_or(0, |file| file.len()),
            path: self.path.clone(),
            run_hash,
            steps: totals.steps,
            spikes: totals.spikes,
            recorded_spikes,
            saturated_potentials: totals.saturated_potentials,
            saturated_inputs: totals.saturated_inputs,
        })
    }

    /// Sends the rest, closes the channel and waits for the writer. Returns the number of spikes in the file.
    fn end(&mut self, run_hash: Option<String>) -> Result<Vec<u64>, RecordError> {
        if let Some((bins, overlaps)) = &mut self.overlaps {
            bins.end(|bin| overlaps.append(bin, &mut self.batch.overlaps));
        }
        if let Some(bins) = &mut self.rates {
            bins.end(|bin| append_rates(bin, &self.sizes, self.dt_ms, &mut self.batch.rates));
        }
        self.send()?;
        if let (Some(channel), Some(run_hash)) = (&self.writer, run_hash) {
            // Where the writer is gone, its error comes from the thread.
            let _ = channel.messages.send(Message::Complete(run_hash));
        }
        self.join()
    }

    /// Hands the batch to the writer; waits where too many are waiting.
    fn send(&mut self) -> Result<(), RecordError> {
        let next = Batch { frames: vec![Frames::default(); self.frames.len()], ..Batch::default() };
        let mut batch = std::mem::replace(&mut self.batch, next);
        batch.end_step = self.hashing.totals().steps;
        self.sent_at = Instant::now();
        let sent = self.writer.as_ref().is_some_and(|channel| channel.messages.send(Message::Batch(batch)).is_ok());
        if sent { Ok(()) } else { self.join().map(|_| ()) }
    }

    /// Closes the channel, and waits for the writer and for what it says.
    fn join(&mut self) -> Result<Vec<u64>, RecordError> {
        let stopped = || RecordError::Write {
            path: self.path.clone(),
            reason: "the thread that writes it has stopped".to_owned(),
            safe: "it may lack the end of the run".to_owned(),
            hint: "see what `attractor info` finds in it",
        };
        let Some(Channel { messages, thread, .. }) = self.writer.take() else { return Err(stopped()) };
        drop(messages);
        thread.join().unwrap_or_else(|_| Err(stopped()))
    }

    fn take(&mut self, result: &BlockResult) {
        let spikes = spikes_in_order(result);
        self.hashing.take(result, &spikes);
        if self.spikes_recorded {
            if self.batch.spikes.is_empty() {
                self.batch.spikes = spikes;
            } else {
                self.batch.spikes.extend_from_slice(&spikes);
            }
        }
        if let Some((bins, overlaps)) = &mut self.overlaps {
            bins.add(result, |bin| overlaps.append(bin, &mut self.batch.overlaps));
        }
        if let Some(bins) = &mut self.rates {
            bins.add(result, |bin| append_rates(bin, &self.sizes, self.dt_ms, &mut self.batch.rates));
        }
        let end_step = result.block.end_step();
        for (layout, frames) in self.frames.iter().zip(&mut self.batch.frames) {
            if result.block.probe && layout.is_due(end_step, self.steps) {
                layout.append_probes(end_step as f64 * self.dt_ms, &result.probes, frames);
            }
        }
    }

    fn is_large(&self) -> bool {
        let batch = &self.batch;
        let frames = batch.frames.iter().map(|frames| frames.potentials.len() + frames.inputs.len());
        let traces = batch.overlaps.values.len() + batch.rates.values.len();
        batch.spikes.len().max(traces).max(frames.sum()) >= BATCH_VALUES
    }
}

impl Observer for Recorder {
    fn start(&mut self, state: &Snapshot) -> anyhow::Result<()> {
        for (layout, frames) in self.frames.iter().zip(&mut self.batch.frames) {
            if layout.is_due(state.step, self.steps) {
                layout.append_state(state.step as f64 * self.dt_ms, state, frames);
            }
        }
        Ok(())
    }

    fn block(&mut self, result: &BlockResult) -> anyhow::Result<()> {
        if self.writer.as_ref().is_none_or(|channel| channel.failed.load(Ordering::Relaxed)) {
            self.join()?;
        }
        self.take(result);
        if self.is_large() || self.sent_at.elapsed() >= BATCH_INTERVAL {
            self.send()?;
        }
        Ok(())
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if self.writer.is_some() {
            // The run failed elsewhere, and that is what is reported.
            let _ = self.end(None);
        }
    }
}

fn start(path: &Path, writer: Writer) -> Result<Channel, RecordError> {
    let (messages, received) = sync_channel(QUEUE_BATCHES);
    let failed = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&failed);
    let thread = Builder::new().name("record".to_owned()).spawn(move || {
        let written = writer.write(&received);
        flag.store(written.is_err(), Ordering::Relaxed);
        written
    });
    let thread = thread.map_err(|error| RecordError::create(path, &error))?;
    Ok(Channel { messages, failed, thread })
}

/// Whether a results file can hold the run, and where its probes are.
fn fit(run: &Run<'_>) -> Result<Vec<FrameLayout>, RecordError> {
    let unfit = |what: String| Err(RecordError::Unfit { what });
    for population in &run.model.populations {
        let name = &population.name;
        if name.is_empty() || name == "." || name.contains(['/', '\0']) {
            return unfit(format!("a population called `{}`; call it something without `/`", name.escape_debug()));
        }
    }
    if run.model.record.deflate && !hdf5::filters::deflate_available() {
        return unfit(
            "deflated spikes in this build, whose HDF5 has no deflate; use `compression = \"none\"`".to_owned(),
        );
    }
    let records: Vec<_> =
        run.model.record.voltages.iter().filter(|record| !record.neurons.is_empty()).cloned().collect();
    let frames = FrameLayout::all(&records, run.network);
    match frames.iter().find(|layout| !layout.matches(&run.network.probes)) {
        None => Ok(frames),
        Some(layout) => unfit(format!(
            "the voltages of `{}`: the network was compiled for other probes than the model asks for",
            run.model.populations[layout.population].name
        )),
    }
}
