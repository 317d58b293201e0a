//! Which stretches of a text stay whole: addresses of the web, and fenced code.
//!
//! A fence is three or more backticks or tildes at the head of a line, behind spaces or the marks
//! of a quotation, up to its like or the end of the text (CommonMark 0.31, section 4.5, taken
//! generously). One that no part can hold falls into its lines.
//!
//! # Law
//!
//! Every stretch fits a part; they are in order and do not overlap (`tests/text.rs`).

use std::ops::Range;

use super::class::Class;
use super::cluster::Clusters;
use crate::model::capabilities::TextLimit;

/// How an address begins, where it is not behind a scheme.
const BARE: [&str; 2] = ["www.", "mailto:"];
/// The longest scheme that is looked for.
const SCHEME_MAX: usize = 32;

/// The stretches of a text that stay whole under a limit.
pub(super) fn whole(text: &str, limit: TextLimit) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    for fence in fences(text) {
        if fits(text, &fence, limit) {
            spans.push(fence);
        } else {
            let mut at = fence.start;
            for line in text[fence].split_inclusive('\n') {
                spans.push(at..at + line.len());
                at += line.len();
            }
        }
    }
    spans.retain(|span| fits(text, span, limit));
    let mut taken = spans.iter().peekable();
    let mut urls = Vec::new();
    for url in urls_in(text) {
        while taken.next_if(|span| span.end <= url.start).is_some() {}
        let is_free = taken.peek().is_none_or(|span| url.end <= span.start);
        urls.extend(Some(url).filter(|_| is_free).and_then(|url| fitting(text, url, limit)));
    }
    spans.extend(urls);
    spans.sort_unstable_by_key(|span| span.start);
    spans
}

fn fits(text: &str, span: &Range<usize>, limit: TextLimit) -> bool {
    limit.fits(&text[span.clone()])
}

/// The address, or its part in ASCII where only that fits: a script without spaces may follow it.
fn fitting(text: &str, url: Range<usize>, limit: TextLimit) -> Option<Range<usize>> {
    let ascii = text[url.clone()].bytes().take_while(u8::is_ascii).count();
    let short = url.start..trimmed(text, url.start, url.start + ascii);
    [url, short].into_iter().map(|url| clustered(text, url)).find(|url| fits(text, url, limit))
}

/// The same with what belongs to the clusters at its edges; it begins with ASCII.
fn clustered(text: &str, span: Range<usize>) -> Range<usize> {
    let before = &text[..span.start];
    let start = before.trim_end_matches(|c| Class::of(c) == Class::Prepend).len();
    let mut clusters = Clusters::START;
    let mut places = text[start..].char_indices().map(|(at, c)| (start + at, clusters.begins(c)));
    let end = places.find(|(at, begins)| *at >= span.end && *begins);
    start..end.map_or(text.len(), |(at, _)| at)
}

/// Where fenced code stands, its fences included.
fn fences(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut open, mut at) = (Vec::new(), None, 0);
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        match (open, Fence::of(line)) {
            (None, Some(fence)) if fence.can_open => open = Some((at, fence)),
            (Some((start, first)), Some(fence)) if fence.closes(&first) => {
                found.push(start..end);
                open = None;
            }
            _ => {}
        }
        at = end;
    }
    found.extend(open.map(|(start, _)| start..text.len()));
    found
}

/// A line that begins with three or more backticks or tildes.
#[derive(Debug, Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
    /// Nothing follows.
    is_bare: bool,
    /// What follows is no code in the same line.
    can_open: bool,
}

impl Fence {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim_start_matches([' ', '\t', '>']);
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let rest = line.trim_start_matches(mark);
        let length = line.len() - rest.len();
        let can_open = mark == '~' || !rest.contains('`');
        let is_bare = rest.trim().is_empty();
        (length >= 3).then_some(Self { mark, length, is_bare, can_open })
    }

    fn closes(&self, first: &Self) -> bool {
        self.is_bare && self.mark == first.mark && self.length >= first.length
    }
}

/// Where addresses of the web stand: behind a scheme, or as people abbreviate them.
fn urls_in(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut from) = (Vec::new(), 0);
    for start in heads(text) {
        if start < from {
            continue;
        }
        let length = text[start..].find(|c| !is_of_url(c)).unwrap_or(text.len() - start);
        from = trimmed(text, start, start + length);
        found.push(start..from);
    }
    found
}

/// Where addresses may begin, in order.
fn heads(text: &str) -> Vec<usize> {
    let mut heads: Vec<usize> = text
        .match_indices("://")
        .map(|(colon, _)| {
            let before = text[..colon].bytes().rev().take(SCHEME_MAX);
            colon - before.take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)).count()
        })
        .collect();
    for bare in BARE {
        heads.extend(text.match_indices(bare).map(|(at, _)| at));
    }
    heads.sort_unstable();
    heads
}

/// Letters and digits of any script, and the signs of RFC 3986.
fn is_of_url(c: char) -> bool {
    match c {
        '!'..='~' => !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}'),
        _ => c.is_alphanumeric(),
    }
}

/// The end of an address without the punctuation of the sentence around it.
fn trimmed(text: &str, start: usize, end: usize) -> usize {
    let around = ['.', ',', ';', ':', '!', '?', '\'', ')', ']', '*', '_', '~'];
    start + text[start..end].trim_end_matches(around).len()
}
