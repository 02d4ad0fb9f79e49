// Sums over a chunk of neurons, in the fixed order of network::rate: the twin of src/engine/cpu/rate/sums.rs.

@group(0) @binding(1) var<storage, read> state: array<f32>;
@group(0) @binding(2) var<storage, read> bits: array<u32>;
// Sums over chunks, [chunk][vector]: a vector for each pattern, and one of ones.
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

// Sum of x_j y_j down one column, x a pattern.
fn pattern_sum(pattern: u32, first: u32, rows: u32, lane: u32) -> f32 {
    var sum = 0.0;
    for (var row = 0u; row < rows; row++) {
        let neuron = first + row * LANES + lane;
        let is_member = (bits[pattern * member_words + neuron / 32u] >> (neuron % 32u) & 1u) == 1u;
        sum += select(source_other, source_member, is_member) * state[trial_start + neuron];
    }
    return sum;
}

fn column_sum(first: u32, rows: u32, lane: u32) -> f32 {
    var sum = 0.0;
    for (var row = 0u; row < rows; row++) { sum += state[trial_start + first + row * LANES + lane]; }
    return sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn sums(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let task = workgroup.y * workgroups.x + workgroup.x;
    let chunk = task % chunk_count;
    let vector = turn.first_vector + task / chunk_count;
    // The last row of workgroups may have some to spare: they write nothing.
    let is_task = task / chunk_count < turn.vector_count;
    let first = chunk * CHUNK_ROWS * LANES;
    let rows = min(CHUNK_ROWS, (slopes_start - trial_start - first) / LANES);
    var sum = 0.0;
    if is_task {
        if vector == pattern_count { sum = column_sum(first, rows, lane); }
        else { sum = pattern_sum(vector, first, rows, lane); }
    }
    sum = halve(lane, sum);
    if is_task && lane == 0u { partials[chunk * (pattern_count + 1u) + vector] = sum; }
}
