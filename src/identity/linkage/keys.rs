//! The keys by which records meet: hashes of what blocking rules want to agree.
//!
//! Cost: each facet of each distinct value is hashed once; a record costs a sum for each rule. Of
//! rules by which a record has one key the keys lie side by side, so that a pair is one look at two
//! rows; those of several keys have lists of their own.

use std::borrow::Cow;

use super::compare::area;
use super::condition::lists;
use super::condition::sound::soundex;
use super::meaning::Meaning;
use super::parts::{answers_over, each_chunk};
use super::reading::blocked;
use super::rule::{BlockingRule, Facet};
use super::table::{Column, Table};
use super::texts::hash;

/// Most keys of a record by one rule: its first grams, or elements.
const KEYS_MAX: usize = 64;

/// So many records' keys are made at a time.
const CHUNK: usize = 1 << 13;

/// Keys of records by rules; those of several keys come last.
#[derive(Debug)]
pub(super) struct Keys {
    /// How many rules give a record one key.
    pub(super) rules: usize,
    /// Of each record, its key by each of these; 0 where it has none.
    pub(super) rows: Vec<u32>,
    /// Of each further rule, the keys of each record.
    pub(super) lists: Vec<Lists>,
}

/// Keys of each record by one rule, in order, each once.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Where those of each record end.
    ends: Vec<usize>,
    keys: Vec<u32>,
}

impl Keys {
    pub(super) fn of(table: &Table, rules: &[BlockingRule]) -> Self {
        let count = rules.partition_point(|rule| !rule.is_several());
        let (ones, several) = rules.split_at(count);
        let lists = answers_over(table.len(), several, |rule| Lists::of(table, rule));
        Self { rules: count, rows: rows(table, ones), lists }
    }

    /// A record's key by each rule that gives it one.
    pub(super) fn row(&self, record: u32) -> &[u32] {
        let at = record as usize * self.rules;
        &self.rows[at..at + self.rules]
    }

    /// Each key of a record with its rule.
    pub(super) fn each(&self, record: u32) -> impl Iterator<Item = (usize, u32)> {
        let ones = self.row(record).iter().copied().enumerate().filter(|(_, key)| *key != 0);
        let lists = (self.rules..).zip(&self.lists);
        let several =
            lists.flat_map(move |(rule, of)| of.get(record).iter().map(move |k| (rule, *k)));
        ones.chain(several)
    }
}

/// Of each record its key by each rule; 0 where it has none.
fn rows(table: &Table, rules: &[BlockingRule]) -> Vec<u32> {
    let mut parts: Vec<(usize, Facet)> = Vec::new();
    for part in rules.iter().flat_map(|rule| &rule.parts) {
        if !parts.contains(part) {
            parts.push(*part);
        }
    }
    let hashed = answers_over(table.len(), &parts, |part| hashed(table, *part));
    let place = |part| parts.iter().position(|known| known == part);
    let plan: Vec<Vec<usize>> =
        rules.iter().map(|rule| rule.parts.iter().filter_map(place).collect()).collect();
    let mut keys = vec![0; table.len() * rules.len()];
    each_chunk(&mut keys, CHUNK * rules.len(), |chunk, keys| {
        let mut of = vec![0_u64; parts.len()];
        for (keys, record) in keys.chunks_exact_mut(rules.len()).zip(chunk * CHUNK..) {
            for ((of, (column, _)), hashed) in of.iter_mut().zip(&parts).zip(&hashed) {
                *of = hashed[table.columns()[*column].cells[record] as usize];
            }
            for (key, parts) in keys.iter_mut().zip(&plan) {
                let sum = parts.iter().fold(0, |sum: u64, part| sum.wrapping_add(of[*part]));
                *key = if parts.iter().any(|part| of[*part] == 0) { 0 } else { mixed(sum) };
            }
        }
    });
    keys
}

/// The key of a sum of hashes. The order of parts does not count, so that swapped names meet.
fn mixed(sum: u64) -> u32 {
    (sum.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 | 1
}

/// Of each distinct value of a column, a number for what of it must agree; 0 where that is missing.
fn hashed(table: &Table, (at, facet): (usize, Facet)) -> Vec<u64> {
    let (column, seed) = (&table.columns()[at], seed(table.columns(), at, facet));
    let one = |text| match &*one(facet, &blocked(column.meaning(), text)) {
        "" => 0,
        part => hash(seed, part.as_bytes()) | 1,
    };
    column.texts.iter().map(one).collect()
}

impl Lists {
    fn of(table: &Table, rule: &BlockingRule) -> Self {
        let columns = table.columns();
        let (many, ones): (Vec<_>, Vec<_>) =
            rule.parts.iter().copied().partition(|(_, facet)| facet.is_several());
        let Some((at, facet)) = many.first().copied() else { return Self::default() };
        let ones: Vec<(usize, Vec<u64>)> =
            ones.into_iter().map(|part| (part.0, hashed(table, part))).collect();
        let seed = seed(columns, at, facet);
        let (mut many, mut of_values) = (Self::default(), Vec::new());
        for text in columns[at].texts.iter() {
            let hashes = several(facet, &blocked(columns[at].meaning(), text), seed);
            of_values.extend(hashes);
            many.ends.push(of_values.len());
        }
        let (mut lists, mut own) = (Self::default(), Vec::new());
        for record in 0..table.len() {
            let mut parts =
                ones.iter().map(|(at, hashed)| hashed[columns[*at].cells[record] as usize]);
            let base =
                parts.try_fold(0_u64, |sum, part| (part != 0).then(|| sum.wrapping_add(part)));
            if let Some(base) = base {
                let hashes = &of_values[many.range(columns[at].cells[record])];
                own.extend(hashes.iter().map(|hash| mixed(base.wrapping_add(*hash))));
            }
            own.sort_unstable();
            own.dedup();
            lists.keys.append(&mut own);
            lists.ends.push(lists.keys.len());
        }
        lists
    }

    /// Where the keys of a record are, or the hashes of a value.
    fn range(&self, at: u32) -> std::ops::Range<usize> {
        let at = at as usize;
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        from..self.ends[at]
    }

    /// The keys of a record.
    pub(super) fn get(&self, record: u32) -> &[u32] {
        &self.keys[self.range(record)]
    }

    /// The keys with their records, in the order of these.
    pub(super) fn keyed(&self) -> impl Iterator<Item = (u32, u32)> {
        let records = 0..u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        records.flat_map(|record| self.get(record).iter().map(move |key| (*key, record)))
    }

    /// The first key that two records share.
    pub(super) fn shared(&self, a: u32, b: u32) -> Option<u32> {
        let (mut one, mut other) = (self.get(a), self.get(b));
        while let (Some(here), Some(there)) = (one.first(), other.first()) {
            if here == there {
                return Some(*here);
            }
            let behind = if here < there { &mut one } else { &mut other };
            *behind = &behind[1..];
        }
        None
    }

    /// Keeps the keys of records of which it is said.
    pub(super) fn retain(&mut self, keeps: impl Fn(u32, u32) -> bool) {
        let (mut kept, mut from) = (0, 0);
        for (end, record) in self.ends.iter_mut().zip(0..) {
            for at in from..*end {
                if keeps(self.keys[at], record) {
                    self.keys[kept] = self.keys[at];
                    kept += 1;
                }
            }
            (from, *end) = (*end, kept);
        }
        self.keys.truncate(kept);
    }
}

/// What is hashed with a value: what it is a facet of. Values of a first name and a surname are of
/// one kind; two columns of one meaning are not.
fn seed(columns: &[Column], at: usize, facet: Facet) -> u64 {
    let meaning = columns[at].meaning();
    let earlier = columns[..at].iter().filter(|column| column.meaning() == meaning).count() as u64;
    let meaning = if meaning == Meaning::Surname { Meaning::FirstName } else { meaning };
    let facet = match facet {
        Facet::Whole => 1,
        // A year is to a date what an area is to a postal code.
        Facet::Area | Facet::Year => 2,
        Facet::Day => 3,
        Facet::User => 4,
        Facet::Sound => 5,
        Facet::Element => 6,
        Facet::First(letters) => 8 + u64::from(letters),
        Facet::Gram(letters) => 128 + u64::from(letters),
    };
    earlier << 32 | (meaning as u64) << 8 | facet
}

/// The one facet of a value; empty where it has none.
fn one(facet: Facet, text: &str) -> Cow<'_, str> {
    let part = match facet {
        Facet::First(letters) => beginning(text, letters.into()),
        Facet::Area => area(text),
        Facet::Year if is_date(text) => &text[..4],
        Facet::Day if is_date(text) => &text[4..],
        Facet::Year | Facet::Day => "",
        Facet::User => text.split('@').next().unwrap_or(text),
        Facet::Sound => {
            let code = soundex(text).map(|code| String::from_utf8_lossy(&code).into_owned());
            return Cow::Owned(code.unwrap_or_default());
        }
        Facet::Whole | Facet::Gram(_) | Facet::Element => text,
    };
    Cow::Borrowed(part)
}

/// Of several facets of a value, a number for each; none where it is missing.
fn several(facet: Facet, text: &str, seed: u64) -> Vec<u64> {
    let number = |part: &str| hash(seed, part.as_bytes()) | 1;
    let parts = match facet {
        Facet::Gram(letters) => {
            let letters = usize::from(letters);
            let starts = text.char_indices().map(|(at, _)| &text[at..]);
            let grams = starts.enumerate().filter_map(|(at, rest)| {
                let gram = beginning(rest, letters);
                (at == 0 || gram.chars().count() == letters).then_some(gram)
            });
            grams.take(KEYS_MAX).map(number).collect()
        }
        _ => text.split(lists::BETWEEN).take(KEYS_MAX).map(number).collect(),
    };
    if text.is_empty() { Vec::new() } else { parts }
}

fn beginning(text: &str, letters: usize) -> &str {
    text.char_indices().nth(letters).map_or(text, |(end, _)| &text[..end])
}

fn is_date(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())
}
