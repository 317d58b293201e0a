//! Cryptography: keyed hashes, Ed25519, and a comparison that tells nothing.
//!
//! # Law
//!
//! Comparing takes the same time wherever the difference lies: both sides are hashed again, so that
//! equal tags are compared and never the secrets themselves.
//!
//! # Why
//!
//! An expected keyed hash is written out and compared as text, rather than decoding what came:
//! there is then no decoder to be lenient. Ed25519 has no expected signature; there the strict
//! decoder of [`text`] reads what came.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

use super::scheme::{Digest, Encoding};
use super::text;

/// A message in pieces, one after the other.
pub(super) type Pieces<'r> = [Cow<'r, [u8]>];

/// Whether one of `signatures` is that of `pieces` under `key`; of [`Digest::Equality`], the key.
pub(super) fn fits(
    (digest, encoding): (Digest, Encoding),
    key: &[u8],
    pieces: &Pieces<'_>,
    signatures: &[&str],
) -> bool {
    let tag = match digest {
        Digest::Equality => {
            return signatures.iter().any(|stated| is_same(key, stated.as_bytes()));
        }
        Digest::HmacSha256 => tag::<Hmac<Sha256>>(key, pieces),
        #[cfg(feature = "signatures")]
        Digest::HmacSha1 => tag::<Hmac<sha1::Sha1>>(key, pieces),
        #[cfg(feature = "signatures")]
        Digest::HmacSha512 => tag::<Hmac<sha2::Sha512>>(key, pieces),
        #[cfg(feature = "signatures")]
        Digest::Ed25519 => return is_signed_by(key, pieces, signatures, encoding),
        #[cfg(not(feature = "signatures"))]
        Digest::HmacSha1 | Digest::HmacSha512 | Digest::Ed25519 => None,
    };
    tag.is_some_and(|tag| {
        let expected = text::write(&tag, encoding);
        signatures.iter().any(|stated| is_written(&expected, stated, encoding))
    })
}

/// Whether `stated` says the same as `expected`: hexadecimal digits in either case.
pub(super) fn is_written(expected: &str, stated: &str, encoding: Encoding) -> bool {
    let stated = match encoding {
        // Text of another length is wrong, however long: it need not be written again.
        Encoding::Hex if stated.len() == expected.len() => Cow::Owned(stated.to_ascii_lowercase()),
        Encoding::Hex | Encoding::Base64 => Cow::Borrowed(stated),
    };
    is_same(expected.as_bytes(), stated.as_bytes())
}

/// SHA-256 of some bytes.
pub(super) fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// The keyed hash of a message. HMAC takes keys of any length; `None` cannot be reached.
pub(super) fn tag<M: Mac + KeyInit>(key: &[u8], pieces: &Pieces<'_>) -> Option<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    for piece in pieces {
        mac.update(piece);
    }
    Some(mac.finalize().into_bytes().to_vec())
}

/// Whether one of `signatures` is that of `pieces` by the owner of the public `key` (RFC 8032).
///
/// Strict: a key that would let one signature fit many messages is refused.
#[cfg(feature = "signatures")]
fn is_signed_by(key: &[u8], pieces: &Pieces<'_>, signatures: &[&str], encoding: Encoding) -> bool {
    use ed25519_dalek::{Signature, VerifyingKey};
    let Ok(Ok(key)) = key.try_into().map(VerifyingKey::from_bytes) else {
        return false;
    };
    let message = pieces.concat();
    signatures.iter().any(|stated| {
        let bytes = match encoding {
            Encoding::Hex => text::from_hex(stated.as_bytes()),
            // A key may lack its padding, a signature may not: it is written in one way.
            Encoding::Base64 => text::from_base64(stated.as_bytes())
                .filter(|bytes| text::write(bytes, encoding) == **stated),
        };
        let signature = bytes.and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature.is_some_and(|signature| key.verify_strict(&message, &signature).is_ok())
    })
}

/// Compares without telling where the difference lies, whatever the lengths.
pub(in crate::channel) fn is_same(left: &[u8], right: &[u8]) -> bool {
    const LABEL: &[u8] = b"omnichannel signature comparison";
    let hashed = |bytes: &[u8]| {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(LABEL).ok()?;
        mac.update(bytes);
        Some(mac)
    };
    hashed(left)
        .zip(hashed(right))
        .is_some_and(|(left, right)| left.verify(&right.finalize().into_bytes()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparison_sees_every_difference() {
        assert!(is_same(b"abc", b"abc"));
        assert!(!is_same(b"abc", b"abd") && !is_same(b"abc", b"ab") && !is_same(b"", b"a"));
    }
}
