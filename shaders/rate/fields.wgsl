// The fields of a stored matrix, one workgroup a row: the twin of src/engine/cpu/rate/fields.rs.

@group(0) @binding(1) var<storage, read> state: array<f32>;
@group(0) @binding(5) var<storage, read_write> stored: array<f32>;
// [target][source]
@group(0) @binding(6) var<storage, read> weights: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn fields(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = workgroup.y * workgroups.x + workgroup.x;
    let is_row = row < neuron_count;
    var total = 0.0;
    if is_row {
        for (var first = lane; first < neuron_count; first += CHUNK_ROWS * LANES) {
            let end = min(first + CHUNK_ROWS * LANES, neuron_count);
            var sum = 0.0;
            for (var source = first; source < end; source += LANES) {
                sum += weights[row * neuron_count + source] * state[trial_start + source];
            }
            total += sum;
        }
    }
    total = halve(lane, total);
    if is_row && lane == 0u { stored[row] = total; }
}
