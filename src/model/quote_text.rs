//! The sentences of a quote: what its steps, reasons and refusals say to people.

use std::fmt;

use super::quote::{PriceRule, StepReason, Unquotable, WhyNot};
use super::time::Timestamp;

/// An instant as people read it. UTC, because a quote knows no place; programs read the value.
struct Civil(Timestamp);

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.to_chrono().format("%A %-d %B %Y %H:%M UTC"))
    }
}

impl fmt::Display for PriceRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ListPrice(product) => write!(f, "list price of {product}"),
            Self::Promotion(promotion) => write!(f, "promotion {promotion}"),
            Self::Delivery => f.write_str("delivery"),
            Self::Exception(exception) => write!(f, "exception {exception}"),
        }
    }
}

impl fmt::Display for StepReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed { unit, quantity } => write!(f, "{quantity} at {unit}"),
            Self::Reduced { subject, effect } => write!(f, "{effect} on {subject}"),
            Self::Delivered { days_max: 0 } => f.write_str("delivered the same day"),
            Self::Delivered { days_max: 1 } => f.write_str("delivered within a day"),
            Self::Delivered { days_max } => write!(f, "delivered within {days_max} days"),
            Self::PickedUp => f.write_str("picked up, no delivery"),
            Self::Excepted { subject, reason, owner } => {
                write!(f, "{reason} on {subject}, declared by {owner}")
            }
        }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet { from } => write!(f, "from {}", Civil(*from)),
            Self::Ended { at } => write!(f, "ended {}", Civil(*at)),
            Self::MembersOnly => f.write_str("members only"),
            Self::SegmentOnly { segment } => write!(f, "{segment} only"),
            Self::BasketTooSmall { missing } => write!(f, "add {missing}"),
            Self::NeedsCode => f.write_str("needs its code"),
            Self::Beaten { by } => write!(f, "{by} saves at least as much"),
            Self::NoSaving => f.write_str("would not lower the price"),
            Self::NotInBasket { product } => write!(f, "the basket has no {product}"),
            Self::UnknownPromotion => f.write_str("the book has no such promotion"),
        }
    }
}

impl fmt::Display for Unquotable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProduct { product, .. } => write!(f, "the book has no price of {product}"),
            Self::TooLarge { product, quantity } => {
                write!(f, "{quantity} of {product} are more than a quote can hold")
            }
            Self::NoPickUp => f.write_str("the goods cannot be picked up"),
        }
    }
}
