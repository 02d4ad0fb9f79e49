//! Building projections.

use super::build::Builder;
use super::patterns::Built;
use super::{Projection, ProjectionKind};
use crate::config::Problem;
use crate::config::spiking as written;

/// The longest delay, in steps: the counts of so many steps are kept.
const DELAY_STEPS_MAX: u64 = 1 << 20;

pub(super) fn build(builder: &mut Builder<'_>, patterns: &Built) -> Vec<Option<Projection>> {
    let projections = builder.written.projections.iter().enumerate();
    projections.map(|(number, written)| build_one(builder, patterns, number, written)).collect()
}

fn build_one(
    builder: &mut Builder<'_>,
    patterns: &Built,
    number: usize,
    written: &written::Projection,
) -> Option<Projection> {
    let path = |key: &str| format!("projections.{number}.{key}");
    let from = written.from.as_ref().and_then(|name| builder.population(&path("from"), name));
    let to = written.to.as_ref().and_then(|name| builder.population(&path("to"), name));
    let delay = written.delay.as_ref().and_then(|delay| delay_steps(builder, &path("delay"), delay));
    if written.kind == Some(written::ProjectionKind::Hebbian) {
        check_hebbian(builder, patterns, number, [from, to]);
    }
    if written.scaled_by_memberships == Some(true) {
        check_scale(builder, patterns, &path("scaled_by"), to);
    }
    let jump_mv = match written.jump.as_ref()? {
        written::Jump::Weight(weight) => weight.value(),
        written::Jump::Strength(strength) => strength.value() / f64::from(builder.size(from?)?),
    };
    Some(Projection {
        from: from?,
        to: to?,
        kind: match written.kind? {
            written::ProjectionKind::Hebbian => ProjectionKind::Hebbian,
            written::ProjectionKind::Global => ProjectionKind::Global,
        },
        jump_mv,
        tau_syn_ms: written.tau_syn.as_ref()?.value(),
        delay_steps: delay?,
        scaled_by_memberships: written.scaled_by_memberships?,
        autapses: written.autapses?,
    })
}

fn delay_steps(builder: &mut Builder<'_>, path: &str, delay: &crate::units::Quantity) -> Option<u32> {
    let steps = builder.steps(path, delay)?;
    if steps > DELAY_STEPS_MAX {
        let message = format!("`{path}` is {steps} steps");
        builder.problem(Problem::value(path, message, format!("at most {DELAY_STEPS_MAX} are possible")));
        return None;
    }
    u32::try_from(steps).ok()
}

/// Both ends of a Hebbian projection have patterns.
fn check_hebbian(builder: &mut Builder<'_>, patterns: &Built, number: usize, ends: [Option<usize>; 2]) {
    if patterns.is_absent() {
        let path = format!("projections.{number}.kind");
        let message = "a Hebbian projection needs patterns, and there is no [patterns]";
        let problem = Problem::value(path, message, "add [patterns], or write \"global\"");
        builder.problem(problem.help("such as [patterns] with count = 90 and activity = 0.1"));
        return;
    }
    let Some(population) = patterns.population() else { return };
    for (key, end) in ["from", "to"].into_iter().zip(ends) {
        if end.is_some_and(|end| end != population) {
            let home = builder.name(population).to_owned();
            let message = format!("a Hebbian projection needs patterns at both ends, and they live in `{home}`");
            let problem = Problem::value(format!("projections.{number}.{key}"), message, format!("write \"{home}\""));
            builder.problem(problem.help("or write kind = \"global\", or change patterns.population"));
        }
    }
}

/// The target of a projection that is scaled by memberships has patterns.
fn check_scale(builder: &mut Builder<'_>, patterns: &Built, path: &str, to: Option<usize>) {
    if patterns.is_absent() {
        let message = "this projection is scaled by memberships in patterns, and there is no [patterns]";
        builder.problem(Problem::value(path, message, "add [patterns], or write \"none\""));
        return;
    }
    if let (Some(population), Some(to)) = (patterns.population(), to)
        && population != to
    {
        let (home, target) = (builder.name(population), builder.name(to));
        let message = format!("`{target}` has no patterns to scale by: they live in `{home}`");
        builder.problem(Problem::value(path, message, "write \"none\""));
    }
}
