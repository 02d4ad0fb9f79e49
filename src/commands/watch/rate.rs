//! A rate network watched: overlaps, mean rate and residual, and which of some neurons are above the mean.

use attractor::engine::rate::BlockResult;
use attractor::model::rate as model;
use attractor::network::rate::Rate;

use super::{Bar, Shown, Watched, Watching};

/// Bars that are shown.
const BARS: usize = 8;
/// Neurons that have a row.
const ROWS: usize = 40;

/// What is gathered while a rate network runs.
pub(crate) struct Rates {
    shown: Shown,
    /// Neurons of the raster.
    rows: Vec<usize>,
    /// Of the latest frame: overlaps, mean, residual.
    overlaps: Vec<f32>,
    mean: f32,
    residual: f32,
}

impl Watched for Rate {
    type Watching = Rates;

    fn watch(&self, model: &model::Rate) -> Rates {
        let count = ROWS.min(model.size as usize);
        Rates {
            shown: Shown {
                bars_title: "overlap",
                numbers_title: "rate",
                rows: vec!["above mean".to_owned(); count],
                ..Shown::default()
            },
            rows: (0..count).map(|at| at * model.size as usize / count).collect(),
            overlaps: Vec::new(),
            mean: 0.0,
            residual: 0.0,
        }
    }
}

impl Watching<Rate> for Rates {
    fn add(&mut self, result: &BlockResult) {
        let Some(frame) = &result.frame else { return };
        self.overlaps.clone_from(&frame.overlaps);
        (self.mean, self.residual) = (frame.mean, frame.residual);
        let above = |&neuron: &usize| frame.rates.get(neuron).is_some_and(|&rate| rate > frame.mean);
        let bits = self.rows.iter().map(above).enumerate();
        self.shown.push_column(bits.fold(0, |column, (row, above)| column | u64::from(above) << row));
    }

    fn shown(&mut self) -> &Shown {
        let overlaps = self.overlaps.iter().map(|&overlap| f64::from(overlap));
        let mut bars: Vec<(usize, f64)> = overlaps.enumerate().collect();
        bars.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        bars.truncate(BARS);
        self.shown.bars =
            bars.into_iter().map(|(pattern, value)| Bar { name: format!("pattern {pattern}"), value }).collect();
        self.shown.numbers = vec![
            ("mean".to_owned(), format!("{:.4}", self.mean)),
            ("residual".to_owned(), format!("{:.1e}", self.residual)),
        ];
        &self.shown
    }
}
