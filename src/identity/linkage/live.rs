//! A live index: known records that may be one person with one asked for.
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
use std::sync::Arc;

use super::block::{Rule, keys, rules_for};
use super::compare::{Comparer, Comparison};
use super::linker::{BLOCK_MAX, Linker};
use super::model::{Millibits, Model};
use super::nickname::Nicknames;
use super::rarity::Rarity;
use super::table::{Table, TableError};
use super::waterfall::Waterfall;

/// A known record that may be one person with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match<K> {
    /// Whose record it is, in the application's terms.
    pub id: K,
    /// How much speaks for one person.
    pub weight: Millibits,
}

/// What an index answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<K> {
    /// Records that weigh enough, the weightiest first, then by id.
    pub matches: Vec<Match<K>>,
    /// How many records were weighed.
    pub candidates: usize,
    /// Blocking rules whose block holds too many records to compare: other rules may find them.
    pub crowded: usize,
}

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
    model: Model,
    rules: Vec<Rule>,
    nicknames: Nicknames,
    places: BTreeMap<K, u32>,
    /// By place; `None` where a record left.
    records: Vec<Option<(K, Values)>>,
    free: Vec<u32>,
    /// Of each rule, keys with the places of their records.
    blocks: Vec<BTreeSet<(u32, u32)>>,
}

impl<K: Ord + Clone> LiveIndex<K> {
    /// Most records of a block that are compared, as in a batch.
    pub const BLOCK_MAX: usize = BLOCK_MAX;

    /// An index of nothing yet; values come in the order of the model's columns.
    pub fn new(model: &Model) -> Self {
        let rules = rules_for(empty(model).columns());
        Self {
            model: model.clone(),
            blocks: vec![BTreeSet::new(); rules.len()],
            rules,
            nicknames: Nicknames::default(),
            places: BTreeMap::new(),
            records: Vec::new(),
            free: Vec::new(),
        }
    }

    /// The model by which it weighs.
    pub fn model(&self) -> &Model {
        &self.model
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
        let table = self.cleaned(values)?;
        self.remove(&id);
        let place = match self.free.pop() {
            Some(place) => place,
            None => u32::try_from(self.records.len()).map_err(|_| TableError::Full)?,
        };
        for (block, key) in self.blocks.iter_mut().zip(keys(&table, &self.rules)) {
            if key != 0 {
                block.insert((key, place));
            }
        }
        self.places.insert(id.clone(), place);
        let record = Some((id, Values::of(&table)));
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
            let table = values.table(&self.model);
            for (block, key) in self.blocks.iter_mut().zip(keys(&table, &self.rules)) {
                block.remove(&(key, place));
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
        Ok(self.answer(self.cleaned(values)?, None, least))
    }

    /// The other records that weigh at least so much with one of the index; `None` where it is not
    /// there.
    pub fn find_known(&self, id: &K, least: Millibits) -> Option<Answer<K>> {
        let place = *self.places.get(id)?;
        let table = self.values(place)?.table(&self.model);
        Some(self.answer(table, Some(place), least))
    }

    /// Why values weigh what they do with a record of the index; `None` where it is not there.
    ///
    /// # Errors
    ///
    /// [`TableError`] as for [`LiveIndex::insert`].
    pub fn explain(&self, values: &[&str], id: &K) -> Result<Option<Waterfall>, TableError> {
        let mut table = self.cleaned(values)?;
        let known = self.places.get(id).and_then(|place| self.values(*place));
        let Some(known) = known else { return Ok(None) };
        table.push(known.iter())?;
        let linker = Linker::made(table, self.comparisons(), Some(self.frequencies()));
        Ok(Some(linker.waterfall(&self.model, 0, 1)))
    }

    fn answer(&self, mut table: Table, own: Option<u32>, least: Millibits) -> Answer<K> {
        let (candidates, crowded) = self.candidates(&table, own);
        let known =
            candidates.iter().filter_map(|place| self.records.get(*place as usize)?.as_ref());
        let known: Vec<&(K, Values)> = known.collect();
        // As many values as columns, and fewer records than a table holds.
        known.iter().for_each(|(_, values)| drop(table.push(values.iter())));
        table.number();
        let rows = table.rows();
        let comparer = Comparer { table: &table, rows: &rows, nicknames: &self.nicknames };
        let rarity = Rarity::of_other(&self.model.frequencies, &table);
        let weighed = known.iter().zip(1..).map(|((id, _), at)| Match {
            id: id.clone(),
            weight: self.model.weigh(&comparer, &rarity, (0, at)),
        });
        let mut matches: Vec<Match<K>> = weighed.filter(|of| of.weight >= least).collect();
        matches.sort_by(|one, other| (other.weight, &one.id).cmp(&(one.weight, &other.id)));
        Answer { matches, candidates: known.len(), crowded }
    }

    /// The records that a rule finds, each once, and how many rules find too many.
    fn candidates(&self, record: &Table, own: Option<u32>) -> (Vec<u32>, usize) {
        let room = BLOCK_MAX - usize::from(own.is_none());
        let (mut all, mut crowded) = (Vec::new(), 0);
        for (block, key) in self.blocks.iter().zip(keys(record, &self.rules)) {
            if key == 0 {
                continue;
            }
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

    fn cleaned(&self, values: &[&str]) -> Result<Table, TableError> {
        let mut table = empty(&self.model);
        table.push(values.iter().copied())?;
        Ok(table.cleaned())
    }

    fn values(&self, place: u32) -> Option<&Values> {
        self.records.get(place as usize)?.as_ref().map(|(_, values)| values)
    }

    fn comparisons(&self) -> Vec<Comparison> {
        self.model.comparisons.iter().map(|weighed| weighed.comparison.clone()).collect()
    }

    fn frequencies(&self) -> Arc<Vec<super::rarity::Frequency>> {
        Arc::clone(&self.model.frequencies)
    }
}

/// A table of no records with a model's columns.
fn empty(model: &Model) -> Table {
    Table::new(model.columns.iter().map(|column| (column.name.as_str(), column.meaning)))
}

/// A record's values in the forms in which they are compared, in one piece.
struct Values {
    text: Box<str>,
    /// Where each ends.
    ends: Box<[u32]>,
}

impl Values {
    /// Those of a table's one record.
    fn of(table: &Table) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(table.columns().len()));
        for column in table.columns() {
            text.push_str(column.texts.get(column.cells[0]));
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

    fn table(&self, model: &Model) -> Table {
        let mut table = empty(model);
        // A record has as many values as its model has columns.
        drop(table.push(self.iter()));
        table.number();
        table
    }
}

impl<K> fmt::Debug for LiveIndex<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LiveIndex({} records)", self.places.len())
    }
}
