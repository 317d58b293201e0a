//! Distinct texts, numbered from 1 in the order in which they came.
//!
//! # Why
//!
//! A column of a million cells has far fewer different values. Each is kept once, cleaned once, and
//! two cells are equal if their numbers are. 0 is the missing value.
//!
//! Cost: amortised constant per text; its bytes, and for each distinct one 24 more, and 16 to 32
//! while texts are added.

use std::collections::BTreeMap;
use std::fmt;

use super::sketch::Sketch;

/// The number of the missing value.
pub(super) const MISSING: u32 = 0;

/// Most slots that are looked at: texts made to collide cost no more than a search among them.
const PROBES_MAX: usize = 64;

/// Distinct texts in one piece.
#[derive(Clone)]
pub(super) struct Texts {
    all: String,
    /// Where each ends, by its number; the missing value is the empty text.
    ends: Vec<usize>,
    /// Of each, its outline.
    sketches: Vec<Sketch>,
    /// Numbers by hash, with another part of it; 0 where free. A power of two of them, or none
    /// while nothing is added.
    slots: Vec<(u32, u32)>,
    /// Those for which there are too many others in their slots' place.
    crowded: BTreeMap<String, u32>,
}

impl fmt::Debug for Texts {
    /// How many there are, and none of them: they are personal.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} texts", self.len() - 1)
    }
}

impl Default for Texts {
    fn default() -> Self {
        let (all, ends, sketches) = (String::new(), vec![0], vec![Sketch::of("")]);
        Self { all, ends, sketches, slots: Vec::new(), crowded: BTreeMap::new() }
    }
}

impl Texts {
    /// How many numbers are given, with that of the missing value.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u32) -> &str {
        let at = number as usize;
        if at == 0 { "" } else { &self.all[self.ends[at - 1]..self.ends[at]] }
    }

    /// All texts by their numbers, from the missing value.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(u32::try_from(at).unwrap_or(MISSING)))
    }

    /// The outline of a text.
    pub(super) fn sketch(&self, number: u32) -> Sketch {
        self.sketches[number as usize]
    }

    /// The number of a text; a new one where it is new, [`MISSING`] where it is empty.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return MISSING;
        }
        if self.len() * 2 > self.slots.len() {
            self.lay_out((self.len() * 4).next_power_of_two().max(16));
        }
        let hashed = hash(1, text.as_bytes());
        let slot = self.slot(text, hashed);
        let known = match slot {
            Some(slot) => self.slots[slot].0,
            None => self.crowded.get(text).copied().unwrap_or(MISSING),
        };
        if known != MISSING {
            return known;
        }
        let number = u32::try_from(self.len()).unwrap_or(MISSING);
        self.all.push_str(text);
        self.ends.push(self.all.len());
        self.sketches.push(Sketch::of(text));
        match slot {
            Some(slot) => self.slots[slot] = (number, hashed as u32),
            None => drop(self.crowded.insert(text.to_owned(), number)),
        }
        number
    }

    /// Gives back what only adding needs; it is made again where a text is added.
    pub(super) fn settle(&mut self) {
        self.slots = Vec::new();
        self.crowded.clear();
        self.all.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.sketches.shrink_to_fit();
    }

    /// The slot that holds a text, or the free one for it; `None` where too many texts collide.
    fn slot(&self, text: &str, hashed: u64) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let first = (hashed >> 32) as usize;
        (0..PROBES_MAX.min(self.slots.len())).map(|probe| (first + probe) & mask).find(|slot| {
            let (number, other) = self.slots[*slot];
            number == MISSING || (other == hashed as u32 && self.get(number) == text)
        })
    }

    fn lay_out(&mut self, slots: usize) {
        self.slots = vec![(MISSING, 0); slots];
        self.crowded.clear();
        for number in 1..self.len() {
            let number = u32::try_from(number).unwrap_or(MISSING);
            let hashed = hash(1, self.get(number).as_bytes());
            match self.slot(self.get(number), hashed) {
                Some(slot) => self.slots[slot] = (number, hashed as u32),
                None => drop(self.crowded.insert(self.get(number).to_owned(), number)),
            }
        }
    }
}

/// Mixes a text into 64 bits, eight bytes at a time.
pub(super) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0xff51_afd7_ed55_8ccd;
    let mixed = |sum: u64, word: u64| {
        let product = (sum ^ word).wrapping_mul(FACTOR);
        product ^ (product >> 32)
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words
        .iter()
        .fold(seed ^ bytes.len() as u64, |sum, word| mixed(sum, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mixed(mixed(sum, u64::from_le_bytes(last)), seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_numbers() {
        let mut texts = Texts::default();
        let numbers: Vec<u32> = (0..10_000).map(|n| texts.number(&format!("t{n}"))).collect();
        assert_eq!(numbers, (1..=10_000).collect::<Vec<_>>());
        assert_eq!(texts.number("t77"), 78);
        assert_eq!(texts.get(78), "t77");
        assert_eq!(texts.number(""), MISSING);
        assert_eq!(texts.iter().count(), 10_001);
    }
}
