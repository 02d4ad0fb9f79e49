//! `attractor` simulates attractor memories exactly: spiking, binary and rate networks with Hebbian weights.
//!
//! The modules are listed in the order in which data flows. Each imports only what stands above it.
//!
//! ```text
//! configs/x.toml -> config -> model -> compile -> network -> engine (cpu | gpu)
//!   -> schedule, simulate -> record -> results file (HDF5) -> results
//! ```
#![warn(missing_docs)]

// Leaves: known to every stage, knowing none.
pub mod fixed;
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
