// What the spiking shaders know of a network: the twin of src/engine/gpu/spiking/parameters.rs.

// What stays for a run is part of the pipeline: sizes, and where things start in `state`.
override neuron_count: u32;
override population_count: u32;
override projection_count: u32;
override group_count: u32;      // workgroups that hold neurons
override probe_count: u32;
override slot_count: u32;       // slots of the ring of counts
override row_entries: u32;      // entries of a slot
override workgroup_size: u32;   // neurons of a workgroup
override refractory_start: u32;
override history_start: u32;    // own spikes, [word][neuron]
// Words in the ring of a neuron's own spikes. One is held in a register, with none the code falls away.
override history_words: u32;
// Whether any projection counts a field.
override with_fields: bool;

// Where a dispatch stands in time and in the buffers. One record a block, at a dynamic offset.
struct Block {
    step_low: u32,          // first step, 64 bits
    step_high: u32,
    steps: u32,             // number of steps
    slot: u32,              // slot of the first step in the ring of counts
    output: u32,            // where the block's spike words start in `output`, then its probes
    history_bit: u32,       // place of the first step in the ring of own spikes, bits
    key_low: u32,           // of the noise
    key_high: u32,
    stream: u32,            // last word of the noise counters: stream and trial
}

// Both records fill whole 16 bytes, as uniform buffers want.
struct Population {
    first_group: u32,       // first workgroup
    first: u32,             // first neuron
    size: u32,
    decay: i32,
    shift: u32,
    noise: i32,
    threshold: i32,
    reset: i32,
    refractory_steps: u32,
    first_input: u32,       // its first record in `projections`
    inputs: u32,            // number of them
    pattern_words: u32,     // words of a bit row, 0 where no patterns live
    spikes_entry: u32,      // entries of a row of counts
    saturated_entry: u32,
    entries: u32,           // entries that all its inputs count
    window: u32,            // where its window starts
    rows: u32,              // where its bit rows start in `patterns`
    order: u32,             // and the order of its neurons
    patterns_entry: u32,    // first entry of its patterns in a row of counts
    poisson: u32,           // the record of its Poisson input in `projections`; of none the empty one
    poisson_table: u32,     // where tables and lists start in `patterns`, NONE where there are none
    poisson_bits: u32,      // halvings of the table
    poisson_base: u32,      // the smallest count
    adaptation: u32,        // as `poisson`
    escape_table: u32,
    escape_low: i32,        // the ends of that table, above the threshold
    escape_high: i32,
    escape_shift: u32,      // an entry is 2^shift units wide
    decays: u32,
    noises: u32,
    thresholds: u32,
    unused: u32,
}

// One projection, in the order of target population, then of the configuration; behind an empty one private inputs.
struct Projection {
    flags: u32,
    entry: u32,             // first entry that it counts, of a row of counts; if wired, where what arrives is in `state`
    entries: u32,           // number of them: all patterns, or the spikes of its source
    window: u32,            // where they start in a group of the window
    delay_steps: u32,
    weight: i32,
    weight_shift: u32,
    decay: i32,
    gain: i32,
    state: u32,             // where its inputs start in `state`
    saturated_entry: u32,
    history_offset: u32,    // what its delay adds to `history_bit`, up to once around the ring
    field: u32,             // where the sums of its field start in `counts`, [step][entry]
    own: u32,               // where what own spikes bring through its field starts in `patterns`
    gains: u32,             // where its neurons' gains start in `patterns`, NONE where they are alike
    unused: u32,
}

const NONE: u32 = 0xffffffffu;

const COUNTS_PATTERNS: u32 = 1u;
const BY_MEMBERSHIPS: u32 = 2u;
const SUBTRACTS_OWN: u32 = 4u;
const JUMPS: u32 = 8u;
const WIRED: u32 = 16u;
const COUNTS_FIELD: u32 = 32u;

@group(0) @binding(0) var<uniform> block: Block;

// Where the row of the step `step - delay` of the block starts in `counts`.
fn row_of(step: u32, delay_steps: u32) -> u32 {
    let slot = block.slot + slot_count + step - delay_steps;
    // Below 3 `slot_count`; a smaller number minus that wraps and is the larger one.
    let once = min(slot, slot - slot_count);
    return min(once, once - slot_count) * row_entries;
}

// What arrives in a block lies in the window of its population: a zero, the packing (2^packing steps in an entry: 16
// bytes, 8 halves of words or 4 words), then [group of so many steps][entry]. Where the entries of a projection start:
fn window_start(population: Population, projection: Projection, group: u32) -> u32 {
    return population.window + 2u + group * population.entries + projection.window;
}
