//! Compiles connections that are no product of the patterns: the table their gaps are drawn from, the rows they are
//! stored in, and the choice between the two.

use std::sync::Arc;

use rayon::prelude::*;

use super::projection::{coupled, too_many_counts};
use super::spiking::fields;
use super::spiking::stored::Stored;
use crate::config::Problem;
use crate::fixed::round_shift;
use crate::model::spiking::{Connections, Projection as Model, ProjectionKind, Representation, Spiking};
use crate::network::spiking::Field;
use crate::network::spiking::gaps::{GAP_LONG, Gaps};
use crate::network::spiking::rows::{self, Chunk, Entries, Rows};
use crate::network::spiking::wiring::{Ends, Existence, Pair, Wiring};
use crate::random::{Draws, Stream};

/// The connections of a projection; `None` where counts of patterns or of spikes stand for all of them.
pub(super) fn compile(
    (model, stored): (&Spiking, &Stored<'_>),
    index: usize,
    problems: &mut Vec<Problem>,
) -> Option<Wiring> {
    let projection = &model.projections[index];
    let ends = stored.ends(projection.from, projection.to);
    // A limit that no pair reaches limits nothing; with patterns that are still to be learned it may be reached yet.
    let may_bind = |clip: &u32| !model.changes.is_empty() || *clip < ends.shared_max();
    let clip = projection.clip.filter(may_bind);
    if projection.connections == Connections::All && clip.is_none() {
        return None;
    }
    let existence = match projection.connections {
        Connections::All => Existence::All,
        Connections::Probability(probability) => Existence::Independent(Arc::new(gaps(probability))),
        Connections::Indegree { count, .. } => Existence::Indegree { count },
    };
    let size = |population: usize| model.populations[population].size;
    let mut wiring = Wiring {
        projection: index as u32,
        sources: size(projection.from),
        targets: size(projection.to),
        existence,
        without_own: !projection.autapses && projection.from == projection.to,
        pair: match projection.kind {
            ProjectionKind::Hebbian => Pair::Shared { most: clip.unwrap_or(u32::MAX) },
            ProjectionKind::Global => Pair::One,
        },
        stored: None,
    };
    if !projection.coupling.is_plain() {
        return couple((model, stored), (index, wiring), problems);
    }
    let is_large = count_max(&wiring, ends) > i16::MAX as u32;
    if is_large && projection.representation == Representation::Stored {
        let path = format!("projections.{index}.representation");
        let message = "some neurons share more than 32,767 patterns, which is the most that stored connections count";
        problems.push(Problem::value(path, message, "write \"procedural\", or a smaller `clip`"));
    } else if !is_large && projection.is_stored(wiring.sources, wiring.targets) && fills_rows(&wiring, projection) {
        match store(model.seed, ends, &wiring, projection) {
            Some(rows) => wiring.stored = Some(Arc::new(rows)),
            None => problems.push(too_many(index, projection)),
        }
    }
    Some(wiring)
}

/// The same with weights of any rule and coupling: in rows, always.
fn couple(
    (model, stored): (&Spiking, &Stored<'_>),
    (index, mut wiring): (usize, Wiring),
    problems: &mut Vec<Problem>,
) -> Option<Wiring> {
    let projection = &model.projections[index];
    let memberships_max = stored.ends(projection.from, projection.to).target.memberships_max();
    let (weights, ends) = coupled((model, stored), projection, memberships_max.into());
    let field = match fields::pairs(&weights, &ends) {
        Ok(field) => field,
        Err(largest) => {
            too_many_counts(&format!("projections.{index}"), &format!("{largest:.3e}"), problems);
            return Some(wiring);
        }
    };
    let chunks =
        (0..wiring.chunks()).into_par_iter().map(|chunk| coupled_chunk(model.seed, &wiring, chunk, (&field, &ends)));
    match chunks.collect::<Option<Vec<Chunk>>>() {
        Some(chunks) => wiring.stored = Some(Arc::new(Rows { chunks })),
        None => problems.push(too_many(index, projection)),
    }
    wiring.pair = Pair::Coupled { bits: field.bits, reach: field.reach };
    Some(wiring)
}

/// What spikes draw in a chunk, each with its weight.
fn coupled_chunk(seed: u64, wiring: &Wiring, chunk: u32, (field, ends): (&Field, &fields::Ends<'_>)) -> Option<Chunk> {
    let first = (chunk << wiring.chunk_bits()) as usize;
    let (mut starts, mut weighted) = (vec![0], Vec::new());
    for source in 0..wiring.sources {
        // What each pattern of a target brings it, and what all get.
        let sums = ends.of_source(field, source as usize);
        let (uniform, of_patterns) = sums.split_last().unwrap_or((&0, &[]));
        wiring.for_each_connected(seed, source, chunk, |target| {
            let patterns = ends.target.of(first + target as usize);
            let total = uniform + patterns.map(|pattern| of_patterns[pattern]).sum::<i64>();
            let count = round_shift(total, field.shift) as i32;
            if count != 0 {
                weighted.push(rows::entry(target, count));
            }
        });
        starts.push(u32::try_from(weighted.len()).ok()?);
    }
    weighted.shrink_to_fit();
    Some(Chunk { starts, entries: Entries::Weighted(weighted) })
}

/// Whether rows are long enough for the numbers that say where they start: where they are not asked for, they take no more
/// than [`rows::BYTES_MAX`] a connection.
fn fills_rows(wiring: &Wiring, projection: &Model) -> bool {
    let is_free = projection.representation == Representation::Auto && !projection.must_be_stored();
    let (pairs, weighted) = (wiring.connected_pairs(), wiring.pair != Pair::One);
    !is_free || rows::bytes(pairs, weighted, wiring.sources.into(), wiring.chunks().into()) <= rows::BYTES_MAX * pairs
}

/// No spike counts more at a target.
fn count_max(wiring: &Wiring, ends: Ends<'_>) -> u32 {
    match wiring.pair {
        // Weights of their own have been made to fit.
        Pair::One | Pair::Coupled { .. } => 1,
        Pair::Shared { most } => most.min(ends.shared_max()),
    }
}

fn too_many(index: usize, projection: &Model) -> Problem {
    let path = format!("projections.{index}");
    let message = "its connections are more than rows can hold: 4,294,967,295 in a sixteenth of the targets";
    let change = match (projection.connections, projection.representation) {
        (Connections::Indegree { .. }, _) => "a smaller `indegree`, or `connection_probability` in its place",
        (_, Representation::Stored) => "write representation = \"procedural\"",
        _ => "a smaller `connection_probability`",
    };
    Problem::value(path, message, change)
}

/// The table of gaps: a target follows after g others with probability p (1 - p)^g. In units of 2^-32; each chance is a
/// difference of rounded sums, so that no error adds up.
fn gaps(probability: f64) -> Gaps {
    let per_gap = libm::log1p(-probability);
    // 1 - (1 - p)^g: the chance that a gap is shorter than g.
    let shorter = |gap: u32| (-libm::expm1(f64::from(gap) * per_gap) * 4_294_967_296.0 + 0.5).floor() as u64;
    Gaps::new(&std::array::from_fn(|gap| {
        let gap = gap as u32;
        if gap < GAP_LONG { shorter(gap + 1) - shorter(gap) } else { (1 << 32) - shorter(GAP_LONG) }
    }))
}

/// All rows; `None` where a chunk has more entries than 32 bits can number.
fn store(seed: u64, ends: Ends<'_>, wiring: &Wiring, projection: &Model) -> Option<Rows> {
    let chunks = (0..wiring.chunks()).into_par_iter().map(|chunk| match projection.connections {
        Connections::Indegree { count, multapses } => drawn_by_target(seed, wiring, chunk, (count, multapses)),
        _ => drawn_by_source((seed, ends), wiring, chunk),
    });
    chunks.collect::<Option<Vec<Chunk>>>().map(|chunks| Rows { chunks })
}

/// What spikes would draw, written out.
fn drawn_by_source(drawn: (u64, Ends<'_>), wiring: &Wiring, chunk: u32) -> Option<Chunk> {
    let mut starts = vec![0];
    let (mut targets, mut weighted) = (Vec::new(), Vec::new());
    for source in 0..wiring.sources {
        match wiring.pair {
            Pair::One => wiring.for_each(drawn, source, chunk, |target, _| targets.push(target as u16)),
            Pair::Shared { .. } | Pair::Coupled { .. } => {
                wiring.for_each(drawn, source, chunk, |target, count| weighted.push(rows::entry(target, count)));
            }
        }
        starts.push(u32::try_from(targets.len() + weighted.len()).ok()?);
    }
    targets.shrink_to_fit();
    weighted.shrink_to_fit();
    let entries = match wiring.pair {
        Pair::One => Entries::Ones(targets),
        Pair::Shared { .. } | Pair::Coupled { .. } => Entries::Weighted(weighted),
    };
    Some(Chunk { starts, entries })
}

/// So many sources for each target of the chunk, turned around.
fn drawn_by_target(seed: u64, wiring: &Wiring, chunk: u32, (count, multapses): (u32, bool)) -> Option<Chunk> {
    let first = chunk << wiring.chunk_bits();
    let size = wiring.chunk_size(chunk);
    u32::try_from(u64::from(size) * u64::from(count)).ok()?;
    let drawn: Vec<u32> =
        (first..first + size).flat_map(|target| sources(seed, wiring, target, count, multapses)).collect();
    let mut starts = vec![0u32; wiring.sources as usize + 1];
    drawn.iter().for_each(|&source| starts[source as usize + 1] += 1);
    for source in 0..wiring.sources as usize {
        starts[source + 1] += starts[source];
    }
    let mut next = starts.clone();
    let mut targets = vec![0u16; drawn.len()];
    for (target, sources) in drawn.chunks_exact(count.max(1) as usize).enumerate() {
        for &source in sources {
            let place = &mut next[source as usize];
            targets[*place as usize] = target as u16;
            *place += 1;
        }
    }
    Some(Chunk { starts, entries: Entries::Ones(targets) })
}

/// The sources of a target: any, or different ones.
fn sources(seed: u64, wiring: &Wiring, target: u32, count: u32, multapses: bool) -> Vec<u32> {
    let mut draws = Draws::new(seed, Stream::Wiring, wiring.projection, target);
    let others = wiring.sources - u32::from(wiring.without_own);
    let mut sources =
        if multapses { (0..count).map(|_| draws.below(others)).collect() } else { draws.subset(others, count) };
    if wiring.without_own {
        // The numbers of the others leave out the target's own.
        sources.iter_mut().for_each(|source| *source += u32::from(*source >= target));
    }
    sources
}
