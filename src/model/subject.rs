//! A subject's export: everything known of one person, for them and for machines.
//!
//! GDPR articles 15 (what do you know of me?) and 20 (give it to me in a form that I can take
//! elsewhere). It shows personal data on purpose; its `Debug` does not.
//!
//! # JSON
//!
//! | field | holds |
//! |---|---|
//! | `schema` | 1; rises with any change that a reader must know of |
//! | `exported_at` | when, as RFC 3339 |
//! | `customer` | ids, source records, identifiers and the best-known value of each field |
//! | `touchpoints` | what happened, by time, unknown times last; with the messages, each copy |
//! | `receipts` | what providers reported of the messages |
//! | `conversations` | each conversation's id with its messages' ids |
//! | `consents` | what was chosen at each identifier |
//! | `decisions` | what was to be said, what became of it, and why |
//! | `verdicts` | what people ruled and models said of the records; without who ruled |

use std::fmt;

use serde::{Deserialize, Serialize};

use super::consent::Consent;
use super::customer::Customer;
use super::decision::Decision;
use super::evidence::Ruling;
use super::id::{ConversationId, IdentifierId, MessageId, RecordId, TouchpointId};
use super::outbox::OutboxState;
use super::pii::Pii;
use super::time::Timestamp;
use super::touchpoint::{Copy, Touchpoint};

/// Everything known of one person; see the module for its JSON.
///
/// `Display` writes it for people, in plain text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectExport {
    /// [`SubjectExport::SCHEMA`] of the build that wrote it.
    pub schema: u32,
    /// When it was made.
    pub exported_at: Timestamp,
    /// The customer as views show it.
    pub customer: Customer,
    /// What happened, by time; the copy that views take first.
    pub touchpoints: Vec<KnownTouchpoint>,
    /// What providers reported of the messages, where nobody else is told of in it.
    pub receipts: Vec<Touchpoint>,
    /// The conversations.
    pub conversations: Vec<KnownConversation>,
    /// What was chosen at each identifier.
    pub consents: Vec<KnownChoice>,
    /// What was to be said.
    pub decisions: Vec<KnownDecision>,
    /// What people ruled and models said of the records.
    pub verdicts: Vec<KnownVerdict>,
}

/// A touchpoint with its other copies, and how each reached us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTouchpoint {
    /// The copy that views take.
    pub taken: Copy,
    /// Copies of the same id that differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Copy>,
}

/// A conversation by its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownConversation {
    /// Its id.
    pub id: ConversationId,
    /// Its messages by (time, id); they stand among the touchpoints.
    pub messages: Vec<MessageId>,
}

/// What was chosen at an identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownChoice {
    /// The identifier; it stands among the customer's endpoints.
    pub endpoint: IdentifierId,
    /// The touchpoint that carried the choice.
    pub touchpoint: TouchpointId,
    /// The choice with its proof.
    pub choice: Consent,
}

/// A decision, what became of it, and why it came out so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDecision {
    /// The decision with every rule's finding.
    pub decision: Decision,
    /// Its explanation, in sentences.
    pub why: Pii<String>,
    /// How far the message got; `None` where nothing was to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<OutboxState>,
}

/// What was ruled on two records. Who ruled is somebody else's personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownVerdict {
    /// One record.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// What was ruled.
    pub ruling: Ruling,
    /// When.
    pub at: Timestamp,
    /// The model that compared them; `None` where a person ruled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Pii<String>>,
    /// Why.
    pub reason: Pii<String>,
}

impl SubjectExport {
    /// The newest schema of the JSON.
    pub const SCHEMA: u32 = 1;

    /// The export as JSON, indented, with a line break at its end. Personal data.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

impl fmt::Debug for SubjectExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectExport")
            .field("customer", &self.customer.id)
            .field("touchpoints", &self.touchpoints.len())
            .field("decisions", &self.decisions.len())
            .finish_non_exhaustive()
    }
}
