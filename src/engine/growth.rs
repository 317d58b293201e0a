//! How evidence changes components: only those that new evidence touches are read and rewritten.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::copies::CopyChange;
use super::sharing::Doubted;
use super::writing::{Shares, Writing};
use super::{Context, Pause, Reading, Step};
use crate::identity::{Observation, Pool};
use crate::model::{
    Component, ComponentId, Digest, IdentifierHome, IdentifierId, RecordId, Verdict, VerdictId,
};

/// New evidence and the components that it touches.
pub(super) struct Growth<'a, 'v> {
    context: &'a Context<'a>,
    read: &'a Reading<'v>,
    pool: Pool,
    before: BTreeMap<ComponentId, &'v Arc<Component>>,
    /// The least digest newly accepted on each record.
    accepted: BTreeMap<RecordId, Digest>,
    /// What rows say of shared identifiers; of those that are opened every bearer is here.
    shares: Shares,
}

impl<'a, 'v> Growth<'a, 'v> {
    pub(super) fn new(context: &'a Context<'a>, read: &'a Reading<'v>) -> Self {
        let (before, accepted) = (BTreeMap::new(), BTreeMap::new());
        let shares = Shares::default();
        Self { context, read, pool: Pool::default(), before, accepted, shares }
    }

    /// Judges anew what was shared and may be so no longer.
    pub(super) fn open(&mut self, doubted: &Doubted) -> Step<()> {
        for (identifier, homes) in &doubted.bearers {
            for home in homes {
                self.take(self.component(*home)?);
            }
            self.shares.opened.insert(*identifier);
        }
        for identifier in doubted.bearers.keys() {
            self.pool.open(*identifier);
        }
        Ok(())
    }

    /// Lays out again the records that a displaced copy concerns.
    pub(super) fn correct(
        &mut self,
        records: &BTreeSet<RecordId>,
        still_shown: &[Observation],
    ) -> Step<()> {
        for record in records {
            self.take_record(*record)?;
        }
        for record in records {
            self.pool.forget(*record);
        }
        for seen in still_shown {
            self.pool.observe(seen);
        }
        Ok(())
    }

    /// Takes records and verdicts out, as if they had never been seen; `still_shown` stays.
    /// `digest` is of what is taken out: it names parts that split off.
    pub(super) fn take_out(
        &mut self,
        records: &BTreeSet<RecordId>,
        verdicts: &BTreeSet<VerdictId>,
        still_shown: &[Observation],
        digest: Digest,
    ) -> Step<()> {
        self.correct(records, still_shown)?;
        self.pool.withdraw(verdicts);
        records.iter().for_each(|record| self.note(*record, digest));
        Ok(())
    }

    /// Adds what a touchpoint newly shows; on a corrected record also what it showed before.
    pub(super) fn grow(
        &mut self,
        change: &CopyChange<'_>,
        corrected: &BTreeSet<RecordId>,
    ) -> Step<()> {
        let newly = change.newly_shown().and_then(|shown| shown.observation.as_ref());
        let kept = || super::intake::shown(self.context, change.after.chosen()).observation;
        let concerns = change.after.chosen().record.is_some_and(|id| corrected.contains(&id));
        let seen = match newly {
            Some(seen) => Cow::Borrowed(seen),
            None => match concerns.then(kept).flatten() {
                Some(seen) => Cow::Owned(seen),
                None => return Ok(()),
            },
        };
        if let Some(digest) = change.accepted {
            self.note(seen.record, digest);
        }
        let home = self.home_of(seen.record)?;
        let known = home.is_some_and(|component| seen.is_known_to(component));
        if known && !corrected.contains(&seen.record) {
            return Ok(());
        }
        if let Some(home) = home {
            self.take(home);
        }
        let mut shared: Vec<IdentifierId> = Vec::new();
        for identifier in seen.linking() {
            match self.read.identifier_home(self.context.tenant, identifier) {
                Some(IdentifierHome::In(id)) => {
                    let component = self.component(*id)?;
                    if !component.identifiers.contains_key(&identifier) {
                        return Err(Pause::Stale);
                    }
                    self.take(component);
                }
                Some(IdentifierHome::Shared) if !self.shares.opened.contains(&identifier) => {
                    shared.push(identifier);
                }
                _ => {}
            }
        }
        self.pool.observe(&seen);
        shared.iter().for_each(|identifier| self.pool.share(*identifier));
        self.shares.known.extend(shared);
        Ok(())
    }

    /// Adds a verdict; it connects its records, whatever it rules.
    pub(super) fn rule(&mut self, verdict: &Verdict) -> Step<()> {
        for record in [verdict.a, verdict.b] {
            self.take_record(record)?;
            self.note(record, Digest::of(verdict));
        }
        self.pool.rule(verdict);
        Ok(())
    }

    /// Writes every component that is not as it was.
    pub(super) fn write(self, writing: &mut Writing) {
        let (key, tenant, accepted) = (self.context.id_key, self.context.tenant, self.accepted);
        // A new row is named by a digest that was never accepted before and by its smallest record:
        // by one of its own, or, where it is a part that split off, by the batch's least.
        let least = accepted.values().min().copied().unwrap_or_else(|| Digest::of_bytes(b""));
        let rules = &self.context.configuration.identity;
        let after = self.pool.into_components(rules, |set: &[RecordId]| {
            let own = set.iter().filter_map(|record| accepted.get(record)).min();
            key.component(tenant, own.copied().unwrap_or(least), set[0])
        });
        writing.put_components(&self.before, after, &self.shares);
    }

    fn note(&mut self, record: RecordId, digest: Digest) {
        let known = self.accepted.entry(record).or_insert(digest);
        *known = (*known).min(digest);
    }

    fn take(&mut self, component: &'v Arc<Component>) {
        if self.before.insert(component.id, component).is_none() {
            self.pool.take(component);
        }
    }

    fn take_record(&mut self, record: RecordId) -> Step<()> {
        if let Some(component) = self.home_of(record)? {
            self.take(component);
        }
        Ok(())
    }

    fn home_of(&self, record: RecordId) -> Step<Option<&'v Arc<Component>>> {
        let Some(id) = self.read.record_home(self.context.tenant, record) else {
            return Ok(None);
        };
        let component = self.component(*id)?;
        if component.records.contains_key(&record) {
            Ok(Some(component))
        } else {
            Err(Pause::Stale)
        }
    }

    /// A pointer without its component is a torn view: they were read in two rounds.
    fn component(&self, id: ComponentId) -> Step<&'v Arc<Component>> {
        self.read.component(self.context.tenant, id).ok_or(Pause::Stale)
    }
}
