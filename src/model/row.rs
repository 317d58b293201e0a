//! Rows: what a store keeps, and how it is asked and changed.
//!
//! A row is (tenant, kind, id, version, body, index entries). Bodies are values of this model; a
//! store may keep them typed, or as the bytes of [`Body::encode`].
//!
//! # Law
//!
//! 1. No key contains a customer id: customers are views.
//! 2. Encoded bodies are canonical JSON without floats and carry a schema version; a newer one than
//!    this build knows is refused, an older one is read for ever.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::configuration::{Configuration, ConfigurationVersion, Layout, Profile};
use super::consent::ConsentLedger;
use super::decision::Decision;
use super::erasure::{Erasure, Erasures, OptOuts, Tombstone};
use super::evidence::{IdentifierHome, Verdict};
use super::fact::FactHistory;
use super::id::{
    ComponentId, DecisionId, ErasureId, FactId, IdentifierId, RecordId, TenantId, TouchpointId,
    VerdictId,
};
use super::index::Index;
use super::indexed::Indexed;
use super::ledger::ContactLedger;
use super::outbox::OutboxEntry;
use super::parts::{ComponentPart, ComponentRow};
use super::touchpoint::Copies;

/// What a row is about.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What the store's derived rows rest on.
    Profile,
    /// All copies of a touchpoint.
    Touchpoint,
    /// A human verdict.
    Verdict,
    /// Where a record's component is.
    RecordAt,
    /// Where a linking identifier's component is.
    IdentifierAt,
    /// A candidate component.
    Component,
    /// All choices about one endpoint.
    Consent,
    /// What was said to one record's party.
    Ledger,
    /// A decision on an intent.
    Decision,
    /// A decided message waiting for its time.
    Outbox,
    /// Which erasure keys a tenant's tombstones are under.
    Erasures,
    /// What remains of something erased.
    Tombstone,
    /// What is left of the choices about an endpoint.
    OptOut,
    /// An erasure and its receipt.
    Erasure,
    /// A version of the configuration.
    Configuration,
    /// Under which identity rules a tenant's customers are laid out.
    Layout,
    /// A part of a large component.
    ComponentPart,
    /// A record in the live index of a linkage model.
    Indexed,
    /// All versions of a known fact.
    Fact,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::Profile,
        Self::Touchpoint,
        Self::Verdict,
        Self::RecordAt,
        Self::IdentifierAt,
        Self::Component,
        Self::Consent,
        Self::Ledger,
        Self::Decision,
        Self::Outbox,
        Self::Erasures,
        Self::Tombstone,
        Self::OptOut,
        Self::Erasure,
        Self::Configuration,
        Self::Layout,
        Self::ComponentPart,
        Self::Indexed,
        Self::Fact,
    ];

    /// The kind's name, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Touchpoint => "touchpoint",
            Self::Verdict => "verdict",
            Self::RecordAt => "record_at",
            Self::IdentifierAt => "identifier_at",
            Self::Component => "component",
            Self::Consent => "consent",
            Self::Ledger => "ledger",
            Self::Decision => "decision",
            Self::Outbox => "outbox",
            Self::Erasures => "erasures",
            Self::Tombstone => "tombstone",
            Self::OptOut => "opt_out",
            Self::Erasure => "erasure",
            Self::Configuration => "configuration",
            Self::Layout => "layout",
            Self::ComponentPart => "component_part",
            Self::Indexed => "indexed",
            Self::Fact => "fact",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Names a row. Ordered by id, then kind and tenant: keyed hashes differ in their first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The tenant.
    pub tenant: TenantId,
    /// What the row is about.
    pub kind: Kind,
    /// Which one.
    pub id: Uuid,
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let ids = self.id.as_u128().cmp(&other.id.as_u128());
        ids.then_with(|| self.kind.cmp(&other.kind)).then_with(|| self.tenant.cmp(&other.tenant))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

macro_rules! keys {
    ($($name:ident($id:ty) => $kind:ident, $doc:literal;)*) => {
        impl Key {
            $(#[doc = $doc]
            pub fn $name(tenant: TenantId, id: $id) -> Self {
                Self { tenant, kind: Kind::$kind, id: id.as_uuid() }
            })*

            /// The row of a version of the configuration.
            pub fn configuration(version: ConfigurationVersion) -> Self {
                let (tenant, kind) = (TenantId::SYSTEM, Kind::Configuration);
                Self { tenant, kind, id: version.as_uuid() }
            }

            /// The row that says under which rules a tenant's customers are laid out.
            pub fn layout(tenant: TenantId) -> Self {
                Self { tenant, kind: Kind::Layout, id: Uuid::nil() }
            }

            /// The row of a part of a component, by the part's number: rows of one lie together.
            pub fn component_part(tenant: TenantId, id: ComponentId, number: usize) -> Self {
                let id = Uuid::from_u128(id.as_uuid().as_u128() ^ number as u128);
                Self { tenant, kind: Kind::ComponentPart, id }
            }

            /// The row of the store's profile.
            pub fn profile() -> Self {
                Self { tenant: TenantId::SYSTEM, kind: Kind::Profile, id: Uuid::nil() }
            }

            /// The row that says under which keys a tenant's tombstones are.
            pub fn erasures(tenant: TenantId) -> Self {
                Self { tenant, kind: Kind::Erasures, id: Uuid::nil() }
            }

            /// The row of a tombstone, by the keyed hash of what was erased.
            pub fn tombstone(tenant: TenantId, hash: Uuid) -> Self {
                Self { tenant, kind: Kind::Tombstone, id: hash }
            }

            /// The row of opt-outs, by the keyed hash of their endpoint.
            pub fn opt_out(tenant: TenantId, hash: Uuid) -> Self {
                Self { tenant, kind: Kind::OptOut, id: hash }
            }
        }
    };
}

keys! {
    touchpoint(TouchpointId) => Touchpoint, "The row of a touchpoint's copies.";
    verdict(VerdictId) => Verdict, "The row of a verdict.";
    record_at(RecordId) => RecordAt, "The row that says where a record's component is.";
    identifier_at(IdentifierId) => IdentifierAt,
        "The row that says where an identifier's component is.";
    component(ComponentId) => Component, "The row of a component.";
    consent(IdentifierId) => Consent, "The row of the choices about an endpoint.";
    indexed(RecordId) => Indexed, "The row of a record in a live index.";
    ledger(RecordId) => Ledger, "The row of what was said to a record's party.";
    decision(DecisionId) => Decision, "The row of a decision.";
    outbox(DecisionId) => Outbox, "The row of a decided message.";
    erasure(ErasureId) => Erasure, "The row of an erasure.";
    fact(FactId) => Fact, "The row of a known fact.";
}

/// A row's version; 0 means that the row is absent. Never reused for a key, even after a delete.
pub type Version = u64;

/// The content of a row.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Body {
    /// What the store's derived rows rest on.
    Profile(Arc<Profile>),
    /// All copies of a touchpoint.
    Touchpoint(Arc<Copies>),
    /// A human verdict.
    Verdict(Arc<Verdict>),
    /// Where a record's component is.
    RecordAt(ComponentId),
    /// Where a linking identifier's component is, or that several parties share it.
    IdentifierAt(IdentifierHome),
    /// A candidate component, or which parts it consists of.
    Component(ComponentRow),
    /// All choices about one endpoint.
    Consent(Arc<ConsentLedger>),
    /// What was said to one record's party.
    Ledger(Arc<ContactLedger>),
    /// A decision on an intent.
    Decision(Arc<Decision>),
    /// A decided message waiting for its time.
    Outbox(Arc<OutboxEntry>),
    /// Which erasure keys a tenant's tombstones are under.
    Erasures(Arc<Erasures>),
    /// What remains of something erased.
    Tombstone(Arc<Tombstone>),
    /// What is left of the choices about an endpoint.
    OptOut(Arc<OptOuts>),
    /// An erasure and its receipt.
    Erasure(Arc<Erasure>),
    /// A version of the configuration.
    Configuration(Arc<Configuration>),
    /// Under which identity rules a tenant's customers are laid out.
    Layout(Arc<Layout>),
    /// A part of a large component.
    ComponentPart(Arc<ComponentPart>),
    /// A record in the live index of a linkage model.
    Indexed(Arc<Indexed>),
    /// All versions of a known fact.
    Fact(Arc<FactHistory>),
}

/// A body as it is written; its kind and content stand beside the schema.
#[derive(Serialize)]
struct Encoded<'a> {
    schema: u32,
    #[serde(flatten)]
    body: &'a Body,
}

/// What has to be known before a body can be read.
#[derive(Deserialize)]
struct Head<'a> {
    schema: u32,
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
}

/// The content, once its kind is known: read in one go, without a copy in between.
#[derive(Deserialize)]
struct Content<T> {
    body: T,
}

/// More bytes than most bodies take.
const USUAL_BYTES: usize = 1_024;

/// Bytes that are no body.
#[derive(Debug, thiserror::Error)]
pub enum BadBody {
    /// Written by a newer build.
    #[error("the row has schema {found}, this build reads up to {known}: use a newer build")]
    Newer {
        /// The schema of the row.
        found: u32,
        /// The newest schema of this build.
        known: u32,
    },
    /// Not what this or an older build wrote. Holds where, never what.
    #[error("the row's bytes do not read as a body (line {line}, column {column})")]
    Unreadable {
        /// Line of the first surprise, from 1.
        line: usize,
        /// Column of the first surprise, from 1.
        column: usize,
    },
}

impl Body {
    /// The newest schema of encoded bodies.
    pub const SCHEMA: u32 = 1;

    /// What the row is about.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Profile(_) => Kind::Profile,
            Self::Touchpoint(_) => Kind::Touchpoint,
            Self::Verdict(_) => Kind::Verdict,
            Self::RecordAt(_) => Kind::RecordAt,
            Self::IdentifierAt(_) => Kind::IdentifierAt,
            Self::Component(_) => Kind::Component,
            Self::Consent(_) => Kind::Consent,
            Self::Ledger(_) => Kind::Ledger,
            Self::Decision(_) => Kind::Decision,
            Self::Outbox(_) => Kind::Outbox,
            Self::Erasures(_) => Kind::Erasures,
            Self::Tombstone(_) => Kind::Tombstone,
            Self::OptOut(_) => Kind::OptOut,
            Self::Erasure(_) => Kind::Erasure,
            Self::Configuration(_) => Kind::Configuration,
            Self::Layout(_) => Kind::Layout,
            Self::ComponentPart(_) => Kind::ComponentPart,
            Self::Indexed(_) => Kind::Indexed,
            Self::Fact(_) => Kind::Fact,
        }
    }

    /// The body as canonical JSON with its schema version.
    pub fn encode(&self) -> Vec<u8> {
        let mut json = Vec::with_capacity(USUAL_BYTES);
        match serde_json::to_writer(&mut json, &Encoded { schema: Self::SCHEMA, body: self }) {
            Ok(()) => json,
            Err(_) => Vec::new(),
        }
    }

    /// Reads what [`Body::encode`] of this or an older build wrote.
    ///
    /// # Errors
    ///
    /// [`BadBody::Newer`]: use a newer build. [`BadBody::Unreadable`]: restore the store.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadBody> {
        let Head { schema, kind } =
            serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
        if schema > Self::SCHEMA {
            return Err(BadBody::Newer { found: schema, known: Self::SCHEMA });
        }
        let kind = Kind::from_name(&kind).ok_or(BadBody::Unreadable { line: 1, column: 1 })?;
        Ok(match kind {
            Kind::Profile => Self::Profile(content(bytes)?),
            Kind::Touchpoint => Self::Touchpoint(content(bytes)?),
            Kind::Verdict => Self::Verdict(content(bytes)?),
            Kind::RecordAt => Self::RecordAt(content(bytes)?),
            Kind::IdentifierAt => Self::IdentifierAt(content(bytes)?),
            Kind::Component => Self::Component(content(bytes)?),
            Kind::Consent => Self::Consent(content(bytes)?),
            Kind::Ledger => Self::Ledger(content(bytes)?),
            Kind::Decision => Self::Decision(content(bytes)?),
            Kind::Outbox => Self::Outbox(content(bytes)?),
            Kind::Erasures => Self::Erasures(content(bytes)?),
            Kind::Tombstone => Self::Tombstone(content(bytes)?),
            Kind::OptOut => Self::OptOut(content(bytes)?),
            Kind::Erasure => Self::Erasure(content(bytes)?),
            Kind::Configuration => Self::Configuration(content(bytes)?),
            Kind::Layout => Self::Layout(content(bytes)?),
            Kind::ComponentPart => Self::ComponentPart(content(bytes)?),
            Kind::Indexed => Self::Indexed(content(bytes)?),
            Kind::Fact => Self::Fact(content(bytes)?),
        })
    }
}

fn content<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BadBody> {
    let Content { body } = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
    Ok(body)
}

fn unreadable(error: &serde_json::Error) -> BadBody {
    BadBody::Unreadable { line: error.line(), column: error.column() }
}

/// Where a row stands in an index: by time in microseconds (unknown = `i64::MAX`), then id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// The time in microseconds; `i64::MAX` where unknown.
    pub time: i64,
    /// Ties are broken by this.
    pub id: Uuid,
}

impl Sort {
    /// Before everything.
    pub const MIN: Self = Self { time: i64::MIN, id: Uuid::nil() };
    /// After everything.
    pub const MAX: Self = Self { time: i64::MAX, id: Uuid::max() };
}

/// One entry of a row in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IndexEntry {
    /// The index.
    pub index: Index,
    /// The group within the index.
    pub prefix: Uuid,
    /// Where in the group.
    pub sort: Sort,
}

/// A row as a store returns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Names it.
    pub key: Key,
    /// Its version, never 0.
    pub version: Version,
    /// Its content.
    pub body: Body,
}

/// A row to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Put {
    /// Names it; its kind is the body's.
    pub key: Key,
    /// Its content.
    pub body: Body,
    /// All its index entries; entries of an earlier version that are not named here go.
    pub entries: Vec<IndexEntry>,
}

impl Put {
    /// A row of `tenant` named `id`; the kind comes from the body.
    pub fn new(tenant: TenantId, id: Uuid, body: Body, entries: Vec<IndexEntry>) -> Self {
        Self { key: Key { tenant, kind: body.kind(), id }, body, entries }
    }
}

/// A group of an index whose version can be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Anchor {
    /// The tenant.
    pub tenant: TenantId,
    /// The index; [`Index::is_anchored`].
    pub index: Index,
    /// The group.
    pub prefix: Uuid,
}

/// What must still be so for a changeset to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Expect {
    /// The row has this version; 0: it is absent.
    Row(Key, Version),
    /// The group has this version: no entry came, went or was rewritten.
    Anchor(Anchor, Version),
}

/// What one step writes: all of it or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changeset {
    /// Rows to write.
    pub puts: Vec<Put>,
    /// Rows to delete.
    pub deletes: Vec<Key>,
    /// Rows to delete so that no byte of them remains, where the store can.
    pub purges: Vec<Key>,
    /// What the step rests on.
    pub expects: Vec<Expect>,
}

impl Changeset {
    /// Whether nothing would be written; such a changeset is not committed.
    pub fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.deletes.is_empty() && self.purges.is_empty()
    }

    /// How many rows are written, deleted or purged.
    pub fn rows(&self) -> usize {
        self.puts.len() + self.deletes.len() + self.purges.len()
    }
}

/// What became of a commit. A conflict is an outcome, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commit {
    /// Applied; every row written has this version.
    Applied(Version),
    /// Nothing was applied: these expectations do not hold any more.
    Conflict(Vec<Expect>),
}

/// A piece of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Range {
    /// The tenant; [`TenantId::SYSTEM`] for a system index.
    pub tenant: TenantId,
    /// The index.
    pub index: Index,
    /// The group.
    pub prefix: Uuid,
    /// Only entries after this one.
    pub after: Option<Sort>,
    /// Only entries up to and with this one.
    pub until: Option<Sort>,
    /// Most rows of the page, at least 1.
    pub limit: u32,
    /// Backwards: `after` and `until` keep their meaning, the page starts at the upper end.
    pub descending: bool,
}

impl Range {
    /// Most rows of one page.
    pub const LIMIT_MAX: u32 = 1_000;

    /// A whole group from its start, in pages of [`Range::LIMIT_MAX`].
    pub fn all(tenant: TenantId, index: Index, prefix: Uuid) -> Self {
        let limit = Self::LIMIT_MAX;
        Self { tenant, index, prefix, after: None, until: None, limit, descending: false }
    }

    /// Whether an entry lies within, whatever the limit.
    pub fn contains(&self, sort: Sort) -> bool {
        self.after.is_none_or(|after| sort > after) && self.until.is_none_or(|until| sort <= until)
    }
}

/// A page of an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows with their places, in the range's order.
    pub rows: Vec<(Sort, Row)>,
    /// The group's version, where the index is anchored.
    pub anchor: Option<Version>,
    /// Whether more entries lie within the range after the last row.
    pub more: bool,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name(), self.id)
    }
}
