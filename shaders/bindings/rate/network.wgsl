// What the rate shaders know of a network: the twin of src/engine/gpu/rate/parameters.rs.

const WORKGROUP_SIZE: u32 = 64u;
// Columns of a sum, and the rows of a chunk: src/network/rate.rs.
const LANES: u32 = 64u;
const CHUNK_ROWS: u32 = 16u;

// What stays for a run is part of the pipeline.
override neuron_count: u32;
override chunk_count: u32;
override pattern_count: u32;
override member_words: u32;     // words of a row of `bits`
override rests_start: u32;      // in `state`: r, what rounding left out of it, y up to whole lanes, slopes
override trial_start: u32;
override slopes_start: u32;
override coupling: u32;
override scale: f32;
override source_member: f32;
override source_other: f32;
override target_member: f32;
override target_other: f32;
override gain_kind: u32;
override slope: f32;
override threshold: f32;
override maximum: f32;

const PATTERNS: u32 = 0u;
const SAME: u32 = 1u;
const STORED: u32 = 2u;

// One dispatch's place in a block, at a dynamic offset.
struct Turn {
    weight: f32,        // of the stage
    advance: f32,
    is_first: u32,
    is_last: u32,
    slot: u32,          // where its largest value goes in `largest_bits`
    first_vector: u32,  // which sums it needs: those of patterns, and with `pattern_count` the plain one
    vector_count: u32,
    zero: u32,          // that a compiler does not know of
}

@group(0) @binding(0) var<uniform> turn: Turn;
