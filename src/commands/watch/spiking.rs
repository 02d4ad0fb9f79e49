//! A spiking network watched: overlaps from the counts of members, rates of populations, a raster of a few neurons.

use attractor::engine::{BlockResult, Changed};
use attractor::model::spiking as model;
use attractor::network::spiking::{CountsLayout, Spiking};

use super::{Bar, Shown, Watched, Watching};

/// Overlaps and rates are means over so long, ms.
const MEAN_MS: f64 = 20.0;
/// A column of the raster stands for so long, ms.
const COLUMN_MS: f64 = 5.0;
/// Bars that are shown.
const BARS: usize = 8;
/// Rows of the members of each cued pattern, of other neurons, and of each other population.
const ROWS: [usize; 3] = [10, 14, 7];
/// Rows at most: a column is a word.
const ROWS_MAX: usize = 64;
/// So many cued patterns have rows.
const CUES_MAX: usize = 3;

/// What is gathered while a spiking network runs.
pub(crate) struct Spikes {
    shown: Shown,
    layout: CountsLayout,
    /// Neurons of each pattern as a trial starts and now, and of each population.
    start_members: Vec<u32>,
    members: Vec<u32>,
    names: Vec<String>,
    sizes: Vec<u32>,
    holder: usize,
    reference_rate_hz: f64,
    /// Neurons of the raster, numbered across populations.
    neurons: Vec<u32>,
    dt_ms: f64,
    /// Counts since the last mean, `[entry]`, over so many steps.
    sums: Vec<u64>,
    sum_steps: u64,
    column: u64,
    column_steps: u64,
}

impl Watched for Spiking {
    type Watching = Spikes;

    fn watch(&self, model: &model::Spiking) -> Spikes {
        let layout = self.counts_layout();
        let (neurons, rows) = raster(self, model);
        Spikes {
            shown: Shown { bars_title: "overlap", numbers_title: "rate", rows, ..Shown::default() },
            start_members: self.patterns.sizes().to_vec(),
            members: self.patterns.sizes().to_vec(),
            names: self.populations.iter().map(|own| own.name.clone()).collect(),
            sizes: self.populations.iter().map(|own| own.size).collect(),
            holder: self.pattern_population,
            reference_rate_hz: model.record.reference_rate_hz,
            neurons,
            dt_ms: model.dt_ms,
            sums: vec![0; layout.saturated_potentials(0)],
            layout,
            sum_steps: 0,
            column: 0,
            column_steps: 0,
        }
    }
}

impl Watching<Spiking> for Spikes {
    fn add(&mut self, result: &BlockResult) {
        if result.block.start_step == 0 {
            self.members.clone_from(&self.start_members);
        }
        for changed in &result.changes {
            match changed {
                Changed::Learned { pattern, members } => self.members[*pattern] = members.len() as u32,
                Changed::Forgotten { pattern } => self.members[*pattern] = 0,
            }
        }
        for row in result.counts.chunks_exact(self.layout.len()) {
            self.sums.iter_mut().zip(row).for_each(|(sum, &count)| *sum += u64::from(count));
        }
        for (row, &neuron) in self.neurons.iter().enumerate() {
            self.column |= u64::from(result.spikes[neuron as usize] != 0) << row;
        }
        let steps = u64::from(result.block.steps);
        self.sum_steps += steps;
        self.column_steps += steps;
        if self.column_steps as f64 * self.dt_ms >= COLUMN_MS {
            self.shown.push_column(std::mem::take(&mut self.column));
            self.column_steps = 0;
        }
        if self.sum_steps as f64 * self.dt_ms >= MEAN_MS {
            self.take_means();
        }
    }

    fn shown(&mut self) -> &Shown {
        &self.shown
    }
}

impl Spikes {
    fn take_means(&mut self) {
        let seconds = self.sum_steps as f64 * self.dt_ms / 1000.0;
        let rate_hz = |spikes: u64, neurons: u32| spikes as f64 / f64::from(neurons.max(1)) / seconds;
        let all = self.sums[self.layout.spikes(self.holder)];
        let mut bars: Vec<(usize, f64)> = (0..self.layout.patterns)
            .map(|pattern| {
                let (own, members) = (self.sums[pattern], self.members[pattern]);
                let others_hz = rate_hz(all - own, self.sizes[self.holder] - members);
                (pattern, (rate_hz(own, members) - others_hz) / self.reference_rate_hz)
            })
            .collect();
        bars.sort_by(|a, b| b.1.total_cmp(&a.1));
        bars.truncate(BARS);
        self.shown.bars =
            bars.into_iter().map(|(pattern, value)| Bar { name: format!("pattern {pattern}"), value }).collect();
        let number = |(at, name): (usize, &String)| {
            (name.clone(), format!("{:.1} Hz", rate_hz(self.sums[self.layout.spikes(at)], self.sizes[at])))
        };
        self.shown.numbers = self.names.iter().enumerate().map(number).collect();
        self.sums.fill(0);
        self.sum_steps = 0;
    }
}

/// The neurons of the raster, and what each row is of.
fn raster(network: &Spiking, model: &model::Spiking) -> (Vec<u32>, Vec<String>) {
    let mut cued: Vec<usize> = Vec::new();
    for stimulus in &model.stimuli {
        if let model::StimulusTarget::Cue { pattern, .. } = stimulus.target
            && !cued.contains(&pattern)
        {
            cued.push(pattern);
        }
    }
    cued.truncate(CUES_MAX);
    let mut chosen: Vec<(u32, String)> = Vec::new();
    let mut choose = |neurons: &[u32], count: usize, name: &str| {
        let count = count.min(neurons.len());
        chosen.extend((0..count).map(|at| (neurons[at * neurons.len() / count], name.to_owned())));
    };
    for (at, population) in network.populations.iter().enumerate() {
        let all: Vec<u32> = (population.first..population.first + population.size).collect();
        if at != network.pattern_population || network.patterns.count() == 0 {
            choose(&all, ROWS[2], &population.name);
            continue;
        }
        let of = |neuron: u32, pattern: usize| {
            network.patterns.of((neuron - population.first) as usize).any(|own| own == pattern)
        };
        for &pattern in &cued {
            let members: Vec<u32> = all.iter().copied().filter(|&neuron| of(neuron, pattern)).collect();
            choose(&members, ROWS[0], &format!("pattern {pattern}"));
        }
        let others: Vec<u32> =
            all.into_iter().filter(|&neuron| !cued.iter().any(|&pattern| of(neuron, pattern))).collect();
        choose(&others, ROWS[1], if cued.is_empty() { &population.name } else { "others" });
    }
    chosen.truncate(ROWS_MAX);
    chosen.into_iter().unzip()
}
