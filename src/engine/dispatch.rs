//! May it leave now? Claiming a due message, and settling what became of it.
//!
//! A claim gathers what is true now, asks `consistency::confirm`, and leases the entry under a new
//! fence; the hub commits the claim and only then sends. Settling needs the fence. An entry whose
//! lease ran out was perhaps sent: it is tried again only where the channel sends idempotently.
//!
//! Costs three rounds and one row to claim, two rounds and up to four rows to settle.

use std::time::Duration;

use super::decide::utc_offset;
use super::intake::{Facts, prepare};
use super::read::{endpoints, locate};
use super::receive::receive;
use super::writing::Writing;
use super::{Context, Pause, Reading, Step, View};
use crate::consistency;
use crate::model::{
    Act, Arrival, ArrivalMode, Attributes, Author, Authorized, Changeset, ChannelKind, Decision,
    DecisionId, Details, Key, LedgerState, Message, Occurred, Outbound, OutboxEntry, OutboxState,
    Outcome, Refusal, SendIdempotency, SendOutcome, Source, Standing, Timestamp, Touchpoint,
};

/// How long a claim holds.
pub const LEASE: Duration = Duration::from_secs(60);

/// Most tries of one message; then it is given up as rejected.
pub const ATTEMPTS_MAX: u32 = 10;

/// A message that may leave, once the changeset is committed.
#[derive(Debug)]
pub struct Claim {
    /// The message.
    pub message: Authorized<Outbound>,
    /// Only its holder may settle.
    pub fence: u64,
}

/// What became of a due entry.
#[derive(Debug)]
pub enum Claimed {
    /// It may leave, once the changeset is committed.
    Send(Box<Claim>),
    /// It may not: something was lost since the decision. Committed, its reservation is free again.
    Refused(Refusal),
    /// Its sender vanished; it was perhaps sent, and its channel cannot tell.
    Ambiguous,
    /// It is not due, or someone else holds it.
    NotDue,
}

/// Claims a due entry.
///
/// # Errors
///
/// [`Pause`].
pub fn claim(
    context: &Context<'_>,
    view: &View,
    id: DecisionId,
    now: Timestamp,
) -> Step<(Claimed, Changeset)> {
    let nothing = || Ok((Claimed::NotDue, Changeset::default()));
    let mut read = Reading::of(view);
    let tenant = context.tenant;
    read.want(Key::outbox(tenant, id));
    read.want(Key::decision(tenant, id));
    read.settle()?;
    let Some(entry) = read.outbox(tenant, id) else { return nothing() };
    let Some(decision) = read.decision(tenant, id) else { return Err(Pause::Stale) };
    if !entry.is_open() || entry.due > now {
        return nothing();
    }
    let Outcome::Send { channel, endpoint, at } = &decision.outcome else { return nothing() };
    read.want(Key::ledger(tenant, entry.subject));
    read.want(Key::consent(tenant, *endpoint));
    let capabilities = context.channels.get(channel);
    let idempotent = capabilities.is_some_and(|c| c.send_idempotency == SendIdempotency::Native);
    if matches!(entry.state, OutboxState::Leased { .. }) && !idempotent {
        read.settle()?;
        let settled = Settlement { id, fence: entry.fence, outcome: SendOutcome::Unknown };
        let writing = close(context, &read, entry, &settled);
        return Ok((Claimed::Ambiguous, writing.finish(&read)));
    }
    let standing = standing(context, &mut read, entry, decision, now)?;
    let mut next = OutboxEntry::clone(entry);
    match consistency::confirm(decision, &standing, now) {
        Ok(message) => {
            next.fence += 1;
            next.attempts += 1;
            next.due = now.plus(LEASE);
            next.state = OutboxState::Leased { until: next.due };
            let fence = next.fence;
            let mut writing = Writing::new(tenant);
            writing.put_outbox(next);
            Ok((Claimed::Send(Box::new(Claim { message, fence })), writing.finish(&read)))
        }
        Err(Refusal::TooEarly) => {
            let quiet = standing.quiet_until.unwrap_or(now);
            next.due = quiet.max(*at).max(now.plus(Duration::from_secs(1)));
            next.state = OutboxState::Due;
            let mut writing = Writing::new(tenant);
            writing.put_outbox(next);
            Ok((Claimed::NotDue, writing.finish(&read)))
        }
        Err(refusal) => {
            next.state = OutboxState::Refused(refusal);
            let mut writing = Writing::new(tenant);
            writing.put_outbox(next);
            mark(context, &read, entry, LedgerState::Released, &mut writing);
            Ok((Claimed::Refused(refusal), writing.finish(&read)))
        }
    }
}

fn standing(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    entry: &OutboxEntry,
    decision: &Decision,
    now: Timestamp,
) -> Step<Standing> {
    let tenant = context.tenant;
    let located = locate(context, read, entry.subject)?;
    let offset = located.as_ref().and_then(|found| utc_offset(context, read, found));
    read.settle()?;
    let (policy, purpose) = (&context.configuration.policy, &decision.intent.purpose);
    let Outcome::Send { endpoint, .. } = &decision.outcome else { return Err(Pause::Stale) };
    let held = located.map(|found| endpoints(&found.component, &found.cluster)).unwrap_or_default();
    let held = held.into_iter().find(|held| held.id == *endpoint);
    let consent = read.consent(tenant, *endpoint);
    let consent = consent.and_then(|known| known.in_force(&decision.intent.purpose));
    let reserved = read.ledger(tenant, entry.subject).and_then(|ledger| ledger.of(decision.id));
    Ok(Standing {
        address: held.map(|held| (held.namespace, held.value)),
        consent: consent.map(|(_, choice)| choice.state),
        reservation: reserved.map(|reserved| reserved.state),
        rules: policy.purposes.get(purpose).cloned(),
        quiet_until: consistency::quiet_until(policy, purpose, offset, now),
        attempts: entry.attempts,
    })
}

/// What became of a message that was handed to its channel.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The decision.
    pub id: DecisionId,
    /// The fence of the claim.
    pub fence: u64,
    /// What the channel said.
    pub outcome: SendOutcome,
}

/// Writes down what became of a message; the sending itself is a touchpoint.
///
/// `None` where the fence is not the entry's: another claim is younger, and this one says nothing.
///
/// # Errors
///
/// [`Pause`].
pub fn settle(
    context: &Context<'_>,
    view: &View,
    settlement: &Settlement,
    kind: &ChannelKind,
    now: Timestamp,
) -> Step<Option<Changeset>> {
    let mut read = Reading::of(view);
    let (tenant, id) = (context.tenant, settlement.id);
    read.want(Key::outbox(tenant, id));
    read.want(Key::decision(tenant, id));
    read.settle()?;
    let (Some(entry), Some(decision)) = (read.outbox(tenant, id), read.decision(tenant, id)) else {
        return Ok(None);
    };
    if entry.fence != settlement.fence || !matches!(entry.state, OutboxState::Leased { .. }) {
        return Ok(None);
    }
    read.want(Key::ledger(tenant, entry.subject));
    let told = match &settlement.outcome {
        SendOutcome::Accepted { provider_id } => {
            let sent = sent(context, decision, provider_id, kind, now);
            let arrival = Arrival::new(ArrivalMode::Live, Occurred::at(now), now);
            let touchpoints = sent.map(|sent| prepare(context, sent, arrival));
            let touchpoints = touchpoints.into_iter().collect();
            let facts = Facts { touchpoints, verdicts: Vec::new() };
            receive(context, view, &facts).map(|received| received.changeset)
        }
        _ => Ok(Changeset::default()),
    };
    read.settle()?;
    let writing = close(context, &read, entry, settlement);
    let (mut changeset, told) = (writing.finish(&read), told?);
    changeset.puts.extend(told.puts);
    changeset.deletes.extend(told.deletes);
    let rests_on: std::collections::BTreeSet<_> =
        changeset.expects.into_iter().chain(told.expects).collect();
    changeset.expects = rests_on.into_iter().collect();
    Ok(Some(changeset))
}

fn close(
    context: &Context<'_>,
    read: &Reading<'_>,
    entry: &OutboxEntry,
    settlement: &Settlement,
) -> Writing {
    let mut next = entry.clone();
    let reservation = match &settlement.outcome {
        SendOutcome::Accepted { .. } => Some(LedgerState::Sent),
        SendOutcome::Unknown => Some(LedgerState::Ambiguous),
        SendOutcome::Rejected { .. } => Some(LedgerState::Released),
        SendOutcome::Deferred { .. } if entry.attempts >= ATTEMPTS_MAX => {
            Some(LedgerState::Released)
        }
        SendOutcome::Deferred { .. } => None,
    };
    match (&settlement.outcome, reservation) {
        (SendOutcome::Deferred { retry_at }, None) => {
            next.due = *retry_at;
            next.state = OutboxState::Due;
        }
        (outcome, _) => next.state = OutboxState::Done(outcome.clone()),
    }
    let mut writing = Writing::new(context.tenant);
    writing.put_outbox(next);
    if let Some(state) = reservation {
        mark(context, read, entry, state, &mut writing);
    }
    writing
}

fn mark(
    context: &Context<'_>,
    read: &Reading<'_>,
    entry: &OutboxEntry,
    state: LedgerState,
    writing: &mut Writing,
) {
    let Some(row) = read.ledger(context.tenant, entry.subject) else { return };
    let mut ledger = row.as_ref().clone();
    if let Some(reserved) = ledger.of(entry.decision).cloned() {
        ledger.put(crate::model::LedgerEntry { state, ..reserved });
        writing.put_ledger(entry.subject, ledger);
    }
}

/// The sending as a fact: it stands in the timeline and in the conversation.
fn sent(
    context: &Context<'_>,
    decision: &Decision,
    provider_id: &str,
    kind: &ChannelKind,
    now: Timestamp,
) -> Option<Touchpoint> {
    let Outcome::Send { channel, .. } = &decision.outcome else { return None };
    let channel = channel.clone();
    let source = Source::new(channel.as_str());
    let text = decision.intent.text.expose().clone();
    Some(Touchpoint {
        id: context.id_key.touchpoint(context.tenant, &source, provider_id),
        source,
        external_id: Some(provider_id.to_owned()),
        revision: 0,
        record: Some(decision.intent.subject),
        channel,
        channel_kind: kind.clone(),
        act: Act::Sent,
        occurred: Occurred::at(now),
        objects: Vec::new(),
        identifiers: Vec::new(),
        attributes: Attributes::new(),
        message: Some(Message::outbound(Author::System, text)),
        answers: Vec::new(),
        receipt: None,
        consents: Vec::new(),
        details: Details::new(),
    })
}
