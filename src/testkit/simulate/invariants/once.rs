//! A message arrives once, or is known to be a possible duplicate.
//!
//! What its provider deferred or refused did not arrive; what its provider dedupes arrives once.
//! Anything else is handed over again only where the outbox says beforehand that it may arrive
//! twice; and that is said only where the purpose's class allows it or somebody asked for it.

use std::collections::BTreeSet;

use super::fences::is_requeued;
use super::{Event, Holds, Truth, ensure};
use crate::model::{DecisionId, DeliveryClass, Key, OutboxState, SendOutcome};
use crate::testkit::simulate::node::configuration;
use crate::testkit::simulate::truth::{Change, as_outbox, brief, short};

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    match event {
        Event::Committed(change) => may_say_so(change).and_then(|()| stays_refused(truth, change)),
        Event::Sending(sending) => {
            let id = sending.message.decision;
            let mut before = truth.sendings.iter().filter(|sent| sent.message.decision == id);
            let did_not_arrive = before.all(|sent| {
                let answer = sent.answer.as_ref();
                matches!(answer, Some(SendOutcome::Deferred { .. } | SendOutcome::Rejected { .. }))
            });
            ensure(sending.dedupes || did_not_arrive || is_recorded(truth, id), || {
                let id = brief(&id.as_uuid());
                format!("decision {id} is handed over again, though it perhaps arrived")
            })
        }
        Event::Ended(..) => {
            let mut arrived = BTreeSet::new();
            let delivered = truth.sendings.iter().filter(|sent| sent.delivered);
            delivered.map(|sent| sent.message.decision).try_for_each(|id| {
                ensure(arrived.insert(id) || is_recorded(truth, id), || {
                    format!("decision {} arrived twice", brief(&id.as_uuid()))
                })
            })
        }
        _ => Ok(()),
    }
}

fn is_recorded(truth: &Truth, id: DecisionId) -> bool {
    let row = truth.rows.get(&Key::outbox(truth.tenant, id));
    row.and_then(|row| as_outbox(&row.body)).is_some_and(|entry| entry.possible_duplicate)
}

fn may_say_so(change: &Change<'_>) -> Holds {
    for (put, before, after) in change.outbox() {
        let was = before.is_some_and(|before| before.possible_duplicate);
        if was || !after.possible_duplicate {
            continue;
        }
        let asked = before.is_some_and(|before| is_requeued(before, after));
        let purpose = change.decision_after(after.decision).map(|it| it.intent.purpose.clone());
        let rules = purpose.and_then(|it| configuration().policy.purposes.get(&it).cloned());
        let allowed = rules.is_some_and(|it| it.delivery == DeliveryClass::AtLeastOnce);
        ensure(asked || allowed, || {
            format!("{} may arrive twice, and nobody allowed it", short(&put.key))
        })?;
    }
    Ok(())
}

/// What a provider refused is not tried again unasked, once the hub that heard it says what it is.
fn stays_refused(truth: &Truth, change: &Change<'_>) -> Holds {
    for (put, _, after) in change.outbox() {
        let mut sent = truth.sendings.iter().rev();
        let last = sent.find(|sent| sent.message.decision == after.decision);
        let refused = last.is_some_and(|last| {
            last.message.attempt == after.attempts
                && matches!(last.answer, Some(SendOutcome::Rejected { .. }))
        });
        let again = after.state == OutboxState::Due && !after.uncertain;
        ensure(!(refused && again), || {
            format!("{} was refused, and is to be tried again", short(&put.key))
        })?;
    }
    Ok(())
}
