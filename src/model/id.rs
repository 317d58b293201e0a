//! Typed ids: 128-bit keyed hashes of what they name.
//!
//! An id is HMAC-SHA256 under the data set's [`IdKey`] of (tenant, source, kind, external id), cut
//! to the 122 free bits of a version 8 UUID (RFC 9562, section 5.8). Whoever sees the same thing on
//! two machines gives it the same id without asking, and nobody without the key can tell an id from
//! a guess of what it names.
//!
//! # Law
//!
//! 1. No id contains a time or an order: order lives in index entries.
//! 2. Parts are length-prefixed, so that no two lists of parts mint the same id.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Cuts a hash to a version 8 UUID.
fn to_uuid(hash: &[u8]) -> Uuid {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The secret under which a data set's ids are minted; fixed for the life of the data set.
///
/// Never stored and never exported: a store keeps only [`IdKey::check_value`].
#[derive(Clone)]
pub struct IdKey {
    keyed: Hmac<Sha256>,
}

/// The key is shorter than [`IdKey::BYTES_MIN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id key needs at least 32 bytes of entropy, got {0}")]
pub struct ShortKey(pub usize);

impl IdKey {
    /// Fewest bytes of a key.
    pub const BYTES_MIN: usize = 32;

    /// Takes a secret of at least 32 random bytes.
    ///
    /// # Errors
    ///
    /// [`ShortKey`] when it is shorter: generate a new one.
    pub fn new(secret: &[u8]) -> Result<Self, ShortKey> {
        match Hmac::<Sha256>::new_from_slice(secret) {
            Ok(keyed) if secret.len() >= Self::BYTES_MIN => Ok(Self { keyed }),
            _ => Err(ShortKey(secret.len())),
        }
    }

    /// Mints the id of `parts`; the first says what kind of thing is named.
    pub(crate) fn mint(&self, tenant: TenantId, parts: &[&[u8]]) -> Uuid {
        let mut mac = self.keyed.clone();
        mac.update(tenant.as_bytes());
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        to_uuid(&mac.finalize().into_bytes())
    }

    /// A value by which a store recognises the key without holding it.
    pub fn check_value(&self) -> Uuid {
        self.mint(TenantId::SYSTEM, &[b"check"])
    }
}

impl fmt::Debug for IdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdKey(secret)")
    }
}

/// A text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is written as a UUID, for example 8f14e45f-ceea-867a-9a36-dedd4bea2543")]
pub struct BadId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        // The order of the bytes, compared as one number: ids are what maps are ordered by.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.0.as_u128().cmp(&other.0.as_u128())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $name {
            /// Wraps an id that this crate gave out before.
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The id as a UUID.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }

            /// The 16 bytes of the id.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::try_parse(text).map(Self).map_err(|_| BadId)
            }
        }
    )*};
}

ids! {
    /// Names a tenant; part of every key. Nothing links, reads or sends across tenants.
    TenantId;
    /// Names a source record: one party as one source knows it. Unique within a tenant.
    RecordId;
    /// Names a customer: the smallest of its record ids by (first seen, id). A view, never stored.
    CustomerId;
    /// Names a normalised identifier within its namespace and scope. Unique within a tenant.
    IdentifierId;
    /// Names a touchpoint: (source, external id), or its content where the source gave no id.
    TouchpointId;
    /// Names a message: the touchpoint that carries it.
    MessageId;
    /// Names a conversation: its first message by (time, id). A view, never stored.
    ConversationId;
    /// Names a human verdict on two records.
    VerdictId;
    /// Names a candidate component's row. Storage only; it appears in no view.
    ComponentId;
    /// Names the decision on an intent: the caller's idempotency key, minted.
    DecisionId;
    /// Names an erasure and its receipt.
    ErasureId;
    /// Names a known fact: what it is about, and what of it.
    FactId;
}

impl TenantId {
    /// The tenant under which the library keeps what belongs to the data set as a whole.
    pub const SYSTEM: Self = Self(Uuid::nil());

    /// The tenant of that name. Equal names give equal tenants on every machine.
    ///
    /// ```
    /// use omnichannel::model::TenantId;
    /// assert_eq!(TenantId::named("maison-lune"), TenantId::named("maison-lune"));
    /// ```
    pub fn named(name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"omnichannel tenant ");
        hash.update(name.as_bytes());
        Self(to_uuid(&hash.finalize()))
    }
}

macro_rules! same_thing {
    ($($from:ident => $to:ident: $why:literal;)*) => {$(
        #[doc = $why]
        impl From<$from> for $to {
            fn from(id: $from) -> Self {
                Self(id.0)
            }
        }
    )*};
}

same_thing! {
    CustomerId => RecordId: "A customer's id is the id of one of its records.";
    RecordId => CustomerId: "Every record id resolves to the customer that holds it now.";
    TouchpointId => MessageId: "A message is named by the touchpoint that carries it.";
    MessageId => TouchpointId: "A message is carried by the touchpoint of the same id.";
    MessageId => ConversationId: "Every message id resolves to the conversation that holds it now.";
    ConversationId => MessageId: "A conversation's id is the id of one of its messages.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart_by_length() {
        let key = IdKey::new(&[7; 32]).unwrap();
        let tenant = TenantId::named("t");
        assert_ne!(key.mint(tenant, &[b"ab", b"c"]), key.mint(tenant, &[b"a", b"bc"]));
        assert_ne!(key.mint(tenant, &[b"ab"]), key.mint(TenantId::named("u"), &[b"ab"]));
        assert_eq!(key.mint(tenant, &[b"ab"]).get_version_num(), 8);
    }

    #[test]
    fn short_keys_are_refused_and_keys_do_not_show() {
        assert_eq!(IdKey::new(&[1; 31]).unwrap_err(), ShortKey(31));
        assert_eq!(format!("{:?}", IdKey::new(&[7; 32]).unwrap()), "IdKey(secret)");
    }
}
