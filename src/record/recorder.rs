//! The recorder: the observer on the simulation's side of the channel.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::place::Place;
use super::writer::{Completion, Content, Message, Writer};
use super::{Existing, Head, RecordError, Recorded};
use crate::engine::Dynamics;
use crate::simulate::{Ended, Observer};

/// Batches that may wait for the writer before the simulation waits for it.
const QUEUE_BATCHES: usize = 8;
/// Values after which a batch is sent: so few that they stay in the caches of the cores that hand them over.
const BATCH_VALUES: usize = 16 * 1024;
/// Time after which a batch is sent however small it is, for those who watch the file.
const BATCH_INTERVAL: Duration = Duration::from_millis(500);

/// What a model takes from a run for its results file.
pub(crate) trait Taking<D: Dynamics> {
    /// What it puts into the file.
    type Content: Content;

    /// Before the first block.
    fn start(&mut self, state: &D::Snapshot);

    /// After each block.
    fn take(&mut self, result: &D::BlockResult) -> ControlFlow<()>;

    /// What was taken since the last batch; with `last` also what is not whole yet.
    fn batch(&mut self, last: bool) -> <Self::Content as Content>::Batch;

    /// How many values wait.
    fn values(&self) -> usize;

    /// What is known at the end.
    fn completion(&self) -> Completion<Self::Content>;
}

/// Records a run in a results file. Dropped before it is finished, it closes the file with what it received.
pub(crate) struct Recorder<D: Dynamics, T: Taking<D>> {
    path: PathBuf,
    pub(crate) taking: T,
    sent_at: Instant,
    writer: Option<Channel<T::Content>>,
}

struct Channel<C: Content> {
    messages: SyncSender<Message<C>>,
    failed: Arc<AtomicBool>,
    thread: JoinHandle<Result<C::Written, RecordError>>,
}

/// What became of the file, and what the writer says.
type Finished<C> = (Recorded, <C as Content>::Written);

impl<D: Dynamics, T: Taking<D>> Recorder<D, T> {
    /// Makes the results file, whole but for what the run will add, and starts the thread that writes it.
    pub(crate) fn create(
        (path, existing): (&Path, Existing),
        head: &Head<'_>,
        taking: T,
        lay_out: impl FnOnce(&hdf5::File) -> hdf5::Result<T::Content>,
    ) -> Result<Self, RecordError> {
        let place = Place::claim(path, existing)?;
        let writer = Writer::create(place, head, lay_out)?;
        let writer = Some(start(path, writer)?);
        Ok(Self { path: path.to_path_buf(), taking, sent_at: Instant::now(), writer })
    }

    /// Closes the file: complete, with the run hash, or as far as the run came.
    pub(crate) fn finish(&mut self, ended: Ended) -> Result<Finished<T::Content>, RecordError> {
        let completion = (ended == Ended::Complete).then(|| self.taking.completion());
        let run_hash = completion.as_ref().map(|completion| completion.run_hash.clone());
        let written = self.end(completion)?;
        let bytes = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        Ok((Recorded { path: self.path.clone(), run_hash, bytes }, written))
    }

    /// Sends the rest, closes the channel and waits for the writer.
    fn end(
        &mut self,
        completion: Option<Completion<T::Content>>,
    ) -> Result<<T::Content as Content>::Written, RecordError> {
        self.send(true)?;
        if let (Some(channel), Some(completion)) = (&self.writer, completion) {
            // Where the writer is gone, its error comes from the thread.
            let _ = channel.messages.send(Message::Complete(completion));
        }
        self.join()
    }

    /// Hands a batch to the writer; waits where too many are waiting.
    fn send(&mut self, last: bool) -> Result<(), RecordError> {
        let batch = self.taking.batch(last);
        self.sent_at = Instant::now();
        let sent = self.writer.as_ref().is_some_and(|channel| channel.messages.send(Message::Batch(batch)).is_ok());
        if sent { Ok(()) } else { self.join().map(|_| ()) }
    }

    /// Closes the channel, and waits for the writer and for what it says.
    fn join(&mut self) -> Result<<T::Content as Content>::Written, RecordError> {
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
}

impl<D: Dynamics, T: Taking<D>> Observer<D> for Recorder<D, T> {
    fn start(&mut self, state: &D::Snapshot) -> anyhow::Result<()> {
        self.taking.start(state);
        Ok(())
    }

    fn block(&mut self, result: &D::BlockResult) -> anyhow::Result<ControlFlow<()>> {
        if self.writer.as_ref().is_none_or(|channel| channel.failed.load(Ordering::Relaxed)) {
            self.join()?;
        }
        let then = self.taking.take(result);
        if self.taking.values() >= BATCH_VALUES || self.sent_at.elapsed() >= BATCH_INTERVAL {
            self.send(false)?;
        }
        Ok(then)
    }
}

impl<D: Dynamics, T: Taking<D>> Drop for Recorder<D, T> {
    fn drop(&mut self) {
        if self.writer.is_some() {
            // The run failed elsewhere, and that is what is reported.
            let _ = self.end(None);
        }
    }
}

impl<D: Dynamics, T: Taking<D>> std::fmt::Debug for Recorder<D, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Recorder").field("path", &self.path).finish_non_exhaustive()
    }
}

fn start<C: Content>(path: &Path, writer: Writer<C>) -> Result<Channel<C>, RecordError> {
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
