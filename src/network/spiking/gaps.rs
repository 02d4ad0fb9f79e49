//! Gaps between the targets of a source, drawn from a table: how the connections of a diluted projection are found
//! without trying all pairs.

/// The outcome of a draw that says "none of the next so many is a target". Then the next draw goes on from there, which
/// is exact: a geometric distribution has no memory.
pub const GAP_LONG: u32 = 255;
/// Outcomes of a draw: gaps below [`GAP_LONG`], and that one.
const OUTCOMES: usize = GAP_LONG as usize + 1;
/// Bits of a draw that decide between the two outcomes of a column.
const DECIDING_BITS: u32 = 24;
/// What a column holds.
const COLUMN: u64 = 1 << DECIDING_BITS;

/// A table for Walker's alias method (Walker, ACM TOMS 3, 1977; Vose, IEEE TSE 17, 1991), in integers: of the 32 bits of
/// a draw 8 choose a column, 24 decide whether it is the column's own outcome or its other one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gaps {
    /// Of each column: below which 24 bits the outcome is the column's own, times 256, plus the other outcome.
    columns: Box<[u32; OUTCOMES]>,
    /// That nothing is passed over: of a connection.
    chance: u64,
}

impl Gaps {
    /// From the chances of all outcomes in units of 2^-32.
    ///
    /// # Panics
    /// If they do not sum up to one.
    #[must_use]
    pub fn new(chances: &[u64; OUTCOMES]) -> Self {
        assert_eq!(chances.iter().sum::<u64>(), COLUMN * OUTCOMES as u64, "chances of all outcomes are one");
        let mut left = *chances;
        let mut columns = Box::new([0; OUTCOMES]);
        // A column with less than it holds is filled up by one with more, which may then have less itself.
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..OUTCOMES).partition(|&at| left[at] < COLUMN);
        while let Some(at) = small.pop() {
            // What is missing somewhere is left over elsewhere, so there is another one.
            let other = large.pop().unwrap_or(at);
            columns[at] = (left[at] as u32) << 8 | other as u32;
            left[other] -= COLUMN - left[at];
            if left[other] < COLUMN { small.push(other) } else { large.push(other) }
        }
        // A full column gives its own outcome either way.
        large.into_iter().for_each(|at| columns[at] = at as u32);
        Self { columns, chance: chances[0] }
    }

    /// The outcome of 32 random bits: how many are passed over before the next target, or [`GAP_LONG`].
    #[inline(always)]
    #[must_use]
    pub const fn draw(&self, bits: u32) -> u32 {
        let column = bits >> DECIDING_BITS;
        let entry = self.columns[column as usize];
        if bits & (COLUMN as u32 - 1) < entry >> 8 { column } else { entry & 0xff }
    }

    /// The chance of a connection, in units of 2^-32.
    #[must_use]
    pub const fn chance(&self) -> u64 {
        self.chance
    }

    /// The table, as a device reads it.
    #[must_use]
    pub fn columns(&self) -> &[u32] {
        &self.columns[..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of all 2^32 draws have each outcome.
    fn counted(gaps: &Gaps) -> [u64; OUTCOMES] {
        let mut found = [0; OUTCOMES];
        for (column, &entry) in gaps.columns().iter().enumerate() {
            found[column] += u64::from(entry >> 8);
            found[(entry & 0xff) as usize] += COLUMN - u64::from(entry >> 8);
        }
        found
    }

    fn chances(of: impl Fn(usize) -> u64) -> [u64; OUTCOMES] {
        let mut chances = std::array::from_fn(&of);
        chances[OUTCOMES - 1] = 0;
        chances[OUTCOMES - 1] = (COLUMN << 8) - chances.iter().sum::<u64>();
        chances
    }

    #[test]
    fn every_outcome_has_exactly_its_chance() {
        let cases = [
            chances(|_| COLUMN),
            chances(|at| if at == 7 { COLUMN << 8 } else { 0 }),
            chances(|at| (COLUMN << 8) >> (at + 1).min(63)),
            chances(|at| at as u64 * 1000),
            chances(|at| u64::from(at == 0)),
            chances(|_| 0),
        ];
        for case in cases {
            let gaps = Gaps::new(&case);
            assert_eq!(counted(&gaps), case);
            // A draw takes what the table says, at both edges of every column.
            for column in 0..OUTCOMES as u32 {
                let entry = gaps.columns()[column as usize];
                for low in [0, (entry >> 8).wrapping_sub(1) & 0xff_ffff, (entry >> 8) & 0xff_ffff, 0xff_ffff] {
                    let expected = if low < entry >> 8 { column } else { entry & 0xff };
                    assert_eq!(gaps.draw(column << 24 | low), expected);
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "chances of all outcomes are one")]
    fn chances_that_are_not_one_are_a_mistake() {
        let _ = Gaps::new(&[1; OUTCOMES]);
    }
}
