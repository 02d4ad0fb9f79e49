//! Threads and their instructions: pieces of work shared out, whose results do not depend on who does them.

use rayon::prelude::*;

use crate::engine::EngineError;
use crate::engine::cpu::host::Instructions;
use crate::network::rate::{Coupling, Rate};

/// Products a thread must have to do in a stage to be worth waking.
const PRODUCTS_PER_THREAD: u64 = 200_000;

/// What the work is done with.
pub(super) struct Threads {
    /// `None`: everything runs on the calling thread.
    pool: Option<rayon::ThreadPool>,
    pub(super) instructions: Instructions,
}

impl Threads {
    /// So many threads, at least 1.
    pub(super) fn new(count: usize, instructions: Instructions) -> Result<Self, rayon::ThreadPoolBuildError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).thread_name(|k| format!("attractor-{k}"));
        let pool = if count <= 1 { None } else { Some(pool.build()?) };
        Ok(Self { pool, instructions })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.pool.as_ref().map_or(1, rayon::ThreadPool::current_num_threads)
    }

    /// Does all tasks.
    pub(super) fn each<T: Send>(&self, tasks: impl Iterator<Item = T>, work: impl Fn(T) + Send + Sync) {
        match &self.pool {
            Some(pool) => {
                let tasks: Vec<T> = tasks.collect();
                pool.install(|| tasks.into_par_iter().for_each(work));
            }
            None => tasks.for_each(work),
        }
    }
}

/// How many threads have enough to do in a stage of a step.
pub(super) fn worthwhile(network: &Rate) -> usize {
    let neurons = network.neurons() as u64;
    let products = match network.coupling {
        Coupling::LowRank { .. } => neurons * (2 * network.patterns.count() as u64 + 20),
        Coupling::Uniform { .. } => neurons * 20,
        Coupling::Dense(_) => neurons * neurons,
    };
    usize::try_from(products / PRODUCTS_PER_THREAD).unwrap_or(usize::MAX).max(1)
}

/// What starting threads came to.
pub(super) fn failed(adapter: &str, count: usize, error: &rayon::ThreadPoolBuildError) -> EngineError {
    EngineError::Device {
        adapter: adapter.to_owned(),
        message: format!("{count} threads could not be started: {error}"),
    }
}
