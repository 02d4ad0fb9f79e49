//! Eight lanes in a register of AVX2.

use std::arch::x86_64::*;

use super::Lanes;

/// Eight lanes.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::cpu) struct Avx2(__m256i);

/// Sixty-four bits a lane: those of the even lanes, those of the odd ones.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::cpu) struct Wide {
    even: __m256i,
    odd: __m256i,
}

const COUNT: usize = 8;

// No closures here: one would be a function without the instructions, and nothing is inlined into that.
// SAFETY (of every block below): the processor has AVX2, as the trait asks for; slices are checked for their length.
impl Lanes for Avx2 {
    const COUNT: usize = COUNT;
    type Wide = Wide;
    /// All bits set or none.
    type Mask = __m256i;

    #[inline(always)]
    fn splat(value: i32) -> Self {
        Self(unsafe { _mm256_set1_epi32(value) })
    }

    #[inline(always)]
    fn load(from: &[i32], at: usize) -> Self {
        let part = &from[at..at + COUNT];
        Self(unsafe { _mm256_loadu_si256(part.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self, to: &mut [i32], at: usize) {
        let part = &mut to[at..at + COUNT];
        unsafe { _mm256_storeu_si256(part.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn load_u16(from: &[u16], at: usize) -> Self {
        let part = &from[at..at + COUNT];
        Self(unsafe { _mm256_cvtepu16_epi32(_mm_loadu_si128(part.as_ptr().cast())) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(unsafe { _mm256_add_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(unsafe { _mm256_sub_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(unsafe { _mm256_mullo_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(unsafe { _mm256_and_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(unsafe { _mm256_or_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(unsafe { _mm256_xor_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn shift_right<const BITS: i32>(self) -> Self {
        Self(unsafe { _mm256_srli_epi32::<BITS>(self.0) })
    }

    #[inline(always)]
    fn shift_signed(self, bits: u32) -> Self {
        Self(unsafe { _mm256_sra_epi32(self.0, _mm_cvtsi32_si128(bits.cast_signed())) })
    }

    #[inline(always)]
    fn shift_unsigned(self, bits: u32) -> Self {
        Self(unsafe { _mm256_srl_epi32(self.0, _mm_cvtsi32_si128(bits.cast_signed())) })
    }

    #[inline(always)]
    fn gather(table: &[u32], places: Self) -> Self {
        let last = Self::splat((table.len() - 1).min(i32::MAX as usize) as i32);
        // No place is behind the last one.
        unsafe { Self(_mm256_i32gather_epi32::<4>(table.as_ptr().cast(), _mm256_min_epu32(places.0, last.0))) }
    }

    #[inline(always)]
    fn gt(self, other: Self) -> Self::Mask {
        unsafe { _mm256_cmpgt_epi32(self.0, other.0) }
    }

    #[inline(always)]
    fn and_not(mask: Self::Mask, other: Self::Mask) -> Self::Mask {
        unsafe { _mm256_andnot_si256(other, mask) }
    }

    #[inline(always)]
    fn either(mask: Self::Mask, other: Self::Mask) -> Self::Mask {
        unsafe { _mm256_or_si256(mask, other) }
    }

    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Self(unsafe { _mm256_blendv_epi8(no.0, yes.0, mask) })
    }

    #[inline(always)]
    fn wide_splat(value: i64) -> Wide {
        let all = unsafe { _mm256_set1_epi64x(value) };
        Wide { even: all, odd: all }
    }

    #[inline(always)]
    fn mul_wide(self, factor: Self) -> Wide {
        unsafe {
            Wide {
                even: _mm256_mul_epi32(self.0, factor.0),
                odd: _mm256_mul_epi32(_mm256_srli_epi64::<32>(self.0), factor.0),
            }
        }
    }

    #[inline(always)]
    fn mul_wide_each(self, factor: Self) -> Wide {
        unsafe {
            Wide {
                even: _mm256_mul_epi32(self.0, factor.0),
                odd: _mm256_mul_epi32(_mm256_srli_epi64::<32>(self.0), _mm256_srli_epi64::<32>(factor.0)),
            }
        }
    }

    #[inline(always)]
    fn wide_add(a: Wide, b: Wide) -> Wide {
        unsafe { Wide { even: _mm256_add_epi64(a.even, b.even), odd: _mm256_add_epi64(a.odd, b.odd) } }
    }

    #[inline(always)]
    fn narrow(value: Wide, bits: u32) -> Self {
        unsafe {
            let low = _mm256_srl_epi64(value.even, _mm_cvtsi32_si128(bits.cast_signed()));
            let high = _mm256_sll_epi64(value.odd, _mm_cvtsi32_si128(32 - bits.cast_signed()));
            Self(_mm256_blend_epi32::<0b1010_1010>(low, high))
        }
    }

    #[inline(always)]
    fn wide_count(first: u32) -> Wide {
        unsafe {
            let low = _mm256_set1_epi64x(0xffff_ffff);
            let even = _mm256_add_epi64(_mm256_set1_epi64x(i64::from(first)), _mm256_setr_epi64x(0, 2, 4, 6));
            let odd = _mm256_add_epi64(even, _mm256_set1_epi64x(1));
            Wide { even: _mm256_and_si256(even, low), odd: _mm256_and_si256(odd, low) }
        }
    }

    #[inline(always)]
    fn wide_mul_low(value: Wide, factor: u32) -> Wide {
        unsafe {
            let factor = _mm256_set1_epi64x(i64::from(factor));
            Wide { even: _mm256_mul_epu32(value.even, factor), odd: _mm256_mul_epu32(value.odd, factor) }
        }
    }

    #[inline(always)]
    fn wide_high(value: Wide) -> Wide {
        unsafe { Wide { even: _mm256_srli_epi64::<32>(value.even), odd: _mm256_srli_epi64::<32>(value.odd) } }
    }

    #[inline(always)]
    fn wide_xor(a: Wide, b: Wide) -> Wide {
        unsafe { Wide { even: _mm256_xor_si256(a.even, b.even), odd: _mm256_xor_si256(a.odd, b.odd) } }
    }
}
