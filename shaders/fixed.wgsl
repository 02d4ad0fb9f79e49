// Fixed point in 64 bits out of 32: the twin of src/fixed.rs.
//
// A 64-bit integer is the pair (low word, high word) in two's complement. All rounding is half up.

alias Wide = vec2<u32>;

// The words (low, high) as a number.
fn wide_of(words: vec2<u32>) -> Wide {
    return words;
}

fn widen(value: i32) -> Wide {
    return Wide(bitcast<u32>(value), bitcast<u32>(value >> 31u));
}

fn add(a: Wide, b: Wide) -> Wide {
    let low = a.x + b.x;
    return Wide(low, a.y + b.y + u32(low < a.x));
}

// The product of two words from those of their 16-bit halves: no partial sum exceeds a word.
// Warren, Hacker's Delight (2nd ed.), 8-2.
fn multiply_words(a: u32, b: u32) -> vec2<u32> {
    let a_low = a & 0xffffu;
    let a_high = a >> 16u;
    let b_low = b & 0xffffu;
    let b_high = b >> 16u;
    let middle = a_high * b_low + ((a_low * b_low) >> 16u);
    let other = a_low * b_high + (middle & 0xffffu);
    return vec2<u32>(a * b, a_high * b_high + (middle >> 16u) + (other >> 16u));
}

// The same with signs: the high halves carry them.
fn multiply(a: i32, b: i32) -> Wide {
    let a_low = a & 0xffff;
    let a_high = a >> 16u;
    let b_low = b & 0xffff;
    let b_high = b >> 16u;
    let carry = bitcast<i32>(bitcast<u32>(a_low * b_low) >> 16u);
    let middle = a_high * b_low + carry;
    let other = a_low * b_high + (middle & 0xffff);
    let high = a_high * b_high + (middle >> 16u) + (other >> 16u);
    return Wide(bitcast<u32>(a * b), bitcast<u32>(high));
}

// value / 2^bits for bits from 0 to 31. (A shift by 32 - bits would be none at all for bits = 0.)
fn round_shift(value: Wide, bits: u32) -> Wide {
    let raised = add(value, Wide((1u << bits) >> 1u, 0u));
    let low = (raised.x >> bits) | ((raised.y << 1u) << (31u - bits));
    return Wide(low, bitcast<u32>(bitcast<i32>(raised.y) >> bits));
}

// The low word of value / 2^bits, for bits from 0 to 31.
fn low_shift(value: Wide, bits: u32) -> i32 {
    return bitcast<i32>((value.x >> bits) | ((value.y << 1u) << (31u - bits)));
}

// The high word.
fn high(value: Wide) -> i32 {
    return bitcast<i32>(value.y);
}

// The nearest i32: its value differs from `value` only where it saturates.
fn saturate(value: Wide) -> i32 {
    let limit = bitcast<i32>(0x7fffffffu ^ bitcast<u32>(bitcast<i32>(value.y) >> 31u));
    return select(limit, bitcast<i32>(value.x), fits(value));
}

fn fits(value: Wide) -> bool {
    return value.y == bitcast<u32>(bitcast<i32>(value.x) >> 31u);
}
