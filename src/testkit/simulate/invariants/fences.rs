//! An entry is one sender's at a time, and what is done stays.
//!
//! Each claim has a fence of its own. Only somebody's word takes up again what was given up, and
//! only the last sender's late word says more of what was perhaps sent.

use super::{Event, Holds, Truth, ensure};
use crate::engine::{ATTEMPTS_MAX, LEASE};
use crate::model::{OutboxEntry, OutboxState, SendOutcome};
use crate::testkit::simulate::truth::short;

pub(super) fn holds(_truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Committed(change) = event else { return Ok(()) };
    for (put, before, after) in change.outbox() {
        let what = match before {
            Some(before) => broken(before, after),
            None => {
                let new = (after.fence, after.attempts, &after.state) == (0, 0, &OutboxState::Due);
                (!new).then_some("begins otherwise than due and untried")
            }
        };
        ensure(what.is_none(), || {
            format!("{} {}: {after:?}", short(&put.key), what.unwrap_or_default())
        })?;
    }
    Ok(())
}

fn broken(before: &OutboxEntry, after: &OutboxEntry) -> Option<&'static str> {
    let perhaps_sent = before.state == OutboxState::Done(SendOutcome::Unknown);
    if is_requeued(before, after) {
        let held = matches!(before.state, OutboxState::Leased { .. });
        return (!before.is_dead() && !held).then_some("was not given up, and is requeued");
    }
    if !before.is_open() && !perhaps_sent {
        return Some("was done, and is written again");
    }
    if !matches!(after.state, OutboxState::Leased { .. }) {
        let same = (after.fence, after.attempts) == (before.fence, before.attempts);
        return (!same).then_some("changed its fence without a claim");
    }
    if (after.fence, after.attempts) != (before.fence + 1, before.attempts + 1) {
        return Some("is leased under no fence of its own");
    }
    // The claimer's clock is where the lease begins.
    if !before.is_due() || after.due < before.due.plus(LEASE) {
        return Some("is leased before it was due, or while another held it");
    }
    (after.attempts > ATTEMPTS_MAX).then_some("is tried too often")
}

/// Whether somebody's word put the entry back.
pub(super) fn is_requeued(before: &OutboxEntry, after: &OutboxEntry) -> bool {
    after.fence == before.fence + 1 && (after.attempts, &after.state) == (0, &OutboxState::Due)
}
