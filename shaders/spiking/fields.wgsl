// Works out the sums of fields in each step of a block, before anything gathers them: the twin of
// src/engine/cpu/spiking/fields.rs.
//
// A sum is counts times coefficients, in 64 bits, rounded once. Its record: first term, number of terms, shift, delay, where
// it goes in `counts`, the distance from there to the next step. A term: entry, low and high word of its coefficient.

// Where the records start in `patterns`, and how many there are.
override sums_start: u32;
override sum_count: u32;
const SUM_WORDS: u32 = 6u;
const TERM_WORDS: u32 = 3u;
// Bit rows, orders, own shares, then records and terms.
@group(0) @binding(5) var<storage, read> patterns: array<u32>;
// Counts, [slot][entry], then the sums of fields.
@group(0) @binding(6) var<storage, read_write> counts: array<atomic<u32>>;

// A count times a coefficient; what does not fit 64 bits is cut, and `compile` sees to it that nothing is.
fn scaled(term: u32, count: u32) -> Wide {
    let product = multiply_words(patterns[term + 1u], count);
    return wide_of(vec2<u32>(product.x, product.y + patterns[term + 2u] * count));
}

fn sum(record: u32, step: u32) -> i32 {
    let first = patterns[record];
    let terms = patterns[record + 1u];
    let shift = patterns[record + 2u];
    let row = row_of(step, patterns[record + 3u]);
    var total = wide_of(vec2<u32>((1u << shift) >> 1u, 0u));
    for (var at = 0u; at < terms; at++) {
        let term = first + at * TERM_WORDS;
        total = add(total, scaled(term, atomicLoad(&counts[row + patterns[term]])));
    }
    return low_shift(total, shift);
}

@compute @workgroup_size(64)
fn fields(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
    if index >= sum_count * block.steps { return; }
    let record = sums_start + (index % sum_count) * SUM_WORDS;
    let step = index / sum_count;
    let to = patterns[record + 4u] + step * patterns[record + 5u];
    atomicStore(&counts[to], bitcast<u32>(sum(record, step)));
}
