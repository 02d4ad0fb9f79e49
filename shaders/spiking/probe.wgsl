// Gathers the probed variables behind the spike words of a block: the twin of src/engine/cpu/spiking/probe.rs.

const WORKGROUP_SIZE: u32 = 64u;

@group(0) @binding(3) var<storage, read> state: array<i32>;
@group(0) @binding(7) var<storage, read_write> output: array<u32>;
// Where in `state` each probed variable is.
@group(0) @binding(9) var<storage, read> probes: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn probe(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + lane;
    if at < probe_count { output[block.output + neuron_count + at] = bitcast<u32>(state[probes[at]]); }
}
