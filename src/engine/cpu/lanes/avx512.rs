//! Sixteen lanes in a register of AVX-512.

use std::arch::x86_64::*;

use super::Lanes;

/// Sixteen lanes.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::cpu) struct Avx512(__m512i);

/// Sixty-four bits a lane: those of the even lanes, those of the odd ones.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::cpu) struct Wide {
    even: __m512i,
    odd: __m512i,
}

const COUNT: usize = 16;

// No closures here: one would be a function without the instructions, and nothing is inlined into that.
// SAFETY (of every block below): the processor has AVX-512, as the trait asks for; slices are checked for their length.
impl Lanes for Avx512 {
    const COUNT: usize = COUNT;
    type Wide = Wide;
    type Mask = __mmask16;

    #[inline(always)]
    fn splat(value: i32) -> Self {
        Self(unsafe { _mm512_set1_epi32(value) })
    }

    #[inline(always)]
    fn load(from: &[i32], at: usize) -> Self {
        let part = &from[at..at + COUNT];
        Self(unsafe { _mm512_loadu_si512(part.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self, to: &mut [i32], at: usize) {
        let part = &mut to[at..at + COUNT];
        unsafe { _mm512_storeu_si512(part.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn load_u16(from: &[u16], at: usize) -> Self {
        let part = &from[at..at + COUNT];
        Self(unsafe { _mm512_cvtepu16_epi32(_mm256_loadu_si256(part.as_ptr().cast())) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(unsafe { _mm512_add_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(unsafe { _mm512_sub_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(unsafe { _mm512_mullo_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(unsafe { _mm512_and_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(unsafe { _mm512_or_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(unsafe { _mm512_xor_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn shift_right<const BITS: i32>(self) -> Self {
        Self(unsafe { _mm512_srl_epi32(self.0, _mm_cvtsi32_si128(BITS)) })
    }

    #[inline(always)]
    fn shift_signed(self, bits: u32) -> Self {
        Self(unsafe { _mm512_sra_epi32(self.0, _mm_cvtsi32_si128(bits.cast_signed())) })
    }

    #[inline(always)]
    fn shift_unsigned(self, bits: u32) -> Self {
        Self(unsafe { _mm512_srl_epi32(self.0, _mm_cvtsi32_si128(bits.cast_signed())) })
    }

    #[inline(always)]
    fn gather(table: &[u32], places: Self) -> Self {
        let last = Self::splat((table.len() - 1).min(i32::MAX as usize) as i32);
        // No place is behind the last one.
        unsafe { Self(_mm512_i32gather_epi32::<4>(_mm512_min_epu32(places.0, last.0), table.as_ptr().cast())) }
    }

    #[inline(always)]
    fn gt(self, other: Self) -> Self::Mask {
        unsafe { _mm512_cmpgt_epi32_mask(self.0, other.0) }
    }

    #[inline(always)]
    fn and_not(mask: Self::Mask, other: Self::Mask) -> Self::Mask {
        mask & !other
    }

    #[inline(always)]
    fn either(mask: Self::Mask, other: Self::Mask) -> Self::Mask {
        mask | other
    }

    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Self(unsafe { _mm512_mask_blend_epi32(mask, no.0, yes.0) })
    }

    #[inline(always)]
    fn wide_splat(value: i64) -> Wide {
        let all = unsafe { _mm512_set1_epi64(value) };
        Wide { even: all, odd: all }
    }

    #[inline(always)]
    fn mul_wide(self, factor: Self) -> Wide {
        unsafe {
            Wide {
                even: _mm512_mul_epi32(self.0, factor.0),
                odd: _mm512_mul_epi32(_mm512_srli_epi64::<32>(self.0), factor.0),
            }
        }
    }

    #[inline(always)]
    fn mul_wide_each(self, factor: Self) -> Wide {
        unsafe {
            Wide {
                even: _mm512_mul_epi32(self.0, factor.0),
                odd: _mm512_mul_epi32(_mm512_srli_epi64::<32>(self.0), _mm512_srli_epi64::<32>(factor.0)),
            }
        }
    }

    #[inline(always)]
    fn wide_add(a: Wide, b: Wide) -> Wide {
        unsafe { Wide { even: _mm512_add_epi64(a.even, b.even), odd: _mm512_add_epi64(a.odd, b.odd) } }
    }

    #[inline(always)]
    fn narrow(value: Wide, bits: u32) -> Self {
        unsafe {
            let low = _mm512_srl_epi64(value.even, _mm_cvtsi32_si128(bits.cast_signed()));
            let high = _mm512_sll_epi64(value.odd, _mm_cvtsi32_si128(32 - bits.cast_signed()));
            Self(_mm512_mask_blend_epi32(0b1010_1010_1010_1010, low, high))
        }
    }

    #[inline(always)]
    fn wide_count(first: u32) -> Wide {
        unsafe {
            let low = _mm512_set1_epi64(0xffff_ffff);
            let even =
                _mm512_add_epi64(_mm512_set1_epi64(i64::from(first)), _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14));
            let odd = _mm512_add_epi64(even, _mm512_set1_epi64(1));
            Wide { even: _mm512_and_si512(even, low), odd: _mm512_and_si512(odd, low) }
        }
    }

    #[inline(always)]
    fn wide_mul_low(value: Wide, factor: u32) -> Wide {
        unsafe {
            let factor = _mm512_set1_epi64(i64::from(factor));
            Wide { even: _mm512_mul_epu32(value.even, factor), odd: _mm512_mul_epu32(value.odd, factor) }
        }
    }

    #[inline(always)]
    fn wide_high(value: Wide) -> Wide {
        unsafe { Wide { even: _mm512_srli_epi64::<32>(value.even), odd: _mm512_srli_epi64::<32>(value.odd) } }
    }

    #[inline(always)]
    fn wide_xor(a: Wide, b: Wide) -> Wide {
        unsafe { Wide { even: _mm512_xor_si512(a.even, b.even), odd: _mm512_xor_si512(a.odd, b.odd) } }
    }
}
