// Gain functions, in the operations of the CPU: the twin of src/engine/cpu/rate/gain.rs, which names the source.

const RELU: u32 = 0u;
const SATURATING: u32 = 1u;
const TANH: u32 = 2u;
const SIGMOID: u32 = 3u;

const EXP_MIN: f32 = -87.0;
const EXP_MAX: f32 = 88.0;
const LOG2_E: f32 = 1.44269504;
const LN_2_HIGH: f32 = 0.693359375;
const LN_2_LOW: f32 = -2.12194440e-4;
const TANH_SMALL: f32 = 0.625;
const EXPONENT_BIAS: i32 = 127;

fn exp_of(argument: f32) -> f32 {
    let x = clamp(argument, EXP_MIN, EXP_MAX);
    let n = round(x * LOG2_E);
    let power = bitcast<f32>(u32(i32(n) + EXPONENT_BIAS) << 23u);
    let f = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    var p = 1.9875691500e-4;
    p = p * f + 1.3981999507e-3;
    p = p * f + 8.3334519073e-3;
    p = p * f + 4.1665795894e-2;
    p = p * f + 1.6666665459e-1;
    p = p * f + 0.5;
    return ((p * f) * f + f + 1.0) * power;
}

fn tanh_of(x: f32) -> f32 {
    let z = x * x;
    var p = -5.70498872745e-3;
    p = p * z + 2.06390887954e-2;
    p = p * z - 5.37397155531e-2;
    p = p * z + 1.33314422036e-1;
    p = p * z - 3.33332819422e-1;
    let small = (p * z) * x + x;
    let size = abs(x);
    let large = sign(x) * (1.0 - 2.0 / (exp_of(2.0 * size) + 1.0));
    return select(large, small, size < TANH_SMALL);
}

// The gain of one input.
fn apply(x: f32) -> f32 {
    let z = slope * (x - threshold);
    switch gain_kind {
        case RELU: { return max(z, 0.0); }
        case SATURATING: { return min(max(z, 0.0), maximum); }
        case TANH: { return tanh_of(z); }
        default: { return maximum / (1.0 + exp_of(-z)); }
    }
}
