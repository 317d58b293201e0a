//! Dice: every choice is drawn from the seed and from what is chosen.
//!
//! Each thing has dice of its own, so that anything can be drawn again at any time, and one more
//! throw about one person changes nothing about another.

use crate::hub::{Entropy, SeededEntropy};

/// What is chosen.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    Household = 1,
    Traits,
    Name,
    HandOver,
    Address,
    Story,
    Showing,
    Noise,
    Arrival,
    Value,
}

/// Dice of which the same seed gives the same throws.
#[derive(Debug)]
pub(super) struct Dice(SeededEntropy);

impl Dice {
    /// The dice about one thing.
    pub(super) fn new(seed: u64, about: About, number: u64) -> Self {
        Self(SeededEntropy::new(scramble(seed, about, number)))
    }

    /// A number below `sides`; 0 where there are none.
    pub(super) fn below(&self, sides: u32) -> u32 {
        // The upper half of a product: no division, and as even as 32 bits can be.
        let high = ((self.0.next_u64() >> 32) * u64::from(sides)) >> 32;
        u32::try_from(high).unwrap_or(0)
    }

    /// A number from `least` to `most`.
    pub(super) fn between(&self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// True so many times in a thousand.
    pub(super) fn per_mille(&self, share: u32) -> bool {
        self.below(1_000) < share
    }

    /// One of a list that is not empty.
    pub(super) fn one_of<T: Copy>(&self, list: &[T]) -> T {
        list[self.below(u32::try_from(list.len()).unwrap_or(u32::MAX)) as usize]
    }
}

/// A number that looks like chance; different ones for different numbers about one thing.
pub(super) fn scramble(seed: u64, about: About, number: u64) -> u64 {
    let thing = SeededEntropy::new(seed ^ ((about as u64) << 56)).next_u64();
    SeededEntropy::new(thing ^ number).next_u64()
}
