//! Distinct texts, numbered from 1 in the order in which they came.
//!
//! # Why
//!
//! A column of a million cells has far fewer different values. Each is kept once, cleaned once, and
//! two cells are equal if their numbers are. 0 is the missing value.
//!
//! Cost: amortised constant per text; its bytes, and eight more for each distinct one.

use std::collections::BTreeMap;

/// The number of the missing value.
pub(super) const MISSING: u32 = 0;

/// Most slots that are looked at: texts made to collide cost no more than a search among them.
const PROBES_MAX: usize = 64;

/// Distinct texts in one piece.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    all: String,
    /// Where each ends, by its number; the missing value is the empty text.
    ends: Vec<usize>,
    /// Numbers by hash; 0 where free. A power of two of them.
    slots: Vec<u32>,
    /// Those for which there are too many others in their slots' place.
    crowded: BTreeMap<String, u32>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { all: String::new(), ends: vec![0], slots: vec![0; 16], crowded: BTreeMap::new() }
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

    /// The number of a text; a new one where it is new, [`MISSING`] where it is empty.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return MISSING;
        }
        if self.len() * 2 > self.slots.len() {
            self.lay_out(self.slots.len() * 2);
        }
        let slot = self.slot(text);
        let known = match slot {
            Some(slot) => self.slots[slot],
            None => self.crowded.get(text).copied().unwrap_or(MISSING),
        };
        if known != MISSING {
            return known;
        }
        let number = u32::try_from(self.len()).unwrap_or(MISSING);
        self.all.push_str(text);
        self.ends.push(self.all.len());
        match slot {
            Some(slot) => self.slots[slot] = number,
            None => drop(self.crowded.insert(text.to_owned(), number)),
        }
        number
    }

    /// The slot that holds a text, or the free one for it; `None` where too many texts collide.
    fn slot(&self, text: &str) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let first = (hash(1, text.as_bytes()) >> 32) as usize;
        (0..PROBES_MAX.min(self.slots.len())).map(|probe| (first + probe) & mask).find(|slot| {
            let number = self.slots[*slot];
            number == MISSING || self.get(number) == text
        })
    }

    fn lay_out(&mut self, slots: usize) {
        self.slots = vec![MISSING; slots];
        self.crowded.clear();
        for number in 1..self.len() {
            let number = u32::try_from(number).unwrap_or(MISSING);
            match self.slot(self.get(number)) {
                Some(slot) => self.slots[slot] = number,
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
