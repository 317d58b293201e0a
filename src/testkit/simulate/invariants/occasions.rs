//! One occasion is said once within its hours to one customer.
//!
//! Judged as the rule `duplicate` is, at the commit of a decision; and at a requeueing. An excess
//! that a later merge reveals is no breach: it was said to two customers.

use std::time::Duration;

use super::fences::is_requeued;
use super::{Event, Holds, Truth, ensure};
use crate::identity::partition;
use crate::model::{Body, Configuration, Decision, LedgerEntry, LedgerState, Outcome};
use crate::testkit::simulate::node::configuration;
use crate::testkit::simulate::truth::{Change, brief};

pub(super) fn holds(_truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Committed(change) = event else { return Ok(()) };
    let Configuration { policy, .. } = configuration();
    for put in &change.changeset.puts {
        let Body::Decision(decision) = &put.body else { continue };
        let Outcome::Send { at, .. } = &decision.outcome else { continue };
        let hours = policy.purposes.get(&decision.intent.purpose).map(|it| it.once_within_hours);
        let window = Duration::from_secs(u64::from(hours.unwrap_or(0)) * 3_600);
        says_once(change, decision, hours, |entry| entry.at.plus(window) > *at)?;
    }
    for (_, before, after) in change.outbox() {
        let requeued = before.is_some_and(|before| is_requeued(before, after));
        let Some(decision) = change.decision_after(after.decision).filter(|_| requeued) else {
            continue;
        };
        let hours = policy.purposes.get(&decision.intent.purpose).map(|it| it.once_within_hours);
        says_once(change, decision, hours, |_| true)?;
    }
    Ok(())
}

/// Whether nothing else that counts says the same to any record of the customer.
fn says_once(
    change: &Change<'_>,
    decision: &Decision,
    hours: Option<u32>,
    counts: impl Fn(&LedgerEntry) -> bool,
) -> Holds {
    let intent = &decision.intent;
    let home = change.home_after(intent.subject);
    let Some(component) = home.and_then(|home| change.component_after(*home)) else {
        return Err("something is to be said to nobody".to_owned());
    };
    let partition = partition(&configuration().identity, &component);
    let cluster = partition.of(intent.subject);
    let records = cluster.into_iter().flat_map(|cluster| &cluster.records);
    let ledgers = records.filter_map(|record| change.ledger_after(*record));
    let mut others = ledgers.flat_map(|ledger| &ledger.entries).filter(|entry| {
        entry.state != LedgerState::Released
            && entry.decision != decision.id
            && (&entry.purpose, &entry.occasion) == (&intent.purpose, &intent.occasion)
            && counts(entry)
    });
    ensure(hours.unwrap_or(0) == 0 || others.next().is_none(), || {
        let id = brief(&decision.id.as_uuid());
        format!("decision {id} says again what is said once within its hours")
    })
}
