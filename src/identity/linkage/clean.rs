//! Values in the forms in which linkage compares them.

use std::borrow::Cow;

use super::condition::spots::Axis;
use super::condition::{lists, numbers};
use super::meaning::Meaning;
use crate::identity::blocked::{is_placeholder, judge_mailbox, judge_number};
use crate::identity::normalise::{DateOrder, comparable_name, postal_code, read_date};
use crate::model::{Identifier, Namespace};

/// By which way of the crate's values are cleaned. Where an old value gets another form it is a new
/// way, and models of the old one are refused: their frequencies and weights are of other values.
pub(super) const CLEANING: u32 = 1;

/// A value's form for comparing; empty where it stands for none, and where it is longer than an
/// identifier can be, before or after: some letters grow where they become small.
pub(super) fn clean(meaning: Meaning, seen: &str) -> Cow<'_, str> {
    if seen.len() > Identifier::BYTES_MAX {
        return Cow::Borrowed("");
    }
    let clean = form(meaning, seen);
    if clean.len() > Identifier::BYTES_MAX { Cow::Borrowed("") } else { clean }
}

fn form(meaning: Meaning, seen: &str) -> Cow<'_, str> {
    match meaning {
        // 0 is a number, and a list has placeholders among its elements.
        Meaning::Latitude => return Cow::Owned(Axis::Latitude.cleaned(seen)),
        Meaning::Longitude => return Cow::Owned(Axis::Longitude.cleaned(seen)),
        Meaning::Number => {
            return Cow::Owned(numbers::read(seen).map_or(String::new(), numbers::write));
        }
        _ if stands_for_none(meaning, seen) => return Cow::Borrowed(""),
        _ => {}
    }
    match meaning {
        Meaning::BirthDate => birth_date(seen),
        Meaning::PostalCode => {
            let code = postal_code(None, seen).value;
            Cow::Owned(code.expose().chars().filter(|c| !c.is_whitespace()).collect())
        }
        Meaning::Phone => digits(seen),
        Meaning::NationalId | Meaning::HouseNumber => Cow::Owned(
            seen.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect(),
        ),
        Meaning::List | Meaning::Emails | Meaning::Phones => {
            let of = meaning.of_elements().unwrap_or(Meaning::Other);
            Cow::Owned(lists::cleaned(seen, |element| clean(of, element).into_owned()))
        }
        Meaning::Email if seen.bytes().all(is_small) => Cow::Borrowed(seen),
        Meaning::Email => Cow::Owned(seen.to_lowercase()),
        _ if is_plain(seen) => Cow::Borrowed(seen),
        _ => Cow::Owned(comparable_name(seen).value.expose().to_owned()),
    }
}

/// Words by which people say that there is nothing, and which are names or answers, too.
const ALSO_VALUES: [&str; 19] = [
    "email", "false", "guest", "id", "invite", "na", "nan", "nil", "no", "non", "oui", "phone",
    "test", "true", "user", "void", "yes", "none", "nul",
];

/// Placeholders, mailboxes that many read, numbers typed to get past a form: what two records have
/// of these says nothing about who they are.
fn stands_for_none(meaning: Meaning, seen: &str) -> bool {
    let lower =
        if seen.bytes().all(is_small) { Cow::Borrowed(seen) } else { seen.to_lowercase().into() };
    match meaning {
        Meaning::Email if lower.contains('@') => judge_mailbox(&lower).is_some(),
        Meaning::Phone => judge_number(&lower, &Namespace::Phone).is_some(),
        Meaning::Email | Meaning::BirthDate | Meaning::NationalId | Meaning::PostalCode => {
            is_placeholder(&lower)
        }
        // `No` may be a number's answer, `Na` a name: they are rare or say little as they are.
        _ => is_placeholder(&lower) && !ALSO_VALUES.contains(&&*lower),
    }
}

fn is_small(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_uppercase()
}

/// Whether a text is in its comparable form already: small letters, digits, single spaces.
fn is_plain(seen: &str) -> bool {
    let mut last = b' ';
    seen.bytes().all(|byte| {
        let fits =
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || (byte == b' ' && last != b' ');
        last = byte;
        fits
    }) && last != b' '
}

/// As `YYYYMMDD`; what is no date stays as it is, without punctuation.
fn birth_date(seen: &str) -> Cow<'_, str> {
    let latest = chrono::NaiveDate::MAX;
    if let Some(date) = read_date(seen, DateOrder::DayFirst, latest).value.expose() {
        return Cow::Owned(date.format("%Y%m%d").to_string());
    }
    digits(seen)
}

fn digits(seen: &str) -> Cow<'_, str> {
    if seen.bytes().all(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(seen);
    }
    Cow::Owned(seen.chars().filter(char::is_ascii_digit).collect())
}
