//! Generated books, facts and exceptions: few products and instants, so that things meet.

use omnichannel::model::*;
use proptest::prelude::*;

use crate::shop::*;

prop_compose! {
    pub(crate) fn any_window()(
        from in prop::option::of(0..40_i64),
        length in prop::option::of(1..40_i64),
    ) -> Window {
        let until = length.map(|length| at(from.unwrap_or(0) + length));
        Window { from: from.map(at), until }
    }
}

pub(crate) fn any_effect() -> impl Strategy<Value = Effect> {
    prop_oneof![
        (1..=10_000_i32).prop_map(percent_off),
        (1..=3_000_i64).prop_map(|minor| Effect::AmountOff(eur(minor))),
    ]
}

prop_compose! {
    pub(crate) fn any_promotion()(
        subject in prop::option::weighted(0.7, 0..6_u8),
        effect in any_effect(),
        window in any_window(),
        member in any::<bool>(),
        least in prop::option::of(0..20_000_i64),
    ) -> Promotion {
        let subject = subject.map_or(Subject::Basket, |p| on(&format!("p{p}")));
        let mut made = promotion("later", subject, effect).within(window);
        if member {
            made = made.only_if(Condition::Member);
        }
        least.into_iter().fold(made, |made, minor| {
            made.only_if(Condition::BasketAtLeast(eur(minor)))
        })
    }
}

pub(crate) fn any_draft(price_max: i64) -> impl Strategy<Value = BookDraft> {
    let prices = prop::collection::vec(0..=price_max, 6);
    let promotions = prop::collection::vec(any_promotion(), 0..12);
    (prices, promotions, 0..1_000_i64, any::<bool>(), any::<bool>()).prop_map(
        |(prices, promotions, delivery, even, line)| {
            let mut draft =
                BookDraft::new(Currency::EUR, TaxView::Gross).on_terms(delivered_for(delivery));
            draft.rounding = Rounding {
                mode: if even { RoundingMode::HalfEven } else { RoundingMode::HalfUp },
                level: if line { RoundingLevel::Line } else { RoundingLevel::Unit },
            };
            for (at, minor) in prices.into_iter().enumerate() {
                draft = draft.price(product(&format!("p{at}")), eur(minor));
            }
            for (at, mut promotion) in promotions.into_iter().enumerate() {
                promotion.id = PromotionId::new(format!("promotion-{at:02}")).unwrap();
                draft = draft.promotion(promotion);
            }
            draft
        },
    )
}

pub(crate) fn any_facts(quantity_max: u64) -> impl Strategy<Value = QuoteFacts> {
    // Product p6 is in no book.
    let lines = prop::collection::vec((0..7_u8, 0..=quantity_max), 0..8);
    (0..80_i64, any::<bool>(), any::<bool>(), lines).prop_map(|(second, member, picks, lines)| {
        let line = |(p, quantity)| BasketLine { product: product(&format!("p{p}")), quantity };
        let mut facts = QuoteFacts::new(at(second), lines.into_iter().map(line).collect());
        facts.person.member = member;
        facts.fulfilment = if picks { Fulfilment::PickUp } else { Fulfilment::Ship };
        facts
    })
}

pub(crate) fn any_exceptions() -> impl Strategy<Value = Exceptions> {
    let change = prop_oneof![
        (1..=10_000_i32, any::<bool>()).prop_map(|(points, less)| ExceptionChange::Percent(
            Percent::from_basis_points(if less { -points } else { points })
        )),
        (1..=AMOUNT_MAX, any::<bool>()).prop_map(|(minor, less)| ExceptionChange::Amount(eur(
            if less { -minor } else { minor }
        ))),
    ];
    let one = (prop::option::of(0..6_u8), any_window(), change);
    prop::collection::vec(one, 0..5).prop_map(|all| {
        let made = all.into_iter().enumerate().map(|(at, (subject, window, change))| {
            let scope = subject.map_or(Subject::Basket, |p| on(&format!("p{p}")));
            Exception { window, ..exception(&format!("e{at}"), scope, change) }
        });
        Exceptions::try_new(made.collect()).unwrap()
    })
}
