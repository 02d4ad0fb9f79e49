//! The plan of a spiking network: what it stands for, how it is represented and what it takes.

mod need;
mod storage;
mod synapses;
mod wired;

use serde::Serialize;

pub(super) use self::need::host_bytes;
pub use self::storage::{FileSize, Memory, file_size};
pub use self::synapses::Synapses;
use crate::network::spiking::{Action, Count, Spiking};
use crate::schedule::Schedule;

/// What a spiking network is and takes.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Number of neurons.
    pub neurons: usize,
    /// Number of patterns, those to be learned included.
    pub patterns: usize,
    /// How many of them are learned while it runs.
    pub patterns_learned: usize,
    /// Number of trials, one after the other.
    pub trials: u32,
    /// Number of populations that have so many patterns each.
    pub pattern_populations: usize,
    /// Populations, in order.
    pub populations: Vec<Population>,
    /// Projections, in order.
    pub projections: Vec<Projection>,
    /// Number of connections with a weight that is not zero, all projections together.
    pub synapses: u64,
    /// Number of steps of the run, of each trial where there are several.
    pub steps: u64,
    /// Number of steps of a full block: the shortest delay, at most 32.
    pub block_steps: u32,
    /// Number of blocks, those cut short by stimuli and records included.
    pub blocks: u64,
    /// Memory, bytes.
    pub memory: Memory,
}

/// A population.
#[derive(Clone, Debug, Serialize)]
pub struct Population {
    /// Its name.
    pub name: String,
    /// Number of neurons.
    pub size: u32,
}

/// A projection and how it is represented.
#[derive(Clone, Debug, Serialize)]
pub struct Projection {
    /// Name of the source population.
    pub from: String,
    /// Name of the target population.
    pub to: String,
    /// How its input is computed.
    pub representation: Representation,
    /// The input of each target is multiplied by the number of its patterns.
    pub scaled_by_memberships: bool,
    /// Connections with a weight that is not zero.
    pub synapses: Synapses,
    /// Numbers kept instead of the weights: counts, or terms of sums over them.
    pub counts_per_step: usize,
    /// Bytes a matrix of its weights would take, 4 a pair of neurons.
    pub matrix_bytes: u64,
    /// Bytes of its stored connections, 0 where none is.
    pub stored_bytes: u64,
    /// About the bytes that rows of its connections take, or would take; 0 where counts stand for all of them.
    pub rows_bytes: u64,
    /// Weights differ between the pairs of a procedural or stored projection.
    pub weighted: bool,
}

/// How the input of a projection is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Representation {
    /// From the spike counts of the patterns: exact, as the weights are a product of two thin matrices.
    LowRank,
    /// From sums over the spike counts of the patterns, a term a number of the coupling that is not zero: within the rounding
    /// of each sum.
    Field,
    /// From the spike count of the source: exact, as all weights are one.
    GlobalCount,
    /// A spike's targets are drawn when it is delivered, and its weights worked out from bits that say who belongs to
    /// which pattern.
    Procedural,
    /// Targets and weights of all sources are kept in compressed rows.
    Stored,
}

impl Plan {
    /// The plan of a network. Counts connections, which takes up to about a second.
    #[must_use]
    pub fn new(network: &Spiking) -> Self {
        let populations = network.populations.iter();
        let projections: Vec<Projection> = (0..network.projections.len()).map(|at| projection(network, at)).collect();
        Self {
            neurons: network.neurons(),
            patterns: network.patterns.count(),
            pattern_populations: network.pattern_sets().count(),
            patterns_learned: learned_count(network),
            trials: network.program.trials,
            populations: populations.map(|own| Population { name: own.name.clone(), size: own.size }).collect(),
            synapses: projections.iter().map(|projection| projection.synapses.count).sum(),
            projections,
            steps: network.steps,
            block_steps: network.block_steps(),
            blocks: Schedule::new(network, 0, network.block_steps()).count() as u64,
            memory: Memory::new(network),
        }
    }
}

fn learned_count(network: &Spiking) -> usize {
    network.program.changes.iter().filter(|change| matches!(change.action, Action::Learn { .. })).count()
}

fn projection(network: &Spiking, index: usize) -> Projection {
    let projection = &network.projections[index];
    let (source, target) = (&network.populations[projection.source], &network.populations[projection.target]);
    let (representation, counts_per_step) = match projection.count {
        Count::Patterns => (Representation::LowRank, network.patterns.count()),
        Count::Field(field) => (Representation::Field, network.fields[field].terms.len()),
        Count::Spikes => (Representation::GlobalCount, 1),
        Count::Wired(wiring) if network.wirings[wiring].stored.is_some() => (Representation::Stored, 0),
        Count::Wired(_) => (Representation::Procedural, 0),
    };
    let wiring = match projection.count {
        Count::Wired(wiring) => Some(&network.wirings[wiring]),
        Count::Patterns | Count::Field(_) | Count::Spikes => None,
    };
    Projection {
        from: source.name.clone(),
        to: target.name.clone(),
        representation,
        scaled_by_memberships: projection.by_memberships,
        synapses: synapses::count(network, projection),
        counts_per_step,
        matrix_bytes: 4 * u64::from(source.size) * u64::from(target.size),
        stored_bytes: wiring.and_then(|wiring| wiring.stored.as_ref()).map_or(0, |rows| rows.bytes()),
        rows_bytes: wiring.map_or(0, wired::rows_bytes),
        weighted: wiring.is_some_and(wired::has_weights),
    }
}
