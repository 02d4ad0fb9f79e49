//! A binary network watched: overlaps of the first trial, its flips, and some of its neurons sweep by sweep.

use attractor::engine::hopfield::Swept;
use attractor::model::hopfield as model;
use attractor::network::hopfield::Hopfield;

use super::{Bar, Shown, Watched, Watching};

/// Bars that are shown.
const BARS: usize = 8;
/// Neurons that have a row.
const ROWS: usize = 40;

/// What is gathered while a binary network runs.
pub(crate) struct States {
    shown: Shown,
    neurons: u32,
    signed: bool,
    activity: f64,
    sizes: Vec<u32>,
    /// Neurons of the raster.
    rows: Vec<usize>,
    /// The state of the first trial after the sweep before.
    last: Vec<u64>,
    /// Its counts after the latest sweep, and how many neurons were on and how many flipped.
    counts: Vec<u32>,
    on: u32,
    flips: u32,
}

impl Watched for Hopfield {
    type Watching = States;

    fn watch(&self, model: &model::Hopfield) -> States {
        let count = ROWS.min(self.neurons as usize);
        let words = (self.neurons as usize).div_ceil(64);
        States {
            shown: Shown {
                bars_title: "overlap",
                numbers_title: "first trial",
                rows: vec!["neurons".to_owned(); count],
                ..Shown::default()
            },
            neurons: self.neurons,
            signed: self.signed,
            activity: model.patterns.as_ref().map_or(0.5, |patterns| patterns.activity),
            sizes: self.memories.sizes().to_vec(),
            rows: (0..count).map(|at| at * self.neurons as usize / count).collect(),
            last: self.starts.iter().copied().take(words).collect(),
            counts: Vec::new(),
            on: 0,
            flips: 0,
        }
    }
}

impl Watching<Hopfield> for States {
    fn add(&mut self, result: &Swept) {
        let state = &result.states[..self.last.len().min(result.states.len())];
        self.on = state.iter().map(|word| word.count_ones()).sum();
        self.flips = state.iter().zip(&self.last).map(|(now, last)| (now ^ last).count_ones()).sum();
        self.counts.clear();
        self.counts.extend_from_slice(&result.counts[..self.sizes.len()]);
        let bit = |(row, &neuron): (usize, &usize)| (state[neuron / 64] >> (neuron % 64) & 1) << row;
        let column = self.rows.iter().enumerate().map(bit).fold(0, |column, bit| column | bit);
        self.shown.push_column(column);
        self.last.copy_from_slice(state);
    }

    fn shown(&mut self) -> &Shown {
        let overlap = |(pattern, &count): (usize, &u32)| (pattern, self.overlap(pattern, count, self.on));
        let mut bars: Vec<(usize, f64)> = self.counts.iter().enumerate().map(overlap).collect();
        bars.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        bars.truncate(BARS);
        self.shown.bars =
            bars.into_iter().map(|(pattern, value)| Bar { name: format!("pattern {pattern}"), value }).collect();
        let share = f64::from(self.on) / f64::from(self.neurons.max(1));
        self.shown.numbers =
            vec![("flips".to_owned(), self.flips.to_string()), ("on".to_owned(), format!("{:.1} %", 100.0 * share))];
        &self.shown
    }
}

impl States {
    /// The overlap of a state of `on` neurons, `count` of them in the pattern: as the results file has it.
    fn overlap(&self, pattern: usize, count: u32, on: u32) -> f64 {
        let [count, size, on, neurons] = [count, self.sizes[pattern], on, self.neurons].map(f64::from);
        let a = self.activity;
        if self.signed {
            (4.0 * count - 2.0 * size - 2.0 * on + neurons) / neurons
        } else {
            (count - a * on) / (neurons * a * (1.0 - a))
        }
    }
}
