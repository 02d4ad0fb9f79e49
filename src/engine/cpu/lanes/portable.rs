//! Lanes as arrays, which the compiler turns into the vectors that every processor of the target has (SSE2, NEON).

use super::Lanes;

const COUNT: usize = 8;

/// Eight lanes.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::cpu) struct Portable([i32; COUNT]);

impl Portable {
    #[inline(always)]
    fn zip(self, other: Self, operation: impl Fn(i32, i32) -> i32) -> Self {
        let mut result = [0; COUNT];
        for ((result, a), b) in result.iter_mut().zip(self.0).zip(other.0) {
            *result = operation(a, b);
        }
        Self(result)
    }

    #[inline(always)]
    fn map(self, operation: impl Fn(i32) -> i32) -> Self {
        self.zip(self, |a, _| operation(a))
    }
}

#[inline(always)]
fn wide_zip(a: [i64; COUNT], b: [i64; COUNT], operation: impl Fn(i64, i64) -> i64) -> [i64; COUNT] {
    let mut result = [0; COUNT];
    for ((result, a), b) in result.iter_mut().zip(a).zip(b) {
        *result = operation(a, b);
    }
    result
}

impl Lanes for Portable {
    const COUNT: usize = COUNT;
    type Wide = [i64; COUNT];
    /// All bits set or none.
    type Mask = [i32; COUNT];

    #[inline(always)]
    fn splat(value: i32) -> Self {
        Self([value; COUNT])
    }

    #[inline(always)]
    fn load(from: &[i32], at: usize) -> Self {
        let mut lanes = [0; COUNT];
        lanes.copy_from_slice(&from[at..at + COUNT]);
        Self(lanes)
    }

    #[inline(always)]
    fn store(self, to: &mut [i32], at: usize) {
        to[at..at + COUNT].copy_from_slice(&self.0);
    }

    #[inline(always)]
    fn load_u16(from: &[u16], at: usize) -> Self {
        let mut lanes = [0; COUNT];
        for (lane, &value) in lanes.iter_mut().zip(&from[at..at + COUNT]) {
            *lane = i32::from(value);
        }
        Self(lanes)
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, i32::wrapping_add)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, i32::wrapping_sub)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, i32::wrapping_mul)
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    #[inline(always)]
    fn shift_right<const BITS: i32>(self) -> Self {
        self.map(|a| (a.cast_unsigned() >> BITS).cast_signed())
    }

    #[inline(always)]
    fn shift_signed(self, bits: u32) -> Self {
        self.map(|a| a >> (bits & 31))
    }

    #[inline(always)]
    fn shift_unsigned(self, bits: u32) -> Self {
        self.map(|a| (a.cast_unsigned() >> (bits & 31)).cast_signed())
    }

    #[inline(always)]
    fn gather(table: &[u32], places: Self) -> Self {
        places.map(|place| table[(place.cast_unsigned() as usize).min(table.len() - 1)].cast_signed())
    }

    #[inline(always)]
    fn gt(self, other: Self) -> Self::Mask {
        self.zip(other, |a, b| -i32::from(a > b)).0
    }

    #[inline(always)]
    fn and_not(mask: Self::Mask, other: Self::Mask) -> Self::Mask {
        Self(mask).zip(Self(other), |a, b| a & !b).0
    }

    #[inline(always)]
    fn either(mask: Self::Mask, other: Self::Mask) -> Self::Mask {
        Self(mask).or(Self(other)).0
    }

    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Self(mask).and(yes).or(Self(mask).map(|a| !a).and(no))
    }

    #[inline(always)]
    fn wide_splat(value: i64) -> Self::Wide {
        [value; COUNT]
    }

    #[inline(always)]
    fn mul_wide(self, factor: Self) -> Self::Wide {
        let mut result = [0; COUNT];
        for ((result, a), b) in result.iter_mut().zip(self.0).zip(factor.0) {
            *result = i64::from(a) * i64::from(b);
        }
        result
    }

    #[inline(always)]
    fn mul_wide_each(self, factor: Self) -> Self::Wide {
        self.mul_wide(factor)
    }

    #[inline(always)]
    fn wide_add(a: Self::Wide, b: Self::Wide) -> Self::Wide {
        wide_zip(a, b, i64::wrapping_add)
    }

    #[inline(always)]
    fn narrow(value: Self::Wide, bits: u32) -> Self {
        let mut result = [0; COUNT];
        for (result, value) in result.iter_mut().zip(value) {
            *result = (value >> (bits & 31)) as i32;
        }
        Self(result)
    }

    #[inline(always)]
    fn wide_count(first: u32) -> Self::Wide {
        std::array::from_fn(|lane| i64::from(first.wrapping_add(lane as u32)))
    }

    #[inline(always)]
    fn wide_mul_low(value: Self::Wide, factor: u32) -> Self::Wide {
        wide_zip(value, value, |a, _| ((a.cast_unsigned() & 0xffff_ffff) * u64::from(factor)).cast_signed())
    }

    #[inline(always)]
    fn wide_high(value: Self::Wide) -> Self::Wide {
        wide_zip(value, value, |a, _| (a.cast_unsigned() >> 32).cast_signed())
    }

    #[inline(always)]
    fn wide_xor(a: Self::Wide, b: Self::Wide) -> Self::Wide {
        wide_zip(a, b, |a, b| a ^ b)
    }
}
