// The input of a neuron: W y, from patterns, from one sum, or stored, and what comes from outside.

// Patterns whose terms are added up before their sum is rounded into the field.
const GROUP: u32 = 32u;

@group(0) @binding(2) var<storage, read> bits: array<u32>;
@group(0) @binding(4) var<storage, read> totals: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> stored: array<f32>;
@group(0) @binding(7) var<storage, read> external_input: array<f32>;
// The largest values of the steps of a block, then of its frame, as the bits of floats.
@group(0) @binding(8) var<storage, read_write> largest_bits: array<atomic<u32>>;

var<workgroup> group_largest: atomic<u32>;

fn pattern_field(neuron: u32) -> f32 {
    let word = neuron / 32u;
    let bit = neuron % 32u;
    var field = 0.0;
    for (var first = 0u; first < pattern_count; first += GROUP) {
        var sum = 0.0;
        for (var pattern = first; pattern < min(first + GROUP, pattern_count); pattern++) {
            let is_member = (bits[pattern * member_words + word] >> bit & 1u) == 1u;
            let terms = totals[pattern];
            sum += select(terms.z, terms.y, is_member);
        }
        field += sum;
    }
    return field;
}

fn field(neuron: u32) -> f32 {
    switch coupling {
        case PATTERNS: { return pattern_field(neuron); }
        case SAME: { return scale * totals[pattern_count].x; }
        default: { return stored[neuron]; }
    }
}

// The gain of the whole input.
fn phi(neuron: u32) -> f32 {
    return apply(field(neuron) + external_input[neuron]);
}

// Takes the largest absolute value of the workgroup into the turn's slot. In the order of bits infinity is above all
// numbers and NaN above infinity.
fn largest(lane: u32, value: f32) {
    atomicMax(&group_largest, bitcast<u32>(value) & 0x7fffffffu);
    workgroupBarrier();
    if lane == 0u { atomicMax(&largest_bits[turn.slot], atomicLoad(&group_largest)); }
}
