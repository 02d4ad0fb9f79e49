// Counter-based random numbers, Philox 4x32-10: the twin of src/random.rs, where the source is named.

const PHILOX_M0: u32 = 0xD2511F53u;
const PHILOX_M1: u32 = 0xCD9E8D57u;
const PHILOX_W0: u32 = 0x9E3779B9u;
const PHILOX_W1: u32 = 0xBB67AE85u;
const PHILOX_ROUNDS: u32 = 10u;
const NOISE_STEPS_PER_CALL: u32 = 8u;

fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    var words = counter;
    var round_key = key;
    for (var round = 0u; round < PHILOX_ROUNDS; round++) {
        let p0 = multiply_words(PHILOX_M0, words.x);
        let p1 = multiply_words(PHILOX_M1, words.z);
        words = vec4<u32>(p1.y ^ words.y ^ round_key.x, p1.x, p0.y ^ words.w ^ round_key.y, p0.x);
        round_key += vec2<u32>(PHILOX_W0, PHILOX_W1);
    }
    return words;
}

// The sum of four nibbles minus its mean, from the low 16 bits.
fn nibble_sum(bits: u32) -> i32 {
    let bytes = (bits & 0x0f0fu) + ((bits >> 4u) & 0x0f0fu);
    return i32(bytes & 0xffu) + i32(bytes >> 8u) - 30;
}
