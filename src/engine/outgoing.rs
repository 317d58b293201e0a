//! How a message leaves the outbox: what claiming, settling and requeueing share.

use std::time::Duration;

use super::fallback;
use super::writing::Writing;
use super::{Context, Pause, Reading, Step};
use crate::model::{
    DeadLetter, Decision, DecisionId, DeliveryClass, Index, Key, LedgerEntry, LedgerState,
    OutboxEntry, OutboxState, Outcome, Range, RecordId, SendIdempotency, SendOutcome, Sort,
    Timestamp,
};

/// Most tries of one message; then it is given up.
pub const ATTEMPTS_MAX: u32 = 10;

/// How long to wait after the first try of which nobody knows; each further one waits twice that.
const REPEAT: Duration = Duration::from_secs(30);

/// The longest wait before a try is repeated.
const REPEAT_MAX: Duration = Duration::from_secs(3_600);

/// What follows a sending of which nobody knows whether it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterUnknown {
    /// The channel tells a repetition by its key: try again.
    Repeat,
    /// It does not, but the message had better arrive twice than never: try again, and say so.
    Duplicate,
    /// Never try again unasked.
    GiveUp,
}

impl AfterUnknown {
    pub(super) fn of(context: &Context<'_>, decision: &Decision) -> Self {
        let Outcome::Send { channel, .. } = &decision.outcome else { return Self::GiveUp };
        let declared = context.channels.get(channel);
        if declared.is_some_and(|can| can.send_idempotency == SendIdempotency::Native) {
            return Self::Repeat;
        }
        let rules = context.configuration.policy.purposes.get(&decision.intent.purpose);
        match rules.map(|rules| rules.delivery).unwrap_or_default() {
            DeliveryClass::AtLeastOnce => Self::Duplicate,
            DeliveryClass::AtMostOnce => Self::GiveUp,
        }
    }
}

/// An entry and its decision; `None` where there is none.
pub(super) fn entry<'v>(
    context: &Context<'_>,
    read: &mut Reading<'v>,
    id: DecisionId,
) -> Step<Option<(&'v OutboxEntry, &'v Decision)>> {
    let tenant = context.tenant;
    read.want(Key::outbox(tenant, id));
    read.want(Key::decision(tenant, id));
    read.settle()?;
    let Some(entry) = read.outbox(tenant, id) else { return Ok(None) };
    let Some(decision) = read.decision(tenant, id) else {
        // On the step that is promised nobody has decided yet.
        return if entry.promise.is_some() { Ok(None) } else { Err(Pause::Stale) };
    };
    if let Some(next) = fallback::next_of(context, decision) {
        read.want(Key::outbox(tenant, next));
    }
    read.want(Key::ledger(tenant, entry.subject));
    Ok(Some((entry, decision)))
}

/// The entry after what its channel said, and what becomes of the reservation.
pub(super) fn after(
    entry: &OutboxEntry,
    outcome: &SendOutcome,
    unknown: AfterUnknown,
    (now, jitter): (Timestamp, u64),
) -> (OutboxEntry, LedgerState) {
    let mut next = entry.clone();
    let tried = entry.attempts >= ATTEMPTS_MAX;
    let (state, ledger) = match outcome {
        SendOutcome::Accepted { .. }
        | SendOutcome::Replayed { .. }
        | SendOutcome::Partial { .. } => (OutboxState::Done(outcome.clone()), LedgerState::Sent),
        SendOutcome::Rejected { .. } if bug!("retried_after_rejection") => {
            (OutboxState::Due, LedgerState::Reserved)
        }
        SendOutcome::Deferred { retry_at } if !tried => {
            next.due = spread(*retry_at, now, jitter);
            (OutboxState::Due, LedgerState::Reserved)
        }
        SendOutcome::Unknown if !tried && unknown != AfterUnknown::GiveUp => {
            next.uncertain = true;
            next.possible_duplicate |= unknown == AfterUnknown::Duplicate;
            next.due = spread(now.plus(repeat(entry.attempts)), now, jitter);
            (OutboxState::Due, LedgerState::Reserved)
        }
        // Of an earlier try nobody knows; this one cannot tell that nothing was sent.
        _ if entry.uncertain || entry.possible_duplicate || *outcome == SendOutcome::Unknown => {
            (OutboxState::Done(SendOutcome::Unknown), LedgerState::Ambiguous)
        }
        SendOutcome::Rejected { reason } => {
            let reason = reason.clone();
            (OutboxState::Dead(DeadLetter::Rejected { reason }), LedgerState::Released)
        }
        _ => {
            let attempts = entry.attempts;
            (OutboxState::Dead(DeadLetter::Exhausted { attempts }), LedgerState::Released)
        }
    };
    next.state = state;
    (next, ledger)
}

fn repeat(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    (REPEAT * (1 << doublings)).min(REPEAT_MAX)
}

/// Spreads retries over a tenth of their delay, so that they do not come back all at once.
fn spread(at: Timestamp, now: Timestamp, jitter: u64) -> Timestamp {
    let tenth = u64::try_from(at.since(now).as_micros() / 10).unwrap_or(u64::MAX);
    at.plus(Duration::from_micros(jitter.checked_rem(tenth).unwrap_or(0)))
}

/// Writes an entry as it is next, and the reservation; where it leaves, the next of its
/// conversation may go.
pub(super) fn write(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    next: OutboxEntry,
    ledger: LedgerState,
    now: Timestamp,
) -> Step<Writing> {
    // The reservation was asked for with the entry; it is marked once it is read.
    read.settle()?;
    let woken = if next.is_open() { None } else { follower(context, read, &next)? };
    let mut writing = Writing::new(context.tenant);
    mark(context, read, &next, ledger, &mut writing);
    let decision = read.decision(context.tenant, next.decision).filter(|_| !next.is_open());
    let step = decision.and_then(|it| fallback::running(context, read, it, &next.state, now));
    step.into_iter().for_each(|step| writing.put_outbox(step));
    writing.put_outbox(next);
    if let Some(woken) = woken {
        writing.put_outbox(OutboxEntry { state: OutboxState::Due, ..woken });
    }
    Ok(writing)
}

fn mark(
    context: &Context<'_>,
    read: &Reading<'_>,
    entry: &OutboxEntry,
    state: LedgerState,
    writing: &mut Writing,
) {
    let Some(row) = read.ledger(context.tenant, entry.subject) else { return };
    let Some(reserved) = row.of(entry.decision).filter(|known| known.state != state).cloned()
    else {
        return;
    };
    let mut ledger = row.as_ref().clone();
    ledger.put(LedgerEntry { state, ..reserved });
    writing.put_ledger(entry.subject, ledger);
}

/// Moves a reservation to the instant at which its message leaves.
pub(super) fn left(
    context: &Context<'_>,
    read: &Reading<'_>,
    (subject, decision): (RecordId, DecisionId),
    now: Timestamp,
    writing: &mut Writing,
) {
    let Some(row) = read.ledger(context.tenant, subject) else { return };
    let Some(reserved) = row.of(decision).cloned() else { return };
    let mut ledger = row.as_ref().clone();
    ledger.put(LedgerEntry { at: now, ..reserved });
    writing.put_ledger(subject, ledger);
}

/// The open entry that goes before this one in its conversation.
pub(super) fn ahead(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    entry: &OutboxEntry,
) -> Step<Option<OutboxEntry>> {
    let Some(turn) = entry.turn else { return Ok(None) };
    let own = Sort { time: turn.at.micros(), id: entry.decision.as_uuid() };
    let first = first_open(context, read, turn.conversation.as_uuid(), entry.decision, Some(own))?;
    Ok(first.cloned())
}

/// The first entry left of a conversation, where it waits for its turn.
fn follower(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    entry: &OutboxEntry,
) -> Step<Option<OutboxEntry>> {
    let Some(turn) = entry.turn else { return Ok(None) };
    let first = first_open(context, read, turn.conversation.as_uuid(), entry.decision, None)?;
    Ok(first.filter(|first| matches!(first.state, OutboxState::Waiting { .. })).cloned())
}

/// The first open entry of a conversation but one; the step rests on it.
fn first_open<'v>(
    context: &Context<'_>,
    read: &mut Reading<'v>,
    conversation: uuid::Uuid,
    but: DecisionId,
    until: Option<Sort>,
) -> Step<Option<&'v OutboxEntry>> {
    let all = Range::all(context.tenant, Index::Outgoing, conversation);
    let page = read.page(Range { until, limit: 2, ..all });
    read.settle()?;
    let rows = page.iter().flat_map(|page| &page.rows);
    let first = rows.map(|(_, row)| DecisionId::from_uuid(row.key.id)).find(|id| *id != but);
    let Some(first) = first else { return Ok(None) };
    read.want(Key::outbox(context.tenant, first));
    read.settle()?;
    match read.outbox(context.tenant, first) {
        Some(entry) if entry.is_open() => Ok(Some(entry)),
        _ => Err(Pause::Stale),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RecordId, TenantId};

    fn entry(attempts: u32) -> OutboxEntry {
        let id = TenantId::named("t").as_uuid();
        let (decision, subject) = (DecisionId::from_uuid(id), RecordId::from_uuid(id));
        OutboxEntry { attempts, ..OutboxEntry::new(decision, subject, Timestamp::MIN) }
    }

    fn now() -> Timestamp {
        "2026-03-14T18:30:00Z".parse().unwrap()
    }

    fn state(entry: &OutboxEntry, outcome: &SendOutcome, unknown: AfterUnknown) -> OutboxState {
        after(entry, outcome, unknown, (now(), 0)).0.state
    }

    #[test]
    fn nothing_is_tried_for_ever() {
        let later = SendOutcome::Deferred { retry_at: now() };
        let exhausted = DeadLetter::Exhausted { attempts: ATTEMPTS_MAX };
        let tired = entry(ATTEMPTS_MAX);
        assert_eq!(state(&entry(9), &later, AfterUnknown::GiveUp), OutboxState::Due);
        assert_eq!(state(&tired, &later, AfterUnknown::GiveUp), OutboxState::Dead(exhausted));
        let unknown = OutboxState::Done(SendOutcome::Unknown);
        assert_eq!(state(&tired, &SendOutcome::Unknown, AfterUnknown::Repeat), unknown);
    }

    #[test]
    fn a_rejection_after_an_unknown_try_frees_nothing() {
        let uncertain = OutboxEntry { uncertain: true, ..entry(2) };
        let no = SendOutcome::Rejected { reason: "closed".to_owned() };
        let (next, ledger) = after(&uncertain, &no, AfterUnknown::Repeat, (now(), 0));
        assert_eq!(next.state, OutboxState::Done(SendOutcome::Unknown));
        assert_eq!(ledger, LedgerState::Ambiguous);
    }

    #[test]
    fn repetitions_wait_longer_each_time_up_to_an_hour() {
        let wait = |attempts| {
            let unknown = SendOutcome::Unknown;
            let next = after(&entry(attempts), &unknown, AfterUnknown::Repeat, (now(), 0)).0;
            next.due.since(now()).as_secs()
        };
        assert_eq!([1, 2, 3, 9].map(wait), [30, 60, 120, 3_600]);
        let jittered = after(&entry(1), &SendOutcome::Unknown, AfterUnknown::Repeat, (now(), 7));
        assert_eq!(jittered.0.due.since(now()).as_micros(), 30_000_007);
    }

    #[test]
    fn only_a_message_whose_class_allows_it_may_arrive_twice() {
        let next = |unknown| after(&entry(1), &SendOutcome::Unknown, unknown, (now(), 0)).0;
        assert!(next(AfterUnknown::Duplicate).possible_duplicate);
        let repeated = next(AfterUnknown::Repeat);
        assert!(repeated.uncertain && !repeated.possible_duplicate);
        assert!(next(AfterUnknown::GiveUp).is_dead());
    }
}
