//! Writes what was decided: decisions, reservations, the outbox, steps to come.
//!
//! Several decisions of one changeset may write one ledger; it is written once.

use std::collections::BTreeMap;

use super::fallback;
use super::writing::Writing;
use super::{Context, Reading};
use crate::model::{
    Changeset, ContactLedger, Decision, DecisionId, Intent, LedgerEntry, LedgerState, OutboxEntry,
    Outcome, RecordId, Timestamp, ToldFact, Turn,
};

/// Decisions in the writing.
pub(super) struct Deciding<'a> {
    context: &'a Context<'a>,
    now: Timestamp,
    ledgers: BTreeMap<RecordId, ContactLedger>,
    writing: Writing,
}

impl<'a> Deciding<'a> {
    pub(super) fn new(context: &'a Context<'a>, now: Timestamp) -> Self {
        let (ledgers, writing) = (BTreeMap::new(), Writing::new(context.tenant));
        Self { context, now, ledgers, writing }
    }

    /// Writes a decision and what follows from it. `records` are the customer's.
    pub(super) fn add(&mut self, read: &Reading<'_>, decision: &Decision, records: &[RecordId]) {
        let (intent, id) = (&decision.intent, decision.id);
        match &decision.outcome {
            Outcome::Send { channel, at, .. } => {
                if intent.replaces {
                    self.replace(read, decision, records);
                }
                self.gather(read, intent, records);
                if !bug!("reservation_not_written") {
                    let state = LedgerState::Reserved;
                    let entry = LedgerEntry {
                        channel: channel.clone(),
                        ..entry(self.context, id, intent, *at)
                    };
                    self.put(read, intent.subject, LedgerEntry { state, ..entry });
                }
                let turn =
                    intent.conversation.map(|id| Turn { conversation: id.into(), at: self.now });
                let entry = OutboxEntry::new(id, intent.subject, *at);
                self.writing.put_outbox(OutboxEntry { turn, ..entry });
            }
            Outcome::Digest if !intent.channels.is_empty() => {
                let channel = intent.channels[0].clone();
                self.put(
                    read,
                    intent.subject,
                    LedgerEntry { channel, ..entry(self.context, id, intent, self.now) },
                );
            }
            _ => {}
        }
        if let Some(promise) = fallback::promise(self.context, decision, self.now) {
            self.writing.put_outbox(promise);
        }
        self.writing.put_decision(self.context, decision.clone());
    }

    /// Writes an outbox entry beside the decisions.
    pub(super) fn put_outbox(&mut self, entry: OutboxEntry) {
        self.writing.put_outbox(entry);
    }

    /// The changeset, resting on everything that was read.
    pub(super) fn finish(mut self, read: &Reading<'_>) -> Changeset {
        for (record, ledger) in std::mem::take(&mut self.ledgers) {
            self.writing.put_ledger(record, ledger);
        }
        self.writing.finish(read)
    }

    fn ledger(&mut self, read: &Reading<'_>, record: RecordId) -> &mut ContactLedger {
        let known = || read.ledger(self.context.tenant, record).map(|row| row.as_ref().clone());
        self.ledgers.entry(record).or_insert_with(|| known().unwrap_or_default())
    }

    fn put(&mut self, read: &Reading<'_>, record: RecordId, entry: LedgerEntry) {
        self.ledger(read, record).put(entry);
    }

    /// Takes the place of what waits for the same occasion; what is on its way counts as said, and
    /// the decision would not send.
    fn replace(&mut self, read: &Reading<'_>, decision: &Decision, records: &[RecordId]) {
        let intent = &decision.intent;
        let waits = |entry: &LedgerEntry| {
            entry.state == LedgerState::Reserved
                && entry.decision != decision.id
                && entry.purpose == intent.purpose
                && entry.occasion == intent.occasion
        };
        self.mark(read, records, LedgerState::Replaced, waits);
    }

    /// Marks digested messages as told.
    fn gather(&mut self, read: &Reading<'_>, intent: &Intent, records: &[RecordId]) {
        if intent.gathers.is_empty() {
            return;
        }
        let told = |entry: &LedgerEntry| {
            entry.state == LedgerState::Digest && intent.gathers.contains(&entry.decision)
        };
        self.mark(read, records, LedgerState::Released, told);
    }

    fn mark(
        &mut self,
        read: &Reading<'_>,
        records: &[RecordId],
        state: LedgerState,
        which: impl Fn(&LedgerEntry) -> bool,
    ) {
        for record in records {
            let known = read.ledger(self.context.tenant, *record).map(|row| row.as_ref());
            let known = self.ledgers.get(record).or(known);
            let marked: Vec<LedgerEntry> = known
                .into_iter()
                .flat_map(|row| &row.entries)
                .filter(|it| which(it))
                .cloned()
                .collect();
            for entry in marked {
                self.put(read, *record, LedgerEntry { state, ..entry });
            }
        }
    }
}

/// An entry that counts for nothing, on no channel yet.
fn entry(
    context: &Context<'_>,
    decision: DecisionId,
    intent: &Intent,
    at: Timestamp,
) -> LedgerEntry {
    let told = intent.states.iter().map(|stated| ToldFact {
        fact: context.id_key.fact(context.tenant, &stated.fact),
        version: stated.version,
    });
    LedgerEntry {
        decision,
        purpose: intent.purpose.clone(),
        occasion: intent.occasion.clone(),
        channel: intent.channels[0].clone(),
        at,
        state: LedgerState::Digest,
        step_of: intent.step_of,
        told: told.collect(),
    }
}
