//! The message that a signature is of, put together from a request.
//!
//! # Law
//!
//! 1. A message is cut in one way only: a stated value that holds the separator after it is
//!    refused, so that nobody moves bytes from one part to the next.
//! 2. The body is bound: a body that no part and no hash covers is refused. Otherwise a form's
//!    signature would carry any JSON.
//!
//! Cost: the body is borrowed; a form is sorted, `n log n` of its fields, at most
//! [`FORM_FIELDS_MAX`].

use std::borrow::Cow;

use super::digest::{is_written, sha256};
use super::scheme::{Digest, Encoding, PortPolicy, SignatureForm, SignedPart, Stated};
use super::{Refusal, text};
use crate::channel::form;
use crate::channel::request::RawInbound;
use crate::model::{Code, Timestamp};

/// Most fields of a form that are sorted.
const FORM_FIELDS_MAX: usize = 1_000;

/// Most digits of a time in seconds: enough for the year 9999, far from overflowing.
const TIME_DIGITS_MAX: usize = 12;

/// What is signed.
pub(super) struct Message<'r> {
    /// The same message for each form that its URL may have, in pieces.
    pub(super) variants: Vec<Vec<Cow<'r, [u8]>>>,
    /// The times that it states, each with its tolerance in seconds.
    pub(super) times: Vec<(Timestamp, u32)>,
}

/// Puts together what `form` says is signed; `items` are what stands in the signature's place.
pub(super) fn message<'r>(
    form: &'r SignatureForm,
    request: &'r RawInbound,
    items: &(impl Iterator<Item = &'r str> + Clone),
) -> Result<Message<'r>, Refusal> {
    if form.digest == Digest::Equality {
        return Ok(Message { variants: vec![Vec::new()], times: Vec::new() });
    }
    let body_is = coverage(form, request)?;
    let mut times = Vec::new();
    let mut pieces: Vec<Piece<'r>> = Vec::with_capacity(form.message.len());
    for (at, part) in form.message.iter().enumerate() {
        let stated = |stated: &Stated| {
            let value = value(request, items.clone(), stated)?;
            match form.message.get(at + 1) {
                Some(SignedPart::Literal(after))
                    if !after.is_empty() && value.contains(&**after) =>
                {
                    Err(ambiguous(stated, after))
                }
                _ => Ok(value),
            }
        };
        pieces.push(match part {
            SignedPart::Body => Piece::of(request.body.as_slice()),
            SignedPart::Literal(text) => Piece::of(text.as_bytes()),
            SignedPart::Method => Piece::of(request.method.as_bytes()),
            SignedPart::Value(place) => Piece::of(stated(place)?.as_bytes()),
            SignedPart::Time { stated: place, tolerance_secs } => {
                let written = stated(place)?;
                times.push((time(written).ok_or_else(|| unreadable(place))?, *tolerance_secs));
                Piece::of(written.as_bytes())
            }
            SignedPart::Url(policy) => Piece::Url(urls(url(request)?, *policy)),
            SignedPart::SortedForm if body_is == Body::Form => {
                Piece::Fixed(Cow::Owned(sorted(&request.body)?))
            }
            SignedPart::SortedForm => Piece::of(b""),
        });
    }
    let count = pieces.iter().map(Piece::count).max().unwrap_or(1);
    let variant = |at: usize| pieces.iter().map(|piece| piece.at(at)).collect();
    Ok(Message { variants: (0..count).map(variant).collect(), times })
}

/// A piece of a message, or the forms that it may have.
enum Piece<'r> {
    Fixed(Cow<'r, [u8]>),
    Url(Vec<Cow<'r, str>>),
}

impl<'r> Piece<'r> {
    fn of(bytes: &'r [u8]) -> Self {
        Self::Fixed(Cow::Borrowed(bytes))
    }

    fn count(&self) -> usize {
        match self {
            Self::Fixed(_) => 1,
            Self::Url(urls) => urls.len(),
        }
    }

    fn at(&self, variant: usize) -> Cow<'r, [u8]> {
        match self {
            Self::Fixed(bytes) => bytes.clone(),
            Self::Url(urls) => match urls.get(variant).or(urls.first()) {
                Some(Cow::Borrowed(url)) => Cow::Borrowed(url.as_bytes()),
                Some(Cow::Owned(url)) => Cow::Owned(url.clone().into_bytes()),
                None => Cow::Borrowed(b""),
            },
        }
    }
}

/// A value that the request states.
fn value<'r>(
    request: &'r RawInbound,
    mut items: impl Iterator<Item = &'r str>,
    stated: &Stated,
) -> Result<&'r str, Refusal> {
    let value = match stated {
        Stated::Header(name) => request.header_value(name),
        Stated::Item(prefix) => items.find_map(|item| item.strip_prefix(&**prefix)),
    };
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        let place = place(stated);
        Refusal::unproven(Code::Unsigned, format!("the request has no {place}, which is signed"))
    })
}

fn place(stated: &Stated) -> String {
    match stated {
        Stated::Header(name) => format!("`{name}` header"),
        Stated::Item(prefix) => format!("`{prefix}` beside its signature"),
    }
}

fn ambiguous(stated: &Stated, after: &str) -> Refusal {
    let place = place(stated);
    let reason = format!("the {place} holds `{after}`, by which what is signed is cut");
    Refusal::wrong(Code::BadSignature, reason)
}

fn unreadable(stated: &Stated) -> Refusal {
    let reason = format!("the {} should be whole seconds since 1970", place(stated));
    Refusal::wrong(Code::BadTime, reason)
}

/// Reads whole seconds since 1970: digits alone.
fn time(written: &str) -> Option<Timestamp> {
    let plain = written.len() <= TIME_DIGITS_MAX && written.bytes().all(|b| b.is_ascii_digit());
    Timestamp::from_seconds(written.parse().ok().filter(|_| plain)?)
}

fn url(request: &RawInbound) -> Result<&str, Refusal> {
    request.url.as_deref().ok_or_else(|| {
        let reason = "the URL is signed, and the transport did not state it: say as what the \
                      provider called us (`RawInbound::url`)";
        Refusal::unproven(Code::BadSignature, reason)
    })
}

/// What the body is to the signature.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// A form, whose fields are signed.
    Form,
    /// Other bytes, which are signed in another way, or none.
    Bytes,
}

/// Says by what the body is bound to the signature, and refuses one that nothing binds.
fn coverage(form: &SignatureForm, request: &RawInbound) -> Result<Body, Refusal> {
    let hashed = match &form.body_hash {
        Some(parameter) => is_hashed(parameter, request)?,
        None => false,
    };
    let sorts = form.message.contains(&SignedPart::SortedForm);
    let body_is = match request.header_value("Content-Type") {
        Some(media_type) if is_form(media_type) => Body::Form,
        None if !hashed => Body::Form,
        Some(_) | None => Body::Bytes,
    };
    let signed = form.message.contains(&SignedPart::Body) || sorts && body_is == Body::Form;
    if signed || hashed || request.body.is_empty() {
        return Ok(body_is);
    }
    let reason = match &form.body_hash {
        Some(parameter) => format!("the body is no form, and the URL's `{parameter}` is absent"),
        None => "nothing binds the body to the signature".to_owned(),
    };
    Err(Refusal::wrong(Code::BadSignature, reason))
}

fn is_form(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Whether the URL states the body's hash; refuses the request where it states another.
fn is_hashed(parameter: &str, request: &RawInbound) -> Result<bool, Refusal> {
    let query = form::query(url(request)?).as_bytes();
    let mut stated = form::fields(query).filter(|(name, _)| **name == *parameter.as_bytes());
    let Some((_, first)) = stated.next() else {
        return Ok(false);
    };
    let expected = text::write(&sha256(&request.body), Encoding::Hex);
    let is_one = stated.next().is_none();
    let is_hash =
        str::from_utf8(&first).is_ok_and(|hash| is_written(&expected, hash, Encoding::Hex));
    if is_one && is_hash {
        return Ok(true);
    }
    let reason = format!("the URL's `{parameter}` is not the hash of the body");
    Err(Refusal::wrong(Code::BadSignature, reason))
}

/// The fields of a form, sorted by name, each once, one after the other.
fn sorted(body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut fields: Vec<_> = form::fields(body).take(FORM_FIELDS_MAX + 1).collect();
    if fields.len() > FORM_FIELDS_MAX {
        let reason = format!("the form has more than {FORM_FIELDS_MAX} fields");
        return Err(Refusal::wrong(Code::TooMany, reason));
    }
    fields.sort();
    fields.dedup();
    Ok(fields.into_iter().flat_map(|(name, value)| [name, value]).collect::<Vec<_>>().concat())
}

/// The forms that a URL may have been signed in.
fn urls(url: &str, policy: PortPolicy) -> Vec<Cow<'_, str>> {
    let called = Cow::Borrowed(url);
    if policy == PortPolicy::AsCalled {
        return vec![called];
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return vec![called];
    };
    let standard = if scheme.eq_ignore_ascii_case("http") { "80" } else { "443" };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // An IPv6 address has colons of its own, in brackets; credentials end with the last `@`.
    let host = authority.rfind(['@', ']']).map_or(0, |at| at + 1);
    match authority[host..].rfind(':') {
        Some(at) => {
            let bare = &authority[..host + at];
            vec![called, Cow::Owned(format!("{scheme}://{bare}{path}"))]
        }
        None => vec![called, Cow::Owned(format!("{scheme}://{authority}:{standard}{path}"))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_added_or_left_out_where_it_belongs() {
        let both = |url| urls(url, PortPolicy::WithOrWithout).pop();
        for (called, other) in [
            ("https://a.example/b?c=d:1", "https://a.example:443/b?c=d:1"),
            ("http://a.example", "http://a.example:80"),
            ("https://a.example:1234/b", "https://a.example/b"),
            ("https://u:p@a.example/b", "https://u:p@a.example:443/b"),
            ("https://u:p@a.example:1?b", "https://u:p@a.example?b"),
            ("https://[2001:db8::1]/b", "https://[2001:db8::1]:443/b"),
            ("https://[2001:db8::1]:8/b", "https://[2001:db8::1]/b"),
            ("no url at all", "no url at all"),
        ] {
            assert_eq!(both(called).as_deref(), Some(other));
            assert_eq!(urls(called, PortPolicy::AsCalled), [called]);
        }
    }

    #[test]
    fn fields_are_sorted_by_name_and_each_stands_once() {
        let of = |form: &[u8]| sorted(form).ok();
        // Sorting what is already joined would put `Reason` after `ReasonConferenceEnded`.
        let form = b"ReasonConferenceEnded=test&Reason=Participant";
        assert_eq!(of(form).as_deref(), Some(&b"ReasonParticipantReasonConferenceEndedtest"[..]));
        assert_eq!(of(b"a=2&a=1&a=2&b").as_deref(), Some(&b"a1a2b"[..]));
        assert!(of("a=1&".repeat(FORM_FIELDS_MAX).as_bytes()).is_some());
        assert!(of("a=1&".repeat(FORM_FIELDS_MAX + 1).as_bytes()).is_none());
    }

    #[test]
    fn a_time_is_digits_alone() {
        assert_eq!(time("1531420618"), Timestamp::from_seconds(1_531_420_618));
        for text in ["asdf", "", "-1", "+1", "1.5", " 1", "1531420618000", "9".repeat(400).as_str()]
        {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
