//! A channel's profile: what its provider takes and does, as data.
//!
//! Limits change by the month and differ by account, so none of them is code: each is a value with
//! its source and the day on which that source said so. An application that knows better replaces
//! the value.
//!
//! # Law
//!
//! What a profile does not say is not known; no default stands in for it.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::capabilities::TextLimit;
use super::identifier::{Namespace, Stability};
use super::message::DeliveryStatus;
use super::time::Timestamp;

/// A value, who says so, and when that was looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// What is said.
    pub value: T,
    /// Where: a page of the provider, an error of its interface, a law.
    pub source: Cow<'static, str>,
    /// When it was looked up.
    pub as_of: Timestamp,
    /// How far it can be relied on.
    pub confidence: Confidence,
}

impl<T> Sourced<T> {
    /// A value that stands at its source.
    pub fn verified(value: T, source: impl Into<Cow<'static, str>>, as_of: Timestamp) -> Self {
        Self { value, source: source.into(), as_of, confidence: Confidence::Verified }
    }

    /// The same, of a source that is not the provider's own, or that was not found.
    #[must_use]
    pub fn unverified(self) -> Self {
        Self { confidence: Confidence::Unverified, ..self }
    }
}

/// How far a value can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// It stands at the source that is named.
    Verified,
    /// It is widely said.
    Unverified,
}

/// How well a channel shows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// The provider refuses a message that has it.
    Rejected,
    /// It vanishes, and nobody says so.
    Dropped,
    /// Something plainer stands in its place.
    Fallback,
    /// It is shown with limits.
    Partial,
    /// It is shown as it is meant.
    Full,
}

/// What a message may be made of, besides plain words.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// Bold, italic and the like.
    Formatting,
    /// A link behind words.
    Link,
    /// Buttons that answer.
    Buttons,
    /// A list to choose from.
    List,
    /// A row of cards with pictures.
    Carousel,
    /// An approved template.
    Template,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording.
    Audio,
    /// A file.
    File,
    /// A place on the map.
    Location,
    /// An answer to one earlier message.
    Reply,
    /// A sign on an earlier message.
    Reaction,
    /// A change of an earlier message.
    Edit,
    /// An earlier message taken back.
    Delete,
    /// A sign that somebody writes.
    Typing,
}

/// Where a text stands that has a limit of its own.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextPlace {
    /// The message's own words.
    Body,
    /// The words under a picture or a file.
    Caption,
    /// The title above.
    Header,
    /// The line below.
    Footer,
    /// The words of a button.
    Button,
    /// What a button sends back.
    Payload,
    /// The words of a template.
    Template,
}

/// The longest text of one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlaceLimit {
    /// Where it stands.
    pub place: TextPlace,
    /// How long it may be.
    pub limit: TextLimit,
}

/// The largest attachment of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MediaLimit {
    /// Which sort: [`Element::Image`] and its neighbours.
    pub element: Element,
    /// How large, in bytes.
    pub bytes_max: u64,
}

/// Which receipts ever come.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Receipts {
    /// What is ever reported; what is not listed is never, so that nobody waits for it.
    pub emitted: Vec<DeliveryStatus>,
    /// What may be left out although it happened.
    pub may_be_skipped: Vec<DeliveryStatus>,
}

/// How long one may write freely after the party did.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionWindow {
    /// How long after the party's last message.
    pub lasts: Duration,
    /// In what case: `customer message`, `click on an advertisement`, `human agent`.
    pub opened_by: Cow<'static, str>,
    /// What may be sent when it is closed.
    pub outside: Outside,
}

impl SessionWindow {
    /// What opens the window of a channel by which parties write.
    pub const BY_MESSAGE: &'static str = "customer message";
}

/// What may be sent outside a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// Nothing.
    Nothing,
    /// Approved templates.
    Templates,
}

/// Most messages of a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RateRule {
    /// Among which messages they are counted.
    pub scope: RateScope,
    /// How many.
    pub max: u32,
    /// In how long.
    pub per: Duration,
}

/// Among which messages a rate is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateScope {
    /// All of the channel.
    Channel,
    /// Those to one address.
    Address,
}

/// How inbound requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InboundDelivery {
    /// Whether a request may come again.
    pub repeats: bool,
    /// Whether requests come in the order of what they tell.
    pub ordered: bool,
}

/// An id by which a party is known and, mostly, written to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IdScheme {
    /// What it identifies by.
    pub namespace: Namespace,
    /// Within what it is unique: `page`, `business portfolio`, `world`.
    pub scope: Cow<'static, str>,
    /// How long it stays the party's.
    pub stability: Stability,
}

/// How a party says that it wants no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OptOutRule {
    /// Words that say so when they stand alone, in capitals; empty where it is said otherwise.
    pub words: Cow<'static, [Cow<'static, str>]>,
    /// In what other way: a block, a link of one click.
    pub other: Cow<'static, str>,
}

/// What is known of a channel's provider; empty where nothing is.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChannelProfile {
    /// Longest texts, by where they stand.
    pub texts: Vec<Sourced<PlaceLimit>>,
    /// How well it shows what messages may be made of.
    pub elements: Vec<Sourced<(Element, Support)>>,
    /// Largest attachments.
    pub media: Vec<Sourced<MediaLimit>>,
    /// Which receipts ever come.
    pub receipts: Option<Sourced<Receipts>>,
    /// When one may write freely.
    pub windows: Vec<Sourced<SessionWindow>>,
    /// How fast one may write; all of them hold.
    pub rates: Vec<Sourced<RateRule>>,
    /// How inbound requests come.
    pub delivery: Option<Sourced<InboundDelivery>>,
    /// By what parties are known.
    pub ids: Vec<Sourced<IdScheme>>,
    /// How parties say that they want no more.
    pub opt_out: Vec<Sourced<OptOutRule>>,
}

impl ChannelProfile {
    /// A channel of which nothing is known.
    pub const UNKNOWN: Self = Self {
        texts: Vec::new(),
        elements: Vec::new(),
        media: Vec::new(),
        receipts: None,
        windows: Vec::new(),
        rates: Vec::new(),
        delivery: None,
        ids: Vec::new(),
        opt_out: Vec::new(),
    };

    /// How well an element is shown; `None` where nobody knows.
    pub fn support(&self, element: Element) -> Option<Support> {
        let mut known = self.elements.iter().map(|known| known.value);
        known.find(|(known, _)| *known == element).map(|(_, support)| support)
    }

    /// The longest text of a place; `None` where nobody knows.
    pub fn longest(&self, place: TextPlace) -> Option<TextLimit> {
        let mut known = self.texts.iter().map(|known| known.value);
        known.find(|known| known.place == place).map(|known| known.limit)
    }

    /// The window that a message of the party opens; `None` where nobody knows of one.
    pub fn window(&self) -> Option<&SessionWindow> {
        let mut known = self.windows.iter().map(|known| &known.value);
        known.find(|window| window.opened_by == SessionWindow::BY_MESSAGE)
    }

    /// Whether a receipt ever tells this; `None` where nobody knows.
    pub fn reports(&self, status: DeliveryStatus) -> Option<bool> {
        self.receipts.as_ref().map(|known| known.value.emitted.contains(&status))
    }

    /// Where every value comes from, when it was looked up, and how far it can be relied on.
    pub fn sources(&self) -> impl Iterator<Item = (&str, Timestamp, Confidence)> {
        fn of<T>(known: &[Sourced<T>]) -> impl Iterator<Item = (&str, Timestamp, Confidence)> {
            known.iter().map(|known| (&*known.source, known.as_of, known.confidence))
        }
        of(&self.texts)
            .chain(of(&self.elements))
            .chain(of(&self.media))
            .chain(of(self.receipts.as_slice()))
            .chain(of(&self.windows))
            .chain(of(&self.rates))
            .chain(of(self.delivery.as_slice()))
            .chain(of(&self.ids))
            .chain(of(&self.opt_out))
    }
}
