//! What two engines of a rate network can differ in, and by how much they may.

use super::Comparable;
use crate::engine::rate::{Block, BlockResult};
use crate::network::rate::{ENGINE_TOLERANCE, Rate, Snapshot};

/// What an engine computes and another can compute differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The rate of a neuron.
    Rate,
    /// The largest rate of a step.
    Largest,
    /// The overlap with the pattern of this number.
    Overlap(usize),
    /// The mean rate.
    Mean,
    /// The largest |-r + φ(u + W r)|.
    Residual,
}

/// The first thing in which two engines differ by more than they may.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The step in which it first shows; with `single_steps_agree` the first step of its block.
    pub step: u64,
    /// Which variable.
    pub variable: Variable,
    /// Of which neuron.
    pub neuron: Option<u32>,
    /// Its values: the first engine's, the second's.
    pub values: [f32; 2],
    /// How far apart they may be.
    pub allowed: f32,
    /// The engines differ when the block is taken at once and agree when its steps are taken one by one.
    pub single_steps_agree: bool,
}

impl Variable {
    /// In words.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Rate => "rate".into(),
            Self::Largest => "largest rate".into(),
            Self::Overlap(pattern) => format!("overlap with pattern {pattern}"),
            Self::Mean => "mean rate".into(),
            Self::Residual => "residual".into(),
        }
    }
}

/// The first pair of values that are farther apart than allowed; what is no number is apart from everything but another.
fn first_apart(ours: &[f32], theirs: &[f32], allowed: f32) -> Option<(usize, [f32; 2])> {
    let apart = |ours: f32, theirs: f32| {
        let is_near = (ours - theirs).abs() <= allowed || ours == theirs || (ours.is_nan() && theirs.is_nan());
        !is_near
    };
    let pairs = ours.iter().zip(theirs).map(|(&ours, &theirs)| [ours, theirs]);
    let found = pairs.enumerate().find(|(_, [ours, theirs])| apart(*ours, *theirs));
    let lengths = (ours.len() != theirs.len()).then_some((ours.len().min(theirs.len()), [f32::NAN; 2]));
    found.or(lengths)
}

/// How far two values may be apart where the largest rate is so large.
fn allowed(values: &[f32]) -> f32 {
    ENGINE_TOLERANCE * values.iter().fold(1f32, |largest, value| largest.max(value.abs()))
}

impl Comparable for Rate {
    type Difference = Difference;

    const STARTS_ALIKE: bool = true;

    fn different_results(&self, ours: &BlockResult, theirs: &BlockResult) -> Option<Difference> {
        let last = (ours.block.end_step()).saturating_sub(1);
        let make = |variable, step, values, allowed, neuron| Difference {
            step,
            variable,
            neuron,
            values,
            allowed,
            single_steps_agree: false,
        };
        let may = allowed(&ours.largest);
        if let Some((at, values)) = first_apart(&ours.largest, &theirs.largest, may) {
            return Some(make(Variable::Largest, ours.block.start_step + at as u64, values, may, None));
        }
        let (Some(ours), Some(theirs)) = (&ours.frame, &theirs.frame) else { return None };
        let may = allowed(&ours.rates);
        if let Some((at, values)) = first_apart(&ours.rates, &theirs.rates, may) {
            return Some(make(Variable::Rate, last, values, may, Some(at as u32)));
        }
        if let Some((at, values)) = first_apart(&ours.overlaps, &theirs.overlaps, may) {
            return Some(make(Variable::Overlap(at), last, values, may, None));
        }
        let single = [(Variable::Mean, ours.mean, theirs.mean), (Variable::Residual, ours.residual, theirs.residual)];
        single.into_iter().find_map(|(variable, ours, theirs)| {
            first_apart(&[ours], &[theirs], may).map(|(_, values)| make(variable, last, values, may, None))
        })
    }

    fn different_states(&self, ours: &Snapshot, theirs: &Snapshot, after: Option<Block>) -> Option<Difference> {
        let step = after.map_or(ours.step, |block| block.end_step().saturating_sub(1));
        let allowed = allowed(&ours.rates);
        let (at, values) = first_apart(&ours.rates, &theirs.rates, allowed)?;
        let neuron = Some(at as u32);
        Some(Difference { step, variable: Variable::Rate, neuron, values, allowed, single_steps_agree: false })
    }

    fn start_of(block: Block) -> u64 {
        block.start_step
    }

    fn pieces(block: Block) -> Vec<Block> {
        let steps = block.start_step..block.end_step();
        steps.map(|start_step| Block { start_step, steps: 1, frame: true }).collect()
    }

    fn only_at_once(block: Block, difference: Difference) -> Difference {
        Difference { step: block.start_step, single_steps_agree: true, ..difference }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_be_apart_by_the_tolerance_and_no_more() {
        let ours = [1.0f32, 2.0, -300.0, f32::INFINITY, f32::NAN];
        let may = 1e-5 * 300.0;
        assert_eq!(first_apart(&ours, &ours, may), None);
        let mut theirs = ours;
        theirs[1] += 0.5 * may;
        assert_eq!(first_apart(&ours, &theirs, may), None);
        theirs[1] += may;
        assert_eq!(first_apart(&ours, &theirs, may), Some((1, [2.0, theirs[1]])));
        assert_eq!(first_apart(&[f32::NAN], &[1.0], may).map(|found| found.0), Some(0));
        assert_eq!(first_apart(&[1.0], &[f32::INFINITY], may), Some((0, [1.0, f32::INFINITY])));
        assert_eq!(first_apart(&[1.0], &[1.0, 2.0], may).map(|found| found.0), Some(1));
        assert_eq!(allowed(&[0.1]), ENGINE_TOLERANCE);
    }
}
