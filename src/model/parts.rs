//! How a large component lies in rows: a head, and parts of even size.
//!
//! Ids are keyed hashes, so their first bits spread entries evenly over a power of two of parts. A
//! part holds what begins with its number; parts in their order are the component in id order.
//!
//! # Law
//!
//! 1. Up to [`Component::WHOLE_MAX`] entries are one row, as nearly all components are.
//! 2. Whoever writes a part writes the head. The head says which revision of each part it means, so
//!    that parts read before or after it are not taken for its own (`tests/parts.rs`).
//!
//! # Why
//!
//! A row of ten thousand records is megabytes, and each new record would write them again. Reading
//! stays whole: customers are decided from all the evidence. Cost of a change: the head, a few
//! bytes a part, and those parts that changed, 64 to 128 entries each on average. Growth past a
//! power of two writes all parts once.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::evidence::{Component, IdentifierNode, RecordNode, Verdict};
use super::id::{ComponentId, IdentifierId, RecordId, VerdictId};
use super::row::Version;
use super::sorted::SortedMap;

/// Most entries of a part, on average.
const PART_USUAL_MAX: usize = if SMALL { 2 } else { 128 };

/// A build that only tests: nearly every component is in parts, and every law is to hold there.
const SMALL: bool = cfg!(omnichannel_small_parts);

/// Most parts of a component; beyond, they grow.
const PARTS_MAX: usize = 1 << 16;

/// What the row of a component holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ComponentRow {
    /// All of it.
    Whole(Arc<Component>),
    /// Where the rest is: it is large.
    Head(Arc<ComponentHead>),
}

impl ComponentRow {
    /// The component in one piece; `None` where it is in parts.
    pub fn whole(&self) -> Option<&Arc<Component>> {
        match self {
            Self::Whole(component) => Some(component),
            Self::Head(_) => None,
        }
    }

    /// What says where its parts are; `None` where it is in one piece.
    pub fn head(&self) -> Option<&Arc<ComponentHead>> {
        match self {
            Self::Whole(_) => None,
            Self::Head(head) => Some(head),
        }
    }
}

impl From<Component> for ComponentRow {
    /// A row that holds all of it, whatever its size.
    fn from(component: Component) -> Self {
        Self::Whole(Arc::new(component))
    }
}

impl<'de> Deserialize<'de> for ComponentRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields {
            id: ComponentId,
            parts: Option<Vec<Version>>,
            records: Option<SortedMap<RecordId, Arc<RecordNode>>>,
            identifiers: Option<SortedMap<IdentifierId, Arc<IdentifierNode>>>,
            verdicts: Option<BTreeMap<VerdictId, Verdict>>,
        }
        let Fields { id, parts, records, identifiers, verdicts } =
            Fields::deserialize(deserializer)?;
        if let Some(parts) = parts {
            return match parts.len().is_power_of_two() && parts.len() <= PARTS_MAX {
                true => Ok(Self::Head(Arc::new(ComponentHead { id, parts }))),
                false => Err(D::Error::custom("parts are a power of two")),
            };
        }
        Ok(Self::from(Component {
            id,
            records: records.ok_or_else(|| D::Error::missing_field("records"))?,
            identifiers: identifiers.ok_or_else(|| D::Error::missing_field("identifiers"))?,
            verdicts: verdicts.ok_or_else(|| D::Error::missing_field("verdicts"))?,
        }))
    }
}

/// Which parts a large component consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComponentHead {
    /// Names the component.
    pub id: ComponentId,
    /// The revision of each part, in their order: a power of two of them.
    pub parts: Vec<Version>,
}

impl ComponentHead {
    /// The component, from its parts by their number; `None` where one is missing or another's.
    ///
    /// Cost: O(n).
    pub fn assemble<'p>(
        &self,
        part: impl Fn(usize) -> Option<&'p ComponentPart>,
    ) -> Option<Component> {
        let parts = self.parts.iter().enumerate().map(|(number, revision)| {
            part(number).filter(|part| (part.component, part.revision) == (self.id, *revision))
        });
        let parts = parts.collect::<Option<Vec<&ComponentPart>>>()?;
        let records = parts.iter().flat_map(|part| &part.records);
        let identifiers = parts.iter().flat_map(|part| &part.identifiers);
        let verdicts = parts.iter().flat_map(|part| &part.verdicts);
        Some(Component {
            id: self.id,
            records: records.map(|(id, node)| (*id, Arc::clone(node))).collect(),
            identifiers: identifiers.map(|(id, node)| (*id, Arc::clone(node))).collect(),
            verdicts: verdicts.map(|(id, verdict)| (*id, verdict.clone())).collect(),
        })
    }
}

/// One part of a large component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentPart {
    /// The component that it is a part of.
    pub component: ComponentId,
    /// The version of the component's row on which it was written; of one version only one commit
    /// can follow, so no two contents of a part have the same.
    pub revision: Version,
    /// Its source records.
    pub records: SortedMap<RecordId, Arc<RecordNode>>,
    /// Its identifiers, whichever part the records are in that bear them.
    pub identifiers: SortedMap<IdentifierId, Arc<IdentifierNode>>,
    /// Its verdicts, whichever part the records are in that they rule on.
    pub verdicts: BTreeMap<VerdictId, Verdict>,
}

impl Component {
    /// Most records, identifiers and verdicts, together, of a component in one row.
    pub const WHOLE_MAX: usize = if SMALL { 2 } else { 256 };

    /// Of how many parts its rows consist; 1 where it is one row.
    pub fn parts(&self) -> usize {
        let entries = self.records.len() + self.identifiers.len() + self.verdicts.len();
        match entries <= Self::WHOLE_MAX {
            true => 1,
            false => entries.div_ceil(PART_USUAL_MAX).next_power_of_two().min(PARTS_MAX),
        }
    }

    /// One of `parts` parts, by its number.
    pub fn part(&self, number: usize, parts: usize, revision: Version) -> ComponentPart {
        let ids = ids_of(number, parts);
        let (records, identifiers) = self.nodes(&ids);
        let verdicts = self.verdicts.range(verdicts(&ids));
        ComponentPart {
            component: self.id,
            revision,
            records: records.iter().cloned().collect(),
            identifiers: identifiers.iter().cloned().collect(),
            verdicts: verdicts.map(|(id, verdict)| (*id, verdict.clone())).collect(),
        }
    }

    /// Whether one of `parts` parts is the same in another version of the component.
    pub fn has_same_part(&self, other: &Self, number: usize, parts: usize) -> bool {
        let ids = ids_of(number, parts);
        self.nodes(&ids) == other.nodes(&ids)
            && self.verdicts.range(verdicts(&ids)).eq(other.verdicts.range(verdicts(&ids)))
    }

    fn nodes(&self, ids: &RangeInclusive<Uuid>) -> Nodes<'_> {
        let (first, last) = (*ids.start(), *ids.end());
        let records = (RecordId::from_uuid(first), RecordId::from_uuid(last));
        let identifiers = (IdentifierId::from_uuid(first), IdentifierId::from_uuid(last));
        (
            self.records.within(&records.0, &records.1),
            self.identifiers.within(&identifiers.0, &identifiers.1),
        )
    }
}

/// The records and identifiers of a part.
type Nodes<'c> = (&'c [(RecordId, Arc<RecordNode>)], &'c [(IdentifierId, Arc<IdentifierNode>)]);

/// The ids that begin with the number of a part.
fn ids_of(number: usize, parts: usize) -> RangeInclusive<Uuid> {
    let bits = parts.trailing_zeros();
    let below = u128::MAX.checked_shr(bits).unwrap_or(0);
    let first = (number as u128).checked_shl(u128::BITS - bits).unwrap_or(0);
    Uuid::from_u128(first)..=Uuid::from_u128(first | below)
}

fn verdicts(ids: &RangeInclusive<Uuid>) -> RangeInclusive<VerdictId> {
    VerdictId::from_uuid(*ids.start())..=VerdictId::from_uuid(*ids.end())
}
