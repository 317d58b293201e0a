//! Identifiers as seen by a channel, with namespace, scope and assurance.
//!
//! Codecs emit identifiers verbatim; normalising and judging their linking power is identity's.
//! A scoped identifier (a page-scoped id, an agent's own CRM number) means something only within
//! its scope: equal values in two scopes are two identifiers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::pii::Pii;

/// What kind of identifier a value is; declares how it normally behaves.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Namespace {
    /// A customer account of the company's own systems.
    Account,
    /// A loyalty card or programme number.
    LoyaltyCard,
    /// A record number of a CRM; scope it by the system.
    CrmId,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A WhatsApp id: a number, or a business-scoped id with its scope.
    WhatsApp,
    /// A handle or page-scoped id on a social network; scope it by the network or the page.
    SocialHandle,
    /// A user id on a messaging service; scope it by the service or the bot.
    MessagingId,
    /// A browser's first-party cookie or anonymous visitor id.
    Cookie,
    /// A device id. A kiosk, a till and a family tablet have one too.
    Device,
    /// An advertising id of a phone's operating system.
    AdvertisingId,
    /// The token under which an app installation receives push messages.
    PushToken,
    /// A postal address in one line.
    PostalAddress,
    /// Whatever an integrator invents; give it a name of your own.
    Other(String),
}

impl Namespace {
    /// The namespace's name, as it appears in ids and in JSON.
    pub fn name(&self) -> &str {
        match self {
            Self::Account => "account",
            Self::LoyaltyCard => "loyalty_card",
            Self::CrmId => "crm_id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::WhatsApp => "whats_app",
            Self::SocialHandle => "social_handle",
            Self::MessagingId => "messaging_id",
            Self::Cookie => "cookie",
            Self::Device => "device",
            Self::AdvertisingId => "advertising_id",
            Self::PushToken => "push_token",
            Self::PostalAddress => "postal_address",
            Self::Other(name) => name,
        }
    }

    /// How long a value normally names the same party.
    pub fn stability(&self) -> Stability {
        match self {
            Self::Account | Self::LoyaltyCard | Self::CrmId => Stability::Permanent,
            Self::Cookie | Self::PushToken => Stability::Session,
            _ => Stability::UntilChanged,
        }
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}

/// How long an identifier names the same party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stability {
    /// Until the browser, session or installation ends.
    Session,
    /// Until the party changes it or it is reassigned.
    UntilChanged,
    /// For good.
    Permanent,
}

/// How far an identifier can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Someone wrote it down.
    Asserted,
    /// The party proved that it holds it: a log-in, a confirmed link, the network itself.
    Verified,
}

/// An identifier as a channel saw it.
///
/// ```
/// use omnichannel::model::{Assurance, Identifier, Namespace};
///
/// let seen = Identifier::asserted(Namespace::Email, "Camille@Example.org").verified();
/// assert_eq!(seen.assurance, Assurance::Verified);
/// assert_eq!(format!("{:?}", seen.value), "[personal]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// What kind of identifier it is.
    pub namespace: Namespace,
    /// Within what it is unique; `None` where it is unique in the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The value, verbatim.
    pub value: Pii<String>,
    /// How far it can be believed.
    pub assurance: Assurance,
}

impl Identifier {
    /// Longest value in bytes that takes part in identity; longer ones are kept and do not link.
    pub const BYTES_MAX: usize = 1_024;

    /// An identifier that someone wrote down.
    pub fn asserted(namespace: Namespace, value: impl Into<String>) -> Self {
        Self {
            namespace,
            scope: None,
            value: Pii::new(value.into()),
            assurance: Assurance::Asserted,
        }
    }

    /// An identifier that the party proved to hold.
    pub fn proven(namespace: Namespace, value: impl Into<String>) -> Self {
        Self::asserted(namespace, value).verified()
    }

    /// The same, proven.
    #[must_use]
    pub fn verified(mut self) -> Self {
        self.assurance = Assurance::Verified;
        self
    }

    /// The same, unique only within `scope`.
    #[must_use]
    pub fn scoped(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }
}
