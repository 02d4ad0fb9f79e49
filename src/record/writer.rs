//! The writing side: takes batches from the channel, writes and flushes them, and closes the file.

use std::io;
use std::io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use hdf5::types::FixedAscii;

use super::layout::{self, RUN_HASH_BYTES, TIME_BYTES};
use super::place::{Place, Utf8Name};
use super::reserve::Reserve;
use super::{Head, RecordError, cause};

/// After so many bytes the file is flushed: only then it is known how much space they took.
const FLUSH_BYTES: u64 = 32 * 1024 * 1024;

/// What a model puts into a results file: its datasets, and what makes them grow.
pub(crate) trait Content: Sized + Send + 'static {
    /// What the simulation hands over at once.
    type Batch: Send;
    /// What of a batch goes into the file, where that is another thing.
    type Ready;
    /// What is known at the end only, besides the run hash.
    type Conclusion: Send;
    /// What the writer tells when all is written.
    type Written: Send + 'static;

    /// Makes ready what of a batch is to be written.
    fn prepare(&self, batch: &Self::Batch) -> Self::Ready;

    /// Bytes by which a batch makes the file longer, at most.
    fn growth_bytes(&self, batch: &Self::Batch, ready: &Self::Ready) -> u64;

    /// Appends a batch; some of it may wait for more.
    fn append(&mut self, batch: &Self::Batch, ready: &Self::Ready) -> hdf5::Result<()>;

    /// Writes what waits.
    fn flush(&mut self) -> hdf5::Result<()>;

    /// Where a batch ends, in the model's own steps.
    fn end_of(batch: &Self::Batch) -> u64;

    /// The run up to `end` in words: "the first 20 ms of the run".
    fn told(&self, end: u64) -> String;

    /// Corrects what told of the whole run, where it ends at `end`.
    fn end_early(&self, end: u64) -> hdf5::Result<()>;

    /// Overwrites what was reserved for the end.
    fn conclude(&self, conclusion: &Self::Conclusion) -> hdf5::Result<()>;

    /// What was written.
    fn written(&self) -> Self::Written;
}

/// What goes through the channel.
pub(crate) enum Message<C: Content> {
    /// More of the run.
    Batch(C::Batch),
    /// The run came to its end.
    Complete(Completion<C>),
}

/// What is known when a run has come to its end.
pub(crate) struct Completion<C: Content> {
    pub(crate) run_hash: String,
    pub(crate) conclusion: C::Conclusion,
}

/// An open results file.
pub(crate) struct Writer<C> {
    file: hdf5::File,
    content: C,
    place: Place,
    /// The same file beside HDF5: its space, and a shared lock that tells other runs that this one is alive.
    reserve: Reserve,
    flush_interval: Duration,
    flushed_at: Instant,
    written_to: u64,
    flushed_to: u64,
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

impl<C: Content> Writer<C> {
    /// Makes the file, lets `lay_out` make what the model needs, starts SWMR, and only then gives it its name.
    pub(crate) fn create(
        mut place: Place,
        head: &Head<'_>,
        lay_out: impl FnOnce(&hdf5::File) -> hdf5::Result<C>,
    ) -> Result<Self, RecordError> {
        let create = |error: &io::Error| RecordError::create(place.named(), error);
        let mut reserve = Reserve::open(place.now()).map_err(|error| create(&error))?;
        let (file, content) = open(&place, head, lay_out).map_err(|error| create(&cause::of(&error)))?;
        reserve.hold(file.size()).map_err(|error| create(&error))?;
        if cfg!(unix) {
            // Where the file system knows no locks there is nothing to hold; it serves `--force` only.
            let _ = reserve.file().try_lock_shared();
        }
        place.publish()?;
        // A compressed chunk takes a new place each time it is written, so that should not be too often.
        let flush_interval = Duration::from_secs(if head.deflate { 10 } else { 1 });
        Ok(Self {
            file,
            content,
            place,
            reserve,
            flush_interval,
            flushed_at: Instant::now(),
            written_to: 0,
            flushed_to: 0,
            unflushed_bytes: 0,
        })
    }

    /// Writes what comes until the channel is closed or the run is complete, then closes the file.
    pub(crate) fn write(mut self, messages: &Receiver<Message<C>>) -> Result<C::Written, RecordError> {
        let mut completion = None;
        while let (None, Ok(message)) = (&completion, messages.recv()) {
            match message {
                Message::Batch(batch) => {
                    if let Err(failure) = self.append(&batch) {
                        return Err(self.fail(failure));
                    }
                }
                Message::Complete(end) => completion = Some(end),
            }
        }
        match self.finish(completion.as_ref()) {
            Ok(()) => self.close(),
            Err(failure) => Err(self.fail(failure)),
        }
    }

    fn append(&mut self, batch: &C::Batch) -> Result<(), Failure> {
        let ready = self.content.prepare(batch);
        self.hold(self.content.growth_bytes(batch, &ready))?;
        self.content.append(batch, &ready)?;
        self.written_to = C::end_of(batch);
        if self.flushed_at.elapsed() >= self.flush_interval || self.unflushed_bytes >= FLUSH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Holds space for so many bytes more.
    fn hold(&mut self, growth_bytes: u64) -> Result<(), Failure> {
        // HDF5 takes the space of a chunk when it writes it, so the size of the file tells of some of what came since the
        // last flush, and not of all. Where there is no space for twice that, it is looked at closely.
        if self.reserve.hold(self.file.size() + self.unflushed_bytes + growth_bytes).is_err() {
            self.flush()?;
            self.reserve.hold(self.file.size() + growth_bytes).map_err(Failure::NoSpace)?;
        }
        self.unflushed_bytes += growth_bytes;
        Ok(())
    }

    /// Brings everything to the file, for readers to see and for a kill to leave.
    fn flush(&mut self) -> hdf5::Result<()> {
        self.content.flush()?;
        self.file.flush()?;
        self.flushed_to = self.written_to;
        self.unflushed_bytes = 0;
        self.flushed_at = Instant::now();
        Ok(())
    }

    /// Brings the file to its final state: all but closed.
    fn finish(&mut self, completion: Option<&Completion<C>>) -> Result<(), Failure> {
        if completion.is_none() {
            self.content.end_early(self.written_to)?;
        }
        self.flush()?;
        // What the disk refuses late (network file systems, quotas) must be known before the file is called complete.
        sync(self.reserve.file()).map_err(Failure::Hdf5)?;
        Ok(self.mark_finished(completion)?)
    }

    /// Overwrites the reserved attributes, `complete` last.
    fn mark_finished(&self, completion: Option<&Completion<C>>) -> hdf5::Result<()> {
        self.file.attr("finished")?.write_scalar(&ascii::<TIME_BYTES>(&layout::now()))?;
        if let Some(Completion { run_hash, conclusion }) = completion {
            self.content.conclude(conclusion)?;
            self.file.attr("run_hash")?.write_scalar(&ascii::<RUN_HASH_BYTES>(run_hash))?;
            self.file.flush()?;
            self.file.attr("complete")?.write_scalar(&1u8)?;
        }
        self.file.flush()
    }

    fn close(self) -> Result<C::Written, RecordError> {
        let written = self.content.written();
        drop(self.content);
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

    /// Closes the file after a failure, and says what is in it.
    fn fail(mut self, failure: Failure) -> RecordError {
        let path = self.place.named().to_path_buf();
        let error = match failure {
            Failure::NoSpace(error) => {
                let safe = self.content.told(self.written_to);
                match self.finish(None) {
                    Ok(()) => {
                        let safe = format!("{safe} are safe in it, and it is marked incomplete");
                        let (reason, hint) = (cause::words(&error), cause::hint(&error));
                        return self.close().err().unwrap_or(RecordError::Write { path, reason, safe, hint });
                    }
                    Err(Failure::NoSpace(error) | Failure::Hdf5(error)) => error,
                }
            }
            Failure::Hdf5(error) => error,
        };
        let flushed = self.content.told(self.flushed_to);
        let Self { file, content, reserve, .. } = self;
        // HDF5 would write once more when it closes these, and tear what the last flush left whole.
        std::mem::forget((file, content));
        drop(reserve);
        RecordError::Write {
            path,
            reason: cause::words(&error),
            safe: format!("{flushed} are in it, for `attractor info --repair` to close"),
            hint: cause::hint(&error),
        }
    }
}

fn open<C>(
    place: &Place,
    head: &Head<'_>,
    lay_out: impl FnOnce(&hdf5::File) -> hdf5::Result<C>,
) -> hdf5::Result<(hdf5::File, C)> {
    let name = Utf8Name::of(place.now()).map_err(|error| error.to_string())?;
    // SWMR needs the format of HDF5 1.10. Chunks are whole where they are written: HDF5 is to keep none of them in memory,
    // nor parts of them. The root has more attributes than are kept in its header by default, and only there they are
    // overwritten in place.
    let file = hdf5::File::with_options()
        .with_fapl(|access| access.libver_v110().chunk_cache(1, 0, 1.0).sieve_buf_size(0))
        .with_fcpl(|create| create.attr_phase_change(64, 32))
        .create(name.as_path())?;
    layout::attributes(&file, head)?;
    let content = lay_out(&file)?;
    file.flush()?;
    file.start_swmr()?;
    file.flush()?;
    Ok((file, content))
}

fn sync(file: &std::fs::File) -> io::Result<()> {
    match file.sync_all() {
        // Some file systems cannot do it.
        Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput | Unsupported) => Ok(()),
        synced => synced,
    }
}

pub(crate) fn ascii<const N: usize>(text: &str) -> FixedAscii<N> {
    FixedAscii::from_ascii(text.as_bytes()).unwrap_or_default()
}
