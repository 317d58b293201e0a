//! Contact views: everything known of a party that a decision may rest on.

use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::consent::ConsentState;
use super::fact::FactHistory;
use super::id::{CustomerId, DecisionId, FactId, IdentifierId, TouchpointId};
use super::identifier::Namespace;
use super::intent::Milestone;
use super::ledger::LedgerEntry;
use super::policy::UtcOffset;
use super::preference::ChannelEvidence;
use super::profile::Outside;
use super::time::Timestamp;
use super::touchpoint::{Act, ObjectRef};

/// A place where the subject can be written to, as the decider sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The channel.
    pub channel: ChannelId,
    /// The endpoint on it.
    pub endpoint: IdentifierId,
    /// What kind of endpoint.
    pub namespace: Namespace,
    /// The choice in force there for the intent's purpose, and the touchpoint that proves it.
    pub consent: Option<(ConsentState, TouchpointId)>,
    /// Whether several parties bear it: a family's telephone, a mailbox of an office.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// When one may write freely there; `None` where the channel always lets one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<SessionState>,
}

impl Reach {
    /// An endpoint that is one party's, on a channel that always lets one write, without a choice.
    pub fn new(channel: ChannelId, endpoint: IdentifierId, namespace: Namespace) -> Self {
        Self { channel, endpoint, namespace, consent: None, shared: false, window: None }
    }
}

/// When one may write freely to an endpoint: for a while after its party did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionState {
    /// The first instant at which it is closed; `None` where the party never wrote.
    pub closes_at: Option<Timestamp>,
    /// What may be sent when it is closed.
    pub outside: Outside,
}

/// Something that the customer did, by which intents end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Happening {
    /// The touchpoint.
    pub touchpoint: TouchpointId,
    /// What.
    pub act: Act,
    /// With what.
    pub about: Vec<ObjectRef>,
    /// When; `None` where nobody knows.
    pub at: Option<Timestamp>,
}

/// How far an earlier message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Progress {
    /// Its decision.
    pub message: DecisionId,
    /// The furthest that is known.
    pub reached: Option<Milestone>,
    /// Whether it gets no further than its provider's answer: it was not sent, or failed.
    pub over: bool,
}

/// Everything that a decision on an intent may rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// Who the subject is now.
    pub customer: CustomerId,
    /// Where it can be written to, the intent's preferred channel first.
    pub reach: Vec<Reach>,
    /// What was said to any of its records.
    pub ledger: Vec<LedgerEntry>,
    /// The party's own offset from UTC, where known.
    pub utc_offset: Option<UtcOffset>,
    /// The intent's channels that cannot send in its form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formless: Vec<ChannelId>,
    /// What the customer did of what ends the intent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Happening>,
    /// The messages that the intent's conditions name; one that is not here is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<Progress>,
    /// How many links between the customer and others wait for somebody's verdict.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub doubts: u32,
    /// Whether processing is restricted (GDPR article 18).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// What is known of the facts that the intent states, and what names each in ledgers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<(FactId, FactHistory)>,
    /// What speaks for the intent's channels, where it asks for the party's preference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preference: Vec<ChannelEvidence>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl ContactView {
    /// A customer of whom nothing is known.
    pub fn new(customer: CustomerId) -> Self {
        Self {
            customer,
            reach: Vec::new(),
            ledger: Vec::new(),
            utc_offset: None,
            formless: Vec::new(),
            past: Vec::new(),
            progress: Vec::new(),
            doubts: 0,
            restricted: false,
            facts: Vec::new(),
            preference: Vec::new(),
        }
    }
}
