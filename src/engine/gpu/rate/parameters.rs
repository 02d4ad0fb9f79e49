//! What the shaders read of a network: the twin of shaders/bindings/rate/network.wgsl.

use bytemuck::{Pod, Zeroable};

use super::layout::Layout;
use crate::network::rate::{BLOCK_STEPS_MAX, Coupling, GainKind, Rate};

/// W y is a sum over patterns.
pub const PATTERNS: u32 = 0;
/// It is the same for all.
pub const SAME: u32 = 1;
/// It is stored.
pub const STORED: u32 = 2;
/// [`GainKind::Relu`]
pub const RELU: u32 = 0;
/// [`GainKind::Saturating`]
pub const SATURATING: u32 = 1;
/// [`GainKind::Tanh`]
pub const TANH: u32 = 2;
/// [`GainKind::Sigmoid`]
pub const SIGMOID: u32 = 3;

/// One dispatch's place in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Turn {
    /// Share of the stage in the slope of the step.
    pub weight: f32,
    /// How far the state goes along the slope.
    pub advance: f32,
    /// The first stage of a step.
    pub is_first: u32,
    /// The last one.
    pub is_last: u32,
    /// Where its largest value goes.
    pub slot: u32,
    /// The first sum it needs.
    pub first_vector: u32,
    /// How many of them.
    pub vector_count: u32,
    /// A zero that a compiler does not know of.
    pub zero: u32,
}

/// The turns of a block: step by step its stages, then the frame's look at the state, then its sums.
pub(super) fn turns(network: &Rate, layout: &Layout) -> Vec<Turn> {
    let mut turns = Vec::new();
    let stages = network.stages.len();
    for slot in 0..BLOCK_STEPS_MAX {
        turns.extend(network.stages.iter().enumerate().map(|(stage, own)| Turn {
            weight: own.weight,
            advance: own.advance,
            is_first: u32::from(stage == 0),
            is_last: u32::from(stage + 1 == stages),
            slot,
            first_vector: layout.vectors.start as u32,
            vector_count: (layout.vectors.end - layout.vectors.start) as u32,
            zero: 0,
        }));
    }
    let look = Turn {
        slot: BLOCK_STEPS_MAX,
        first_vector: layout.vectors.start as u32,
        vector_count: (layout.vectors.end - layout.vectors.start) as u32,
        ..Turn::default()
    };
    let sums = Turn { first_vector: 0, vector_count: layout.vectors_all as u32, ..look };
    turns.extend([look, sums]);
    turns
}

/// What stays for a run.
pub(super) fn constants(network: &Rate, layout: &Layout) -> Vec<(&'static str, f64)> {
    let (coupling, scale) = match network.coupling {
        Coupling::LowRank { scale } => (PATTERNS, scale),
        Coupling::Uniform { scale } => (SAME, scale),
        Coupling::Dense(_) => (STORED, 0.0),
    };
    let gain_kind = match network.gain.kind {
        GainKind::Relu => RELU,
        GainKind::Saturating => SATURATING,
        GainKind::Tanh => TANH,
        GainKind::Sigmoid => SIGMOID,
    };
    vec![
        ("neuron_count", f64::from(network.size)),
        ("chunk_count", network.chunks() as f64),
        ("pattern_count", network.patterns.count() as f64),
        ("member_words", layout.member_words as f64),
        ("rests_start", layout.rests as f64),
        ("trial_start", layout.trial as f64),
        ("slopes_start", layout.slopes as f64),
        ("coupling", f64::from(coupling)),
        ("scale", f64::from(scale)),
        ("source_member", f64::from(network.source.member)),
        ("source_other", f64::from(network.source.other)),
        ("target_member", f64::from(network.target.member)),
        ("target_other", f64::from(network.target.other)),
        ("gain_kind", f64::from(gain_kind)),
        ("slope", f64::from(network.gain.slope)),
        ("threshold", f64::from(network.gain.threshold)),
        ("maximum", f64::from(network.gain.maximum)),
    ]
}
