// Before a block: gathers the counts that arrive in it, steps side by side, and clears those it will add to.

const WORKGROUP_SIZE: u32 = 64u;

// Counts, [slot][entry].
@group(0) @binding(6) var<storage, read_write> counts: array<u32>;
// A zero, then what arrives: [projection][group of steps][entry].
@group(0) @binding(8) var<storage, read_write> window: array<vec4<u32>>;

// The last projection whose window starts at `at` or before.
fn projection_of(at: u32) -> u32 {
    var low = 0u;
    var high = projection_count - 1u;
    while low < high {
        let middle = (low + high + 1u) / 2u;
        if projections[middle].window <= at { low = middle; } else { high = middle - 1u; }
    }
    return low;
}

// What arrives in a step of the block; other steps of the first and the last group are not asked for.
fn count(step: i32, delay_steps: u32, entry: u32) -> u32 {
    if step < 0 || step >= i32(block.steps) { return 0u; }
    return counts[row_of(step, delay_steps) + entry];
}

fn count_four(step: i32, delay_steps: u32, entry: u32) -> vec4<u32> {
    return vec4<u32>(
        count(step, delay_steps, entry),
        count(step + 1, delay_steps, entry),
        count(step + 2, delay_steps, entry),
        count(step + 3, delay_steps, entry),
    );
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn arrivals(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + lane;
    if at > 0u && at < window_entries {
        let projection = projections[projection_of(at)];
        let group = start_time() / steps_per_entry + (at - projection.window) / projection.entries;
        let entry = projection.entry + (at - projection.window) % projection.entries;
        let step = i32(group * steps_per_entry) - i32(start_time());
        var counts = count_four(step, projection.delay_steps, entry);
        if steps_per_entry == 8u { counts |= count_four(step + 4, projection.delay_steps, entry) << vec4<u32>(16u); }
        window[at] = counts;
    }
    if at < block.steps * row_entries {
        counts[row_of(i32(at / row_entries), 0u) + at % row_entries] = 0u;
    }
}
