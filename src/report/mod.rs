//! The report: one HTML page on a run that needs nothing else, neither files beside it nor a network.

mod hopfield;
mod hover;
mod html;
mod page;
mod rate;
mod spiking;

use crate::findings::{self, FindingsError, ModelKind};
use crate::plot::PlotError;
use crate::results::Results;

use self::page::Page;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file cannot be read or analysed.
    #[error(transparent)]
    Findings(#[from] FindingsError),
    /// Nothing in it can be drawn.
    #[error(transparent)]
    Plot(#[from] PlotError),
}

/// The report on a results file, an HTML page.
///
/// # Errors
/// If the file is damaged.
pub fn report(results: &Results) -> Result<String, ReportError> {
    let mut page = Page::new(results);
    match findings::model(results) {
        ModelKind::Spiking => spiking::fill(results, &mut page)?,
        ModelKind::Hopfield => hopfield::fill(results, &mut page)?,
        ModelKind::Rate => rate::fill(results, &mut page)?,
    }
    page.repeat(results);
    Ok(page.html())
}
