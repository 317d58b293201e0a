//! A map that is asked for one id at a time, never listed.
//!
//! # Why
//!
//! The one hash map of the crate. Ids are keyed hashes, so their own bits are the hash: nothing is
//! seeded, and who picks external ids cannot pick where they fall. Without a way to list it, no
//! order can leak. At a million rows a tree's last levels are cold memory; this is one look.
//! Sixteen maps, because one that grows is laid out anew while its caller waits.

use std::hash::{BuildHasherDefault, Hasher};

use uuid::Uuid;

#[expect(clippy::disallowed_types, reason = "hashes by the ids' own bits and is never listed")]
type Map<V> = std::collections::HashMap<u128, V, BuildHasherDefault<OwnBits>>;

/// Values by id, in maps by the id's first four bits.
#[derive(Debug)]
pub(super) struct ById<V>([Map<V>; 16]);

impl<V> ById<V> {
    pub(super) fn get(&self, id: &Uuid) -> Option<&V> {
        self.0[map_of(id)].get(&id.as_u128())
    }

    pub(super) fn get_mut(&mut self, id: &Uuid) -> Option<&mut V> {
        self.0[map_of(id)].get_mut(&id.as_u128())
    }

    /// The value, made where there is none.
    pub(super) fn get_or_default(&mut self, id: Uuid) -> &mut V
    where
        V: Default,
    {
        self.0[map_of(&id)].entry(id.as_u128()).or_default()
    }

    /// Puts a value; the one that was there before.
    pub(super) fn insert(&mut self, id: Uuid, value: V) -> Option<V> {
        self.0[map_of(&id)].insert(id.as_u128(), value)
    }

    pub(super) fn remove(&mut self, id: &Uuid) -> Option<V> {
        self.0[map_of(id)].remove(&id.as_u128())
    }
}

impl<V> Default for ById<V> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Map::default()))
    }
}

fn map_of(id: &Uuid) -> usize {
    usize::from(id.as_bytes()[0] >> 4)
}

/// Folds an id to 64 bits.
#[derive(Debug, Default)]
struct OwnBits(u64);

impl Hasher for OwnBits {
    fn write_u128(&mut self, id: u128) {
        let [high, low] = [(id >> 64) as u64, id as u64];
        self.0 = high ^ low;
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |bits, byte| bits.rotate_left(8) ^ u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_which_any_bit_differs_are_told_apart() {
        let mut map = ById::default();
        let ids = (0..128).map(|bit| Uuid::from_u128(1 << bit)).chain([Uuid::nil(), Uuid::max()]);
        for (at, id) in ids.clone().enumerate() {
            assert_eq!(map.insert(id, at), None);
        }
        for (at, id) in ids.enumerate() {
            assert_eq!(map.get(&id), Some(&at));
            assert_eq!((map.remove(&id), map.get(&id)), (Some(at), None));
        }
    }
}
