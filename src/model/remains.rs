//! What remains of the erased, as it travels from one store to another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::erasure::{Erasure, OptOuts, Tombstone};
use super::row::{Body, Kind};

/// What remains of a person who was erased, or of a fact whose time was over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remains {
    /// What refuses it when it is delivered again.
    Tombstone(Tombstone),
    /// A no that is still obeyed.
    OptOut(OptOuts),
    /// The receipt.
    Erasure(Erasure),
}

impl Remains {
    /// What a row holds of it; `None` where it is another row.
    pub fn of(body: &Body) -> Option<Self> {
        match body {
            Body::Tombstone(tombstone) => Some(Self::Tombstone(tombstone.as_ref().clone())),
            Body::OptOut(left) => Some(Self::OptOut(left.as_ref().clone())),
            Body::Erasure(erasure) => Some(Self::Erasure(erasure.as_ref().clone())),
            _ => None,
        }
    }

    /// The kind of its row.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Tombstone(_) => Kind::Tombstone,
            Self::OptOut(_) => Kind::OptOut,
            Self::Erasure(_) => Kind::Erasure,
        }
    }

    /// The check value of the erasure key under which it stands; a receipt refuses nothing.
    pub fn key(&self) -> Option<Uuid> {
        match self {
            Self::Tombstone(tombstone) => Some(tombstone.key),
            Self::OptOut(left) => Some(left.key),
            Self::Erasure(_) => None,
        }
    }

    /// What stands of two tellings of one row, whichever came first.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Tombstone(a), Self::Tombstone(b)) => {
                let order = |t: &Tombstone| (t.erased_at, t.erasure);
                Self::Tombstone(if order(b) > order(a) { b.clone() } else { a.clone() })
            }
            (Self::OptOut(a), Self::OptOut(b)) => {
                let mut left = a.clone();
                b.said.iter().cloned().for_each(|said| left.add(said));
                Self::OptOut(left)
            }
            // The one that has less left to do got further.
            (Self::Erasure(a), Self::Erasure(b)) if b.left.len() < a.left.len() => other.clone(),
            _ => self.clone(),
        }
    }
}
