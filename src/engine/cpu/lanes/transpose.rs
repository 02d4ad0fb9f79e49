//! Turns rows of neurons into rows of steps.

/// Neurons that are turned at once.
pub(in crate::engine::cpu) const SIDE: usize = 16;

/// Writes `from[neuron][step]` to `to[step][at + neuron]` for [`SIDE`] neurons and each step of `to`. A row of `from` has
/// at least as many steps, in whole eights.
#[inline(always)]
pub(in crate::engine::cpu) fn transpose<const STEPS: usize, const N: usize>(
    from: &[[u16; STEPS]],
    to: &mut [[u16; N]],
    at: usize,
) {
    for (eighth, to) in to.chunks_mut(8).enumerate() {
        for half in [0, 8] {
            let mut rows = [[0; 8]; 8];
            for (row, from) in rows.iter_mut().zip(&from[half..half + 8]) {
                row.copy_from_slice(&from[8 * eighth..8 * eighth + 8]);
            }
            turn(&mut rows);
            for (to, row) in to.iter_mut().zip(&rows) {
                to[at + half..at + half + 8].copy_from_slice(row);
            }
        }
    }
}

/// Eight rows of eight numbers, turned, with the shuffles that every x86-64 has.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn turn(rows: &mut [[u16; 8]; 8]) {
    use std::arch::x86_64::*;

    let at = rows.as_mut_ptr().cast::<__m128i>();
    // SAFETY: SSE2 is part of x86-64; eight rows of 128 bits are read and written.
    unsafe {
        let (r0, r1, r2, r3) =
            (_mm_loadu_si128(at), _mm_loadu_si128(at.add(1)), _mm_loadu_si128(at.add(2)), _mm_loadu_si128(at.add(3)));
        let at4 = at.add(4);
        let (r4, r5, r6, r7) = (
            _mm_loadu_si128(at4),
            _mm_loadu_si128(at4.add(1)),
            _mm_loadu_si128(at4.add(2)),
            _mm_loadu_si128(at4.add(3)),
        );
        // Words of two rows side by side, then of four, then of all eight.
        let (a0, a1, a2, a3) = (
            _mm_unpacklo_epi16(r0, r1),
            _mm_unpackhi_epi16(r0, r1),
            _mm_unpacklo_epi16(r2, r3),
            _mm_unpackhi_epi16(r2, r3),
        );
        let (a4, a5, a6, a7) = (
            _mm_unpacklo_epi16(r4, r5),
            _mm_unpackhi_epi16(r4, r5),
            _mm_unpacklo_epi16(r6, r7),
            _mm_unpackhi_epi16(r6, r7),
        );
        let (b0, b1, b2, b3) = (
            _mm_unpacklo_epi32(a0, a2),
            _mm_unpackhi_epi32(a0, a2),
            _mm_unpacklo_epi32(a1, a3),
            _mm_unpackhi_epi32(a1, a3),
        );
        let (b4, b5, b6, b7) = (
            _mm_unpacklo_epi32(a4, a6),
            _mm_unpackhi_epi32(a4, a6),
            _mm_unpacklo_epi32(a5, a7),
            _mm_unpackhi_epi32(a5, a7),
        );
        _mm_storeu_si128(at, _mm_unpacklo_epi64(b0, b4));
        _mm_storeu_si128(at.add(1), _mm_unpackhi_epi64(b0, b4));
        _mm_storeu_si128(at.add(2), _mm_unpacklo_epi64(b1, b5));
        _mm_storeu_si128(at.add(3), _mm_unpackhi_epi64(b1, b5));
        _mm_storeu_si128(at4, _mm_unpacklo_epi64(b2, b6));
        _mm_storeu_si128(at4.add(1), _mm_unpackhi_epi64(b2, b6));
        _mm_storeu_si128(at4.add(2), _mm_unpacklo_epi64(b3, b7));
        _mm_storeu_si128(at4.add(3), _mm_unpackhi_epi64(b3, b7));
    }
}

/// Eight rows of eight numbers, turned.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn turn(rows: &mut [[u16; 8]; 8]) {
    let from = *rows;
    for (step, row) in rows.iter_mut().enumerate() {
        row.iter_mut().zip(&from).for_each(|(to, from)| *to = from[step]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const STEPS: usize>(steps: usize) {
        let from: [[u16; STEPS]; SIDE] = std::array::from_fn(|n| std::array::from_fn(|s| (n * 100 + s + 1) as u16));
        let mut to = vec![[0xffffu16; 40]; steps];
        transpose(&from, &mut to, 16);
        for (step, row) in to.iter().enumerate() {
            for (at, &value) in row.iter().enumerate() {
                let expected = if (16..32).contains(&at) { from[at - 16][step] } else { 0xffff };
                assert_eq!(value, expected, "{steps} of {STEPS} steps: step {step} at {at}");
            }
        }
    }

    #[test]
    fn every_number_goes_to_its_place_and_no_other_changes() {
        (1..=8).for_each(check::<8>);
        (1..=16).for_each(check::<16>);
        [1, 16, 17, 31, 32].into_iter().for_each(check::<32>);
    }
}
