//! Channels: an instance, its kind, and the traits that deciders may read.
//!
//! # Law
//!
//! 1. Deciders read [`ChannelTraits`] and declared capabilities, never a [`ChannelKind`].
//! 2. The truth (price, terms, answer, identity) takes no channel at all.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Names one instance of a channel within a tenant: `store-0042`, `whatsapp-fr`, `web`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChannelId(Arc<str>);

/// A text that names no channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a channel id is 1 to 100 characters without white space or control characters")]
pub struct BadChannelId;

impl ChannelId {
    /// Takes a name of 1 to 100 characters without white space.
    ///
    /// # Errors
    ///
    /// [`BadChannelId`] where it is empty, longer, or has white space: name it like `store-0042`.
    pub fn new(name: impl Into<String>) -> Result<Self, BadChannelId> {
        let name = name.into();
        let fine = (1..=100).contains(&name.chars().count())
            && !name.chars().any(|c| c.is_whitespace() || c.is_control());
        if fine { Ok(Self(name.into())) } else { Err(BadChannelId) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ChannelId {
    type Error = BadChannelId;

    fn try_from(name: String) -> Result<Self, BadChannelId> {
        Self::new(name)
    }
}

impl From<ChannelId> for String {
    fn from(id: ChannelId) -> Self {
        id.0.as_ref().to_owned()
    }
}

/// What sort of place a channel is. For people and reports; no decider reads it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A shop with clerks and tills.
    Store,
    /// A telephone call with a person.
    Phone,
    /// An interactive voice response system.
    Ivr,
    /// Letters and parcels.
    Post,
    /// A printed catalogue.
    Catalogue,
    /// A website.
    Web,
    /// A mobile application.
    App,
    /// E-mail.
    Email,
    /// Text messages.
    Sms,
    /// Push notifications.
    Push,
    /// A social network.
    Social,
    /// A messaging service.
    Messaging,
    /// A conversation with a program.
    Chatbot,
    /// A voice assistant at home.
    VoiceAssistant,
    /// A watch.
    Watch,
    /// A self-service terminal in a store.
    Kiosk,
    /// A parcel locker.
    Locker,
    /// A poster or screen in the street.
    Billboard,
    /// Television.
    Tv,
    /// Radio.
    Radio,
    /// Whatever an integrator invents.
    Other(String),
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store => "store",
            Self::Phone => "phone",
            Self::Ivr => "IVR",
            Self::Post => "post",
            Self::Catalogue => "catalogue",
            Self::Web => "web",
            Self::App => "app",
            Self::Email => "e-mail",
            Self::Sms => "SMS",
            Self::Push => "push",
            Self::Social => "social",
            Self::Messaging => "messaging",
            Self::Chatbot => "chatbot",
            Self::VoiceAssistant => "voice assistant",
            Self::Watch => "watch",
            Self::Kiosk => "kiosk",
            Self::Locker => "locker",
            Self::Billboard => "billboard",
            Self::Tv => "TV",
            Self::Radio => "radio",
            Self::Other(name) => name,
        })
    }
}

/// Which way a channel carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// From the party to the company.
    Inbound,
    /// From the company to the party.
    Outbound,
    /// Both ways.
    Both,
}

/// What a channel is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// A place or a thing.
    Physical,
    /// A connection to one party.
    Digital,
    /// One signal to many.
    Broadcast,
}

/// Whether a channel knows whom it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifies {
    /// Every touchpoint names a party.
    Always,
    /// Some touchpoints do.
    Sometimes,
    /// None can: an exposure there is a count and is never attached to a person.
    Never,
}

/// What deciders may know of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChannelTraits {
    /// Which way it carries.
    pub flow: Flow,
    /// Whether the company can address one party on it.
    pub addressable: bool,
    /// Whether both sides are present at once.
    pub synchronous: bool,
    /// What it is made of.
    pub medium: Medium,
    /// Whether it knows whom it meets.
    pub identifies: Identifies,
}

impl ChannelKind {
    /// The usual traits of a kind; an instance may declare others.
    pub fn usual_traits(&self) -> ChannelTraits {
        use ChannelKind as K;
        let medium = match self {
            K::Store | K::Post | K::Catalogue | K::Kiosk | K::Locker => Medium::Physical,
            K::Billboard | K::Tv | K::Radio => Medium::Broadcast,
            _ => Medium::Digital,
        };
        let flow = match self {
            K::Catalogue | K::Billboard | K::Tv | K::Radio | K::Push => Flow::Outbound,
            _ => Flow::Both,
        };
        let addressable = matches!(
            self,
            K::Phone
                | K::Post
                | K::Catalogue
                | K::Email
                | K::Sms
                | K::Push
                | K::Social
                | K::Messaging
        );
        let synchronous = matches!(
            self,
            K::Store | K::Phone | K::Ivr | K::Chatbot | K::VoiceAssistant | K::Kiosk
        );
        let identifies = match self {
            K::Billboard | K::Tv | K::Radio => Identifies::Never,
            K::Email | K::Sms | K::Push | K::Social | K::Messaging | K::Locker => {
                Identifies::Always
            }
            _ => Identifies::Sometimes,
        };
        ChannelTraits { flow, addressable, synchronous, medium, identifies }
    }
}

/// One instance of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// Its name within the tenant.
    pub id: ChannelId,
    /// What sort of place it is.
    pub kind: ChannelKind,
    /// What deciders may know of it.
    pub traits: ChannelTraits,
}

impl Channel {
    /// A channel with the usual traits of its kind.
    ///
    /// # Errors
    ///
    /// [`BadChannelId`] where `id` is no name.
    pub fn new(id: impl Into<String>, kind: ChannelKind) -> Result<Self, BadChannelId> {
        Ok(Self { id: ChannelId::new(id)?, traits: kind.usual_traits(), kind })
    }
}
