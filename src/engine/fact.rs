//! Facts: what is known, what was told, what is to be corrected.
//!
//! Facts are told by version and kept for good. What was told of them is found by the decisions
//! that state them: of a fact, or of a record's party.

use std::collections::BTreeMap;

use super::read::locate;
use super::receive::Fate;
use super::writing::{Writing, listed};
use super::{Context, Reading, Step, View};
use crate::model::{
    Body, Changeset, Correction, Decision, FactHistory, FactId, FactKey, FactValue, Index, Key,
    KnownFact, LedgerState, OutboxEntry, OutboxState, Outcome, Range, RecordId, SendOutcome, Sort,
    Telling, Timestamp, ToldFact,
};

/// What became of a version of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactFate {
    /// It is new.
    Accepted,
    /// It was known.
    Duplicate,
    /// The same version says something else already, and goes on doing so.
    Conflicting,
}

/// Takes versions of facts in. Of two that differ under one number the first stays.
///
/// One round, a row for each fact.
///
/// # Errors
///
/// [`super::Pause`].
pub fn tell(
    context: &Context<'_>,
    view: &View,
    facts: &[KnownFact],
) -> Step<(Vec<FactFate>, Changeset)> {
    let tenant = context.tenant;
    let id = |fact: &KnownFact| context.id_key.fact(tenant, &fact.key);
    let mut read = Reading::of(view);
    facts.iter().for_each(|fact| read.want(Key::fact(tenant, id(fact))));
    read.settle()?;
    let mut after: BTreeMap<FactId, FactHistory> = BTreeMap::new();
    let fates = facts.iter().map(|fact| {
        let known = || read.fact(tenant, id(fact)).map(|known| FactHistory::clone(known));
        let known = after
            .entry(id(fact))
            .or_insert_with(|| known().unwrap_or_else(|| FactHistory::new(fact.key.clone())));
        let fate = match known.versions.get(&fact.version) {
            Some(same) if same == fact => FactFate::Duplicate,
            Some(_) => FactFate::Conflicting,
            None => FactFate::Accepted,
        };
        if fate == FactFate::Accepted {
            known.add(fact.clone());
        }
        fate
    });
    let fates = fates.collect();
    Ok((fates, write(context, &read, after)))
}

/// Takes in what another store knows of facts. Two that differ under one number conflict; which of
/// them stays does not depend on which came first: [`FactHistory::add`].
///
/// One round, a row for each fact.
///
/// # Errors
///
/// [`super::Pause`].
pub fn retell(
    context: &Context<'_>,
    view: &View,
    told: &[FactHistory],
) -> Step<(Vec<Fate>, Changeset)> {
    let tenant = context.tenant;
    let id = |told: &FactHistory| context.id_key.fact(tenant, &told.key);
    let mut read = Reading::of(view);
    told.iter().for_each(|told| read.want(Key::fact(tenant, id(told))));
    read.settle()?;
    let mut after: BTreeMap<FactId, FactHistory> = BTreeMap::new();
    let fates = told.iter().map(|told| {
        let known = || read.fact(tenant, id(told)).map(|known| FactHistory::clone(known));
        let known = after
            .entry(id(told))
            .or_insert_with(|| known().unwrap_or_else(|| FactHistory::new(told.key.clone())));
        let before = known.clone();
        told.versions.values().for_each(|version| known.add(version.clone()));
        if *known == before { Fate::Duplicate } else { Fate::Accepted }
    });
    let fates = fates.collect();
    Ok((fates, write(context, &read, after)))
}

fn write(
    context: &Context<'_>,
    read: &Reading<'_>,
    after: BTreeMap<FactId, FactHistory>,
) -> Changeset {
    let mut writing = Writing::new(context.tenant);
    for (id, history) in after {
        if read.fact(context.tenant, id).map(AsRef::as_ref) != Some(&history) {
            let entry = listed(Index::Facts, id.as_uuid());
            writing.put(id.as_uuid(), Body::Fact(history.into()), vec![entry]);
        }
    }
    writing.finish(read)
}

/// All that is known of facts, in their order; `None` for one of which nothing is.
///
/// # Errors
///
/// [`super::Pause`]: one round.
pub fn known(
    context: &Context<'_>,
    view: &View,
    facts: &[FactKey],
) -> Step<Vec<Option<FactHistory>>> {
    let tenant = context.tenant;
    let id = |fact: &FactKey| context.id_key.fact(tenant, fact);
    let mut read = Reading::of(view);
    facts.iter().for_each(|fact| read.want(Key::fact(tenant, id(fact))));
    read.settle()?;
    let known = facts.iter().map(|fact| read.fact(tenant, id(fact)));
    Ok(known.map(|known| known.map(|known| FactHistory::clone(known))).collect())
}

/// What a customer was told of facts on any of its records, the oldest first; a message that was
/// not sent told nothing.
///
/// Four rounds, and one for each further thousand messages of a record.
///
/// # Errors
///
/// [`super::Pause`].
pub fn told(context: &Context<'_>, view: &View, record: RecordId) -> Step<Vec<Telling>> {
    let mut read = Reading::of(view);
    let Some(found) = locate(context, &mut read, record)? else { return Ok(Vec::new()) };
    let mut decisions: Vec<&Decision> = Vec::new();
    for record in &found.cluster.records {
        let range = Range::all(context.tenant, Index::Told, record.as_uuid());
        let rows = read.group(range, false).unwrap_or_default();
        decisions.extend(rows.into_iter().filter_map(|row| decision(&row.body)));
    }
    read.settle()?;
    let mut told = tellings(context, &mut read, &decisions, None)?;
    told.sort_by(|a, b| (a.at, a.decision, &a.statement).cmp(&(b.at, b.decision, &b.statement)));
    Ok(told)
}

/// What is to be corrected of what was told of a fact, in the order of the decisions to tell it:
/// up to `limit` decisions after a place are looked at. Answers the place after which to go on;
/// `None` after the last.
///
/// A customer who was told several times is proposed once, where it was told last: and not at all
/// where that is so.
///
/// Five rounds.
///
/// # Errors
///
/// [`super::Pause`].
pub fn corrections(
    context: &Context<'_>,
    view: &View,
    fact: &FactKey,
    (after, limit): (Option<Sort>, u32),
    now: Timestamp,
) -> Step<(Vec<Correction>, Option<Sort>)> {
    let id = context.id_key.fact(context.tenant, fact);
    let mut read = Reading::of(view);
    read.want(Key::fact(context.tenant, id));
    let range = Range { after, limit, ..Range::all(context.tenant, Index::Told, id.as_uuid()) };
    let page = read.page(range);
    read.settle()?;
    let rows = page.map(|page| page.rows.as_slice()).unwrap_or_default();
    let next = page.filter(|page| page.more).and_then(|_| rows.last()).map(|(sort, _)| *sort);
    let Some(history) = read.fact(context.tenant, id) else { return Ok((Vec::new(), None)) };
    let in_force = history.at(now);
    let differs = |value: Option<&FactValue>| value != in_force.map(|known| &known.value);
    let wrong = rows.iter().filter_map(|(_, row)| decision(&row.body)).filter(|it| {
        let stated = it.intent.states.iter().find(|stated| stated.fact == *fact);
        stated.is_some_and(|stated| differs(history.value(stated.version)))
    });
    let wrong: Vec<&Decision> = wrong.collect();
    let told = tellings(context, &mut read, &wrong, Some(fact))?;
    let mut customers = Vec::with_capacity(told.len());
    for telling in &told {
        let found = locate(context, &mut read, telling.subject);
        customers.push(read.go_on(found)?.flatten());
    }
    read.settle()?;
    let records = customers.iter().flatten().flat_map(|found| &found.cluster.records);
    records.for_each(|record| read.want(Key::ledger(context.tenant, *record)));
    read.settle()?;
    let mut proposed = Vec::new();
    for (telling, found) in told.into_iter().zip(customers) {
        let Some(found) = found else { continue };
        let ledgers = found.cluster.records.iter();
        let ledgers = ledgers.filter_map(|record| read.ledger(context.tenant, *record));
        let states = |told: &ToldFact| told.fact == id;
        let entries = ledgers.flat_map(|ledger| &ledger.entries);
        // What is reserved to correct it counts as told.
        let last = entries
            .filter(|entry| entry.state.counts() && entry.told.iter().any(states))
            .max_by_key(|entry| (entry.at, entry.decision));
        if last.is_some_and(|last| last.decision == telling.decision) {
            let purpose = wrong.iter().find(|it| it.id == telling.decision);
            let Some(purpose) = purpose.map(|it| it.intent.purpose.clone()) else { continue };
            proposed.push(Correction { told: telling, now: in_force.cloned(), purpose });
        }
    }
    Ok((proposed, next))
}

/// What decisions told of facts, or of one, as far as they were sent or perhaps sent.
fn tellings(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    decisions: &[&Decision],
    only: Option<&FactKey>,
) -> Step<Vec<Telling>> {
    let tenant = context.tenant;
    let states = |it: &Decision| it.intent.states.clone();
    for it in decisions {
        read.want(Key::outbox(tenant, it.id));
        for stated in states(it) {
            read.want(Key::fact(tenant, context.id_key.fact(tenant, &stated.fact)));
        }
    }
    read.settle()?;
    let mut told = Vec::new();
    for it in decisions {
        let Some(entry) = read.outbox(tenant, it.id) else { continue };
        let Outcome::Send { channel, endpoint, at } = &it.outcome else { continue };
        let Some(state) = said(entry) else { continue };
        for statement in states(it).into_iter().filter(|it| only.is_none_or(|of| *of == it.fact)) {
            let known = read.fact(tenant, context.id_key.fact(tenant, &statement.fact));
            told.push(Telling {
                value: known.and_then(|known| known.value(statement.version).cloned()),
                statement,
                subject: it.intent.subject,
                channel: channel.clone(),
                endpoint: *endpoint,
                at: *at,
                state,
                decision: it.id,
            });
        }
    }
    Ok(told)
}

/// Whether a message was sent, or perhaps; `None` where it was not.
fn said(entry: &OutboxEntry) -> Option<LedgerState> {
    use SendOutcome::{Accepted, Partial, Replayed, Unknown};
    match &entry.state {
        OutboxState::Done(Accepted { .. } | Replayed { .. } | Partial { .. }) => {
            Some(LedgerState::Sent)
        }
        OutboxState::Done(Unknown) | OutboxState::Leased { .. } => Some(LedgerState::Ambiguous),
        _ => entry.uncertain.then_some(LedgerState::Ambiguous),
    }
}

fn decision(body: &Body) -> Option<&Decision> {
    match body {
        Body::Decision(decision) => Some(decision),
        _ => None,
    }
}
