// What the shaders of binary networks know of one: the twin of src/engine/gpu/hopfield/parameters.rs.

// What stays for a run is part of the pipeline.
override neuron_count: u32;
override pattern_count: u32;
override trial_count: u32;
override state_words: u32;      // words of 32 bits of a state
override row_words: u32;        // of the patterns of a neuron
override row_stride: u32;       // between the words of a row
override neuron_stride: u32;    // between the rows of two neurons
override target_stride: u32;    // between the weights of two targets of a matrix
override source_stride: u32;    // between those of two sources
override coupling: u32;         // LOW_RANK, SPARSE or MATRIX
override signed_states: u32;    // 1: +1/-1
override tie_on: u32;           // 1: a tie switches on
override with_gain: u32;        // 1: temperature
override gain_shift: u32;       // fields that share an entry of the gain, 2^shift
override gain_half: u32;        // half of its entries

const WORKGROUP_SIZE: u32 = 64u;
const LOW_RANK: u32 = 0u;
const SPARSE: u32 = 1u;

// Where a dispatch stands, and the numbers of 64 bits. One record a dispatch, at a dynamic offset.
struct Sweep {
    number_low: u32,        // number of the sweep
    number_high: u32,
    from_slot: u32,         // slot of the ring of states and counts that it reads
    to_slot: u32,           // and that it writes
    order: u32,             // where the order of its visits starts in `order`
    first_visit: u32,
    visits: u32,
    stream: u32,            // of the draws
    key: vec2<u32>,
    dot: vec2<u32>,         // what a neuron reads: see src/network/hopfield/coupling.rs
    on: vec2<u32>,
    membership: vec2<u32>,
    total: vec2<u32>,
    own: vec2<u32>,
    own_membership: vec2<u32>,
    factor: vec2<u32>,      // of stored weights
    of_shared: vec2<u32>,      // a weight of two neurons: of the patterns they share,
    of_target: vec2<u32>,   // of those of the target,
    of_source: vec2<u32>,   // of those of the source,
    constant: vec2<u32>,    // and what all have
}

@group(0) @binding(0) var<uniform> sweep: Sweep;

// Where the state of a trial starts in a slot, and its counts: those of the patterns, then the number of neurons on.
fn state_start(slot: u32, trial: u32) -> u32 {
    return (slot * trial_count + trial) * state_words;
}

fn counts_start(slot: u32, trial: u32) -> u32 {
    return (slot * trial_count + trial) * (pattern_count + 1u);
}
