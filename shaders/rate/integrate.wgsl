// A stage of a step: the twin of src/engine/cpu/rate/integrate.rs.

@group(0) @binding(1) var<storage, read_write> state: array<f32>;

// The number itself, in a way that no compiler sees through: it would take a + b - a for b.
fn rounded(value: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(value) ^ turn.zero);
}

// The sum of two numbers, and what rounding leaves out of it.
fn add(a: f32, b: f32) -> vec2<f32> {
    let sum = rounded(a + b);
    let b_part = rounded(sum - a);
    let a_part = rounded(sum - b_part);
    return vec2<f32>(sum, rounded(a - a_part) + rounded(b - b_part));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn integrate(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let neuron = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + lane;
    var rate = 0.0;
    if neuron < neuron_count {
        rate = state[neuron];
        let slope_now = phi(neuron) - state[trial_start + neuron];
        var sum = turn.weight * slope_now;
        if turn.is_first == 0u { sum = state[slopes_start + neuron] + turn.weight * slope_now; }
        state[slopes_start + neuron] = sum;
        if turn.is_last == 1u {
            let both = add(rate, rounded(turn.advance * sum + state[rests_start + neuron]));
            rate = both.x;
            state[neuron] = rate;
            state[rests_start + neuron] = both.y;
            state[trial_start + neuron] = rate;
        } else {
            state[trial_start + neuron] = rate + turn.advance * slope_now;
        }
    }
    if turn.is_last == 1u { largest(lane, rate); }
}
