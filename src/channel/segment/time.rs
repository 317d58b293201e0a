//! When an event happened, though the sender's clock may be wrong.
//!
//! | the event carries | its time is |
//! |---|---|
//! | `receivedAt`, `timestamp` | `timestamp`: the collector has corrected it |
//! | `receivedAt`, no `timestamp` | `receivedAt - (sentAt - originalTimestamp)` |
//! | no `receivedAt` | `receipt - (sentAt - original)` |
//! | less than these | `original` as it is |
//! | nothing | `receivedAt`, else the transport's receipt, else unknown |
//!
//! `original` is `originalTimestamp`, else `timestamp`; `receipt` is the transport's time of
//! receipt, and only where the request came live: an archive is read years after it was sent. No
//! time is later than the receipt.
//!
//! # Why
//!
//! Only a field that decides can be refused as unreadable. `sentAt` and `receivedAt` merely
//! correct; where they cannot be read the event is taken with the time that it states.
//!
//! The correction makes the time of an uncorrected event depend on how long the network took: two
//! deliveries of one such event can differ by it, and are then kept as conflicting copies of one
//! id.

use crate::channel::RawInbound;
use crate::channel::json::Object;
use crate::model::{ArrivalMode, Occurred, Rejection, TimeOrigin, Timestamp};

const TIMESTAMP: &[&str] = &["timestamp"];
const ORIGINAL: &[&str] = &["originalTimestamp", "original_timestamp"];
const SENT_AT: &[&str] = &["sentAt", "sent_at"];
const RECEIVED_AT: &[&str] = &["receivedAt", "received_at"];

/// Every field that states a time; none of them is a detail.
pub(super) const FIELDS: &[&str] = &[
    "timestamp",
    "originalTimestamp",
    "original_timestamp",
    "sentAt",
    "sent_at",
    "receivedAt",
    "received_at",
];

/// The time of a call, by the table above.
pub(super) fn occurred(
    call: &Object<'_>,
    batch: Option<&Object<'_>>,
    request: &RawInbound,
) -> Result<Occurred, Rejection> {
    let correcting = |object: &Object<'_>, names| object.time(names).ok().flatten();
    let sent_at =
        correcting(call, SENT_AT).or_else(|| batch.and_then(|batch| correcting(batch, SENT_AT)));
    let collected_at = correcting(call, RECEIVED_AT);
    let live = matches!(request.mode, ArrivalMode::Live | ArrivalMode::Late);
    let collected = call.has(RECEIVED_AT);

    let stated = if collected {
        match call.time(TIMESTAMP)? {
            Some(corrected) => Some(corrected),
            None => corrected(call.time(ORIGINAL)?, sent_at, collected_at),
        }
    } else {
        let original = call.time(ORIGINAL)?;
        let original = if original.is_some() { original } else { call.time(TIMESTAMP)? };
        corrected(original, sent_at, request.received_at.filter(|_| live))
    };
    Ok(match (stated, collected_at) {
        (None, Some(at)) => {
            let at = request.received_at.map_or(at, |received| at.min(received));
            Occurred { at: Some(at), origin: TimeOrigin::Transport }
        }
        _ => Occurred::stated(stated, request.received_at),
    })
}

/// The original time, moved by how far the sender's clock was off when it sent.
fn corrected(
    original: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    received_at: Option<Timestamp>,
) -> Option<Timestamp> {
    match (original, sent_at, received_at) {
        (Some(original), Some(sent), Some(received)) => {
            let age = sent.micros().saturating_sub(original.micros());
            Some(received.shifted_micros(age.saturating_neg()).min(received))
        }
        _ => original,
    }
}
