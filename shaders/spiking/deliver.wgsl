// Delivers the spikes that arrive in a block through wired projections, before its neurons take their steps: the twin of
// src/engine/cpu/spiking/deliver.rs.
//
// A workgroup has a run of sources and a chunk of their targets. It lists those sources that have a spike, which may be
// all, and then either each invocation draws the targets of one of them, or all together walk along its stored row.

const WORKGROUP_SIZE: u32 = 64u;
// The most sources in a run: so many can be listed.
const RUN_MAX: u32 = 1024u;
// The outcome of a draw that says "none of the next so many".
const GAP_LONG: u32 = 255u;

override wiring_count: u32;
override deliver_groups: u32;   // workgroups that have something to do
// Words of a bit row.
override row_words: u32;

// The connections of a projection.
struct Wiring {
    flags: u32,
    first_group: u32,       // first workgroup
    first_source: u32,      // first neuron of the source
    sources: u32,
    targets: u32,
    run: u32,               // sources of a workgroup
    chunk_bits: u32,        // targets of a chunk, as a power of two
    arrived: u32,           // where what arrives is in `state`, [step][target]
    history_offset: u32,    // what its delay adds to `history_bit`, up to once around the ring
    stream: u32,            // last word of the counters of its draws: stream and projection
    most: u32,              // no more shared patterns are counted
    table: u32,             // where its table of gaps is in `connections`
    starts: u32,            // where its rows start there, [chunk][source + 1], counted in entries
    entries: u32,           // where its entries are there
    source_rows: u32,       // where the bit rows of the source start in `patterns`, [word][neuron]
    target_rows: u32,       // and those of the target
}

const STORED: u32 = 1u;
const INDEPENDENT: u32 = 2u;
const WITHOUT_OWN: u32 = 4u;
const SHARED_PATTERNS: u32 = 8u;

@group(0) @binding(3) var<storage, read_write> state: array<atomic<i32>>;
@group(0) @binding(5) var<storage, read> patterns: array<u32>;
@group(0) @binding(10) var<storage, read> wirings: array<Wiring>;
// Tables of gaps, starts of rows, rows.
@group(0) @binding(11) var<storage, read> connections: array<u32>;

// Sources that have a spike: number, and the steps in which one arrives as bits.
var<workgroup> fired: array<vec2<u32>, RUN_MAX>;
var<workgroup> fired_count: atomic<u32>;

fn wiring_of(group: u32) -> u32 {
    var low = 0u;
    var high = wiring_count - 1u;
    while low < high {
        let middle = (low + high + 1u) / 2u;
        if wirings[middle].first_group <= group { low = middle; } else { high = middle - 1u; }
    }
    return low;
}

// The steps of the block in which spikes of a source arrive, as bits.
fn arriving(wiring: Wiring, source: u32) -> u32 {
    let bits = history_words * 32u;
    let sum = block.history_bit + wiring.history_offset;
    let bit = min(sum, sum - bits);
    let offset = bit % 32u;
    let word = bit / 32u;
    let next = select(word + 1u, 0u, word + 1u == history_words);
    let place = history_start + wiring.first_source + source;
    let first = bitcast<u32>(atomicLoad(&state[place + word * neuron_count]));
    let second = bitcast<u32>(atomicLoad(&state[place + next * neuron_count]));
    let steps = (first >> offset) | ((second << 1u) << (31u - offset));
    return steps & (0xffffffffu >> (32u - block.steps));
}

// Adds what a spike counts at a target, in each step in which one arrives.
fn add_arrivals(wiring: Wiring, reached: u32, steps: u32, count: i32) {
    var rest = steps;
    while rest != 0u {
        atomicAdd(&state[wiring.arrived + firstTrailingBit(rest) * wiring.targets + reached], count);
        rest &= rest - 1u;
    }
}

// The number of patterns that two neurons share, as far as it counts.
fn shared_patterns(wiring: Wiring, source: u32, reached: u32) -> u32 {
    var sum = 0u;
    for (var word = 0u; word < row_words; word++) {
        let own = patterns[wiring.source_rows + word * wiring.sources + source];
        sum += countOneBits(own & patterns[wiring.target_rows + word * wiring.targets + reached]);
    }
    return min(sum, wiring.most);
}

// Delivers to a target that is connected.
fn visit(wiring: Wiring, source: u32, reached: u32, steps: u32) {
    if (wiring.flags & WITHOUT_OWN) != 0u && source == reached { return; }
    var count = 1u;
    if (wiring.flags & SHARED_PATTERNS) != 0u { count = shared_patterns(wiring, source, reached); }
    if count > 0u { add_arrivals(wiring, reached, steps, bitcast<i32>(count)); }
}

// Draws how many targets are passed over.
fn draw_gap(wiring: Wiring, bits: u32) -> u32 {
    let column = bits >> 24u;
    let entry = connections[wiring.table + column];
    return select(entry & 0xffu, column, (bits & 0xffffffu) < (entry >> 8u));
}

// Delivers the spikes of one source to the targets of a chunk that it draws.
fn deliver_drawn(wiring: Wiring, chunk: u32, source: u32, steps: u32) {
    let first = chunk << wiring.chunk_bits;
    let size = min(1u << wiring.chunk_bits, wiring.targets - first);
    let key = vec2<u32>(block.key_low, block.key_high);
    let is_drawn = (wiring.flags & INDEPENDENT) != 0u;
    var words = vec4<u32>(0u);
    var draw = 0u;
    var next = 0u;
    while next < size {
        if is_drawn {
            if draw % 4u == 0u { words = philox(vec4<u32>(source, draw / 4u, chunk, wiring.stream), key); }
            let gap = draw_gap(wiring, words[draw % 4u]);
            draw += 1u;
            next += gap;
            if gap == GAP_LONG || next >= size { continue; }
        }
        visit(wiring, source, first + next, steps);
        next += 1u;
    }
}

// The same along its stored row, by all invocations together.
fn deliver_stored(wiring: Wiring, chunk: u32, lane: u32, source: u32, steps: u32) {
    let first = chunk << wiring.chunk_bits;
    let starts = wiring.starts + chunk * (wiring.sources + 1u) + source;
    let end = connections[starts + 1u];
    for (var at = connections[starts] + lane; at < end; at += WORKGROUP_SIZE) {
        if (wiring.flags & SHARED_PATTERNS) != 0u {
            let entry = connections[wiring.entries + at];
            add_arrivals(wiring, first + (entry & 0xffffu), steps, bitcast<i32>(entry) >> 16u);
        } else {
            let reached = (connections[wiring.entries + at / 2u] >> (16u * (at % 2u))) & 0xffffu;
            add_arrivals(wiring, first + reached, steps, 1);
        }
    }
}

@compute @workgroup_size(64)
fn deliver(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let group = workgroup.y * workgroups.x + workgroup.x;
    let wiring = wirings[wiring_of(min(group, deliver_groups - 1u))];
    let chunks = ((wiring.targets - 1u) >> wiring.chunk_bits) + 1u;
    let chunk = (group - wiring.first_group) % chunks;
    let first = (group - wiring.first_group) / chunks * wiring.run;
    // A group behind the last one lists nobody.
    let end = select(first, min(first + wiring.run, wiring.sources), group < deliver_groups);
    if lane == 0u { atomicStore(&fired_count, 0u); }
    workgroupBarrier();
    for (var source = first + lane; source < end; source += WORKGROUP_SIZE) {
        let steps = arriving(wiring, source);
        if steps != 0u { fired[atomicAdd(&fired_count, 1u)] = vec2<u32>(source, steps); }
    }
    workgroupBarrier();
    let count = atomicLoad(&fired_count);
    if (wiring.flags & STORED) != 0u {
        for (var at = 0u; at < count; at++) { deliver_stored(wiring, chunk, lane, fired[at].x, fired[at].y); }
    } else {
        for (var at = lane; at < count; at += WORKGROUP_SIZE) {
            deliver_drawn(wiring, chunk, fired[at].x, fired[at].y);
        }
    }
}
