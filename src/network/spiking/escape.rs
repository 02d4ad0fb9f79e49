//! Escape noise: a spike is drawn with a probability that grows with the potential (Gerstner et al., Neuronal Dynamics,
//! 9.1). The probability of a step is read from a table over V - threshold.

/// The probability of a spike in a step, over the distance of the potential from the threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escape {
    /// Where the table starts, 2^-21 mV above the threshold. Below, the first entry holds.
    pub low: i32,
    /// An entry is 2^shift units of 2^-21 mV wide. Every threshold plus `low`, and plus [`Escape::high`], fits an `i32`.
    pub shift: u32,
    /// Probabilities in 2^-32, ascending, at least one. Above, the last entry holds.
    pub probabilities: Vec<u32>,
}

impl Escape {
    /// The last distance that the table has.
    #[inline(always)]
    #[must_use]
    pub fn high(&self) -> i32 {
        let width = (self.probabilities.len() as i64) << self.shift;
        (i64::from(self.low) + width - 1) as i32
    }

    /// The probability of a spike, in 2^-32: it is fired where a draw of 32 bits is smaller.
    #[inline(always)]
    #[must_use]
    pub fn probability(&self, potential: i32, threshold: i32) -> u32 {
        let (low, high) = (threshold + self.low, threshold + self.high());
        let distance = potential.clamp(low, high).wrapping_sub(low).cast_unsigned();
        self.probabilities[(distance >> self.shift) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_at_its_ends_and_beyond() {
        let escape = Escape { low: -6, shift: 2, probabilities: vec![3, 5, 9] };
        assert_eq!(escape.high(), 5);
        let of = |distance: i32| escape.probability(100 + distance, 100);
        assert_eq!([-1000, -7, -6, -3, -2, 1, 2, 5, 6, 1000].map(of), [3, 3, 3, 3, 5, 5, 9, 9, 9, 9]);
        // From the lowest potential to the highest one.
        let whole = Escape { low: i32::MIN, shift: 31, probabilities: vec![1, 2] };
        assert_eq!([i32::MIN, -1, 0, i32::MAX].map(|potential| whole.probability(potential, 0)), [1, 1, 2, 2]);
    }
}
