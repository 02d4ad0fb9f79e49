//! Quantises the projections: weights, synaptic decays and gains; bounds every count below 2^31.

use super::population::Membrane;
use super::spiking::fields::{self, Ends, Weights};
use super::spiking::stored::Stored;
use super::wiring;
use crate::config::{Place, Problem};
use crate::fixed::{DECAY_BITS, INPUT_BITS, INPUT_LIMIT_MV, POTENTIAL_BITS, POTENTIAL_LIMIT_MV, quantise};
use crate::model::spiking::{Connections, Projection as Model, ProjectionKind, Spiking};
use crate::network::spiking::wiring::Wiring;
use crate::network::spiking::{Count, Field, Projection, Synapse};

/// Weights have so many bits: 2^-16 of relative precision, while counts up to 32,767 give products of 32 bits.
const WEIGHT_BITS: u32 = 16;
/// A limit times this is on the safe side after it has been written with seven digits.
const BELOW: f64 = 1.0 - 1e-6;
/// The largest shift of a weight.
const WEIGHT_SHIFT_MAX: u32 = 31;

/// What projections are made of.
#[derive(Default)]
pub(super) struct Compiled {
    pub(super) projections: Vec<Projection>,
    /// The connections of those that are no product of the patterns.
    pub(super) wirings: Vec<Wiring>,
    /// What those count that count a field.
    pub(super) fields: Vec<Field>,
}

/// All projections.
pub(super) fn compile(
    model: &Spiking,
    stored: &Stored<'_>,
    membranes: &[Membrane],
    problems: &mut Vec<Problem>,
) -> Compiled {
    let mut compiled = Compiled::default();
    for (index, projection) in model.projections.iter().enumerate() {
        let path = format!("projections.{index}");
        let size = model.populations[projection.from].size;
        let memberships = Memberships::of(stored, projection);
        let wiring = wiring::compile((model, stored), index, problems);
        let is_wired = wiring.is_some();
        let mut field_bits = wiring.as_ref().map_or(0, |wiring| wiring.pair.bits());
        compiled.wirings.extend(wiring);
        let count = if is_wired {
            if projection.coupling.is_plain() {
                bound_counts(&path, projection, (size, &memberships), problems);
            }
            Count::Wired(compiled.wirings.len() - 1)
        } else if projection.kind == ProjectionKind::Global {
            bound_counts(&path, projection, (size, &memberships), problems);
            Count::Spikes
        } else if projection.coupling.is_plain() {
            bound_counts(&path, projection, (size, &memberships), problems);
            Count::Patterns
        } else {
            match field((model, stored), projection, &memberships) {
                Ok(field) => {
                    field_bits = field.bits;
                    compiled.fields.push(field);
                }
                Err(largest) => problems.push(too_large(&path, projection, largest)),
            }
            Count::Field(compiled.fields.len().saturating_sub(1))
        };
        let mean = if projection.scaled_by_memberships { memberships.mean } else { 1.0 };
        let (weight, weight_shift) = weight((&path, field_bits), projection, mean, size, problems);
        compiled.projections.push(Projection {
            source: projection.from,
            target: projection.to,
            count,
            by_memberships: projection.scaled_by_memberships,
            subtract_own: subtracts_own(projection) && !is_wired,
            delay_steps: projection.delay_steps,
            weight,
            weight_shift,
            synapse: synapse(model, projection, index, &membranes[projection.to]),
        });
    }
    compiled
}

/// A neuron's own spikes are taken away from what it counts.
fn subtracts_own(projection: &Model) -> bool {
    !projection.autapses && projection.from == projection.to
}

/// The field of a Hebbian projection; the largest count it would have to hold where it does not fit.
fn field(of: (&Spiking, &Stored<'_>), projection: &Model, memberships: &Memberships) -> Result<Field, f64> {
    let (weights, ends) = coupled(of, projection, memberships.max);
    fields::field(&weights, &ends)
}

/// The weights of a Hebbian projection of any rule and coupling, and its ends; memberships may multiply what it counts.
pub(super) fn coupled<'a>(
    (model, stored): (&Spiking, &Stored<'a>),
    projection: &Model,
    memberships_max: u64,
) -> (Weights, Ends<'a>) {
    // Both have patterns: the model says so.
    let (source_set, source) = stored.of(projection.from).unwrap_or((0, stored.first.1));
    let (_, target) = stored.of(projection.to).unwrap_or((0, stored.first.1));
    let ends = Ends {
        source,
        target,
        first_entry: stored.layout.patterns_of(source_set),
        spikes_entry: stored.layout.spikes(projection.from),
        subtract_own: subtracts_own(projection),
        factor_max: if projection.scaled_by_memberships { memberships_max.max(1) as u32 } else { 1 },
    };
    // Where patterns are learned and forgotten, one without members is not stored.
    let is_stored = |(source, target): (&u32, &u32)| model.changes.is_empty() || (*source > 0 && *target > 0);
    let is_stored: Vec<bool> = source.sizes().iter().zip(target.sizes()).map(is_stored).collect();
    (Weights::new(&projection.coupling, &is_stored), ends)
}

/// n_i over the target's neurons, as far as a projection needs it.
struct Memberships {
    /// Mean of n_i; 1 where nobody is a member, since every n_i times anything is then 0.
    mean: f64,
    /// Largest n_i.
    max: u64,
    /// Largest Σ_{μ in i} (members of μ in the source): the largest count of a Hebbian projection.
    reach_max: u64,
}

impl Memberships {
    fn of(stored: &Stored<'_>, projection: &Model) -> Self {
        let Some((_, target)) = stored.of(projection.to) else { return Self { mean: 1.0, max: 0, reach_max: 0 } };
        let total: u64 = target.sizes().iter().map(|&size| u64::from(size)).sum();
        let mean = if total == 0 { 1.0 } else { total as f64 / target.neurons() as f64 };
        let sizes = stored.of(projection.from).map_or(&[][..], |(_, source)| source.sizes());
        let reach =
            |neuron: usize| target.of(neuron).map(|pattern| sizes.get(pattern).map_or(0, |&size| size.into())).sum();
        let is_hebbian = projection.kind == ProjectionKind::Hebbian;
        let reach_max = if is_hebbian { (0..target.neurons()).map(reach).max() } else { None };
        Self { mean, max: u64::from(target.memberships_max()), reach_max: reach_max.unwrap_or(0) }
    }
}

fn bound_counts(path: &str, projection: &Model, (size, memberships): (u32, &Memberships), problems: &mut Vec<Problem>) {
    let count = match (projection.kind, projection.connections) {
        (ProjectionKind::Hebbian, _) => memberships.reach_max,
        (ProjectionKind::Global, Connections::Indegree { count, .. }) => u64::from(count),
        (ProjectionKind::Global, _) => u64::from(size),
    };
    let factor = if projection.scaled_by_memberships { memberships.max } else { 1 };
    let largest = u128::from(count) * u128::from(factor);
    if largest > i32::MAX as u128 {
        too_many_counts(path, &largest.to_string(), problems);
    }
}

/// A field that is too large, for the numbers that make it so.
fn too_large(path: &str, projection: &Model, largest: f64) -> Problem {
    let message = format!("its counts could reach {largest:.3e} in one step, more than the 2147483647 they can hold");
    let place = projection.coupling.written().map_or_else(|| path.to_owned(), |key| format!("{path}.{key}"));
    Problem::value(place, message, "smaller numbers here, and a larger strength in their place")
}

pub(super) fn too_many_counts(path: &str, largest: &str, problems: &mut Vec<Problem>) {
    problems.push(Problem::value(
        path,
        format!("its counts could reach {largest} in one step, more than the 2147483647 they can hold"),
        "fewer neurons, or fewer patterns a neuron",
    ));
}

/// A jump as an integer and its shift, which is at most `shift_max`, or the bound that it does not keep.
fn integer_weight(jump_mv: f64, tau_syn_ms: f64, shift_max: u32) -> Result<(i32, u32), Bound> {
    let (bits, limit_mv) =
        if tau_syn_ms == 0.0 { (POTENTIAL_BITS, POTENTIAL_LIMIT_MV) } else { (INPUT_BITS, INPUT_LIMIT_MV) };
    for shift in (0..=shift_max).rev() {
        match quantise(jump_mv, bits + shift) {
            Some(0) if jump_mv != 0.0 => break,
            Some(weight) if shift == 0 || weight.unsigned_abs() < 1 << WEIGHT_BITS => return Ok((weight, shift)),
            _ => {}
        }
    }
    let (what, name, limit_mv) = if jump_mv.abs() < 1.0 {
        ("small", "smallest", f64::powi(2.0, -((bits + shift_max) as i32)) / BELOW)
    } else {
        ("large", "largest", limit_mv * BELOW)
    };
    Err(Bound { what, name, limit_mv: limit_mv.copysign(jump_mv) })
}

/// What a weight does not keep.
struct Bound {
    what: &'static str,
    name: &'static str,
    limit_mv: f64,
}

/// The weight of a private input, what is written times a sign: the largest count times it, and the half that rounds, fit an `i32`.
pub(super) fn quantise_weight(
    path: &str,
    (written_mv, sign, tau_ms): (f64, f64, f64),
    count_max: u32,
    problems: &mut Vec<Problem>,
) -> (i32, u32) {
    let jump_mv = sign * written_mv;
    let limit_mv = if tau_ms == 0.0 { POTENTIAL_LIMIT_MV } else { INPUT_LIMIT_MV };
    let fits = |&(weight, shift): &(i32, u32)| {
        let largest = u64::from(weight.unsigned_abs()) * u64::from(count_max) + (1 << shift >> 1);
        largest <= i32::MAX as u64
    };
    let too_large =
        || Bound { what: "large", name: "largest", limit_mv: limit_mv * BELOW / f64::from(count_max.max(1)) };
    let weight = integer_weight(jump_mv, tau_ms, WEIGHT_SHIFT_MAX);
    weight.and_then(|weight| Some(weight).filter(fits).ok_or_else(too_large)).unwrap_or_else(|bound| {
        let Bound { what, name, limit_mv } = bound;
        let message = format!("a jump of {written_mv} mV is too {what} for its integers");
        let limit_mv = limit_mv.copysign(written_mv);
        problems.push(Problem::value(path, message, format!("the {name} that works is {limit_mv:.6e} mV")));
        (0, 0)
    })
}

/// The weight as an integer and its shift, the fraction bits of what it multiplies included.
fn weight(
    (path, field_bits): (&str, u32),
    projection: &Model,
    mean: f64,
    size: u32,
    problems: &mut Vec<Problem>,
) -> (i32, u32) {
    let jump_mv = projection.jump_mv / mean;
    let quantised = integer_weight(jump_mv, projection.tau_syn_ms, WEIGHT_SHIFT_MAX - field_bits);
    let Bound { what, name, limit_mv } = match quantised {
        Ok((weight, shift)) => return (weight, shift + field_bits),
        Err(bound) => bound,
    };
    let sources = match projection.connections {
        Connections::All => f64::from(size),
        Connections::Probability(probability) => probability * f64::from(size),
        Connections::Indegree { count, .. } => f64::from(count),
    };
    let strength = |jump_mv: f64| jump_mv * sources * mean;
    let written = Place::FirstOf(vec![format!("{path}.strength"), format!("{path}.weight")]);
    problems.push(Problem::new(
        written,
        format!("a jump of {jump_mv:e} mV a counted spike is too {what} for its integers"),
        format!(
            "the {name} that works is a weight of {:.6e} mV, a strength of {:.6e} mV",
            limit_mv * mean,
            strength(limit_mv)
        ),
    ));
    (0, 0)
}

fn synapse(model: &Spiking, projection: &Model, index: usize, membrane: &Membrane) -> Synapse {
    if projection.tau_syn_ms == 0.0 {
        return Synapse::Jump;
    }
    let place = model.projections[..index].iter().filter(|other| other.to == projection.to).count();
    Synapse::Current { decay: decay(model.dt_ms, projection.tau_syn_ms), gain: membrane.gain(place) }
}

/// The decay of a synaptic input over a step.
pub(super) fn decay(dt_ms: f64, tau_syn_ms: f64) -> i32 {
    // A decay that rounds to one would never end: the largest fraction below one stands for it.
    quantise(libm::exp(-dt_ms / tau_syn_ms), DECAY_BITS).unwrap_or(i32::MAX)
}
