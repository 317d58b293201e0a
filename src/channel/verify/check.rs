//! The check: which live key a request's signature fits.

use std::borrow::Cow;
use std::time::Duration;

use super::digest::fits;
use super::keys::KeyRing;
use super::message::{Message, message};
use super::scheme::{Digest, SignatureForm, SignatureList, SignaturePlace};
use crate::channel::form;
use crate::channel::request::RawInbound;
use crate::model::{Code, Rejection, Timestamp};

/// Most signatures of one request that are compared; a provider that replaces its key gives two.
const SIGNATURES_MAX: usize = 16;

/// Why a request is not proven.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Something to check, or to check it with, is absent; somebody may vouch for the request.
    Unproven(Rejection),
    /// The signature is there and wrong; nobody may vouch for that.
    Wrong(Rejection),
    /// The signature fits, and its time is too far from now.
    Stale(Rejection),
}

impl Refusal {
    pub(super) fn unproven(code: Code, reason: impl Into<String>) -> Self {
        Self::Unproven(Rejection::whole(code, reason))
    }

    pub(super) fn wrong(code: Code, reason: impl Into<String>) -> Self {
        Self::Wrong(Rejection::whole(code, reason))
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unproven(why) | Refusal::Wrong(why) | Refusal::Stale(why) => why,
        }
    }
}

/// The position of the key that the request's signature fits, at `now`.
pub(super) fn fitting_key(
    form: &SignatureForm,
    keys: &KeyRing,
    request: &RawInbound,
    now: Timestamp,
) -> Result<usize, Refusal> {
    if let Some(feature) = form.digest.feature_missing() {
        let name = form.digest.name();
        let reason = format!("{name} needs the feature `{feature}` of this crate: build with it");
        return Err(Refusal::unproven(Code::Unsupported, reason));
    }
    let place = &form.place;
    let Some(stated) = stated(place, request).filter(|stated| !stated.is_empty()) else {
        let reason = format!("the request has no {}, which this channel demands", name(place));
        return Err(Refusal::unproven(Code::Unsigned, reason));
    };
    if keys.is_empty() {
        let reason = format!("no key is live to check the {} with: configure one", name(place));
        return Err(Refusal::unproven(Code::BadSignature, reason));
    }
    let items = items(form.list, &stated);
    let signatures = signatures(form, items.clone())?;
    let message = message(form, request, &items)?;
    let at = position(form, keys, &message, &signatures)?;
    are_near(&message, now)?;
    Ok(at)
}

/// What stands in the signature's place.
fn stated<'r>(place: &SignaturePlace, request: &'r RawInbound) -> Option<Cow<'r, str>> {
    match place {
        SignaturePlace::Header(name) => request.header_value(name).map(Cow::Borrowed),
        SignaturePlace::Query(name) => {
            let query = form::query(request.url.as_deref()?).as_bytes();
            let mut fields = form::fields(query);
            let (_, value) = fields.find(|(field, _)| **field == *name.as_bytes())?;
            // No signature holds what is not UTF-8.
            Some(Cow::Owned(String::from_utf8_lossy(&value).into_owned()))
        }
    }
}

/// The place's name, for people.
fn name(place: &SignaturePlace) -> String {
    match place {
        SignaturePlace::Header(name) => format!("`{name}` header"),
        SignaturePlace::Query(name) => format!("`{name}` query parameter"),
    }
}

/// What stands in the signature's place, one by one.
fn items(list: SignatureList, stated: &str) -> impl Iterator<Item = &str> + Clone {
    let between = move |c: char| match list {
        SignatureList::One => false,
        SignatureList::Spaces => c == ' ',
        SignatureList::Commas => c == ',',
    };
    let space = if list == SignatureList::One { "" } else { " " };
    stated.split(between).map(move |item| item.trim_matches(|c: char| space.contains(c)))
}

/// The signatures among the items, without their prefix.
fn signatures<'r>(
    form: &SignatureForm,
    items: impl Iterator<Item = &'r str>,
) -> Result<Vec<&'r str>, Refusal> {
    let signatures = items.filter_map(|item| item.strip_prefix(&*form.prefix));
    let signatures: Vec<&str> = signatures.take(SIGNATURES_MAX + 1).collect();
    let place = name(&form.place);
    if signatures.len() > SIGNATURES_MAX {
        let reason = format!("the {place} holds more than {SIGNATURES_MAX} signatures");
        return Err(Refusal::wrong(Code::BadSignature, reason));
    }
    if signatures.is_empty() {
        let prefix = &form.prefix;
        let reason = format!("the {place} holds no signature that begins with `{prefix}`");
        return Err(Refusal::wrong(Code::BadSignature, reason));
    }
    Ok(signatures)
}

/// The position of the first key under which one of the signatures fits.
fn position(
    form: &SignatureForm,
    keys: &KeyRing,
    message: &Message<'_>,
    signatures: &[&str],
) -> Result<usize, Refusal> {
    let how = (form.digest, form.encoding);
    let mut unread = 0;
    for (at, key) in keys.read(&form.key).enumerate() {
        let Some(key) = key else {
            unread += 1;
            continue;
        };
        if message.variants.iter().any(|pieces| fits(how, &key, pieces, signatures)) {
            return Ok(at);
        }
    }
    let place = name(&form.place);
    if unread == keys.len() {
        let reason = format!("no key for the {place} is written as its scheme demands: mend them");
        return Err(Refusal::unproven(Code::BadSignature, reason));
    }
    let what = match form.digest {
        Digest::Equality => "is none of the live keys",
        _ => "fits the request under no live key",
    };
    Err(Refusal::wrong(Code::BadSignature, format!("the {place} {what}")))
}

/// Refuses a message whose time is too far from `now`.
fn are_near(message: &Message<'_>, now: Timestamp) -> Result<(), Refusal> {
    for (at, tolerance_secs) in &message.times {
        let tolerance = Duration::from_secs(u64::from(*tolerance_secs));
        // Whole seconds are stated, so whole seconds are compared.
        let seconds = |time: Timestamp| time.micros().div_euclid(1_000_000);
        let apart = Duration::from_secs(seconds(now).abs_diff(seconds(*at)));
        if apart > tolerance {
            let side = if *at < now { "before" } else { "after" };
            let reason = format!("signed more than {tolerance_secs} s {side} now: check the clock");
            return Err(Refusal::Stale(Rejection::whole(Code::Stale, reason)));
        }
    }
    Ok(())
}
