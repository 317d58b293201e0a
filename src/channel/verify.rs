//! The verifier: the only maker of [`Verified`].
//!
//! Schemes are data, interpreted here: a codec declares one, the application gives the keys, and a
//! transport that authenticates in another way (a mutual TLS, a queue of one's own, a file that a
//! person picked) says so with a reason, which is kept.
//!
//! # Law
//!
//! 1. Nothing else constructs [`Verified`]: its fields are private to this file
//!    (`tests/architecture.rs`).
//! 2. Unsigned is refused unless somebody vouches; a wrong signature is refused in any case.
//! 3. Comparing takes the same time wherever the difference lies: both sides are hashed again, so
//!    that equal tags are compared and never the secrets themselves.
//!
//! # Why
//!
//! The expected signature is written out and compared as text, rather than decoding what came:
//! there is then no decoder to be lenient, and one comparison serves every encoding.
//!
//! Cost: one HMAC of the body for each live key.

use std::borrow::Cow;
use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::request::RawInbound;
use crate::model::{Code, Rejection, Timestamp};

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Hexadecimal digits, either case.
    Hex,
    /// Base 64 with padding (RFC 4648, section 4).
    Base64,
}

/// How requests prove that they are genuine, as data.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureScheme {
    /// The format has none: the transport must attest the request.
    Attested,
    /// A header holds HMAC-SHA256 of the raw body.
    HmacSha256 {
        /// The header's name.
        header: Cow<'static, str>,
        /// What stands before the signature.
        prefix: Cow<'static, str>,
        /// How the signature is written.
        encoding: Encoding,
    },
    /// A header holds the shared secret itself; nothing binds it to the body.
    Equality {
        /// The header's name.
        header: Cow<'static, str>,
    },
}

impl SignatureScheme {
    /// HMAC-SHA256 of the raw body in `header`, after `prefix`.
    ///
    /// ```
    /// use omnichannel::channel::{Encoding, SignatureScheme};
    /// // What Meta's platforms and GitHub do ...
    /// let meta = SignatureScheme::hmac_sha256("X-Hub-Signature-256", "sha256=", Encoding::Hex);
    /// // ... and what LINE does.
    /// let line = SignatureScheme::hmac_sha256("x-line-signature", "", Encoding::Base64);
    /// assert_ne!(meta, line);
    /// ```
    pub fn hmac_sha256(
        header: impl Into<Cow<'static, str>>,
        prefix: impl Into<Cow<'static, str>>,
        encoding: Encoding,
    ) -> Self {
        Self::HmacSha256 { header: header.into(), prefix: prefix.into(), encoding }
    }

    /// The shared secret itself in `header`.
    pub fn equality(header: impl Into<Cow<'static, str>>) -> Self {
        Self::Equality { header: header.into() }
    }
}

/// The live keys of one channel, the newest first; several while a key is being replaced.
///
/// An empty key proves nothing and is left out.
#[derive(Clone, Default)]
pub struct KeyRing {
    keys: Vec<Vec<u8>>,
}

impl KeyRing {
    /// The keys, the newest first.
    pub fn new<K: Into<Vec<u8>>>(keys: impl IntoIterator<Item = K>) -> Self {
        keys.into_iter().fold(Self::default(), Self::with)
    }

    /// The same keys and one more, tried last.
    #[must_use]
    pub fn with(mut self, key: impl Into<Vec<u8>>) -> Self {
        let key = key.into();
        if !key.is_empty() {
            self.keys.push(key);
        }
        self
    }

    /// How many keys are live.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key is live: every signed request is then refused.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.keys.len())
    }
}

/// How a request was proven genuine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// By its signature.
    Signature {
        /// The position, in the key ring, of the key that fitted: an old one still in use shows.
        key_index: usize,
    },
    /// By the word of its transport.
    Attested {
        /// What the transport stated.
        reason: String,
    },
}

/// A request that was proven genuine.
///
/// Only [`verify()`] makes one:
///
/// ```compile_fail,E0451
/// use omnichannel::channel::{Proof, RawInbound, Verified};
/// fn forge(request: RawInbound) -> Verified<RawInbound> {
///     Verified { request, proof: Proof::Signature { key_index: 0 } }
/// }
/// ```
///
/// ```
/// use omnichannel::channel::{KeyRing, RawInbound, SignatureScheme, Verified, verify};
/// use omnichannel::model::{Rejection, Timestamp};
/// fn honest(request: RawInbound, now: Timestamp) -> Result<Verified<RawInbound>, Rejection> {
///     verify(&SignatureScheme::Attested, &KeyRing::default(), request, now)
/// }
/// ```
#[derive(Debug)]
pub struct Verified<T> {
    request: T,
    proof: Proof,
}

impl<T> Verified<T> {
    /// The request.
    pub fn request(&self) -> &T {
        &self.request
    }

    /// How it was proven.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Takes the request out; it has then to be verified again.
    pub fn into_request(self) -> T {
        self.request
    }
}

/// Verifies a request, as `scheme` says, with any of `keys`.
///
/// A request whose transport vouches for it ([`RawInbound::attested`], with a reason that is not
/// blank) passes under every scheme, and the reason is kept in [`Proof::Attested`]: whoever fills
/// that field answers for it, so never fill it from the request itself. Of several headers of one
/// name the first counts. `now` is for schemes that sign a time; none of today's does.
///
/// # Errors
///
/// [`Code::Unsigned`] where nothing vouches for the request: sign it, or attest it.
/// [`Code::BadSignature`] where the signature fits no live key: refuse the request.
pub fn verify(
    scheme: &SignatureScheme,
    keys: &KeyRing,
    request: RawInbound,
    now: Timestamp,
) -> Result<Verified<RawInbound>, Rejection> {
    let _ = now;
    let proof = match request.attested.as_deref().map(str::trim) {
        Some(reason) if !reason.is_empty() => Proof::Attested { reason: reason.to_owned() },
        _ => Proof::Signature { key_index: fitting_key(scheme, keys, &request)? },
    };
    Ok(Verified { request, proof })
}

/// The position of the key that the request's signature fits.
fn fitting_key(
    scheme: &SignatureScheme,
    keys: &KeyRing,
    request: &RawInbound,
) -> Result<usize, Rejection> {
    let header = match scheme {
        SignatureScheme::Attested => {
            let reason = "this channel signs nothing: its transport must state why the request can \
                          be believed";
            return Err(Rejection::whole(Code::Unsigned, reason));
        }
        SignatureScheme::HmacSha256 { header, .. } | SignatureScheme::Equality { header } => header,
    };
    let Some(stated) = request.header_value(header).filter(|value| !value.is_empty()) else {
        let reason = format!("the request has no `{header}` header, which this channel demands");
        return Err(Rejection::whole(Code::Unsigned, reason));
    };
    if keys.is_empty() {
        let reason = format!("no key is live to check the `{header}` header with: configure one");
        return Err(Rejection::whole(Code::BadSignature, reason));
    }
    let fits = |key: &Vec<u8>| match scheme {
        SignatureScheme::Attested => false,
        SignatureScheme::Equality { .. } => is_same(key, stated.as_bytes()),
        SignatureScheme::HmacSha256 { prefix, encoding, .. } => {
            stated.strip_prefix(prefix.as_ref()).is_some_and(|signature| {
                let expected = signature_of(&request.body, key, *encoding);
                match encoding {
                    Encoding::Hex => {
                        is_same(expected.as_bytes(), signature.to_ascii_lowercase().as_bytes())
                    }
                    Encoding::Base64 => is_same(expected.as_bytes(), signature.as_bytes()),
                }
            })
        }
    };
    keys.keys.iter().position(fits).ok_or_else(|| {
        let reason = format!("the `{header}` header fits the body under no live key");
        Rejection::whole(Code::BadSignature, reason)
    })
}

/// HMAC-SHA256 of `body`, written out.
fn signature_of(body: &[u8], key: &[u8], encoding: Encoding) -> String {
    let tag = tag_of(key, body);
    match encoding {
        Encoding::Hex => tag.iter().map(|byte| format!("{byte:02x}")).collect(),
        Encoding::Base64 => to_base64(&tag),
    }
}

/// HMAC-SHA256 of `message`. HMAC takes keys of any length; the empty answer cannot be reached.
fn tag_of(key: &[u8], message: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

/// Compares without telling where the difference lies, whatever the lengths.
pub(super) fn is_same(left: &[u8], right: &[u8]) -> bool {
    const LABEL: &[u8] = b"omnichannel signature comparison";
    Hmac::<Sha256>::new_from_slice(LABEL).is_ok_and(|mut mac| {
        mac.update(right);
        mac.verify_slice(&tag_of(LABEL, left)).is_ok()
    })
}

/// Base 64 with padding (RFC 4648, section 4).
fn to_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let octet = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { digit as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        let vectors =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (plain, written) in vectors {
            assert_eq!(to_base64(plain.as_bytes()), written);
        }
        assert_eq!(to_base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn comparison_sees_every_difference() {
        assert!(is_same(b"abc", b"abc"));
        assert!(!is_same(b"abc", b"abd") && !is_same(b"abc", b"ab") && !is_same(b"", b"a"));
    }
}
