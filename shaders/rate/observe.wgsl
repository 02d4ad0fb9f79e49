// How far neurons are from rest: the twin of src/engine/cpu/rate/observe.rs.

@group(0) @binding(1) var<storage, read> state: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn observe(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let neuron = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + lane;
    var residual = 0.0;
    if neuron < neuron_count { residual = phi(neuron) - state[trial_start + neuron]; }
    largest(lane, residual);
}
