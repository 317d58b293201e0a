//! What became of a message: facts that join in any order.
//!
//! Providers report twice, late, in any order, and leave out what another report implies. A
//! [`DeliveryState`] is the set of what was reported, each with its least time; two of them join by
//! union. That is a join-semilattice, a state-based CRDT (Shapiro et al., 2011): replicas that
//! heard the same reports hold the same state.
//!
//! # Law
//!
//! 1. [`DeliveryState::join`] is commutative, associative and idempotent; no report takes another
//!    back.
//! 2. `clicked` and `played` imply `read`, that `delivered`, that `sent`, that `accepted`.
//! 3. What arrived did not fail: a failure beside a delivery, before it or after, is an
//!    [`Anomaly::FailedYetDelivered`](super::Anomaly), and the status stays.
//!
//! All of them: `tests/receipts.rs`.
//!
//! # Why
//!
//! Not a rank that only rises: where failed and delivered share a rank, the first to come wins, and
//! two replicas disagree; where failed stands on top, a second device that is switched off undoes a
//! delivery.

use serde::{Deserialize, Serialize};

use super::message::{DeliveryStatus, Receipt};
use super::sorted::SortedMap;
use super::time::{Occurred, Timestamp};
use super::touchpoint::Act;

impl DeliveryStatus {
    /// Every status, the furthest first; a failure is the least: whatever arrived did not fail.
    const FURTHEST: [Self; 7] = [
        Self::Clicked,
        Self::Played,
        Self::Read,
        Self::Delivered,
        Self::Sent,
        Self::Accepted,
        Self::Failed,
    ];

    /// Whether a message of this status has that one too.
    pub fn implies(self, other: Self) -> bool {
        let step = |status| match status {
            Self::Failed => None,
            Self::Accepted => Some(0),
            Self::Sent => Some(1),
            Self::Delivered => Some(2),
            Self::Read => Some(3),
            Self::Played | Self::Clicked => Some(4),
        };
        let is_below = step(other).zip(step(self)).is_some_and(|(other, this)| other < this);
        self == other || is_below
    }

    /// The act of a touchpoint that reports it.
    pub fn act(self) -> Act {
        match self {
            Self::Accepted | Self::Sent => Act::Sent,
            Self::Delivered => Act::Delivered,
            Self::Read | Self::Played => Act::Opened,
            Self::Clicked => Act::Clicked,
            Self::Failed => Act::Failed,
        }
    }
}

/// Up to where a receipt speaks of every message to its party on its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watermark {
    /// Up to an instant, it included; the receipt need not name a message.
    Time(Timestamp),
    /// Up to the message that the receipt names, it included.
    Message,
}

impl Receipt {
    /// A report about one message, without a code.
    pub fn new(of: impl Into<String>, status: DeliveryStatus) -> Self {
        Self { of: of.into(), status, code: None, watermark: None }
    }

    /// A report about every message to the party up to an instant.
    pub fn up_to(at: Timestamp, status: DeliveryStatus) -> Self {
        Self::new("", status).and_until(at)
    }

    /// The same with the provider's code.
    #[must_use]
    pub fn with_code(self, code: Option<String>) -> Self {
        Self { code, ..self }
    }

    /// The same report, about every earlier message to the party too.
    #[must_use]
    pub fn and_earlier(self) -> Self {
        Self { watermark: Some(Watermark::Message), ..self }
    }

    /// The same report, about every message to the party up to an instant too.
    #[must_use]
    pub fn and_until(self, at: Timestamp) -> Self {
        Self { watermark: Some(Watermark::Time(at)), ..self }
    }

    /// Whether a message that left at `sent` is among those that the receipt speaks of as earlier
    /// ones; `named` is when the message left that it names, where that is known.
    ///
    /// A time that nobody knows is covered by nothing.
    pub fn covers(&self, sent: Occurred, named: Option<Occurred>) -> bool {
        let until = match self.watermark {
            None => None,
            Some(Watermark::Time(at)) => Some(at),
            Some(Watermark::Message) => named.and_then(|named| named.at),
        };
        sent.at.zip(until).is_some_and(|(sent, until)| sent <= until)
    }
}

/// What became of a message: the set of what was reported, each with its least time.
///
/// ```
/// use omnichannel::model::{DeliveryState, DeliveryStatus, Occurred};
///
/// let (mut here, mut there) = (DeliveryState::new(), DeliveryState::new());
/// here.report(DeliveryStatus::Read, None, Occurred::UNKNOWN);
/// there.report(DeliveryStatus::Failed, Some("131026"), Occurred::UNKNOWN);
/// here.join(&there);
/// assert_eq!(here.status(), Some(DeliveryStatus::Read));
/// assert!(here.has(DeliveryStatus::Delivered) && here.is_contradictory());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeliveryState {
    /// Every status but a failure that was reported, with its least time.
    reached: SortedMap<DeliveryStatus, Occurred>,
    /// The failures by the provider's code, empty without one, each with its least time.
    failed: SortedMap<String, Occurred>,
}

impl DeliveryState {
    /// A message of which nothing is known.
    pub const fn new() -> Self {
        Self { reached: SortedMap::new(), failed: SortedMap::new() }
    }

    /// Adds a report. The code counts where the message failed.
    pub fn report(&mut self, status: DeliveryStatus, code: Option<&str>, occurred: Occurred) {
        if status == DeliveryStatus::Failed {
            earlier(&mut self.failed, code.unwrap_or_default().to_owned(), occurred);
        } else {
            earlier(&mut self.reached, status, occurred);
        }
    }

    /// Adds everything that another state knows.
    pub fn join(&mut self, other: &Self) {
        for (status, occurred) in other.reached.iter() {
            earlier(&mut self.reached, *status, *occurred);
        }
        for (code, occurred) in other.failed.iter() {
            earlier(&mut self.failed, code.clone(), *occurred);
        }
    }

    /// Whether a status was reported, or is implied by one that was.
    pub fn has(&self, status: DeliveryStatus) -> bool {
        self.at(status).is_some()
    }

    /// When a status held at the latest: the least time of it, and of all that imply it.
    pub fn at(&self, status: DeliveryStatus) -> Option<Occurred> {
        if status == DeliveryStatus::Failed {
            return self.failed.iter().map(|(_, occurred)| *occurred).min_by_key(order);
        }
        let implying = self.reached.iter().filter(|(reported, _)| reported.implies(status));
        implying.map(|(_, occurred)| *occurred).min_by_key(order)
    }

    /// How far the message got; a click goes before a playing, and failed only what never arrived.
    ///
    /// `None` where nothing is known. A failure outweighs having been accepted and sent.
    pub fn status(&self) -> Option<DeliveryStatus> {
        let failed = self.has(DeliveryStatus::Failed) && !self.has(DeliveryStatus::Delivered);
        if failed {
            return Some(DeliveryStatus::Failed);
        }
        DeliveryStatus::FURTHEST.into_iter().find(|status| self.has(*status))
    }

    /// The failures by the provider's code, empty where it gave none, each with its least time.
    pub fn failures(&self) -> impl Iterator<Item = (&str, Occurred)> {
        self.failed.iter().map(|(code, occurred)| (code.as_str(), *occurred))
    }

    /// Whether the message failed and arrived: one of several devices, or a provider that errs.
    pub fn is_contradictory(&self) -> bool {
        self.has(DeliveryStatus::Failed) && self.has(DeliveryStatus::Delivered)
    }
}

/// Keeps the least time of a key; one that is not known is the greatest.
fn earlier<K: Ord>(known: &mut SortedMap<K, Occurred>, key: K, occurred: Occurred) {
    let least = known.get_or_insert_with(key, || occurred);
    if order(&occurred) < order(least) {
        *least = occurred;
    }
}

fn order(occurred: &Occurred) -> (i64, super::time::TimeOrigin) {
    (occurred.order(), occurred.origin)
}
