//! Decisions and what authorises a message to leave.
//!
//! # Law
//!
//! 1. Nothing leaves unauthorised: sending takes [`Authorized`], which only
//!    `consistency::confirm` makes, at dispatch.
//! 2. An [`Authorized`] value is neither `Clone` nor deserialisable: one confirmation, one sending.
//!
//! ```compile_fail,E0451
//! // Nobody outside the crate can make one ...
//! use omnichannel::model::Authorized;
//! let forged = Authorized { content: "hello" };
//! ```
//!
//! ```compile_fail,E0277
//! // ... nor copy or revive one.
//! use omnichannel::model::{Authorized, Outbound};
//! fn needs_clone<T: Clone>() {}
//! needs_clone::<Authorized<Outbound>>();
//! ```
//!
//! ```
//! // The plain data inside can be both.
//! use omnichannel::model::Outbound;
//! fn needs_clone<T: Clone + serde::de::DeserializeOwned>() {}
//! needs_clone::<Outbound>();
//! ```

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::configuration::ConfigurationVersion;
use super::consent::{ConsentState, Purpose};
use super::digest::Digest;
use super::form::Form;
use super::id::{DecisionId, IdentifierId};
use super::identifier::Namespace;
use super::intent::Intent;
use super::ledger::LedgerState;
use super::pii::Pii;
use super::time::Timestamp;

/// What became of an intent.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is to be said there, at that time; a later time says that it was deferred.
    Send {
        /// The channel.
        channel: ChannelId,
        /// The endpoint on it.
        endpoint: IdentifierId,
        /// When.
        at: Timestamp,
    },
    /// It is not to be said.
    Suppress,
    /// Something else is said in its place.
    Superseded {
        /// The decision on it.
        by: DecisionId,
    },
    /// It is not said alone: it waits to be gathered with others into one message.
    Digest,
    /// A person decides: nothing forbids it, and something speaks against doing it unasked.
    NeedsHuman,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruled {
    /// Nothing against it.
    Pass,
    /// Not before this instant.
    Wait(Timestamp),
    /// Not alone: it may be gathered with others.
    Digest,
    /// Not unasked: a person decides.
    Human,
    /// No.
    Block,
}

/// One rule's verdict, compact: a code and its arguments; `consistency::explain` makes sentences.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: Cow<'static, str>,
    /// The channel that it judged; `None` where it judged the intent as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// What it found.
    pub ruled: Ruled,
    /// Why: one of the rule's documented codes.
    pub why: Cow<'static, str>,
    /// What the sentence names, by name: an instant, a purpose, a decision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<(Cow<'static, str>, String)>,
}

impl Finding {
    /// What the sentence names under `name`.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What was decided on an intent: an immutable fact once committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Names it: the intent's key, minted.
    pub id: DecisionId,
    /// What was wanted.
    pub intent: Intent,
    /// What became of it.
    pub outcome: Outcome,
    /// Every rule's verdict in the documented order.
    pub findings: Vec<Finding>,
    /// The digest of the view that it rests on.
    pub view: Digest,
    /// The configuration that it rests on.
    pub configuration: ConfigurationVersion,
    /// When it was made.
    pub at: Timestamp,
}

/// What is true at dispatch, as the engine read it from the rows that the claim will expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The endpoint's kind and address, where the customer still holds it.
    pub address: Option<(Namespace, Pii<String>)>,
    /// The choice in force there for the purpose.
    pub consent: Option<ConsentState>,
    /// How far the reservation got; `None` where it is gone.
    pub reservation: Option<LedgerState>,
    /// The rules of the purpose today; `None` where it is no longer declared.
    pub rules: Option<super::policy::PurposeRules>,
    /// Until when it is quiet at the party's place, as `consistency::quiet_until` says.
    pub quiet_until: Option<Timestamp>,
    /// Until when frequency caps hold it back, as `consistency::capped_until` says.
    pub capped_until: Option<Timestamp>,
    /// What else stands in its way now, as `consistency::obstacle` says.
    pub obstacle: Option<Obstacle>,
    /// How often sending was tried before.
    pub attempts: u32,
}

/// What stands in a message's way at dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// Not before this instant; then asked again.
    Until(Timestamp),
    /// It is in vain to wait.
    Lost(Refusal),
}

/// What is handed to a channel, in plain data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Outbound {
    /// The decision; also the idempotency key of the sending.
    pub decision: DecisionId,
    /// The channel.
    pub channel: ChannelId,
    /// What kind of address.
    pub namespace: Namespace,
    /// The address.
    pub address: Pii<String>,
    /// The words.
    pub text: Pii<String>,
    /// What it is about, where the channel has such a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Pii<String>>,
    /// The channel's own id of the message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// In what form it is said.
    #[serde(default, skip_serializing_if = "Form::is_words")]
    pub form: Form,
    /// What for.
    pub purpose: Purpose,
    /// When it was authorised.
    pub at: Timestamp,
    /// Which try this is, from 1.
    pub attempt: u32,
}

impl Outbound {
    /// The first try of some words to an address, about nothing, in answer to nothing.
    ///
    /// For tests of a codec; a hub makes its own of what was decided.
    pub fn new(
        (decision, channel): (DecisionId, ChannelId),
        (namespace, address): (Namespace, impl Into<String>),
        text: impl Into<String>,
    ) -> Self {
        Self {
            decision,
            channel,
            namespace,
            address: Pii::new(address.into()),
            text: Pii::new(text.into()),
            title: None,
            answers: None,
            form: Form::Words,
            purpose: Purpose::new("service"),
            at: Timestamp::MIN,
            attempt: 1,
        }
    }
}

/// Something that may leave now: made by `consistency::confirm` only, used once.
#[derive(Debug, PartialEq, Eq)]
pub struct Authorized<T> {
    content: T,
    at: Timestamp,
}

impl<T> Authorized<T> {
    /// Privileged: called from `consistency/confirm.rs` only (`tests/architecture.rs`).
    pub(crate) fn grant(content: T, at: Timestamp) -> Self {
        Self { content, at }
    }

    /// What may leave.
    pub fn content(&self) -> &T {
        &self.content
    }

    /// When it was authorised.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Why a decision may no longer be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It decided not to send.
    NotToSend,
    /// It is too early.
    TooEarly,
    /// The intent's time is over.
    Expired,
    /// The customer no longer holds the endpoint.
    EndpointLost,
    /// Consent is missing or was withdrawn.
    ConsentLost,
    /// The reservation was released or is already used.
    ReservationLost,
    /// The policy no longer declares the purpose.
    PurposeGone,
    /// What makes it pointless has happened.
    Ended,
    /// A message that must come before it never gets there.
    Unmet,
    /// An earlier message got so far that this one is needless.
    Needless,
    /// One may no longer write freely there.
    WindowClosed,
    /// Processing is restricted.
    Restricted,
    /// It is no longer certain who the customer is.
    Uncertain,
    /// Another message took its place.
    Superseded,
    /// What it states is no longer so.
    Outdated,
}

impl Refusal {
    /// The reason in a few words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotToSend => "the decision was not to send",
            Self::TooEarly => "it is too early",
            Self::Expired => "the time for it is over",
            Self::EndpointLost => "the customer no longer holds the endpoint",
            Self::ConsentLost => "consent is missing or was withdrawn",
            Self::ReservationLost => "the reservation was released or is already used",
            Self::PurposeGone => "the policy no longer declares the purpose",
            Self::Ended => "what makes it pointless has happened",
            Self::Unmet => "a message that must come before it never gets there",
            Self::Needless => "an earlier message got so far that this one is needless",
            Self::WindowClosed => "one may no longer write freely there",
            Self::Restricted => "processing is restricted",
            Self::Uncertain => "it is no longer certain who the customer is",
            Self::Superseded => "another message took its place",
            Self::Outdated => "what it states is no longer so",
        }
    }
}

/// What a channel says of one sending.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendOutcome {
    /// The provider took it, under this id of its own.
    Accepted {
        /// The provider's id of the message.
        provider_id: String,
    },
    /// The provider knows the message by its key: it took it on an earlier try.
    Replayed {
        /// The provider's id of the message.
        provider_id: String,
    },
    /// The provider took a part of the message; the rest is not sent.
    Partial {
        /// The provider's ids of the parts that it took, in order; at least one.
        provider_ids: Vec<String>,
        /// Why the rest was not taken; no personal data.
        reason: String,
    },
    /// Nothing was sent; the provider asks to try again later.
    Deferred {
        /// Not before this instant.
        retry_at: Timestamp,
    },
    /// Nothing was sent, and trying again is pointless.
    Rejected {
        /// The provider's reason; no personal data.
        reason: String,
    },
    /// Bytes left and no answer came: it may have been sent.
    Unknown,
}

impl SendOutcome {
    /// Its name, as it appears in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Replayed { .. } => "replayed",
            Self::Partial { .. } => "partial",
            Self::Deferred { .. } => "deferred",
            Self::Rejected { .. } => "rejected",
            Self::Unknown => "unknown",
        }
    }

    /// The provider's id of what it took, the first of several; `None` where it took nothing.
    pub fn provider_id(&self) -> Option<&str> {
        match self {
            Self::Accepted { provider_id } | Self::Replayed { provider_id } => Some(provider_id),
            Self::Partial { provider_ids, .. } => provider_ids.first().map(String::as_str),
            Self::Deferred { .. } | Self::Rejected { .. } | Self::Unknown => None,
        }
    }
}
