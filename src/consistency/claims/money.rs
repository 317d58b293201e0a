//! Finds prices and percentages: `1 234,56 €`, `$80 CAD`, `3€50`, `20 pour cent`.
//!
//! A sign before the number is dropped: `-20 %` and `20 % off` say the same. Numbers with a
//! multiplier, as `3 k€` or `$5 million`, are no claim.

use super::Found;
use super::number::numeral;
use super::token::{Kind, Tokens};
use crate::model::{ClaimValue, Currency, Money, Percent};

/// What a currency's sign or word can mean.
#[derive(Debug, Clone, Copy)]
enum Unit {
    /// One of these codes.
    Whole(&'static [&'static str]),
    /// Hundredths of one of these.
    Cents(&'static [&'static str]),
    /// This one.
    Code(Currency),
}

const DOLLARS: &[&str] = &["USD", "CAD"];

/// The price that begins at `at`.
pub(super) fn money(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    match tokens.kind(at) {
        Kind::Digits => before_unit(tokens, at),
        Kind::Word | Kind::Sign(_) => after_unit(tokens, at),
        Kind::Space | Kind::Break => None,
    }
}

/// The percentage that begins at `at`.
pub(super) fn percent(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    let numeral = numeral(tokens, at).0.filter(|_| tokens.begins(at))?;
    let from = tokens.past_space(numeral.next);
    let second = tokens.past_space(from + 1);
    let next = match (tokens.kind(from), &*tokens.word(from), &*tokens.word(second)) {
        (Kind::Sign('%' | '％'), ..) if tokens.kind(from + 1) != Kind::Digits => from + 1,
        (_, "percent" | "pourcent" | "pct", _) => from + 1,
        (_, "pour" | "per", "cent") => second + 1,
        _ => return None,
    };
    let shares = numeral.basis_points().map(Percent::from_basis_points);
    Found::new(next, shares.map(ClaimValue::Percent))
}

fn sign(sign: char) -> Option<Unit> {
    match sign {
        '€' => Some(Unit::Whole(&["EUR"])),
        '$' => Some(Unit::Whole(DOLLARS)),
        '£' => Some(Unit::Whole(&["GBP"])),
        '¥' => Some(Unit::Whole(&["CNY", "JPY"])),
        _ => None,
    }
}

/// A code of ISO 4217 in capitals.
fn code(tokens: &Tokens<'_>, at: usize) -> Option<Currency> {
    tokens.raw(at).parse().ok().filter(|&currency| currency != Currency::NONE)
}

/// The country that is written beside a dollar sign.
fn dollar(tokens: &Tokens<'_>, at: usize) -> Option<Currency> {
    match tokens.raw(at) {
        "US" | "USD" => "USD".parse().ok(),
        "C" | "CA" | "CAD" => "CAD".parse().ok(),
        "A" | "AU" | "AUD" => "AUD".parse().ok(),
        _ => None,
    }
}

/// What stands after a number, and the position after it.
fn unit_at(tokens: &Tokens<'_>, at: usize) -> Option<(Unit, usize)> {
    if let Some(currency) = code(tokens, at) {
        return Some((Unit::Code(currency), at + 1));
    }
    if let Some(unit) = tokens.sign(at).and_then(sign) {
        let country = tokens.past_space(at + 1);
        return match dollar(tokens, country).filter(|_| matches!(unit, Unit::Whole(DOLLARS))) {
            Some(currency) if tokens.raw(country).len() > 1 => {
                Some((Unit::Code(currency), country + 1))
            }
            _ => Some((unit, at + 1)),
        };
    }
    let second = tokens.past_space(at + 1);
    match &*tokens.word(at) {
        "euro" | "euros" => Some((Unit::Whole(&["EUR"]), at + 1)),
        "dollar" | "dollars" => Some((Unit::Whole(DOLLARS), at + 1)),
        "livre" | "livres" | "pound" | "pounds" if tokens.word(second) == "sterling" => {
            Some((Unit::Whole(&["GBP"]), second + 1))
        }
        "cent" | "cents" => Some((Unit::Cents(&["EUR", "USD", "CAD"]), at + 1)),
        "centime" | "centimes" => Some((Unit::Cents(&["EUR"]), at + 1)),
        _ => None,
    }
}

/// `80 €`, `80 EUR`, `3€50`, `89,- €`, `99 centimes`.
fn before_unit(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    let numeral = numeral(tokens, at).0.filter(|_| tokens.begins(at))?;
    let dashed = matches!(tokens.sign(numeral.next), Some(',' | '.'))
        && matches!(tokens.sign(numeral.next + 1), Some('-' | '–' | '—'))
        && numeral.fraction.is_empty();
    let end = numeral.next + if dashed { 2 } else { 0 };
    let from = tokens.past_space(end);
    let (unit, next) = unit_at(tokens, from)?;
    if let Some(cents) = tokens.digits(next) {
        // `3€50` is a price; in `2 $50 cards` the sign belongs to what follows it.
        let joined = from == end && cents.len() == 2 && numeral.fraction.is_empty() && !dashed;
        let more = super::number::numeral(tokens, next).1 > next + 1;
        let spaced = tokens.kind(next + 1) == Kind::Space;
        let cents = cents.parse::<i64>().ok().filter(|_| joined && (!more || spaced))?;
        let Unit::Whole(_) = unit else { return None };
        return Found::new(
            next + 1,
            readings(unit, |exponent| {
                let whole = numeral.scaled(exponent).next().filter(|_| exponent == 2);
                whole.and_then(|whole| whole.checked_add(cents)).into_iter()
            }),
        );
    }
    Found::new(next, readings(unit, |exponent| numeral.scaled(exponent)))
}

/// `€80`, `EUR 80`, `US$80`, `$80 CAD`.
fn after_unit(tokens: &Tokens<'_>, at: usize) -> Option<Found> {
    let country = dollar(tokens, at).filter(|_| tokens.sign(at + 1) == Some('$'));
    let (mut unit, from) = match (country, code(tokens, at), tokens.sign(at).and_then(sign)) {
        (Some(currency), ..) => (Unit::Code(currency), at + 2),
        (_, Some(currency), _) => (Unit::Code(currency), at + 1),
        (.., Some(unit)) => (unit, at + 1),
        _ => return None,
    };
    if matches!(tokens.kind(at), Kind::Word) && !tokens.begins(at) {
        return None;
    }
    let numeral = numeral(tokens, tokens.past_space(from)).0?;
    let mut next = numeral.next;
    let after = tokens.past_space(next);
    if let (Unit::Whole(codes), Some(named)) = (unit, code(tokens, after))
        && (codes.len() > 1 || codes.contains(&named.code()))
    {
        (unit, next) = (Unit::Code(named), after + 1);
    }
    let multiplied = matches!(
        &*tokens.word(after),
        "million"
            | "millions"
            | "milliard"
            | "milliards"
            | "billion"
            | "billions"
            | "thousand"
            | "mille"
            | "k"
            | "m"
            | "bn"
    );
    let shared = matches!(tokens.sign(after), Some('%' | '％'));
    if multiplied || shared || matches!(tokens.kind(next), Kind::Word) {
        return None;
    }
    Found::new(next, readings(unit, |exponent| numeral.scaled(exponent)))
}

/// What the amounts are in each currency that `unit` can mean.
fn readings<A: Iterator<Item = i64>>(
    unit: Unit,
    minor: impl Fn(u8) -> A,
) -> impl Iterator<Item = ClaimValue> {
    let (codes, cents): (&[&str], bool) = match unit {
        Unit::Whole(codes) => (codes, false),
        Unit::Cents(codes) => (codes, true),
        Unit::Code(_) => (&[], false),
    };
    let one = match unit {
        Unit::Code(currency) => Some(currency),
        _ => None,
    };
    let named = codes.iter().filter_map(|code| code.parse().ok());
    let currencies = one.into_iter().chain(named);
    currencies.flat_map(move |currency: Currency| {
        let exponent = if cents { 0 } else { currency.exponent() };
        minor(exponent).map(move |minor| ClaimValue::Money(Money::new(minor, currency)))
    })
}
