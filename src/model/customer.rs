//! Customers: views over source records; each golden value has its provenance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::channel::{ChannelId, ChannelKind};
use super::id::{CustomerId, IdentifierId, RecordId, TouchpointId};
use super::identifier::{Assurance, Namespace};
use super::pii::Pii;
use super::time::{Occurred, Timestamp};
use super::touchpoint::Source;

/// One source record of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Names it.
    pub id: RecordId,
    /// The feed that knows it.
    pub source: Source,
    /// When it was first seen, where known.
    pub first_seen: Option<Timestamp>,
}

/// An identifier that a customer holds: observed on one of its records, whatever its linking power.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Names it.
    pub id: IdentifierId,
    /// What kind of identifier it is.
    pub namespace: Namespace,
    /// Within what it is unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The normalised value.
    pub value: Pii<String>,
    /// The best assurance seen.
    pub assurance: Assurance,
    /// Whether equal values join records.
    pub linking: bool,
}

/// A value of the golden record and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The value.
    pub value: Pii<String>,
    /// The record that stated it.
    pub record: RecordId,
    /// The touchpoint that stated it.
    pub touchpoint: TouchpointId,
    /// The channel on which it was stated.
    pub channel: ChannelId,
    /// When it was stated.
    pub stated: Occurred,
    /// Other values that were stated and did not survive, the nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<Stated>,
}

/// A value as somebody stated it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// The value.
    pub value: Pii<String>,
    /// The record that stated it.
    pub record: RecordId,
    /// The touchpoint that stated it.
    pub touchpoint: TouchpointId,
    /// The channel on which it was stated.
    pub channel: ChannelId,
    /// When it was stated.
    pub stated: Occurred,
}

/// The best-known value of each field, with provenance.
pub type GoldenRecord = BTreeMap<String, Provenance>;

/// One party over all channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its id: the smallest of its record ids by (first seen, id).
    pub id: CustomerId,
    /// Its records, the id's first, then by (first seen, id).
    pub records: Vec<Record>,
    /// Every identifier that it holds.
    pub endpoints: Vec<Endpoint>,
    /// The best-known value of each field.
    pub golden: GoldenRecord,
}

impl Customer {
    /// A field of the golden record.
    pub fn field(&self, name: &str) -> Option<&Pii<String>> {
        self.golden.get(name).map(|provenance| &provenance.value)
    }

    /// Whether a record belongs to this customer.
    pub fn holds(&self, record: RecordId) -> bool {
        self.records.iter().any(|r| r.id == record)
    }
}

/// A conversation: a view over the messages of one customer on all channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id: its first message by (time, id).
    pub id: super::id::ConversationId,
    /// Its messages by (time, id).
    pub messages: Vec<Threaded>,
}

impl Conversation {
    /// The channels on which it was held, in order of first use.
    pub fn channels(&self) -> Vec<(&ChannelId, &ChannelKind)> {
        let mut seen: Vec<(&ChannelId, &ChannelKind)> = Vec::new();
        for message in &self.messages {
            if !seen.iter().any(|(id, _)| **id == message.channel) {
                seen.push((&message.channel, &message.channel_kind));
            }
        }
        seen
    }
}

/// A message in a conversation, and why it belongs there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threaded {
    /// Names it.
    pub id: super::id::MessageId,
    /// The instance of the channel.
    pub channel: ChannelId,
    /// The channel's kind.
    pub channel_kind: ChannelKind,
    /// When it was said.
    pub occurred: Occurred,
    /// What was said.
    pub message: super::message::Message,
    /// Why it belongs to this conversation.
    pub because: Because,
}

/// Why a message belongs to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// It opened it.
    Opened,
    /// It refers to a message of it.
    Answers(super::id::MessageId),
    /// It followed another of the same customer within the reply window.
    Followed(super::id::MessageId),
}
