//! What is known of providers: one profile for each sort of channel.
//!
//! Facts of public documentation, each with its source. None of it is enforced by itself: a codec
//! takes what it keeps into its capabilities, and layers over adapters read the rest.
//!
//! # Why
//!
//! One file for each family of providers, since they change together. Where a provider says
//! characters and not which, code units of UTF-16 stand here: they are never fewer.

mod meta;
mod phone;
mod service;

use std::borrow::Cow;
use std::time::Duration;

pub use meta::{instagram, messenger, whatsapp};
pub use phone::{rcs, sms, voice};
pub use service::{email, line, push, slack, telegram, tiktok};

use crate::model::{
    ChannelProfile, DeliveryStatus, Element, LengthUnit, MediaLimit, OptOutRule, PlaceLimit,
    RateRule, RateScope, Receipts, Sourced, Support, TextLimit, TextPlace, Timestamp,
};

/// When everything here was looked up: 2026-11-22, in seconds since 1970.
const AS_OF_SECS: i64 = 1_795_305_600;

/// Every profile, with the name of what it describes.
///
/// ```
/// use omnichannel::channel::profile;
/// for (name, known) in profile::table() {
///     for sourced in &known.texts {
///         assert!(!sourced.source.is_empty(), "{name}: {:?}", sourced.value);
///     }
/// }
/// ```
pub fn table() -> Vec<(&'static str, ChannelProfile)> {
    vec![
        ("sms", sms()),
        ("rcs", rcs()),
        ("voice", voice()),
        ("whatsapp", whatsapp()),
        ("messenger", messenger()),
        ("instagram", instagram()),
        ("tiktok", tiktok()),
        ("line", line()),
        ("telegram", telegram()),
        ("slack", slack()),
        ("email", email()),
        ("push", push()),
    ]
}

/// A value that stands at its source.
fn known<T>(value: T, source: &'static str) -> Sourced<T> {
    let as_of = Timestamp::from_seconds(AS_OF_SECS).unwrap_or(Timestamp::MIN);
    Sourced::verified(value, source, as_of)
}

/// A value that is widely said; where, nobody found.
fn said<T>(value: T) -> Sourced<T> {
    known(value, "widely said, not found at a source").unverified()
}

fn text(place: TextPlace, max: u32, unit: LengthUnit) -> PlaceLimit {
    PlaceLimit { place, limit: TextLimit { max, unit } }
}

fn media(element: Element, bytes_max: u64) -> MediaLimit {
    MediaLimit { element, bytes_max }
}

fn rate(scope: RateScope, max: u32, secs: u64) -> RateRule {
    RateRule { scope, max, per: Duration::from_secs(secs) }
}

fn receipts(emitted: &[DeliveryStatus], may_be_skipped: &[DeliveryStatus]) -> Receipts {
    Receipts { emitted: emitted.to_vec(), may_be_skipped: may_be_skipped.to_vec() }
}

fn opt_out(words: &[&'static str], other: &'static str) -> OptOutRule {
    let words: Vec<Cow<'static, str>> = words.iter().copied().map(Cow::Borrowed).collect();
    OptOutRule { words: Cow::Owned(words), other: Cow::Borrowed(other) }
}

/// Several elements of one support and source.
fn elements(
    of: &[Element],
    support: Support,
    source: &'static str,
) -> impl Iterator<Item = Sourced<(Element, Support)>> {
    of.iter().map(move |element| known((*element, support), source))
}

/// Bytes of some megabytes, as providers count them.
const fn mb(megabytes: u64) -> u64 {
    megabytes * 1_000_000
}

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}
