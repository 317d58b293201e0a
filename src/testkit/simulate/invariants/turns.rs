//! Messages of one conversation leave one after the other, as they were decided.

use super::{Event, Holds, Truth, ensure};
use crate::model::{Key, OutboxEntry, OutboxState};
use crate::testkit::simulate::truth::{as_outbox, short};

pub(super) fn holds(truth: &Truth, event: &Event<'_>) -> Holds {
    let Event::Committed(change) = event else { return Ok(()) };
    for (put, _, entry) in change.outbox() {
        let (OutboxState::Leased { .. }, Some(turn)) = (&entry.state, entry.turn) else { continue };
        // One that came, or came back, since this one was decided on may have come too late.
        let decided = truth.version(&Key::decision(truth.tenant, entry.decision));
        let goes_first = |other: &&OutboxEntry| {
            other.is_open()
                && other.turn.is_some_and(|it| it.conversation == turn.conversation)
                && (other.turn.map(|it| it.at), other.decision) < (Some(turn.at), entry.decision)
                && truth.open_since.get(&other.decision).is_some_and(|since| *since < decided)
        };
        let mut others = truth.rows.values().filter_map(|row| as_outbox(&row.body));
        ensure(others.find(goes_first).is_none(), || {
            format!("{} overtakes another of its conversation", short(&put.key))
        })?;
    }
    Ok(())
}
