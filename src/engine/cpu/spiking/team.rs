//! The threads: they take tiles of the block at hand until none is left, and the caller's thread helps them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use super::integrate::{Scratch, integrate_with};
use super::job::Job;
use super::tile::Tile;
use crate::engine::cpu::host::Instructions;
use crate::network::spiking::Spiking;

/// How often a thread looks for work or for the end of it before it gives way to others.
const SPINS: u32 = 4_000;
/// How often the caller looks for the end of a block before it sleeps. Threads end within a run of tiles of each other: with
/// some thousand neurons that is a tile, and some microseconds. Where it is more, blocks are long, or another program, or
/// the thread that writes the file, has displaced a thread, and this core is what it needs.
const END_SPINS: u32 = 500;
/// How often it gives way before it sleeps: a block follows the last one within microseconds.
const YIELDS: u32 = 50;

/// Runs of tiles that there should be for each thread to take, at least: threads end within one of them of each other.
const RUNS_PER_THREAD: usize = 24;
/// The most tiles in a run.
const RUN_MAX: usize = 32;

/// What all threads share.
struct Shared {
    network: Arc<Spiking>,
    instructions: Instructions,
    /// Number of threads, the caller's included.
    threads: usize,
    tiles: Vec<Mutex<Tile>>,
    /// The block at hand, or that it is time to end; `number` counts the blocks.
    order: Mutex<Order>,
    number: AtomicU64,
    wake: Condvar,
}

#[derive(Default)]
struct Order {
    number: u64,
    job: Option<Arc<Job>>,
    end: bool,
}

/// The tiles of a network and the threads that carry them through blocks.
pub(super) struct Team {
    shared: Arc<Shared>,
    /// Of the caller's thread.
    scratch: Scratch,
    workers: Vec<JoinHandle<()>>,
}

impl Team {
    /// With so many threads, the caller's included.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn new(
        network: Arc<Spiking>,
        tiles: Vec<Tile>,
        threads: usize,
        instructions: Instructions,
    ) -> std::io::Result<Self> {
        let tiles = tiles.into_iter().map(Mutex::new).collect();
        let shared = Arc::new(Shared {
            network,
            instructions,
            threads,
            tiles,
            order: Mutex::default(),
            number: AtomicU64::new(0),
            wake: Condvar::new(),
        });
        let mut team = Self { shared, scratch: Scratch::new(), workers: Vec::new() };
        for number in 1..threads {
            let shared = Arc::clone(&team.shared);
            let worker = Builder::new().name(format!("attractor-{number}")).spawn(move || work(&shared))?;
            team.workers.push(worker);
        }
        Ok(team)
    }

    /// Number of threads, the caller's included.
    pub(super) fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// What the threads compute with.
    pub(super) fn instructions(&self) -> Instructions {
        self.shared.instructions
    }

    pub(super) fn tiles(&self) -> usize {
        self.shared.tiles.len()
    }

    /// A tile; between blocks nobody else wants it.
    pub(super) fn tile(&self, index: usize) -> MutexGuard<'_, Tile> {
        lock(&self.shared.tiles[index])
    }

    /// Lets the threads begin.
    pub(super) fn start(&self, job: Arc<Job>) {
        let mut order = lock(&self.shared.order);
        order.number += 1;
        order.job = Some(job);
        self.shared.number.store(order.number, Ordering::Release);
        drop(order);
        if !self.workers.is_empty() {
            self.shared.wake.notify_all();
        }
    }

    /// Helps until all tiles are through the block; returns its counts, `[step][entry]`.
    pub(super) fn finish(&mut self, job: &Job) -> Vec<u32> {
        self.shared.take_tiles(job, &mut self.scratch);
        let mut waited = 0;
        while job.tiles_left.load(Ordering::Acquire) > 0 && waited < END_SPINS {
            pause(&mut waited);
        }
        let mut counts = lock(&job.counts);
        while job.tiles_left.load(Ordering::Acquire) > 0 {
            counts = job.done.wait(counts).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::take(&mut *counts)
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        let mut order = lock(&self.shared.order);
        order.end = true;
        order.number += 1;
        self.shared.number.store(order.number, Ordering::Release);
        drop(order);
        self.shared.wake.notify_all();
        for worker in self.workers.drain(..) {
            // A worker that panicked has said so.
            let _ = worker.join();
        }
    }
}

impl Shared {
    /// Delivers to chunks until none is left, and waits for those that others have taken: tiles read them.
    fn deliver(&self, job: &Job) {
        while let Some(&chunk) = job.due.get(job.next_due.fetch_add(1, Ordering::Relaxed)) {
            job.arrivals.deliver_with(self.instructions, chunk, (&self.network, &job.arriving));
            job.due_left.fetch_sub(1, Ordering::Release);
        }
        let mut waited = 0;
        while job.due_left.load(Ordering::Acquire) > 0 {
            pause(&mut waited);
        }
    }

    /// Takes tiles until none is left, then adds up what they emitted.
    fn take_tiles(&self, job: &Job, scratch: &mut Scratch) {
        self.deliver(job);
        scratch.emitted.clear();
        scratch.emitted.resize(job.block.steps as usize * job.layout.len(), 0);
        let mut done = 0;
        // Some at once where there are many: of those a thread knows which comes next.
        let run = (self.tiles.len() / (RUNS_PER_THREAD * self.threads)).clamp(1, RUN_MAX);
        loop {
            let first = job.next_tile.fetch_add(run, Ordering::Relaxed);
            let Some(tiles) = self.tiles.get(first..self.tiles.len().min(first + run)) else { break };
            if tiles.is_empty() {
                break;
            }
            let mut next = Some(lock(&tiles[0]));
            for at in 0..tiles.len() {
                let Some(mut tile) = next.take() else { break };
                next = tiles.get(at + 1).map(lock);
                if let Some(next) = &next {
                    next.prefetch();
                }
                integrate_with(self.instructions, (&self.network, job), &mut tile, scratch);
            }
            done += tiles.len();
        }
        if done > 0 {
            let mut counts = lock(&job.counts);
            counts.iter_mut().zip(&scratch.emitted).for_each(|(count, emitted)| *count += emitted);
            let left = job.tiles_left.fetch_sub(done, Ordering::Release) - done;
            drop(counts);
            if left == 0 {
                job.done.notify_one();
            }
        }
    }

    /// Waits for a block after the one called `seen`; `None`: there will be no more.
    fn next_job(&self, seen: &mut u64) -> Option<Arc<Job>> {
        let mut waited = 0;
        while self.number.load(Ordering::Acquire) == *seen && waited < SPINS + YIELDS {
            pause(&mut waited);
        }
        let mut order = lock(&self.order);
        while order.number == *seen {
            order = self.wake.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        *seen = order.number;
        if order.end { None } else { order.job.clone() }
    }
}

/// A worker's life.
fn work(shared: &Shared) {
    let mut scratch = Scratch::new();
    let mut seen = 0;
    while let Some(job) = shared.next_job(&mut seen) {
        shared.take_tiles(&job, &mut scratch);
    }
}

fn pause(waited: &mut u32) {
    *waited = waited.saturating_add(1);
    if *waited < SPINS { std::hint::spin_loop() } else { std::thread::yield_now() }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
