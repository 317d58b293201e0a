//! Messages: parts with direction and author, and what is known of delivery.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::pii::Pii;
use super::receipt::Watermark;
use super::time::Timestamp;

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the party to the company.
    Inbound,
    /// From the company to the party.
    Outbound,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Customer,
    /// A person of customer service.
    Agent,
    /// A person in a store.
    Clerk,
    /// A program that converses.
    Bot,
    /// A program that notifies.
    System,
}

/// A stored file: where it is and what it claims to be; never its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlobRef {
    /// Where the bytes are, in the source's terms (a URL, a media id, a part number).
    pub location: Pii<String>,
    /// The media type the source states, such as `image/jpeg`.
    pub media_type: String,
    /// The file name the source states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<Pii<String>>,
    /// Size in bytes, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Until when the source keeps them at that place, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl BlobRef {
    /// A file of a media type at a place; all else is not known.
    pub fn new(location: impl Into<String>, media_type: impl Into<String>) -> Self {
        Self {
            location: Pii::new(location.into()),
            media_type: media_type.into(),
            file_name: None,
            bytes: None,
            expires_at: None,
        }
    }
}

/// One piece of a message.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Plain text.
    Text(Pii<String>),
    /// A file.
    Media(BlobRef),
    /// A place, as a `geo:` URI (RFC 5870) with the source's own digits.
    Location(Pii<String>),
    /// A choice from what was offered: a button, a line of a list.
    Choice {
        /// What the company's program is told.
        id: Pii<String>,
        /// What the customer read on it.
        label: Option<Pii<String>>,
    },
}

/// What one side said to the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Message {
    /// Which way it went.
    pub direction: Direction,
    /// Who speaks.
    pub author: Author,
    /// What it is about, where the channel has such a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Pii<String>>,
    /// Its pieces in order.
    pub parts: Vec<Part>,
    /// Its language as a BCP 47 tag, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// External ids, in the same source, of the messages that it answers; nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

impl Message {
    /// A text that a customer wrote.
    pub fn inbound(text: impl Into<String>) -> Self {
        Self::of(Direction::Inbound, Author::Customer, text.into())
    }

    /// A text that the company wrote.
    pub fn outbound(author: Author, text: impl Into<String>) -> Self {
        Self::of(Direction::Outbound, author, text.into())
    }

    fn of(direction: Direction, author: Author, text: String) -> Self {
        let parts = vec![Part::Text(Pii::new(text))];
        Self { direction, author, subject: None, parts, language: None, references: Vec::new() }
    }

    /// The texts and chosen labels of all parts, a line each. Personal data.
    pub fn text(&self) -> Pii<String> {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.expose().as_str()),
            Part::Choice { label, .. } => label.as_ref().map(|label| label.expose().as_str()),
            Part::Media(_) | Part::Location(_) => None,
        });
        Pii::new(texts.collect::<Vec<_>>().join("\n"))
    }
}

/// How far a message got; [`DeliveryStatus::implies`] says what follows from what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// The provider took it.
    Accepted,
    /// The provider passed it on.
    Sent,
    /// It reached the endpoint.
    Delivered,
    /// The party saw it.
    Read,
    /// The party listened to it, or watched it.
    Played,
    /// The party followed a link in it.
    Clicked,
    /// It will not arrive.
    Failed,
}

impl fmt::Display for DeliveryStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Clicked => "clicked",
            Self::Failed => "failed",
        })
    }
}

/// What a provider reports of a message that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Receipt {
    /// The message's external id in the same source; empty where only a watermark is told.
    pub of: String,
    /// How far it got.
    pub status: DeliveryStatus,
    /// The provider's own code, where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Up to where it speaks of earlier messages too; `None` where only of the one it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watermark: Option<Watermark>,
}
