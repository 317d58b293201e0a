//! Where does a grapheme cluster begin: what people take for one character.
//!
//! Extended grapheme clusters of Unicode Standard Annex #29 (rules GB1 to GB999), read forwards, a
//! scalar value at a time: state enough for flags, joined pictures and Indic conjuncts is one byte.
//!
//! # Law
//!
//! A cluster depends on nothing before its first scalar value: a text cut between two clusters
//! reads as the same clusters (`tests/text.rs`, against `unicode-segmentation`).

use super::class::Class;

/// Reads scalar values one after the other and says which begin a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clusters {
    last: Class,
    within: Within,
}

/// What the values before this one may go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Nothing.
    Plain,
    /// One half of a flag.
    Flag,
    /// A picture and what belongs to it.
    Picture,
    /// The same, and a joiner.
    Joined,
    /// An Indic consonant and what belongs to it.
    Consonant,
    /// The same, with a linker.
    Linked,
}

impl Clusters {
    /// Before the first value.
    pub(super) const START: Self = Self { last: Class::Control, within: Within::Plain };

    /// Reads the next value; whether a cluster begins with it.
    pub(super) fn begins(&mut self, c: char) -> bool {
        use Class as C;
        let class = Class::of(c);
        let joins = match (self.last, class) {
            (C::Cr, C::Lf) => true,
            (C::Cr | C::Lf | C::Control, _) | (_, C::Cr | C::Lf | C::Control) => false,
            (_, C::Extend | C::NonJoiner | C::Linker | C::Joiner | C::SpacingMark)
            | (C::Prepend, _)
            | (C::HangulL, C::HangulL | C::HangulV | C::HangulLv | C::HangulLvt)
            | (C::HangulLv | C::HangulV, C::HangulV | C::HangulT)
            | (C::HangulLvt | C::HangulT, C::HangulT) => true,
            (_, C::Pictographic) => self.within == Within::Joined,
            (_, C::Consonant) => self.within == Within::Linked,
            (_, C::Regional) => self.within == Within::Flag,
            _ => false,
        };
        self.within = self.within.then(class);
        self.last = class;
        !joins
    }

    /// The state once that text has been read too.
    pub(super) fn after(mut self, text: &str) -> Self {
        for c in text.chars() {
            self.begins(c);
        }
        self
    }
}

impl Within {
    fn then(self, class: Class) -> Self {
        use Class as C;
        match (self, class) {
            (Self::Flag, C::Regional) => Self::Plain,
            (_, C::Regional) => Self::Flag,
            (_, C::Pictographic) | (Self::Picture, C::Extend | C::NonJoiner | C::Linker) => {
                Self::Picture
            }
            (Self::Picture, C::Joiner) => Self::Joined,
            (_, C::Consonant) | (Self::Consonant, C::Extend | C::Joiner) => Self::Consonant,
            (Self::Consonant | Self::Linked, C::Linker) | (Self::Linked, C::Extend | C::Joiner) => {
                Self::Linked
            }
            _ => Self::Plain,
        }
    }
}

/// How many clusters a text has.
pub(super) fn count(text: &str) -> usize {
    let (mut clusters, mut state, mut rest) = (0, Clusters::START, text);
    while let Some(first) = rest.chars().next() {
        clusters += usize::from(state.begins(first));
        rest = &rest[first.len_utf8()..];
        if !first.is_ascii() {
            continue;
        }
        // Of ASCII, only a line feed after a carriage return begins none.
        let plain = rest.bytes().take_while(u8::is_ascii).count();
        let (run, after) = rest.split_at(plain);
        if let Some(last) = run.chars().next_back() {
            clusters += begun_in(first, run.as_bytes());
            state = Clusters::START;
            state.begins(last);
            rest = after;
        }
    }
    clusters
}

/// How many clusters begin in a run of ASCII that stands after `first`.
fn begun_in(first: char, run: &[u8]) -> usize {
    let ends: usize = run.windows(2).map(|pair| usize::from(pair == b"\r\n")).sum();
    let at_first = first == '\r' && run.first() == Some(&b'\n');
    run.len() - ends - usize::from(at_first)
}
