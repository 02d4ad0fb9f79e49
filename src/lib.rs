//! `attractor` simulates attractor memories exactly: spiking, binary and rate networks with Hebbian weights.
//!
//! The modules are listed in the order in which data flows. Each imports only what stands above it.
//!
//! ```text
//! configs/x.toml -> config -> model -> compile -> network -> engine (cpu | gpu)
//!   -> schedule, simulate -> record -> results file (HDF5) -> results -> analysis
//! ```
//!
//! A run, from a configuration to its spikes:
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::AtomicBool;
//!
//! use attractor::compile::compile;
//! use attractor::engine::cpu;
//! use attractor::model::Draft;
//! use attractor::network::Network;
//! use attractor::schedule::Timeline;
//! use attractor::simulate::{self, Collect};
//!
//! # fn main() -> anyhow::Result<()> {
//! let overrides = ["duration=200 ms".parse()?, "stimuli=[]".parse()?];
//! let (_, _, network) = Draft::load("configs/small.toml".as_ref(), &overrides).finish(compile)?;
//! let Network::Spiking(network) = network else { unreachable!("the file is of a spiking network") };
//! let network = Arc::new(network);
//! let mut engine = cpu::spiking::Engine::new(network.clone(), 0)?;
//! let mut seen = Collect::default();
//! simulate::run(network.blocks(), &mut engine, &mut seen, &AtomicBool::new(false))?;
//! assert!(seen.spikes.len() > 100);
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

// Leaves: known to every stage, knowing none.
pub mod fixed;
pub mod memory;
pub mod random;
pub mod units;

// The way of the data.
pub mod config;
pub mod model;
pub mod network;

pub mod compile;

pub mod engine;

pub mod schedule;
pub mod simulate;

pub mod record;
pub mod results;

pub mod plan;
pub mod verify;

pub mod analysis;
pub mod findings;

pub mod plot;
pub mod report;

pub mod export;

/// The example on the library's page, as a test.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct LibraryPage;
