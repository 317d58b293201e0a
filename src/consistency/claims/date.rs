//! Finds dates: `12 mars 2026`, `March 12`, `12/03/2026`, `2026-03-12`.
//!
//! A date in figures with slashes is read day first and month first, where both exist. Without a
//! year both figures have two digits: `24/7` and `1/2` are no dates; two equal ones, as in the mark
//! `10/10`, are a date only after `le`, `on` and their like.

use super::Found;
use super::token::{Kind, Tokens};
use crate::model::{ClaimValue, ClaimedDate};

/// Years in four digits that are read as years.
const YEARS: std::ops::RangeInclusive<u64> = 1_900..=2_199;

/// The date that begins at `at`.
pub(super) fn date(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    if !tokens.begins(at) {
        return None;
    }
    match tokens.kind(at) {
        Kind::Digits => figures(tokens, at).or_else(|| day_first(tokens, at)),
        Kind::Word => month_first(tokens, at),
        _ => None,
    }
}

fn figure(tokens: &Tokens<'_>, at: usize, lengths: std::ops::RangeInclusive<usize>) -> Option<u64> {
    let digits = tokens.digits(at).filter(|digits| lengths.contains(&digits.len()))?;
    digits.parse().ok()
}

fn day(year: Option<u64>, month: u64, day: u64) -> Option<ClaimValue> {
    let year = year.map(i32::try_from).transpose().ok()?;
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    ClaimedDate::new(year, month, day).map(ClaimValue::Date)
}

fn figures(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    let sign = tokens.sign(at + 1).filter(|sign| matches!(sign, '/' | '-' | '.'))?;
    let ends = |next: usize| {
        let more = matches!(tokens.sign(next), Some('/' | '-' | '.' | ','));
        !(more && tokens.kind(next + 1) == Kind::Digits) && tokens.kind(next) != Kind::Digits
    };
    let again = tokens.sign(at + 3) == Some(sign) && tokens.kind(at + 4) == Kind::Digits;
    let b = figure(tokens, at + 2, 1..=2)?;
    if let Some(year) = figure(tokens, at, 4..=4) {
        let c = figure(tokens, at + 4, 1..=2).filter(|_| again && ends(at + 5))?;
        return Found::new(at + 5, day(Some(year), b, c));
    }
    let a = figure(tokens, at, 1..=2)?;
    if again {
        let short = figure(tokens, at + 4, 2..=2).filter(|_| sign == '/').map(|year| 2_000 + year);
        let year = figure(tokens, at + 4, 4..=4).filter(|y| YEARS.contains(y)).or(short)?;
        let readings = [day(Some(year), b, a), day(Some(year), a, b)];
        return ends(at + 5).then(|| Found::new(at + 5, readings.into_iter().flatten()))?;
    }
    let pairs = tokens.raw(at).len() == 2 && tokens.raw(at + 2).len() == 2;
    let said = || {
        let (_, word) = tokens.word_before(at)?;
        matches!(&*word, "le" | "du" | "au" | "on" | "by" | "until" | "from").then_some(())
    };
    let plain = sign == '/' && pairs && ends(at + 3) && tokens.kind(at + 3) != Kind::Word;
    let shared = super::percent(tokens, at + 2).is_some() || super::money(tokens, at + 2).is_some();
    if !plain || shared || (a == b && said().is_none()) {
        return None;
    }
    Found::new(at + 3, [day(None, b, a), day(None, a, b)].into_iter().flatten())
}

/// The month that `word` names, and whether the name is English. `may` and `mar` mean too much
/// else to be months in small letters.
fn month(tokens: &Tokens<'_>, at: usize) -> Option<(u64, bool)> {
    let small = tokens.raw(at).starts_with(char::is_lowercase);
    let (number, english) = match &*tokens.word(at) {
        "may" | "mar" if small => return None,
        "janvier" | "janv" => (1, false),
        "january" | "jan" => (1, true),
        "fevrier" | "fevr" | "fev" => (2, false),
        "february" | "feb" => (2, true),
        "mars" => (3, false),
        "march" | "mar" => (3, true),
        "avril" | "avr" => (4, false),
        "april" | "apr" => (4, true),
        "mai" => (5, false),
        "may" => (5, true),
        "juin" => (6, false),
        "june" | "jun" => (6, true),
        "juillet" | "juil" => (7, false),
        "july" | "jul" => (7, true),
        "aout" => (8, false),
        "august" | "aug" => (8, true),
        "septembre" => (9, false),
        "september" | "sept" | "sep" => (9, true),
        "octobre" => (10, false),
        "october" | "oct" => (10, true),
        "novembre" => (11, false),
        "november" | "nov" => (11, true),
        "decembre" => (12, false),
        "december" | "dec" => (12, true),
        _ => return None,
    };
    Some((number, english))
}

/// A day with the letters of an ordinal, and the position after them.
fn ordinal(tokens: &Tokens<'_>, at: usize) -> Option<(u64, usize)> {
    let day = figure(tokens, at, 1..=2)?;
    let letters = matches!(&*tokens.word(at + 1), "er" | "st" | "nd" | "rd" | "th");
    Some((day, at + 1 + usize::from(letters)))
}

/// The year that follows at `at`, behind a space or a comma, and the position after it; else none.
fn year(tokens: &Tokens<'_>, at: usize) -> (Option<u64>, usize) {
    let comma = at + usize::from(tokens.sign(at) == Some(','));
    let from = tokens.past_space(comma);
    let said = figure(tokens, from, 4..=4).filter(|year| YEARS.contains(year));
    let whole = super::number::numeral(tokens, from).1 == from + 1;
    match said.filter(|_| from > at && whole && !super::is_counted(tokens, from)) {
        Some(year) => (Some(year), from + 1),
        None => (None, at),
    }
}

fn day_first(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    let (of_month, next) = ordinal(tokens, at)?;
    let mut next = tokens.past_space(next);
    if matches!(&*tokens.word(next), "of") {
        next = tokens.past_space(next + 1);
    }
    let (number, _) = month(tokens, next)?;
    let point = usize::from(tokens.sign(next + 1) == Some('.') && is_short(tokens, next));
    let (year, next_of_year) = year(tokens, next + 1 + point);
    // A point that ends the sentence is no part of the date.
    let next = if year.is_some() { next_of_year } else { next + 1 };
    Found::new(next, day(year, number, of_month))
}

fn is_short(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.word(at).len() <= 5
}

fn month_first(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    let (number, _) = month(tokens, at).filter(|&(_, english)| english)?;
    let point = usize::from(tokens.sign(at + 1) == Some('.') && is_short(tokens, at));
    let from = tokens.past_space(at + 1 + point);
    let (of_month, next) = ordinal(tokens, from)?;
    let apart = from > at + 1 + point;
    let whole = super::number::numeral(tokens, from).1 == from + 1;
    let free = tokens.kind(next) != Kind::Word && tokens.sign(next) != Some('/');
    if !apart || !whole || !free || super::is_counted(tokens, from) {
        return None;
    }
    let (year, next) = year(tokens, next);
    Found::new(next, day(year, number, of_month))
}
