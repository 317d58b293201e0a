//! Capabilities: what a channel can do, declared as data.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::form::Form;
use super::identifier::Namespace;
use super::profile::{ChannelProfile, Element, SessionWindow, TextPlace};
use super::text;

/// In what a length is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LengthUnit {
    /// Bytes of UTF-8.
    Utf8Byte,
    /// Code units of UTF-16.
    Utf16Unit,
    /// Unicode scalar values.
    Scalar,
    /// Extended grapheme clusters: what people take for one character.
    Grapheme,
    /// Septets of GSM-7, an escaped character being two; of a text that it cannot write, UCS-2 in
    /// the same octets: its units count as 16/7 septets, rounded down (160 are 70, 153 are 67).
    GsmSeptet,
}

/// The longest text of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextLimit {
    /// How long.
    pub max: u32,
    /// In what it is counted.
    pub unit: LengthUnit,
}

impl TextLimit {
    /// The length of `text` in this limit's unit.
    pub fn measure(&self, text: &str) -> usize {
        text::measure(text, self.unit)
    }

    /// Whether `text` fits.
    pub fn fits(&self, text: &str) -> bool {
        self.measure(text) <= self.max as usize
    }
}

/// Whether sending the same message twice delivers it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendIdempotency {
    /// The provider takes our idempotency key.
    Native,
    /// It does not: after an unknown outcome nothing is sent again.
    None,
}

/// What a channel can do. What is not declared cannot be done.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Capabilities {
    /// The kind of identifier that it sends to; `None` where it cannot send.
    pub sends_to: Option<Namespace>,
    /// The longest text of one message.
    pub text: Option<TextLimit>,
    /// What it can send beside words; see [`Form::element`].
    pub elements: Cow<'static, [Element]>,
    /// Whether sending twice delivers once.
    pub send_idempotency: SendIdempotency,
    /// How long one may write freely after the party did; `None`: always.
    pub window: Option<SessionWindow>,
    /// Largest request body that its codec reads, in bytes.
    pub body_bytes_max: usize,
    /// Most events of one request that its codec reads.
    pub events_max: usize,
}

impl Capabilities {
    /// A channel that only listens, to bodies of at most 1 MiB and 10,000 events.
    pub const INBOUND: Self = Self {
        sends_to: None,
        text: None,
        elements: Cow::Borrowed(&[]),
        send_idempotency: SendIdempotency::None,
        window: None,
        body_bytes_max: 1 << 20,
        events_max: 10_000,
    };

    /// The same channel, sending to identifiers of `namespace`.
    #[must_use]
    pub fn sending_to(mut self, namespace: Namespace) -> Self {
        self.sends_to = Some(namespace);
        self
    }

    /// The same channel with a longest text.
    #[must_use]
    pub fn with_text(mut self, max: u32, unit: LengthUnit) -> Self {
        self.text = Some(TextLimit { max, unit });
        self
    }

    /// The same channel, sending these beside words.
    #[must_use]
    pub fn with_elements(mut self, elements: &'static [Element]) -> Self {
        self.elements = Cow::Borrowed(elements);
        self
    }

    /// Whether it can send something in that form.
    pub fn can_send(&self, form: &Form) -> bool {
        self.sends_to.is_some()
            && form.element().is_none_or(|element| self.elements.contains(&element))
    }

    /// The same channel, whose provider takes our idempotency key.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.send_idempotency = SendIdempotency::Native;
        self
    }

    /// The same channel with other limits of a request.
    #[must_use]
    pub fn with_limits(mut self, body_bytes_max: usize, events_max: usize) -> Self {
        self.body_bytes_max = body_bytes_max;
        self.events_max = events_max;
        self
    }

    /// The same channel, on which one may write freely only so long after the party did.
    #[must_use]
    pub fn with_window(mut self, window: SessionWindow) -> Self {
        self.window = Some(window);
        self
    }

    /// The same channel, with its provider's longest text and the window that a message of the
    /// party opens, where no others are set.
    #[must_use]
    pub fn within(mut self, profile: &ChannelProfile) -> Self {
        self.text = self.text.or_else(|| profile.longest(TextPlace::Body));
        self.window = self.window.or_else(|| profile.window().cloned());
        self
    }
}
