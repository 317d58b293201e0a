//! A table ready to be linked: its comparisons, blocks and term frequencies.

use std::sync::{Arc, OnceLock};

use super::block::Blocks;
use super::compare::{Comparer, Comparison, LEVELS_MAX};
use super::model::{Millibits, Model, Named};
use super::nickname::Nicknames;
use super::rarity::{Frequency, Rarity, frequencies};
use super::rule::BlockingRule;
use super::share::Share;
use super::table::{Column, Table};
use super::texts::hash;
use super::train;
use super::unsound::{ModelError, unsound};

/// Most records of a block that are compared with each other.
pub(super) const BLOCK_MAX: usize = 300;

/// A table's records, ready to teach a model and to be linked by one.
///
/// Cost: cleans each distinct value once and sorts the records once for each
/// blocking rule when pairs are first looked for.
#[derive(Debug)]
pub struct Linker {
    pub(super) table: Table,
    /// The numbers of all values, record by record.
    pub(super) rows: Vec<u32>,
    pub(super) comparisons: Vec<Comparison>,
    pub(super) rules: Vec<BlockingRule>,
    /// Made when pairs are looked for: until then rules may be replaced.
    blocks: OnceLock<Blocks>,
    pub(super) rarity: Rarity,
    pub(super) frequencies: Arc<Vec<Frequency>>,
    pub(super) content: Vec<u64>,
    pub(super) nicknames: Arc<Nicknames>,
}

impl Linker {
    /// Makes a table's records ready, with comparisons and blocking rules for its columns.
    ///
    /// A column of [`Meaning::Other`](super::Meaning) whose name says nothing is known by its
    /// values, where these say much ([`Meaning::of`](super::Meaning::of)).
    pub fn of(table: Table) -> Self {
        let table = table.guessed();
        let comparisons = Comparison::default_for(table.columns());
        Self::made(table.cleaned(), comparisons, None)
    }

    /// Makes a table's records ready, with comparisons of one's own choice.
    ///
    /// # Errors
    ///
    /// [`ModelError::Unsound`] where a comparison is of no column of the table, or has fewer than
    /// two levels; where there are too many.
    pub fn comparing(table: Table, comparisons: Vec<Comparison>) -> Result<Self, ModelError> {
        if comparisons.len() > Comparison::MAX {
            return Err(unsound("comparisons", "there are more than 32"));
        }
        let columns = table.columns().len();
        for (comparison, at) in comparisons.iter().zip(1..) {
            let at = format!("comparison {at}");
            if comparison.column >= columns || comparison.beside.is_some_and(|at| at >= columns) {
                return Err(unsound(at, "the table has no such column"));
            }
            if !(2..=LEVELS_MAX).contains(&comparison.level_count()) {
                return Err(unsound(at, "it has not 2 to 8 levels"));
            }
            if let Some(what) = comparison.fault() {
                return Err(unsound(at, what));
            }
            if let Some(why) = comparison.misfit(|at| Some(table.columns().get(at)?.meaning())) {
                return Err(unsound(at, why));
            }
        }
        Ok(Self::made(table.cleaned(), comparisons, None))
    }

    /// Makes a table's records ready to be linked by a model, whose columns are found by name.
    ///
    /// The model says what columns mean and how rare values are: two records weigh the same in any
    /// table.
    ///
    /// # Errors
    ///
    /// [`ModelError`] where the table lacks a column of the model, or has two of one name.
    pub fn with(mut table: Table, model: &Model) -> Result<Self, ModelError> {
        let mut missing = Vec::new();
        for own in &model.columns {
            let mut named = table.columns.iter_mut().filter(|column| column.name() == own.name);
            match (named.next(), named.next()) {
                (Some(_), Some(_)) => {
                    return Err(ModelError::AmbiguousColumn { column: own.name.clone() });
                }
                (Some(column), None) => column.meaning = own.meaning,
                (None, _) if model.needs().any(|needed| needed == own) => {
                    missing.push(format!("`{}`", own.name));
                }
                (None, _) => {}
            }
        }
        if !missing.is_empty() {
            return Err(ModelError::MissingColumns { columns: missing });
        }
        let table = table.cleaned();
        let model = model.placed(table.columns());
        Ok(Self::by(table, &model))
    }

    /// The same with blocking rules of one's own choice, by the places of columns.
    ///
    /// Models that it learns keep them. Rules by which a record has several keys come last.
    ///
    /// # Errors
    ///
    /// [`ModelError::Unsound`] where there are none or too many, or where one can find nobody: it
    /// is of no column of the table, or wants something that no value of its column has.
    pub fn blocking(
        self,
        rules: impl IntoIterator<Item = BlockingRule>,
    ) -> Result<Self, ModelError> {
        let meanings: Vec<_> = self.table.columns().iter().map(Column::meaning).collect();
        let rules = BlockingRule::ordered(rules, &meanings)?;
        if rules.is_empty() {
            return Err(unsound("blocking rules", "there are none, so no pair would be found"));
        }
        Ok(Self { rules, blocks: OnceLock::new(), ..self })
    }

    /// The same with a table of nicknames of one's own; models that it learns keep it.
    #[must_use]
    pub fn nicknames(self, nicknames: Nicknames) -> Self {
        Self { nicknames: Arc::new(nicknames), ..self }
    }

    /// Of cleaned records, by a model whose columns stand where the table has them.
    pub(super) fn by(table: Table, model: &Model) -> Self {
        let comparisons = model.comparisons.iter().map(|weighed| weighed.comparison.clone());
        let made = Self::made(table, comparisons.collect(), Some(&model.frequencies));
        let (rules, nicknames) = (model.blocking.clone(), Arc::clone(&model.nicknames));
        Self { rules, nicknames, ..made }
    }

    /// Of cleaned records; without known frequencies values are counted.
    fn made(
        mut table: Table,
        comparisons: Vec<Comparison>,
        known: Option<&Arc<Vec<Frequency>>>,
    ) -> Self {
        table.number();
        let (rules, blocks) = (BlockingRule::default_for(table.columns()), OnceLock::new());
        let (rarity, frequencies) = match known {
            Some(known) => (Rarity::of_other(known, &table), Arc::clone(known)),
            None => {
                let counted = frequencies(&table, &comparisons);
                (Rarity::of_own(&counted, &table), Arc::new(counted))
            }
        };
        let (rows, content) = (table.rows(), train::contents(&table));
        let nicknames = Arc::new(Nicknames::default());
        Self { table, rows, comparisons, rules, blocks, rarity, frequencies, content, nicknames }
    }

    /// The records, in the forms in which they are compared.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The records by the keys of the rules.
    pub(super) fn blocks(&self) -> &Blocks {
        self.blocks.get_or_init(|| Blocks::of(&self.table, &self.rules, BLOCK_MAX))
    }

    /// A model of these records that compares nothing yet.
    pub(super) fn untaught(&self) -> Model {
        Model {
            columns: self.table.columns().iter().map(Named::of).collect(),
            comparisons: Vec::new(),
            prior_same: 0,
            prior_related: None,
            prior_strangers: 0,
            share_same: Share::of(0.0),
            share_related: Share::of(0.0),
            threshold: 0,
            review: None,
            records: self.table.len() as u64,
            fingerprint: self.fingerprint(),
            blocking: self.rules.clone(),
            nicknames: Arc::clone(&self.nicknames),
            frequencies: Arc::clone(&self.frequencies),
        }
    }

    /// The weight of two records by their places; above 0: sooner one person than not.
    ///
    /// Quick for a model that was learnt here, or that the linker was made with where its columns
    /// stand as the table's; else the model is placed, and its frequencies are looked up for the
    /// whole table, each time.
    pub fn weigh(&self, model: &Model, a: u32, b: u32) -> Millibits {
        let model = model.placed(self.table.columns());
        let other = self.rarity_of(&model);
        let comparer = self.comparer_by(&model.nicknames);
        model.weigh(&comparer, other.as_ref().unwrap_or(&self.rarity), (a, b))
    }

    /// How rare values are by a model; `None` where the linker knows.
    pub(super) fn rarity_of(&self, model: &Model) -> Option<Rarity> {
        let is_own = Arc::ptr_eq(&model.frequencies, &self.frequencies)
            || model.frequencies == self.frequencies;
        (!is_own).then(|| Rarity::of_other(&model.frequencies, &self.table))
    }

    /// What the records say, in any order.
    fn fingerprint(&self) -> String {
        let sums = self.content.iter().fold((0_u64, 0_u64), |(one, other), content| {
            let mixed = hash(*content, b"record");
            (one.wrapping_add(*content), other.wrapping_add(mixed))
        });
        format!("{:016x}{:016x}", sums.0, sums.1)
    }

    pub(super) fn comparer(&self) -> Comparer<'_> {
        self.comparer_by(&self.nicknames)
    }

    /// The same by a model's nicknames.
    pub(super) fn comparer_by<'l>(&'l self, nicknames: &'l Nicknames) -> Comparer<'l> {
        Comparer { table: &self.table, rows: &self.rows, nicknames }
    }
}
