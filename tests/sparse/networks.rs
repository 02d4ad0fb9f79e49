//! Small networks with projections of every kind of connections.

use attractor::model::spiking::{
    Connections, Coupling, CouplingForm, PatternSource, Projection, ProjectionKind, Representation, Spiking as Model,
};
use attractor::network::spiking::Spiking;

use crate::support::{compile, cue, memory, projection};

pub(crate) const PROBABILITY: fn(f64) -> Connections = Connections::Probability;

pub(crate) fn indegree(count: u32, multapses: bool) -> Connections {
    Connections::Indegree { count, multapses }
}

/// A small memory in which every projection is wired in another way, with jumps and currents, cued from the start.
pub(crate) fn varied(size: u32, patterns: usize, duration_ms: f64) -> Model {
    let mut model = memory(size, 7, duration_ms);
    if let Some(stored) = &mut model.patterns {
        stored.count = patterns;
        stored.activity = 0.2;
        stored.source = PatternSource::Drawn { exact: false };
    }
    let eighth = (size / 8).max(1);
    let sparse = |projection: &mut Projection, connections: Connections, mean: f64| {
        projection.connections = connections;
        projection.jump_mv /= mean;
    };
    sparse(&mut model.projections[0], PROBABILITY(0.3), 0.3);
    sparse(&mut model.projections[1], PROBABILITY(0.05), 0.05);
    sparse(&mut model.projections[2], indegree((size / 4).max(1), false), 0.25);
    sparse(&mut model.projections[3], PROBABILITY(0.9), 0.9);
    sparse(&mut model.projections[4], indegree(eighth.div_ceil(2), true), 0.5);
    let wired =
        |from, to, kind, jump_mv, connections| Projection { connections, ..projection(from, to, kind, jump_mv) };
    use ProjectionKind::{Global, Hebbian};
    model.projections.extend([
        // Onto itself, with and without autapses; by jumps; with delays of their own.
        Projection { clip: Some(1), delay_steps: 13, ..projection(0, 0, Hebbian, 0.02) },
        Projection { autapses: true, delay_steps: 45, ..wired(0, 0, Hebbian, -0.01, PROBABILITY(0.5)) },
        Projection { clip: Some(2), tau_syn_ms: 0.0, ..wired(0, 0, Hebbian, 0.01, PROBABILITY(0.2)) },
        Projection { coupling: coupled(), ..wired(0, 0, Hebbian, 0.03, PROBABILITY(0.3)) },
        Projection { tau_syn_ms: 0.0, delay_steps: 31, ..wired(0, 1, Global, 0.2, PROBABILITY(0.4)) },
        Projection { autapses: true, ..wired(1, 1, Global, -0.3, indegree(1, false)) },
        Projection { tau_syn_ms: 0.0, delay_steps: 70, ..wired(2, 1, Global, -0.3, indegree(3, true)) },
    ]);
    if patterns > 0 {
        model.stimuli = vec![cue(0, 5.0, 30.3), cue(patterns - 1, 12.0, 20.0)];
    }
    model
}

/// Patterns that excite the next one, weaker the older they are, with weights of both signs.
pub(crate) fn coupled() -> Coupling {
    Coupling { form: CouplingForm::Sequence { cycle: true }, a: 0.2, b: 0.07, strengths: None, fade: 0.9 }
}

pub(crate) fn with_delays(mut model: Model, delays: &[u32]) -> Model {
    for (projection, &delay) in model.projections.iter_mut().zip(delays.iter().cycle()) {
        projection.delay_steps = delay;
    }
    model
}

/// Every connection that can be drawn is drawn, or every one is stored.
pub(crate) fn represented(mut model: Model, representation: Representation) -> Model {
    for projection in &mut model.projections {
        let either = !matches!(projection.connections, Connections::Indegree { .. });
        projection.representation = if either { representation } else { Representation::Auto };
    }
    model
}

/// So strong that inputs and potentials leave their range.
pub(crate) fn saturating(size: u32) -> Model {
    let mut model = varied(size, 60, 50.0);
    model.projections[0].jump_mv = 300.0;
    model.projections[7].jump_mv = 200.0;
    model.projections[6].jump_mv = -8000.0;
    model
}

/// The networks of all comparisons, small enough for explicit weights.
pub(crate) fn small_networks() -> Vec<(String, Spiking)> {
    let mut models = Vec::new();
    for size in [8, 63, 64, 65, 255, 256, 257] {
        models.push((format!("size {size}"), varied(size, 31, 40.0)));
    }
    for patterns in [1, 32, 33, 90, 300] {
        models.push((format!("{patterns} patterns"), varied(100, patterns, 40.0)));
    }
    for delays in [&[1][..], &[32], &[33], &[10, 150], &[3, 64, 65, 200], &[31, 32, 33]] {
        models.push((format!("delays {delays:?}"), with_delays(varied(100, 20, 60.0), delays)));
    }
    models.push(("saturation".to_owned(), saturating(200)));
    // Several chunks of targets, the last one short.
    models.push(("chunks".to_owned(), varied(1100, 40, 15.0)));
    let mut all = Vec::new();
    for (name, model) in models {
        for representation in [Representation::Procedural, Representation::Stored] {
            let name = format!("{name}, {representation:?}");
            all.push((name, compile(&represented(model.clone(), representation))));
        }
    }
    all
}
