//! Money: whole minor units of one currency, checked, never a float.
//!
//! # Law
//!
//! 1. Arithmetic never wraps and never mixes currencies (`tests/offer`,
//!    `money_arithmetic_never_wraps_and_never_mixes_currencies`).
//! 2. What [`Money`] prints it reads back, in JSON too
//!    (`amounts_read_and_print_with_the_digits_of_their_currency`).
//!
//! # Why
//!
//! JSON holds the text `89.00 EUR`, not a number: a number invites a float, and minor units invite
//! a reader to forget the exponent. There is no `Add`: an operator could only panic or lie.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::currency::{Currency, UnknownCurrency};

/// An amount of one currency in minor units: 8,900 cents are `89.00 EUR`.
///
/// Two amounts compare only within one currency: across currencies neither is less.
///
/// ```
/// use omnichannel::model::{Currency, Money};
/// let price: Money = "89.00 EUR".parse()?;
/// assert_eq!(price, Money::new(8_900, Currency::EUR));
/// assert_eq!(price.checked_mul(3)?.to_string(), "267.00 EUR");
/// assert!(price.checked_add("1 USD".parse()?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// A text that is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMoney {
    /// It is not digits, a space and a code.
    #[error("an amount is written like 89.00 EUR")]
    Form,
    /// Its code is no currency.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// It is finer than the currency's minor unit.
    #[error("{0} has {digits} digits after the point", digits = .0.exponent())]
    TooFine(Currency),
    /// It does not fit 64 bits of minor units.
    #[error("the amount is too large")]
    TooLarge,
}

/// Two amounts that have no sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSum {
    /// They are of two currencies.
    #[error("{0} and {1} do not mix")]
    Mixed(Currency, Currency),
    /// The result does not fit 64 bits of minor units.
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    /// So many minor units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The amount in minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is less than nothing.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// Both together.
    ///
    /// # Errors
    ///
    /// [`BadSum`] where the currencies differ or the sum is too large.
    pub fn checked_add(self, other: Self) -> Result<Self, BadSum> {
        self.same_currency(other)?;
        self.with_minor(self.minor.checked_add(other.minor))
    }

    /// What remains without `other`; may be negative.
    ///
    /// # Errors
    ///
    /// [`BadSum`] where the currencies differ or the result is too large.
    pub fn checked_sub(self, other: Self) -> Result<Self, BadSum> {
        self.same_currency(other)?;
        self.with_minor(self.minor.checked_sub(other.minor))
    }

    /// So many times as much.
    ///
    /// # Errors
    ///
    /// [`BadSum::TooLarge`] where the product is too large.
    pub fn checked_mul(self, times: u64) -> Result<Self, BadSum> {
        let times = i64::try_from(times).ok();
        let product = match times {
            Some(times) => self.minor.checked_mul(times),
            None => (self.minor == 0).then_some(0),
        };
        self.with_minor(product)
    }

    /// The sum of `amounts`, nothing of `currency` where there are none.
    ///
    /// # Errors
    ///
    /// [`BadSum`] where one is of another currency or the sum is too large.
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, BadSum> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    fn same_currency(self, other: Self) -> Result<(), BadSum> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(BadSum::Mixed(self.currency, other.currency))
        }
    }

    fn with_minor(self, minor: Option<i64>) -> Result<Self, BadSum> {
        minor.map(|minor| Self { minor, ..self }).ok_or(BadSum::TooLarge)
    }
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }
}

impl FromStr for Money {
    type Err = BadMoney;

    fn from_str(text: &str) -> Result<Self, BadMoney> {
        let (amount, code) = text.split_once(' ').ok_or(BadMoney::Form)?;
        let currency: Currency = code.parse()?;
        let (sign, digits) = amount.strip_prefix('-').map_or((1, amount), |rest| (-1, rest));
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(BadMoney::Form),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(BadMoney::Form);
        }
        let exponent = usize::from(currency.exponent());
        if fraction.len() > exponent {
            return Err(BadMoney::TooFine(currency));
        }
        let shift = |value: i128| value.checked_mul(10).ok_or(BadMoney::TooLarge);
        let mut minor = sign * whole.parse::<i128>().map_err(|_| BadMoney::TooLarge)?;
        for at in 0..exponent {
            let digit = fraction.as_bytes().get(at).map_or(0, |b| b - b'0');
            minor = shift(minor)? + sign * i128::from(digit);
        }
        i64::try_from(minor).map(|minor| Self { minor, currency }).map_err(|_| BadMoney::TooLarge)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        let exponent = usize::from(self.currency.exponent());
        let unit = 10_u64.pow(u32::from(self.currency.exponent()));
        let (whole, fraction) = (minor / unit, minor % unit);
        if exponent == 0 {
            write!(f, "{sign}{whole} {}", self.currency)
        } else {
            write!(f, "{sign}{whole}.{fraction:0exponent$} {}", self.currency)
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_and_print_with_the_digits_of_their_currency() {
        for text in [
            "89.00 EUR",
            "-0.05 EUR",
            "0.00 EUR",
            "1500 JPY",
            "1.250 KWD",
            "0.0001 CLF",
            "92233720368547758.07 EUR",
            "-92233720368547758.08 EUR",
        ] {
            assert_eq!(text.parse::<Money>().map(|m| m.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("89.5 EUR".parse(), Ok(Money::new(8_950, Currency::EUR)));
        assert_eq!("89 EUR".parse(), Ok(Money::new(8_900, Currency::EUR)));
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_reason() {
        let jpy = "JPY".parse().unwrap();
        for (text, reason) in [
            ("89.00", BadMoney::Form),
            ("EUR 89.00", BadMoney::Currency(UnknownCurrency)),
            (".5 EUR", BadMoney::Form),
            ("5. EUR", BadMoney::Form),
            ("+5 EUR", BadMoney::Form),
            ("--5 EUR", BadMoney::Form),
            ("1e3 EUR", BadMoney::Form),
            ("1,000.00 EUR", BadMoney::Form),
            ("89.00 XAU", BadMoney::Currency(UnknownCurrency)),
            ("89.001 EUR", BadMoney::TooFine(Currency::EUR)),
            ("1.0 JPY", BadMoney::TooFine(jpy)),
            ("92233720368547758.08 EUR", BadMoney::TooLarge),
            (&format!("{} EUR", "9".repeat(400)), BadMoney::TooLarge),
        ] {
            assert_eq!(text.parse::<Money>(), Err(reason), "{text}");
        }
    }

    #[test]
    fn sums_are_checked() {
        let most = Money::new(i64::MAX, Currency::EUR);
        let usd = Money::new(1, "USD".parse().unwrap());
        assert_eq!(most.checked_add(Money::new(1, Currency::EUR)), Err(BadSum::TooLarge));
        assert_eq!(most.checked_mul(u64::MAX), Err(BadSum::TooLarge));
        assert_eq!(Money::zero(Currency::EUR).checked_mul(u64::MAX).map(Money::minor), Ok(0));
        let mixed = BadSum::Mixed(Currency::EUR, usd.currency());
        assert_eq!(most.checked_sub(usd), Err(mixed));
        assert_eq!(most.partial_cmp(&usd), None);
    }
}
