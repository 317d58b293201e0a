//! Touchpoints: immutable facts of a party meeting the company on a channel.
//!
//! # Law
//!
//! 1. A touchpoint belongs for ever to the source record that it was observed on; merging and
//!    unmerging customers never rewrite it.
//! 2. Arrival metadata ([`Arrival`]) is kept beside a touchpoint, never in it: it enters no view
//!    and no digest.
//! 3. Copies of one id that differ are all kept; views take the first by
//!    (revision reversed, time, content digest), the others are the anomaly
//!    `conflicting_duplicate`.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::channel::{ChannelId, ChannelKind};
use super::consent::ConsentSignal;
use super::digest::Digest;
use super::id::{MessageId, RecordId, TouchpointId};
use super::identifier::Identifier;
use super::message::{Message, Receipt};
use super::pii::Pii;
use super::sorted::SortedMap;
use super::time::{Occurred, Timestamp};

/// What the party (or the company towards it) did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Was shown something.
    Exposed,
    /// Came to a place, physical or digital.
    Visited,
    /// Looked for something.
    Searched,
    /// Looked at something.
    Viewed,
    /// Put something into a cart or list.
    Added,
    /// Took something out of a cart or list.
    Removed,
    /// Began something: a checkout, a form, a call.
    Started,
    /// Handed something in.
    Submitted,
    /// Ordered.
    Purchased,
    /// Paid.
    Paid,
    /// Was paid back.
    Refunded,
    /// Brought something back.
    Returned,
    /// Exchanged one thing for another.
    Exchanged,
    /// Collected something.
    PickedUp,
    /// Asked.
    Asked,
    /// Answered, or was answered.
    Replied,
    /// Said something that is neither question nor answer.
    Said,
    /// Told who it is: a log-in, a registration, a card shown.
    Identified,
    /// Was sent something.
    Sent,
    /// Received something.
    Delivered,
    /// Opened something.
    Opened,
    /// Followed a link.
    Clicked,
    /// Did not receive something.
    Failed,
    /// Said yes to being written to.
    OptedIn,
    /// Said no to being written to.
    OptedOut,
    /// Gave a score.
    Rated,
    /// Used a code, a voucher or points.
    Redeemed,
    /// Whatever an integrator invents.
    Custom(String),
}

impl Act {
    /// The act's name, as it appears in JSON.
    pub fn name(&self) -> &str {
        match self {
            Self::Exposed => "exposed",
            Self::Visited => "visited",
            Self::Searched => "searched",
            Self::Viewed => "viewed",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Started => "started",
            Self::Submitted => "submitted",
            Self::Purchased => "purchased",
            Self::Paid => "paid",
            Self::Refunded => "refunded",
            Self::Returned => "returned",
            Self::Exchanged => "exchanged",
            Self::PickedUp => "picked_up",
            Self::Asked => "asked",
            Self::Replied => "replied",
            Self::Said => "said",
            Self::Identified => "identified",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Failed => "failed",
            Self::OptedIn => "opted_in",
            Self::OptedOut => "opted_out",
            Self::Rated => "rated",
            Self::Redeemed => "redeemed",
            Self::Custom(name) => name,
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}

/// Something that a touchpoint concerns: a cart, an order, a product, a wish list, an offer, a
/// place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// What it is, lower case: `order`, `product`, `wish_list`.
    pub kind: String,
    /// Its id in the application's terms.
    pub id: String,
}

impl ObjectRef {
    /// Refers to a thing.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

/// What a touchpoint tells about its party, by field: `name`, `language`, `city`.
pub type Attributes = SortedMap<String, Pii<String>>;

/// What else the source said, by dotted path; numbers as exact decimal strings.
pub type Details = SortedMap<String, Pii<String>>;

/// Which feed observed something. Ids are unique within it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(Arc<str>);

impl Source {
    /// Names a feed, such as a channel's instance or an import's file.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An immutable fact: what happened, where, when, and to whom as seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Touchpoint {
    /// Names it; equal for every copy.
    pub id: TouchpointId,
    /// The feed that observed it.
    pub source: Source,
    /// The source's own id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The source's own revision of it; a higher one corrects a lower one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source record that it belongs to; `None` where nobody was identified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// The instance of the channel.
    pub channel: ChannelId,
    /// The channel's kind, for people.
    pub channel_kind: ChannelKind,
    /// What happened.
    pub act: Act,
    /// When.
    pub occurred: Occurred,
    /// What it concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ObjectRef>,
    /// The party's identifiers, as seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// What it tells about the party.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<Message>>,
    /// The messages that it answers, or whose fate it reports; nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<MessageId>,
    /// What a provider reports of a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Box<Receipt>>,
    /// What the party chose about being written to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<ConsentSignal>,
    /// What else the source said.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// In what way a touchpoint reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalMode {
    /// As it happened.
    Live,
    /// As it happened, more than [`Arrival::LATE_AFTER`] ago.
    Late,
    /// From an archive. Never triggers a message.
    Backfill,
    /// Again, from our own history. Never triggers a message.
    Replay,
}

/// When and in what way a touchpoint reached us; kept beside it and in no view.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Arrival {
    /// When the hub recorded it.
    pub recorded_at: Timestamp,
    /// In what way it came.
    pub mode: ArrivalMode,
    /// Why it was believed without a signature, in the words of the transport that vouched for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested: Option<Arc<str>>,
}

impl Arrival {
    /// From when on a live touchpoint counts as late: one day.
    pub const LATE_AFTER: std::time::Duration = std::time::Duration::from_secs(86_400);

    /// The arrival of something that `occurred`, recorded now.
    pub fn new(mode: ArrivalMode, occurred: Occurred, recorded_at: Timestamp) -> Self {
        let late = occurred.at.is_some_and(|at| recorded_at.since(at) > Self::LATE_AFTER);
        let mode = if mode == ArrivalMode::Live && late { ArrivalMode::Late } else { mode };
        Self { recorded_at, mode, attested: None }
    }

    /// The same arrival, believed for `reason`.
    #[must_use]
    pub fn attested(mut self, reason: Option<Arc<str>>) -> Self {
        self.attested = reason;
        self
    }
}

/// One copy of a touchpoint with its digest and arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// The digest of the touchpoint's content.
    pub digest: Digest,
    /// The content.
    pub touchpoint: Touchpoint,
    /// How it reached us first.
    pub arrival: Arrival,
}

impl Copy {
    /// A copy with its digest.
    pub fn new(touchpoint: Touchpoint, arrival: Arrival) -> Self {
        Self { digest: Digest::of(&touchpoint), touchpoint, arrival }
    }

    fn order(&self) -> (u32, i64, Digest) {
        (u32::MAX - self.touchpoint.revision, self.touchpoint.occurred.order(), self.digest)
    }
}

/// All different copies of one touchpoint, the one that views take first. A row of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copies(Vec<Copy>);

impl Copies {
    /// The first copy of a touchpoint.
    pub fn new(copy: Copy) -> Self {
        Self(vec![copy])
    }

    /// Adds a copy; `false` where its content was known.
    pub fn insert(&mut self, copy: Copy) -> bool {
        if self.has(copy.digest) {
            return false;
        }
        self.0.push(copy);
        self.0.sort_by_key(Copy::order);
        true
    }

    /// Whether a copy of this content is among them.
    pub fn has(&self, digest: Digest) -> bool {
        self.0.iter().any(|known| known.digest == digest)
    }

    /// The copies that `stays` holds for; `None` where it holds for none.
    pub fn kept(&self, stays: impl Fn(&Touchpoint) -> bool) -> Option<Self> {
        let kept: Vec<Copy> = self.0.iter().filter(|c| stays(&c.touchpoint)).cloned().collect();
        if kept.is_empty() { None } else { Some(Self(kept)) }
    }

    /// The copy that views take.
    pub fn chosen(&self) -> &Touchpoint {
        &self.0[0].touchpoint
    }

    /// The digest of the copy that views take.
    pub fn chosen_digest(&self) -> Digest {
        self.0[0].digest
    }

    /// All copies, the chosen first.
    pub fn all(&self) -> &[Copy] {
        &self.0
    }
}
