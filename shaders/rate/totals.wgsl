// The sums of the chunks summed: the twin of src/engine/cpu/rate/totals.rs.

@group(0) @binding(3) var<storage, read> partials: array<f32>;
// Of each vector: the sum over all neurons, and what it gives members and others.
@group(0) @binding(4) var<storage, read_write> totals: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn total(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let task = workgroup.y * workgroups.x + workgroup.x;
    let vector = turn.first_vector + task;
    let is_task = task < turn.vector_count;
    var sum = 0.0;
    if is_task {
        for (var chunk = lane; chunk < chunk_count; chunk += LANES) {
            sum += partials[chunk * (pattern_count + 1u) + vector];
        }
    }
    sum = halve(lane, sum);
    let term = scale * sum;
    if is_task && lane == 0u { totals[vector] = vec4<f32>(sum, term * target_member, term * target_other, 0.0); }
}
