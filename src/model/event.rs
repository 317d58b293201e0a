//! Events: what a codec reads from one request, before anything is judged.
//!
//! A codec emits raw identifiers and verbatim signals. It names the sender (the strongest sender
//! identifier in the event, else the session or anonymous id, never a shared device); the engine
//! mints ids and makes touchpoints of events.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::channel::ChannelKind;
use super::consent::ConsentSignal;
use super::identifier::Identifier;
use super::message::{Message, Receipt};
use super::time::Occurred;
use super::touchpoint::{Act, Attributes, Details, ObjectRef};

/// What an event is, in the words of the channels. A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody said something.
    Message,
    /// A message was changed by its author.
    Edit,
    /// A message was taken back by its author.
    Delete,
    /// Somebody reacted to a message.
    Reaction,
    /// A provider reports what became of a message.
    Receipt,
    /// A party told who it is.
    Identify,
    /// Two ids are the same party.
    Alias,
    /// A party belongs to a group.
    Group,
    /// A page was seen.
    Page,
    /// A screen of an app was seen.
    Screen,
    /// Something else was done.
    Track,
    /// A party chose about being written to.
    Consent,
    /// A party's id was replaced by another.
    IdentityChange,
    /// A touchpoint told in the crate's own format.
    Touchpoint,
    /// Of a type that the codec does not know; its content is kept.
    Unknown,
}

impl EventKind {
    /// The kind's name, as it appears in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Reaction => "reaction",
            Self::Receipt => "receipt",
            Self::Identify => "identify",
            Self::Alias => "alias",
            Self::Group => "group",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Track => "track",
            Self::Consent => "consent",
            Self::IdentityChange => "identity_change",
            Self::Touchpoint => "touchpoint",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a codec reads: one thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Event {
    /// Its position in the request, from 0.
    pub index: usize,
    /// What it is in the channel's words.
    pub kind: EventKind,
    /// The source's own id of it, the key of deduplication.
    pub external_id: Option<String>,
    /// The source's own revision of it; 0 where it has none.
    pub revision: u32,
    /// Who it is from, or about; names the source record.
    pub sender: Option<Identifier>,
    /// Every identifier of that party in the event, the sender's included.
    pub identifiers: Vec<Identifier>,
    /// The channel's kind, where the event knows better than its channel.
    pub channel_kind: Option<ChannelKind>,
    /// What happened.
    pub act: Act,
    /// When.
    pub occurred: Occurred,
    /// What it concerns.
    pub objects: Vec<ObjectRef>,
    /// What it tells about the party.
    pub attributes: Attributes,
    /// What was said.
    pub message: Option<Message>,
    /// What a provider reports of a message.
    pub receipt: Option<Receipt>,
    /// What the party chose about being written to.
    pub consents: Vec<ConsentSignal>,
    /// What else the source said.
    pub details: Details,
}

impl Event {
    /// An event with nothing but its place, kind, act and time.
    pub fn new(index: usize, kind: EventKind, act: Act, occurred: Occurred) -> Self {
        Self {
            index,
            kind,
            external_id: None,
            revision: 0,
            sender: None,
            identifiers: Vec::new(),
            channel_kind: None,
            act,
            occurred,
            objects: Vec::new(),
            attributes: Attributes::new(),
            message: None,
            receipt: None,
            consents: Vec::new(),
            details: Details::new(),
        }
    }
}

/// Why something was not taken. A closed list; each has one meaning for every codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The body is not written in the channel's format.
    Syntax,
    /// The bytes are not in the encoding that the format demands.
    Encoding,
    /// Larger than the codec's declared limit.
    TooLarge,
    /// Nested deeper than the codec's declared limit.
    TooDeep,
    /// More events in one body than the codec's declared limit.
    TooMany,
    /// A field that the format demands is absent or empty.
    MissingField,
    /// A field holds another type than the format says.
    WrongType,
    /// A time that cannot be read or lies outside the calendar.
    BadTime,
    /// Of a type or version that the codec does not know.
    Unsupported,
    /// An event of that source and id is known with this content.
    Duplicate,
    /// An event of that source and id is known with other content; both are kept.
    ConflictingDuplicate,
    /// It belongs to a person who was erased.
    Erased,
    /// The request carries no signature where the channel demands one.
    Unsigned,
    /// The request's signature does not fit its content.
    BadSignature,
    /// The request is signed for a time too far from now.
    Stale,
    /// Nothing happened: a handshake, a ping, an empty batch.
    NoEvent,
    /// Written by a program in answer to a message.
    AutoReply,
    /// Sent to the members of a list.
    ListMail,
    /// A mail system's report (a bounce, a delay, a complaint) that names no message to tell it of.
    Report,
    /// The company's own message, reported back.
    Echo,
}

impl Code {
    /// The code's name, as it appears in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Encoding => "encoding",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::TooMany => "too_many",
            Self::MissingField => "missing_field",
            Self::WrongType => "wrong_type",
            Self::BadTime => "bad_time",
            Self::Unsupported => "unsupported",
            Self::Duplicate => "duplicate",
            Self::ConflictingDuplicate => "conflicting_duplicate",
            Self::Erased => "erased",
            Self::Unsigned => "unsigned",
            Self::BadSignature => "bad_signature",
            Self::Stale => "stale",
            Self::NoEvent => "no_event",
            Self::AutoReply => "auto_reply",
            Self::ListMail => "list_mail",
            Self::Report => "report",
            Self::Echo => "echo",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that was not taken: where it stood, the code, and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rejection {
    /// Its position in the request, from 0; `None` where the whole request is meant.
    pub index: Option<usize>,
    /// Why, for programs.
    pub code: Code,
    /// Why, for people: names the place, never a value.
    pub reason: String,
}

impl Rejection {
    /// Refuses one event of a request.
    pub fn at(index: usize, code: Code, reason: impl Into<String>) -> Self {
        Self { index: Some(index), code, reason: reason.into() }
    }

    /// Refuses the whole request.
    pub fn whole(code: Code, reason: impl Into<String>) -> Self {
        Self { index: None, code, reason: reason.into() }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "{} at event {index}: {}", self.code, self.reason),
            None => write!(f, "{}: {}", self.code, self.reason),
        }
    }
}

/// What a codec read from one request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoded {
    /// What happened, in the request's order.
    pub events: Vec<Event>,
    /// What was not taken.
    pub rejected: Vec<Rejection>,
    /// What was rightly set aside: a handshake, an auto-reply, an echo.
    pub ignored: Vec<Rejection>,
}
