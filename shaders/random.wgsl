// Counter-based random numbers, Philox 4x32-10: the twin of src/random.rs, where the source is named.

const PHILOX_M0: u32 = 0xD2511F53u;
const PHILOX_M1: u32 = 0xCD9E8D57u;
const PHILOX_W0: u32 = 0x9E3779B9u;
const PHILOX_W1: u32 = 0xBB67AE85u;
const PHILOX_ROUNDS: u32 = 10u;
const NOISE_STEPS_PER_CALL: u32 = 16u;
const NOISE_MAX: i32 = 7;

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

// For each byte how many of its bits are set, the upper six counted twice.
fn coin_sums(bits: vec4<u32>) -> vec4<u32> {
    let pairs = bits - ((bits >> vec4<u32>(1u)) & vec4<u32>(0x55555555u));
    let nibbles = (pairs & vec4<u32>(0x33333333u)) + ((pairs >> vec4<u32>(2u)) & vec4<u32>(0x33333333u));
    let all = (nibbles + (nibbles >> vec4<u32>(4u))) & vec4<u32>(0x0f0f0f0fu);
    return all + all - (pairs & vec4<u32>(0x03030303u));
}
