//! How each kind of identifier joins records, and what bounds a customer.
//!
//! # Why
//!
//! The defaults follow what identity products protect by: one account for each customer, at most
//! five values of other kinds (Segment's defaults), namespaces of which a customer has one value
//! (Adobe's unique namespaces), values that turn out to belong to many (Senzing's generics).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::configuration::IdentityRules;
use super::evidence::Millibits;
use super::identifier::Namespace;

/// Most different values of a namespace that one customer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limit {
    /// How many values, at least 1.
    pub max: u32,
    /// Only values first seen within so many days of each other count together, in event time;
    /// `None`: ever. A value of unknown time counts into every window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u32>,
}

impl Limit {
    /// So many values, ever.
    pub const fn ever(max: u32) -> Self {
        Self { max, within_days: None }
    }

    /// So many values first seen within so many days.
    pub const fn within(max: u32, days: u32) -> Self {
        Self { max, within_days: Some(days) }
    }
}

/// How the identifiers of one namespace join records.
///
/// ```
/// use omnichannel::model::{IdentityRules, Limit, LinkRule, Namespace};
///
/// let phone = LinkRule { idle_days_max: Some(365), ..LinkRule::of(&Namespace::Phone) };
/// let rules = IdentityRules::default()
///     .with(Namespace::Phone, phone)
///     .with(Namespace::Email, LinkRule {
///         limit: Some(Limit::within(2, 7)),
///         ..LinkRule::of(&Namespace::Email)
///     });
/// assert_eq!(rules.rule(&Namespace::Phone), phone);
/// assert!(rules.rule(&Namespace::Account).strong);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LinkRule {
    /// Whether equal values join records.
    pub links: bool,
    /// Among identifiers of equal assurance the higher joins first.
    pub priority: u8,
    /// Whether two different values are two customers, unless a person rules otherwise.
    #[serde(default)]
    pub strong: bool,
    /// Most values of one customer; `None` without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// An identifier of lower priority that is seen with more different values of this namespace
    /// is shared by several parties and joins nobody; `None`: this namespace proves no sharing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing_over: Option<u32>,
    /// After so many days on which nobody bore it, a value begins a new life: it joins none of its
    /// former bearers to later ones. `None`: a value is never given again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_days_max: Option<u32>,
}

impl LinkRule {
    const fn new(priority: u8) -> Self {
        Self {
            links: true,
            priority,
            strong: false,
            limit: None,
            sharing_over: None,
            idle_days_max: None,
        }
    }

    const fn strong(priority: u8) -> Self {
        Self { strong: true, sharing_over: Some(1), ..Self::new(priority) }
    }

    const fn personal(priority: u8) -> Self {
        Self { limit: Some(Limit::ever(5)), sharing_over: Some(3), ..Self::new(priority) }
    }

    /// How a namespace joins unless the rules say otherwise.
    ///
    /// An account and a loyalty card are strong. A customer holds at most five values of a kind
    /// that reaches a person, and more than three of them prove that a device or a cookie is
    /// shared. A postal address names a household and joins nobody.
    pub fn of(namespace: &Namespace) -> Self {
        match namespace {
            Namespace::Account => Self::strong(100),
            Namespace::LoyaltyCard => Self::strong(90),
            Namespace::CrmId => Self { sharing_over: Some(3), ..Self::personal(80) },
            Namespace::Email => Self::personal(70),
            Namespace::Phone | Namespace::WhatsApp => Self::personal(60),
            Namespace::MessagingId | Namespace::SocialHandle => Self::personal(50),
            Namespace::Other(_) => Self { sharing_over: None, ..Self::personal(40) },
            Namespace::Cookie => Self::new(30),
            Namespace::Device | Namespace::AdvertisingId | Namespace::PushToken => Self::new(20),
            Namespace::PostalAddress => Self { links: false, ..Self::new(0) },
        }
    }

    /// What bounds the values of one customer: a strong namespace has one.
    pub fn bound(&self) -> Option<Limit> {
        if self.strong { Some(Limit::ever(1)) } else { self.limit }
    }
}

/// How the identifiers of one namespace join, where the default does not serve.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NamespaceRule {
    /// The namespace.
    pub namespace: Namespace,
    /// How it joins.
    #[serde(flatten)]
    pub rule: LinkRule,
}

/// What a source of records is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SourceRule {
    /// How far it can be trusted, higher is more; 100 where nothing is said. Decides between
    /// joins of equal assurance and priority, and between values of the golden record.
    pub trust: u8,
    /// Whether it holds each customer once, so that two of its records are two customers unless
    /// a person rules otherwise.
    #[serde(default)]
    pub one_record_per_customer: bool,
}

impl Default for SourceRule {
    fn default() -> Self {
        Self { trust: 100, one_record_per_customer: false }
    }
}

/// Which of several stated values a golden record takes; ties go to the most recent, then to the
/// smaller touchpoint id.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Survivorship {
    /// The one stated last.
    #[default]
    MostRecent,
    /// The one stated first.
    Earliest,
    /// The one stated most often.
    MostFrequent,
    /// The one of the most trusted source.
    MostTrusted,
    /// The one of most characters.
    Longest,
}

/// How each field of the golden record is chosen, by its name.
pub type SurvivorshipRules = BTreeMap<String, Survivorship>;

impl IdentityRules {
    /// Most records of one customer unless the rules say otherwise.
    pub const RECORDS_MAX: u32 = 1_000;
    /// Most records that bear one linking identifier unless the rules say otherwise.
    pub const BEARERS_MAX: u32 = Self::RECORDS_MAX;
    /// From which match weight a scored link is reviewed unless the rules say otherwise: one in ten
    /// to one.
    pub const REVIEW_WEIGHT_MIN: Millibits = -3_322;

    /// The same rules with another for one namespace.
    #[must_use]
    pub fn with(mut self, namespace: Namespace, rule: LinkRule) -> Self {
        self.namespaces.retain(|known| known.namespace != namespace);
        self.namespaces.push(NamespaceRule { namespace, rule });
        self.namespaces.sort_by(|a, b| a.namespace.cmp(&b.namespace));
        self
    }

    /// How a namespace joins.
    pub fn rule(&self, namespace: &Namespace) -> LinkRule {
        let own = self.namespaces.iter().find(|known| known.namespace == *namespace);
        own.map_or_else(|| LinkRule::of(namespace), |own| own.rule)
    }

    /// What a source is worth.
    pub fn source(&self, source: &str) -> SourceRule {
        self.sources.get(source).copied().unwrap_or_default()
    }
}
