//! Compiles the binary model: patterns, weights and thresholds as integers with an exact unit, the gain, the starts.

mod gain;
mod readout;
mod start;
mod wiring;

use super::patterns::columns;
use crate::config::Problem;
use crate::model::hopfield::{Hopfield as Model, Threshold, Weights};
use crate::network::hopfield::coupling::{Coupling, LowRank, Matrix, Rule, Sparse};
use crate::network::hopfield::{Energy, Hopfield, Memories, Thresholds};
use crate::units::{Ratio, common_multiple};

/// Integers stay below this, so that sums of a few of them are exact in 64 bits.
const LIMIT: i128 = 1 << 61;

/// Compiles a binary model; draws patterns, wiring and starts from its seed.
///
/// # Errors
/// All numbers that do not fit 64 bits exactly.
pub fn compile(model: &Model) -> Result<Hopfield, Vec<Problem>> {
    compile_trials(model, model.trials)
}

/// Compiles the first so many trials of a binary model: all that the whole network is but their starts.
///
/// # Errors
/// All numbers that do not fit 64 bits exactly.
pub fn compile_trials(model: &Model, trials: u32) -> Result<Hopfield, Vec<Problem>> {
    let memories = memories(model);
    let weights = Integers::of(model, &memories).map_err(|problem| vec![problem])?;
    let (factor, thresholds) = thresholds(model, &memories, &weights).map_err(|problem| vec![problem])?;
    let coupling = coupling(model, &memories, weights.kind, (factor, &thresholds)).map_err(|problem| vec![problem])?;
    let unit = weights.unit.over(Ratio::whole(i128::from(factor)));
    let unit = unit.ok_or_else(|| vec![too_long("scale")])?;
    let gain = (model.temperature > 0.0).then(|| gain::table(model.gain, model.temperature / unit.value()));
    let starts = start::states(model, &memories, trials);
    Ok(Hopfield {
        seed: model.seed,
        sweeps: model.sweeps,
        neurons: model.size,
        signed: model.signed,
        coupling,
        factor,
        thresholds: only_where_needed(thresholds),
        synchronous: model.synchronous,
        tie_on: model.tie_on,
        gain,
        starts,
        start_pattern: model.start_pattern,
        stop_when_stable: model.stop_when_stable,
        energy: Energy { top: unit.top(), bottom: 2 * unit.bottom() },
        memories,
    })
}

fn memories(model: &Model) -> Memories {
    let Some(patterns) = &model.patterns else { return Memories::from_columns(model.size as usize, 0, Vec::new()) };
    let columns = columns(model.seed, model.size, (patterns.count, patterns.activity), &patterns.source);
    Memories::from_columns(model.size as usize, patterns.count, columns)
}

/// Weights as integers times a unit.
struct Integers {
    /// The unit, above zero.
    unit: Ratio,
    kind: Kind,
}

enum Kind {
    Rule(Rule),
    Matrix(Vec<i32>),
}

impl Integers {
    fn of(model: &Model, memories: &Memories) -> Result<Self, Problem> {
        match &model.weights {
            Weights::Hebb { scale } => {
                let rule = Rule { alpha: 2, beta: 1, gamma: 2, delta: 1 };
                Self::signed(rule, *scale).ok_or_else(|| too_long("scale"))
            }
            Weights::Covariance { scale, a, b } => {
                let of = |ratio: Ratio| i64::try_from(ratio.bottom()).ok().zip(i64::try_from(ratio.top()).ok());
                let ((alpha, beta), (gamma, delta)) = of(*b).zip(of(*a)).ok_or_else(|| too_long("a"))?;
                let rule = Rule { alpha, beta, gamma, delta };
                check_rule(rule, model, memories)?;
                let unit = scale.over(Ratio::whole(a.bottom())).and_then(|unit| unit.over(Ratio::whole(b.bottom())));
                unit.and_then(|unit| Self::signed(rule, unit)).ok_or_else(|| too_long("scale"))
            }
            Weights::Given(rows) => Self::given(rows, model.self_coupling),
        }
    }

    /// A negative unit goes into the rule.
    fn signed(mut rule: Rule, unit: Ratio) -> Option<Self> {
        let unit = if unit.top() < 0 {
            (rule.alpha, rule.beta) = (-rule.alpha, -rule.beta);
            unit.negative()
        } else {
            unit
        };
        Some(Self { unit, kind: Kind::Rule(rule) })
    }

    fn given(rows: &[Vec<Ratio>], self_coupling: bool) -> Result<Self, Problem> {
        let too_many = || {
            let message = "`network.weights` cannot be written exactly as integers of 32 bits times a number";
            Problem::value(
                "network.weights",
                message,
                "write fewer digits; of an array, save `numpy.round(weights, 6)`",
            )
        };
        let all = || rows.iter().flatten();
        let bottom =
            all().try_fold(1, |common, weight| common_multiple(common, weight.bottom())).ok_or_else(too_many)?;
        let mut weights = Vec::with_capacity(rows.len() * rows.len());
        for (target, row) in rows.iter().enumerate() {
            for (source, weight) in row.iter().enumerate() {
                let whole = weight.times(Ratio::whole(bottom)).and_then(|whole| i32::try_from(whole.top()).ok());
                let whole = whole.ok_or_else(too_many)?;
                weights.push(if target == source && !self_coupling { 0 } else { whole });
            }
        }
        let unit = Ratio::new(1, bottom).ok_or_else(too_many)?;
        Ok(Self { unit, kind: Kind::Matrix(weights) })
    }
}

fn too_long(key: &str) -> Problem {
    let path = format!("network.{key}");
    let message = format!("`{path}` has so many digits that fields are no longer exact in 64 bits");
    Problem::value(path, message, "write fewer digits")
}

/// Whether weights and fields of a rule stay below the limit, whatever the state.
fn check_rule(rule: Rule, model: &Model, memories: &Memories) -> Result<(), Problem> {
    let Rule { alpha, beta, gamma, delta } = rule;
    let [one, two] = [[alpha, beta], [gamma, delta]]
        .map(|[per, offset]| i128::from(per.unsigned_abs()).checked_add(i128::from(offset.unsigned_abs())));
    let largest = one.zip(two).and_then(|(one, two)| one.checked_mul(two));
    let largest = largest.and_then(|weight| weight.checked_mul(4 * i128::from(model.size)));
    let largest = largest.and_then(|field| field.checked_mul(memories.count().max(1) as i128));
    match largest {
        Some(largest) if largest < LIMIT => Ok(()),
        _ => Err(too_long("a")),
    }
}

/// Σ_j W_ij of each neuron, itself only where it counts.
fn row_sums(model: &Model, memories: &Memories, kind: &Kind) -> Vec<i64> {
    let neurons = model.size as usize;
    match kind {
        Kind::Matrix(weights) => {
            weights.chunks(neurons).map(|row| row.iter().map(|&weight| i64::from(weight)).sum()).collect()
        }
        Kind::Rule(rule) => match model.dilution {
            Some(dilution) => {
                let sparse = sparse(model, *rule, dilution);
                (0..neurons).map(|target| sparse.sum(memories, target, |_| 1)).collect()
            }
            None => {
                // The field where all S_j are one, as it is in binary states.
                let readout = readout::readout(*rule, memories, false, model.self_coupling);
                let state = vec![u64::MAX; crate::network::hopfield::memories::words(neurons)];
                readout::fields(&readout, memories, &state, |_| 1)
            }
        },
    }
}

fn sparse(model: &Model, rule: Rule, dilution: crate::model::hopfield::Dilution) -> Sparse {
    let (offsets, sources) = wiring::connections(model.seed, model.size, dilution, model.self_coupling);
    Sparse { rule, offsets, sources }
}

/// Q and R_i: thresholds over the unit, as integers over one denominator.
fn thresholds(model: &Model, memories: &Memories, weights: &Integers) -> Result<(i64, Vec<i64>), Problem> {
    let too_long = || too_long("threshold");
    let scaled = |theta: &Ratio| theta.over(weights.unit).ok_or_else(too_long);
    let each: Vec<Ratio> = match &model.threshold {
        Threshold::Same(theta) => vec![scaled(theta)?],
        Threshold::Each(thetas) => thetas.iter().map(scaled).collect::<Result<_, _>>()?,
        Threshold::HalfSum => {
            let sums = row_sums(model, memories, &weights.kind);
            sums.into_iter().filter_map(|sum| Ratio::new(i128::from(sum), 2)).collect()
        }
    };
    let factor = each.iter().try_fold(1, |common, theta| common_multiple(common, theta.bottom()));
    let factor = factor.filter(|&factor| factor < LIMIT).ok_or_else(too_long)?;
    let whole = |theta: &Ratio| {
        let whole = theta.times(Ratio::whole(factor)).map(Ratio::top).filter(|whole| whole.abs() < LIMIT);
        whole.and_then(|whole| i64::try_from(whole).ok()).ok_or_else(too_long)
    };
    Ok((factor as i64, each.iter().map(whole).collect::<Result<_, _>>()?))
}

/// One threshold that all have is kept once.
fn only_where_needed(thresholds: Vec<i64>) -> Thresholds {
    match thresholds[..] {
        [one] => Thresholds::Same(one),
        _ => Thresholds::Each(thresholds),
    }
}

fn coupling(
    model: &Model,
    memories: &Memories,
    kind: Kind,
    (factor, thresholds): (i64, &[i64]),
) -> Result<Coupling, Problem> {
    let neurons = model.size as usize;
    let largest = match &kind {
        Kind::Matrix(weights) => weights
            .chunks(neurons)
            .map(|row| row.iter().map(|&weight| i128::from(weight.unsigned_abs())).sum::<i128>())
            .max()
            .unwrap_or(0),
        Kind::Rule(Rule { alpha, beta, gamma, delta }) => {
            let side = |per: i64, offset: i64| i128::from(per.unsigned_abs()) + i128::from(offset.unsigned_abs());
            4 * side(*alpha, *beta) * side(*gamma, *delta) * neurons as i128 * memories.count().max(1) as i128
        }
    };
    if largest.checked_mul(i128::from(factor)).is_none_or(|largest| largest >= LIMIT) {
        return Err(too_long("threshold"));
    }
    Ok(match kind {
        Kind::Matrix(weights) => Coupling::Matrix(Matrix { weights }),
        Kind::Rule(rule) => match model.dilution {
            Some(dilution) => Coupling::Sparse(sparse(model, rule, dilution)),
            None => {
                let readout = readout::readout(rule, memories, model.signed, model.self_coupling);
                let threshold = |neuron: usize| thresholds.get(neuron).or(thresholds.first()).copied().unwrap_or(0);
                Coupling::LowRank(LowRank { rule, readout: readout::with_thresholds(readout, factor, threshold) })
            }
        },
    })
}
