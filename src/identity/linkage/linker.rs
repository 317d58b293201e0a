//! A table ready to be linked: its comparisons, blocks and term frequencies.

use super::block::{Blocks, Rule, rules_for};
use super::compare::{Comparer, Comparison};
use super::link::{Linked, Trial};
use super::model::{Millibits, Model};
use super::nickname::Nicknames;
use super::rarity::Rarity;
use super::table::Table;
use super::train;

/// Most records of a block that are compared with each other.
const BLOCK_MAX: usize = 300;

/// A table's records, ready to teach a model and to be linked by one.
///
/// Cost: cleans each distinct value once and sorts the records once for each blocking rule.
#[derive(Debug)]
pub struct Linker {
    pub(super) table: Table,
    pub(super) comparisons: Vec<Comparison>,
    pub(super) rules: Vec<Rule>,
    pub(super) blocks: Blocks,
    pub(super) rarity: Rarity,
    pub(super) content: Vec<u64>,
    pub(super) nicknames: Nicknames,
}

impl Linker {
    /// Makes a table's records ready, with comparisons and blocking rules for its columns.
    pub fn of(table: Table) -> Self {
        let table = table.cleaned();
        let comparisons = Comparison::default_for(table.columns());
        let rules = rules_for(table.columns());
        let blocks = Blocks::of(&table, &rules, BLOCK_MAX);
        let (rarity, content) = (Rarity::of_table(&table), train::contents(&table));
        let nicknames = Nicknames::default();
        Self { table, comparisons, rules, blocks, rarity, content, nicknames }
    }

    /// The records, in the forms in which they are compared.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Learns from the records how much each level speaks for one person, without labels.
    pub fn learn(&self) -> Model {
        let blocks = (&self.blocks, self.rules.as_slice());
        let (comparer, rarity) = (self.comparer(), &self.rarity);
        let learnt = train::train(&comparer, &self.comparisons, rarity, blocks, &self.content);
        Model::of(&learnt, &self.comparisons)
    }

    /// Finds the people among the records by a model.
    ///
    /// `threshold` is the weight from which a pair links: from 0 on it is sooner one person than
    /// not. Without columns of a known meaning no pair is found.
    pub fn link(&self, model: &Model, threshold: Millibits) -> Linked {
        Trial { linker: self, model, comparer: self.comparer() }.link(threshold)
    }

    /// The weight of two records by their places; above 0: sooner one person than not.
    pub fn weigh(&self, model: &Model, a: u32, b: u32) -> Millibits {
        model.weigh(&self.comparer(), &self.rarity, (a, b))
    }

    pub(super) fn comparer(&self) -> Comparer<'_> {
        Comparer { table: &self.table, nicknames: &self.nicknames }
    }
}
