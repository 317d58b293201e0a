//! Signature schemes as data: what is signed, with what, where, and how written.
//!
//! A provider's scheme is a value of [`SignatureForm`]: nothing in it is code, so it can be read,
//! compared and shown, and one verifier interprets them all. The ready-made ones
//! ([`SignatureScheme::meta`] and its neighbours) are a few lines each, and so is yours.
//!
//! # Why
//!
//! A time is a part of the message ([`SignedPart::Time`]), not a setting beside it: a time that is
//! not signed bounds nothing, and that mistake cannot be written down here.

use std::borrow::Cow;

/// Text of a scheme: mostly written in a program, sometimes read from a configuration.
type Text = Cow<'static, str>;

/// How requests prove that they are genuine, as data.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureScheme {
    /// The format has none: the transport must attest the request.
    Attested,
    /// Each request carries a signature.
    Signed(SignatureForm),
}

impl SignatureScheme {
    /// HMAC-SHA256 of the raw body in `header`, after `prefix`.
    ///
    /// ```
    /// use omnichannel::channel::{Encoding, SignatureScheme};
    /// // What Meta's platforms and GitHub do ...
    /// let meta = SignatureScheme::hmac_sha256("X-Hub-Signature-256", "sha256=", Encoding::Hex);
    /// assert_eq!(meta, SignatureScheme::meta());
    /// // ... and what LINE does.
    /// let line = SignatureScheme::hmac_sha256("x-line-signature", "", Encoding::Base64);
    /// assert_eq!(line, SignatureScheme::line());
    /// ```
    pub fn hmac_sha256(
        header: impl Into<Text>,
        prefix: impl Into<Text>,
        encoding: Encoding,
    ) -> Self {
        let form = SignatureForm::new(header, Digest::HmacSha256, encoding);
        Self::Signed(SignatureForm { prefix: prefix.into(), ..form })
    }

    /// The shared secret itself in `header`; nothing binds it to the body.
    pub fn equality(header: impl Into<Text>) -> Self {
        Self::Signed(SignatureForm::new(header, Digest::Equality, Encoding::Hex))
    }

    /// The feature that this build lacks to check the scheme; `None` where it lacks nothing.
    ///
    /// Every request under a scheme that lacks one is refused.
    pub fn feature_missing(&self) -> Option<&'static str> {
        match self {
            Self::Attested => None,
            Self::Signed(form) => form.digest.feature_missing(),
        }
    }
}

impl From<SignatureForm> for SignatureScheme {
    fn from(form: SignatureForm) -> Self {
        Self::Signed(form)
    }
}

/// One provider's way of signing.
///
/// ```
/// use omnichannel::channel::{
///     Digest, Encoding, SignatureForm, SignatureScheme, SignedPart, Stated,
/// };
/// // `X-Tablet-Signature: v1=<hex>`, over the time, a colon and the body, good for a minute.
/// let time = Stated::Header("X-Tablet-Time".into());
/// let scheme = SignatureScheme::from(SignatureForm {
///     prefix: "v1=".into(),
///     message: vec![
///         SignedPart::Time { stated: time, tolerance_secs: 60 },
///         SignedPart::Literal(":".into()),
///         SignedPart::Body,
///     ],
///     ..SignatureForm::new("X-Tablet-Signature", Digest::HmacSha256, Encoding::Hex)
/// });
/// assert_eq!(scheme.feature_missing(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureForm {
    /// Where the signature stands.
    pub place: SignaturePlace,
    /// Whether several may stand there.
    pub list: SignatureList,
    /// What stands before each signature; what stands after another prefix is no signature.
    pub prefix: Text,
    /// What the signature is.
    pub digest: Digest,
    /// How it is written; of no meaning for [`Digest::Equality`].
    pub encoding: Encoding,
    /// How the configured keys are written.
    pub key: KeyForm,
    /// What is signed, one after the other; of no meaning for [`Digest::Equality`].
    pub message: Vec<SignedPart>,
    /// The query parameter that holds SHA-256 of the body in hexadecimal digits, so that signing
    /// the URL signs the body.
    pub body_hash: Option<Text>,
}

impl SignatureForm {
    /// One signature of the raw body in `header`, by keys that are used as they are written.
    pub fn new(header: impl Into<Text>, digest: Digest, encoding: Encoding) -> Self {
        Self {
            place: SignaturePlace::Header(header.into()),
            list: SignatureList::One,
            prefix: Text::Borrowed(""),
            digest,
            encoding,
            key: KeyForm::Plain,
            message: vec![SignedPart::Body],
            body_hash: None,
        }
    }
}

/// Where the signature of a request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignaturePlace {
    /// In the header of this name.
    Header(Text),
    /// In the query parameter of this name.
    Query(Text),
}

/// Whether several signatures may stand in one place, and what lies between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureList {
    /// One.
    One,
    /// Several, with a space between them.
    Spaces,
    /// Several, with a comma between them.
    Commas,
}

/// What a signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    /// HMAC-SHA1 (RFC 2104). Needs the feature `signatures`.
    HmacSha1,
    /// HMAC-SHA256 (RFC 2104).
    HmacSha256,
    /// HMAC-SHA512 (RFC 2104). Needs the feature `signatures`.
    HmacSha512,
    /// Ed25519 (RFC 8032): the keys are public ones. Needs the feature `signatures`.
    Ed25519,
    /// The key itself: it proves who sent, and nothing of what.
    Equality,
}

impl Digest {
    /// The feature that this build lacks to check it.
    pub(super) fn feature_missing(self) -> Option<&'static str> {
        match self {
            Self::HmacSha256 | Self::Equality => None,
            Self::HmacSha1 | Self::HmacSha512 | Self::Ed25519 => {
                (!cfg!(feature = "signatures")).then_some("signatures")
            }
        }
    }

    /// Its name, for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha512 => "HMAC-SHA512",
            Self::Ed25519 => "Ed25519",
            Self::Equality => "equality",
        }
    }
}

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Hexadecimal digits, either case.
    Hex,
    /// Base 64 with padding (RFC 4648, section 4).
    Base64,
}

/// How a configured key is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyForm {
    /// Its bytes are the key.
    Plain,
    /// Base 64 (RFC 4648, section 4), padded or not, after a prefix that may be left out.
    Base64 {
        /// What stands before, such as `whsec_`.
        strip_prefix: Text,
    },
    /// Hexadecimal digits, either case.
    Hex,
}

/// One part of what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedPart {
    /// The raw body.
    Body,
    /// These characters.
    Literal(Text),
    /// A value that the request states.
    Value(Stated),
    /// A time that the request states, in whole seconds since 1970.
    Time {
        /// Where it stands.
        stated: Stated,
        /// How far it may lie from now, in either direction; exactly so far is near enough.
        tolerance_secs: u32,
    },
    /// The method, as the transport states it.
    Method,
    /// The URL, as the provider called it.
    Url(PortPolicy),
    /// The fields of a form (`application/x-www-form-urlencoded`), sorted by name, each once, name
    /// and value decoded with nothing between them. Nothing where the body is no form.
    SortedForm,
}

/// Where a signed value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stated {
    /// In the header of this name.
    Header(Text),
    /// In the list of signatures, after this prefix: `t=` in `t=1533204620,v1=...`.
    Item(Text),
}

/// In what form the URL was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortPolicy {
    /// Exactly as it was called.
    AsCalled,
    /// With a port or without: the provider is not consistent. An absent one is the scheme's own.
    WithOrWithout,
}
