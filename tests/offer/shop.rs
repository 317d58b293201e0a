//! A small shop, short names for its nouns, and what every quote keeps.

use std::collections::BTreeSet;

use omnichannel::model::*;

pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(second).unwrap()
}

pub(crate) fn product(name: &str) -> ProductId {
    ProductId::new(name).unwrap()
}

pub(crate) fn on(name: &str) -> Subject {
    Subject::Product(product(name))
}

pub(crate) fn promotion(name: &str, subject: Subject, effect: Effect) -> Promotion {
    Promotion::new(PromotionId::new(name).unwrap(), subject, effect)
}

pub(crate) fn percent_off(points: i32) -> Effect {
    Effect::PercentOff(Percent::from_basis_points(points))
}

pub(crate) fn delivered_for(minor: i64) -> Terms {
    let mut terms = Terms::bare(Currency::EUR);
    terms.delivery = DeliveryTerms { cost: eur(minor), days_max: 3 };
    terms.pick_up = true;
    terms
}

/// A dress of 89.00, a scarf of 25.00, delivery 4.90, and promotions of both kinds.
pub(crate) fn shop() -> BookDraft {
    BookDraft::new(Currency::EUR, TaxView::Gross)
        .on_terms(delivered_for(490))
        .price(product("dress"), eur(8_900))
        .price(product("scarf"), eur(2_500))
        .promotion(
            promotion("week-30", on("dress"), percent_off(3_000))
                .within(Window::between(at(100), at(200))),
        )
        .promotion(
            promotion("members-10", on("dress"), percent_off(1_000)).only_if(Condition::Member),
        )
        .promotion(
            promotion("from-100", Subject::Basket, Effect::AmountOff(eur(1_000)))
                .only_if(Condition::BasketAtLeast(eur(10_000))),
        )
        .promotion(
            promotion("lune", Subject::Basket, percent_off(500))
                .only_if(Condition::Code(PromotionCode::new("LUNE5").unwrap())),
        )
}

pub(crate) fn wanting(second: i64, lines: &[(&str, u64)]) -> QuoteFacts {
    let lines = lines.iter().map(|&(name, n)| BasketLine { product: product(name), quantity: n });
    QuoteFacts::new(at(second), lines.collect())
}

pub(crate) fn reasons(quote: &Quote) -> Vec<String> {
    let reason = |entry: &NotApplied| {
        let all: Vec<String> = entry.reasons.iter().map(ToString::to_string).collect();
        format!("{}: {}", entry.promotion, all.join(", "))
    };
    quote.why_not.iter().map(reason).collect()
}

/// What holds for every quote, of a book or after exceptions.
pub(crate) fn assert_adds_up(quote: &Quote) {
    let currency = quote.total.currency();
    let lines = quote.lines.iter().map(|line| line.after).chain([quote.delivery]);
    assert_eq!(Money::sum(currency, lines), Ok(quote.total));
    for line in &quote.lines {
        let off = Money::sum(currency, line.discounts.iter().map(|d| d.amount)).unwrap();
        assert_eq!(line.before.checked_sub(off), Ok(line.after));
        assert_eq!(line.unit.checked_mul(line.quantity), Ok(line.before));
        assert!(!line.after.is_negative());
    }
    let mut running = Money::zero(currency);
    for step in &quote.steps {
        assert_eq!(step.before, running);
        running = step.after;
        // Σ allocations = the discount of the step.
        if matches!(step.rule, PriceRule::Promotion(_) | PriceRule::Exception(_)) {
            let shares = quote.lines.iter().flat_map(|line| &line.discounts);
            let shares = shares.filter(|d| d.rule == step.rule).map(|d| d.amount);
            assert_eq!(Money::sum(currency, shares), step.before.checked_sub(step.after));
        }
    }
    assert_eq!(running, quote.total);
}

pub(crate) fn exception(name: &str, scope: Subject, change: ExceptionChange) -> Exception {
    Exception {
        id: ExceptionId::new(name).unwrap(),
        channels: BTreeSet::from([ChannelId::new("airport").unwrap()]),
        scope,
        window: Window::between(at(100), at(200)),
        reason: "rent".into(),
        owner: "retail".into(),
        change,
    }
}
