//! Which pattern excites which in a Hebbian projection, and how much.

use std::sync::Arc;

use super::build::Builder;
use crate::config::Problem;
use crate::config::spiking as written;

/// `w_ij = c Σ_{μν} A[μ][ν] strength(ν) (ξ_i^μ - b)(ξ_j^ν - a)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Coupling {
    /// A.
    pub form: CouplingForm,
    /// What is taken away from the source's patterns.
    pub a: f64,
    /// What is taken away from the target's patterns.
    pub b: f64,
    /// A factor for what each pattern excites, `[P]`; `None`: 1 for all.
    pub strengths: Option<Vec<f64>>,
    /// Each older pattern excites less by this factor than the one after it; the last one is the youngest.
    pub fade: f64,
}

/// Which pattern excites which.
#[derive(Clone, Debug, PartialEq)]
pub enum CouplingForm {
    /// Each itself.
    Auto,
    /// Each the one after it.
    Sequence {
        /// And the last one the first.
        cycle: bool,
    },
    /// `A[target][source]`, `[P * P]`, row by row.
    Matrix(Arc<Vec<f64>>),
}

impl Default for Coupling {
    /// Every pattern excites itself alone: w_ij = c Σ_μ ξ_i^μ ξ_j^μ.
    fn default() -> Self {
        Self { form: CouplingForm::Auto, a: 0.0, b: 0.0, strengths: None, fade: 1.0 }
    }
}

impl Coupling {
    /// Whether weights are numbers of shared patterns.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.written().is_none()
    }

    /// A key that makes weights something else; `None` where there is none.
    #[must_use]
    pub fn written(&self) -> Option<&'static str> {
        let Self { form, a, b, strengths, fade } = self;
        let keys = [
            (*form != CouplingForm::Auto, "coupling"),
            ((*a, *b) != (0.0, 0.0), "rule"),
            (strengths.is_some(), "strengths"),
            (*fade != 1.0, "fade"),
        ];
        keys.into_iter().find(|(is_written, _)| *is_written).map(|(_, key)| key)
    }
}

/// Puts together what is written; `count` is the number of patterns, as far as known.
pub(super) fn build(
    builder: &mut Builder<'_>,
    path: &str,
    written: &written::Coupling,
    count: Option<usize>,
) -> Option<Coupling> {
    let form = written.form.as_ref().and_then(|form| build_form(builder, path, form, count));
    if let (Some(Some(strengths)), Some(count)) = (&written.strengths, count)
        && strengths.len() != count
    {
        let message = format!("`{path}.strengths` has {} numbers, and there are {count} patterns", strengths.len());
        let label = format!("write {count} numbers, one for each pattern");
        builder.problem(Problem::value(format!("{path}.strengths"), message, label));
    }
    check_protocol(builder, path, written);
    let [a, b] = written.rule?;
    Some(Coupling { form: form?, a, b, strengths: written.strengths.clone()?, fade: written.fade? })
}

/// What is written out pattern by pattern says nothing of patterns that are to be learned.
fn check_protocol(builder: &mut Builder<'_>, path: &str, written: &written::Coupling) {
    let learns = |entry: &written::Entry| matches!(entry.action, Some(written::Action::Learn { .. }));
    let is_matrix = matches!(written.form, Some(written::CouplingForm::Matrix(_) | written::CouplingForm::File(_)));
    if !builder.written.protocol.iter().any(learns) {
        return;
    }
    for (key, is_written) in [("coupling", is_matrix), ("strengths", matches!(written.strengths, Some(Some(_))))] {
        if is_written {
            let message =
                format!("`{path}.{key}` is written out, and `protocol` learns patterns that it does not name");
            let problem = Problem::value(format!("{path}.{key}"), message, "leave it out, or learn nothing");
            builder.problem(problem.help("coupling = \"sequence\" and `fade` go with patterns that are learned"));
        }
    }
}

fn build_form(
    builder: &mut Builder<'_>,
    path: &str,
    written: &written::CouplingForm,
    count: Option<usize>,
) -> Option<CouplingForm> {
    Some(match written {
        written::CouplingForm::Auto => CouplingForm::Auto,
        written::CouplingForm::Sequence { cycle } => CouplingForm::Sequence { cycle: (*cycle)? },
        written::CouplingForm::File(numbers) => CouplingForm::Matrix(Arc::new(numbers.clone())),
        written::CouplingForm::Matrix(rows) => {
            let count = count?;
            let wrong = rows.iter().position(|row| row.len() != count);
            if rows.len() != count || wrong.is_some() {
                let (place, found) = match wrong {
                    Some(row) => (format!("{path}.coupling.{row}"), format!("a row of {} numbers", rows[row].len())),
                    None => (format!("{path}.coupling"), format!("{} rows", rows.len())),
                };
                let message = format!("`{path}.coupling` has {found}, and there are {count} patterns");
                builder.problem(Problem::value(place, message, format!("write {count} rows of {count} numbers")));
                return None;
            }
            CouplingForm::Matrix(Arc::new(rows.concat()))
        }
    })
}
