//! What a provider accepted is a fact on the timeline, written with its settlement.

use std::collections::BTreeSet;

use super::{Event, Holds, Truth, ensure};
use crate::model::{Act, Body, OutboxState, SendOutcome, Source};
use crate::testkit::simulate::truth::{as_copies, brief};

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    match event {
        Event::Committed(change) => {
            for (_, _, entry) in change.outbox() {
                let OutboxState::Done(outcome) = &entry.state else { continue };
                let Some(provider_id) = outcome.provider_id() else { continue };
                let channel = provider_id.split('-').next().unwrap_or_default();
                let source = Source::new(channel);
                let id = truth.id_key.touchpoint(truth.tenant, &source, provider_id);
                let copies = change.copies_after(id);
                let told = copies.is_some_and(|it| it.chosen().record == Some(entry.subject));
                let answered = truth.sendings.iter().any(|sent| {
                    let answer = sent.answer.as_ref().and_then(SendOutcome::provider_id);
                    sent.message.decision == entry.decision && answer == Some(provider_id)
                });
                let decision = brief(&entry.decision.as_uuid());
                ensure(told, || format!("decision {decision} was sent, and no fact says so"))?;
                ensure(answered, || format!("decision {decision} is said to be accepted"))?;
            }
            Ok(())
        }
        Event::Ended(..) => {
            let accepted: BTreeSet<&str> = truth
                .sendings
                .iter()
                .filter_map(|sent| sent.answer.as_ref().and_then(SendOutcome::provider_id))
                .collect();
            let mut copies = truth.rows.values().filter_map(|row| as_copies(&row.body));
            let honest = copies.all(|copies| {
                let said = copies.chosen();
                let ours = said.act == Act::Sent && said.receipt.is_none();
                !ours || said.external_id.as_deref().is_some_and(|id| accepted.contains(id))
            });
            ensure(honest, || "a sending stands on a timeline and was never accepted".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether a fact is a sending of our own.
pub(in crate::testkit::simulate) fn is_ours(body: &Body) -> bool {
    as_copies(body).is_some_and(|it| it.chosen().act == Act::Sent && it.chosen().receipt.is_none())
}
