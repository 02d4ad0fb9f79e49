// Before a block whose window is in a buffer: a workgroup for each population gathers what arrives there.

// Counts, [slot][entry].
@group(0) @binding(6) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(8) var<storage, read_write> window: array<vec4<u32>>;

@compute @workgroup_size(workgroup_size)
fn arrivals(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = workgroup.y * workgroups.x + workgroup.x;
    if index < population_count { fill_window(populations[index], lane); }
}
