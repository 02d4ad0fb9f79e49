//! The writing side: takes batches from the channel, writes and flushes them, and closes the file.

use std::io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
use std::io;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use hdf5::types::FixedAscii;

use super::bins::Rows;
use super::frames::{FrameLayout, Frames};
use super::layout::{self, RUN_HASH_BYTES, Sinks, TIME_BYTES};
use super::place::Place;
use super::{RecordError, Run, cause};
use crate::model::spiking::SpikeRecord;
use crate::simulate::Spike;

/// What the simulation hands over at once.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The first step after it.
    pub(crate) end_step: u64,
    /// All spikes, in order of step, then neuron.
    pub(crate) spikes: Vec<Spike>,
    /// Overlaps, [bin][pattern].
    pub(crate) overlaps: Rows,
    /// Rates, [bin][population].
    pub(crate) rates: Rows,
    /// Frames of each recorded population.
    pub(crate) frames: Vec<Frames>,
}

/// What goes through the channel.
#[derive(Debug)]
pub(crate) enum Message {
    /// More of the run.
    Batch(Batch),
    /// All steps were taken; the run hash.
    Complete(String),
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// Spikes of each population.
    pub(crate) spikes: Vec<u64>,
}

/// An open results file.
#[derive(Debug)]
pub(crate) struct Writer {
    file: hdf5::File,
    sinks: Sinks,
    place: Place,
    /// Shared lock: tells other runs that this one is alive, and lets readers in.
    lock: std::fs::File,
    record: SpikeRecord,
    /// First neuron of each population, and the number of all.
    firsts: Vec<u32>,
    dt_ms: f64,
    flush_interval: Duration,
    flushed_at: Instant,
    received_steps: u64,
    safe_steps: u64,
}

impl Writer {
    /// Makes the file, lays it out, starts SWMR, and only then gives it its name.
    pub(crate) fn create(mut place: Place, run: &Run<'_>, frames: &[FrameLayout]) -> Result<Self, RecordError> {
        let (file, sinks) = open(&place, run, frames).map_err(|error| {
            let error = cause::of(&error);
            RecordError::create(place.named(), &error)
        })?;
        let lock = std::fs::File::open(place.now()).map_err(|error| RecordError::create(place.named(), &error))?;
        if cfg!(unix) {
            // Where the file system knows no locks there is nothing to hold; it serves `--force` only.
            let _ = lock.try_lock_shared();
        }
        place.publish()?;
        let populations = &run.network.populations;
        let mut firsts: Vec<u32> = populations.iter().map(|population| population.first).collect();
        firsts.push(run.network.neurons() as u32);
        // A compressed chunk takes a new place each time it is written, so it should not be too often.
        let flush_interval = Duration::from_secs(if run.model.record.deflate { 10 } else { 1 });
        Ok(Self {
            file,
            sinks,
            place,
            lock,
            record: run.model.record.spikes.clone(),
            firsts,
            dt_ms: run.model.dt_ms,
            flush_interval,
            flushed_at: Instant::now(),
            received_steps: 0,
            safe_steps: 0,
        })
    }

    /// Writes what comes until the channel is closed or the run is complete, then closes the file.
    pub(crate) fn write(mut self, messages: &Receiver<Message>) -> Result<Written, RecordError> {
        let mut run_hash = None;
        while let (None, Ok(message)) = (&run_hash, messages.recv()) {
            match message {
                Message::Batch(batch) => {
                    if let Err(error) = self.append(&batch) {
                        return Err(self.salvage(&cause::of(&error)));
                    }
                }
                Message::Complete(hash) => run_hash = Some(hash),
            }
        }
        match self.finish(run_hash.as_deref()) {
            Ok(()) => self.close(),
            Err(error) => Err(self.salvage(&error)),
        }
    }

    fn append(&mut self, batch: &Batch) -> hdf5::Result<()> {
        self.append_spikes(&batch.spikes)?;
        if let Some((time, value)) = &mut self.sinks.overlaps {
            time.append(&batch.overlaps.times_ms)?;
            value.append(&batch.overlaps.values)?;
        }
        let populations = self.sinks.rates.len();
        for (population, (time, value)) in self.sinks.rates.iter_mut().enumerate() {
            time.append(&batch.rates.times_ms)?;
            let column: Vec<f32> = batch.rates.values.iter().skip(population).step_by(populations).copied().collect();
            value.append(&column)?;
        }
        for (report, frames) in self.sinks.reports.iter_mut().zip(&batch.frames) {
            report.data.append(&frames.potentials)?;
            if let Some((time, value)) = &mut report.inputs {
                time.append(&frames.times_ms)?;
                value.append(&frames.inputs)?;
            }
        }
        self.received_steps = batch.end_step;
        if self.flushed_at.elapsed() >= self.flush_interval { self.flush() } else { Ok(()) }
    }

    /// Appends the spikes that are to be recorded, each to its population.
    fn append_spikes(&mut self, spikes: &[Spike]) -> hdf5::Result<()> {
        let steps = self.record.start_step..self.record.stop_step;
        let every = self.record.every.max(1);
        for (population, timestamps, node_ids) in &mut self.sinks.spikes {
            let neurons = self.firsts[*population]..self.firsts[*population + 1];
            let recorded = spikes.iter().filter(|spike| {
                neurons.contains(&spike.neuron)
                    && steps.contains(&spike.step)
                    && (every == 1 || (spike.neuron - neurons.start) % every == 0)
            });
            let (times, ids): (Vec<f64>, Vec<u64>) = recorded
                .map(|spike| ((spike.step + 1) as f64 * self.dt_ms, u64::from(spike.neuron - neurons.start)))
                .unzip();
            timestamps.append(&times)?;
            node_ids.append(&ids)?;
        }
        Ok(())
    }

    /// Brings everything to the file, for readers to see and for a kill to leave.
    fn flush(&mut self) -> hdf5::Result<()> {
        self.file.flush()?;
        self.sinks.all().for_each(super::extend::Extendible::mark_safe);
        self.safe_steps = self.received_steps;
        self.flushed_at = Instant::now();
        Ok(())
    }

    fn finish(&mut self, run_hash: Option<&str>) -> io::Result<()> {
        let early = if run_hash.is_none() { self.end_reports_early() } else { Ok(()) };
        early.and_then(|()| self.flush()).map_err(|error| cause::of(&error))?;
        // What the disk refuses late (network file systems, quotas) must be known before the file is called complete.
        sync(&self.lock)?;
        self.mark_finished(run_hash).map_err(|error| cause::of(&error))
    }

    /// Overwrites the reserved attributes, `complete` last.
    fn mark_finished(&self, run_hash: Option<&str>) -> hdf5::Result<()> {
        self.file.attr("finished")?.write_scalar(&ascii::<TIME_BYTES>(&layout::now()))?;
        if let Some(run_hash) = run_hash {
            self.file.attr("run_hash")?.write_scalar(&ascii::<RUN_HASH_BYTES>(run_hash))?;
            self.file.flush()?;
            self.file.attr("complete")?.write_scalar(&1u8)?;
        }
        self.file.flush()
    }

    fn end_reports_early(&self) -> hdf5::Result<()> {
        let stop_ms = self.received_steps as f64 * self.dt_ms;
        for report in &self.sinks.reports {
            let [start_ms, _, every_ms] = report.time.read_raw::<f64>()?[..] else { continue };
            report.time.write_raw(&[start_ms, stop_ms, every_ms])?;
        }
        Ok(())
    }

    fn close(self) -> Result<Written, RecordError> {
        let mut written = Written { spikes: vec![0; self.firsts.len() - 1] };
        for (population, timestamps, _) in &self.sinks.spikes {
            written.spikes[*population] = timestamps.rows() as u64;
        }
        drop(self.sinks);
        match self.file.close() {
            Ok(()) => Ok(written),
            Err(error) => {
                let error = cause::of(&error);
                Err(RecordError::Write {
                    path: self.place.named().to_path_buf(),
                    reason: cause::words(&error),
                    safe: "all of the run is in the file, which could not be closed".to_owned(),
                    hint: "`attractor info --repair` closes it",
                })
            }
        }
    }

    /// After a failure: what had reached the disk stays, the rest is taken back, and the file is closed.
    fn salvage(mut self, error: &io::Error) -> RecordError {
        let safe_ms = self.safe_steps as f64 * self.dt_ms;
        self.received_steps = self.safe_steps;
        let taken_back = self.sinks.all().try_for_each(super::extend::Extendible::take_back);
        let closed = taken_back.and_then(|()| self.end_reports_early()).and_then(|()| {
            self.file.attr("finished")?.write_scalar(&ascii::<TIME_BYTES>(&layout::now()))?;
            self.file.flush()
        });
        eprintln!("salvage: {closed:?}");
        drop(self.sinks);
        let closed = closed.and_then(|()| self.file.close());
        eprintln!("salvage close: {closed:?}");
        RecordError::Write {
            path: self.place.named().to_path_buf(),
            reason: cause::words(error),
            safe: format!("the first {safe_ms} ms of the run are safe in it, and it is marked incomplete"),
            hint: cause::hint(error),
        }
    }
}

fn open(place: &Place, run: &Run<'_>, frames: &[FrameLayout]) -> hdf5::Result<(hdf5::File, Sinks)> {
    let name = super::place::Utf8Name::of(place.now()).map_err(|error| error.to_string())?;
    // SWMR needs the format of HDF5 1.10. The root has more attributes than are kept in its header by default, and only
    // there they are overwritten in place.
    let file = hdf5::File::with_options()
        .with_fapl(|access| access.libver_v110())
        .with_fcpl(|create| create.attr_phase_change(64, 32))
        .create(name.as_path())?;
    let sinks = layout::lay_out(&file, run, frames)?;
    file.flush()?;
    file.start_swmr()?;
    file.flush()?;
    Ok((file, sinks))
}

fn sync(file: &std::fs::File) -> io::Result<()> {
    match file.sync_all() {
        // Some systems cannot do it for a file opened for reading, and some file systems not at all.
        Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput | Unsupported) => Ok(()),
        synced => synced,
    }
}

fn ascii<const N: usize>(text: &str) -> FixedAscii<N> {
    FixedAscii::from_ascii(text.as_bytes()).unwrap_or_default()
}
