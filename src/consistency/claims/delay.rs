//! Finds delays: `3 à 5 jours`, `24/48h`, `within 30 days`, `deux semaines`.
//!
//! A number of hours is a delay or a time of day. It is a time after `à`, `at` and their like, and
//! where the short `h` follows a number below 24 without `sous`, `within` or their like before it.
//! Working days of five and of six days a week (`ouvrés`, `ouvrables`) are one unit here.

use super::Found;
use super::number::numeral;
use super::token::{Kind, Tokens};
use crate::model::{ClaimValue, Delay, DelayUnit};

/// The delay that begins at `at`.
pub(super) fn delay(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    if !tokens.begins(at) {
        return None;
    }
    let (min, next) = count(tokens, at)?;
    let range = range(tokens, at, next);
    if let Some((max, next)) = range.and_then(|from| count(tokens, from))
        && let Some(found) = unit(tokens, at, next, min, max)
    {
        return Some(found);
    }
    unit(tokens, at, next, min, min)
}

/// A whole number in figures or words, and the position after it.
fn count(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    if tokens.kind(at) == Kind::Digits {
        let numeral = numeral(tokens, at).0?;
        return Some((u32::try_from(numeral.count()?).ok()?, numeral.next));
    }
    let number = match &*tokens.word(at) {
        "un" | "une" | "one" => 1,
        "deux" | "two" => 2,
        "trois" | "three" => 3,
        "quatre" | "four" => 4,
        "cinq" | "five" => 5,
        "six" => 6,
        "sept" | "seven" => 7,
        "huit" | "eight" => 8,
        "neuf" | "nine" => 9,
        "dix" | "ten" => 10,
        "onze" | "eleven" => 11,
        "douze" | "twelve" => 12,
        _ => return None,
    };
    (!is_larger(tokens, at)).then_some((number, at + 1))
}

/// Whether the number word at `at` ends a larger one, as in `vingt et un`.
fn is_larger(tokens: &Tokens<'_>, at: usize) -> bool {
    let Some((before, word)) = tokens.word_before(at) else { return false };
    let word = match &*word {
        "et" | "and" => tokens.word_before(before).map_or(String::new(), |(_, word)| word),
        _ => word,
    };
    matches!(
        &*word,
        "vingt"
            | "vingts"
            | "trente"
            | "quarante"
            | "cinquante"
            | "soixante"
            | "cent"
            | "cents"
            | "mille"
            | "twenty"
            | "thirty"
            | "forty"
            | "fifty"
            | "sixty"
            | "seventy"
            | "eighty"
            | "ninety"
            | "hundred"
            | "thousand"
    )
}

/// The position after what makes a range of two numbers: `à`, `to`, a dash, a slash.
fn range(tokens: &Tokens<'_>, at: usize, next: usize) -> Option<usize> {
    let from = tokens.past_space(next);
    let between = || {
        let (_, word) = tokens.word_before(at)?;
        matches!(&*word, "entre" | "between").then_some(())
    };
    let joins = match tokens.kind(from) {
        Kind::Sign('-' | '–' | '—' | '/' | '\u{2010}' | '\u{2011}') => true,
        Kind::Word if from > next => match &*tokens.word(from) {
            "a" | "to" | "ou" | "or" => true,
            "et" | "and" => between().is_some(),
            _ => false,
        },
        _ => false,
    };
    joins.then(|| tokens.past_space(from + 1))
}

/// The unit at `at`, and the position after it.
fn named(tokens: &Tokens<'_>, at: usize) -> Option<(DelayUnit, usize)> {
    let second = tokens.past_space(at + 1);
    let unit = match &*tokens.word(at) {
        "minute" | "minutes" | "min" | "mins" | "mn" => DelayUnit::Minute,
        "heure" | "heures" | "h" | "hour" | "hours" | "hr" | "hrs" => DelayUnit::Hour,
        "jour" | "jours" | "j" => match &*tokens.word(second) {
            "ouvre" | "ouvres" | "ouvrable" | "ouvrables" => {
                return Some((DelayUnit::WorkingDay, second + 1));
            }
            _ => DelayUnit::Day,
        },
        "working" | "business" => match &*tokens.word(second) {
            "day" | "days" => return Some((DelayUnit::WorkingDay, second + 1)),
            _ => return None,
        },
        "day" | "days" => DelayUnit::Day,
        "semaine" | "semaines" | "week" | "weeks" => DelayUnit::Week,
        "mois" | "month" | "months" => DelayUnit::Month,
        "an" | "ans" | "annee" | "annees" | "year" | "years" | "yr" | "yrs" => DelayUnit::Year,
        _ => return None,
    };
    Some((unit, at + 1))
}

fn unit(tokens: &Tokens<'_>, at: usize, next: usize, min: u32, max: u32) -> Option<Found> {
    // `30-day`, as English joins them.
    let joined = tokens.sign(next) == Some('-') && tokens.word(next + 1).len() > 2;
    let from = if joined { next + 1 } else { tokens.past_space(next) };
    let (unit, next) = named(tokens, from)?;
    let short = matches!(&*tokens.word(from), "h" | "j");
    let word = tokens.kind(at) == Kind::Word && short;
    if tokens.kind(next) == Kind::Digits || word || is_rhythm(tokens, next) {
        return None;
    }
    if unit == DelayUnit::Hour && is_time(tokens, at, from, next, max) {
        return None;
    }
    Found::new(next, Delay::new(min, max, unit).map(ClaimValue::Delay))
}

/// Whether what ends at `next` says how often, as `24h/24`, `7 jours sur 7`, `7 days a week`.
fn is_rhythm(tokens: &Tokens<'_>, next: usize) -> bool {
    let word = tokens.past_space(next);
    let after = tokens.past_space(word + 1);
    match &*tokens.word(word) {
        "sur" => tokens.kind(after) == Kind::Digits,
        "a" | "per" => matches!(&*tokens.word(after), "day" | "week"),
        "par" => matches!(&*tokens.word(after), "jour" | "semaine"),
        _ => tokens.sign(next) == Some('/') && tokens.kind(next + 1) != Kind::Space,
    }
}

/// Whether a number of hours is a time of day.
fn is_time(tokens: &Tokens<'_>, at: usize, unit: usize, next: usize, hours: u32) -> bool {
    // `18 h 30`.
    let after = tokens.past_space(next);
    let minutes = tokens.digits(after).is_some_and(|digits| digits.len() == 2);
    let (said, word) = match tokens.word_before(at) {
        Some((_, word)) => (true, word),
        None => (false, String::new()),
    };
    let at_a_time = matches!(
        &*word,
        "a" | "at" | "vers" | "des" | "avant" | "apres" | "before" | "after" | "until" | "jusqu"
    );
    let lasting = said
        && matches!(
            &*word,
            "sous" | "en" | "dans" | "pendant" | "within" | "in" | "for" | "every" | "under"
        );
    let short = tokens.word(unit) == "h";
    match hours {
        0..24 => at_a_time || (short && (minutes || !lasting)),
        24 => at_a_time || (short && minutes),
        _ => false,
    }
}
