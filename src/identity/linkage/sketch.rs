//! What of a text is enough to see that another is too different.
//!
//! Most candidates are strangers, and most values of strangers are far apart. Sixteen bytes beside
//! the value say so without a look at the text: which symbols it has, how many, how it begins and
//! ends.
//!
//! # Law
//!
//! 1. A sketch only leaves out what the distance would have left out: no answer changes.

/// Its length where that is not known: nothing is left out.
const ANY: u8 = u8::MAX;

/// Far above what rounding does to a bound, far below what separates two similarities.
const SLACK: f64 = 1e-9;

/// From so many symbols on, one edit cannot touch the first four and the last four.
const APART: u8 = 9;

/// The outline of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sketch {
    /// A bit for each symbol that the text has; several symbols share one.
    pub(super) symbols: u32,
    head: [u8; 6],
    tail: [u8; 4],
    /// In symbols.
    length: u8,
    is_ascii: bool,
}

impl Sketch {
    pub(super) fn of(text: &str) -> Self {
        let (mut head, mut tail) = ([0; 6], [0; 4]);
        head.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
        tail.iter_mut().rev().zip(text.bytes().rev()).for_each(|(to, from)| *to = from);
        let (mut symbols, mut length) = (0, 0_u8);
        for symbol in text.chars() {
            symbols |= 1 << (u32::from(symbol) & 31);
            length = length.saturating_add(1);
        }
        Self { symbols, head, tail, length, is_ascii: text.is_ascii() }
    }

    /// The first byte; 0 where there is none.
    pub(super) fn first(self) -> u8 {
        self.head[0]
    }

    /// Whether it is of Latin letters without accents, digits and signs only.
    pub(super) fn is_ascii(self) -> bool {
        self.is_ascii
    }

    /// Whether it is one symbol.
    pub(super) fn is_initial(self) -> bool {
        self.length == 1
    }

    /// Whether it may hold a space.
    pub(super) fn may_hold_words(self) -> bool {
        self.symbols & 1 == 1
    }

    /// Whether both the first four bytes and the last four differ.
    pub(super) fn differs_at_both_ends(self, other: Self) -> bool {
        self.head[..4] != other.head[..4] && self.tail != other.tail
    }

    /// Whether more edits lie between than so many.
    pub(super) fn is_beyond(self, other: Self, edits: u8) -> bool {
        let (one, two) = (self.length, other.length);
        if one == ANY || two == ANY {
            return false;
        }
        // An edit takes one symbol away and brings another; a transposition does neither.
        let symbols = (self.symbols ^ other.symbols).count_ones();
        one.abs_diff(two) > edits
            || symbols > 2 * u32::from(edits)
            || (edits == 1
                && one.min(two) >= APART
                && self.is_ascii
                && other.is_ascii
                && self.differs_at_both_ends(other))
    }

    /// Whether Jaro-Winkler's measure is below this.
    pub(super) fn is_below(self, other: Self, similarity: f64) -> bool {
        let (one, two) = (self.length, other.length);
        if one == ANY || two == ANY || one == 0 || two == 0 {
            return false;
        }
        let lacking = |a: u32, b: u32| (a & !b).count_ones();
        let matched = (u32::from(one) - lacking(self.symbols, other.symbols))
            .min(u32::from(two) - lacking(other.symbols, self.symbols));
        let share = |of: u8| f64::from(matched) / f64::from(of);
        let jaro = (share(one) + share(two) + 1.0) / 3.0;
        let both = self.head.iter().zip(&other.head).take(4);
        let prefix = both.take_while(|(a, b)| a == b).count();
        let most = if jaro > 0.7 { jaro + 0.1 * prefix as f64 * (1.0 - jaro) } else { jaro };
        matched == 0 || most + SLACK < similarity
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::distance::{jaro_winkler, osa};
    use super::*;

    fn texts() -> impl Strategy<Value = (String, String)> {
        let text = || prop_oneof!["[a-d]{0,12}", "[a-d ]{8,14}", "[a-cé中]{0,6}", "[0-9]{9,11}"];
        let edited = (text(), any::<u16>(), any::<u16>()).prop_map(|(text, at, what)| {
            let mut other: Vec<char> = text.chars().collect();
            let at = usize::from(at) % (other.len() + 1);
            match what % 4 {
                0 => other.insert(at, 'x'),
                1 if at < other.len() => drop(other.remove(at)),
                2 if at + 1 < other.len() => other.swap(at, at + 1),
                _ if at < other.len() => other[at] = 'y',
                _ => {}
            }
            (text, other.into_iter().collect())
        });
        prop_oneof![(text(), text()), edited]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

        #[test]
        fn a_sketch_leaves_out_what_the_distance_leaves_out((one, other) in texts()) {
            let (a, b) = (Sketch::of(&one), Sketch::of(&other));
            for edits in 1..=2_u8 {
                prop_assert!(!a.is_beyond(b, edits) || osa(&one, &other) > edits.into());
            }
            for least in [0.75, 0.88, 0.9] {
                prop_assert!(!a.is_below(b, least) || jaro_winkler(&one, &other) < least);
            }
        }
    }

    #[test]
    fn strangers_are_seen_to_be_strangers() {
        let beyond = |one, other| Sketch::of(one).is_beyond(Sketch::of(other), 1);
        assert!(beyond("huck@example.org", "billy@example.org"));
        assert!(beyond("07417185726", "06417185728"));
        assert!(!beyond("07417185726", "07417185762"));
        assert!(Sketch::of("sanchez").is_below(Sketch::of("gigroez"), 0.88));
        let long = "x".repeat(300);
        assert!(!Sketch::of(&long).is_beyond(Sketch::of("y"), 1), "its length is not known");
    }
}
