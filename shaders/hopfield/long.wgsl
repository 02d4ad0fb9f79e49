// Whole numbers of 64 bits in two's complement, low word first; results are exact modulo 2^64.

alias Long = vec2<u32>;

fn long_of(value: i32) -> Long {
    return Long(bitcast<u32>(value), bitcast<u32>(value >> 31u));
}

fn long_sum(a: Long, b: Long) -> Long {
    let low = a.x + b.x;
    return Long(low, a.y + b.y + u32(low < a.x));
}

fn long_negative(a: Long) -> Long {
    return long_sum(Long(~a.x, ~a.y), Long(1u, 0u));
}

fn long_product(a: Long, b: Long) -> Long {
    let low = multiply_words(a.x, b.x);
    return Long(low.x, low.y + a.x * b.y + a.y * b.x);
}

// a / 2^bits, rounded down, for bits from 0 to 63.
fn long_shift(a: Long, bits: u32) -> Long {
    let sign = bitcast<u32>(bitcast<i32>(a.y) >> 31u);
    if bits >= 32u {
        return Long(bitcast<u32>(bitcast<i32>(a.y) >> (bits - 32u)), sign);
    }
    // A shift by 32 - bits would be none at all for bits = 0.
    return Long((a.x >> bits) | ((a.y << 1u) << (31u - bits)), bitcast<u32>(bitcast<i32>(a.y) >> bits));
}
