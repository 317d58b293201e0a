//! The faults of a price book or of exceptions, each with its path.
//!
//! # Law
//!
//! 1. Every fault is found, up to [`FAULTS_MAX`], in the order of the draft; two entries that
//!    contradict each other are both named (`tests/offer`, `every_fault_of_a_book_names_its_path`).
//! 2. A message names entries of the book, never a person.

use std::collections::BTreeMap;
use std::fmt;

use super::book::{AMOUNT_MAX, BookDraft};
use super::currency::Currency;
use super::money::Money;
use super::offer::{Condition, Effect, ProductId, Promotion, PromotionCode, PromotionId, Subject};
use super::price::{Percent, Window};

/// So many faults are reported at once.
pub const FAULTS_MAX: usize = 100;

/// What is wrong with an entry.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A window ends before or when it starts.
    #[error("ends before it starts")]
    EmptyWindow,
    /// Two entries have one name.
    #[error("both are named {0}")]
    SameName(String),
    /// Two entries price one product.
    #[error("both price {0}")]
    SamePrice(ProductId),
    /// Two promotions ask for one code.
    #[error("both ask for the code {0}")]
    SameCode(PromotionCode),
    /// Two promotions fix different prices of one thing, for the same people at the same time.
    #[error("both fix the price of {0} at the same time")]
    SameFixedPrice(Subject),
    /// An amount is less than nothing.
    #[error("is negative")]
    Negative,
    /// An amount exceeds [`AMOUNT_MAX`].
    #[error("is larger than {AMOUNT_MAX} minor units")]
    TooLarge,
    /// A share lies outside the range that makes sense here.
    #[error("{found} is not between {least}% and 100%")]
    PercentRange {
        /// The share.
        found: Percent,
        /// The least that makes sense, in percent.
        least: i8,
    },
    /// A reduction or an exception that changes nothing.
    #[error("changes nothing")]
    Nothing,
    /// An amount is in another currency than the book.
    #[error("is in {found}, the book in {book}")]
    CurrencyMix {
        /// The amount's currency.
        found: Currency,
        /// The book's.
        book: Currency,
    },
    /// A book with prices has no currency.
    #[error("XXX is no currency that a price can have")]
    NoCurrency,
    /// A promotion of a product without a list price.
    #[error("the book has no price of {0}")]
    UnknownProduct(ProductId),
    /// What must be said is not.
    #[error("is empty")]
    Empty,
}

/// One fault and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct Fault {
    /// Where, from the root of the draft: `promotions[2].window`, or two places with `and`.
    pub path: String,
    /// What.
    pub problem: Problem,
}

/// A book or a list of exceptions is refused. Prints all faults on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadBook {
    faults: Vec<Fault>,
}

impl BadBook {
    /// The faults, at least one, in the order of the draft.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl fmt::Display for BadBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            write!(f, "{}{fault}", if at == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for BadBook {}

/// Collects faults.
#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn push(&mut self, path: impl fmt::Display, problem: Problem) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(Fault { path: path.to_string(), problem });
        }
    }

    pub(super) fn refuse_if(&mut self, wrong: bool, path: impl fmt::Display, problem: Problem) {
        if wrong {
            self.push(path, problem);
        }
    }

    pub(super) fn window(&mut self, path: impl fmt::Display, window: Window) {
        self.refuse_if(window.is_empty(), path, Problem::EmptyWindow);
    }

    pub(super) fn into_result(self) -> Result<(), BadBook> {
        if self.0.is_empty() { Ok(()) } else { Err(BadBook { faults: self.0 }) }
    }

    fn amount(&mut self, path: &str, amount: Money, book: Currency) {
        let found = amount.currency();
        self.refuse_if(found != book, path, Problem::CurrencyMix { found, book });
        self.refuse_if(amount.is_negative(), path, Problem::Negative);
        self.refuse_if(amount.minor() > AMOUNT_MAX, path, Problem::TooLarge);
    }
}

/// Finds the faults of a book.
pub(super) fn check(draft: &BookDraft) -> Result<(), BadBook> {
    let mut faults = Faults::default();
    let priced = !draft.prices.is_empty() || !draft.promotions.is_empty();
    let no_currency = priced && draft.currency == Currency::NONE;
    faults.refuse_if(no_currency, "currency", Problem::NoCurrency);
    faults.amount("terms.delivery.cost", draft.terms.delivery.cost, draft.currency);
    let products = check_prices(draft, &mut faults);
    let mut names: BTreeMap<&PromotionId, usize> = BTreeMap::new();
    let mut codes: BTreeMap<&PromotionCode, usize> = BTreeMap::new();
    for (at, promotion) in draft.promotions.iter().enumerate() {
        let path = format!("promotions[{at}]");
        if let Some(first) = names.insert(&promotion.id, at) {
            let both = format!("promotions[{first}].id and {path}.id");
            faults.push(both, Problem::SameName(promotion.id.to_string()));
        }
        check_promotion(draft, promotion, &path, &products, &mut faults);
        for condition in &promotion.conditions {
            let Condition::Code(code) = condition else { continue };
            if let Some(first) = codes.insert(code, at).filter(|&first| first != at) {
                let both = format!("promotions[{first}].conditions and {path}.conditions");
                faults.push(both, Problem::SameCode(code.clone()));
            }
        }
    }
    check_fixed_prices(&draft.promotions, &mut faults);
    faults.into_result()
}

fn check_prices<'d>(draft: &'d BookDraft, faults: &mut Faults) -> BTreeMap<&'d ProductId, usize> {
    let mut products = BTreeMap::new();
    for (at, listed) in draft.prices.iter().enumerate() {
        faults.amount(&format!("prices[{at}].amount"), listed.amount, draft.currency);
        if let Some(first) = products.insert(&listed.product, at) {
            let both = format!("prices[{first}] and prices[{at}]");
            faults.push(both, Problem::SamePrice(listed.product.clone()));
        }
    }
    products
}

fn check_promotion(
    draft: &BookDraft,
    promotion: &Promotion,
    path: &str,
    products: &BTreeMap<&ProductId, usize>,
    faults: &mut Faults,
) {
    faults.window(format_args!("{path}.window"), promotion.window);
    if let Subject::Product(product) = &promotion.subject {
        let unknown = !products.contains_key(product);
        faults.refuse_if(
            unknown,
            format_args!("{path}.subject"),
            Problem::UnknownProduct(product.clone()),
        );
    }
    let effect = format!("{path}.effect");
    match promotion.effect {
        Effect::PercentOff(found) if !(0..=10_000).contains(&found.basis_points()) => {
            faults.push(effect, Problem::PercentRange { found, least: 0 });
        }
        Effect::PercentOff(percent) => {
            faults.refuse_if(percent.basis_points() == 0, effect, Problem::Nothing);
        }
        Effect::AmountOff(amount) => {
            faults.amount(&effect, amount, draft.currency);
            faults.refuse_if(amount.minor() == 0, effect, Problem::Nothing);
        }
        Effect::FixedPrice(amount) => faults.amount(&effect, amount, draft.currency),
    }
    for (at, condition) in promotion.conditions.iter().enumerate() {
        if let Condition::BasketAtLeast(amount) = condition {
            faults.amount(&format!("{path}.conditions[{at}]"), *amount, draft.currency);
        }
    }
}

/// Two fixed prices for the same subject, people and instant: which one is meant, nobody can tell.
fn check_fixed_prices(promotions: &[Promotion], faults: &mut Faults) {
    type Group = Vec<(usize, Money, Window)>;
    let mut alike: BTreeMap<(&Subject, Vec<String>), Group> = BTreeMap::new();
    for (at, promotion) in promotions.iter().enumerate() {
        let Effect::FixedPrice(amount) = promotion.effect else { continue };
        let mut conditions: Vec<String> =
            promotion.conditions.iter().map(Condition::to_string).collect();
        conditions.sort_unstable();
        conditions.dedup();
        let group = alike.entry((&promotion.subject, conditions)).or_default();
        for (first, other, window) in group.iter() {
            if *other != amount && window.overlaps(&promotion.window) {
                let both = format!("promotions[{first}] and promotions[{at}]");
                faults.push(both, Problem::SameFixedPrice(promotion.subject.clone()));
            }
        }
        group.push((at, amount, promotion.window));
    }
}
