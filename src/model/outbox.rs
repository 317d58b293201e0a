//! The outbox: decided messages waiting for their time, with lease and fence.

use serde::{Deserialize, Serialize};

use super::decision::{Refusal, SendOutcome};
use super::id::{DecisionId, MessageId, RecordId};
use super::message::DeliveryStatus;
use super::receipt::DeliveryState;
use super::time::{Occurred, Timestamp};

/// How far an entry got.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waiting for its time.
    Due,
    /// Waiting until an earlier message of its conversation is done.
    Waiting {
        /// The message that goes first.
        behind: DecisionId,
    },
    /// Being sent by the holder of the fence.
    Leased {
        /// Others may look again from this instant on.
        until: Timestamp,
    },
    /// Handed to the channel, with what it said.
    Done(SendOutcome),
    /// Given up: not sent, and not tried again unless somebody asks for it.
    Dead(DeadLetter),
    /// Not sent: something was lost since the decision.
    Refused(Refusal),
}

/// Why a message was given up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetter {
    /// The channel will not take it.
    Rejected {
        /// The provider's reason; no personal data.
        reason: String,
    },
    /// The channel asked to try later too often.
    Exhausted {
        /// How often it was tried.
        attempts: u32,
    },
}

/// A message's place among those of one conversation, which leave one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Turn {
    /// The conversation, as the intent named it.
    pub conversation: MessageId,
    /// When the message was decided; the earlier leaves first.
    pub at: Timestamp,
}

/// What an entry without a decision waits for: the step of a ladder before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Promise {
    /// The decision on the step before.
    pub after: DecisionId,
    /// When the time of the step before is over; it begins when that has left.
    pub until: Timestamp,
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
    /// Its place in its conversation; `None` where it waits for no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
    /// Whether an earlier try may have sent it: nobody knows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
    /// Whether it was tried again after such a try on a channel that cannot tell: it may arrive
    /// twice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub possible_duplicate: bool,
    /// For a further step of a ladder on which nobody decided yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
}

impl OutboxEntry {
    /// An entry that is due at an instant and was not tried yet.
    pub fn new(decision: DecisionId, subject: RecordId, due: Timestamp) -> Self {
        let (attempts, fence, state) = (0, 0, OutboxState::Due);
        let (uncertain, possible_duplicate) = (false, false);
        Self {
            decision,
            subject,
            due,
            attempts,
            fence,
            state,
            turn: None,
            uncertain,
            possible_duplicate,
            promise: None,
        }
    }

    /// Whether anything is left to do.
    pub fn is_open(&self) -> bool {
        self.is_due() || matches!(self.state, OutboxState::Waiting { .. })
    }

    /// Whether it is looked at when its time comes; one that waits for another is not.
    pub fn is_due(&self) -> bool {
        matches!(self.state, OutboxState::Due | OutboxState::Leased { .. })
    }

    /// Whether only somebody's word sends it again: it was given up, or was perhaps sent.
    pub fn is_dead(&self) -> bool {
        matches!(self.state, OutboxState::Dead(_) | OutboxState::Done(SendOutcome::Unknown))
    }
}

/// What is known of a message's way to its receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The outbox's last word.
    pub entry: OutboxEntry,
    /// What the provider's answer and all receipts say together.
    pub state: DeliveryState,
    /// Every receipt about it, watermarks that cover it included, by (time, id).
    pub receipts: Vec<Reported>,
}

impl Delivery {
    /// How far the message got; `None` where nothing is known.
    pub fn status(&self) -> Option<DeliveryStatus> {
        self.state.status()
    }
}

/// One receipt of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// How far the message got.
    pub status: DeliveryStatus,
    /// The provider's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When.
    pub occurred: Occurred,
}
