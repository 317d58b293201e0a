//! What follows a message that got not far enough: its ladder's next step.
//!
//! With a decision that has fallbacks the outbox gets a promise: an entry for the next step, on
//! which nobody has decided yet. When the step before has left, its time runs; while it runs the
//! promise is looked at now and then, and once it is over, or the step before failed, the step is
//! decided on like any intent, with a promise of its own. So a crash loses no step, and no two
//! steps are on their way at once.
//!
//! # Law
//!
//! 1. A step is decided on only when the one before it is no longer in the outbox.
//! 2. Where any step got far enough, no later one leaves: the step's own intent says so
//!    ([`Intent::unless`](crate::model::Intent::unless)), and it is asked again at dispatch.
//!
//! Both: `tests/ladder.rs`. Costs up to six rounds.

use std::time::Duration;

use super::contact::contact_view;
use super::deciding::Deciding;
use super::delivery;
use super::read::locate;
use super::writing::Writing;
use super::{Context, Reading, Step, View};
use crate::consistency::{self, AWAIT};
use crate::model::{
    Changeset, Decision, DecisionId, Key, Milestone, OutboxEntry, OutboxState, Outcome, Progress,
    Promise, Refusal, Timestamp,
};

/// How often a running time is looked at.
const LOOKS: u32 = 8;

/// The promise of a decision's next step; `None` where nothing follows.
///
/// Where the decision does not send, the step is due at once; where a person decides, or it waits
/// for a digest, nothing follows by itself.
pub(super) fn promise(
    context: &Context<'_>,
    decision: &Decision,
    now: Timestamp,
) -> Option<OutboxEntry> {
    let (due, until) = match &decision.outcome {
        Outcome::Send { at, .. } => {
            let over = at.plus(time_of(decision)?);
            (over, over)
        }
        Outcome::Suppress => (now, now),
        _ => return None,
    };
    let next = decision.intent.next_step(decision.id)?;
    let id = context.id_key.decision(context.tenant, &next);
    let entry = OutboxEntry::new(id, next.subject, due);
    Some(OutboxEntry { promise: Some(Promise { after: decision.id, until }), ..entry })
}

/// How long the first fallback of a decision waits.
fn time_of(decision: &Decision) -> Option<Duration> {
    let first = decision.intent.fallbacks.first()?;
    Some(Duration::from_secs(u64::from(first.within_s)))
}

/// The id of the step that follows a decision.
pub(super) fn next_of(context: &Context<'_>, decision: &Decision) -> Option<DecisionId> {
    let next = decision.intent.next_step(decision.id)?;
    Some(context.id_key.decision(context.tenant, &next))
}

/// The promise that follows a message, once that is no longer in the outbox: its time runs from
/// now, or is over where the message was not sent.
pub(super) fn running(
    context: &Context<'_>,
    read: &Reading<'_>,
    decision: &Decision,
    state: &OutboxState,
    now: Timestamp,
) -> Option<OutboxEntry> {
    let next = next_of(context, decision)?;
    let promise = read.outbox(context.tenant, next)?;
    let known = promise.promise.filter(|_| promise.is_due())?;
    let was_sent = matches!(state, OutboxState::Done(_));
    let until = if was_sent { now.plus(time_of(decision)?) } else { now };
    let due = look(now, until, decision);
    Some(OutboxEntry { due, promise: Some(Promise { until, ..known }), ..promise.as_ref().clone() })
}

/// When to look again at a time that runs.
fn look(now: Timestamp, until: Timestamp, decision: &Decision) -> Timestamp {
    let part = time_of(decision).unwrap_or(AWAIT) / LOOKS;
    until.min(now.plus(part.max(AWAIT)))
}

/// Looks at a due promise: keeps it, ends it, or decides on its step.
///
/// # Errors
///
/// [`super::Pause`].
pub(super) fn keep(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    entry: &OutboxEntry,
    now: Timestamp,
) -> Step<Changeset> {
    let tenant = context.tenant;
    let Some(promise) = entry.promise else { return Ok(Changeset::default()) };
    read.want(Key::decision(tenant, promise.after));
    read.want(Key::outbox(tenant, promise.after));
    read.settle()?;
    let Some(before) = read.decision(tenant, promise.after) else {
        // It was erased, and so is what follows it.
        let mut writing = Writing::new(tenant);
        writing.purge(Key::outbox(tenant, entry.decision));
        return Ok(writing.finish(read));
    };
    let sent = read.outbox(tenant, promise.after);
    let Some(next) = before.intent.next_step(before.id) else { return Ok(Changeset::default()) };
    let mut known = Vec::new();
    for step in &next.unless {
        let progress = delivery::progress(context, read, step.message);
        known.extend(read.go_on(progress)?.flatten());
    }
    read.settle()?;
    if next.unless.iter().any(|step| known.iter().any(|it| has(it, step.message, step.milestone))) {
        let done = OutboxState::Refused(Refusal::Needless);
        return Ok(rewritten(context, read, OutboxEntry { state: done, ..entry.clone() }));
    }
    let failed = known.iter().any(|it| it.message == before.id && it.over);
    if sent.is_some_and(|sent| sent.is_open()) || (!failed && now < promise.until) {
        let waits = sent.is_some_and(|sent| sent.is_open());
        let until = if waits { now.plus(time_of(before).unwrap_or(AWAIT)) } else { promise.until };
        let promise = Some(Promise { until, ..promise });
        let due = look(now, until, before);
        return Ok(rewritten(context, read, OutboxEntry { due, promise, ..entry.clone() }));
    }
    let Some(found) = locate(context, read, next.subject)? else { return Ok(Changeset::default()) };
    let contact = contact_view(context, read, &found, &next, now)?;
    let (policy, version) = (&context.configuration.policy, context.version);
    let decision = consistency::decide(policy, version, entry.decision, &contact, &next, now);
    let mut deciding = Deciding::new(context, now);
    deciding.add(read, &decision, &found.cluster.records);
    if !matches!(decision.outcome, Outcome::Send { .. }) {
        let state = OutboxState::Refused(Refusal::NotToSend);
        deciding.put_outbox(OutboxEntry { state, ..entry.clone() });
    }
    Ok(deciding.finish(read))
}

fn has(known: &Progress, message: DecisionId, milestone: Milestone) -> bool {
    known.message == message && known.reached.is_some_and(|reached| reached >= milestone)
}

fn rewritten(context: &Context<'_>, read: &Reading<'_>, entry: OutboxEntry) -> Changeset {
    let mut writing = Writing::new(context.tenant);
    writing.put_outbox(entry);
    writing.finish(read)
}

/// The decisions of a message's ladder, the first step first; without those that nobody made yet.
///
/// # Errors
///
/// [`super::Pause`]: a round for each step.
pub fn ladder(context: &Context<'_>, view: &View, id: DecisionId) -> Step<Vec<Decision>> {
    let mut read = Reading::of(view);
    let (mut steps, mut next) = (Vec::new(), Some(id));
    while let Some(id) = next {
        read.want(Key::decision(context.tenant, id));
        read.settle()?;
        let Some(step) = read.decision(context.tenant, id) else { break };
        next = next_of(context, step);
        steps.push(Decision::clone(step));
    }
    Ok(steps)
}
