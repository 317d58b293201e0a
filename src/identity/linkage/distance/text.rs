//! A text as symbols: bytes where it is ASCII, else Unicode scalar values.

use super::masks::{Symbol, WORD};

/// Evaluates an expression over both texts as slices of one kind of symbol.
macro_rules! with_symbols {
    (|$a:ident, $b:ident| $kernel:expr) => {
        if is_ascii($a) && is_ascii($b) {
            let ($a, $b) = ($a.as_bytes(), $b.as_bytes());
            $kernel
        } else {
            let ($a, $b) = (Chars::of($a), Chars::of($b));
            let ($a, $b) = ($a.as_slice(), $b.as_slice());
            $kernel
        }
    };
}
pub(super) use with_symbols;

/// Whether a text is ASCII, of which names are told by two words that overlap.
#[inline(always)]
pub(super) fn is_ascii(text: &str) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let text = text.as_bytes();
    if text.len() > 16 {
        return text.is_ascii();
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return (u64::from_ne_bytes(*first) | u64::from_ne_bytes(*last)) & HIGH == 0;
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return (u32::from_ne_bytes(*first) | u32::from_ne_bytes(*last)) & HIGH as u32 == 0;
    }
    text.iter().all(u8::is_ascii)
}

/// The scalar values of a text; up to 64 of them without allocation.
pub(super) struct Chars {
    short: [char; WORD],
    length: usize,
    long: Vec<char>,
}

impl Chars {
    pub(super) fn of(text: &str) -> Self {
        let mut chars = Self { short: ['\0'; WORD], length: 0, long: Vec::new() };
        for char in text.chars() {
            let Some(place) = chars.short.get_mut(chars.length) else {
                chars.long = text.chars().collect();
                break;
            };
            *place = char;
            chars.length += 1;
        }
        chars
    }

    pub(super) fn as_slice(&self) -> &[char] {
        if self.long.is_empty() { &self.short[..self.length] } else { &self.long }
    }
}

/// How many of the first symbols agree, at most so many.
#[inline(always)]
pub(super) fn common_prefix<S: Symbol>(a: &[S], b: &[S], most: usize) -> usize {
    a.iter().zip(b).take(most).take_while(|(a, b)| a == b).count()
}

/// Both texts without what they begin and end with in common, the shorter first.
///
/// No edit distance counts it.
pub(super) fn trimmed<'a, S: Symbol>(a: &'a [S], b: &'a [S]) -> (&'a [S], &'a [S]) {
    let first = common_prefix(a, b, usize::MAX);
    let (a, b) = (&a[first..], &b[first..]);
    let last = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - last], &b[..b.len() - last]);
    if a.len() <= b.len() { (a, b) } else { (b, a) }
}

/// How many symbols of each text the other lacks, at least: bags compared, order aside.
///
/// Symbols that are equal modulo 128 count as one; so there may be more, never fewer.
/// `O(a + b)`, one kibibyte.
pub(super) fn lacking<S: Symbol, T: Symbol>(a: &[S], b: &[T]) -> (usize, usize) {
    let mut more = [0isize; 128];
    for symbol in a {
        more[symbol.code() as usize % 128] += 1;
    }
    for symbol in b {
        more[symbol.code() as usize % 128] -= 1;
    }
    more.iter().fold((0, 0), |(in_a, in_b), more| {
        (in_a + (*more).max(0).unsigned_abs(), in_b + (*more).min(0).unsigned_abs())
    })
}

/// Whether no edit distance of two texts is within a bound, by their lengths alone.
pub(super) fn too_long(a: usize, b: usize, most: usize) -> bool {
    a.abs_diff(b) > most
}

/// Whether no edit distance of two texts is within a bound, by their lengths or symbols.
///
/// An edit adds a symbol, takes one away or does both; changing places does neither.
pub(super) fn too_different<S: Symbol, T: Symbol>(a: &[S], b: &[T], most: usize) -> bool {
    if most >= a.len().max(b.len()) {
        return false;
    }
    let (in_a, in_b) = lacking(a, b);
    in_a.max(in_b) > most
}
