//! A message in the outbox and its reservation say the same.

use super::{Event, Holds, Truth, ensure};
use crate::model::{LedgerState, OutboxState, SendOutcome};
use crate::testkit::simulate::truth::short;

pub(super) fn holds(_truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Committed(change) = event else { return Ok(()) };
    for (put, _, entry) in change.outbox() {
        let wanted = match &entry.state {
            OutboxState::Due | OutboxState::Waiting { .. } | OutboxState::Leased { .. } => {
                LedgerState::Reserved
            }
            OutboxState::Done(SendOutcome::Unknown) => LedgerState::Ambiguous,
            OutboxState::Done(_) => LedgerState::Sent,
            OutboxState::Dead(_) | OutboxState::Refused(_) => LedgerState::Released,
        };
        let ledger = change.ledger_after(entry.subject);
        let found = ledger.and_then(|ledger| ledger.of(entry.decision)).map(|it| it.state);
        ensure(found == Some(wanted), || {
            format!("{} is {:?}, its reservation {found:?}", short(&put.key), entry.state)
        })?;
    }
    Ok(())
}
