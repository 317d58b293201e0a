//! Intents, decisions and what authorises a message to leave.
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

use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::configuration::ConfigurationVersion;
use super::consent::{ConsentState, Purpose};
use super::digest::Digest;
use super::form::Form;
use super::id::{ConversationId, CustomerId, DecisionId, IdentifierId, RecordId, TouchpointId};
use super::identifier::Namespace;
use super::pii::Pii;
use super::time::Timestamp;

/// What the application wants to say, to whom, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Intent {
    /// The caller's idempotency key: deciding twice on one key gives one decision.
    pub key: String,
    /// Whom: any record or customer id that the application was ever given.
    pub subject: RecordId,
    /// What for.
    pub purpose: Purpose,
    /// The occasion, such as a campaign or an order: said once, over all channels.
    pub occasion: String,
    /// The channels on which it may be said, the preferred first.
    pub channels: Vec<ChannelId>,
    /// The words.
    pub text: Pii<String>,
    /// Not before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// Pointless from this instant on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// The conversation that it continues: its messages leave one after the other, in the order in
    /// which they were decided. `None`: it waits for no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// What it is about, where the channel has such a field: the subject of an e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Pii<String>>,
    /// The message that it answers; told to the provider where it leaves by that message's channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Answered>,
    /// In what form it is said; channels that cannot do that are passed over.
    #[serde(default, skip_serializing_if = "Form::is_words")]
    pub form: Form,
}

impl Intent {
    /// Words for somebody, for a purpose, on one channel, about nothing but themselves.
    ///
    /// `key` is the caller's idempotency key, and the occasion until another is named.
    ///
    /// ```
    /// use omnichannel::model::{ChannelId, Form, Intent, Purpose, RecordId, TenantId};
    ///
    /// let camille = RecordId::from_uuid(TenantId::named("an example").as_uuid());
    /// let mail = ChannelId::new("mail")?;
    /// let intent = Intent {
    ///     occasion: "spring".to_owned(),
    ///     form: Form::Template { name: "spring".into(), language: "fr".into(), values: vec![] },
    ///     ..Intent::new("spring/7", camille, Purpose::new("marketing"), mail, "The new dresses.")
    /// };
    /// assert!(intent.check().is_ok());
    /// # Ok::<(), omnichannel::model::BadChannelId>(())
    /// ```
    pub fn new(
        key: impl Into<String>,
        subject: RecordId,
        purpose: Purpose,
        channel: ChannelId,
        text: impl Into<String>,
    ) -> Self {
        let key = key.into();
        Self {
            occasion: key.clone(),
            key,
            subject,
            purpose,
            channels: vec![channel],
            text: Pii::new(text.into()),
            not_before: None,
            not_after: None,
            conversation: None,
            title: None,
            answers: None,
            form: Form::Words,
        }
    }

    /// Whether it can be decided on; the error says what to change.
    ///
    /// # Errors
    ///
    /// A sentence: a form that is about one message names one channel.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.form.is_of_one_channel() && self.channels.len() != 1 {
            return Err("what is about one message names one channel: that of the message");
        }
        Ok(())
    }
}

/// The message that another answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Answered {
    /// The channel that it came by.
    pub channel: ChannelId,
    /// Its id there, as its touchpoint states it.
    pub external_id: String,
}

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
}

/// What was said, or is about to be, to one record's party. Kept per record, never per customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The decision that reserved it.
    pub decision: DecisionId,
    /// The purpose.
    pub purpose: Purpose,
    /// The occasion.
    pub occasion: String,
    /// Where.
    pub channel: ChannelId,
    /// When it is to be, or was, sent.
    pub at: Timestamp,
    /// How far it got.
    pub state: LedgerState,
}

/// How far a reservation got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerState {
    /// Decided, not yet sent. Counts.
    Reserved,
    /// Sent. Counts.
    Sent,
    /// Perhaps sent. Counts.
    Ambiguous,
    /// Not sent, and given back. Does not count.
    Released,
}

/// What was said to one record's party, newest last, at most [`ContactLedger::ENTRIES_MAX`]. A row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactLedger {
    /// The entries by (time, decision).
    pub entries: Vec<LedgerEntry>,
}

impl ContactLedger {
    /// Most entries kept per record.
    pub const ENTRIES_MAX: usize = 256;

    /// Adds an entry, or replaces the one of the same decision; the oldest beyond the bound goes.
    pub fn put(&mut self, entry: LedgerEntry) {
        self.entries.retain(|known| known.decision != entry.decision);
        self.entries.push(entry);
        self.entries.sort_by_key(|e| (e.at, e.decision));
        let over = self.entries.len().saturating_sub(Self::ENTRIES_MAX);
        self.entries.drain(..over);
    }

    /// The entry of a decision.
    pub fn of(&self, decision: DecisionId) -> Option<&LedgerEntry> {
        self.entries.iter().find(|entry| entry.decision == decision)
    }
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
    pub utc_offset: Option<super::policy::UtcOffset>,
    /// The intent's channels that cannot send in its form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formless: Vec<ChannelId>,
}

/// What became of an intent.
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
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruled {
    /// Nothing against it.
    Pass,
    /// Not before this instant.
    Wait(Timestamp),
    /// No.
    Block,
}

/// One rule's verdict, compact: a code and its arguments; `consistency::explain` makes sentences.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// The channel that it judged; `None` where it judged the intent as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// What it found.
    pub ruled: Ruled,
    /// Why: one of the rule's documented codes.
    pub why: String,
    /// What the sentence names, by name: an instant, a purpose, a decision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<(String, String)>,
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
    /// How often sending was tried before.
    pub attempts: u32,
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
