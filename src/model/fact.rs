//! Known facts: what the company says of its things, by version, and to whom.
//!
//! A fact is about something, under a predicate: the price of a dress, the day on which an order
//! arrives. Its source numbers the versions. A message names the facts that it states, each with
//! its version, so that what was told can be compared with what is true.
//!
//! # Law
//!
//! 1. What is known is a function of the set of versions: any order and any repetition of telling
//!    them gives one [`FactHistory`] (`tests/facts.rs`).
//!
//! # Why
//!
//! A version that is in force only for a while hides an older one and does not end it: when the
//! sale is over, the usual price is true again, and nobody has to tell it anew.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::consent::Purpose;
use super::digest::Digest;
use super::id::{DecisionId, FactId, IdentifierId, RecordId};
use super::intent::Intent;
use super::ledger::LedgerState;
use super::money::Money;
use super::price::Percent;
use super::time::Timestamp;
use super::touchpoint::ObjectRef;

/// Names a fact: what it is about, and what of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactKey {
    /// What it is about.
    pub about: ObjectRef,
    /// What of it, lower case: `price`, `arrives_on`, `return_days`.
    pub predicate: String,
}

impl FactKey {
    /// Names a fact.
    pub fn new(about: ObjectRef, predicate: impl Into<String>) -> Self {
        Self { about, predicate: predicate.into() }
    }
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} {}", self.predicate, self.about.kind, self.about.id)
    }
}

/// What a fact says.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactValue {
    /// An amount: `{"money":"80.00 EUR"}`.
    Money(Money),
    /// A share.
    Percent(Percent),
    /// A number of things, of days, of points.
    Count(i64),
    /// Yes or no.
    Flag(bool),
    /// Anything else, in words that are compared letter by letter; a date as `2026-03-14`.
    Text(String),
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Money(amount) => amount.fmt(f),
            Self::Percent(share) => share.fmt(f),
            Self::Count(number) => number.fmt(f),
            Self::Flag(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::Text(words) => words.fmt(f),
        }
    }
}

/// One version of a fact, as its source tells it. Holds no personal data: it outlives a person.
///
/// ```
/// use omnichannel::model::{FactKey, FactValue, KnownFact, ObjectRef};
///
/// let price = FactKey::new(ObjectRef::new("product", "dress-17"), "price");
/// let usual = FactValue::Money("100 EUR".parse()?);
/// let usual = KnownFact::new(price.clone(), 1, usual, "price book");
/// let sale = KnownFact {
///     from: Some("2026-03-01T00:00:00Z".parse()?),
///     until: Some("2026-04-01T00:00:00Z".parse()?),
///     ..KnownFact::new(price, 2, FactValue::Money("80 EUR".parse()?), "price book")
/// };
/// assert!(usual.check().is_ok() && sale.check().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KnownFact {
    /// Which fact.
    #[serde(flatten)]
    pub key: FactKey,
    /// Which version, from 1; of those in force the highest counts.
    pub version: u64,
    /// What it says.
    pub value: FactValue,
    /// The first instant of its validity; `None`: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The first instant after its validity; `None`: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who says so: a price book, a carrier, a person's role.
    pub source: String,
}

impl KnownFact {
    /// Most characters of a predicate, of a source, and of a kind or id of what a fact is about.
    pub const NAME_MAX: usize = 200;

    /// Most characters of a value in words.
    pub const TEXT_MAX: usize = 10_000;

    /// A fact that is true since ever and for good, until a higher version is told.
    pub fn new(key: FactKey, version: u64, value: FactValue, source: impl Into<String>) -> Self {
        Self { key, version, value, from: None, until: None, source: source.into() }
    }

    /// Whether it can be kept; the error says what to change.
    ///
    /// # Errors
    ///
    /// A sentence: a version is a number from 1, names are 1 to 200 characters, a value in words is
    /// at most 10,000, and what is valid for a while begins before it ends.
    pub fn check(&self) -> Result<(), &'static str> {
        let named = |name: &str| (1..=Self::NAME_MAX).contains(&name.chars().count());
        let FactKey { about, predicate } = &self.key;
        if self.version == 0 {
            return Err("a fact has a version: number those of its source from 1");
        }
        if ![&about.kind, &about.id, predicate, &self.source].into_iter().all(|it| named(it)) {
            return Err("a fact's names and its source are 1 to 200 characters");
        }
        if matches!(&self.value, FactValue::Text(words) if words.chars().count() > Self::TEXT_MAX) {
            return Err("a value in words is at most 10000 characters");
        }
        match (self.from, self.until) {
            (Some(from), Some(until)) if from >= until => {
                Err("a fact's validity begins before it ends")
            }
            _ => Ok(()),
        }
    }

    /// Whether it is valid at an instant.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// All known versions of a fact. A row of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactHistory {
    /// Which fact.
    pub key: FactKey,
    /// What each version says, at most [`FactHistory::VERSIONS_MAX`] of them.
    pub versions: BTreeMap<u64, KnownFact>,
}

impl FactHistory {
    /// Most versions kept; the lowest beyond them go.
    pub const VERSIONS_MAX: usize = 256;

    /// A fact of which nothing is known.
    pub fn new(key: FactKey) -> Self {
        Self { key, versions: BTreeMap::new() }
    }

    /// The version in force at an instant: the highest of those that are valid.
    ///
    /// Cost: O(versions).
    pub fn at(&self, at: Timestamp) -> Option<&KnownFact> {
        self.versions.values().rev().find(|known| known.holds_at(at))
    }

    /// Adds a version. Of two that say different things under one number the one with the smaller
    /// digest stays, whichever was told first.
    pub fn add(&mut self, fact: KnownFact) {
        let known = self.versions.get(&fact.version);
        if known.is_none_or(|known| Digest::of(&fact) < Digest::of(known)) {
            self.versions.insert(fact.version, fact);
        }
        while self.versions.len() > Self::VERSIONS_MAX {
            self.versions.pop_first();
        }
    }

    /// What a version says; `None` where it is not known, or no longer kept.
    pub fn value(&self, version: u64) -> Option<&FactValue> {
        self.versions.get(&version).map(|known| &known.value)
    }
}

/// That a message states a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Statement {
    /// Which.
    pub fact: FactKey,
    /// The version that it states.
    pub version: u64,
}

/// A fact that was told, as ledgers keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ToldFact {
    /// Which.
    pub fact: FactId,
    /// The version that was told.
    pub version: u64,
}

/// That a customer was told something: what, where, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// What was told.
    pub statement: Statement,
    /// What that version says; `None` where it is no longer kept.
    pub value: Option<FactValue>,
    /// The record whose party was told.
    pub subject: RecordId,
    /// By which channel.
    pub channel: ChannelId,
    /// At which endpoint.
    pub endpoint: IdentifierId,
    /// The instant decided on; it left then, or at the next dispatch.
    pub at: Timestamp,
    /// Whether it was sent, or perhaps.
    pub state: LedgerState,
    /// The decision that it rests on.
    pub decision: DecisionId,
}

/// What a customer was told and is no longer so, and what is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What was told last of the fact.
    pub told: Telling,
    /// What is in force now; `None` where nothing is: what was told has lapsed.
    pub now: Option<KnownFact>,
    /// The told message's purpose.
    pub purpose: Purpose,
}

impl Correction {
    /// The message that corrects it, in the application's words: to the same party by the same
    /// channel, for the same purpose. Proposed again, it is the same message.
    pub fn intent(&self, text: impl Into<String>) -> Intent {
        let Telling { statement, decision, subject, channel, .. } = &self.told;
        let version = self.now.as_ref().map_or(0, |now| now.version);
        let key = format!("correction/{decision}/{}/{version}", statement.fact);
        let states = self.now.iter().map(|now| Statement { fact: now.key.clone(), version });
        Intent {
            occasion: format!("correction of {} to version {version}", statement.fact),
            states: states.collect(),
            ..Intent::new(key, *subject, self.purpose.clone(), channel.clone(), text)
        }
    }
}
