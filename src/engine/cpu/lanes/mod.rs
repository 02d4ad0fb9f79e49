//! Lanes: several neurons side by side in one vector register. One kernel is written in them; each set of instructions
//! has a file that says how it does the few operations, and all give the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
#[cfg(test)]
mod tests;
mod transpose;

#[cfg(target_arch = "x86_64")]
pub(super) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(super) use avx512::Avx512;
pub(super) use portable::Portable;
pub(super) use transpose::{SIDE, transpose};

/// The most lanes that any vector has: arrays are padded to a multiple of it.
pub(super) const LANES_MAX: usize = 16;

/// A vector of `COUNT` numbers of 32 bits, one a neuron.
///
/// Arithmetic wraps. A [`Lanes::Wide`] holds 64 bits for each lane, in whatever order suits the instructions.
/// The types of AVX2 and AVX-512 may be used only where the processor has these instructions.
pub(super) trait Lanes: Copy {
    /// Number of lanes, at most [`LANES_MAX`].
    const COUNT: usize;
    /// One number of 64 bits a lane.
    type Wide: Copy;
    /// One truth a lane.
    type Mask: Copy;

    /// `value` in every lane.
    fn splat(value: i32) -> Self;
    /// The numbers from `at` on.
    fn load(from: &[i32], at: usize) -> Self;
    /// Puts the lanes at `at` and behind.
    fn store(self, to: &mut [i32], at: usize);
    /// The 16-bit numbers from `at` on, which have no sign.
    fn load_u16(from: &[u16], at: usize) -> Self;

    /// a + b.
    fn add(self, other: Self) -> Self;
    /// a - b.
    fn sub(self, other: Self) -> Self;
    /// The low 32 bits of a b.
    fn mul(self, other: Self) -> Self;
    /// a & b.
    fn and(self, other: Self) -> Self;
    /// a | b.
    fn or(self, other: Self) -> Self;
    /// a ^ b.
    fn xor(self, other: Self) -> Self;
    /// a / 2^bits without its sign.
    fn shift_right<const BITS: i32>(self) -> Self;
    /// a / 2^bits rounded down, 0 <= bits < 32.
    fn shift_signed(self, bits: u32) -> Self;
    /// a / 2^bits without its sign, 0 <= bits < 32.
    fn shift_unsigned(self, bits: u32) -> Self;
    /// The numbers of `table`, which is not empty, at the places that the lanes name; the last one for places behind it.
    fn gather(table: &[u32], places: Self) -> Self;

    /// a > b.
    fn gt(self, other: Self) -> Self::Mask;
    /// `mask` but not `other`.
    fn and_not(mask: Self::Mask, other: Self::Mask) -> Self::Mask;
    /// a | b.
    fn either(mask: Self::Mask, other: Self::Mask) -> Self::Mask;
    /// `yes` where the mask holds, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// `value` in every lane.
    fn wide_splat(value: i64) -> Self::Wide;
    /// The product with a factor that is the same in all lanes (a [`Lanes::splat`]), signed.
    fn mul_wide(self, factor: Self) -> Self::Wide;
    /// The product with a factor of each lane, signed.
    fn mul_wide_each(self, factor: Self) -> Self::Wide;
    /// a + b.
    fn wide_add(a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// The low 32 bits of a / 2^bits, 0 <= bits < 32.
    fn narrow(value: Self::Wide, bits: u32) -> Self;

    /// The numbers `first`, `first + 1`, .. that wrap at 2^32, one a lane.
    fn wide_count(first: u32) -> Self::Wide;
    /// The product of the low 32 bits with `factor`, without sign.
    fn wide_mul_low(value: Self::Wide, factor: u32) -> Self::Wide;
    /// a / 2^32 without its sign.
    fn wide_high(value: Self::Wide) -> Self::Wide;
    /// a ^ b.
    fn wide_xor(a: Self::Wide, b: Self::Wide) -> Self::Wide;
}
