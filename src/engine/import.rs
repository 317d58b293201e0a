//! What do decisions that were made elsewhere change? Decisions, outbox and ledgers.
//!
//! Of two tellings of one decision one stands, by [`MadeDecision::standing`]: importing in any
//! order, twice, or after a crash in the middle changes nothing more. Those of erased people are
//! refused. Two rounds, whatever the batch; one more where somebody was erased.

use std::collections::BTreeMap;

use super::receive::Fate;
use super::tombstone;
use super::writing::Writing;
use super::{Context, Reading, Step, View};
use crate::model::{Changeset, ContactLedger, DecisionId, Key, MadeDecision, RecordId};

/// Takes decisions in that were made elsewhere, as a set.
///
/// # Errors
///
/// [`super::Pause`].
pub fn recall(
    context: &Context<'_>,
    view: &View,
    made: &[MadeDecision],
) -> Step<(Vec<Fate>, Changeset)> {
    let tenant = context.tenant;
    let mut read = Reading::of(view);
    for one in made {
        read.want(Key::decision(tenant, one.decision.id));
        read.want(Key::outbox(tenant, one.decision.id));
        read.want(Key::ledger(tenant, one.decision.intent.subject));
    }
    let erased = made.iter().map(|one| tombstone::has_decision(context, &mut read, &one.decision));
    let erased = erased.collect::<Step<Vec<bool>>>()?;
    read.settle()?;
    let mut standing: BTreeMap<DecisionId, MadeDecision> = BTreeMap::new();
    for one in made {
        let id = one.decision.id;
        if let Some(decision) = read.decision(tenant, id) {
            read.want(Key::ledger(tenant, decision.intent.subject));
            standing.entry(id).or_insert_with(|| MadeDecision {
                decision: decision.as_ref().clone(),
                outbox: read.outbox(tenant, id).map(|entry| entry.as_ref().clone()),
                reservation: None,
            });
        }
    }
    read.settle()?;
    let mut recalled = Recalled { context, read: &read, ledgers: BTreeMap::new() };
    for (id, known) in &mut standing {
        let ledger = recalled.ledger(known.decision.intent.subject);
        known.reservation = ledger.of(*id).cloned();
    }
    let mut changed: BTreeMap<DecisionId, MadeDecision> = BTreeMap::new();
    let fates = made.iter().zip(erased).map(|(one, erased)| match erased {
        true => Fate::Erased,
        false => recalled.weigh(one, &mut standing, &mut changed),
    });
    let fates = fates.collect();
    let ledgers = recalled.ledgers;
    let mut writing = Writing::new(tenant);
    for one in changed.into_values() {
        let outbox = Key::outbox(tenant, one.decision.id);
        writing.put_decision(context, one.decision);
        match one.outbox {
            Some(entry) => writing.put_outbox(entry),
            // What the displaced telling had in hand must not be sent.
            None if read.has(outbox) => writing.delete(outbox),
            None => {}
        }
    }
    for (record, ledger) in ledgers {
        if read.ledger(tenant, record).map(AsRef::as_ref) != Some(&ledger) {
            writing.put_ledger(record, ledger);
        }
    }
    Ok((fates, writing.finish(&read)))
}

struct Recalled<'a, 'v> {
    context: &'a Context<'a>,
    read: &'a Reading<'v>,
    ledgers: BTreeMap<RecordId, ContactLedger>,
}

impl Recalled<'_, '_> {
    fn ledger(&mut self, record: RecordId) -> &mut ContactLedger {
        let known = self.read.ledger(self.context.tenant, record);
        let known = || known.map(|row| row.as_ref().clone()).unwrap_or_default();
        self.ledgers.entry(record).or_insert_with(known)
    }

    /// Lets the telling stand that is to stand, and says what became of this one.
    fn weigh(
        &mut self,
        one: &MadeDecision,
        standing: &mut BTreeMap<DecisionId, MadeDecision>,
        changed: &mut BTreeMap<DecisionId, MadeDecision>,
    ) -> Fate {
        let id = one.decision.id;
        if let Some(known) = standing.get(&id) {
            if known.standing() >= one.standing() {
                return Fate::Duplicate;
            }
            let subject = known.decision.intent.subject;
            self.ledger(subject).entries.retain(|entry| entry.decision != id);
        }
        if let Some(reserved) = &one.reservation {
            self.ledger(one.decision.intent.subject).put(reserved.clone());
        }
        standing.insert(id, one.clone());
        changed.insert(id, one.clone());
        Fate::Accepted
    }
}
