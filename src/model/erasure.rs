//! Erasure: what remains of a person who was erased, and the receipt.
//!
//! A tombstone, an opt-out and nothing else remain (GDPR article 17). Both are rows whose key is an
//! HMAC of an id under an [`ErasureKey`]: whoever holds the store and the id key, but no erasure
//! key, cannot tell of anyone whether they were erased.
//!
//! # Law
//!
//! 1. An input with an erased fact id is refused; so is one with an erased record or personal
//!    identifier, dated up to `erased_at` or not dated (`tests/erasure.rs`).
//! 2. A receipt holds no personal data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::consent::{Consent, ConsentLedger, ConsentState, LawfulBasis, Purpose};
use super::id::{
    ErasureId, IdKey, IdentifierId, MessageId, RecordId, ShortKey, TenantId, TouchpointId,
    VerdictId,
};
use super::row::Kind;
use super::time::{Occurred, Timestamp};

/// The secret under which tombstones and opt-outs are kept. It may be changed: rows name theirs.
///
/// Never stored and never exported: a store keeps only [`ErasureKey::check_value`].
#[derive(Clone)]
pub struct ErasureKey {
    key: IdKey,
    check: Uuid,
}

impl ErasureKey {
    /// Fewest bytes of a key.
    pub const BYTES_MIN: usize = IdKey::BYTES_MIN;

    /// Takes a secret of at least 32 random bytes, another than the id key's.
    ///
    /// ```
    /// use omnichannel::model::ErasureKey;
    /// assert!(ErasureKey::new(b"too short").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`ShortKey`] when it is shorter: generate a new one.
    pub fn new(secret: &[u8]) -> Result<Self, ShortKey> {
        let key = IdKey::new(secret)?;
        let check = key.mint(TenantId::SYSTEM, &[b"erasure check"]);
        Ok(Self { key, check })
    }

    /// A value by which a store recognises the key without holding it.
    pub fn check_value(&self) -> Uuid {
        self.check
    }

    /// The key of a tombstone.
    pub(crate) fn tombstone(&self, tenant: TenantId, of: Erased) -> Uuid {
        let (kind, id): (&[u8], Uuid) = match of {
            Erased::Fact(id) => (b"fact", id.as_uuid()),
            Erased::Verdict(id) => (b"verdict", id.as_uuid()),
            Erased::Record(id) => (b"record", id.as_uuid()),
            Erased::Identifier(id) => (b"identifier", id.as_uuid()),
        };
        self.key.mint(tenant, &[b"tombstone", kind, id.as_bytes()])
    }

    /// The key of what is left of an endpoint's choices.
    pub(crate) fn opt_out(&self, tenant: TenantId, endpoint: IdentifierId) -> Uuid {
        self.key.mint(tenant, &[b"opt-out", endpoint.as_bytes()])
    }

    /// The id of an erasure.
    pub(crate) fn erasure(&self, tenant: TenantId, first: RecordId, at: Timestamp) -> ErasureId {
        let parts: [&[u8]; 3] = [b"erasure", first.as_bytes(), &at.micros().to_le_bytes()];
        ErasureId::from_uuid(self.key.mint(tenant, &parts))
    }
}

impl fmt::Debug for ErasureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasureKey(secret)")
    }
}

/// What a tombstone can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Erased {
    /// A touchpoint, whatever its copies.
    Fact(TouchpointId),
    /// A verdict.
    Verdict(VerdictId),
    /// A source record.
    Record(RecordId),
    /// A personal identifier.
    Identifier(IdentifierId),
}

impl From<MessageId> for Erased {
    fn from(id: MessageId) -> Self {
        Self::Fact(id.into())
    }
}

/// Which erasure keys a tenant's tombstones are under. A row, one per tenant; absent before the
/// first erasure, so that receiving asks for nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasures {
    /// The check value of each key.
    pub keys: BTreeSet<Uuid>,
}

/// What remains of something erased. A row; its key is a keyed hash of what was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// The check value of the erasure key under which its row stands.
    pub key: Uuid,
    /// When it was erased.
    pub erased_at: Timestamp,
    /// By which erasure; `None` where its time was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
}

/// A no that outlived the person who said it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OptOut {
    /// For what; `None` means every purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// When it was said; where nobody knows, when it was erased.
    pub at: Timestamp,
}

/// What is left of the choices about an endpoint. A row; its key is a keyed hash of the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptOuts {
    /// The check value of the erasure key under which its row stands.
    pub key: Uuid,
    /// At most one for each purpose.
    pub said: Vec<OptOut>,
}

impl OptOuts {
    /// None under a key.
    pub fn under(key: Uuid) -> Self {
        Self { key, said: Vec::new() }
    }

    /// Adds a no; of two for one purpose the later stays.
    pub fn add(&mut self, opt_out: OptOut) {
        match self.said.iter_mut().find(|known| known.purpose == opt_out.purpose) {
            Some(known) => known.at = known.at.max(opt_out.at),
            None => self.said.push(opt_out),
        }
        self.said.sort();
    }

    /// Adds what is left to the choices that facts tell of, under the name of the row.
    pub fn join(&self, row: Uuid, choices: &mut ConsentLedger) {
        let choice = |opt_out: &OptOut| Consent {
            purpose: opt_out.purpose.clone(),
            state: ConsentState::Withdrawn,
            basis: LawfulBasis::Consent,
            occurred: Occurred::at(opt_out.at),
            evidence: None,
        };
        let said = self.said.iter().map(choice).collect();
        choices.choices.insert(TouchpointId::from_uuid(row), said);
    }
}

/// What was kept of a person, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeping {
    /// Tombstones.
    Tombstones,
    /// Opt-outs.
    OptOuts,
    /// Identifiers that others hold too, or that name nobody.
    SharedIdentifiers,
    /// Facts that are dated after the erasure.
    LaterFacts,
}

impl Keeping {
    /// Why it is kept.
    pub fn why(self) -> &'static str {
        match self {
            Self::Tombstones => {
                "keyed hashes, so that what was erased is refused when it is delivered again"
            }
            Self::OptOuts => "keyed hashes of endpoints, so that a no is still obeyed",
            Self::SharedIdentifiers => {
                "values that other records bear too, or that name nobody: never refused"
            }
            Self::LaterFacts => "dated after the erasure: they begin a new person",
        }
    }
}

/// How many rows of each kind.
pub type RowCounts = BTreeMap<Kind, u64>;

/// The receipt of an erasure: what was erased, what was kept and why. No personal data.
///
/// Also a row, which stays as the proof; while work is left it says where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Names it.
    pub id: ErasureId,
    /// What was erased is dated up to this instant, or not dated.
    pub erased_at: Timestamp,
    /// Why, in the application's words, such as the number of the request.
    pub reason: String,
    /// The check value of the erasure key under which the tombstones stand.
    pub key: Uuid,
    /// How many rows of each kind were erased.
    pub erased: RowCounts,
    /// How many of each were kept; [`Keeping::why`] says why.
    pub kept: BTreeMap<Keeping, u64>,
    /// Source records whose facts are still to be erased; empty once it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<RecordId>,
}

impl Erasure {
    /// Whether nothing is left to do.
    pub fn is_complete(&self) -> bool {
        self.left.is_empty()
    }

    pub(crate) fn count_kept(&mut self, what: Keeping, count: usize) {
        if count > 0 {
            *self.kept.entry(what).or_default() += count as u64;
        }
    }
}

impl fmt::Display for Erasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_complete() { "complete" } else { "not complete" };
        writeln!(f, "Erasure {} of {} ({state})", self.id, self.erased_at)?;
        writeln!(f, "Reason: {}", self.reason)?;
        writeln!(f, "Erasure key: {}", self.key)?;
        writeln!(f, "Erased:")?;
        for (kind, count) in &self.erased {
            writeln!(f, "  {count} x {}", kind.name().replace('_', " "))?;
        }
        writeln!(f, "Kept:")?;
        for (what, count) in &self.kept {
            writeln!(f, "  {count} x {}", what.why())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    #[test]
    fn of_two_opt_outs_for_one_purpose_the_later_stays() {
        let mut left = OptOuts::under(Uuid::nil());
        let purpose = Some(Purpose::new("marketing"));
        for seconds in [5, 9, 7] {
            left.add(OptOut { purpose: purpose.clone(), at: at(seconds) });
        }
        left.add(OptOut { purpose: None, at: at(1) });
        assert_eq!(left.said, [OptOut { purpose: None, at: at(1) }, OptOut { purpose, at: at(9) }]);
    }

    #[test]
    fn tombstones_of_different_things_differ_and_keys_do_not_show() {
        let key = ErasureKey::new(&[9; 32]).unwrap();
        let (tenant, id) = (TenantId::named("t"), TenantId::named("i").as_uuid());
        let all = [
            key.tombstone(tenant, Erased::Fact(TouchpointId::from_uuid(id))),
            key.tombstone(tenant, Erased::Verdict(VerdictId::from_uuid(id))),
            key.tombstone(tenant, Erased::Record(RecordId::from_uuid(id))),
            key.tombstone(tenant, Erased::Identifier(IdentifierId::from_uuid(id))),
            key.opt_out(tenant, IdentifierId::from_uuid(id)),
        ];
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(format!("{key:?}"), "ErasureKey(secret)");
        assert_eq!(ErasureKey::new(&[9; 31]).unwrap_err(), ShortKey(31));
    }
}
