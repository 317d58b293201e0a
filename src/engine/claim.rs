//! May it leave now? Claiming a due message.
//!
//! A claim gathers what is true now, asks `consistency::confirm`, and leases the entry under a new
//! fence; the hub commits the claim and only then sends. An entry whose lease ran out was perhaps
//! sent: it is tried again only where the channel tells repetitions, or where the message's class
//! would rather have it twice than never.
//!
//! Costs three rounds and one row; a second row where a frequency cap concerns it.

use std::time::Duration;

use super::contact::{at_dispatch, want_facts};
use super::fallback;
use super::in_force;
use super::opt_out::{choices, want_choices};
use super::outgoing::{self, ATTEMPTS_MAX, AfterUnknown};
use super::read::{endpoints, locate};
use super::writing::Writing;
use super::{Context, Pause, Reading, Step, View};
use crate::consistency;
use crate::model::{
    Authorized, Changeset, Decision, DecisionId, Key, LedgerEntry, LedgerState, Obstacle, Outbound,
    OutboxEntry, OutboxState, Outcome, RecordId, Refusal, SendOutcome, Standing, Timestamp,
};

/// How long a claim holds.
pub const LEASE: Duration = Duration::from_secs(60);

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
    /// An earlier try has perhaps sent it, and it is not tried again.
    Ambiguous,
    /// An earlier message of its conversation goes first; then it is due again.
    Waiting,
    /// It is not due, or someone else holds it.
    NotDue,
    /// Its channel is not plugged in here.
    Unplugged,
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
    let nothing = |claimed| Ok((claimed, Changeset::default()));
    let mut read = Reading::of(view);
    read.want(Key::profile());
    let Some((entry, decision)) = outgoing::entry(context, &mut read, id)? else {
        return promised(context, &mut read, id, now);
    };
    in_force::configuration(context, &read)?;
    let Outcome::Send { channel, endpoint, .. } = &decision.outcome else {
        return nothing(Claimed::NotDue);
    };
    if !entry.is_due() || entry.due > now {
        return nothing(Claimed::NotDue);
    }
    if !context.channels.contains_key(channel) {
        return nothing(Claimed::Unplugged);
    }
    want_choices(context, &mut read, *endpoint)?;
    want_facts(context, &mut read, &decision.intent);
    let (entry, unknown) = (found(entry), AfterUnknown::of(context, decision));
    let again = unknown != AfterUnknown::GiveUp || bug!("sent_again_after_unknown");
    if entry.uncertain && (!again || entry.attempts >= ATTEMPTS_MAX) {
        return ambiguous(context, &mut read, &entry, now);
    }
    let ahead = outgoing::ahead(context, &mut read, &entry)?;
    if let Some(first) = ahead.filter(|_| !bug!("out_of_turn")) {
        let state = OutboxState::Waiting { behind: first.decision };
        let mut writing = Writing::new(context.tenant);
        writing.put_outbox(OutboxEntry { state, ..entry });
        // Whoever settles the first meanwhile saw nobody wait: this makes it look again.
        writing.put_outbox(first);
        return Ok((Claimed::Waiting, writing.finish(&read)));
    }
    let standing = standing(context, &mut read, &entry, decision, now)?;
    match consistency::confirm(decision, &standing, now) {
        Ok(message) => {
            let next = leased(&entry, unknown, now);
            let claim = Claim { message, fence: next.fence };
            let mut writing = Writing::new(context.tenant);
            writing.put_outbox(next);
            if is_capped(context, decision) {
                // It counts from now on where it leaves, so that another hub sees no room there.
                outgoing::left(context, &read, (entry.subject, entry.decision), now, &mut writing);
            }
            Ok((Claimed::Send(Box::new(claim)), writing.finish(&read)))
        }
        Err(Refusal::TooEarly) => {
            let due = not_before(decision, &standing, now);
            let next = OutboxEntry { due, state: OutboxState::Due, ..entry };
            Ok((Claimed::NotDue, postponed(context, &read, next)))
        }
        Err(_) if entry.uncertain => ambiguous(context, &mut read, &entry, now),
        Err(refusal) => {
            let next = OutboxEntry { state: OutboxState::Refused(refusal), ..entry };
            let writing = outgoing::write(context, &mut read, next, LedgerState::Released, now)?;
            Ok((Claimed::Refused(refusal), writing.finish(&read)))
        }
    }
}

/// What follows where nobody decided on an entry: it is promised, or not there.
fn promised(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    id: DecisionId,
    now: Timestamp,
) -> Step<(Claimed, Changeset)> {
    let entry = read.outbox(context.tenant, id).filter(|entry| entry.is_due() && entry.due <= now);
    let Some(entry) = entry else { return Ok((Claimed::NotDue, Changeset::default())) };
    in_force::configuration(context, read)?;
    Ok((Claimed::NotDue, fallback::keep(context, read, entry, now)?))
}

/// The entry as it was found: where its holder vanished, it has perhaps been sent.
fn found(entry: &OutboxEntry) -> OutboxEntry {
    let vanished = matches!(entry.state, OutboxState::Leased { .. });
    OutboxEntry { uncertain: entry.uncertain || vanished, ..entry.clone() }
}

fn leased(entry: &OutboxEntry, unknown: AfterUnknown, now: Timestamp) -> OutboxEntry {
    let due = now.plus(LEASE);
    OutboxEntry {
        due,
        attempts: entry.attempts + 1,
        fence: entry.fence + u64::from(!bug!("lease_without_fence")),
        state: OutboxState::Leased { until: due },
        possible_duplicate: entry.possible_duplicate
            || (entry.uncertain && unknown == AfterUnknown::Duplicate),
        ..entry.clone()
    }
}

/// When to look again at what it is too early for.
fn not_before(decision: &Decision, standing: &Standing, now: Timestamp) -> Timestamp {
    let at = match &decision.outcome {
        Outcome::Send { at, .. } => *at,
        _ => now,
    };
    let awaited = match standing.obstacle {
        Some(Obstacle::Until(later)) => Some(later),
        _ => None,
    };
    let held = standing.quiet_until.max(standing.capped_until).max(awaited).unwrap_or(now);
    held.max(at).max(now.plus(Duration::from_secs(1)))
}

/// An entry that stays open; nothing else changes.
fn postponed(context: &Context<'_>, read: &Reading<'_>, next: OutboxEntry) -> Changeset {
    let mut writing = Writing::new(context.tenant);
    writing.put_outbox(next);
    writing.finish(read)
}

fn ambiguous(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    entry: &OutboxEntry,
    now: Timestamp,
) -> Step<(Claimed, Changeset)> {
    let state = OutboxState::Done(SendOutcome::Unknown);
    let next = OutboxEntry { state, ..entry.clone() };
    read.settle()?;
    let writing = outgoing::write(context, read, next, LedgerState::Ambiguous, now)?;
    Ok((Claimed::Ambiguous, writing.finish(read)))
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
    let view = match &located {
        Some(found) => Some(at_dispatch(context, read, found, decision, now)?),
        None => None,
    };
    let capped = is_capped(context, decision);
    let records = located.iter().filter(|_| capped).flat_map(|found| &found.cluster.records);
    let records: Vec<RecordId> = records.copied().collect();
    for record in &records {
        read.want(Key::ledger(tenant, *record));
    }
    read.settle()?;
    let (policy, purpose) = (&context.configuration.policy, &decision.intent.purpose);
    let Outcome::Send { channel, endpoint, .. } = &decision.outcome else {
        return Err(Pause::Stale);
    };
    let ledgers = records.iter().filter_map(|record| read.ledger(tenant, *record));
    let ledger: Vec<LedgerEntry> = ledgers.flat_map(|row| row.entries.clone()).collect();
    let offset = view.as_ref().and_then(|view| view.utc_offset);
    let held = located.map(|found| endpoints(&found.component, &found.cluster)).unwrap_or_default();
    let held = held.into_iter().find(|held| held.id == *endpoint);
    let choices = choices(context, read, *endpoint)?;
    let consent = choices.in_force(&decision.intent.purpose);
    let reserved = read.ledger(tenant, entry.subject).and_then(|ledger| ledger.of(decision.id));
    Ok(Standing {
        address: held.map(|held| (held.namespace, held.value)),
        consent: consent.map(|(_, choice)| choice.state),
        reservation: reserved.map(|reserved| reserved.state),
        rules: policy.purposes.get(purpose).cloned(),
        quiet_until: consistency::quiet_until(policy, purpose, offset, now),
        capped_until: consistency::capped_until(policy, channel, decision, offset, &ledger, now),
        obstacle: view.and_then(|view| consistency::obstacle(policy, decision, &view, now)),
        attempts: entry.attempts,
    })
}

/// Whether a cap may hold the message back.
fn is_capped(context: &Context<'_>, decision: &Decision) -> bool {
    let Outcome::Send { channel, .. } = &decision.outcome else { return false };
    let mut caps = context.configuration.policy.caps.iter();
    caps.any(|cap| cap.concerns(&decision.intent.purpose, channel))
}
