//! The writing side: takes batches from the channel, writes and flushes them, and closes the file.

use std::io;
use std::io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use hdf5::types::FixedAscii;

use super::frames::FrameLayout;
use super::layout::{self, RUN_HASH_BYTES, TIME_BYTES};
use super::place::{Place, Utf8Name};
use super::reserve::Reserve;
use super::sinks::{Batch, Sinks};
use super::{RecordError, Run, cause};
use crate::model::spiking::SpikeRecord;

/// What goes through the channel.
#[derive(Debug)]
pub(crate) enum Message {
    /// More of the run.
    Batch(Batch),
    /// All steps were taken; the run hash.
    Complete(String),
}

/// An open results file.
#[derive(Debug)]
pub(crate) struct Writer {
    file: hdf5::File,
    sinks: Sinks,
    place: Place,
    /// The same file beside HDF5: its space, and a shared lock that tells other runs that this one is alive.
    reserve: Reserve,
    record: SpikeRecord,
    populations: usize,
    dt_ms: f64,
    flush_interval: Duration,
    flushed_at: Instant,
    written_steps: u64,
    flushed_steps: u64,
    unflushed_bytes: u64,
}

/// Why writing stopped.
enum Failure {
    /// There was no space for more: the file is whole, and can be closed.
    NoSpace(io::Error),
    /// HDF5 failed, and what it holds in memory is not to be trusted.
    Hdf5(io::Error),
}

impl From<hdf5::Error> for Failure {
    fn from(error: hdf5::Error) -> Self {
        Self::Hdf5(cause::of(&error))
    }
}

impl Writer {
    /// Makes the file, lays it out, starts SWMR, and only then gives it its name.
    pub(crate) fn create(mut place: Place, run: &Run<'_>, frames: &[FrameLayout]) -> Result<Self, RecordError> {
        let create = |error: &io::Error| RecordError::create(place.named(), error);
        let mut reserve = Reserve::open(place.now()).map_err(|error| create(&error))?;
        let (file, sinks) = open(&place, run, frames).map_err(|error| create(&cause::of(&error)))?;
        reserve.hold(file.size()).map_err(|error| create(&error))?;
        if cfg!(unix) {
            // Where the file system knows no locks there is nothing to hold; it serves `--force` only.
            let _ = reserve.file().try_lock_shared();
        }
        place.publish()?;
        // A compressed chunk takes a new place each time it is written, so that should not be too often.
        let flush_interval = Duration::from_secs(if run.model.record.deflate { 10 } else { 1 });
        Ok(Self {
            file,
            sinks,
            place,
            reserve,
            record: run.model.record.spikes.clone(),
            populations: run.network.populations.len(),
            dt_ms: run.model.dt_ms,
            flush_interval,
            flushed_at: Instant::now(),
            written_steps: 0,
            flushed_steps: 0,
            unflushed_bytes: 0,
        })
    }

    /// Writes what comes until the channel is closed or the run is complete, then closes the file. Returns the number
    /// of spikes written of each population.
    pub(crate) fn write(mut self, messages: &Receiver<Message>) -> Result<Vec<u64>, RecordError> {
        let mut run_hash = None;
        while let (None, Ok(message)) = (&run_hash, messages.recv()) {
            match message {
                Message::Batch(batch) => {
                    if let Err(failure) = self.append(&batch) {
                        return Err(self.fail(failure));
                    }
                }
                Message::Complete(hash) => run_hash = Some(hash),
            }
        }
        match self.finish(run_hash.as_deref()) {
            Ok(()) => self.close(),
            Err(failure) => Err(self.fail(failure)),
        }
    }

    fn append(&mut self, batch: &Batch) -> Result<(), Failure> {
        let spikes = self.sinks.select(&batch.spikes, &self.record, self.dt_ms);
        // HDF5 takes the space of a chunk when it flushes it, so the size of the file does not tell yet.
        let unflushed_bytes = self.unflushed_bytes + self.sinks.growth_bytes(batch, &spikes);
        self.reserve.hold(self.file.size() + unflushed_bytes).map_err(Failure::NoSpace)?;
        self.unflushed_bytes = unflushed_bytes;
        self.sinks.append(batch, &spikes)?;
        self.written_steps = batch.end_step;
        if self.flushed_at.elapsed() >= self.flush_interval {
            self.flush()?;
        }
        Ok(())
    }

    /// Brings everything to the file, for readers to see and for a kill to leave.
    fn flush(&mut self) -> hdf5::Result<()> {
        self.file.flush()?;
        self.flushed_steps = self.written_steps;
        self.unflushed_bytes = 0;
        self.flushed_at = Instant::now();
        Ok(())
    }

    /// Brings the file to its final state: all but closed.
    fn finish(&mut self, run_hash: Option<&str>) -> Result<(), Failure> {
        if run_hash.is_none() {
            self.sinks.end_reports(self.written_steps as f64 * self.dt_ms)?;
        }
        self.flush()?;
        // What the disk refuses late (network file systems, quotas) must be known before the file is called complete.
        sync(self.reserve.file()).map_err(Failure::Hdf5)?;
        Ok(self.mark_finished(run_hash)?)
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

    fn close(self) -> Result<Vec<u64>, RecordError> {
        let written = self.sinks.spike_counts(self.populations);
        drop(self.sinks);
        match self.file.close() {
            Ok(()) => {
                self.reserve.release();
                Ok(written)
            }
            Err(error) => Err(RecordError::Write {
                path: self.place.named().to_path_buf(),
                reason: cause::plain(&error),
                safe: "the whole run is in it, but it could not be closed".to_owned(),
                hint: "close it with `attractor info --repair`",
            }),
        }
    }

    /// Steps as a time to be read by people.
    fn rounded_ms(&self, steps: u64) -> f64 {
        (steps as f64 * self.dt_ms * 1e6).round() / 1e6
    }

    /// Closes the file after a failure, and says what is in it.
    fn fail(mut self, failure: Failure) -> RecordError {
        let path = self.place.named().to_path_buf();
        let error = match failure {
            Failure::NoSpace(error) => {
                let safe_ms = self.rounded_ms(self.written_steps);
                match self.finish(None) {
                    Ok(()) => {
                        let safe =
                            format!("the first {safe_ms} ms of the run are safe in it, and it is marked incomplete");
                        let (reason, hint) = (cause::words(&error), cause::hint(&error));
                        return self.close().err().unwrap_or(RecordError::Write { path, reason, safe, hint });
                    }
                    Err(Failure::NoSpace(error) | Failure::Hdf5(error)) => error,
                }
            }
            Failure::Hdf5(error) => error,
        };
        let flushed_ms = self.rounded_ms(self.flushed_steps);
        let Self { file, sinks, reserve, .. } = self;
        // HDF5 would write once more when it closes these, and tear what the last flush left whole.
        std::mem::forget((file, sinks));
        drop(reserve);
        RecordError::Write {
            path,
            reason: cause::words(&error),
            safe: format!("the first {flushed_ms} ms of the run are in it, for `attractor info --repair` to close"),
            hint: cause::hint(&error),
        }
    }
}

fn open(place: &Place, run: &Run<'_>, frames: &[FrameLayout]) -> hdf5::Result<(hdf5::File, Sinks)> {
    let name = Utf8Name::of(place.now()).map_err(|error| error.to_string())?;
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
        // Some file systems cannot do it.
        Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput | Unsupported) => Ok(()),
        synced => synced,
    }
}

fn ascii<const N: usize>(text: &str) -> FixedAscii<N> {
    FixedAscii::from_ascii(text.as_bytes()).unwrap_or_default()
}
