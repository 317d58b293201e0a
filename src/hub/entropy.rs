//! Entropy: given from outside, so that a run can be replayed. It spreads retries, nothing else.

use std::fmt::Debug;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers that nobody can guess, or that a test can repeat.
pub trait Entropy: Debug + Send + Sync + 'static {
    /// The next number.
    fn next_u64(&self) -> u64;
}

/// Numbers that differ in every process; good enough to spread retries, not for secrets.
#[derive(Debug)]
pub struct SystemEntropy(SeededEntropy);

impl Default for SystemEntropy {
    fn default() -> Self {
        // The standard library seeds its hashers from the operating system.
        Self(SeededEntropy::new(RandomState::new().hash_one(0_u64)))
    }
}

impl Entropy for SystemEntropy {
    fn next_u64(&self) -> u64 {
        self.0.next_u64()
    }
}

/// The same numbers for the same seed: SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn next_u64(&self) -> u64 {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
