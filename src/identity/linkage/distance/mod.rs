//! How far apart two texts are: the string distances of record linkage.
//!
//! - [`jaro_winkler`] and [`jaro`], for names: letters in common and in order, from 0 to 1; Winkler
//!   favours a common beginning.
//! - [`levenshtein`]: how many symbols are added, taken away or changed.
//! - [`osa`]: the same, and neighbours that changed places; each symbol is edited once.
//! - [`damerau`]: the same without that restriction; a metric, but slower.
//! - [`jaccard`], for addresses and company names: words in common, in any order.
//!
//! Each answers for two texts; [`jaro_winkler_at_least`] and the `_within` forms only where the
//! answer is good enough, and sooner; [`JaroWinkler`] and [`Levenshtein`] hold one text ready for
//! many others.
//!
//! Texts are compared by Unicode scalar value, as they are: neither case nor composition is folded
//! (`é` as one value and as two differ), so normalise first. The `_bytes` forms are for callers
//! that know their texts to be ASCII.
//!
//! # Law
//!
//! Same texts, same answer, to the last bit, whatever the form (`tests/linkage`). Only Jaro's
//! measures are floats: compare them with a threshold at once and keep the level, not the float.

mod column;
mod damerau;
mod jaccard;
mod jaro;
mod jaro_winkler;
mod levenshtein;
mod masks;
mod matched;
mod osa;
mod text;

pub use damerau::{damerau, damerau_within};
pub use jaccard::jaccard;
pub use jaro::jaro;
pub use jaro_winkler::{
    JaroWinkler, jaro_winkler, jaro_winkler_at_least, jaro_winkler_at_least_bytes,
    jaro_winkler_bytes,
};
pub use levenshtein::{Levenshtein, levenshtein, levenshtein_within};
pub use osa::{osa, osa_within};
