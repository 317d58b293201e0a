//! A model made ready to be asked for one record at a time.
//!
//! [`LiveIndex`](super::LiveIndex) and [`Hub::record_index`](crate::Hub::record_index) rest on it;
//! so can whoever keeps records and keys somewhere else.
//!
//! Cost: a key for each blocking rule; a comparison for each candidate.

use super::clean::CLEANING;
use super::compare::Comparer;
use super::keys::Keys;
use super::linker::{BLOCK_MAX, Linker};
use super::model::{Millibits, Model};
use super::rarity::Rarity;
use super::rule::BlockingRule;
use super::table::{Table, TableError};
use super::waterfall::Waterfall;
use crate::model::Digest;

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
    /// Blocks that hold too many records to compare: other blocks may hold them.
    pub crowded: usize,
}

/// What a record has in common with all that a blocking rule finds with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockingKey {
    /// The rule, by its place.
    pub rule: u16,
    /// A hash of what must agree. Two values may have one: whoever is found is weighed.
    pub key: u32,
}

/// A record's values in the forms in which they are compared.
#[derive(Debug, Clone)]
pub struct Asked(Table);

impl Asked {
    /// The values, in the order of the model's columns; empty where one is missing.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.columns().iter().map(|column| column.texts.get(column.cells[0]))
    }
}

/// A model made ready to be asked for one record at a time.
///
/// ```
/// use omnichannel::identity::linkage::{Linker, Matcher, Meaning, Table};
///
/// let columns = ["first_name", "surname", "email"];
/// let mut table = Table::new(columns.map(|name| (name, Meaning::guess(name))));
/// table.push(["Zoé", "Étienne", "zoe@example.org"].into_iter())?;
/// let matcher = Matcher::new(&Linker::of(table).learn());
///
/// // Kept with a record wherever it lies: its keys and its values.
/// let known = matcher.read(&["Zoé", "Étienne", "zoe@example.org"])?;
/// let asked = matcher.read(&["Zoe", "Etienne", ""])?;
/// assert!(matcher.keys(&asked).iter().any(|key| matcher.keys(&known).contains(key)));
/// let answer = matcher.answer(&asked, [(7, known.values())], i64::MIN);
/// assert_eq!(answer.matches[0].id, 7);
/// # Ok::<(), omnichannel::identity::linkage::TableError>(())
/// ```
#[derive(Debug)]
pub struct Matcher {
    model: Model,
}

impl Matcher {
    /// Most records of a block that are compared, as in a batch.
    pub const BLOCK_MAX: usize = BLOCK_MAX;

    /// Makes a model ready.
    pub fn new(model: &Model) -> Self {
        Self { model: model.clone() }
    }

    /// The model by which it weighs.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// On what keys and kept values rest: models of which this is equal share an index.
    pub(crate) fn layout(&self) -> Digest {
        let rules: Vec<_> = self.model.blocking.iter().map(BlockingRule::parts).collect();
        Digest::of(&(CLEANING, &self.model.columns, rules))
    }

    /// Reads a record's values, in the order of the model's columns; empty where one is missing.
    ///
    /// # Errors
    ///
    /// [`TableError`] where there are more or fewer values than the model has columns.
    pub fn read(&self, values: &[&str]) -> Result<Asked, TableError> {
        let mut table = empty(&self.model);
        table.push(values.iter().copied())?;
        Ok(Asked(table.cleaned()))
    }

    /// Takes up values that [`Asked::values`] gave. Those of another model find nobody.
    pub fn known<'v>(&self, values: impl ExactSizeIterator<Item = &'v str>) -> Asked {
        let mut table = empty(&self.model);
        if table.push(values).is_err() {
            // As many empty values as there are columns.
            drop(table.push(self.model.columns.iter().map(|_| "")));
        }
        table.number();
        Asked(table)
    }

    /// The keys of a record: one for each rule or none, several where it agrees in one of many.
    pub fn keys(&self, asked: &Asked) -> Vec<BlockingKey> {
        let keys = Keys::of(&asked.0, &self.model.blocking);
        let key = |(rule, key)| BlockingKey { rule: u16::try_from(rule).unwrap_or(u16::MAX), key };
        keys.each(0).map(key).collect()
    }

    /// Of known records, by values that [`Asked::values`] gave, those that weigh at least so much.
    /// Of another number of values none is weighed.
    pub fn answer<'v, K: Ord, V: ExactSizeIterator<Item = &'v str>>(
        &self,
        asked: &Asked,
        known: impl IntoIterator<Item = (K, V)>,
        least: Millibits,
    ) -> Answer<K> {
        let mut table = asked.0.clone();
        let known = known.into_iter();
        let ids: Vec<K> =
            known.filter_map(|(id, values)| table.push(values).is_ok().then_some(id)).collect();
        table.number();
        let rows = table.rows();
        let comparer = Comparer { table: &table, rows: &rows, nicknames: &self.model.nicknames };
        let rarity = Rarity::of_other(&self.model.frequencies, &table);
        let candidates = ids.len();
        let weighed = ids
            .into_iter()
            .zip(1..)
            .map(|(id, at)| Match { id, weight: self.model.weigh(&comparer, &rarity, (0, at)) });
        let mut matches: Vec<Match<K>> = weighed.filter(|of| of.weight >= least).collect();
        matches.sort_by(|one, other| (other.weight, &one.id).cmp(&(one.weight, &other.id)));
        Answer { matches, candidates, crowded: 0 }
    }

    /// Why a record weighs what it does with a known one.
    pub fn explain<'v>(
        &self,
        asked: &Asked,
        known: impl ExactSizeIterator<Item = &'v str>,
    ) -> Waterfall {
        let mut table = asked.0.clone();
        if table.push(known).is_err() {
            drop(table.push(self.model.columns.iter().map(|_| "")));
        }
        Linker::by(table, &self.model).waterfall(&self.model, 0, 1)
    }
}

/// A table of no records with a model's columns.
fn empty(model: &Model) -> Table {
    Table::new(model.columns.iter().map(|column| (column.name.as_str(), column.meaning)))
}
