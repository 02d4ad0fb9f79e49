// Gathers the counts that arrive in a block into the window of a population, steps side by side, by one workgroup.

// The largest number of patterns of a neuron, at least one, at most 65,536.
override memberships_max: u32;
// The largest sum of counts that a neuron could have.
var<workgroup> largest: atomic<u32>;

fn fill_window(population: Population, lane: u32) {
    if lane == 0u { atomicStore(&largest, 0u); }
    workgroupBarrier();
    // Mostly counts are small, and sixteen steps fit an entry.
    atomicMax(&largest, fill_entries(population, lane, 4u));
    workgroupBarrier();
    let packing = packing_for(atomicLoad(&largest));
    if packing < 4u { fill_entries(population, lane, packing); }
    if lane == 0u {
        window[population.window] = vec4<u32>(0u);
        window[population.window + 1u] = vec4<u32>(packing);
    }
}

// Steps in an entry, as a power of two: bytes, halves of words or words hold the sum over all patterns of any neuron.
fn packing_for(sum: u32) -> u32 {
    if sum <= 0xffu { return 4u; }
    return select(2u, 3u, sum <= 0xffffu);
}

// What is counted at an entry of a projection and arrives in a step: of a field its sums, which are worked out already.
fn arriving(projection: Projection, entry: u32, step: u32) -> u32 {
    if with_fields && (projection.flags & COUNTS_FIELD) != 0u {
        return atomicLoad(&counts[projection.field + step * projection.entries + entry]);
    }
    return atomicLoad(&counts[row_of(step, projection.delay_steps) + projection.entry + entry]);
}

// No neuron's sum over its patterns is larger if none of them counts more. Those of fields have a sign.
fn sum_max(projection: Projection, count: u32) -> u32 {
    if with_fields && (projection.flags & COUNTS_FIELD) != 0u { return 0xffffffffu; }
    if (projection.flags & COUNTS_PATTERNS) == 0u { return count; }
    return select(count * memberships_max, 0xffffffffu, count > 0xffffu);
}

// Fills the entries of all groups of 2^packing steps. Returns the largest sum that a neuron could have.
fn fill_entries(population: Population, lane: u32, packing: u32) -> u32 {
    let parts = 1u << (packing - 2u);
    var met = 0u;
    for (var at = 0u; at < population.inputs; at++) {
        let projection = projections[population.first_input + at];
        let count = projection.entries * ((block.steps + (1u << packing) - 1u) >> packing);
        for (var index = lane; index < count; index += workgroup_size) {
            let group = index / projection.entries;
            let entry = index % projection.entries;
            var words = vec4<u32>(0u);
            for (var word = 0u; word < 4u; word++) {
                for (var part = 0u; part < parts; part++) {
                    let step = (group << packing) + word * parts + part;
                    if step < block.steps {
                        let count = arriving(projection, entry, step);
                        met = max(met, sum_max(projection, count));
                        words[word] |= count << (part << (7u - packing));
                    }
                }
            }
            window[window_start(population, projection, group) + entry] = words;
        }
    }
    return met;
}
