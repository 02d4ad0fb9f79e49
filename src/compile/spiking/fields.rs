//! Quantises the fields of Hebbian projections of any rule, coupling and strengths: coefficients, own spikes, bounds.

use std::sync::Arc;

use rayon::prelude::*;

use crate::model::spiking::{Coupling, CouplingForm};
use crate::network::patterns::Patterns;
use crate::network::spiking::{Field, Term};

/// A field has at most so many fraction bits more than its largest coefficient needs: finer ones are lost in the weight.
const BITS_MAX: i32 = 12;
/// They are part of a shift of at most 31 bits.
const BITS_MORE_MAX: i32 = 19;
/// Coefficients have at most so many more.
const SHIFT_MAX: i32 = 31;
/// Sums of coefficients times counts stay below this.
const SUM_MAX: f64 = (1i64 << 62) as f64;

/// A[μ][ν] times the strength of ν: which pattern of the source excites which one of the target, and how much.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compile) struct Weights {
    /// For each pattern of the target the patterns of the source with a number that is not zero, ascending.
    pub(in crate::compile) rows: Vec<Vec<(usize, f64)>>,
    a: f64,
    b: f64,
}

/// Entries of a row of counts, and what each is multiplied by.
type Sum = Vec<(usize, f64)>;

/// The ends of a projection.
pub(in crate::compile) struct Ends<'a> {
    /// Patterns of the source.
    pub(in crate::compile) source: &'a Patterns,
    /// Patterns of the target.
    pub(in crate::compile) target: &'a Patterns,
    /// First entry of a row of counts that counts a pattern of the source.
    pub(in crate::compile) first_entry: usize,
    /// The entry of all spikes of the source.
    pub(in crate::compile) spikes_entry: usize,
    /// A neuron's own spikes are taken away.
    pub(in crate::compile) subtract_own: bool,
    /// What a field may be multiplied by.
    pub(in crate::compile) factor_max: u32,
}

impl Ends<'_> {
    /// The sums of a field where one neuron of the source alone fires, `[P + 1]`, not yet rounded.
    pub(in crate::compile) fn of_source(&self, field: &Field, source: usize) -> Vec<i64> {
        let has = |pattern: usize| {
            let word = self.source.row(source)[pattern / 32];
            word >> (pattern % 32) & 1 == 1
        };
        let counts = |term: &&Term| match (term.entry as usize).checked_sub(self.first_entry) {
            Some(pattern) if pattern < self.source.count() => has(pattern),
            _ => true,
        };
        let of_sum = |sum| field.terms_of(sum).iter().filter(counts).map(|term| term.coefficient).sum();
        (0..field.sums()).map(of_sum).collect()
    }
}

impl Weights {
    /// Of patterns that are stored or not: those that are to be learned, or were forgotten, excite nobody.
    pub(in crate::compile) fn new(coupling: &Coupling, stored: &[bool]) -> Self {
        let count = stored.len();
        let strengths = strengths(coupling, stored);
        let row = |target: usize| -> Vec<(usize, f64)> {
            if !stored[target] {
                return Vec::new();
            }
            let of = |source: usize, number: f64| (source, number * strengths[source]);
            let row: Vec<(usize, f64)> = match &coupling.form {
                CouplingForm::Auto => vec![of(target, 1.0)],
                CouplingForm::Sequence { cycle } => match (target.checked_sub(1), cycle) {
                    (Some(before), _) => vec![of(before, 1.0)],
                    (None, true) => vec![of(count - 1, 1.0)],
                    (None, false) => Vec::new(),
                },
                CouplingForm::Matrix(matrix) => {
                    matrix[target * count..][..count].iter().enumerate().map(|(at, &number)| of(at, number)).collect()
                }
            };
            row.into_iter().filter(|&(source, number)| number != 0.0 && stored[source]).collect()
        };
        Self { rows: (0..count).map(row).collect(), a: coupling.a, b: coupling.b }
    }

    /// The most fraction bits: those that make the largest number of A one at least, and as many as a field has at most.
    fn bits_max(&self) -> i32 {
        let largest = self.rows.iter().flatten().map(|&(_, number)| number.abs()).fold(0.0, f64::max);
        let makes_one = |&bits: &i32| largest == 0.0 || largest * f64::powi(2.0, bits) >= 1.0;
        BITS_MAX + (0..=BITS_MORE_MAX).find(makes_one).unwrap_or(BITS_MORE_MAX)
    }

    /// The coefficients of F^μ, those of U, as (entry, number).
    fn sums(&self, ends: &Ends<'_>) -> Vec<Sum> {
        let count = self.rows.len();
        let (mut columns, mut total) = (vec![0.0; count], 0.0);
        let mut sums: Vec<Sum> = Vec::with_capacity(count + 1);
        for row in &self.rows {
            let mut sum: Sum = row.iter().map(|&(at, number)| (ends.first_entry + at, number)).collect();
            row.iter().for_each(|&(at, number)| columns[at] += number);
            let of_row: f64 = row.iter().map(|&(_, number)| number).sum();
            total += of_row;
            sum.push((ends.spikes_entry, -self.a * of_row));
            sums.push(sum);
        }
        let mut uniform: Vec<(usize, f64)> =
            columns.iter().enumerate().map(|(at, number)| (ends.first_entry + at, -self.b * number)).collect();
        uniform.push((ends.spikes_entry, self.a * self.b * total));
        sums.push(uniform);
        sums.iter_mut().for_each(|sum| sum.retain(|&(_, number)| number != 0.0));
        sums
    }

    /// s_i = Σ_{μν} A[μ][ν] (ξ_i^μ - b)(ξ_i^ν - a) of each neuron.
    fn own(&self, patterns: &Patterns) -> Vec<f64> {
        let count = self.rows.len();
        let of_rows: Vec<f64> = self.rows.iter().map(|row| row.iter().map(|&(_, number)| number).sum()).collect();
        let mut of_columns = vec![0.0; count];
        self.rows.iter().flatten().for_each(|&(at, number)| of_columns[at] += number);
        let total: f64 = of_rows.iter().sum();
        let of_neuron = |neuron: usize| {
            let bits = patterns.row(neuron);
            let has = |pattern: usize| bits[pattern / 32] >> (pattern % 32) & 1 == 1;
            let mut sum = self.a * self.b * total;
            for pattern in patterns.of(neuron) {
                let shared = self.rows[pattern].iter().filter(|&&(at, _)| has(at));
                sum += shared.map(|&(_, number)| number).sum::<f64>();
                sum -= self.a * of_rows[pattern] + self.b * of_columns[pattern];
            }
            sum
        };
        (0..patterns.neurons()).into_par_iter().map(of_neuron).collect()
    }
}

/// The factor of each pattern: as written, and less for each one that is stored and younger.
fn strengths(coupling: &Coupling, stored: &[bool]) -> Vec<f64> {
    let mut strengths = coupling.strengths.clone().unwrap_or_else(|| vec![1.0; stored.len()]);
    // By repeated multiplication, which every platform rounds alike.
    let mut faded = 1.0;
    for (strength, _) in strengths.iter_mut().zip(stored).rev().filter(|&(_, &stored)| stored) {
        *strength *= faded;
        faded *= coupling.fade;
    }
    strengths
}

/// The field in the finest units in which 32 bits hold it; the largest count it would have to hold where none do.
pub(in crate::compile) fn field(weights: &Weights, ends: &Ends<'_>) -> Result<Field, f64> {
    let sums = weights.sums(ends);
    let own = if ends.subtract_own { weights.own(ends.target) } else { Vec::new() };
    let reach = Reach::of(&sums, &own, ends, u32::MAX);
    let holds = |&bits: &i32| reach.units(bits) * f64::from(ends.factor_max) <= f64::from(i32::MAX);
    quantised((&sums, &own), (&reach, weights.bits_max()), ends, holds)
}

/// The same for the weights of single pairs, in the finest units in which 16 bits hold each of them too: what stored
/// connections count. Own spikes are not taken away.
pub(in crate::compile) fn pairs(weights: &Weights, ends: &Ends<'_>) -> Result<Field, f64> {
    let sums = weights.sums(ends);
    let [reach, of_pair] = [u32::MAX, 1].map(|spikes| Reach::of(&sums, &[], ends, spikes));
    // Each pair is rounded by itself.
    let rounded = ends.source.neurons() as f64;
    let holds = |&bits: &i32| {
        (reach.units(bits) + rounded) * f64::from(ends.factor_max) <= f64::from(i32::MAX)
            && of_pair.units(bits) <= f64::from(i16::MAX)
    };
    let field = quantised((&sums, &[]), (&reach, weights.bits_max()), ends, holds)?;
    Ok(Field { reach: field.reach + ends.source.neurons() as u32, ..field })
}

/// A field with as many fraction bits as can be.
fn quantised(
    (sums, own): (&[Sum], &[f64]),
    (reach, bits_max): (&Reach, i32),
    ends: &Ends<'_>,
    holds: impl Fn(&i32) -> bool,
) -> Result<Field, f64> {
    let bits = (0..=bits_max).rev().find(holds).ok_or(reach.field * f64::from(ends.factor_max))?;
    let fits = |&shift: &i32| reach.sum * f64::powi(2.0, bits + shift) < SUM_MAX;
    let shift = (0..=SHIFT_MAX).rev().find(fits).ok_or(reach.sum)?;
    let (unit, coefficient_unit) = (f64::powi(2.0, bits), f64::powi(2.0, bits + shift));
    let (mut starts, mut terms) = (vec![0], Vec::new());
    for sum in sums {
        let quantised = |&(entry, number): &(usize, f64)| Term {
            entry: entry as u32,
            coefficient: (number * coefficient_unit + 0.5).floor() as i64,
        };
        terms.extend(sum.iter().map(quantised));
        starts.push(terms.len() as u32);
    }
    let own: Arc<[i32]> = own.iter().map(|own| (own * unit + 0.5).floor() as i32).collect();
    let own_reach = own.iter().map(|own| own.unsigned_abs()).max().unwrap_or(0);
    let reach = reach.units(bits) as u32;
    Ok(Field { bits: bits as u32, shift: shift as u32, starts, terms, own, own_reach, reach })
}

/// How large sums can become, whoever fires: counts.
struct Reach {
    /// |field| of any neuron, own spikes taken away or not; and any F^μ.
    field: f64,
    /// The sum of the magnitudes of any sum's terms.
    sum: f64,
    /// How many numbers are rounded before they are added up to a field.
    rounded: u32,
}

impl Reach {
    /// If no more than `spikes` neurons fire in a step.
    fn of(sums: &[Sum], own: &[f64], ends: &Ends<'_>, spikes: u32) -> Self {
        // No count is larger.
        let most = |entry: usize| match entry.checked_sub(ends.first_entry) {
            Some(pattern) if pattern < ends.source.count() => f64::from(ends.source.sizes()[pattern].min(spikes)),
            _ => (ends.source.neurons() as f64).min(spikes.into()),
        };
        let part = |sum: &Sum, sign: f64| -> f64 {
            sum.iter().map(|&(entry, number)| (sign * number).max(0.0) * most(entry)).sum()
        };
        let both: Vec<[f64; 2]> = sums.iter().map(|sum| [part(sum, 1.0), part(sum, -1.0)]).collect();
        let larger: Vec<f64> = both.iter().map(|[up, down]| up.max(*down)).collect();
        let Some((uniform, of_patterns)) = larger.split_last() else {
            return Self { field: 0.0, sum: 0.0, rounded: 0 };
        };
        let of_neuron = |neuron: usize| {
            let sum: f64 = ends.target.of(neuron).map(|pattern| of_patterns[pattern]).sum();
            sum + uniform + own.get(neuron).map_or(0.0, |own| own.abs())
        };
        let neurons = (0..ends.target.neurons()).into_par_iter().map(of_neuron);
        let field = neurons.reduce(|| 0.0, f64::max);
        Self {
            field: larger.iter().copied().fold(field, f64::max),
            sum: both.iter().map(|[up, down]| up + down).fold(0.0, f64::max),
            rounded: ends.target.memberships_max() + 2,
        }
    }

    /// The largest |field| in units of 2^-bits; what rounding adds is below a unit a number.
    fn units(&self, bits: i32) -> f64 {
        (self.field * f64::powi(2.0, bits)).ceil() + f64::from(self.rounded)
    }
}
