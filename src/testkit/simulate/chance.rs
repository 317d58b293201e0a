//! Chance: every choice of a run, drawn from one seed.

use crate::hub::{Entropy, SeededEntropy};

/// Dice of which the same seed gives the same throws.
#[derive(Debug)]
pub(super) struct Chance(SeededEntropy);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    pub(super) fn number(&self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `sides`; 0 where there are none.
    pub(super) fn below(&self, sides: usize) -> usize {
        usize::try_from(self.number() % sides.max(1) as u64).unwrap_or(0)
    }

    pub(super) fn between(&self, least: i64, most: i64) -> i64 {
        let width = usize::try_from(most - least).unwrap_or(0);
        least + i64::try_from(self.below(width + 1)).unwrap_or(0)
    }

    pub(super) fn percent(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn of<'a, T>(&self, list: &'a [T]) -> Option<&'a T> {
        if list.is_empty() { None } else { list.get(self.below(list.len())) }
    }
}
