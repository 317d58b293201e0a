//! Intents: what an application wants to say, to whom, why, and under what conditions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::consent::Purpose;
use super::fact::Statement;
use super::form::Form;
use super::id::{ConversationId, DecisionId, RecordId};
use super::pii::Pii;
use super::time::Timestamp;
use super::touchpoint::{Act, ObjectRef};

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
    /// What makes it pointless when it happens: a purchase ends the reminder of a cart. Asked again
    /// when it leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended_by: Vec<EndedBy>,
    /// Earlier messages that must have got so far before it is said. It waits for them in the
    /// outbox.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Reached>,
    /// Earlier messages that make it needless by getting so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Reached>,
    /// Where it is said next, while it has not got far enough: see [`Fallback`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<Fallback>,
    /// The first message of the ladder that it is a step of; set by the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_of: Option<DecisionId>,
    /// Whether it takes the place of what still waits to be said on the same occasion.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaces: bool,
    /// How urgent it is among candidates of one purpose: the higher is decided first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: i32,
    /// What it is worth among candidates of one priority, in the application's own unit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub value: i64,
    /// Digested messages that it tells: see [`super::Outcome::Digest`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gathers: Vec<DecisionId>,
    /// Who said yes, where a person had to: see [`super::Outcome::NeedsHuman`]. A name or an id of
    /// the application's own staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// The facts that it states, each once: it is said only while they are so. Asked again when it
    /// leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<Statement>,
    /// Whether the party's preference orders the channels, before the order given here: the open
    /// conversation, then what it stated, then where it answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_preference: bool,
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

impl Intent {
    /// Most facts that one message states.
    pub const STATES_MAX: usize = 100;

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
            ended_by: Vec::new(),
            after: Vec::new(),
            unless: Vec::new(),
            fallbacks: Vec::new(),
            step_of: None,
            replaces: false,
            priority: 0,
            value: 0,
            gathers: Vec::new(),
            approved_by: None,
            states: Vec::new(),
            by_preference: false,
        }
    }

    /// Whether it can be decided on; the error says what to change.
    ///
    /// # Errors
    ///
    /// A sentence: a form that is about one message names one channel; a ladder has at most
    /// [`Fallback::STEPS_MAX`] steps, each on a channel that no step before it was on, and with a
    /// time; it states at most [`Intent::STATES_MAX`] facts, each once and with a version.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.form.is_of_one_channel() && (self.channels.len() != 1 || !self.fallbacks.is_empty())
        {
            return Err("what is about one message names one channel: that of the message");
        }
        if self.fallbacks.len() > Fallback::STEPS_MAX {
            return Err("a ladder has at most 8 fallbacks");
        }
        if self.states.len() > Self::STATES_MAX {
            return Err("a message states at most 100 facts");
        }
        let mut stated = BTreeSet::new();
        if !self.states.iter().all(|it| it.version > 0 && stated.insert(&it.fact)) {
            return Err("a message states each fact once, with its version from 1");
        }
        let mut before: Vec<&ChannelId> = self.channels.iter().collect();
        for step in &self.fallbacks {
            if step.channels.is_empty() || step.within_s == 0 {
                return Err("a fallback names a channel, and a time of at least one second");
            }
            if step.channels.iter().any(|channel| before.contains(&channel)) {
                return Err("a fallback names only channels that no step before it names: a cycle");
            }
            before.extend(&step.channels);
        }
        Ok(())
    }
}

impl Intent {
    /// The next step of its ladder, after `this`, the decision on it; `None` where nothing follows.
    pub fn next_step(&self, this: DecisionId) -> Option<Self> {
        let (step, rest) = self.fallbacks.split_first()?;
        let first = step.channels.first()?;
        let mut unless = self.unless.clone();
        unless.push(Reached { message: this, milestone: step.unless });
        Some(Self {
            key: format!("{}>{first}", self.key),
            channels: step.channels.clone(),
            fallbacks: rest.to_vec(),
            step_of: Some(self.step_of.unwrap_or(this)),
            unless,
            not_before: None,
            after: Vec::new(),
            gathers: Vec::new(),
            ..self.clone()
        })
    }
}

/// Something that makes a message pointless: an act of the customer, on any channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EndedBy {
    /// What the customer does.
    pub act: Act,
    /// With what; `None`: with anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<ObjectRef>,
    /// From when on it counts; an act of unknown time counts.
    pub since: Timestamp,
}

impl EndedBy {
    /// Whether an act is what it waits for.
    pub fn is_met_by(&self, act: &Act, objects: &[ObjectRef], at: Option<Timestamp>) -> bool {
        *act == self.act
            && at.is_none_or(|at| at >= self.since)
            && self.about.as_ref().is_none_or(|about| objects.contains(about))
    }
}

/// How far a message gets, as conditions speak of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// Its provider took it.
    Accepted,
    /// It reached the endpoint.
    Delivered,
    /// The party saw it.
    Read,
    /// The party followed a link in it.
    Engaged,
}

/// A message that gets so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reached {
    /// The decision that it rests on.
    pub message: DecisionId,
    /// How far.
    pub milestone: Milestone,
}

/// A further step of a message, for where the step before did not get far enough in time.
///
/// At most one step is on its way at any time. The steps of one ladder are one message: they repeat
/// no occasion, and caps count them once. A step that succeeds late, after the next one left, ends
/// the ladder.
///
/// ```
/// use omnichannel::model::{ChannelId, Fallback, Intent, Milestone, Purpose, RecordId, TenantId};
///
/// let camille = RecordId::from_uuid(TenantId::named("an example").as_uuid());
/// let [mail, sms] = [ChannelId::new("mail")?, ChannelId::new("sms")?];
/// let welcome = Intent {
///     // The text message follows if the mail was not delivered within ten minutes.
///     fallbacks: vec![Fallback {
///         unless: Milestone::Delivered,
///         within_s: 600,
///         channels: vec![sms],
///     }],
///     ..Intent::new("welcome/7", camille, Purpose::new("service"), mail, "Welcome!")
/// };
/// assert!(welcome.check().is_ok());
/// # Ok::<(), omnichannel::model::BadChannelId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fallback {
    /// How far a step before it must have got to make it needless.
    pub unless: Milestone,
    /// How long after the step before it left, in seconds; at least 1.
    pub within_s: u32,
    /// The channels on which it may be said, the preferred first.
    pub channels: Vec<ChannelId>,
}

impl Fallback {
    /// Most fallbacks of one message.
    pub const STEPS_MAX: usize = 8;
}

/// The message that another answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Answered {
    /// The channel that it came by.
    pub channel: ChannelId,
    /// Its id there, as its touchpoint states it.
    pub external_id: String,
}
