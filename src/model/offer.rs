//! Offers: what is offered on which terms, by list price or promotion.
//!
//! # Law
//!
//! 1. No channel appears in an offer: the price of a thing is the same wherever it is shown.
//!
//! # Why
//!
//! An offer is either a listed product or a promotion, and its id says which, so that a message, a
//! label and a quote name the same thing with the same word.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::currency::Currency;
use super::money::Money;
use super::price::{Percent, Price, Window};

/// A text that names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name is 1 to 200 characters without control characters or white space at its ends")]
pub struct BadName;

fn checked_name(name: String) -> Result<String, BadName> {
    let fine = (1..=200).contains(&name.chars().count())
        && name.trim().len() == name.len()
        && !name.chars().any(char::is_control);
    if fine { Ok(name) } else { Err(BadName) }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $read:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes a name of 1 to 200 characters.
            ///
            /// # Errors
            ///
            /// [`BadName`] where it is empty, longer, or has control characters or white space at
            /// its ends.
            pub fn new(name: impl Into<String>) -> Result<Self, BadName> {
                let read: fn(String) -> Result<String, BadName> = $read;
                read(name.into()).map(Self)
            }

            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(name: String) -> Result<Self, BadName> {
                Self::new(name)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    )*};
}

names! {
    /// Names a product of the book, in the application's terms: an article number, a variant.
    ProductId, checked_name;
    /// Names a promotion of the book.
    PromotionId, checked_name;
    /// Names a declared exception.
    ExceptionId, checked_name;
    /// Names a group of people.
    Segment, checked_name;
    /// A code that people present. Surrounding white space and ASCII case do not count, here and
    /// therefore on every channel.
    PromotionCode, |code| checked_name(code.trim().to_ascii_uppercase());
}

/// What an offer, a promotion or an exception concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// One product.
    Product(ProductId),
    /// The whole basket.
    Basket,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(product) => fmt::Display::fmt(product, f),
            Self::Basket => f.write_str("the basket"),
        }
    }
}

/// What a promotion does to a price.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The price is reduced by a share; the reduced price is rounded, not the reduction.
    PercentOff(Percent),
    /// Each piece, or the basket once, costs so much less; never less than nothing.
    AmountOff(Money),
    /// Each piece, or the goods of the basket together, cost so much.
    FixedPrice(Money),
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PercentOff(percent) => write!(f, "{percent} off"),
            Self::AmountOff(amount) => write!(f, "{amount} off"),
            Self::FixedPrice(amount) => write!(f, "fixed price {amount}"),
        }
    }
}

/// What must hold for a promotion besides its window.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The person is a member.
    Member,
    /// The person belongs to a segment.
    Segment(Segment),
    /// The goods are worth at least so much: at list prices for a promotion of a product, after the
    /// promotions of products for a promotion of the basket.
    BasketAtLeast(Money),
    /// The code is presented.
    Code(PromotionCode),
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member => f.write_str("member"),
            Self::Segment(segment) => write!(f, "segment {segment}"),
            Self::BasketAtLeast(amount) => write!(f, "basket of at least {amount}"),
            Self::Code(code) => write!(f, "code {code}"),
        }
    }
}

/// A reduction of the price of one product or of the whole basket.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Its name; unique in the book.
    pub id: PromotionId,
    /// What it concerns.
    pub subject: Subject,
    /// What it does to the price.
    pub effect: Effect,
    /// When it holds.
    #[serde(default)]
    pub window: Window,
    /// What else must hold; all of it.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

impl Promotion {
    /// A promotion that always holds, for everyone.
    pub fn new(id: PromotionId, subject: Subject, effect: Effect) -> Self {
        Self { id, subject, effect, window: Window::ALWAYS, conditions: Vec::new() }
    }

    /// The same promotion, within `window` only.
    #[must_use]
    pub fn within(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// The same promotion, under one more condition.
    #[must_use]
    pub fn only_if(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// Names an offer: a listed product or a promotion.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferId {
    /// A product at its list price.
    Product(ProductId),
    /// A promotion.
    Promotion(PromotionId),
}

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(product) => fmt::Display::fmt(product, f),
            Self::Promotion(promotion) => fmt::Display::fmt(promotion, f),
        }
    }
}

/// What an offer consists of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferContent {
    /// The list price of one.
    Listed(Price),
    /// A promotion.
    Promoted(Promotion),
}

/// Something that the book offers: what messages, labels and claims refer to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offer {
    /// Its name.
    pub id: OfferId,
    /// What it concerns.
    pub subject: Subject,
    /// Its price, or its promotion.
    pub content: OfferContent,
}

/// What delivery costs and how long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryTerms {
    /// What it costs for one basket.
    pub cost: Money,
    /// At most so many days.
    pub days_max: u16,
}

/// Where goods can be given back.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnPlace {
    /// In any store.
    AnyStore,
    /// By post.
    Post,
    /// At a parcel locker.
    Locker,
    /// Wherever an integrator says.
    Other(String),
}

/// Until when and where goods can be given back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnTerms {
    /// For so many days after receipt.
    pub days: u16,
    /// At these places.
    pub places: BTreeSet<ReturnPlace>,
}

/// How one can pay.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// By card.
    Card,
    /// In cash.
    Cash,
    /// After delivery, on invoice.
    Invoice,
    /// By bank transfer.
    Transfer,
    /// In any way that an integrator names.
    Other(String),
}

/// On what terms things are sold; the same on every channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What delivery costs and how long it takes.
    pub delivery: DeliveryTerms,
    /// Whether goods can be picked up, for nothing.
    pub pick_up: bool,
    /// Until when and where goods can be given back.
    pub returns: ReturnTerms,
    /// How one can pay.
    pub payment: BTreeSet<Payment>,
    /// What else holds, in sentences.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Terms {
    /// Free delivery at once, no pick-up, no returns, no way to pay: the terms to start from.
    pub const fn bare(currency: Currency) -> Self {
        Self {
            delivery: DeliveryTerms { cost: Money::zero(currency), days_max: 0 },
            pick_up: false,
            returns: ReturnTerms { days: 0, places: BTreeSet::new() },
            payment: BTreeSet::new(),
            notes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        assert_eq!(PromotionCode::new(" lune10 "), PromotionCode::new("LUNE10"));
        assert_eq!(PromotionCode::new("  "), Err(BadName));
        assert_ne!(ProductId::new("dress"), ProductId::new("Dress"));
    }

    #[test]
    fn names_are_refused_where_two_would_look_alike() {
        for name in ["", " dress", "dress ", "dr\u{0}ess", "dr\ness", &"x".repeat(201)] {
            assert_eq!(ProductId::new(name), Err(BadName), "{name:?}");
        }
        assert!(serde_json::from_str::<ProductId>("\"\"").is_err());
    }
}
