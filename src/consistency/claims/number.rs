//! Reads numbers as French and English write them, in every sense.
//!
//! Thousands are parted by spaces, points, commas or apostrophes, decimals by a point or a comma.
//! One separator with exactly three digits after it, as in `1,200`, may be either.

use super::token::{Kind, Tokens};

/// A number of digits: its position in the text, and how it can be read.
#[derive(Debug)]
pub(super) struct Numeral<'t> {
    /// The position after it.
    pub(super) next: usize,
    /// As thousands, or as it stands; `None` where it exceeds 64 bits.
    whole: Option<u64>,
    /// The digits after the decimal sign, if there is one.
    pub(super) fraction: &'t str,
    /// The other sense of `1,200`: one, and 200 thousandths.
    decimal: Option<(u64, &'t str)>,
}

impl Numeral<'_> {
    /// The number as a whole one, where it has no decimals.
    pub(super) fn count(&self) -> Option<u64> {
        self.whole.filter(|_| self.fraction.is_empty())
    }

    /// The number times ten to the power of `exponent`, where that is whole and fits; the decimal
    /// sense of `1,200` too, where so many decimals are usual.
    pub(super) fn scaled(&self, exponent: u8) -> impl Iterator<Item = i64> {
        let whole = self.whole.and_then(|whole| scale(whole, self.fraction, exponent));
        let decimal = self.decimal.filter(|_| exponent > 2);
        let decimal = decimal.and_then(|(whole, rest)| scale(whole, rest, exponent));
        whole.into_iter().chain(decimal)
    }

    /// The number as a share in hundredths of a percent.
    pub(super) fn basis_points(&self) -> impl Iterator<Item = i32> {
        let whole = self.whole.and_then(|whole| scale(whole, self.fraction, 2));
        let decimal = self.decimal.and_then(|(whole, rest)| scale(whole, rest, 2));
        whole.into_iter().chain(decimal).filter_map(|points| i32::try_from(points).ok())
    }
}

/// `whole.fraction` times ten to the power of `exponent`; `None` where a digit would be lost.
fn scale(whole: u64, fraction: &str, exponent: u8) -> Option<i64> {
    let mut value = i64::try_from(whole).ok()?;
    let mut digits = fraction.bytes().map(|b| i64::from(b - b'0'));
    for _ in 0..exponent {
        value = value.checked_mul(10)?.checked_add(digits.next().unwrap_or(0))?;
    }
    digits.all(|digit| digit == 0).then_some(value)
}

fn separator(tokens: &Tokens<'_>, at: usize) -> Option<char> {
    match tokens.kind(at) {
        Kind::Space => Some(' '),
        Kind::Sign(sign @ (',' | '.' | '\'' | '’')) => Some(sign),
        _ => None,
    }
}

fn append(value: Option<u64>, digits: &str) -> Option<u64> {
    digits
        .bytes()
        .try_fold(value?, |value, b| value.checked_mul(10)?.checked_add(u64::from(b - b'0')))
}

/// Whether more digits hang on what ends at `next`, as in `1.2.3` or `6:30`.
fn goes_on(tokens: &Tokens<'_>, next: usize) -> bool {
    matches!(tokens.sign(next), Some(',' | '.' | ':')) && tokens.kind(next + 1) == Kind::Digits
}

/// The number at `at`, if there is one, and the position after all digits that hang together.
pub(super) fn numeral<'t>(tokens: &Tokens<'t>, at: usize) -> (Option<Numeral<'t>>, usize) {
    let Some(first) = tokens.digits(at) else { return (None, at + 1) };
    let (mut next, mut whole, mut groups) = (at + 1, append(Some(0), first), 0_usize);
    let parted = separator(tokens, next).filter(|_| first.len() <= 3);
    let mut last = "";
    while let Some(group) = tokens
        .digits(next + 1)
        .filter(|g| g.len() == 3 && parted.is_some() && separator(tokens, next) == parted)
    {
        (whole, last) = (append(whole, group), group);
        (groups, next) = (groups + 1, next + 2);
    }
    let mut fraction = "";
    if let Some(sign @ (',' | '.')) = tokens.sign(next)
        && let Some(digits) = tokens.digits(next + 1)
        && (groups == 0 || parted != Some(sign))
    {
        (fraction, next) = (digits, next + 2);
    }
    if goes_on(tokens, next) {
        while goes_on(tokens, next) {
            next += 2;
        }
        return (None, next);
    }
    let either = groups == 1 && fraction.is_empty() && matches!(parted, Some(',' | '.'));
    let decimal = append(Some(0), first).filter(|_| either).map(|whole| (whole, last));
    // Nobody writes thousands as `0,500` or `012.500`; with spaces it is two numbers.
    if groups > 0 && first.starts_with('0') {
        whole = None;
    }
    (Some(Numeral { next, whole, fraction, decimal }), next)
}
