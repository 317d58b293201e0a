//! The verifier: the only maker of [`Verified`].

use std::fmt;

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
    /// A header holds HMAC-SHA256 of the body.
    HmacSha256 {
        /// The header's name.
        header: &'static str,
        /// What stands before the signature.
        prefix: &'static str,
        /// How the signature is written.
        encoding: Encoding,
    },
    /// A header holds the shared secret itself.
    Equality {
        /// The header's name.
        header: &'static str,
    },
}

/// The live keys of one channel, the newest first; several while a key is being replaced.
#[derive(Clone, Default)]
pub struct KeyRing {
    keys: Vec<Vec<u8>>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.keys.len())
    }
}

/// A request that was proven genuine.
#[derive(Debug)]
pub struct Verified<T> {
    request: T,
}

impl<T> Verified<T> {
    /// The request.
    pub fn request(&self) -> &T {
        &self.request
    }
}

/// Verifies a request.
///
/// # Errors
///
/// A rejection.
pub fn verify(
    scheme: &SignatureScheme,
    keys: &KeyRing,
    request: RawInbound,
    now: Timestamp,
) -> Result<Verified<RawInbound>, Rejection> {
    let _ = (scheme, keys, now);
    if request.attested.is_some() {
        return Ok(Verified { request });
    }
    Err(Rejection::whole(Code::Unsigned, "no signature"))
}
