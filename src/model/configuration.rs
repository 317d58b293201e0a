//! Configuration: what a view or a decision depends on besides facts; versioned.
//!
//! Each version is an immutable row of its own, named by its content; the [`Profile`] points to the
//! one in force.
//!
//! # Why
//!
//! One pointer for the whole data set, since a hub holds one configuration for all of its tenants.
//! What follows from new identity rules is done tenant by tenant, and each tenant's [`Layout`] says
//! how far: a step rests on that row, which lies with the tenant's own, never on one row that all
//! tenants share.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::book::Book;
use super::country::Country;
use super::digest::Digest;
use super::evidence::Millibits;
use super::exception::Exceptions;
use super::id::ComponentId;
use super::linking::{NamespaceRule, SourceRule, SurvivorshipRules};
use super::pattern::Pattern;
use super::policy::Policy;
use super::retention::RetentionRule;

/// Names a configuration: the digest of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigurationVersion(Digest);

impl ConfigurationVersion {
    /// The first 16 bytes, by which its row is named.
    pub fn as_uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0.as_bytes()[..16]);
        Uuid::from_bytes(bytes)
    }
}

impl std::fmt::Display for ConfigurationVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_string()[..12])
    }
}

/// What joins records, what bounds a customer, and which values survive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityRules {
    /// Values that never join records, in any namespace; compared after normalisation.
    pub blocked_values: BTreeSet<String>,
    /// Values that never join records in one namespace, by its name; compared after normalisation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub blocked_in: BTreeMap<String, BTreeSet<String>>,
    /// Patterns of values that never join records, in any namespace: `*@example.com`, `0000*`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub blocked_patterns: BTreeSet<Pattern>,
    /// Where a telephone number without a country is dialled; numbers are then kept as E.164.
    ///
    /// Needs the feature `phone`; fixed for the life of a data set, since values rest on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_region: Option<Country>,
    /// How a namespace joins, where [`LinkRule::of`](super::LinkRule::of) does not serve.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<NamespaceRule>,
    /// What sources are worth, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, SourceRule>,
    /// Which value of a field survives; the most recent where nothing is said.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub survivorship: SurvivorshipRules,
    /// Most records of one customer that evidence alone may join.
    #[serde(skip_serializing_if = "is_usual")]
    pub records_max: u32,
    /// Most records that bear one identifier before it counts as shared.
    #[serde(skip_serializing_if = "is_usual")]
    pub bearers_max: u32,
    /// From which match weight a scored link joins two records: at 0 they are sooner one party
    /// than not, at 6,644 with a hundred to one.
    #[serde(skip_serializing_if = "is_none")]
    pub link_weight_min: Millibits,
    /// From which match weight a scored link that does not join is for a person to review; both
    /// at least [`Verdict::CONNECTS_FROM`](super::Verdict::CONNECTS_FROM).
    #[serde(skip_serializing_if = "is_usual_review")]
    pub review_weight_min: Millibits,
}

fn is_none(weight: &Millibits) -> bool {
    *weight == 0
}

fn is_usual_review(weight: &Millibits) -> bool {
    *weight == IdentityRules::REVIEW_WEIGHT_MIN
}

/// Both bounds are usually the same, and are not written then.
fn is_usual(max: &u32) -> bool {
    *max == IdentityRules::RECORDS_MAX
}

impl Default for IdentityRules {
    fn default() -> Self {
        Self {
            blocked_values: BTreeSet::new(),
            blocked_in: BTreeMap::new(),
            blocked_patterns: BTreeSet::new(),
            phone_region: None,
            namespaces: Vec::new(),
            sources: BTreeMap::new(),
            survivorship: SurvivorshipRules::new(),
            records_max: Self::RECORDS_MAX,
            bearers_max: Self::BEARERS_MAX,
            link_weight_min: 0,
            review_weight_min: Self::REVIEW_WEIGHT_MIN,
        }
    }
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
    /// For how long facts are kept; for ever without a rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retention: Vec<RetentionRule>,
}

impl Configuration {
    /// Its version: equal content, equal version.
    pub fn version(&self) -> ConfigurationVersion {
        ConfigurationVersion(Digest::of(self))
    }
}

/// What a store rests on, and which configuration is in force. One row for the whole data set.
///
/// Opening a store with another id key, normaliser or other identity rules is refused; so is
/// putting another telephone region in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The version of the normalisers.
    pub normaliser: u32,
    /// The digest of the identity rules in force.
    pub identity: Digest,
    /// Under which region telephone numbers were read; values rest on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_region: Option<Country>,
    /// The check value of the id key.
    pub id_key: Uuid,
    /// The configuration in force; `None` while each hub is given its own by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<ConfigurationVersion>,
}

impl Profile {
    /// The version of this build's normalisers; any change of a normalised value raises it.
    pub const NORMALISER: u32 = 2;
}

/// Under which identity rules a tenant's customers are laid out. A row; every step that lays out
/// customers rests on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The digest of the rules.
    pub identity: Digest,
    /// The rules towards which they are being laid out again; nothing else lays them out meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub towards: Option<Towards>,
}

/// How far customers are laid out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Towards {
    /// The digest of the rules.
    pub identity: Digest,
    /// Components up to this one are laid out under them; `None` before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<ComponentId>,
}
