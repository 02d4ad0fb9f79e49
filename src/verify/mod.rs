//! Verification: two engines side by side, block by block, and the first thing in which they differ.

pub mod hopfield;
pub mod rate;
pub mod spiking;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::{Engine, EngineError};
use crate::schedule::Timeline;
use crate::simulate::{Observer, SimulateError};

/// A network whose engines can be compared.
pub trait Comparable: Timeline {
    /// The first thing in which two engines differ.
    type Difference;

    /// Engines of this network need not be equal to the bit: so that differences do not add up, the second one starts
    /// every block from the state of the first.
    const STARTS_ALIKE: bool = false;

    /// The earliest difference of two results of the same block.
    fn different_results(&self, ours: &Self::BlockResult, theirs: &Self::BlockResult) -> Option<Self::Difference>;

    /// The first difference of two states, at the start of the run or after a block.
    fn different_states(
        &self,
        ours: &Self::Snapshot,
        theirs: &Self::Snapshot,
        after: Option<Self::Block>,
    ) -> Option<Self::Difference>;

    /// The first step of a block.
    fn start_of(block: Self::Block) -> u64;

    /// The shortest blocks that a block can be cut into.
    fn pieces(block: Self::Block) -> Vec<Self::Block>;

    /// A difference that is there when the block is taken at once, and not when its pieces are taken one by one.
    fn only_at_once(block: Self::Block, difference: Self::Difference) -> Self::Difference;
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<D> {
    /// Everything was the same.
    Equal,
    /// `stop` was set; all was the same up to here.
    Interrupted {
        /// The next step, or sweep.
        step: u64,
    },
    /// They differ.
    Different(D),
}

/// Runs `network` on both engines and compares results and the whole state after every block, until they differ.
/// `observer` sees the blocks in which they agree, and ends the comparison where it has seen enough. A block in which
/// they differ is taken again from the last state that was the same, piece by piece, to find the first step.
///
/// # Errors
/// If an engine or the observer fails.
pub fn compare<D: Comparable>(
    network: &D,
    engines: [&mut dyn Engine<D>; 2],
    observer: &mut dyn Observer<D>,
    stop: &AtomicBool,
) -> Result<Outcome<D::Difference>, SimulateError> {
    let [first, second] = engines;
    for trial in 0..network.trials_in_turn() {
        first.begin(trial)?;
        second.begin(trial)?;
        match compare_trial(network, [&mut *first, &mut *second], observer, stop)? {
            Outcome::Equal => {}
            other => return Ok(other),
        }
    }
    Ok(Outcome::Equal)
}

fn compare_trial<D: Comparable>(
    network: &D,
    [first, second]: [&mut dyn Engine<D>; 2],
    observer: &mut dyn Observer<D>,
    stop: &AtomicBool,
) -> Result<Outcome<D::Difference>, SimulateError> {
    let mut state = first.snapshot()?;
    if let Some(difference) = network.different_states(&state, &second.snapshot()?, None) {
        return Ok(Outcome::Different(difference));
    }
    observer.start(&state).map_err(SimulateError::Observer)?;
    for block in network.blocks() {
        if stop.load(Ordering::Relaxed) {
            return Ok(Outcome::Interrupted { step: D::start_of(block) });
        }
        let (result, difference) = compare_block(network, first, second, block)?;
        match difference {
            Ok(same) => {
                state = same;
                if D::STARTS_ALIKE {
                    second.restore(&state)?;
                }
            }
            Err(difference) => {
                return Ok(Outcome::Different(locate(network, [first, second], &state, (block, difference))?));
            }
        }
        if observer.block(&result).map_err(SimulateError::Observer)?.is_break() || D::is_last(&result) {
            break;
        }
    }
    Ok(Outcome::Equal)
}

/// The first engine's result of one block, with the state after it if both agree, or the first difference.
type Compared<D> = (
    <D as crate::engine::Dynamics>::BlockResult,
    Result<<D as crate::engine::Dynamics>::Snapshot, <D as Comparable>::Difference>,
);

fn compare_block<D: Comparable>(
    network: &D,
    first: &mut dyn Engine<D>,
    second: &mut dyn Engine<D>,
    block: D::Block,
) -> Result<Compared<D>, EngineError> {
    first.submit(block)?;
    second.submit(block)?;
    let (ours, theirs) = (first.collect()?, second.collect()?);
    let (our_state, their_state) = (first.snapshot()?, second.snapshot()?);
    let difference = network
        .different_results(&ours, &theirs)
        .or_else(|| network.different_states(&our_state, &their_state, Some(block)));
    Ok((ours, difference.map_or(Ok(our_state), Err)))
}

/// Takes a block in which the engines differ again, in pieces from the last equal state.
fn locate<D: Comparable>(
    network: &D,
    [first, second]: [&mut dyn Engine<D>; 2],
    state: &D::Snapshot,
    (block, difference): (D::Block, D::Difference),
) -> Result<D::Difference, EngineError> {
    first.restore(state)?;
    second.restore(state)?;
    for piece in D::pieces(block) {
        let (result, single) = compare_block(network, first, second, piece)?;
        if let Err(difference) = single {
            return Ok(difference);
        }
        if D::is_last(&result) {
            break;
        }
    }
    Ok(D::only_at_once(block, difference))
}

/// The first place at which two lists differ, with both values; what one of them lacks counts as -1.
fn first_unequal<T: Copy + PartialEq + Into<i64>>(ours: &[T], theirs: &[T]) -> Option<(usize, [i64; 2])> {
    let at = (0..ours.len().max(theirs.len())).find(|&at| ours.get(at) != theirs.get(at))?;
    Some((at, [ours, theirs].map(|list| list.get(at).map_or(-1, |&value| value.into()))))
}
