//! Anomalies: what the facts say that should not be so.

use serde::{Deserialize, Serialize};

use super::id::{DecisionId, MessageId, TouchpointId};
use super::time::Timestamp;

/// Something that somebody should look at. Nothing is hidden and nothing is mended unasked.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anomaly {
    /// One id came with different contents; all are kept, and views take one.
    ConflictingDuplicate {
        /// The touchpoint.
        touchpoint: TouchpointId,
        /// How many contents it has.
        copies: usize,
    },
    /// A provider reports about a message that nobody knows to have sent.
    UnknownMessage {
        /// The report.
        receipt: TouchpointId,
        /// What it is about.
        message: MessageId,
    },
    /// A message is reported by name to have failed, and to have arrived; watermarks name none.
    FailedYetDelivered {
        /// The message; it counts as delivered.
        message: MessageId,
    },
    /// A claim holds longer than any can: the clock of the hub that made it is ahead.
    LeaseAhead {
        /// The message; requeue it once that hub is mended.
        decision: DecisionId,
        /// Until when it is held.
        until: Timestamp,
    },
}
