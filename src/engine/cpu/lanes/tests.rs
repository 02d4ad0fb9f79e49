//! Every operation of every vector against plain integers.

use super::*;

const INTERESTING: [i32; 16] =
    [0, 1, -1, 2, -2, i32::MAX, i32::MIN, 0x1234_5678, -0x1234_5678, 0xffff, 0x1_0000, -0x1_0000, 7, -7, 1 << 30, 85];

fn lanes<L: Lanes>(values: &[i32]) -> L {
    L::load(values, 0)
}

fn out<L: Lanes>(value: L) -> Vec<i32> {
    let mut to = vec![0; L::COUNT + 2];
    value.store(&mut to, 1);
    assert_eq!((to[0], to[L::COUNT + 1]), (0, 0), "nothing else is written");
    to[1..=L::COUNT].to_vec()
}

fn each<L: Lanes>(name: &str, found: L, expected: impl Fn(usize) -> i32) {
    assert_eq!(out(found), (0..L::COUNT).map(expected).collect::<Vec<_>>(), "{name}");
}

#[inline(always)]
fn check<L: Lanes>() {
    for turn in 0..16 {
        let a: Vec<i32> = (0..16).map(|k| INTERESTING[(k + turn) % 16]).collect();
        let b: Vec<i32> = (0..16).map(|k| INTERESTING[(k * 3 + turn * 5 + 1) % 16]).collect();
        let (va, vb) = (lanes::<L>(&a), lanes::<L>(&b));
        each("add", va.add(vb), |k| a[k].wrapping_add(b[k]));
        each("sub", va.sub(vb), |k| a[k].wrapping_sub(b[k]));
        each("mul", va.mul(vb), |k| a[k].wrapping_mul(b[k]));
        each("and", va.and(vb), |k| a[k] & b[k]);
        each("or", va.or(vb), |k| a[k] | b[k]);
        each("xor", va.xor(vb), |k| a[k] ^ b[k]);
        each("shift_right", va.shift_right::<8>(), |k| (a[k].cast_unsigned() >> 8).cast_signed());
        let zero = L::splat(0);
        each("select", L::select(va.gt(vb), va, vb), |k| a[k].max(b[k]));
        each("and_not", L::select(L::and_not(va.gt(vb), va.gt(zero)), va, vb), |k| {
            if a[k] > b[k] && a[k] <= 0 { a[k] } else { b[k] }
        });
        each("either", L::select(L::either(va.gt(vb), va.gt(zero)), va, vb), |k| {
            if a[k] > b[k] || a[k] > 0 { a[k] } else { b[k] }
        });
        for bits in 0..32 {
            each("shift_signed", va.shift_signed(bits), |k| a[k] >> bits);
            each("shift_unsigned", va.shift_unsigned(bits), |k| (a[k].cast_unsigned() >> bits).cast_signed());
            each("mul_wide_each", L::narrow(va.mul_wide_each(vb), bits), |k| {
                ((i64::from(a[k]) * i64::from(b[k])) >> bits) as i32
            });
            for factor in [0x7fff_ffff, -5, 1] {
                let sum = L::wide_add(va.mul_wide(L::splat(factor)), L::wide_splat(0x1234_5678_9abc));
                let expected =
                    |k: usize| ((i64::from(a[k]) * i64::from(factor)).wrapping_add(0x1234_5678_9abc) >> bits) as i32;
                each("narrow", L::narrow(sum, bits), expected);
            }
        }
        let count = L::wide_count(a[turn % 16].cast_unsigned());
        let number = |k: usize| a[turn % 16].wrapping_add(k as i32);
        each("wide_count", L::narrow(count, 0), number);
        let product = L::wide_mul_low(L::wide_xor(count, L::wide_splat(-1)), 0xd251_1f53);
        let expected = |k: usize| u64::from(!number(k).cast_unsigned()) * 0xd251_1f53;
        each("wide_mul_low", L::narrow(product, 0), |k| expected(k) as i32);
        each("wide_high", L::narrow(L::wide_high(product), 0), |k| (expected(k) >> 32) as i32);
    }
    let words: Vec<u16> = (0..40).map(|k| (k * 1700 + 40_000) as u16).collect();
    let table: Vec<u32> = (0..29).map(|k| 0xffff_0000 + 3 * k).collect();
    let places: Vec<i32> = (0..16).map(|k| if k == 5 { -1 } else { 7 * k % 40 }).collect();
    each("gather", L::gather(&table, lanes::<L>(&places)), |k| {
        table[(places[k].cast_unsigned() as usize).min(28)].cast_signed()
    });
    each("gather", L::gather(&table[..1], lanes::<L>(&places)), |_| table[0].cast_signed());
    each("load_u16", L::load_u16(&words, 3), |k| i32::from(words[k + 3]));
}

#[test]
fn portable() {
    check::<Portable>();
}

#[cfg(target_arch = "x86_64")]
#[test]
fn vectors_that_this_processor_has() {
    #[target_feature(enable = "avx2")]
    fn avx2() {
        check::<Avx2>();
    }
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn avx512() {
        check::<Avx512>();
    }
    use crate::engine::cpu::host::Instructions;
    let available = Instructions::available();
    if available.contains(&Instructions::Avx2) {
        // SAFETY: found at run time.
        unsafe { avx2() };
    }
    if available.contains(&Instructions::Avx512) {
        // SAFETY: found at run time.
        unsafe { avx512() };
    }
}
