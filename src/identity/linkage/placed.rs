//! A model laid over a table's records, ready to weigh many pairs.

use std::borrow::Cow;

use super::compare::Comparer;
use super::linker::Linker;
use super::model::{Millibits, Model};
use super::rarity::Rarity;

/// A model whose columns stand where the table has them, with how rare its values are.
pub(super) struct Placed<'l> {
    pub(super) linker: &'l Linker,
    pub(super) model: Cow<'l, Model>,
    other: Option<Rarity>,
}

impl Linker {
    pub(super) fn placed<'l>(&'l self, model: &'l Model) -> Placed<'l> {
        let model = model.placed(self.table.columns());
        let other = self.rarity_of(&model);
        Placed { linker: self, model, other }
    }
}

impl Placed<'_> {
    pub(super) fn weigh(&self, a: u32, b: u32) -> Millibits {
        self.model.weigh(&self.comparer(), self.rarity(), (a, b))
    }

    pub(super) fn comparer(&self) -> Comparer<'_> {
        self.linker.comparer_by(&self.model.nicknames)
    }

    pub(super) fn rarity(&self) -> &Rarity {
        self.other.as_ref().unwrap_or(&self.linker.rarity)
    }
}
