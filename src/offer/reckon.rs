//! The quote: list prices, promotions of products, promotion of the basket, delivery.
//!
//! In this order, each step on the running total:
//!
//! 1. every product at its list price, by product; what has none, or no longer fits, is set aside;
//! 2. for each line, of the promotions of its product that are open the one that saves most; on a
//!    tie the first by name;
//! 3. for the goods as they then stand, the same among the promotions of the basket; its reduction
//!    is allocated to the lines by largest remainder;
//! 4. delivery, where goods are delivered.
//!
//! # Why
//!
//! Only promotions that concern the basket or a product in it are looked at: a quote costs what its
//! basket costs, not what the book holds. [`why_not`] answers for any other.
//!
//! The digest leaves out the instant, because nothing changes until `good_until`: a till and a site
//! that quote a second apart agree, and their digests say so.
//!
//! Cost: O(l log n + p) for l lines, n prices and p promotions looked at.

use serde::Serialize;

use super::allocate::allocate;
use super::choose::{Contested, choose};
use crate::model::{
    AMOUNT_MAX, Book, Digest, Discount, Fulfilment, Money, PriceRule, ProductId, Promotion,
    PromotionId, Quote, QuoteFacts, QuoteStep, QuotedLine, StepReason, Subject, Unquotable, WhyNot,
};

/// Quotes what `facts` ask for, from `book`.
///
/// Pure and total: an unknown product, too large a quantity or a pick-up that the terms do not
/// offer is listed as unquotable, and the rest is quoted. There is no channel to give.
///
/// ```
/// use omnichannel::model::{
///     Basket, BookDraft, Condition, Currency, Effect, ProductId, Promotion, PromotionId,
///     QuoteFacts, Subject, TaxView,
/// };
/// use omnichannel::offer::quote;
///
/// let dress = ProductId::new("dress")?;
/// let book = BookDraft::new(Currency::EUR, TaxView::Gross)
///     .price(dress.clone(), "89.00 EUR".parse()?)
///     .promotion(
///         Promotion::new(
///             PromotionId::new("members-10")?,
///             Subject::Product(dress.clone()),
///             Effect::PercentOff("10%".parse()?),
///         )
///         .only_if(Condition::Member),
///     )
///     .build()?;
///
/// let mut facts = QuoteFacts::new("2026-11-22T10:00:00Z".parse()?, Basket::new().with(dress, 1));
/// let stranger = quote(&book, &facts);
/// assert_eq!(stranger.price().to_string(), "89.00 EUR gross");
/// assert_eq!(stranger.why_not[0].reasons[0].to_string(), "members only");
///
/// facts.person.member = true;
/// assert_eq!(quote(&book, &facts).total.to_string(), "80.10 EUR");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn quote(book: &Book, facts: &QuoteFacts) -> Quote {
    let mut bill = Bill::open(book, facts);
    bill.list();
    bill.promote_products();
    bill.promote_basket();
    bill.deliver();
    bill.close()
}

/// Why `promotion` does not apply to `facts`; empty where it does.
///
/// Also answers for promotions that a quote does not look at, because their product is not wanted.
pub fn why_not(book: &Book, facts: &QuoteFacts, promotion: &PromotionId) -> Vec<WhyNot> {
    let Some(known) = book.promotion(promotion) else {
        return vec![WhyNot::UnknownPromotion];
    };
    let quote = quote(book, facts);
    match &known.subject {
        Subject::Product(product) if quote.lines.iter().all(|line| line.product != *product) => {
            vec![WhyNot::NotInBasket { product: product.clone() }]
        }
        _ => {
            let rejected = quote.why_not.into_iter().find(|entry| entry.promotion == *promotion);
            rejected.map(|entry| entry.reasons).unwrap_or_default()
        }
    }
}

/// Sets the digest: of `grounds` and of all else in the quote.
pub(super) fn seal(quote: &mut Quote, grounds: &impl Serialize) {
    quote.digest = Digest::of_bytes(&[]);
    quote.digest = Digest::of(&(grounds, &*quote));
}

/// Takes `amount` off a line; a negative amount adds.
pub(super) fn take_off(line: &mut QuotedLine, rule: PriceRule, amount: i64) {
    let currency = line.after.currency();
    line.after = Money::new(line.after.minor().saturating_sub(amount), currency);
    line.discounts.push(Discount { rule, amount: Money::new(amount, currency) });
}

/// Moves the running total by `change`.
pub(super) fn step(quote: &mut Quote, change: i64, rule: PriceRule, why: StepReason) {
    let before = quote.total;
    let after = Money::new(before.minor().saturating_add(change), before.currency());
    quote.total = after;
    quote.steps.push(QuoteStep { before, after, rule, why });
}

/// A quote in the making. Its amounts stay within [`AMOUNT_MAX`] for the goods and once more for
/// delivery, so that no sum of them overflows.
struct Bill<'a> {
    book: &'a Book,
    facts: &'a QuoteFacts,
    quote: Quote,
}

impl<'a> Bill<'a> {
    fn open(book: &'a Book, facts: &'a QuoteFacts) -> Self {
        let nothing = Money::zero(book.currency());
        let quote = Quote {
            tax: book.tax(),
            rounding: book.rounding(),
            lines: Vec::new(),
            unquotable: Vec::new(),
            delivery: nothing,
            total: nothing,
            fulfilment: facts.fulfilment,
            terms: book.terms().clone(),
            steps: Vec::new(),
            why_not: Vec::new(),
            good_until: None,
            digest: Digest::of_bytes(&[]),
        };
        Self { book, facts, quote }
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.book.currency())
    }

    fn list(&mut self) {
        for (product, quantity) in self.facts.basket.lines() {
            match self.line(product, quantity) {
                Ok(line) => {
                    let why = StepReason::Listed { unit: line.unit, quantity };
                    let rule = PriceRule::ListPrice(product.clone());
                    step(&mut self.quote, line.before.minor(), rule, why);
                    self.quote.lines.push(line);
                }
                Err(reason) => self.quote.unquotable.push(reason),
            }
        }
    }

    fn line(&self, product: &ProductId, quantity: u64) -> Result<QuotedLine, Unquotable> {
        let product = product.clone();
        let Some(unit) = self.book.list_price(&product).map(|price| price.amount) else {
            return Err(Unquotable::UnknownProduct { product, quantity });
        };
        let room = AMOUNT_MAX - self.quote.total.minor();
        match unit.checked_mul(quantity) {
            Ok(before) if before.minor() <= room => Ok(QuotedLine {
                product,
                unit,
                quantity,
                before,
                after: before,
                discounts: Vec::new(),
            }),
            _ => Err(Unquotable::TooLarge { product, quantity }),
        }
    }

    fn promote_products(&mut self) {
        let goods = self.quote.total;
        for at in 0..self.quote.lines.len() {
            let QuotedLine { unit, quantity, before, .. } = self.quote.lines[at];
            let promotions = self.book.promotions_of(&self.quote.lines[at].product);
            let contested = Contested { unit, quantity, before, goods };
            if let Some((promotion, after)) = self.chosen(promotions, contested) {
                let off = before.minor() - after.minor();
                let rule = PriceRule::Promotion(promotion.id.clone());
                take_off(&mut self.quote.lines[at], rule.clone(), off);
                step(&mut self.quote, -off, rule, reduction(promotion));
            }
        }
    }

    fn promote_basket(&mut self) {
        let goods = self.quote.total;
        let contested = Contested { unit: goods, quantity: 1, before: goods, goods };
        let Some((promotion, after)) = self.chosen(self.book.basket_promotions(), contested) else {
            return;
        };
        let off = goods.minor() - after.minor();
        let rule = PriceRule::Promotion(promotion.id.clone());
        let weights: Vec<i64> = self.quote.lines.iter().map(|l| l.after.minor()).collect();
        let parts = allocate(off, &weights);
        for (line, part) in self.quote.lines.iter_mut().zip(parts).filter(|(_, part)| *part > 0) {
            take_off(line, rule.clone(), part);
        }
        step(&mut self.quote, -off, rule, reduction(promotion));
    }

    fn chosen(
        &mut self,
        promotions: &'a [Promotion],
        contested: Contested,
    ) -> Option<(&'a Promotion, Money)> {
        let changes = promotions.iter().filter_map(|p| p.window.next_change(self.facts.at));
        self.quote.good_until = self.quote.good_until.into_iter().chain(changes).min();
        let (rounding, why_not) = (self.book.rounding(), &mut self.quote.why_not);
        choose(promotions, self.facts, contested, rounding, why_not)
    }

    fn deliver(&mut self) {
        let terms = self.book.terms();
        let (cost, why) = match self.facts.fulfilment {
            Fulfilment::PickUp if !terms.pick_up => {
                self.quote.unquotable.push(Unquotable::NoPickUp);
                return;
            }
            _ if self.quote.lines.is_empty() => return,
            Fulfilment::PickUp => (self.money(0), StepReason::PickedUp),
            Fulfilment::Ship => {
                let delivery = terms.delivery;
                (delivery.cost, StepReason::Delivered { days_max: delivery.days_max })
            }
        };
        self.quote.delivery = cost;
        step(&mut self.quote, cost.minor(), PriceRule::Delivery, why);
    }

    fn close(mut self) -> Quote {
        self.quote.why_not.sort_by(|a, b| a.promotion.cmp(&b.promotion));
        let QuoteFacts { at: _, person, basket, codes, fulfilment } = self.facts;
        seal(&mut self.quote, &(self.book.version(), person, basket, codes, fulfilment));
        self.quote
    }
}

fn reduction(promotion: &Promotion) -> StepReason {
    StepReason::Reduced { subject: promotion.subject.clone(), effect: promotion.effect }
}
