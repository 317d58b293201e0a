//! What do new facts change? Copies, components, pointers and choices, as one changeset.
//!
//! A first touch takes one round and a repeat touch two. A correction (a copy that displaces the
//! one that views took) also reads the facts of the records that it concerns, and rests on those
//! groups. Facts are applied as a set: their order within the batch changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::copies::{CopyChanges, merge};
use super::growth::Growth;
use super::in_force;
use super::intake::{Facts, Prepared, mentions, shown};
use super::sharing::Doubted;
use super::tombstone::Tombstones;
use super::writing::Writing;
use super::{Context, Reading, Step, View};
use crate::identity::Observation;
use crate::model::{
    Body, Changeset, ConsentLedger, IdentifierId, Index, Key, Range, RecordId, TouchpointId,
    Verdict,
};

/// What became of one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// New; it counts from now on.
    Accepted,
    /// Known with this content, or a model's word that a later one replaced; nothing changed.
    Duplicate,
    /// Known with other content; both are kept and views take one.
    Conflicting,
    /// It belongs to a person who was erased, or to a time that is over; nothing is kept.
    Erased,
}

/// What new facts change.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// To be committed.
    pub changeset: Changeset,
    /// What became of each touchpoint, in the order given.
    pub fates: Vec<Fate>,
    /// What became of each verdict, in the order given.
    pub verdict_fates: Vec<Fate>,
}

/// Takes facts in; those of erased people are refused.
///
/// # Errors
///
/// [`super::Pause`]: at most three rounds, wherever something was erased one more for a first
/// touch.
pub fn receive(context: &Context<'_>, view: &View, facts: &Facts) -> Step<Received> {
    let ask = || -> Step<_> {
        let mut read = Reading::of(view);
        want_facts(context, &mut read, facts);
        Tombstones::want_gate(context, &mut read);
        read.settle()?;
        let tombstones = Tombstones::of(context, &read)?;
        tombstones.want_facts(context, &mut read, facts);
        Ok((read, tombstones))
    };
    let (read, tombstones) = ask()?;
    // Tombstones are read in one round with all that is needed if there are none.
    let received = take(context, read, facts)?;
    if tombstones.is_empty() {
        return Ok(received);
    }
    let (read, _) = ask()?;
    let erased = |fact: &Prepared| tombstones.has_touchpoint(context, &read, fact);
    let erased: Vec<bool> = facts.touchpoints.iter().map(erased).collect();
    let ruled = |verdict: &Verdict| tombstones.has_verdict(&read, verdict);
    let ruled: Vec<bool> = facts.verdicts.iter().map(ruled).collect();
    if !erased.iter().chain(&ruled).any(|erased| *erased) {
        return Ok(received);
    }
    let rest = Facts {
        touchpoints: kept(&facts.touchpoints, &erased),
        verdicts: kept(&facts.verdicts, &ruled),
    };
    let mut received = take(context, read, &rest)?;
    received.fates = with_erased(received.fates, &erased);
    received.verdict_fates = with_erased(received.verdict_fates, &ruled);
    Ok(received)
}

fn kept<T: Clone>(all: &[T], erased: &[bool]) -> Vec<T> {
    all.iter().zip(erased).filter(|(_, erased)| !**erased).map(|(fact, _)| fact.clone()).collect()
}

fn with_erased(fates: Vec<Fate>, erased: &[bool]) -> Vec<Fate> {
    let mut fates = fates.into_iter();
    let fate = |erased: &bool| if *erased { None } else { fates.next() };
    erased.iter().map(fate).map(|fate| fate.unwrap_or(Fate::Erased)).collect()
}

fn take(context: &Context<'_>, mut read: Reading<'_>, facts: &Facts) -> Step<Received> {
    let new_tenant = in_force::layout(context, &mut read, facts)?;
    let (copies, fates) = merge(context, &read, facts);
    let displaced = Displaced::find(context, &copies);
    displaced.want(context, &mut read);
    want_components(context, &mut read);
    let still_shown = displaced.still_shown(context, &mut read, &copies);
    read.settle()?;
    let doubted = Doubted::find(context, &mut read, &displaced.records)?;

    let verdicts = new_verdicts(context, &read, facts);
    let mut writing = Writing::new(context.tenant);
    for change in copies.values().filter(|change| change.accepted.is_some()) {
        writing.put_copies(&change.after, &mentions(context, &change.after));
    }
    for verdict in &verdicts {
        writing.put_verdict(verdict);
    }
    write_consents(context, &read, &copies, &displaced, &mut writing);
    let mut growth = Growth::new(context, &read);
    growth.open(&doubted)?;
    growth.correct(&displaced.records, &still_shown)?;
    for change in copies.values() {
        growth.grow(change)?;
    }
    for verdict in &verdicts {
        growth.rule(verdict, read.verdict(context.tenant, verdict.id).map(AsRef::as_ref))?;
    }
    growth.write(&mut writing);
    writing.put_new_layout(new_tenant);
    let verdict_fates = verdict_fates(facts, &verdicts);
    Ok(Received { changeset: writing.finish(&read), fates, verdict_fates })
}

fn want_facts(context: &Context<'_>, read: &mut Reading<'_>, facts: &Facts) {
    let tenant = context.tenant;
    read.want(Key::layout(tenant));
    for fact in &facts.touchpoints {
        read.want(Key::touchpoint(tenant, fact.touchpoint().id));
        if let Some(seen) = &fact.shown.observation {
            read.want(Key::record_at(tenant, seen.record));
            for id in seen.linking() {
                read.want(Key::identifier_at(tenant, id));
            }
        }
        for (endpoint, _) in &fact.shown.consents {
            read.want(Key::consent(tenant, *endpoint));
        }
    }
    for verdict in &facts.verdicts {
        read.want(Key::verdict(tenant, verdict.id));
        read.want(Key::record_at(tenant, verdict.a));
        read.want(Key::record_at(tenant, verdict.b));
    }
}

/// Every component to which a row points that was asked for.
fn want_components(context: &Context<'_>, read: &mut Reading<'_>) {
    for home in read.homes() {
        read.want(Key::component(context.tenant, home));
    }
}

fn new_verdicts<'a>(
    context: &Context<'_>,
    read: &Reading<'_>,
    facts: &'a Facts,
) -> Vec<&'a Verdict> {
    let mut new: BTreeMap<_, &Verdict> = BTreeMap::new();
    for verdict in &facts.verdicts {
        let known = read.verdict(context.tenant, verdict.id).map(AsRef::as_ref);
        let known = new.get(&verdict.id).copied().or(known);
        if known.is_none_or(|known| verdict.replaces(known)) {
            new.insert(verdict.id, verdict);
        }
    }
    new.into_values().collect()
}

fn verdict_fates(facts: &Facts, new: &[&Verdict]) -> Vec<Fate> {
    let mut fresh: BTreeSet<_> = new.iter().map(|verdict| verdict.id).collect();
    let fate = |verdict: &Verdict| {
        if fresh.remove(&verdict.id) { Fate::Accepted } else { Fate::Duplicate }
    };
    facts.verdicts.iter().map(fate).collect()
}

/// What must be read again, since a copy that counted counts no longer.
#[derive(Default)]
struct Displaced {
    records: BTreeSet<RecordId>,
    endpoints: BTreeMap<IdentifierId, BTreeSet<TouchpointId>>,
}

impl Displaced {
    fn find(context: &Context<'_>, copies: &CopyChanges<'_>) -> Self {
        let mut found = Self::default();
        for (id, change) in copies {
            let Some(before) = change.displaced() else { continue };
            found.records.extend(before.record);
            found.records.extend(change.after.chosen().record);
            for (endpoint, _) in shown(context, before).consents {
                found.endpoints.entry(endpoint).or_default().insert(*id);
            }
        }
        found
    }

    fn want(&self, context: &Context<'_>, read: &mut Reading<'_>) {
        for record in &self.records {
            read.want(Key::record_at(context.tenant, *record));
        }
        for endpoint in self.endpoints.keys() {
            read.want(Key::consent(context.tenant, *endpoint));
        }
    }

    /// What the facts of these records that the batch does not change show.
    fn still_shown(
        &self,
        context: &Context<'_>,
        read: &mut Reading<'_>,
        copies: &CopyChanges<'_>,
    ) -> Vec<Observation> {
        let mut still = Vec::new();
        for record in &self.records {
            let range = Range::all(context.tenant, Index::Timeline, record.as_uuid());
            for row in read.group(range, true).unwrap_or_default() {
                let Body::Touchpoint(known) = &row.body else { continue };
                let touchpoint = known.chosen();
                if !copies.contains_key(&touchpoint.id) {
                    still.extend(shown(context, touchpoint).observation);
                }
            }
        }
        still
    }
}

fn write_consents(
    context: &Context<'_>,
    read: &Reading<'_>,
    copies: &CopyChanges<'_>,
    displaced: &Displaced,
    writing: &mut Writing,
) {
    let mut ledgers: BTreeMap<IdentifierId, ConsentLedger> = BTreeMap::new();
    let known = |endpoint: IdentifierId| -> ConsentLedger {
        read.consent(context.tenant, endpoint).map(|row| row.as_ref().clone()).unwrap_or_default()
    };
    for (endpoint, gone) in &displaced.endpoints {
        let ledger = ledgers.entry(*endpoint).or_insert_with(|| known(*endpoint));
        ledger.choices.retain(|touchpoint, _| !gone.contains(touchpoint));
    }
    for (id, change) in copies {
        let mut choices: BTreeMap<IdentifierId, Vec<_>> = BTreeMap::new();
        for (endpoint, consent) in change.newly_shown().iter().flat_map(|shown| &shown.consents) {
            choices.entry(*endpoint).or_default().push(consent.clone());
        }
        for (endpoint, consents) in choices {
            let ledger = ledgers.entry(endpoint).or_insert_with(|| known(endpoint));
            ledger.choices.insert(*id, consents);
        }
    }
    for (endpoint, ledger) in ledgers {
        writing.put_consents(endpoint, ledger);
    }
}
