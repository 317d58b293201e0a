//! How evidence changes components: only those that new evidence touches are read and rewritten.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use super::copies::CopyChange;
use super::sharing::Doubted;
use super::writing::{Shares, Writing};
use super::{Context, Pause, Reading, Step};
use crate::identity::{self, Observation, Pool, Union};
use crate::model::{Component, ComponentId, Digest, IdentifierHome, RecordId, Verdict, VerdictId};

/// New evidence and the components that it touches.
pub(super) struct Growth<'a, 'v> {
    context: &'a Context<'a>,
    read: &'a Reading<'v>,
    before: BTreeMap<ComponentId, &'v Arc<Component>>,
    additions: Vec<Addition<'a>>,
    changes: Changes<'a>,
    /// The least digest newly accepted on each record.
    accepted: BTreeMap<RecordId, Digest>,
    /// What rows say of shared identifiers; of those that are opened every bearer is here.
    shares: Shares,
}

/// What a touchpoint newly shows.
struct Addition<'a> {
    seen: Cow<'a, Observation>,
    /// The components that it touches, and what no component holds yet.
    touches: Vec<Uuid>,
}

/// What does more than add.
#[derive(Default)]
struct Changes<'a> {
    corrected: BTreeSet<RecordId>,
    still_shown: &'a [Observation],
    withdrawn: BTreeSet<VerdictId>,
    ruled: Vec<&'a Verdict>,
}

impl<'a, 'v> Growth<'a, 'v> {
    pub(super) fn new(context: &'a Context<'a>, read: &'a Reading<'v>) -> Self {
        Self {
            context,
            read,
            before: BTreeMap::new(),
            additions: Vec::new(),
            changes: Changes::default(),
            accepted: BTreeMap::new(),
            shares: Shares::default(),
        }
    }

    /// Judges anew what was shared and may be so no longer.
    pub(super) fn open(&mut self, doubted: &Doubted) -> Step<()> {
        for (identifier, homes) in &doubted.bearers {
            for home in homes {
                self.take(self.component(*home)?);
            }
            self.shares.opened.insert(*identifier);
        }
        Ok(())
    }

    /// Lays out again the records that a displaced copy concerns.
    pub(super) fn correct(
        &mut self,
        records: &BTreeSet<RecordId>,
        still_shown: &'a [Observation],
    ) -> Step<()> {
        for record in records {
            self.take_record(*record)?;
        }
        self.changes.corrected.extend(records);
        self.changes.still_shown = still_shown;
        Ok(())
    }

    /// Takes records and verdicts out, as if they had never been seen; `still_shown` stays.
    /// `digest` is of what is taken out: it names parts that split off.
    pub(super) fn take_out(
        &mut self,
        records: &BTreeSet<RecordId>,
        verdicts: &BTreeSet<VerdictId>,
        still_shown: &'a [Observation],
        digest: Digest,
    ) -> Step<()> {
        self.correct(records, still_shown)?;
        self.changes.withdrawn.extend(verdicts);
        records.iter().for_each(|record| self.note(*record, digest));
        Ok(())
    }

    /// Adds what a touchpoint newly shows; on a corrected record also what it showed before.
    pub(super) fn grow(&mut self, change: &CopyChange<'a>) -> Step<()> {
        let newly = change.newly_shown().and_then(|shown| shown.observation.as_ref());
        let kept = || super::intake::shown(self.context, change.after.chosen()).observation;
        let corrected = &self.changes.corrected;
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
        if known && !self.changes.corrected.contains(&seen.record) {
            return Ok(());
        }
        let mut touches = Vec::with_capacity(1 + seen.identifiers.len());
        match home {
            Some(home) => touches.push(self.take(home)),
            None => touches.push(seen.record.as_uuid()),
        }
        for identifier in seen.linking() {
            match self.read.identifier_home(self.context.tenant, identifier) {
                Some(IdentifierHome::In(id)) => {
                    let component = self.component(*id)?;
                    if !component.identifiers.contains_key(&identifier) {
                        return Err(Pause::Stale);
                    }
                    touches.push(self.take(component));
                }
                Some(IdentifierHome::Shared) if !self.shares.opened.contains(&identifier) => {
                    self.shares.known.insert(identifier);
                }
                _ => touches.push(identifier.as_uuid()),
            }
        }
        self.additions.push(Addition { seen, touches });
        Ok(())
    }

    /// Adds a verdict in the place of the one of its id, if any; it connects its records, whatever
    /// it rules, unless it weighs next to nothing.
    pub(super) fn rule(&mut self, verdict: &'a Verdict, known: Option<&Verdict>) -> Step<()> {
        let connected = known.is_some_and(Verdict::connects);
        if !verdict.connects() && !connected {
            return Ok(());
        }
        for record in [verdict.a, verdict.b] {
            self.take_record(record)?;
            self.note(record, Digest::of(verdict));
        }
        self.changes.withdrawn.extend(connected.then_some(verdict.id));
        self.changes.ruled.extend(verdict.connects().then_some(verdict));
        Ok(())
    }

    /// Writes every component that is not as it was.
    pub(super) fn write(self, writing: &mut Writing) {
        let after = if self.only_adds() {
            self.groups().iter().flat_map(|group| self.extended(group)).collect()
        } else {
            let all: Vec<&Observation> = self.additions.iter().map(|more| &*more.seen).collect();
            self.laid_out(self.before.values().copied(), &all)
        };
        writing.put_components(self.read, &self.before, after, &self.shares);
    }

    fn only_adds(&self) -> bool {
        let Changes { corrected, still_shown: _, withdrawn, ruled } = &self.changes;
        let opened = &self.shares.opened;
        corrected.is_empty() && withdrawn.is_empty() && ruled.is_empty() && opened.is_empty()
    }

    /// Additions that touch something in common, each group with the components that it touches.
    fn groups(&self) -> Vec<Group<'_, 'v>> {
        let touched = self
            .additions
            .iter()
            .zip(0..)
            .flat_map(|(more, at)| more.touches.iter().map(move |touched| (*touched, at)));
        let mut touched: Vec<(Uuid, u32)> = touched.collect();
        touched.sort_unstable();
        let mut union = Union::new(self.additions.len());
        for same in touched.chunk_by(|one, other| one.0 == other.0) {
            for (_, at) in &same[1..] {
                union.join(same[0].1, *at);
            }
        }
        let mut groups: BTreeMap<u32, Group<'_, 'v>> = BTreeMap::new();
        for (more, at) in self.additions.iter().zip(0..) {
            groups.entry(union.root(at)).or_default().seen.push(&more.seen);
        }
        for same in touched.chunk_by(|one, other| one.0 == other.0) {
            if let Some(component) = self.before.get(&ComponentId::from_uuid(same[0].0)) {
                groups.entry(union.root(same[0].1)).or_default().homes.push(component);
            }
        }
        groups.into_values().collect()
    }

    /// A group's components as they are with it.
    fn extended(&self, group: &Group<'_, 'v>) -> Vec<Component> {
        let rules = &self.context.configuration.identity;
        let extended = match group.homes.as_slice() {
            [] => {
                let mut records: Vec<RecordId> =
                    group.seen.iter().map(|seen| seen.record).collect();
                records.sort_unstable();
                let new = Component::new(self.name(&records));
                identity::extend(rules, &new, &group.seen, &self.shares.known)
            }
            [home] => identity::extend(rules, home, &group.seen, &self.shares.known),
            _ => None,
        };
        match extended {
            Some(component) => vec![component],
            None => self.laid_out(group.homes.iter().copied(), &group.seen),
        }
    }

    /// Components taken apart and laid out again, with everything that changes them.
    fn laid_out(
        &self,
        homes: impl Iterator<Item = &'v Arc<Component>>,
        seen: &[&Observation],
    ) -> Vec<Component> {
        let Changes { corrected, still_shown, withdrawn, ruled } = &self.changes;
        let mut pool = Pool::default();
        homes.for_each(|home| pool.take(home));
        self.shares.opened.iter().for_each(|identifier| pool.open(*identifier));
        corrected.iter().for_each(|record| pool.forget(*record));
        still_shown.iter().for_each(|seen| pool.observe(seen));
        pool.withdraw(withdrawn);
        for seen in seen {
            pool.observe(seen);
            let shown = seen.linking().filter(|id| self.shares.known.contains(id));
            shown.for_each(|identifier| pool.share(identifier));
        }
        ruled.iter().for_each(|verdict| pool.rule(verdict));
        let rules = &self.context.configuration.identity;
        pool.into_components(rules, |records| self.name(records))
    }

    /// Names a new row by a digest that was never accepted before and by its smallest record: by
    /// one of its own, or, where it is a part that split off, by the batch's least.
    fn name(&self, records: &[RecordId]) -> ComponentId {
        let own = records.iter().filter_map(|record| self.accepted.get(record)).min();
        let accepted = own.or_else(|| self.accepted.values().min()).copied();
        let accepted = accepted.unwrap_or_else(|| Digest::of_bytes(b""));
        self.context.id_key.component(self.context.tenant, accepted, records[0])
    }

    fn note(&mut self, record: RecordId, digest: Digest) {
        let known = self.accepted.entry(record).or_insert(digest);
        *known = (*known).min(digest);
    }

    fn take(&mut self, component: &'v Arc<Component>) -> Uuid {
        self.before.insert(component.id, component);
        component.id.as_uuid()
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

/// What touches something in common.
#[derive(Default)]
struct Group<'g, 'v> {
    homes: Vec<&'v Arc<Component>>,
    seen: Vec<&'g Observation>,
}
