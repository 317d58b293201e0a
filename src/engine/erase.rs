//! Who is to be forgotten? Erasure, step by step.
//!
//! The first step takes the person out of identity: the component is written without them, their
//! records and personal identifiers get tombstones, their choices become opt-outs, and nothing
//! reserved for them is sent any more. From then on what is theirs is refused, and views do not
//! show them. Each further step purges a page of one record's facts and decisions. The receipt is
//! the row that says what is left to do: whoever calls next goes on there.
//!
//! # Law
//!
//! 1. Afterwards views equal those of never having seen the person (`tests/erasure.rs`).
//! 2. A step is one commit; stopped after any, a second call finishes the work.
//!
//! Costs: the first step what reading and writing one component costs, with two tombstones per
//! record and identifier; each further one up to a page of rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::cancel::{self, Cancelling};
use super::forget::{Burial, Forgetting};
use super::growth::Growth;
use super::in_force;
use super::indexed::leave;
use super::intake::shown;
use super::person::{Person, verdicts};
use super::read::locate;
use super::remains;
use super::sharing::Doubted;
use super::tombstone::Tombstones;
use super::writing::Writing;
use super::{Context, Pause, Reading, Step, View};
use crate::identity::Observation;
use crate::model::{
    Body, Changeset, Copies, Decision, Digest, Erased, Erasure, ErasureId, Index, Keeping, Key,
    Page, Put, Range, RecordId, Row, RowCounts, Sort, Timestamp, TouchpointId,
};

/// Most facts, and most decisions, that one step erases.
const PAGE: u32 = 100;

/// What became of a wish to erase.
#[derive(Debug, Clone)]
pub enum Erasing {
    /// It has begun; [`erase_more`] until it is complete.
    Begun(Box<Erasure>),
    /// It had begun before, or was complete before and nothing came since.
    Known(Box<Erasure>),
    /// No touchpoint of the subject was ever seen.
    Unknown,
    /// There is no erasure key to keep tombstones under.
    NoKey,
}

/// Begins to erase the customer that holds a record now, all its records with it.
///
/// # Errors
///
/// [`Pause`].
pub fn erase(
    context: &Context<'_>,
    view: &View,
    subject: RecordId,
    reason: &str,
    now: Timestamp,
) -> Step<(Erasing, Changeset)> {
    let nothing = |erasing| Ok((erasing, Changeset::default()));
    let Some(key) = context.erasure_keys.first() else { return nothing(Erasing::NoKey) };
    let mut read = Reading::of(view);
    Tombstones::want_gate(context, &mut read);
    let found = locate(context, &mut read, subject)?;
    if let Some(known) = known(context, &mut read, subject)?
        && (!known.is_complete() || found.is_none() || known.erased_at >= now)
    {
        return nothing(Erasing::Known(Box::new(known.clone())));
    }
    let (person, left) = match &found {
        Some(found) => {
            let person = Person::of(context, &mut read, found, now)?;
            (Some(person), found.cluster.records.clone())
        }
        None => (Person::unseen(context, &mut read, subject, now)?, vec![subject]),
    };
    let Some(person) = person else { return nothing(Erasing::Unknown) };
    let id = key.erasure(context.tenant, left[0], now);
    read.want(Key::erasure(context.tenant, id));
    let burial = Burial { key, at: now, erasure: Some(id) };
    let mut erasure = Erasure {
        id,
        erased_at: now,
        reason: reason.to_owned(),
        key: key.check_value(),
        erased: RowCounts::new(),
        kept: [].into(),
        left,
    };
    let mut writing = Writing::new(context.tenant);
    person.take_out(context, &mut read, burial, &mut erasure, &mut writing)?;
    Forgetting::open_gate(context, &read, key, &mut writing);
    let changeset = finish(context, &read, writing, &mut erasure);
    Ok((Erasing::Begun(Box::new(erasure)), changeset))
}

/// The erasure that took a record before, if any.
fn known<'v>(
    context: &Context<'_>,
    read: &mut Reading<'v>,
    subject: RecordId,
) -> Step<Option<&'v Erasure>> {
    let tombstones = Tombstones::of(context, read)?;
    tombstones.want(read, Erased::Record(subject));
    read.settle()?;
    let found = tombstones.find(read, Erased::Record(subject));
    let Some(id) = found.and_then(|tombstone| tombstone.erasure) else { return Ok(None) };
    read.want(Key::erasure(context.tenant, id));
    read.settle()?;
    Ok(read.erasure(context.tenant, id).map(AsRef::as_ref))
}

/// The last place of a fact whose time is known.
pub(super) const LAST_DATED: Sort = Sort { time: i64::MAX - 1, id: Uuid::max() };

pub(super) fn timeline(context: &Context<'_>, record: RecordId) -> Range {
    Range::all(context.tenant, Index::Timeline, record.as_uuid())
}

pub(super) fn copies(row: &Row) -> Option<&Arc<Copies>> {
    match &row.body {
        Body::Touchpoint(copies) => Some(copies),
        _ => None,
    }
}

/// Writes the receipt beside what it tells of.
fn finish(
    context: &Context<'_>,
    read: &Reading<'_>,
    writing: Writing,
    erasure: &mut Erasure,
) -> Changeset {
    let mut changeset = writing.finish_purging(read);
    for key in &changeset.purges {
        *erasure.erased.entry(key.kind).or_default() += 1;
    }
    let body = Body::Erasure(Arc::new(erasure.clone()));
    let row = erasure.id.as_uuid();
    let entries = remains::listed(row, &body);
    changeset.puts.push(Put::new(context.tenant, row, body, entries));
    changeset
}

/// Erases a page of what is left; nothing where the erasure is complete or unknown.
///
/// # Errors
///
/// [`Pause`].
pub fn erase_more(
    context: &Context<'_>,
    view: &View,
    id: ErasureId,
) -> Step<(Option<Erasure>, Changeset)> {
    let mut read = Reading::of(view);
    read.want(Key::erasure(context.tenant, id));
    Tombstones::want_gate(context, &mut read);
    read.settle()?;
    let known = read.erasure(context.tenant, id).map(AsRef::as_ref);
    let Some(mut erasure) = known.cloned() else { return Ok((None, Changeset::default())) };
    let Some(record) = erasure.left.last().copied() else {
        return Ok((Some(erasure), Changeset::default()));
    };
    let key = context.erasure_keys.iter().find(|key| key.check_value() == erasure.key);
    let key = key.ok_or(Pause::UnknownErasureKey(erasure.key))?;
    let burial = Burial { key, at: erasure.erased_at, erasure: Some(id) };
    let page = RecordPage::read(context, &mut read, record, burial.at)?;
    let left: BTreeSet<RecordId> = erasure.left.iter().copied().collect();
    let mut forgetting = Forgetting::new(context, burial);
    page.facts.iter().for_each(|copies| forgetting.add(copies));
    forgetting.add_receipts(&mut read)?;
    forgetting.find_choices(&mut read, BTreeSet::new(), |_, touchpoint| {
        let own = touchpoint.record.is_some_and(|record| left.contains(&record));
        own && burial.covers(touchpoint)
    })?;
    let cancelling = Cancelling::of(context, &mut read, page.decisions)?;
    let mut writing = Writing::new(context.tenant);
    if !page.more {
        settle_record(
            context,
            &mut read,
            (record, Digest::of(&(id, record))),
            &mut writing,
            |id| forgetting.has(id),
        )?;
        erasure.left.pop();
    }
    erasure.count_kept(Keeping::Tombstones, forgetting.len());
    let opt_outs = forgetting.write(&read, BTreeSet::new(), &mut writing);
    erasure.count_kept(Keeping::OptOuts, opt_outs);
    cancelling.write(context, &read, &mut writing);
    let changeset = finish(context, &read, writing, &mut erasure);
    Ok((Some(erasure), changeset))
}

/// A page of one record's facts and decisions that are to be erased.
struct RecordPage<'v> {
    facts: Vec<&'v Arc<Copies>>,
    decisions: Vec<&'v Arc<Decision>>,
    more: bool,
}

impl<'v> RecordPage<'v> {
    fn read(
        context: &Context<'_>,
        read: &mut Reading<'v>,
        record: RecordId,
        at: Timestamp,
    ) -> Step<Self> {
        let until = Some(Sort { time: at.micros(), id: Uuid::max() });
        let all = Range { limit: PAGE, ..timeline(context, record) };
        let ranges = [
            Range { until, ..all },
            Range { after: Some(LAST_DATED), ..all },
            Range { until, index: Index::Decisions, ..all },
        ];
        let pages = ranges.map(|range| read.page(range));
        read.settle()?;
        let pages: Vec<&Page> = pages.into_iter().flatten().collect();
        let rows = || pages.iter().flat_map(|page| page.rows.iter().map(|(_, row)| row));
        Ok(Self {
            facts: rows().filter_map(copies).collect(),
            decisions: cancel::decisions(rows()).collect(),
            more: pages.iter().any(|page| page.more),
        })
    }
}

/// Lays out a record again from the facts that stay, where one came while others were erased. It
/// leaves the live index, which may show what goes; where nothing stays, what models said of it
/// goes, too.
pub(super) fn settle_record(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    (record, digest): (RecordId, Digest),
    writing: &mut Writing,
    goes: impl Fn(TouchpointId) -> bool,
) -> Step<()> {
    let own = BTreeSet::from([record]);
    read.want(Key::record_at(context.tenant, record));
    read.want(Key::indexed(context.tenant, record));
    let rows = read.group(timeline(context, record), true).unwrap_or_default();
    let (_, mut scored) = verdicts(context, read, &own, Timestamp::MIN)?;
    leave(context, read, record, writing);
    let stays = rows.into_iter().filter_map(copies).map(|copies| copies.chosen());
    let stays: Vec<_> = stays.filter(|touchpoint| !goes(touchpoint.id)).collect();
    if !stays.is_empty() {
        scored.clear();
    }
    let scored_rows = scored.iter().map(|id| Key::verdict(context.tenant, *id));
    scored_rows.clone().for_each(|key| read.want(key));
    read.settle()?;
    scored_rows.for_each(|key| writing.purge(key));
    let Some(home) = read.record_home(context.tenant, record) else { return Ok(()) };
    read.want(Key::component(context.tenant, *home));
    read.settle()?;
    let shown = stays.into_iter().filter_map(|touchpoint| shown(context, touchpoint).observation);
    let shown: Vec<Observation> = shown.collect();
    in_force::laid_out(context, read)?;
    let doubted = Doubted::find(context, read, &own)?;
    let mut growth = Growth::new(context, read);
    growth.open(&doubted)?;
    growth.take_out(&own, &scored, &shown, digest)?;
    growth.write(writing);
    Ok(())
}
