//! What is kept too long? Facts whose time is over, record by record.
//!
//! A step looks at one record, or at a page of facts on which nobody was identified, erases up to a
//! page of those that are due, and lays the record out again from what stays: views are then those
//! of never having seen what went.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::cancel::{Cancelling, decisions};
use super::erase::{LAST_DATED, copies, settle_record, timeline};
use super::forget::{Burial, Forgetting};
use super::tombstone::Tombstones;
use super::writing::Writing;
use super::{Context, Reading, Step, View};
use crate::model::{
    Changeset, Copies, Decision, Digest, ErasureKey, Index, Key, Range, RecordId, RetentionRule,
    Row, RowCounts, Sort, Timestamp,
};

/// Most facts, and most decisions, that one step erases.
const PAGE: usize = 100;

/// What one step erased, and whether to take it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetentionStep {
    /// How many rows of each kind.
    pub erased: RowCounts,
    /// Where to go on among facts without a record; `None` after the last.
    pub next: Option<Sort>,
    /// Whether more of the same record is due.
    pub more: bool,
}

/// Erases a page of a record's facts and decisions whose time is over.
///
/// # Errors
///
/// [`super::Pause`].
pub fn retain_record(
    context: &Context<'_>,
    view: &View,
    key: &ErasureKey,
    record: RecordId,
    now: Timestamp,
) -> Step<(RetentionStep, Changeset)> {
    let rules = &context.configuration.retention;
    let Some(earliest) = RetentionRule::earliest_due(rules, now) else {
        return Ok(<_>::default());
    };
    let mut read = Reading::of(view);
    let until = Some(Sort { time: earliest.micros(), id: Uuid::max() });
    let all = timeline(context, record);
    let dated = read.group(Range { until, ..all }, false).unwrap_or_default();
    let undated = read.group(Range { after: Some(LAST_DATED), ..all }, false).unwrap_or_default();
    let old = old_decisions(context, &mut read, record, now)?;
    read.settle()?;
    let mut due = due(rules, dated.into_iter().chain(undated), now);
    let mut done =
        RetentionStep { more: due.len() > PAGE || old.len() > PAGE, ..RetentionStep::default() };
    due.truncate(PAGE);
    if due.is_empty() && old.is_empty() {
        return Ok((done, Changeset::default()));
    }
    let burial = Burial { key, at: now, erasure: None };
    let forgetting = forget(context, &mut read, burial, &due)?;
    let cancelling = Cancelling::of(context, &mut read, old.into_iter().take(PAGE).collect())?;
    let mut writing = Writing::new(context.tenant);
    let digest = Digest::of(&(record, due.iter().map(|c| c.chosen().id).collect::<Vec<_>>()));
    settle_record(context, &mut read, (record, digest), &mut writing, |id| forgetting.has(id))?;
    forgetting.write(&read, BTreeSet::new(), &mut writing);
    cancelling.write(context, &read, &mut writing);
    let changeset = finish(context, &read, key, writing, &mut done);
    Ok((done, changeset))
}

/// Erases those whose time is over among a page of facts on which nobody was identified.
///
/// # Errors
///
/// [`super::Pause`].
pub fn retain_unattributed(
    context: &Context<'_>,
    view: &View,
    key: &ErasureKey,
    after: Option<Sort>,
    now: Timestamp,
) -> Step<(RetentionStep, Changeset)> {
    let rules = &context.configuration.retention;
    let Some(earliest) = RetentionRule::earliest_due(rules, now) else {
        return Ok(<_>::default());
    };
    let mut read = Reading::of(view);
    let is_dated = after.is_none_or(|after| after < LAST_DATED);
    let until = is_dated.then_some(Sort { time: earliest.micros(), id: Uuid::max() });
    let all = Range::all(context.tenant, Index::Unattributed, Uuid::nil());
    let page = read.page(Range { after, until, limit: PAGE as u32, ..all });
    read.settle()?;
    let Some(page) = page else { return Ok(<_>::default()) };
    let last = page.rows.last().map(|(sort, _)| *sort);
    let next = if page.more { last } else { is_dated.then_some(LAST_DATED) };
    let mut done = RetentionStep { next, ..RetentionStep::default() };
    let due = due(rules, page.rows.iter().map(|(_, row)| row), now);
    if due.is_empty() {
        return Ok((done, Changeset::default()));
    }
    let burial = Burial { key, at: now, erasure: None };
    let forgetting = forget(context, &mut read, burial, &due)?;
    let mut writing = Writing::new(context.tenant);
    forgetting.write(&read, BTreeSet::new(), &mut writing);
    let changeset = finish(context, &read, key, writing, &mut done);
    Ok((done, changeset))
}

fn due<'v>(
    rules: &[RetentionRule],
    rows: impl Iterator<Item = &'v Row>,
    now: Timestamp,
) -> Vec<&'v Arc<Copies>> {
    rows.filter_map(copies).filter(|copies| RetentionRule::is_due(rules, copies, now)).collect()
}

/// Decisions whose time is over and of which nothing waits to be sent.
fn old_decisions<'v>(
    context: &Context<'_>,
    read: &mut Reading<'v>,
    record: RecordId,
    now: Timestamp,
) -> Step<Vec<&'v Arc<Decision>>> {
    let rules = &context.configuration.retention;
    let Some(due) = RetentionRule::decisions_due(rules, now) else { return Ok(Vec::new()) };
    let until = Some(Sort { time: due.micros(), id: Uuid::max() });
    let all = Range::all(context.tenant, Index::Decisions, record.as_uuid());
    let rows = read.group(Range { until, ..all }, false).unwrap_or_default();
    let mut old: Vec<&Arc<Decision>> = decisions(rows).collect();
    for decision in &old {
        read.want(Key::outbox(context.tenant, decision.id));
    }
    read.settle()?;
    let open = |id| read.outbox(context.tenant, id).is_some_and(|entry| entry.is_open());
    old.retain(|decision| !open(decision.id));
    Ok(old)
}

fn forget<'a, 'v>(
    context: &'a Context<'a>,
    read: &mut Reading<'v>,
    burial: Burial<'a>,
    due: &[&'v Arc<Copies>],
) -> Step<Forgetting<'a, 'v>> {
    let mut forgetting = Forgetting::new(context, burial);
    Tombstones::want_gate(context, read);
    due.iter().for_each(|copies| forgetting.add(copies));
    forgetting.add_receipts(read)?;
    forgetting.find_choices(read, BTreeSet::new(), |_, _| false)?;
    read.settle()?;
    Ok(forgetting)
}

fn finish(
    context: &Context<'_>,
    read: &Reading<'_>,
    key: &ErasureKey,
    mut writing: Writing,
    done: &mut RetentionStep,
) -> Changeset {
    Forgetting::open_gate(context, read, key, &mut writing);
    let changeset = writing.finish_purging(read);
    for key in &changeset.purges {
        *done.erased.entry(key.kind).or_default() += 1;
    }
    changeset
}
