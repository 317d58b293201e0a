//! Applies declared exceptions to a finished quote, and names those it used.
//!
//! Exceptions are applied in the order of their names, each to what the ones before it left.
//!
//! # Why
//!
//! An exception that leaves everything as it was (its window is closed, its product is not wanted,
//! its currency is another, the price is nothing already) is not used and not named.

use super::allocate::allocate;
use super::reckon::{seal, step, take_off};
use crate::model::{
    AMOUNT_MAX, ChannelId, Exception, ExceptionChange, ExceptionId, Exceptions, Money, Percent,
    PriceRule, Quote, StepReason, Subject, Timestamp,
};

impl Exceptions {
    /// The quote as `channel` may show it at `at`, and the exceptions that made the difference.
    ///
    /// Without such an exception it is the same quote, digest included. With one, the steps go on
    /// to the new total, and `good_until` is that of [`Exceptions::good_until`].
    ///
    /// ```
    /// use std::collections::BTreeSet;
    /// use omnichannel::model::{
    ///     Basket, BookDraft, ChannelId, Currency, Exception, ExceptionChange, ExceptionId,
    ///     Exceptions, ProductId, QuoteFacts, Subject, TaxView, Window,
    /// };
    ///
    /// let water = ProductId::new("water")?;
    /// let book = BookDraft::new(Currency::EUR, TaxView::Gross)
    ///     .price(water.clone(), "1.20 EUR".parse()?)
    ///     .build()?;
    /// let airport = ChannelId::new("store-airport")?;
    /// let exceptions = Exceptions::try_new(vec![Exception {
    ///     id: ExceptionId::new("airport-rent")?,
    ///     channels: BTreeSet::from([airport.clone()]),
    ///     scope: Subject::Product(water.clone()),
    ///     window: Window::ALWAYS,
    ///     reason: "the lease asks for a share of the sales".into(),
    ///     owner: "head of retail".into(),
    ///     change: ExceptionChange::Amount("0.30 EUR".parse()?),
    /// }])?;
    ///
    /// let at = "2026-11-22T10:00:00Z".parse()?;
    /// let quote = omnichannel::offer::quote(
    ///     &book,
    ///     &QuoteFacts::new(at, Basket::new().with(water, 2)),
    /// );
    /// let (there, used) = exceptions.apply(&quote, &airport, at);
    /// assert_eq!(there.total.to_string(), "3.00 EUR");
    /// assert_eq!(used[0].as_str(), "airport-rent");
    ///
    /// let (elsewhere, used) = exceptions.apply(&quote, &ChannelId::new("web")?, at);
    /// assert_eq!((elsewhere, used.len()), (quote, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(
        &self,
        quote: &Quote,
        channel: &ChannelId,
        at: Timestamp,
    ) -> (Quote, Vec<ExceptionId>) {
        let mut changed = quote.clone();
        let mut used = Vec::new();
        for exception in self.concerning(quote, channel) {
            if exception.window.contains(at) && apply_one(exception, &mut changed) {
                used.push(exception.id.clone());
            }
        }
        if !used.is_empty() {
            changed.good_until = self.good_until(quote, channel, at);
            seal(&mut changed, &(quote.digest, &used));
        }
        (changed, used)
    }

    /// How long `channel` may keep what [`Exceptions::apply`] gave it at `at`: until the quote ends
    /// or an exception that concerns it begins or ends.
    pub fn good_until(
        &self,
        quote: &Quote,
        channel: &ChannelId,
        at: Timestamp,
    ) -> Option<Timestamp> {
        let changes = self.concerning(quote, channel).filter_map(|e| e.window.next_change(at));
        quote.good_until.into_iter().chain(changes).min()
    }

    /// The exceptions of that channel that are about something in the quote, whenever they hold.
    fn concerning<'e>(
        &'e self,
        quote: &'e Quote,
        channel: &'e ChannelId,
    ) -> impl Iterator<Item = &'e Exception> {
        self.iter().filter(move |exception| {
            let about = match &exception.scope {
                Subject::Product(product) => quote.lines.iter().any(|l| l.product == *product),
                Subject::Basket => !quote.lines.is_empty(),
            };
            about && exception.channels.contains(channel)
        })
    }
}

/// Applies one exception; whether it changed anything.
fn apply_one(exception: &Exception, quote: &mut Quote) -> bool {
    let why = StepReason::Excepted {
        subject: exception.scope.clone(),
        reason: exception.reason.clone(),
        owner: exception.owner.clone(),
    };
    let rule = PriceRule::Exception(exception.id.clone());
    if let ExceptionChange::Terms(text) = &exception.change {
        if quote.terms.notes.contains(text) {
            return false;
        }
        quote.terms.notes.push(text.clone());
        step(quote, 0, rule, why);
        return true;
    }
    let lines: Vec<usize> = (0..quote.lines.len())
        .filter(|&at| match &exception.scope {
            Subject::Product(product) => quote.lines[at].product == *product,
            Subject::Basket => true,
        })
        .collect();
    let Some(off) = reduction(exception, quote, &lines) else { return false };
    let weights: Vec<i64> = lines.iter().map(|&at| quote.lines[at].after.minor()).collect();
    for (at, part) in lines.into_iter().zip(allocate(off.saturating_abs(), &weights)) {
        if part > 0 {
            take_off(&mut quote.lines[at], rule.clone(), part.saturating_mul(off.signum()));
        }
    }
    step(quote, off.saturating_neg(), rule, why);
    true
}

/// How much less `lines` cost together; negative for more, `None` for no difference.
fn reduction(exception: &Exception, quote: &Quote, lines: &[usize]) -> Option<i64> {
    let currency = quote.total.currency();
    let worth = |at: &usize| quote.lines[*at].after;
    let now = Money::sum(currency, lines.iter().map(worth)).ok()?;
    let after = match &exception.change {
        ExceptionChange::Amount(amount) => {
            let each = match &exception.scope {
                Subject::Product(_) => lines.first().map_or(0, |&at| quote.lines[at].quantity),
                Subject::Basket => 1,
            };
            now.checked_add(times(*amount, each)?).ok()?
        }
        ExceptionChange::Percent(percent) => {
            let share = Percent::WHOLE.basis_points().saturating_add(percent.basis_points());
            Percent::from_basis_points(share).of(now, quote.rounding.mode)?
        }
        ExceptionChange::Terms(_) => return None,
    };
    let after = after.minor().max(0);
    let goods = Money::sum(currency, quote.lines.iter().map(|line| line.after)).ok()?;
    let goods_after = goods.minor().checked_sub(now.minor())?.checked_add(after)?;
    let off = now.minor().checked_sub(after)?;
    (off != 0 && goods_after <= AMOUNT_MAX).then_some(off)
}

/// `amount` for each of `quantity`; a reduction that does not fit is the largest that does, since
/// no price falls below nothing anyway.
fn times(amount: Money, quantity: u64) -> Option<Money> {
    let product = amount.checked_mul(quantity).ok();
    let least = Money::new(-AMOUNT_MAX, amount.currency());
    product.or(amount.is_negative().then_some(least))
}
