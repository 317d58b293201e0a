//! The price book: list prices, promotions and terms, checked as a whole before use.
//!
//! A [`BookDraft`] is what people author and JSON holds; [`Book::try_new`] is the only way from
//! there to a [`Book`], deserialisation included, so a stored book is as good as a new one.
//!
//! # Law
//!
//! 1. A book has no fault; each fault of a draft names its path (`tests/offer`,
//!    `every_fault_of_a_book_names_its_path`).
//! 2. The order in which a draft lists things changes nothing: equal content, equal version
//!    (`the_order_of_a_draft_changes_no_version_and_no_quote`).
//! 3. No amount exceeds [`AMOUNT_MAX`], so that a quote's sums fit.
//!
//! # Why
//!
//! Two entries that could both be meant are an error and name each other: "the cheapest wins" or
//! "the newest wins" would hide a mistake in a price.
//!
//! Cost: building sorts, O(n log n); a price or the promotions of a product are found in O(log n).

use serde::{Deserialize, Serialize, Serializer};

use super::book_check::{self, BadBook};
use super::currency::Currency;
use super::digest::Digest;
use super::money::Money;
use super::offer::{
    Condition, Offer, OfferContent, OfferId, ProductId, Promotion, PromotionId, Subject, Terms,
};
use super::price::{Price, Rounding, RoundingLevel, RoundingMode, TaxView};

/// The largest amount that a book holds and that a quote's goods reach, in minor units: ten
/// trillion euros. Far enough from `i64::MAX` that a quote never overflows.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// The price of one product before any promotion, in the book's tax view.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListPrice {
    /// The product.
    pub product: ProductId,
    /// What one costs.
    pub amount: Money,
}

/// A book as authored, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookDraft {
    /// The one currency of all its amounts.
    pub currency: Currency,
    /// Whether its amounts include tax.
    pub tax: TaxView,
    /// How reduced prices are rounded.
    #[serde(default)]
    pub rounding: Rounding,
    /// On what terms things are sold.
    pub terms: Terms,
    /// The list prices, one for each product.
    #[serde(default)]
    pub prices: Vec<ListPrice>,
    /// The promotions.
    #[serde(default)]
    pub promotions: Vec<Promotion>,
}

impl BookDraft {
    /// A draft without prices, on [`Terms::bare`].
    pub const fn new(currency: Currency, tax: TaxView) -> Self {
        Self {
            currency,
            tax,
            rounding: Rounding { mode: RoundingMode::HalfUp, level: RoundingLevel::Unit },
            terms: Terms::bare(currency),
            prices: Vec::new(),
            promotions: Vec::new(),
        }
    }

    /// The same draft on other terms.
    #[must_use]
    pub fn on_terms(mut self, terms: Terms) -> Self {
        self.terms = terms;
        self
    }

    /// The same draft with one more list price.
    #[must_use]
    pub fn price(mut self, product: ProductId, amount: Money) -> Self {
        self.prices.push(ListPrice { product, amount });
        self
    }

    /// The same draft with one more promotion.
    #[must_use]
    pub fn promotion(mut self, promotion: Promotion) -> Self {
        self.promotions.push(promotion);
        self
    }

    /// Checks the draft; [`Book::try_new`] by another name.
    ///
    /// # Errors
    ///
    /// [`BadBook`] names every fault with its path.
    pub fn build(self) -> Result<Book, BadBook> {
        Book::try_new(self)
    }
}

/// What things cost and on what terms: checked, ordered, and named by its version.
///
/// The default is the empty book, in no currency, which quotes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BookDraft")]
pub struct Book {
    // Prices by product, promotions by (subject, id), conditions by their text.
    content: BookDraft,
    version: Digest,
}

impl Book {
    /// Checks a draft.
    ///
    /// # Errors
    ///
    /// [`BadBook`] names every fault with its path: mend the draft.
    pub fn try_new(draft: BookDraft) -> Result<Self, BadBook> {
        book_check::check(&draft)?;
        Ok(Self::sealed(draft))
    }

    fn sealed(mut content: BookDraft) -> Self {
        content.prices.sort_by(|a, b| a.product.cmp(&b.product));
        for promotion in &mut content.promotions {
            promotion.conditions.sort_by_cached_key(Condition::to_string);
            promotion.conditions.dedup();
        }
        content.promotions.sort_by(|a, b| (&a.subject, &a.id).cmp(&(&b.subject, &b.id)));
        let version = Digest::of(&content);
        Self { content, version }
    }

    /// Its version: equal content, equal version.
    pub fn version(&self) -> Digest {
        self.version
    }

    /// The one currency of all its amounts.
    pub fn currency(&self) -> Currency {
        self.content.currency
    }

    /// Whether its amounts include tax.
    pub fn tax(&self) -> TaxView {
        self.content.tax
    }

    /// How reduced prices are rounded.
    pub fn rounding(&self) -> Rounding {
        self.content.rounding
    }

    /// On what terms things are sold.
    pub fn terms(&self) -> &Terms {
        &self.content.terms
    }

    /// The list price of one `product`; `None` where the book does not know it.
    pub fn list_price(&self, product: &ProductId) -> Option<Price> {
        let prices = &self.content.prices;
        let at = prices.binary_search_by(|listed| listed.product.cmp(product)).ok()?;
        Some(Price { amount: prices[at].amount, tax: self.content.tax })
    }

    /// The promotion of that name.
    pub fn promotion(&self, id: &PromotionId) -> Option<&Promotion> {
        self.content.promotions.iter().find(|promotion| promotion.id == *id)
    }

    /// The promotions of one product, by id.
    pub fn promotions_of(&self, product: &ProductId) -> &[Promotion] {
        let promotions = &self.content.promotions;
        let reaches = |promotion: &Promotion, past: bool| match &promotion.subject {
            Subject::Product(of) => of < product || (past && of == product),
            Subject::Basket => false,
        };
        let from = promotions.partition_point(|promotion| reaches(promotion, false));
        let until = promotions.partition_point(|promotion| reaches(promotion, true));
        &promotions[from..until]
    }

    /// The promotions of the whole basket, by id.
    pub fn basket_promotions(&self) -> &[Promotion] {
        let promotions = &self.content.promotions;
        &promotions[promotions.partition_point(|p| p.subject != Subject::Basket)..]
    }

    /// The offer of that name.
    pub fn offer(&self, id: &OfferId) -> Option<Offer> {
        match id {
            OfferId::Product(product) => {
                self.list_price(product).map(|price| listed(product, price))
            }
            OfferId::Promotion(promotion) => self.promotion(promotion).map(promoted),
        }
    }

    /// Everything on offer: the listed products, then the promotions, each by name.
    pub fn offers(&self) -> impl Iterator<Item = Offer> + '_ {
        let price = |amount| Price { amount, tax: self.content.tax };
        let products = self.content.prices.iter();
        products
            .map(move |entry| listed(&entry.product, price(entry.amount)))
            .chain(self.content.promotions.iter().map(promoted))
    }

    /// The book as a draft again, to change it.
    pub fn into_draft(self) -> BookDraft {
        self.content
    }
}

fn listed(product: &ProductId, price: Price) -> Offer {
    Offer {
        id: OfferId::Product(product.clone()),
        subject: Subject::Product(product.clone()),
        content: OfferContent::Listed(price),
    }
}

fn promoted(promotion: &Promotion) -> Offer {
    Offer {
        id: OfferId::Promotion(promotion.id.clone()),
        subject: promotion.subject.clone(),
        content: OfferContent::Promoted(promotion.clone()),
    }
}

impl Default for Book {
    fn default() -> Self {
        Self::sealed(BookDraft::new(Currency::NONE, TaxView::Gross))
    }
}

impl Serialize for Book {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.content.serialize(serializer)
    }
}

impl TryFrom<BookDraft> for Book {
    type Error = BadBook;

    fn try_from(draft: BookDraft) -> Result<Self, BadBook> {
        Self::try_new(draft)
    }
}
