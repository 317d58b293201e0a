//! What was said to a record's party, or is about to be.

use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::consent::Purpose;
use super::fact::ToldFact;
use super::id::DecisionId;
use super::time::Timestamp;

/// What was said, or is about to be, to one record's party. Kept per record, never per customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The decision that reserved it.
    pub decision: DecisionId,
    /// The purpose.
    pub purpose: Purpose,
    /// The occasion.
    pub occasion: String,
    /// Where.
    pub channel: ChannelId,
    /// When it is to be, or was, sent.
    pub at: Timestamp,
    /// How far it got.
    pub state: LedgerState,
    /// The first message of its ladder, for a further step: see [`super::Fallback`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_of: Option<DecisionId>,
    /// The facts that it states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<ToldFact>,
}

impl LedgerEntry {
    /// The message that it is a step of, itself where it is the first.
    pub fn ladder(&self) -> DecisionId {
        self.step_of.unwrap_or(self.decision)
    }
}

/// How far a reservation got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerState {
    /// Decided, not yet sent. Counts.
    Reserved,
    /// Sent. Counts.
    Sent,
    /// Perhaps sent. Counts.
    Ambiguous,
    /// Not sent, and given back. Does not count.
    Released,
    /// Waiting to be gathered with others. Does not count.
    Digest,
    /// Not sent: another took its place. Does not count.
    Replaced,
}

impl LedgerState {
    /// Whether it counts as said.
    pub fn counts(self) -> bool {
        matches!(self, Self::Reserved | Self::Sent | Self::Ambiguous)
    }
}

/// What was said to one record's party, newest last, at most [`ContactLedger::ENTRIES_MAX`]. A row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactLedger {
    /// The entries by (time, decision).
    pub entries: Vec<LedgerEntry>,
}

impl ContactLedger {
    /// Most entries kept per record.
    pub const ENTRIES_MAX: usize = 256;

    /// Adds an entry, or replaces the one of the same decision; the oldest beyond the bound goes.
    pub fn put(&mut self, entry: LedgerEntry) {
        self.entries.retain(|known| known.decision != entry.decision);
        self.entries.push(entry);
        self.entries.sort_by_key(|e| (e.at, e.decision));
        let over = self.entries.len().saturating_sub(Self::ENTRIES_MAX);
        self.entries.drain(..over);
    }

    /// The entry of a decision.
    pub fn of(&self, decision: DecisionId) -> Option<&LedgerEntry> {
        self.entries.iter().find(|entry| entry.decision == decision)
    }
}
