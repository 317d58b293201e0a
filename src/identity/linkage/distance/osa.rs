//! Optimal string alignment: Levenshtein's edits and neighbours that changed places.
//!
//! Each symbol takes part in one edit only: what changed places is not changed again. So `ca` is 3
//! from `abc`, while [`damerau`](super::damerau) says 2; and a detour may be shorter than the
//! straight way, so this is no metric. For slips of the hand in names and dates both say the same,
//! and this one is bit-parallel (see the module `column`), at the cost of
//! [`levenshtein`](super::levenshtein).

use super::column::within;
use super::text::{Chars, is_ascii, with_symbols};

/// Counts the edits of an optimal alignment, a change of places as one.
///
/// ```
/// use omnichannel::identity::linkage::distance::{levenshtein, osa};
///
/// assert_eq!(osa("1984-03-12", "1984-03-21"), 1);
/// assert_eq!(levenshtein("1984-03-12", "1984-03-21"), 2);
/// ```
pub fn osa(a: &str, b: &str) -> usize {
    osa_within(a, b, usize::MAX).unwrap_or(usize::MAX)
}

/// Answers the distance of an optimal alignment where it is at most so much.
pub fn osa_within(a: &str, b: &str, distance_max: usize) -> Option<usize> {
    with_symbols!(|a, b| within::<true, _>(a, b, distance_max))
}
