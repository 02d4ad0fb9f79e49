// An asynchronous sweep, or a stretch of one: a workgroup carries one trial through the visits, neuron by neuron, and the
// counts follow each flip. The twin of src/engine/cpu/hopfield/visits.rs.
//
// Invocation l has the patterns l, l + 64, .. to itself, so that their counts need no barrier. States are atomic: the
// first invocation writes them while others read bits beside.

@group(0) @binding(3) var<storage, read_write> states: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> counts: array<u32>;
@group(0) @binding(8) var<storage, read> order: array<u32>;

// Pieces of sums of 64 bits, of which 64 fit a word: bits 0 to 15, 16 to 31, and the high word, which may wrap. Three
// sums take turns: one is added to, the one before may still be read, the next one is cleared.
var<workgroup> pieces: array<atomic<u32>, 9>;

fn state_bit(at: u32, neuron: u32) -> bool {
    return ((atomicLoad(&states[at + neuron / 32u]) >> (neuron & 31u)) & 1u) == 1u;
}

fn add_pieces(turn: u32, part: Long) {
    atomicAdd(&pieces[3u * turn], part.x & 0xffffu);
    atomicAdd(&pieces[3u * turn + 1u], part.x >> 16u);
    atomicAdd(&pieces[3u * turn + 2u], part.y);
}

fn whole(turn: u32) -> Long {
    let middle = atomicLoad(&pieces[3u * turn + 1u]);
    let low = Long(atomicLoad(&pieces[3u * turn]), atomicLoad(&pieces[3u * turn + 2u]));
    return long_sum(low, Long(middle << 16u, middle >> 16u));
}

fn clear(turn: u32) {
    atomicStore(&pieces[3u * turn], 0u);
    atomicStore(&pieces[3u * turn + 1u], 0u);
    atomicStore(&pieces[3u * turn + 2u], 0u);
}

fn halves(low: u32, high: u32) -> Long {
    return long_sum(Long(low, 0u), Long(high << 16u, high >> 16u));
}

fn has_pattern(neuron: u32, pattern: u32) -> bool {
    return ((row_word(neuron, pattern / 32u) >> (pattern & 31u)) & 1u) == 1u;
}

// The invocation's share of the sum of the counts of a neuron's patterns.
fn dot(neuron: u32, at: u32, lane: u32) -> Long {
    var low = 0u;
    var high = 0u;
    for (var pattern = lane; pattern < pattern_count; pattern += WORKGROUP_SIZE) {
        if has_pattern(neuron, pattern) {
            low += counts[at + pattern] & 0xffffu;
            high += counts[at + pattern] >> 16u;
        }
    }
    return halves(low, high);
}

fn change_counts(neuron: u32, at: u32, lane: u32, change: u32) {
    for (var pattern = lane; pattern < pattern_count; pattern += WORKGROUP_SIZE) {
        if has_pattern(neuron, pattern) {
            counts[at + pattern] += change;
        }
    }
}

// At the first visit the trial moves to the slot in which it will be left.
fn move_on(trial: u32, lane: u32) {
    let from_state = state_start(sweep.from_slot, trial);
    let to_state = state_start(sweep.to_slot, trial);
    for (var word = lane; word < state_words; word += WORKGROUP_SIZE) {
        atomicStore(&states[to_state + word], atomicLoad(&states[from_state + word]));
    }
    let from_counts = counts_start(sweep.from_slot, trial);
    let to_counts = counts_start(sweep.to_slot, trial);
    for (var pattern = lane; pattern < pattern_count; pattern += WORKGROUP_SIZE) {
        counts[to_counts + pattern] = counts[from_counts + pattern];
    }
    if lane == 0u {
        counts[to_counts + pattern_count] = counts[from_counts + pattern_count];
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn visits(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let group = workgroup.y * workgroups.x + workgroup.x;
    // Workgroups to spare do what the last trial does, but change nothing.
    let trial = min(group, trial_count - 1u);
    let acts = group < trial_count;
    if sweep.first_visit == 0u && acts {
        move_on(trial, lane);
    }
    storageBarrier();
    let state = state_start(sweep.to_slot, trial);
    let counts_at = counts_start(sweep.to_slot, trial);
    var low = 0u;
    var high = 0u;
    for (var pattern = lane; pattern < pattern_count; pattern += WORKGROUP_SIZE) {
        low += counts[counts_at + pattern] & 0xffffu;
        high += counts[counts_at + pattern] >> 16u;
    }
    add_pieces(2u, halves(low, high));
    var on = counts[counts_at + pattern_count];
    workgroupBarrier();
    var total = whole(2u);
    for (var visit = 0u; visit < sweep.visits; visit++) {
        let neuron = order[sweep.order + trial * neuron_count + sweep.first_visit + visit];
        let turn = visit % 3u;
        let is_on = state_bit(state, neuron);
        if coupling == LOW_RANK {
            add_pieces(turn, dot(neuron, counts_at, lane));
        } else {
            add_pieces(turn, stored_sum(neuron, lane, WORKGROUP_SIZE, state));
        }
        workgroupBarrier();
        let sum = whole(turn);
        if lane == 0u {
            clear((visit + 2u) % 3u);
        }
        var field: Long;
        if coupling == LOW_RANK {
            field = low_rank_field(neuron, shared_field(on, total), on, sum, is_on);
        } else {
            field = stored_field(neuron, sum);
        }
        let is_next = decide(field, is_on, trial, neuron);
        if is_next != is_on && acts {
            if lane == 0u {
                atomicXor(&states[state + neuron / 32u], 1u << (neuron & 31u));
            }
            let memberships = Long(neurons[neuron].z, 0u);
            if coupling == LOW_RANK {
                change_counts(neuron, counts_at, lane, select(0xffffffffu, 1u, is_next));
            }
            on += select(0xffffffffu, 1u, is_next);
            total = long_sum(total, select(long_negative(memberships), memberships, is_next));
        }
        if coupling != LOW_RANK {
            storageBarrier();
        }
    }
    if lane == 0u && acts {
        counts[counts_at + pattern_count] = on;
    }
}
