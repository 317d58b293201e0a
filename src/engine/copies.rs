//! Which copies are new, and which views take, before and after a batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::intake::{Facts, Shown};
use super::receive::Fate;
use super::{Context, Reading};
use crate::model::{Copies, Digest, Touchpoint, TouchpointId};

/// A touchpoint's copies before and after a batch.
pub(super) struct CopyChange<'a> {
    before: Option<&'a Arc<Copies>>,
    /// The copies after the batch; shared with what was read or told, until they differ.
    pub(super) after: Arc<Copies>,
    /// The least digest that the batch added; `None` where it added nothing.
    pub(super) accepted: Option<Digest>,
    /// What the batch's copies show.
    shown: Vec<(Digest, &'a Shown)>,
}

pub(super) type CopyChanges<'a> = BTreeMap<TouchpointId, CopyChange<'a>>;

impl<'a> CopyChange<'a> {
    fn new(before: Option<&'a Arc<Copies>>, first: &Arc<Copies>) -> Self {
        let after = Arc::clone(before.unwrap_or(first));
        Self { before, after, accepted: None, shown: Vec::with_capacity(1) }
    }

    /// Adds the copies of a fact, of which there is one; `false` where all are known.
    fn add(&mut self, copies: &Copies) -> bool {
        let mut is_new = false;
        for copy in copies.all() {
            if !self.after.has(copy.digest) {
                is_new |= Arc::make_mut(&mut self.after).insert(copy.clone());
            }
        }
        is_new
    }

    fn accept(&mut self, digest: Digest, shown: &'a Shown) {
        self.shown.push((digest, shown));
        self.accepted = Some(self.accepted.map_or(digest, |known| known.min(digest)));
    }

    fn chosen(&self) -> Digest {
        self.after.chosen_digest()
    }

    /// What the copy that views take shows, if they did not take it before.
    pub(super) fn newly_shown(&self) -> Option<&'a Shown> {
        let was = self.before.map(|copies| copies.chosen_digest());
        let chosen = self.chosen();
        if was == Some(chosen) {
            return None;
        }
        self.shown.iter().find(|(digest, _)| *digest == chosen).map(|(_, shown)| *shown)
    }

    /// The touchpoint that views took before the batch and take no longer.
    pub(super) fn displaced(&self) -> Option<&'a Touchpoint> {
        let before = self.before?;
        if before.chosen_digest() == self.chosen() { None } else { Some(before.chosen()) }
    }
}

/// Merges a batch into the copies that are known, and says what became of each fact.
pub(super) fn merge<'a>(
    context: &Context<'_>,
    read: &Reading<'a>,
    facts: &'a Facts,
) -> (CopyChanges<'a>, Vec<Fate>) {
    let mut changes = CopyChanges::new();
    let mut fates = Vec::with_capacity(facts.touchpoints.len());
    for fact in &facts.touchpoints {
        let id = fact.touchpoint().id;
        let mut fate = Fate::Accepted;
        let change = changes
            .entry(id)
            .or_insert_with(|| CopyChange::new(read.copies(context.tenant, id), &fact.copies));
        let is_new = change.before.is_none() || bug!("lost_dedupe");
        let is_first = is_new && change.accepted.is_none();
        if !is_first {
            let new = change.add(&fact.copies) || bug!("duplicate_called_conflicting");
            fate = if new { Fate::Conflicting } else { Fate::Duplicate };
        }
        if fate != Fate::Duplicate {
            change.accept(fact.copies.chosen_digest(), &fact.shown);
        }
        fates.push(fate);
    }
    (changes, fates)
}
