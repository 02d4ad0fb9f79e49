// Counts how many neurons that are on are active in each pattern, and then how many are on: one count a workgroup. The
// twin of src/engine/cpu/hopfield/overlaps.rs.

@group(0) @binding(2) var<storage, read> columns: array<u32>;
@group(0) @binding(3) var<storage, read_write> states: array<u32>;
@group(0) @binding(4) var<storage, read_write> counts: array<u32>;

var<workgroup> sum: atomic<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn overlaps(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let group = workgroup.y * workgroups.x + workgroup.x;
    let trial = group / (pattern_count + 1u);
    let pattern = group % (pattern_count + 1u);
    if trial < trial_count {
        let state = state_start(sweep.to_slot, trial);
        var part = 0u;
        for (var word = lane; word < state_words; word += WORKGROUP_SIZE) {
            var bits = states[state + word];
            if pattern < pattern_count {
                bits &= columns[pattern * state_words + word];
            }
            part += countOneBits(bits);
        }
        atomicAdd(&sum, part);
    }
    workgroupBarrier();
    if trial < trial_count && lane == 0u {
        counts[counts_start(sweep.to_slot, trial) + pattern] = atomicLoad(&sum);
    }
}
