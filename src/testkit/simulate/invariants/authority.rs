//! Nothing leaves without a decision, a consent in force, an endpoint held.
//!
//! All three at the instant of the claim; each sending has a claim of its own.

use super::{Event, Holds, Truth, ensure};
use crate::identity::partition;
use crate::model::{ConsentState, DecisionId, LawfulBasis, OutboxState, Outcome};
use crate::testkit::simulate::node::configuration;
use crate::testkit::simulate::truth::{Change, brief};

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    match event {
        Event::Committed(change) => change
            .outbox()
            .filter(|(_, _, entry)| matches!(entry.state, OutboxState::Leased { .. }))
            .try_for_each(|(_, _, entry)| may_leave(change, entry.decision)),
        Event::Sending(sending) => {
            let (id, attempt) = (sending.message.decision, sending.message.attempt);
            ensure(truth.claims.contains(&(id, attempt)), || {
                format!("try {attempt} of decision {} left unclaimed", brief(&id.as_uuid()))
            })
        }
        _ => Ok(()),
    }
}

fn may_leave(change: &Change<'_>, id: DecisionId) -> Holds {
    let broken = |what: &str| Err(format!("decision {} {what}", brief(&id.as_uuid())));
    let Some(decision) = change.decision_after(id) else { return broken("is not there") };
    let Outcome::Send { endpoint, .. } = &decision.outcome else {
        return broken("was not to be sent, and is claimed");
    };
    let intent = &decision.intent;
    let consent = change.consent_after(*endpoint).and_then(|all| all.in_force(&intent.purpose));
    let consent = consent.map(|(_, choice)| choice.state);
    let basis = configuration().policy.purposes.get(&intent.purpose).map(|rules| rules.basis);
    let bears = match basis {
        Some(LawfulBasis::Consent) => consent == Some(ConsentState::Given),
        Some(LawfulBasis::Contract) => true,
        _ => consent != Some(ConsentState::Withdrawn),
    };
    if !bears {
        return broken("is claimed without a consent in force");
    }
    let home = change.home_after(intent.subject);
    let held = home.and_then(|home| change.component_after(*home)).is_some_and(|component| {
        let partition = partition(&configuration().identity, &component);
        let records = partition.of(intent.subject).map(|cluster| cluster.records.clone());
        records.unwrap_or_default().iter().any(|record| {
            let node = component.records.get(record);
            node.is_some_and(|node| node.identifiers.contains_key(endpoint))
        })
    });
    if held { Ok(()) } else { broken("is claimed for an endpoint that its customer does not hold") }
}
