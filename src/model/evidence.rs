//! Evidence of who is who: records, the identifiers seen on them, and verdicts.
//!
//! A [`Component`] holds everything that evidence could connect, in one row of the store; a large
//! one in parts. Customers are derived from it by identity; merging and unmerging change evidence,
//! never a stored customer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::id::{ComponentId, IdentifierId, RecordId, VerdictId};
use super::identifier::Namespace;
use super::pii::Pii;
use super::sighting::Sighting;
use super::sorted::SortedMap;
use super::time::Timestamp;
use super::touchpoint::Source;

/// Thousandths of a bit: 1,000 doubles the odds.
pub type Millibits = i64;

/// A match weight in words: `7.300 bits`.
pub(crate) fn bits(weight: Millibits) -> String {
    let (sign, size) = (if weight < 0 { "-" } else { "" }, weight.unsigned_abs());
    format!("{sign}{}.{:03} bits", size / 1_000, size % 1_000)
}

/// What is said of two records: a person's ruling, or a model's match weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// They are one party (a must-link).
    Same,
    /// They are two parties (a cannot-link).
    Different,
    /// An earlier verdict of a person is taken back; the evidence decides.
    Undecided,
    /// A linkage model's match weight (a scored link). It joins nobody below
    /// [`IdentityRules::link_weight_min`](super::IdentityRules::link_weight_min), yields to every
    /// constraint, and comes after every identifier.
    Scored(Millibits),
}

/// Who says what a verdict says. A model's word never displaces a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judge {
    /// A person.
    Person,
    /// A linkage model.
    Model,
}

impl Ruling {
    /// Who says so.
    pub fn judge(self) -> Judge {
        if matches!(self, Self::Scored(_)) { Judge::Model } else { Judge::Person }
    }
}

/// A verdict: a fact about two records, which it may precede.
///
/// A person's is immutable and kept beside others. Of a model the latest word on two records is
/// kept: what it said before is in nobody's interest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Verdict {
    /// Names it: a person's by its content, a model's by its pair.
    pub id: VerdictId,
    /// The smaller of the two records.
    pub a: RecordId,
    /// The larger of the two records.
    pub b: RecordId,
    /// What was ruled.
    pub ruling: Ruling,
    /// When; a person's latest verdict on two records counts, and a model's latest, at the same
    /// instant the larger id.
    pub at: Timestamp,
    /// Who ruled, in the application's terms; of a scored link the model's version.
    pub by: Pii<String>,
    /// Why, in a few words.
    pub reason: Pii<String>,
}

impl Verdict {
    /// The weight from which a scored link connects its records: one in a hundred. Below it nobody
    /// need look at the two together, and no rules can ask for it.
    pub const CONNECTS_FROM: Millibits = -6_644;

    /// Whether it makes its records one candidate component: a person's verdict always.
    pub fn connects(&self) -> bool {
        !matches!(self.ruling, Ruling::Scored(weight) if weight < Self::CONNECTS_FROM)
    }

    /// Whether it stands in the place of another of its id: a model's later word.
    pub(crate) fn replaces(&self, other: &Self) -> bool {
        let tie = || Digest::of(self) > Digest::of(other);
        self.at > other.at || (self.at == other.at && tie())
    }
}

/// Verdicts by their pair of records and their judge.
pub type Rulings<'v> = BTreeMap<(RecordId, RecordId, Judge), &'v Verdict>;

/// The verdicts in force among these: the latest of each judge on each pair of records.
pub(crate) fn in_force<'v>(verdicts: impl Iterator<Item = &'v Verdict>) -> Rulings<'v> {
    let mut latest = Rulings::new();
    for verdict in verdicts {
        let key = (verdict.a, verdict.b, verdict.ruling.judge());
        let slot = latest.entry(key).or_insert(verdict);
        if (verdict.at, verdict.id) > (slot.at, slot.id) {
            *slot = verdict;
        }
    }
    latest
}

/// What is known of one source record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordNode {
    /// The feed that knows it; `None` while only verdicts name it and no touchpoint was seen.
    pub source: Option<Source>,
    /// When it was first seen; `None` where no touchpoint of it has a time.
    pub first_seen: Option<Timestamp>,
    /// Every identifier seen on it.
    pub identifiers: SortedMap<IdentifierId, Sighting>,
}

impl RecordNode {
    /// A record that only verdicts name so far; views skip it.
    pub fn unseen() -> Self {
        Self { source: None, first_seen: None, identifiers: SortedMap::new() }
    }

    /// Whether a touchpoint of it was seen.
    pub fn is_seen(&self) -> bool {
        self.source.is_some()
    }
}

/// What is known of one identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentifierNode {
    /// What kind of identifier it is.
    pub namespace: Namespace,
    /// Within what it is unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The normalised value.
    pub value: Pii<String>,
    /// Whether equal values join records; `Some` says why they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
}

/// Where the records that bear an identifier are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierHome {
    /// In any number of components: several parties share it. [`super::Index::Bearers`] lists them.
    Shared,
    /// All in this component, which it holds together.
    #[serde(untagged)]
    In(ComponentId),
}

/// Why an identifier joins no records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// A value that people and programs write when they have none: `null`, `n/a`, `000`.
    Placeholder,
    /// A mailbox of a role, read by many: `info@`, `contact@`.
    RoleMailbox,
    /// A value that the application's own rules block.
    Listed,
    /// Longer than an identifier can be.
    TooLong,
    /// Empty once normalised.
    Empty,
    /// A kind of identifier that joins nobody under the rules: a postal address.
    Kind,
    /// Seen with more accounts, cards or people than one party has.
    Shared,
}

impl Blocked {
    /// Whether a message may still reach somebody there.
    pub fn is_an_address(self) -> bool {
        matches!(self, Self::RoleMailbox | Self::Listed | Self::Kind | Self::Shared)
    }

    /// The reason in a few words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Placeholder => "a placeholder that stands for no value",
            Self::RoleMailbox => "a role mailbox that many people read",
            Self::Listed => "on the application's list of blocked values",
            Self::TooLong => "longer than an identifier can be",
            Self::Empty => "empty",
            Self::Kind => "of a kind that names a household or nobody",
            Self::Shared => "shared: seen with more accounts or people than one party has",
        }
    }
}

/// Everything that evidence could connect: the unit of reading, deciding and writing identity.
///
/// Nodes are shared by the versions of a component: most change in one node.
///
/// Cost: reading and deciding are O(n). Writing is one row up to [`Component::WHOLE_MAX`] entries;
/// beyond, the head and the parts that changed: in one of 10,000 records a new record reads 3
/// rounds and writes 6 rows of at most 64 KiB together (`tests/rounds.rs`). One record that bears
/// thousands of identifiers is still one entry, which is written as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Names its row.
    pub id: ComponentId,
    /// Its source records.
    pub records: SortedMap<RecordId, Arc<RecordNode>>,
    /// The identifiers seen on them.
    pub identifiers: SortedMap<IdentifierId, Arc<IdentifierNode>>,
    /// Every verdict on two of its records.
    pub verdicts: BTreeMap<VerdictId, Verdict>,
}

impl Component {
    /// A component of nothing yet.
    pub fn new(id: ComponentId) -> Self {
        Self {
            id,
            records: SortedMap::new(),
            identifiers: SortedMap::new(),
            verdicts: BTreeMap::new(),
        }
    }

    /// The same, with room for more records and identifiers.
    pub(crate) fn with_room(&self, records: usize, identifiers: usize) -> Self {
        Self {
            id: self.id,
            records: self.records.with_room(records),
            identifiers: self.identifiers.with_room(identifiers),
            verdicts: self.verdicts.clone(),
        }
    }

    /// The verdicts in force: the latest of each judge on each pair of records.
    pub fn rulings(&self) -> Rulings<'_> {
        in_force(self.verdicts.values())
    }

    /// The identifiers through which records are joined.
    pub fn linking(&self) -> impl Iterator<Item = IdentifierId> + '_ {
        self.identifiers.iter().filter(|(_, node)| node.blocked.is_none()).map(|(id, _)| *id)
    }

    /// The identifiers seen on its records that several parties share.
    pub fn shared(&self) -> impl Iterator<Item = IdentifierId> + '_ {
        let shared = |node: &Arc<IdentifierNode>| node.blocked == Some(Blocked::Shared);
        self.identifiers.iter().filter(move |(_, node)| shared(node)).map(|(id, _)| *id)
    }

    /// Whether an identifier was seen on its records that several parties share.
    pub fn shares(&self, identifier: IdentifierId) -> bool {
        let node = self.identifiers.get(&identifier);
        node.is_some_and(|node| node.blocked == Some(Blocked::Shared))
    }

    /// The records on which an identifier was seen.
    pub fn bearers(&self, identifier: IdentifierId) -> BTreeSet<RecordId> {
        let bears = |node: &Arc<RecordNode>| node.identifiers.contains_key(&identifier);
        self.records.iter().filter(|(_, node)| bears(node)).map(|(id, _)| *id).collect()
    }
}
