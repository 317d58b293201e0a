//! Jaro's measure: how similar two names are, from 0 to 1.
//!
//! The mean of three shares: the matched symbols of each text, and of the matched those that are
//! not transposed (M. A. Jaro 1989; see the module `matched`).
//!
//! # Law
//!
//! Symmetric; 1 for equal texts only; two empty texts are equal, and an empty text has nothing in
//! common with any other. The same bits on every platform, since nothing but `+ - * /` is used, and
//! the same as `strsim` and `rapidfuzz` (`tests/linkage/similarity.rs`).
//!
//! # Why
//!
//! Cost: one step for each symbol where both texts have at most 64, without allocation; beyond that
//! `O(n log n)` and 32 bytes for each symbol.

use super::masks::{SMALL, Symbol, WORD};
use super::matched::{Matched, by_places, by_word, places};
use super::text::{Chars, is_ascii, with_symbols};

/// Compares two texts by Jaro's measure.
///
/// ```
/// use omnichannel::identity::linkage::distance::jaro;
///
/// assert_eq!(jaro("martha", "marhta"), (1.0 + 1.0 + 5.0 / 6.0) / 3.0);
/// ```
pub fn jaro(a: &str, b: &str) -> f64 {
    with_symbols!(|a, b| similarity(a, b, |_| true))
}

/// Jaro's measure of two texts of one kind of symbol, where so many matched are enough.
#[inline]
pub(super) fn similarity<S: Symbol>(a: &[S], b: &[S], enough: impl Fn(usize) -> bool) -> f64 {
    // A place in the masks is sooner set than a symbol is matched.
    let (a, b) = if a.len() < b.len() { (b, a) } else { (a, b) };
    let matched = if a.len() > WORD {
        by_places(&places(a), &places(b))
    } else if a.len() <= SMALL {
        by_word(&S::small(a), a.len(), b, enough)
    } else {
        by_word(&S::masks(a), a.len(), b, enough)
    };
    mean(matched, a.len(), b.len())
}

/// The mean of the three shares.
#[inline(always)]
pub(super) fn mean(matched: Matched, a: usize, b: usize) -> f64 {
    if matched.common == 0 {
        return if a + b == 0 { 1.0 } else { 0.0 };
    }
    let share = |of: usize, all: usize| of as f64 / all as f64;
    let (common, straight) = (matched.common, matched.common - matched.transposed / 2);
    (share(common, a) + share(common, b) + share(straight, common)) / 3.0
}
