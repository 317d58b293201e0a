//! Finds what a free text states: prices, percentages, dates and delays.
//!
//! [`SimpleExtractor`] reads French and English by rules; a stranger's extractor is one `impl` of
//! [`ClaimExtractor`]. One file per kind of claim, over the tokens of `token` and the numbers of
//! `number`.
//!
//! # Law
//!
//! 1. Total on any text; claims are in order, do not overlap and lie on characters
//!    (`tests/claims.rs`, `any_text_has_claims_in_order_on_characters`).
//! 2. Time is linear in the text (`a_megabyte_of_anything_is_read_in_linear_time`).
//!
//! # Why
//!
//! Rules, not a model: what is found must be the same on every replica, and a reviewer must be able
//! to say why. What cannot be read with certainty is left out or given all of its readings.

mod date;
mod delay;
mod money;
mod number;
mod token;

use std::fmt;

use crate::model::{Claim, ClaimValue};

use date::date;
use delay::delay;
use money::{money, percent};
use token::{Kind, Tokens};

/// Finds the claims in a text.
///
/// # Contract
///
/// Pure and total: equal texts give equal claims, and no text panics. Claims are in the order of
/// the text, do not overlap, are not empty and begin and end on character boundaries; each has at
/// least one reading. A text without claims gives none. The time should be linear in the text.
///
/// ```
/// use omnichannel::consistency::ClaimExtractor;
/// use omnichannel::model::{Claim, ClaimValue, Money, Currency};
///
/// /// Knows one sentence.
/// #[derive(Debug)]
/// struct Free;
///
/// impl ClaimExtractor for Free {
///     fn claims(&self, text: &str) -> Vec<Claim> {
///         let nothing = ClaimValue::Money(Money::zero(Currency::EUR));
///         let found = text.match_indices("free of charge");
///         found.filter_map(|(at, s)| Claim::new(at, at + s.len(), vec![nothing])).collect()
///     }
/// }
/// assert_eq!(Free.claims("Delivery is free of charge.").len(), 1);
/// ```
pub trait ClaimExtractor: fmt::Debug + Send + Sync {
    /// Every claim in `text`.
    fn claims(&self, text: &str) -> Vec<Claim>;
}

/// Finds prices, percentages, dates and delays in French and English text, by rules.
///
/// - **Prices** in figures, with a sign, a code of ISO 4217 in capitals, or `euros`, `dollars`,
///   `livres sterling`, `cents`, `centimes`. `$` alone is USD or CAD, `¥` is CNY or JPY. A sign
///   before the number is dropped. More digits than the currency has are no claim.
/// - **Percentages**, with at most two decimals that are not zero; the sign is dropped.
/// - **Dates** with a month's name, of ISO 8601, or with slashes; `12/03` is two days.
/// - **Delays** in minutes to years; numbers up to twelve may be words. `18 h` is a time of day and
///   no delay, `48 h` and `sous 2 h` are delays; how old somebody is cannot be told from a delay.
///
/// `1,200` and `1.200` are thousands; where the currency has three decimals they are both. Read are
/// ASCII digits only. Amounts in words, ranges of prices (of which the last is found), multipliers
/// (`3 k€`) and dates without a month are not read. A code that is also a word in capitals
/// (`ALL`, `TOP`, `TRY`) is read as a code beside a number. Time and memory are linear in the text.
///
/// ```
/// use omnichannel::consistency::{ClaimExtractor, SimpleExtractor};
///
/// let text = "La robe coûte 1 234,56 €, livrée sous 48 h.";
/// let claims = SimpleExtractor.claims(text);
/// let found: Vec<_> = claims.iter().map(|c| (&text[c.from..c.until], &c.readings)).collect();
/// assert_eq!(found[0].0, "1 234,56 €");
/// assert_eq!(found[0].1[0].to_string(), "1234.56 EUR");
/// assert_eq!(found[1].0, "48 h");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SimpleExtractor;

impl ClaimExtractor for SimpleExtractor {
    fn claims(&self, text: &str) -> Vec<Claim> {
        let tokens = Tokens::new(text);
        let mut claims = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            if let Some(next) = tokens.past_address(at) {
                at = next;
                continue;
            }
            let found = delay(&tokens, at)
                .or_else(|| date(&tokens, at))
                .or_else(|| money(&tokens, at))
                .or_else(|| percent(&tokens, at));
            let Some(found) = found else {
                at = if tokens.kind(at) == Kind::Digits {
                    number::numeral(&tokens, at).1
                } else {
                    at + 1
                };
                continue;
            };
            let span = tokens.span(at, found.next);
            claims.extend(span.and_then(|(from, until)| Claim::new(from, until, found.readings)));
            at = found.next;
        }
        claims
    }
}

/// A claim as its finder knows it: the position after its last token, and its readings.
#[derive(Debug)]
struct Found {
    next: usize,
    readings: Vec<ClaimValue>,
}

impl Found {
    fn new(next: usize, readings: impl IntoIterator<Item = ClaimValue>) -> Option<Self> {
        let readings: Vec<ClaimValue> = readings.into_iter().collect();
        (!readings.is_empty()).then_some(Self { next, readings })
    }
}

/// Whether the number at `at` counts something, so that it is no part of a date.
fn is_counted(tokens: &Tokens<'_>, at: usize) -> bool {
    delay(tokens, at).is_some() || money(tokens, at).is_some() || percent(tokens, at).is_some()
}
