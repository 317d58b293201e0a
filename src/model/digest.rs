//! Content digests: SHA-256 of the canonical JSON of a value.
//!
//! Canonical here means: the field order of the type, sorted maps, no floats. Two replicas hold the
//! same facts if and only if their digests are equal.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// More than most values take as JSON.
const USUAL_BYTES: usize = 1_024;

/// A SHA-256 digest, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Digests bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Digests the canonical JSON of `value`, a type of this crate's model.
    ///
    /// A type that cannot be JSON (none in the model) digests its error's text, so that the
    /// function is total.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Self {
        let mut json = Vec::with_capacity(USUAL_BYTES);
        match serde_json::to_writer(&mut json, value) {
            Ok(()) => Self::of_bytes(&json),
            Err(error) => Self::of_bytes(error.to_string().as_bytes()),
        }
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let hex =
            |at: usize| text.get(at * 2..at * 2 + 2).and_then(|h| u8::from_str_radix(h, 16).ok());
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = hex(at).ok_or_else(|| D::Error::custom("a digest is 64 hexadecimal digits"))?;
        }
        if text.len() == 64 {
            Ok(Self(bytes))
        } else {
            Err(D::Error::custom("a digest is 64 hexadecimal digits"))
        }
    }
}
