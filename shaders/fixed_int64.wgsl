// Fixed point with the 64-bit integers of a device that has them: the functions of fixed.wgsl, and their bits.

alias Wide = i64;

// The words (low, high) as a number.
fn wide_of(words: vec2<u32>) -> Wide {
    return bitcast<i64>(u64(words.x) | (u64(words.y) << 32u));
}

fn widen(value: i32) -> Wide {
    return i64(value);
}

fn add(a: Wide, b: Wide) -> Wide {
    return a + b;
}

fn multiply_words(a: u32, b: u32) -> vec2<u32> {
    let product = u64(a) * u64(b);
    return vec2<u32>(u32(product), u32(product >> 32u));
}

fn multiply(a: i32, b: i32) -> Wide {
    return i64(a) * i64(b);
}

fn round_shift(value: Wide, bits: u32) -> Wide {
    return (value + i64((1u << bits) >> 1u)) >> bits;
}

// The low word of value / 2^bits, for bits from 0 to 31.
fn low_shift(value: Wide, bits: u32) -> i32 {
    return i32(u32(bitcast<u64>(value) >> bits));
}

// The high word.
fn high(value: Wide) -> i32 {
    return i32(u32(bitcast<u64>(value) >> 32u));
}

fn saturate(value: Wide) -> i32 {
    return i32(clamp(value, -2147483648li, 2147483647li));
}

fn fits(value: Wide) -> bool {
    return i64(i32(value)) == value;
}
