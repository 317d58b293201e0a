//! Indexes: the ways in which rows are listed.

use serde::{Deserialize, Serialize};

/// An index of the store.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Index {
    /// A record's touchpoints by (time, id). Prefix: the record.
    Timeline,
    /// A record's touchpoints that tell something about its party. Prefix: the record.
    Attributes,
    /// Touchpoints on which nobody was identified. Prefix: nil.
    Unattributed,
    /// Touchpoints of which different copies exist. Prefix: nil.
    Conflicts,
    /// All components. Prefix: nil.
    Components,
    /// The parts of a large component. Prefix: the component.
    Parts,
    /// Components with records that bear a shared identifier. Prefix: the identifier.
    Bearers,
    /// Every verdict. Prefix: nil; and of each record that it names: the record.
    Verdicts,
    /// Every endpoint with a choice. Prefix: nil.
    Consents,
    /// What was decided about a record's party, by (time, id). Prefix: the record.
    Decisions,
    /// What providers reported of a message. Prefix: the message; of a watermark, the record of the
    /// party too; nil for the reports of all.
    Receipts,
    /// Open messages of a conversation in the order in which they leave. Prefix: the conversation,
    /// as the intent named it.
    Outgoing,
    /// Messages that were given up or perhaps sent, by due time. Prefix: nil.
    DeadLetters,
    /// Touchpoints that name a record or a linking identifier without standing on a record that
    /// bears it: those of nobody, and copies that views do not take. Prefix: what they name.
    Mentions,
    /// Records of a live index that a blocking rule finds with each other. Prefix: a keyed hash of
    /// the rule and of what must agree.
    Blocking,
    /// What remains of the erased: tombstones, opt-outs, receipts. Prefix: nil.
    Erased,
    /// Open outbox entries of *all* tenants by due time. Prefix: nil; asked under
    /// [`super::TenantId::SYSTEM`].
    Due,
    /// *All* tenants whose facts the store holds. Prefix: nil; asked under the system tenant.
    Tenants,
    /// Every known fact. Prefix: nil.
    Facts,
    /// Decisions to send what states facts. Prefix: each fact; and the record of the party.
    Told,
}

impl Index {
    /// Every index.
    pub const ALL: [Self; 20] = [
        Self::Timeline,
        Self::Attributes,
        Self::Unattributed,
        Self::Conflicts,
        Self::Components,
        Self::Parts,
        Self::Bearers,
        Self::Verdicts,
        Self::Consents,
        Self::Decisions,
        Self::Receipts,
        Self::Outgoing,
        Self::DeadLetters,
        Self::Mentions,
        Self::Blocking,
        Self::Erased,
        Self::Due,
        Self::Tenants,
        Self::Facts,
        Self::Told,
    ];

    /// The index's name, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Attributes => "attributes",
            Self::Unattributed => "unattributed",
            Self::Conflicts => "conflicts",
            Self::Components => "components",
            Self::Parts => "parts",
            Self::Bearers => "bearers",
            Self::Verdicts => "verdicts",
            Self::Consents => "consents",
            Self::Decisions => "decisions",
            Self::Receipts => "receipts",
            Self::Outgoing => "outgoing",
            Self::DeadLetters => "dead_letters",
            Self::Mentions => "mentions",
            Self::Blocking => "blocking",
            Self::Erased => "erased",
            Self::Due => "due",
            Self::Tenants => "tenants",
            Self::Facts => "facts",
            Self::Told => "told",
        }
    }

    /// The index of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|index| index.name() == name)
    }

    /// Whether the store keeps a version of each prefix, which a changeset can expect.
    pub fn is_anchored(self) -> bool {
        matches!(self, Self::Timeline | Self::Bearers)
    }

    /// Whether it lists the rows of all tenants, asked under [`super::TenantId::SYSTEM`].
    pub fn is_system(self) -> bool {
        matches!(self, Self::Due | Self::Tenants)
    }
}
