//! Connections that are no product of the patterns: their draws, engines against explicit weights and each other,
//! configurations and their mistakes, and what dilution does to a memory.

#[path = "../support/mod.rs"]
mod support;

mod config;
mod draws;
mod engines;
mod networks;
mod physics;
