//! Binary patterns as bit rows, one row a neuron: bit μ of row i is ξ_i^μ.

/// P patterns over N neurons. With P = 0 there are no rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    count: usize,
    neurons: usize,
    words_per_neuron: usize,
    words: Vec<u32>,
    sizes: Vec<u32>,
    memberships_max: u32,
}

impl Patterns {
    /// Packs the members of each pattern (ascending, below `neurons`).
    ///
    /// # Panics
    /// If a member is not below `neurons`.
    #[must_use]
    pub fn from_members(neurons: usize, members: &[Vec<u32>]) -> Self {
        let words_per_neuron = members.len().div_ceil(32);
        let mut words = vec![0u32; neurons * words_per_neuron];
        for (pattern, members) in members.iter().enumerate() {
            for &member in members {
                assert!((member as usize) < neurons, "member {member} of pattern {pattern} is not below {neurons}");
                words[member as usize * words_per_neuron + pattern / 32] |= 1 << (pattern % 32);
            }
        }
        let sizes = members.iter().map(|members| members.len() as u32).collect();
        let rows = words.chunks_exact(words_per_neuron.max(1));
        let memberships_max = rows.map(|row| row.iter().map(|word| word.count_ones()).sum()).max().unwrap_or(0);
        Self { count: members.len(), neurons, words_per_neuron, words, sizes, memberships_max }
    }

    /// Number of patterns P.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of neurons N.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// Words of a bit row: ceil(P / 32).
    #[must_use]
    pub fn words_per_neuron(&self) -> usize {
        self.words_per_neuron
    }

    /// All bit rows, `[neuron][word]`.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// The bit row of one neuron.
    #[inline(always)]
    #[must_use]
    pub fn row(&self, neuron: usize) -> &[u32] {
        &self.words[neuron * self.words_per_neuron..(neuron + 1) * self.words_per_neuron]
    }

    /// The patterns to which a neuron belongs, ascending.
    pub fn of(&self, neuron: usize) -> impl Iterator<Item = usize> + '_ {
        self.row(neuron).iter().enumerate().flat_map(|(at, &word)| SetBits(word).map(move |bit| at * 32 + bit as usize))
    }

    /// ξ_i^μ: whether a neuron belongs to a pattern.
    #[inline(always)]
    #[must_use]
    pub fn has(&self, neuron: usize, pattern: usize) -> bool {
        self.words[neuron * self.words_per_neuron + pattern / 32] >> (pattern % 32) & 1 == 1
    }

    /// n_i: to how many patterns a neuron belongs.
    #[must_use]
    pub fn memberships(&self, neuron: usize) -> u32 {
        self.row(neuron).iter().map(|word| word.count_ones()).sum()
    }

    /// The largest n_i.
    #[must_use]
    pub fn memberships_max(&self) -> u32 {
        self.memberships_max
    }

    /// Number of members of each pattern.
    #[must_use]
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// The members of one pattern, ascending.
    #[must_use]
    pub fn members(&self, pattern: usize) -> Vec<u32> {
        let (word, bit) = (pattern / 32, pattern % 32);
        (0..self.neurons).filter(|&neuron| self.row(neuron)[word] >> bit & 1 == 1).map(|neuron| neuron as u32).collect()
    }
}

/// The positions of the set bits of a word, ascending.
#[derive(Clone, Copy, Debug)]
pub struct SetBits(pub u32);

impl Iterator for SetBits {
    type Item = u32;

    #[inline(always)]
    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_what_the_members_say_at_every_word_boundary() {
        for count in [0usize, 1, 31, 32, 33, 64, 65] {
            let members: Vec<Vec<u32>> = (0..count as u32)
                .map(|pattern| (0..10).filter(|neuron| (neuron + pattern) % 3 == 0).collect())
                .collect();
            let patterns = Patterns::from_members(10, &members);
            assert_eq!(patterns.words_per_neuron(), count.div_ceil(32));
            for neuron in 0..10 {
                let expected: Vec<usize> =
                    (0..count).filter(|&pattern| members[pattern].contains(&(neuron as u32))).collect();
                assert_eq!(patterns.of(neuron).collect::<Vec<_>>(), expected);
                assert_eq!(patterns.memberships(neuron) as usize, expected.len());
            }
            for (pattern, members) in members.iter().enumerate() {
                assert_eq!(&patterns.members(pattern), members);
                assert_eq!(patterns.sizes()[pattern] as usize, members.len());
            }
        }
    }
}
