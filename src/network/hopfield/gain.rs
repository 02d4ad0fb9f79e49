//! The gain: the probability of being on as a table over the integer field.

/// P(on) by field, as a threshold for a 32-bit draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gain {
    /// Fields that share an entry: 2^shift.
    pub shift: u32,
    /// Entry e stands for fields from (e - len/2) 2^shift on; beyond its ends the first and the last one hold.
    pub table: Vec<u32>,
}

impl Gain {
    /// A draw below this switches the neuron on.
    #[inline(always)]
    #[must_use]
    pub fn of(&self, field: i64) -> u32 {
        let half = (self.table.len() / 2) as i64;
        let entry = (field >> self.shift).clamp(-half, half - 1) + half;
        self.table[entry as usize]
    }
}
