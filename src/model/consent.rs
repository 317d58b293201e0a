//! Consent: who may be written to, where, for what, and the proof of it.
//!
//! Messaging consent is bound to the *endpoint* (that address, that number), never to a customer: a
//! merge can then not create a permission (GDPR articles 6, 7; the basis and evidence fields follow
//! ISO/IEC TS 27560).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::TouchpointId;
use super::identifier::Identifier;
use super::time::Occurred;

/// What a message is for. Declared by the application, lower case: `marketing`, `order_updates`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Purpose(String);

impl Purpose {
    /// Names a purpose; trimmed and lower-cased.
    pub fn new(name: &str) -> Self {
        Self(name.trim().to_lowercase())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the party said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Yes.
    Given,
    /// No longer, or never.
    Withdrawn,
}

/// Why processing is lawful (GDPR article 6, paragraph 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LawfulBasis {
    /// Point a: the party agreed.
    Consent,
    /// Point b: needed for a contract with the party.
    Contract,
    /// Point c: the law demands it.
    LegalObligation,
    /// Point d: someone's life depends on it.
    VitalInterests,
    /// Point e: a public task.
    PublicTask,
    /// Point f: a legitimate interest, weighed and open to objection.
    LegitimateInterests,
}

/// A party's choice about one endpoint and purpose, as a channel saw it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConsentSignal {
    /// The endpoint it is about.
    pub endpoint: Identifier,
    /// For what; `None` means every purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// What the party said.
    pub state: ConsentState,
    /// The basis it establishes.
    #[serde(default = "LawfulBasis::consent")]
    pub basis: LawfulBasis,
    /// How it can be proven: the form, the version of its text, the verbatim words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

impl LawfulBasis {
    fn consent() -> Self {
        Self::Consent
    }
}

/// A choice with its proof: which fact, when.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Consent {
    /// For what; `None` means every purpose.
    pub purpose: Option<Purpose>,
    /// What the party said.
    pub state: ConsentState,
    /// The basis it establishes.
    pub basis: LawfulBasis,
    /// When it was said.
    pub occurred: Occurred,
    /// How it can be proven.
    pub evidence: Option<String>,
}

/// All choices about one endpoint, by the touchpoint that carried them. A row of the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentLedger {
    /// The choices of each touchpoint.
    pub choices: BTreeMap<TouchpointId, Vec<Consent>>,
}

impl ConsentLedger {
    /// The choice in force for `purpose`: the latest; at the same instant a withdrawal wins.
    ///
    /// A choice about every purpose counts for each. Choices of unknown time count as the oldest,
    /// except a withdrawal, which counts as the latest: in doubt nobody is written to.
    pub fn in_force(&self, purpose: &Purpose) -> Option<(TouchpointId, &Consent)> {
        let choices = self.choices.iter().flat_map(|(id, list)| list.iter().map(|c| (*id, c)));
        choices
            .filter(|(_, choice)| choice.purpose.as_ref().is_none_or(|p| p == purpose))
            .max_by_key(|(id, choice)| {
                let withdrawn = choice.state == ConsentState::Withdrawn;
                let unknown = if withdrawn { i64::MAX } else { i64::MIN };
                (choice.occurred.at.map_or(unknown, |at| at.micros()), withdrawn, *id)
            })
    }
}
