//! The verifier: the only maker of [`Verified`].
//!
//! Schemes are data ([`SignatureForm`]), interpreted here: a codec declares one, the application
//! gives the keys, and a transport that authenticates in another way (a mutual TLS, a queue of
//! one's own, a file that a person picked) says so with a reason, which is kept.
//!
//! # Law
//!
//! 1. Nothing else constructs [`Verified`]: its fields are private to this file
//!    (`tests/architecture.rs`).
//! 2. Unsigned is refused unless somebody vouches; a wrong signature is refused in any case.
//! 3. Comparing takes the same time wherever the difference lies (`digest`).
//! 4. Nothing of the body is parsed before its signature fits, but a form that is signed by its
//!    fields.
//! 5. Work is bounded by the size of the request: at most sixteen signatures are compared.
//! 6. Any bit of what is signed, of the signature or of the key that changes is seen
//!    (`tests/signatures`).
//!
//! # Why
//!
//! A request that comes twice is verified twice: a signature says who, not whether it is new. The
//! hub knows the second by its id; a signed time bounds how long it can be tried.
//!
//! What the sorted form of Twilio cannot tell: where a field's name ends and its value begins, as
//! it signs them with nothing between.
//!
//! Cost: one keyed hash of what is signed for each live key until one fits, two where the URL may
//! be written in two ways; Ed25519 one check for each signature besides.

mod check;
mod digest;
mod keys;
mod known;
mod message;
mod scheme;
pub(in crate::channel) mod sign;
mod text;

use check::{Refusal, fitting_key};
pub(in crate::channel) use digest::is_same;
pub use keys::KeyRing;
pub use scheme::{
    Digest, Encoding, KeyForm, PortPolicy, SignatureForm, SignatureList, SignaturePlace,
    SignatureScheme, SignedPart, Stated,
};

use super::request::RawInbound;
use crate::model::{Code, Rejection, Timestamp};

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
/// blank) passes unsigned under every scheme, and the reason is kept in [`Proof::Attested`].
/// Whoever fills that field answers for it, so never fill it from the request itself. It passes
/// however old it is, so that an archive can be read again; but where it carries a signature and
/// keys are live, a wrong one is refused. Of several headers of one name the first counts.
///
/// # Errors
///
/// [`Code::Unsigned`] where the signature, or a value that it signs, is absent: sign the request,
/// or attest it. [`Code::BadSignature`] where it fits no live key, or cannot be checked: refuse the
/// request. [`Code::BadTime`] where its time is no time, [`Code::Stale`] where it is too far from
/// `now`, [`Code::TooMany`] where its form has too many fields: refuse it too.
/// [`Code::Unsupported`] where this build lacks a feature, which is named.
pub fn verify(
    scheme: &SignatureScheme,
    keys: &KeyRing,
    request: RawInbound,
    now: Timestamp,
) -> Result<Verified<RawInbound>, Rejection> {
    let signature = match scheme {
        SignatureScheme::Signed(form) => fitting_key(form, keys, &request, now),
        SignatureScheme::Attested => {
            let reason = "this channel signs nothing: its transport must state why the request can \
                          be believed";
            Err(Refusal::unproven(Code::Unsigned, reason))
        }
    };
    let attested = request.attested.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let proof = match (attested, signature) {
        (Some(_), Err(Refusal::Wrong(why))) => return Err(why),
        (Some(reason), _) => Proof::Attested { reason: reason.to_owned() },
        (None, Ok(key_index)) => Proof::Signature { key_index },
        (None, Err(refusal)) => return Err(refusal.into()),
    };
    Ok(Verified { request, proof })
}
