//! Configuration: what a view or a decision depends on besides facts; versioned.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::book::Book;
use super::digest::Digest;
use super::exception::Exceptions;
use super::policy::Policy;

/// Names a configuration: the digest of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigurationVersion(Digest);

impl std::fmt::Display for ConfigurationVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_string()[..12])
    }
}

/// Which values join records, beyond the built-in lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IdentityRules {
    /// Values that never join records, in any namespace; compared after normalisation.
    #[serde(default)]
    pub blocked_values: BTreeSet<String>,
}

/// How messages become conversations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ThreadRules {
    /// A message without a reference continues the conversation of the customer's last message, if
    /// that is at most so long ago; on any channel.
    pub reply_window_hours: u32,
}

impl ThreadRules {
    /// The reply window.
    pub fn reply_window(&self) -> Duration {
        Duration::from_secs(u64::from(self.reply_window_hours) * 3_600)
    }
}

impl Default for ThreadRules {
    /// Three days.
    fn default() -> Self {
        Self { reply_window_hours: 72 }
    }
}

/// Everything that a view or a decision depends on besides facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Who is who.
    #[serde(default)]
    pub identity: IdentityRules,
    /// What belongs to one conversation.
    #[serde(default)]
    pub threads: ThreadRules,
    /// What may be said.
    #[serde(default)]
    pub policy: Policy,
    /// What things cost.
    #[serde(default)]
    pub book: Book,
    /// Where a channel may differ, and why.
    #[serde(default)]
    pub exceptions: Exceptions,
}

impl Configuration {
    /// Its version: equal content, equal version.
    pub fn version(&self) -> ConfigurationVersion {
        ConfigurationVersion(Digest::of(self))
    }
}

/// What a store's derived rows rest on. A row; opening a store with another profile is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The version of the normalisers.
    pub normaliser: u32,
    /// The digest of the identity rules.
    pub identity: Digest,
    /// The check value of the id key.
    pub id_key: Uuid,
}

impl Profile {
    /// The version of this build's normalisers; any change of a normalised value raises it.
    pub const NORMALISER: u32 = 1;
}
