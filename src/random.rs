//! Counter-based random numbers: Philox 4x32-10 keyed by the seed, and the draws made from it.
//!
//! A draw is a pure function of (seed; stream, trial, index, step), so neither the order of evaluation nor the
//! engine can change it. Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.

/// What a draw is for. A change in one stream leaves the others as they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Stream {
    /// Members of the patterns.
    Patterns = 0,
    /// Which connections exist.
    Wiring = 1,
    /// The state at step 0.
    InitialState = 2,
    /// Membrane noise.
    Noise = 3,
    /// Which members a cue drives.
    Cues = 4,
    /// Order of asynchronous updates.
    Order = 5,
    /// Parameters that differ between the neurons of a population.
    Neurons = 6,
    /// Spikes of neurons with escape noise.
    Escape = 7,
    /// Poisson input.
    Poisson = 8,
}

/// Number of steps whose noise comes from one Philox call: 128 bits give sixteen draws of 8 bits.
pub const NOISE_STEPS_PER_CALL: u32 = 16;

/// Multiplier of the first word in a Philox round.
pub const PHILOX_M0: u32 = 0xD251_1F53;
/// Multiplier of the third word in a Philox round.
pub const PHILOX_M1: u32 = 0xCD9E_8D57;
/// Increment of the first key word after a round (the golden ratio).
pub const PHILOX_W0: u32 = 0x9E37_79B9;
/// Increment of the second key word after a round (√3 - 1).
pub const PHILOX_W1: u32 = 0xBB67_AE85;
/// Number of rounds.
pub const PHILOX_ROUNDS: u32 = 10;

/// Philox 4x32-10: four random words from a 128-bit counter and a 64-bit key.
///
/// The rounds are written out, without a loop, so that a loop over neurons around them becomes vectors.
#[inline(always)]
#[must_use]
pub const fn philox([c0, c1, c2, c3]: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    const { assert!(PHILOX_ROUNDS == 10, "as many rounds as are written out") };
    let counter = philox_round([c0 as u64, c1 as u64, c2 as u64, c3 as u64], key, 0);
    let counter = philox_round(counter, key, 1);
    let counter = philox_round(counter, key, 2);
    let counter = philox_round(counter, key, 3);
    let counter = philox_round(counter, key, 4);
    let counter = philox_round(counter, key, 5);
    let counter = philox_round(counter, key, 6);
    let counter = philox_round(counter, key, 7);
    let counter = philox_round(counter, key, 8);
    let [c0, c1, c2, c3] = philox_round(counter, key, 9);
    [c0 as u32, c1 as u32, c2 as u32, c3 as u32]
}

/// One round; the key grows by a constant a round. Words are the low halves of 64 bits: what is left above them
/// is never read, and a vector unit multiplies low halves without moving them.
#[inline(always)]
const fn philox_round([c0, c1, c2, c3]: [u64; 4], [k0, k1]: [u32; 2], round: u32) -> [u64; 4] {
    let k0 = k0.wrapping_add(PHILOX_W0.wrapping_mul(round)) as u64;
    let k1 = k1.wrapping_add(PHILOX_W1.wrapping_mul(round)) as u64;
    let p0 = (PHILOX_M0 as u64) * (c0 & 0xffff_ffff);
    let p1 = (PHILOX_M1 as u64) * (c2 & 0xffff_ffff);
    [(p1 >> 32) ^ c1 ^ k0, p1, (p0 >> 32) ^ c3 ^ k1, p0]
}

/// The Philox key of a seed: low word, high word.
#[must_use]
pub const fn key(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

/// Where the stream starts in the last word of a counter.
pub const STREAM_BITS: u32 = 28;

/// The counter of (stream, trial, index, step): index, low and high word of the step, stream << 28 | trial.
///
/// `trial` has 28 bits; `step` stands for whatever counts within the stream (a step, a draw, a stimulus).
#[must_use]
pub const fn counter(stream: Stream, trial: u32, index: u32, step: u64) -> [u32; 4] {
    [index, step as u32, (step >> 32) as u32, ((stream as u32) << STREAM_BITS) | (trial & ((1 << STREAM_BITS) - 1))]
}

/// The noise draw of 8 bits for `neuron` (numbered across populations) in `step`.
#[must_use]
pub fn noise_bits(seed: u64, trial: u32, neuron: u32, step: u64) -> u32 {
    let group = step / u64::from(NOISE_STEPS_PER_CALL);
    let slot = (step % u64::from(NOISE_STEPS_PER_CALL)) as usize;
    let words = philox(counter(Stream::Noise, trial, neuron, group), key(seed));
    (words[slot / 4] >> (8 * (slot % 4))) & 0xff
}

/// Steps that share a Philox call where each takes a word of 32 bits.
pub const WORD_STEPS_PER_CALL: u32 = 4;

/// The draw of 32 bits of `stream` for `neuron` (numbered across populations) in `step`.
#[must_use]
pub fn step_word(seed: u64, stream: Stream, trial: u32, neuron: u32, step: u64) -> u32 {
    let group = step / u64::from(WORD_STEPS_PER_CALL);
    philox(counter(stream, trial, neuron, group), key(seed))[(step % u64::from(WORD_STEPS_PER_CALL)) as usize]
}

/// For each byte of random bits how many of them are set, the upper six counted twice: 0..=14.
///
/// Minus its mean [`NOISE_MAX`] this is the noise of a step, a sum of eight coins of two sizes. A walk of such steps
/// crosses a threshold as a Gaussian one does: what the threshold is overshot by, 0.5826 s.d. for Gaussian steps
/// (Siegmund 1979; Broadie, Glasserman & Kou 1997), is raised by the span h of the lattice that the sums live on, by
/// h²/12, and lowered by the excess kurtosis κ, by 0.04 |κ|. With two coins of half size, h² = 4/26 and κ = -0.29, the
/// two cancel to 0.001; with eight equal coins, or with sixteen, they do not.
#[inline(always)]
#[must_use]
pub const fn coin_sums(bits: u32) -> u32 {
    let pairs = bits - ((bits >> 1) & 0x5555_5555);
    let nibbles = (pairs & 0x3333_3333) + ((pairs >> 2) & 0x3333_3333);
    let all = (nibbles + (nibbles >> 4)) & 0x0f0f_0f0f;
    all + all - (pairs & 0x0303_0303)
}

/// The noise that 8 random bits give: an integer in -7..=7, of mean zero and standard deviation [`NOISE_SD`].
#[inline(always)]
#[must_use]
pub const fn coin_sum(bits: u32) -> i32 {
    coin_sums(bits & 0xff) as i32 - NOISE_MAX
}

/// Standard deviation of [`coin_sum`]: √(6·2² + 2·1²)/2 = √6.5.
pub const NOISE_SD: f64 = 2.549_509_756_796_392_4;
/// The largest absolute value of [`coin_sum`].
pub const NOISE_MAX: i32 = 7;

/// A sequence of draws from one stream, for the host: patterns, cues, initial states.
#[derive(Clone, Debug)]
pub struct Draws {
    key: [u32; 2],
    counter: [u32; 4],
    words: [u32; 4],
    used: usize,
}

impl Draws {
    /// The sequence number `index` of `stream`; sequences of different indices are independent.
    #[must_use]
    pub fn new(seed: u64, stream: Stream, trial: u32, index: u32) -> Self {
        Self { key: key(seed), counter: counter(stream, trial, index, 0), words: [0; 4], used: 4 }
    }

    /// Thirty-two random bits.
    pub fn word(&mut self) -> u32 {
        if self.used == 4 {
            self.words = philox(self.counter, self.key);
            let (low, carry) = self.counter[1].overflowing_add(1);
            self.counter[1] = low;
            self.counter[2] = self.counter[2].wrapping_add(u32::from(carry));
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }

    /// A uniform number below `bound` (> 0), without bias: Lemire, ACM TOMACS 29 (2019), by rejection.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "a draw below zero");
        let reject_below = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.word()) * u64::from(bound);
            if product as u32 >= reject_below {
                return (product >> 32) as u32;
            }
        }
    }

    /// `count` different numbers below `population`, in ascending order, every subset equally likely.
    ///
    /// Floyd's algorithm (Bentley & Floyd, CACM 30, 1987): `count` draws and one bit a candidate.
    pub fn subset(&mut self, population: u32, count: u32) -> Vec<u32> {
        assert!(count <= population, "a subset larger than its set");
        let mut chosen = vec![0u64; population.div_ceil(64) as usize];
        for last in population - count..population {
            let draw = self.below(last + 1);
            let pick = if chosen[(draw / 64) as usize] >> (draw % 64) & 1 == 1 { last } else { draw };
            chosen[(pick / 64) as usize] |= 1 << (pick % 64);
        }
        let mut members = Vec::with_capacity(count as usize);
        for (at, &word) in chosen.iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                members.push(at as u32 * 64 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The three vectors of `philox4x32 10` in Random123's kat_vectors.
    #[test]
    fn philox_meets_its_known_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn coin_sum_has_the_stated_moments() {
        let (mut sum, mut square, mut fourth) = (0i64, 0i64, 0i64);
        for bits in 0..=0xff {
            let z = i64::from(coin_sum(bits));
            assert_eq!(z, i64::from(2 * (bits >> 2).count_ones() + (bits & 3).count_ones()) - 7);
            assert!(z.abs() <= i64::from(NOISE_MAX));
            sum += z;
            square += z * z;
            fourth += z.pow(4);
        }
        assert_eq!(sum, 0);
        assert_eq!(2 * square, 13 * 256);
        assert!((NOISE_SD - 6.5f64.sqrt()).abs() < 1e-14);
        let kurtosis = fourth as f64 / 256.0 / 6.5f64.powi(2) - 3.0;
        assert!((kurtosis + 0.29).abs() < 0.01, "excess kurtosis {kurtosis}");
    }

    #[test]
    fn a_walk_of_such_steps_overshoots_as_a_gaussian_one_does() {
        // The mean overshoot is E[H²]/(2 E[H]), H the height at which the walk first comes above its start.
        let mut draws = Draws::new(1, Stream::Noise, 0, 0);
        let (mut first, mut second) = (0.0, 0.0);
        for _ in 0..40_000 {
            let mut height = 0;
            // One walk in a hundred or so does not come back in 10,000 steps; what they miss is below 0.003.
            let came = (0..10_000).any(|_| {
                height += coin_sum(draws.word());
                height > 0
            });
            if came {
                first += f64::from(height);
                second += f64::from(height * height);
            }
        }
        let overshoot = second / (2.0 * first) / NOISE_SD;
        assert!((overshoot - 0.5826).abs() < 0.012, "{overshoot}");
    }

    #[test]
    fn sixteen_steps_share_a_call_and_every_step_has_bits_of_its_own() {
        let words = philox(counter(Stream::Noise, 0, 5, 3), key(9));
        for slot in 0..16u64 {
            let expected = (words[slot as usize / 4] >> (8 * (slot % 4))) & 0xff;
            assert_eq!(noise_bits(9, 0, 5, 48 + slot), expected);
            assert_eq!(
                coin_sum(expected) + 7,
                ((coin_sums(words[slot as usize / 4]) >> (8 * (slot % 4))) & 0xff) as i32
            );
        }
        let all = |seed, trial, neuron, first: u64| -> Vec<u32> {
            (first..first + 16).map(|step| noise_bits(seed, trial, neuron, step)).collect()
        };
        let here = all(9, 0, 5, 48);
        for other in [all(9, 0, 6, 48), all(9, 1, 5, 48), all(10, 0, 5, 48), all(9, 0, 5, 48 + (1 << 36))] {
            assert_ne!(here, other);
        }
    }

    #[test]
    fn subsets_are_sorted_different_and_uniform() {
        let mut hits = [0u32; 10];
        for index in 0..20_000 {
            let subset = Draws::new(1, Stream::Patterns, 0, index).subset(10, 3);
            assert_eq!(subset.len(), 3);
            assert!(subset.windows(2).all(|pair| pair[0] < pair[1]));
            subset.iter().for_each(|&member| hits[member as usize] += 1);
        }
        // 6000 expected, s.d. 65: five of them.
        assert!(hits.iter().all(|&count| count.abs_diff(6000) < 325), "{hits:?}");
        assert_eq!(Draws::new(1, Stream::Patterns, 0, 0).subset(5, 5), [0, 1, 2, 3, 4]);
        assert!(Draws::new(1, Stream::Patterns, 0, 0).subset(5, 0).is_empty());
        assert!(Draws::new(1, Stream::Patterns, 0, 0).subset(0, 0).is_empty());
    }

    #[test]
    fn bounded_draws_are_uniform() {
        let mut draws = Draws::new(3, Stream::Cues, 0, 0);
        let mut hits = [0u32; 7];
        (0..70_000).for_each(|_| hits[draws.below(7) as usize] += 1);
        assert!(hits.iter().all(|&count| count.abs_diff(10_000) < 500), "{hits:?}");
    }
}
