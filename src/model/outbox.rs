//! The outbox: decided messages waiting for their time, with lease and fence.

use serde::{Deserialize, Serialize};

use super::decision::{Refusal, SendOutcome};
use super::id::{DecisionId, RecordId};
use super::time::Timestamp;

/// How far an entry got.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waiting for its time.
    Due,
    /// Being sent by the holder of the fence.
    Leased {
        /// Others may look again from this instant on.
        until: Timestamp,
    },
    /// Handed to the channel, with what it said.
    Done(SendOutcome),
    /// Not sent: something was lost since the decision.
    Refused(Refusal),
}

/// A decided message in the outbox. A row; holds a decision id and plain data, no address, no
/// words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// The decision to carry out.
    pub decision: DecisionId,
    /// The record whose ledger holds the reservation.
    pub subject: RecordId,
    /// When it is to be looked at next.
    pub due: Timestamp,
    /// How often it was claimed.
    pub attempts: u32,
    /// Grows with each claim; only its holder may settle the entry.
    pub fence: u64,
    /// How far it got.
    pub state: OutboxState,
}

impl OutboxEntry {
    /// Whether anything is left to do.
    pub fn is_open(&self) -> bool {
        matches!(self.state, OutboxState::Due | OutboxState::Leased { .. })
    }
}
