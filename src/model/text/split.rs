//! The parts in which a text leaves that is too long for one message.
//!
//! Each part is the longest prefix that fits, shortened to the best place in its second half:
//! behind a paragraph, a line, a sentence, a word. Where there is none, it ends before the word
//! that would be cut.
//!
//! | fits no part | is broken |
//! |---|---|
//! | a word, an address | as late as may be, between clusters |
//! | fenced code | between its lines; a line that fits none, as any text |
//! | a grapheme cluster | as late as may be, between scalar values |
//! | a scalar value | not at all: it is a part of its own, and too long |
//!
//! # Law
//!
//! 1. The parts, one behind the other, are the text; none is empty.
//! 2. Each fits, unless the limit is below a single scalar value.
//! 3. No part ends inside a grapheme cluster that fits one; nor inside an address of the web,
//!    fenced code or a line of it that does; nor inside a word that does, where the script writes
//!    spaces.
//! 4. No escape pair of GSM-7 and no surrogate pair is parted: each is one scalar value.
//! 5. The scan of a part ends where the limit does. Of two parts next to each other one is at least
//!    half as long as the limit, or both are longer than it, but for pieces of a cluster that fits
//!    none: time is linear in the text.
//!
//! All of them: `tests/text.rs`.
//!
//! # Why
//!
//! A code fence is neither closed nor opened again: the parts would not be the text. No counter
//! such as "(1/3)" is added: it would be the channel speaking, and a wrong one once a part is lost.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use super::breaks::{Breaks, Rank, is_space};
use super::cluster::Clusters;
use super::measure::Meter;
use super::spans;
use crate::model::capabilities::TextLimit;

impl TextLimit {
    /// Splits a text into parts that fit, at the best places; an empty one has none.
    ///
    /// The parts, one behind the other, are the text, white space included. No grapheme cluster,
    /// escape or surrogate pair, address of the web or fenced code is broken that fits a part. What
    /// fits none is broken: fenced code between its lines, a word or an address between clusters as
    /// late as may be, a cluster between scalar values. A scalar value longer than the limit is a
    /// part of its own. Costs time linear in the text.
    ///
    /// ```
    /// use omnichannel::model::{LengthUnit, TextLimit};
    ///
    /// let limit = TextLimit { max: 24, unit: LengthUnit::Utf16Unit };
    /// let parts = limit.split("It is ready. Fetch it at https://maison.example/a.");
    /// assert_eq!(parts, ["It is ready. ", "Fetch it at ", "https://maison.example/a", "."]);
    /// ```
    pub fn split<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let (mut parts, mut from) = (Vec::new(), 0);
        let whole = if self.fits(text) { Vec::new() } else { spans::whole(text, *self) };
        let mut whole = whole.as_slice();
        let mut clusters = Clusters::START;
        while from < text.len() {
            whole = &whole[whole.partition_point(|span| span.end <= from)..];
            let text = &text[from..];
            let cut = cut(&Rest { text, from, whole, clusters, limit: *self });
            parts.push(&text[..cut.at]);
            clusters =
                if cut.is_within { clusters.after(&text[..cut.at]) } else { Clusters::START };
            from += cut.at;
        }
        parts
    }
}

/// What is still to be split.
struct Rest<'t> {
    text: &'t str,
    /// Where it begins in the whole text.
    from: usize,
    /// What stays whole in it.
    whole: &'t [Range<usize>],
    /// What stands before, where that is a piece of a cluster.
    clusters: Clusters,
    limit: TextLimit,
}

/// Where a part ends.
struct Cut {
    at: usize,
    /// Within a grapheme cluster.
    is_within: bool,
}

/// Where the first part ends.
fn cut(rest: &Rest<'_>) -> Cut {
    let max = rest.limit.max as usize;
    let mut meter = Meter::new(rest.limit.unit);
    let mut places = Places::default();
    for step in rest.walk() {
        places.note(&step, meter.total().saturating_mul(2) >= max);
        // A piece of a cluster counts as one where a part begins with it.
        meter.add(step.c, step.begins || step.at == 0);
        if meter.total() > max {
            return places.choose(&step, rest);
        }
    }
    Cut { at: rest.text.len(), is_within: false }
}

/// Where the part may end, each the last of its sort.
#[derive(Debug, Default)]
struct Places {
    /// By rank, in the second half.
    late: [usize; 4],
    /// Of any rank but the least.
    any: usize,
    /// Of the least: the line would lose its indentation.
    indent: usize,
    /// Between clusters, and inside nothing that stays whole.
    open: usize,
    /// Between clusters.
    cluster: usize,
}

impl Places {
    fn note(&mut self, step: &Step, is_late: bool) {
        if !step.begins {
            return;
        }
        self.cluster = step.at;
        if !step.is_open {
            return;
        }
        self.open = step.at;
        match step.rank {
            None => {}
            Some(Rank::Indent) => self.indent = step.at,
            Some(rank) => {
                self.any = step.at;
                if is_late {
                    self.late[rank as usize] = step.at;
                }
            }
        }
    }

    /// The end of a part whose next scalar value, that of `over`, would be too much.
    fn choose(&self, over: &Step, rest: &Rest<'_>) -> Cut {
        let between = self.between(rest);
        let scalar = if over.at > 0 { over.at } else { over.c.len_utf8() };
        Cut { at: if between > 0 { between } else { scalar }, is_within: between == 0 }
    }

    /// The best place between clusters, or 0.
    fn between(&self, rest: &Rest<'_>) -> usize {
        if let Some(late) = self.late.into_iter().find(|at| *at > 0) {
            return late;
        }
        let would_cut = |at| at > 0 && rest.word_end(at).is_some_and(|end| end > self.open);
        if would_cut(self.any) {
            return self.any;
        }
        if self.indent > self.any && would_cut(self.indent) {
            return self.indent;
        }
        if self.open > 0 { self.open } else { self.cluster }
    }
}

/// A scalar value, and what is true of the place before it.
struct Step {
    at: usize,
    c: char,
    /// A grapheme cluster begins.
    begins: bool,
    /// Nothing that stays whole is open.
    is_open: bool,
    rank: Option<Rank>,
}

impl<'t> Rest<'t> {
    fn walk(&self) -> Walk<'t> {
        Walk {
            chars: self.text.char_indices(),
            from: self.from,
            whole: self.whole.iter().peekable(),
            clusters: self.clusters,
            breaks: Breaks::START,
        }
    }

    /// Where the word ends that begins there, if a part can hold it; white space before it counts.
    fn word_end(&self, at: usize) -> Option<usize> {
        let (text, from) = (&self.text[at..], self.from + at);
        let after = Self { text, from, clusters: Clusters::START, ..*self };
        let mut meter = Meter::new(self.limit.unit);
        let mut has_begun = false;
        for step in after.walk() {
            let is_end = has_begun && (step.rank.is_some() || is_space(step.c));
            if is_end && step.begins && step.is_open {
                return Some(at + step.at);
            }
            has_begun |= !is_space(step.c);
            meter.add(step.c, step.begins);
            if meter.total() > self.limit.max as usize {
                return None;
            }
        }
        Some(self.text.len())
    }
}

/// Reads a text place by place.
struct Walk<'t> {
    chars: CharIndices<'t>,
    from: usize,
    whole: Peekable<std::slice::Iter<'t, Range<usize>>>,
    clusters: Clusters,
    breaks: Breaks,
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let (at, c) = self.chars.next()?;
        let place = self.from + at;
        while self.whole.next_if(|span| span.end <= place).is_some() {}
        let is_open = self.whole.peek().is_none_or(|span| place <= span.start);
        let (begins, rank) = (self.clusters.begins(c), self.breaks.before(c));
        Some(Step { at, c, begins, is_open, rank })
    }
}
