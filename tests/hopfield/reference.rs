//! An explicit network: every weight an exact fraction, every field summed pair by pair. Slow and plain.
//!
//! It shares no code with the engines: of the network it takes the patterns, the starts, which connections exist, and
//! the table of the gain; all else comes from the model.

use attractor::model::hopfield::{Hopfield as Model, Threshold, Weights};
use attractor::network::hopfield::{Coupling, Hopfield};
use attractor::random::{Stream, counter, key, philox};
use attractor::units::Ratio;

pub(crate) struct Reference<'n> {
    model: Model,
    network: &'n Hopfield,
    /// w_ij, `[target][source]`, zero where nothing is connected.
    weights: Vec<Vec<Ratio>>,
    thresholds: Vec<Ratio>,
    /// Whether each neuron is on, `[trial][neuron]`.
    pub(crate) states: Vec<Vec<bool>>,
    sweep: u64,
}

fn sum(terms: impl Iterator<Item = Ratio>) -> Ratio {
    terms.fold(Ratio::ZERO, |sum, term| sum.plus(term).expect("a sum"))
}

fn product(one: Ratio, other: Ratio) -> Ratio {
    one.times(other).expect("a product")
}

impl<'n> Reference<'n> {
    pub(crate) fn new(model: Model, network: &'n Hopfield) -> Self {
        let size = model.size as usize;
        let words = size.div_ceil(64);
        let states = network.starts.chunks(words).map(|state| (0..size).map(|i| bit(state, i)).collect()).collect();
        let mut own = Self { model, network, weights: Vec::new(), thresholds: Vec::new(), states, sweep: 0 };
        own.weights = (0..size).map(|i| (0..size).map(|j| own.weight(i, j)).collect()).collect();
        own.thresholds = own.make_thresholds();
        own
    }

    fn weight(&self, i: usize, j: usize) -> Ratio {
        let connected = match &self.network.coupling {
            Coupling::Sparse(sparse) => sparse.sources_of(i).contains(&(j as u32)),
            _ => i != j || self.model.self_coupling,
        };
        if !connected {
            return Ratio::ZERO;
        }
        let memories = &self.network.memories;
        let xi = |neuron: usize, pattern: usize| Ratio::whole(i128::from(bit(memories.column(pattern), neuron)));
        let patterns = 0..memories.count();
        match &self.model.weights {
            Weights::Given(rows) => rows[i][j],
            Weights::Hebb { scale } => {
                let p = |neuron, pattern| if xi(neuron, pattern) == Ratio::ONE { Ratio::ONE } else { Ratio::whole(-1) };
                product(*scale, sum(patterns.map(|pattern| product(p(i, pattern), p(j, pattern)))))
            }
            Weights::Covariance { scale, a, b } => {
                let less = |value: Ratio, by: &Ratio| value.plus(by.negative()).expect("a difference");
                let term = |pattern| product(less(xi(i, pattern), b), less(xi(j, pattern), a));
                product(*scale, sum(patterns.map(term)))
            }
        }
    }

    fn make_thresholds(&self) -> Vec<Ratio> {
        let size = self.model.size as usize;
        match &self.model.threshold {
            Threshold::Same(theta) => vec![*theta; size],
            Threshold::Each(thetas) => thetas.clone(),
            Threshold::HalfSum => {
                let half = Ratio::new(1, 2).expect("a half");
                self.weights.iter().map(|row| product(half, sum(row.iter().copied()))).collect()
            }
        }
    }

    fn value(&self, is_on: bool) -> Ratio {
        match (is_on, self.model.signed) {
            (true, _) => Ratio::ONE,
            (false, true) => Ratio::whole(-1),
            (false, false) => Ratio::ZERO,
        }
    }

    /// h_i - θ_i.
    pub(crate) fn field(&self, state: &[bool], neuron: usize) -> Ratio {
        let terms = self.weights[neuron].iter().zip(state).map(|(&weight, &on)| product(weight, self.value(on)));
        sum(terms).plus(self.thresholds[neuron].negative()).expect("a field")
    }

    /// E = -1/2 Σ_{i≠j} w_ij S_i S_j + Σ θ_i S_i.
    pub(crate) fn energy(&self, state: &[bool]) -> Ratio {
        let mut twice = Ratio::ZERO;
        for (i, row) in self.weights.iter().enumerate() {
            let others = row.iter().zip(state).enumerate().filter(|&(j, _)| j != i);
            let field = sum(others.map(|(_, (&weight, &on))| product(weight, self.value(on))));
            let theta = product(Ratio::whole(2), self.thresholds[i]);
            let both = theta.plus(field.negative()).expect("a sum");
            twice = twice.plus(product(self.value(state[i]), both)).expect("a sum");
        }
        product(Ratio::new(1, 2).expect("a half"), twice)
    }

    fn next(&self, trial: usize, neuron: usize) -> bool {
        let field = self.field(&self.states[trial], neuron);
        let is_on = self.states[trial][neuron];
        let Some(gain) = &self.network.gain else {
            return field.top() > 0 || field.top() == 0 && (self.model.tie_on || is_on);
        };
        // The integer that the table is over: the field in half the unit of the energy.
        let unit = Ratio::new(2 * self.network.energy.top, self.network.energy.bottom).expect("a unit");
        let integer = field.over(unit).expect("a field in units");
        assert_eq!(integer.bottom(), 1, "fields are whole numbers of units");
        self.word(Stream::Noise, trial, neuron) < gain.of(integer.top() as i64)
    }

    fn word(&self, stream: Stream, trial: usize, neuron: usize) -> u32 {
        let words = philox(counter(stream, trial as u32, neuron as u32 / 4, self.sweep), key(self.model.seed));
        words[neuron % 4]
    }

    pub(crate) fn advance(&mut self) {
        let size = self.model.size as usize;
        for trial in 0..self.states.len() {
            if self.model.synchronous {
                self.states[trial] = (0..size).map(|neuron| self.next(trial, neuron)).collect();
                continue;
            }
            let mut order: Vec<usize> = (0..size).collect();
            order.sort_by_key(|&neuron| (self.word(Stream::Order, trial, neuron), neuron));
            for neuron in order {
                self.states[trial][neuron] = self.next(trial, neuron);
            }
        }
        self.sweep += 1;
    }

    /// n^μ, `[trial][pattern]`.
    pub(crate) fn counts(&self) -> Vec<u32> {
        let memories = &self.network.memories;
        let of = |state: &Vec<bool>| {
            let count =
                |pattern| (0..state.len()).filter(|&i| state[i] && bit(memories.column(pattern), i)).count() as u32;
            (0..memories.count()).map(count).collect::<Vec<_>>()
        };
        self.states.iter().flat_map(of).collect()
    }
}

pub(crate) fn bit(words: &[u64], at: usize) -> bool {
    words[at / 64] >> (at % 64) & 1 == 1
}
