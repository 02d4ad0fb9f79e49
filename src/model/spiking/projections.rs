//! Building projections.

use super::build::Builder;
use super::patterns::Built;
use super::{Connections, Coupling, Projection, ProjectionKind, Representation};
use crate::config::Problem;
use crate::config::spiking as written;

/// The longest delay, in steps: the counts of so many steps are kept.
const DELAY_STEPS_MAX: u64 = 1 << 20;
/// The smallest probability of a connection: gaps are drawn in 32 bits.
const PROBABILITY_MIN: f64 = 1e-9;

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
    let coupling = match &written.coupling {
        Some(written) => super::coupling::build(builder, &format!("projections.{number}"), written, patterns.count()),
        None => Some(Coupling::default()),
    };
    let autapses = written.autapses;
    let connections = connections(builder, number, written, ends_sizes(builder, from, to, autapses));
    check_representation(builder, number, written, connections);
    check_coupling(builder, number, written, (coupling.as_ref(), connections));
    let jump_mv = match written.jump.as_ref()? {
        written::Jump::Weight(weight) => weight.value(),
        written::Jump::Strength(strength) => strength.value() / sources(connections?, builder.size(from?)?),
    };
    Some(Projection {
        from: from?,
        to: to?,
        kind: match written.kind? {
            written::ProjectionKind::Hebbian => ProjectionKind::Hebbian,
            written::ProjectionKind::Global | written::ProjectionKind::Random => ProjectionKind::Global,
        },
        coupling: coupling?,
        jump_mv,
        tau_syn_ms: written.tau_syn.as_ref()?.value(),
        delay_steps: delay?,
        scaled_by_memberships: written.scaled_by_memberships?,
        autapses: autapses?,
        connections: connections?,
        clip: written.clip?,
        representation: match written.representation? {
            written::Representation::Auto => Representation::Auto,
            written::Representation::Procedural => Representation::Procedural,
            written::Representation::Stored => Representation::Stored,
        },
    })
}

/// How many sources a target has, as a mean: what a strength is divided by.
fn sources(connections: Connections, size: u32) -> f64 {
    match connections {
        Connections::All => f64::from(size),
        Connections::Probability(probability) => f64::from(size) * probability,
        Connections::Indegree { count, .. } => f64::from(count),
    }
}

/// How many neurons a target may have as sources, as far as that is known.
fn ends_sizes(builder: &Builder<'_>, from: Option<usize>, to: Option<usize>, autapses: Option<bool>) -> Option<u32> {
    let own = from? == to? && !autapses?;
    Some(builder.size(from?)? - u32::from(own))
}

/// Which pairs are connected, out of so many sources that a target may have.
fn connections(
    builder: &mut Builder<'_>,
    number: usize,
    written: &written::Projection,
    sources: Option<u32>,
) -> Option<Connections> {
    match written.connections? {
        written::Connections::Probability(probability) if probability < PROBABILITY_MIN => {
            let path = format!("projections.{number}.connection_probability");
            let message = if probability == 0.0 {
                format!("`{path}` must be above zero: nothing would be connected")
            } else {
                format!("`{path}` is too small to be drawn: 1e-9 is the smallest")
            };
            builder.problem(Problem::value(path, message, "write a number such as 0.1"));
            None
        }
        written::Connections::Probability(1.0) => Some(Connections::All),
        written::Connections::Probability(probability) => Some(Connections::Probability(probability)),
        written::Connections::Indegree { count, multapses } => {
            let others = sources?;
            if others == 0 || (count > others && !multapses) {
                let path = format!("projections.{number}.indegree");
                let message =
                    format!("`{path}` is {count}, and a target has {others} different sources to choose from");
                let (label, help) = match others {
                    0 => ("there must be another neuron", "or autapses = true, which lets it be its own source"),
                    _ => {
                        ("write a smaller number", "or multapses = true, which lets a source be chosen more than once")
                    }
                };
                builder.problem(Problem::value(path, message, label).help(help));
                return None;
            }
            Some(Connections::Indegree { count, multapses })
        }
    }
}

/// What is always stored, or never, cannot be asked to be otherwise.
fn check_representation(
    builder: &mut Builder<'_>,
    number: usize,
    written: &written::Projection,
    connections: Option<Connections>,
) {
    let (Some(connections), Some(representation)) = (connections, written.representation) else { return };
    let (message, label) = match (connections, written.clip, representation) {
        (Connections::Indegree { .. }, _, written::Representation::Procedural) => (
            "connections of an `indegree` are drawn target by target, so a spike cannot find its targets without trying all",
            "write \"stored\", or `connection_probability` in place of `indegree`",
        ),
        (Connections::All, Some(None), written::Representation::Procedural | written::Representation::Stored) => (
            "all pairs are connected, and counts of spikes stand for them: nothing is drawn or stored",
            "leave it out, or write \"auto\"",
        ),
        _ => return,
    };
    builder.problem(Problem::value(format!("projections.{number}.representation"), message, label));
}

/// A clip is a number of shared patterns; where not all pairs are connected, other weights are stored.
fn check_coupling(
    builder: &mut Builder<'_>,
    number: usize,
    written: &written::Projection,
    (coupling, connections): (Option<&Coupling>, Option<Connections>),
) {
    let (Some(coupling), Some(connections)) = (coupling, connections) else { return };
    let Some(key) = coupling.written() else { return };
    let path = format!("projections.{number}.{key}");
    if written.clip.is_some_and(|clip| clip.is_some()) {
        let message = format!("`{path}` makes weights of its own, and `clip` limits the number of shared patterns");
        builder.problem(Problem::value(path, message, "leave one of the two out, this or `clip`"));
    } else if connections != Connections::All && written.representation == Some(written::Representation::Procedural) {
        let message = format!("`{key}` makes weights of its own, which only stored connections can have");
        let path = format!("projections.{number}.representation");
        builder.problem(Problem::value(path, message, format!("write \"stored\", or leave `{key}` out")));
    }
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
    let Some(homes) = patterns.populations() else { return };
    for (key, end) in ["from", "to"].into_iter().zip(ends) {
        if end.is_some_and(|end| !homes.contains(&end)) {
            let names = names(builder, &homes);
            let message = format!("a Hebbian projection needs patterns at both ends, and they live in {names}");
            let label = format!("write \"{}\"", builder.name(homes[0]));
            let problem = Problem::value(format!("projections.{number}.{key}"), message, label);
            builder.problem(problem.help("or write kind = \"global\", or change patterns.population"));
        }
    }
}

/// `a`, `b` and `c`.
fn names(builder: &Builder<'_>, populations: &[usize]) -> String {
    let names: Vec<String> = populations.iter().map(|&one| format!("`{}`", builder.name(one))).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// The target of a projection that is scaled by memberships has patterns.
fn check_scale(builder: &mut Builder<'_>, patterns: &Built, path: &str, to: Option<usize>) {
    if patterns.is_absent() {
        let message = "this projection is scaled by memberships in patterns, and there is no [patterns]";
        builder.problem(Problem::value(path, message, "add [patterns], or write \"none\""));
        return;
    }
    if let (Some(homes), Some(to)) = (patterns.populations(), to)
        && !homes.contains(&to)
    {
        let (homes, target) = (names(builder, &homes), builder.name(to));
        let message = format!("`{target}` has no patterns to scale by: they live in {homes}");
        builder.problem(Problem::value(path, message, "write \"none\""));
    }
}
