// A synchronous sweep: 64 neurons of a trial a workgroup. The twin of src/engine/cpu/hopfield/fields.rs.

@group(0) @binding(3) var<storage, read_write> states: array<u32>;
@group(0) @binding(4) var<storage, read> counts: array<u32>;

var<workgroup> next: array<atomic<u32>, 2>;
var<workgroup> totals: array<atomic<u32>, 2>;

fn state_bit(at: u32, neuron: u32) -> bool {
    return ((states[at + neuron / 32u] >> (neuron & 31u)) & 1u) == 1u;
}

// The sum of the counts of a neuron's patterns, in halves of words that cannot overflow.
fn dot(neuron: u32, at: u32) -> Long {
    var low = 0u;
    var high = 0u;
    for (var word = 0u; word < row_words; word++) {
        for (var bits = row_word(neuron, word); bits != 0u; bits &= bits - 1u) {
            let count = counts[at + word * 32u + countTrailingZeros(bits)];
            low += count & 0xffffu;
            high += count >> 16u;
        }
    }
    return halves(low, high);
}

fn halves(low: u32, high: u32) -> Long {
    return long_sum(Long(low, 0u), Long(high << 16u, high >> 16u));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn fields(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let groups = state_words / 2u;
    let group = workgroup.y * workgroups.x + workgroup.x;
    let trial = group / groups;
    let neuron = (group % groups) * WORKGROUP_SIZE + lane;
    let counts_at = counts_start(sweep.from_slot, trial);
    if trial < trial_count && coupling == LOW_RANK {
        var low = 0u;
        var high = 0u;
        for (var pattern = lane; pattern < pattern_count; pattern += WORKGROUP_SIZE) {
            low += counts[counts_at + pattern] & 0xffffu;
            high += counts[counts_at + pattern] >> 16u;
        }
        // Carried over, sixty-four of them fit a word.
        atomicAdd(&totals[0], low & 0xffffu);
        atomicAdd(&totals[1], high + (low >> 16u));
    }
    workgroupBarrier();
    if trial < trial_count && neuron < neuron_count {
        let state = state_start(sweep.from_slot, trial);
        let is_on = state_bit(state, neuron);
        var field: Long;
        if coupling == LOW_RANK {
            let on = counts[counts_at + pattern_count];
            let shared_part = shared_field(on, halves(atomicLoad(&totals[0]), atomicLoad(&totals[1])));
            field = low_rank_field(neuron, shared_part, on, dot(neuron, counts_at), is_on);
        } else {
            field = stored_field(neuron, stored_sum(neuron, 0u, 1u, state));
        }
        if decide(field, is_on, trial, neuron) {
            atomicOr(&next[lane / 32u], 1u << (lane & 31u));
        }
    }
    workgroupBarrier();
    if trial < trial_count && lane < 2u {
        states[state_start(sweep.to_slot, trial) + (group % groups) * 2u + lane] = atomicLoad(&next[lane]);
    }
}
