//! A live index: known records that may be one person with another.
//!
//! Records come and go one at a time; an answer weighs only those that a blocking rule finds.
//!
//! # Law
//!
//! 1. An answer is what [`Linker::link`] finds by the same model among the same records, and weighs
//!    the same to the last thousandth of a bit (`tests/linkage/live.rs`).
//! 2. An index that records came to and left is the index of those that stayed.
//! 3. What leaves is forgotten: no value of it stays in memory.
//!
//! # Why
//!
//! The index holds what an application can hold elsewhere: records with their values, and the keys
//! of its blocking rules. It is rebuilt from the records at any time, so that it needs no file.
//!
//! Cost: a lookup for each rule and a comparison for each candidate, at most
//! [`LiveIndex::BLOCK_MAX`] for each rule; memory of the values, and about twelve bytes a rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::matcher::{Answer, Asked, BlockingKey, Matcher};
use super::model::{Millibits, Model};
use super::table::TableError;
use super::waterfall::Waterfall;

/// Records that can be asked for one at a time, by a model.
///
/// ```
/// use omnichannel::identity::linkage::{Linker, LiveIndex, Meaning, Table};
///
/// let columns = ["first_name", "surname", "email"];
/// let mut table = Table::new(columns.map(|name| (name, Meaning::guess(name))));
/// let known = ["Zoé", "Étienne", "zoe@example.org"];
/// table.push(known.into_iter())?;
/// let model = Linker::of(table).learn();
///
/// let mut index = LiveIndex::new(&model);
/// index.insert(7, &known)?;
/// let found = index.find(&["Zoe", "Etienne", "zoe@example.org"], i64::MIN)?;
/// assert_eq!(found.matches[0].id, 7);
/// assert!(index.remove(&7) && index.is_empty());
/// # Ok::<(), omnichannel::identity::linkage::TableError>(())
/// ```
pub struct LiveIndex<K> {
    matcher: Matcher,
    places: BTreeMap<K, u32>,
    /// By place; `None` where a record left.
    records: Vec<Option<(K, Values)>>,
    free: Vec<u32>,
    /// Of each rule, keys with the places of their records.
    blocks: Vec<BTreeSet<(u32, u32)>>,
}

impl<K: Ord + Clone> LiveIndex<K> {
    /// Most records of a block that are compared, as in a batch.
    pub const BLOCK_MAX: usize = Matcher::BLOCK_MAX;

    /// An index of nothing yet; values come in the order of the model's columns.
    pub fn new(model: &Model) -> Self {
        Self {
            matcher: Matcher::new(model),
            places: BTreeMap::new(),
            records: Vec::new(),
            free: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// The model by which it weighs.
    pub fn model(&self) -> &Model {
        self.matcher.model()
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Puts a record in, empty where a value is missing; in the place of what it said before.
    ///
    /// # Errors
    ///
    /// [`TableError`] where there are more or fewer values than the model has columns; the index is
    /// as it was.
    pub fn insert(&mut self, id: K, values: &[&str]) -> Result<(), TableError> {
        let asked = self.matcher.read(values)?;
        self.remove(&id);
        let place = match self.free.pop() {
            Some(place) => place,
            None => u32::try_from(self.records.len()).map_err(|_| TableError::Full)?,
        };
        for BlockingKey { rule, key } in self.matcher.keys(&asked) {
            let rule = usize::from(rule);
            if self.blocks.len() <= rule {
                self.blocks.resize_with(rule + 1, BTreeSet::new);
            }
            self.blocks[rule].insert((key, place));
        }
        self.places.insert(id.clone(), place);
        let record = Some((id, Values::of(&asked)));
        match self.records.get_mut(place as usize) {
            Some(slot) => *slot = record,
            None => self.records.push(record),
        }
        Ok(())
    }

    /// Takes a record out; whether it was there.
    pub fn remove(&mut self, id: &K) -> bool {
        let Some(place) = self.places.remove(id) else { return false };
        let slot = self.records.get_mut(place as usize);
        if let Some((_, values)) = slot.and_then(Option::take) {
            let known = self.matcher.known(values.iter());
            for BlockingKey { rule, key } in self.matcher.keys(&known) {
                if let Some(block) = self.blocks.get_mut(usize::from(rule)) {
                    block.remove(&(key, place));
                }
            }
        }
        self.free.push(place);
        true
    }

    /// The records that weigh at least so much with values that are not in the index.
    ///
    /// # Errors
    ///
    /// [`TableError`] as for [`LiveIndex::insert`].
    pub fn find(&self, values: &[&str], least: Millibits) -> Result<Answer<K>, TableError> {
        Ok(self.answer(&self.matcher.read(values)?, None, least))
    }

    /// The other records that weigh at least so much with one of the index; `None` where it is not
    /// there.
    pub fn find_known(&self, id: &K, least: Millibits) -> Option<Answer<K>> {
        let place = *self.places.get(id)?;
        let known = self.matcher.known(self.values(place)?.iter());
        Some(self.answer(&known, Some(place), least))
    }

    /// Why values weigh what they do with a record of the index; `None` where it is not there.
    ///
    /// # Errors
    ///
    /// [`TableError`] as for [`LiveIndex::insert`].
    pub fn explain(&self, values: &[&str], id: &K) -> Result<Option<Waterfall>, TableError> {
        let asked = self.matcher.read(values)?;
        let known = self.places.get(id).and_then(|place| self.values(*place));
        Ok(known.map(|known| self.matcher.explain(&asked, known.iter())))
    }

    fn answer(&self, asked: &Asked, own: Option<u32>, least: Millibits) -> Answer<K> {
        let (candidates, crowded) = self.candidates(asked, own);
        let known = candidates.iter().filter_map(|place| {
            let (id, values) = self.records.get(*place as usize)?.as_ref()?;
            Some((id.clone(), values.iter()))
        });
        Answer { crowded, ..self.matcher.answer(asked, known, least) }
    }

    /// The records that a rule finds, each once, and how many rules find too many.
    fn candidates(&self, asked: &Asked, own: Option<u32>) -> (Vec<u32>, usize) {
        let room = Self::BLOCK_MAX - usize::from(own.is_none());
        let (mut all, mut crowded) = (Vec::new(), 0);
        for BlockingKey { rule, key } in self.matcher.keys(asked) {
            let Some(block) = self.blocks.get(usize::from(rule)) else { continue };
            let before = all.len();
            let block = block.range((key, 0)..=(key, u32::MAX)).map(|(_, place)| *place);
            all.extend(block.take(room + 1));
            if all.len() - before > room {
                all.truncate(before);
                crowded += 1;
            }
        }
        all.sort_unstable();
        all.dedup();
        all.retain(|place| Some(*place) != own);
        (all, crowded)
    }

    fn values(&self, place: u32) -> Option<&Values> {
        self.records.get(place as usize)?.as_ref().map(|(_, values)| values)
    }
}

/// A record's values in the forms in which they are compared, in one piece.
struct Values {
    text: Box<str>,
    /// Where each ends.
    ends: Box<[u32]>,
}

impl Values {
    fn of(asked: &Asked) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for value in asked.values() {
            text.push_str(value);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        Self { text: text.into(), ends: ends.into() }
    }

    fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|at| {
            let begins = if at == 0 { 0 } else { self.ends[at - 1] };
            self.text.get(begins as usize..self.ends[at] as usize).unwrap_or_default()
        })
    }
}

impl<K> fmt::Debug for LiveIndex<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LiveIndex({} records)", self.places.len())
    }
}
