//! Whether what was given up may be tried again.

use super::claim::LEASE;
use super::outgoing::{self, AfterUnknown};
use super::read::locate;
use super::{Context, Reading, Step, View};
use crate::model::{
    Changeset, Decision, DecisionId, Key, LedgerEntry, LedgerState, OutboxEntry, OutboxState,
    SendOutcome, Timestamp,
};

/// What became of the wish to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requeued {
    /// It is due again, and reserved again.
    Again,
    /// It is still open, or it is done.
    NotDead,
    /// Another decision has said, or will say, the same thing.
    SaidBy(DecisionId),
    /// There is no such message.
    NotFound,
}

/// Puts a dead letter, or a message that was perhaps sent, back into the outbox.
///
/// It is confirmed again before it leaves: consent, endpoint and validity are those of then. Where
/// it was perhaps sent and its channel cannot tell, it is marked as a possible duplicate.
///
/// # Errors
///
/// [`super::Pause`].
pub fn requeue(
    context: &Context<'_>,
    view: &View,
    id: DecisionId,
    now: Timestamp,
) -> Step<(Requeued, Changeset)> {
    let nothing = |answer| Ok((answer, Changeset::default()));
    let mut read = Reading::of(view);
    let Some((entry, decision)) = outgoing::entry(context, &mut read, id)? else {
        return nothing(Requeued::NotFound);
    };
    // A hub whose clock is ahead holds it longer than any claim can.
    let is_held = matches!(entry.state, OutboxState::Leased { until } if until > now.plus(LEASE));
    if !entry.is_dead() && !is_held {
        return nothing(Requeued::NotDead);
    }
    if let Some(other) = said_by(context, &mut read, decision)? {
        return nothing(Requeued::SaidBy(other));
    }
    let perhaps_sent = is_held || entry.state == OutboxState::Done(SendOutcome::Unknown);
    let can_tell = AfterUnknown::of(context, decision) == AfterUnknown::Repeat;
    let next = OutboxEntry {
        due: now,
        attempts: 0,
        fence: entry.fence + 1,
        state: OutboxState::Due,
        // Somebody asked for it; that it may arrive twice stays on record.
        uncertain: can_tell && (entry.uncertain || perhaps_sent),
        possible_duplicate: entry.possible_duplicate || (perhaps_sent && !can_tell),
        ..entry.clone()
    };
    let writing = outgoing::write(context, &mut read, next, LedgerState::Reserved, now)?;
    Ok((Requeued::Again, writing.finish(&read)))
}

/// The decision that says the same to any record of the customer.
fn said_by(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    decision: &Decision,
) -> Step<Option<DecisionId>> {
    let intent = &decision.intent;
    let rules = context.configuration.policy.purposes.get(&intent.purpose);
    if rules.is_none_or(|rules| rules.once_within_hours == 0) {
        return Ok(None);
    }
    let Some(found) = locate(context, read, intent.subject)? else { return Ok(None) };
    for record in &found.cluster.records {
        read.want(Key::ledger(context.tenant, *record));
    }
    read.settle()?;
    let ledgers = found.cluster.records.iter();
    let mut entries = ledgers
        .filter_map(|record| read.ledger(context.tenant, *record))
        .flat_map(|ledger| &ledger.entries);
    let same = |entry: &&LedgerEntry| {
        entry.decision != decision.id
            && entry.state.counts()
            && (&entry.purpose, &entry.occasion) == (&intent.purpose, &intent.occasion)
    };
    Ok(entries.find(same).map(|entry| entry.decision))
}
