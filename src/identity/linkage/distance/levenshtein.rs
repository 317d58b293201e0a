//! Levenshtein's distance: the fewest symbols added, taken away or changed.
//!
//! Bit-parallel (see the module `column`): a word of 64 symbols moves over the other text.
//!
//! # Law
//!
//! A metric: zero for equal texts only, symmetric, and no detour is shorter
//! (`tests/linkage/edits.rs`).
//!
//! # Why
//!
//! Cost, after what both begin and end with is set aside: a step of a dozen operations for each
//! symbol of the shorter text where both have at most 64, without allocation; of the longer where
//! one has; beyond that `a / 64 * b` steps and three bytes for each symbol of `b`. Two texts of
//! 10,000 symbols are 1.6 million steps.

use super::column::{by_blocks, by_word, within};
use super::masks::{Prepared, Symbol};
use super::text::{Chars, is_ascii, too_long, with_symbols};

/// Counts the symbols added, taken away or changed between two texts.
///
/// ```
/// use omnichannel::identity::linkage::distance::levenshtein;
///
/// assert_eq!(levenshtein("meyer", "maier"), 2);
/// ```
pub fn levenshtein(a: &str, b: &str) -> usize {
    levenshtein_within(a, b, usize::MAX).unwrap_or(usize::MAX)
}

/// Answers Levenshtein's distance where it is at most so much.
///
/// Lengths too far apart cost nothing. Long texts are given up as soon as the symbols that one
/// lacks, or a row of the matrix, are beyond the bound.
pub fn levenshtein_within(a: &str, b: &str, distance_max: usize) -> Option<usize> {
    with_symbols!(|a, b| within::<false, _>(a, b, distance_max))
}

/// One text prepared to be compared with many by Levenshtein's distance.
///
/// Prepared once in `O(n)` with two to four kibibytes, or four bytes for each symbol beyond 64. A
/// comparison of texts of up to 64 symbols allocates nothing.
///
/// ```
/// use omnichannel::identity::linkage::distance::Levenshtein;
///
/// let one = Levenshtein::of("meyer");
/// assert_eq!(one.distance("maier"), 2);
/// assert_eq!(one.within("maier", 1), None);
/// ```
pub struct Levenshtein {
    text: Box<[char]>,
    prepared: Prepared,
}

impl Levenshtein {
    /// Prepares a text.
    pub fn of(text: &str) -> Self {
        let text: Box<[char]> = text.chars().collect();
        Self { prepared: Prepared::of(&text), text }
    }

    /// Counts the symbols added, taken away or changed between this text and another.
    pub fn distance(&self, other: &str) -> usize {
        self.within(other, usize::MAX).unwrap_or(usize::MAX)
    }

    /// Answers the distance to another text where it is at most so much.
    pub fn within(&self, other: &str, distance_max: usize) -> Option<usize> {
        if is_ascii(other) {
            self.within_of(other.as_bytes(), distance_max)
        } else {
            self.within_of(Chars::of(other).as_slice(), distance_max)
        }
    }

    fn within_of<S: Symbol>(&self, other: &[S], most: usize) -> Option<usize> {
        if too_long(self.text.len(), other.len(), most) {
            return None;
        }
        let distance = match &self.prepared {
            Prepared::Ascii(masks) => by_word::<false, S>(&**masks, self.text.len(), other),
            Prepared::Wide(masks) => by_word::<false, S>(&**masks, self.text.len(), other),
            Prepared::Long => return by_blocks::<false, char, S>(&self.text, other, most),
        };
        (distance <= most).then_some(distance)
    }
}

impl std::fmt::Debug for Levenshtein {
    /// Without the text, which may be somebody's name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Levenshtein").field("symbols", &self.text.len()).finish_non_exhaustive()
    }
}
