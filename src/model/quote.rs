//! Quotes: what a price depends on, and the price with every step.
//!
//! # Law
//!
//! 1. No channel appears in [`QuoteFacts`]: the same facts cost the same everywhere.
//! 2. What the order of input could change is a set or a map here, so that it cannot.
//! 3. Steps and reasons are values; their sentences are made on reading, and no digest covers a
//!    sentence.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::money::Money;
use super::offer::{
    Effect, ExceptionId, ProductId, PromotionCode, PromotionId, Segment, Subject, Terms,
};
use super::price::{Price, Rounding, TaxView};
use super::time::Timestamp;

/// What a price may depend on, of a person. Who it is, it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonFacts {
    /// Whether the person is a member of the loyalty programme.
    #[serde(default)]
    pub member: bool,
    /// The groups to which the person belongs.
    #[serde(default)]
    pub segments: BTreeSet<Segment>,
}

/// So many of one product.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BasketLine {
    /// The product.
    pub product: ProductId,
    /// How many.
    pub quantity: u64,
}

/// What is wanted: each product once, with its quantity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<BasketLine>", into = "Vec<BasketLine>")]
pub struct Basket(BTreeMap<ProductId, u64>);

impl Basket {
    /// An empty basket.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The same basket with so many more of `product`.
    #[must_use]
    pub fn with(mut self, product: ProductId, quantity: u64) -> Self {
        self.add(product, quantity);
        self
    }

    /// The products and quantities, by product; no quantity is 0.
    pub fn lines(&self) -> impl Iterator<Item = (&ProductId, u64)> {
        self.0.iter().map(|(product, quantity)| (product, *quantity))
    }

    /// How many of `product`.
    pub fn quantity(&self, product: &ProductId) -> u64 {
        self.0.get(product).copied().unwrap_or(0)
    }

    fn add(&mut self, product: ProductId, quantity: u64) {
        if quantity > 0 {
            let sum = self.0.entry(product).or_default();
            // At the limit no price fits anyway: the quote refuses the line as too large.
            *sum = sum.saturating_add(quantity);
        }
    }
}

impl FromIterator<BasketLine> for Basket {
    fn from_iter<I: IntoIterator<Item = BasketLine>>(lines: I) -> Self {
        let mut basket = Self::new();
        lines.into_iter().for_each(|line| basket.add(line.product, line.quantity));
        basket
    }
}

impl From<Vec<BasketLine>> for Basket {
    fn from(lines: Vec<BasketLine>) -> Self {
        lines.into_iter().collect()
    }
}

impl From<Basket> for Vec<BasketLine> {
    fn from(basket: Basket) -> Self {
        let lines = basket.0.into_iter();
        lines.map(|(product, quantity)| BasketLine { product, quantity }).collect()
    }
}

/// How the goods reach the person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// They are delivered.
    #[default]
    Ship,
    /// The person picks them up.
    PickUp,
}

/// Everything that a price depends on besides the book. There is no channel among it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuoteFacts {
    /// The instant for which the price is asked.
    pub at: Timestamp,
    /// What is known of the person.
    #[serde(default)]
    pub person: PersonFacts,
    /// What is wanted.
    #[serde(default)]
    pub basket: Basket,
    /// The codes that the person presents.
    #[serde(default)]
    pub codes: BTreeSet<PromotionCode>,
    /// How the goods reach the person.
    #[serde(default)]
    pub fulfilment: Fulfilment,
}

impl QuoteFacts {
    /// `basket` at that instant, delivered to someone of whom nothing is known.
    pub fn new(at: Timestamp, basket: Basket) -> Self {
        Self {
            at,
            person: PersonFacts::default(),
            basket,
            codes: BTreeSet::new(),
            fulfilment: Fulfilment::Ship,
        }
    }
}

/// What moved an amount, for programs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceRule {
    /// The list price of a product.
    ListPrice(ProductId),
    /// A promotion.
    Promotion(PromotionId),
    /// The terms of delivery.
    Delivery,
    /// A declared exception.
    Exception(ExceptionId),
}

/// Why a rule moved the amount as it did. Its `Display` is the sentence.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepReason {
    /// So many at their list price.
    Listed {
        /// What one costs.
        unit: Money,
        /// How many.
        quantity: u64,
    },
    /// A promotion holds.
    Reduced {
        /// What it concerns.
        subject: Subject,
        /// What it does.
        effect: Effect,
    },
    /// The goods are delivered.
    Delivered {
        /// Within so many days.
        days_max: u16,
    },
    /// The goods are picked up.
    PickedUp,
    /// A declared exception holds.
    Excepted {
        /// What it concerns.
        subject: Subject,
        /// Why it was declared.
        reason: String,
        /// Who answers for it.
        owner: String,
    },
}

/// One step from nothing to the total.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuoteStep {
    /// The running total before; that of the first step is nothing.
    pub before: Money,
    /// The running total after; that of the last step is the quote's total.
    pub after: Money,
    /// What moved it.
    pub rule: PriceRule,
    /// Why.
    pub why: StepReason,
}

/// Why a promotion did not apply. Its `Display` is the sentence.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// It begins later.
    NotYet {
        /// Its first instant.
        from: Timestamp,
    },
    /// It is over.
    Ended {
        /// The first instant after it.
        at: Timestamp,
    },
    /// It is for members.
    MembersOnly,
    /// It is for a group.
    SegmentOnly {
        /// The group.
        segment: Segment,
    },
    /// The goods are worth too little.
    BasketTooSmall {
        /// What is missing.
        missing: Money,
    },
    /// Its code was not presented. Which code that is, a quote does not tell.
    NeedsCode,
    /// Another saves more, or as much and comes first by name.
    Beaten {
        /// The other.
        by: PromotionId,
    },
    /// It would not lower the price.
    NoSaving,
    /// The basket does not have its product.
    NotInBasket {
        /// The product.
        product: ProductId,
    },
    /// The book has no such promotion.
    UnknownPromotion,
}

/// A promotion that was looked at and did not apply.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NotApplied {
    /// The promotion.
    pub promotion: PromotionId,
    /// Everything that stands against it; at least one reason.
    pub reasons: Vec<WhyNot>,
}

/// Something that was asked for and has no price here. Its `Display` is the sentence.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unquotable {
    /// The book has no price of it.
    UnknownProduct {
        /// The product.
        product: ProductId,
        /// How many were asked for.
        quantity: u64,
    },
    /// The goods would be worth more than [`crate::model::AMOUNT_MAX`] with it.
    TooLarge {
        /// The product.
        product: ProductId,
        /// How many were asked for.
        quantity: u64,
    },
    /// The terms offer no pick-up.
    NoPickUp,
}

/// What a rule takes off a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Discount {
    /// The rule.
    pub rule: PriceRule,
    /// How much less; negative where an exception adds.
    pub amount: Money,
}

/// The price of so many of one product.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuotedLine {
    /// The product.
    pub product: ProductId,
    /// The list price of one.
    pub unit: Money,
    /// How many.
    pub quantity: u64,
    /// Unit times quantity.
    pub before: Money,
    /// `before` without the discounts: what is paid for the line, and what a refund starts from.
    pub after: Money,
    /// What was taken off, in the order of the steps; its share where the rule concerns the basket.
    pub discounts: Vec<Discount>,
}

/// What things cost and on what terms, with every step to the total.
///
/// It does not say at which instant it was asked for: it is the same, digest included, from then
/// until just before `good_until`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quote {
    /// Whether all its amounts include tax.
    pub tax: TaxView,
    /// How reduced prices were rounded.
    pub rounding: Rounding,
    /// What has a price, by product.
    pub lines: Vec<QuotedLine>,
    /// What has none, and why.
    pub unquotable: Vec<Unquotable>,
    /// What delivery costs.
    pub delivery: Money,
    /// The lines after discounts and delivery: what is to be paid.
    pub total: Money,
    /// How the goods reach the person.
    pub fulfilment: Fulfilment,
    /// The terms.
    pub terms: Terms,
    /// From nothing to the total.
    pub steps: Vec<QuoteStep>,
    /// The promotions that concern the basket or a product in it and did not apply, by name.
    pub why_not: Vec<NotApplied>,
    /// The next instant at which a promotion that was looked at begins or ends: how long the quote
    /// may be kept. `None`: for as long as the book holds.
    pub good_until: Option<Timestamp>,
    /// The digest of the book's version, the facts without their instant, and all of the above. Two
    /// engines that agree have equal digests.
    pub digest: Digest,
}

impl Quote {
    /// Whether everything that was asked for has a price.
    pub fn is_complete(&self) -> bool {
        self.unquotable.is_empty()
    }

    /// The total with its tax view.
    pub fn price(&self) -> Price {
        Price { amount: self.total, tax: self.tax }
    }
}
