//! Jaro-Winkler: Jaro's measure, and more for names that begin alike.
//!
//! Winkler adds a tenth of what is missing to 1 for each of the first four symbols that agree
//! (W. E. Winkler 1990).
//!
//! # Law
//!
//! Those of [`jaro`](super::jaro). One to many is one to one, and a cut-off only leaves out
//! (`tests/linkage/similarity.rs`).
//!
//! # Why
//!
//! As `strsim` and `rapidfuzz`, to the bit: the addition is made above a similarity of 0.7 only,
//! for four symbols at most, and long texts have no adjustment of their own.

use super::jaro::{mean, similarity};
use super::masks::{Prepared, Symbol, WORD};
use super::matched::{by_places, by_word, places};
use super::text::{Chars, common_prefix, is_ascii, lacking, with_symbols};

/// The addition is made above this similarity.
const BOOST_ABOVE: f64 = 0.7;
/// What is added for each symbol of the prefix, as a share of what is missing.
const PREFIX_WEIGHT: f64 = 0.1;
/// Most symbols of the prefix that count.
const PREFIX: usize = 4;
/// Far above what rounding does to a bound, far below what separates two similarities.
const SLACK: f64 = 1e-9;

/// Compares two texts by Jaro-Winkler's measure, from 0 to 1.
///
/// ```
/// use omnichannel::identity::linkage::distance::jaro_winkler;
///
/// assert!(jaro_winkler("dixon", "dicksonx") > 0.81);
/// assert_eq!(jaro_winkler("中村", "中村"), 1.0);
/// ```
#[inline]
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    if is_ascii(a) && is_ascii(b) {
        jaro_winkler_bytes(a.as_bytes(), b.as_bytes())
    } else {
        wide(a, b)
    }
}

/// Compares two texts of ASCII as [`jaro_winkler`] does, sooner.
///
/// A byte above 127 is a symbol of its own.
#[inline]
pub fn jaro_winkler_bytes(a: &[u8], b: &[u8]) -> f64 {
    boosted(similarity(a, b, |_| true), || common_prefix(a, b, PREFIX))
}

/// Answers Jaro-Winkler's measure where it is at least so much.
///
/// Lengths too far apart cost nothing; long texts that lack each other's symbols cost one pass.
pub fn jaro_winkler_at_least(a: &str, b: &str, similarity_min: f64) -> Option<f64> {
    with_symbols!(|a, b| at_least(a, b, similarity_min))
}

/// Answers as [`jaro_winkler_at_least`] for two texts of ASCII, sooner.
#[inline]
pub fn jaro_winkler_at_least_bytes(a: &[u8], b: &[u8], similarity_min: f64) -> Option<f64> {
    at_least(a, b, similarity_min)
}

#[inline(never)]
fn wide(a: &str, b: &str) -> f64 {
    with_symbols!(|a, b| boosted(similarity(a, b, |_| true), || common_prefix(a, b, PREFIX)))
}

fn at_least<S: Symbol>(a: &[S], b: &[S], least: f64) -> Option<f64> {
    let prefix = common_prefix(a, b, PREFIX);
    let enough = enough(a.len(), b.len(), prefix, least);
    if lacks_too_much(a, b, enough) {
        return None;
    }
    let similarity = boosted(similarity(a, b, enough), || prefix);
    (similarity >= least).then_some(similarity)
}

#[inline(always)]
fn boosted(jaro: f64, prefix: impl FnOnce() -> usize) -> f64 {
    if jaro > BOOST_ABOVE { jaro + PREFIX_WEIGHT * prefix() as f64 * (1.0 - jaro) } else { jaro }
}

/// Whether so many matched symbols, none transposed, leave a similarity possible.
///
/// The mean of shares is solved for them, so that the answer is a product and no division.
#[inline(always)]
fn enough(a: usize, b: usize, prefix: usize, least: f64) -> impl Fn(usize) -> bool + Copy {
    let jaro = if least > BOOST_ABOVE && prefix > 0 {
        let boost = PREFIX_WEIGHT * prefix as f64;
        ((least - boost) / (1.0 - boost)).max(BOOST_ABOVE)
    } else {
        least.max(0.0)
    };
    let needed = (3.0 * jaro - 1.0 - SLACK) * (a as f64 * b as f64);
    move |common| common as f64 * (a + b) as f64 >= needed
}

/// Whether two texts have too little in common, by their lengths, or by their symbols where they
/// are long: for short ones matching costs no more than that.
#[inline(always)]
fn lacks_too_much<S: Symbol, T: Symbol>(a: &[S], b: &[T], enough: impl Fn(usize) -> bool) -> bool {
    let short = a.len().max(b.len()) <= WORD;
    !enough(a.len().min(b.len())) || !short && !enough(a.len() - lacking(a, b).0)
}

/// One text prepared to be compared with many by Jaro-Winkler's measure.
///
/// Prepared once in `O(n)` with two to four kibibytes, which pays from some forty comparisons on;
/// beyond 64 symbols in `O(n log n)` with 12 bytes for each. A comparison of texts of up to 64
/// symbols allocates nothing.
///
/// ```
/// use omnichannel::identity::linkage::distance::{JaroWinkler, jaro_winkler};
///
/// let one = JaroWinkler::of("schmidt");
/// assert_eq!(one.similarity("schmitt"), jaro_winkler("schmidt", "schmitt"));
/// assert_eq!(one.at_least("meyer", 0.9), None);
/// ```
pub struct JaroWinkler {
    text: Box<[char]>,
    /// Of a long text only: others rarely need them.
    places: Vec<u64>,
    prepared: Prepared,
}

impl JaroWinkler {
    /// Prepares a text.
    pub fn of(text: &str) -> Self {
        let text: Box<[char]> = text.chars().collect();
        let places = if text.len() > WORD { places(&text) } else { Vec::new() };
        Self { prepared: Prepared::of(&text), places, text }
    }

    /// Compares this text with another, from 0 to 1.
    #[inline]
    pub fn similarity(&self, other: &str) -> f64 {
        if is_ascii(other) {
            self.similarity_of(other.as_bytes())
        } else {
            self.similarity_of(Chars::of(other).as_slice())
        }
    }

    /// Compares this text with another of ASCII, sooner.
    #[inline]
    pub fn similarity_bytes(&self, other: &[u8]) -> f64 {
        self.similarity_of(other)
    }

    /// Answers the similarity to another text where it is at least so much.
    pub fn at_least(&self, other: &str, similarity_min: f64) -> Option<f64> {
        if is_ascii(other) {
            self.at_least_of(other.as_bytes(), similarity_min)
        } else {
            self.at_least_of(Chars::of(other).as_slice(), similarity_min)
        }
    }

    /// Answers the similarity to another text of ASCII where it is at least so much, sooner.
    #[inline]
    pub fn at_least_bytes(&self, other: &[u8], similarity_min: f64) -> Option<f64> {
        self.at_least_of(other, similarity_min)
    }

    #[inline(always)]
    fn similarity_of<S: Symbol>(&self, other: &[S]) -> f64 {
        boosted(self.jaro(other, |_| true), || self.prefix(other))
    }

    #[inline(always)]
    fn at_least_of<S: Symbol>(&self, other: &[S], least: f64) -> Option<f64> {
        let prefix = self.prefix(other);
        let enough = enough(self.text.len(), other.len(), prefix, least);
        if lacks_too_much(&self.text, other, enough) {
            return None;
        }
        let similarity = boosted(self.jaro(other, enough), || prefix);
        (similarity >= least).then_some(similarity)
    }

    #[inline(always)]
    fn jaro<S: Symbol>(&self, other: &[S], enough: impl Fn(usize) -> bool) -> f64 {
        let (length, short) = (self.text.len(), other.len() <= WORD);
        let matched = match &self.prepared {
            Prepared::Ascii(masks) if short => by_word(&**masks, length, other, enough),
            Prepared::Wide(masks) if short => by_word(&**masks, length, other, enough),
            Prepared::Long => by_places(&self.places, &places(other)),
            _ => by_places(&places(&self.text), &places(other)),
        };
        mean(matched, length, other.len())
    }

    #[inline(always)]
    fn prefix<S: Symbol>(&self, other: &[S]) -> usize {
        let agree = |(one, other): &(&char, &S)| one.code() == other.code();
        self.text.iter().zip(other).take(PREFIX).take_while(agree).count()
    }
}

impl std::fmt::Debug for JaroWinkler {
    /// Without the text, which may be somebody's name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JaroWinkler").field("symbols", &self.text.len()).finish_non_exhaustive()
    }
}
