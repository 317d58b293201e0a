//! Quotes computed by hand.

use omnichannel::model::*;
use omnichannel::offer::{explain, quote, why_not};

use crate::shop::*;

#[test]
fn a_promotion_holds_from_its_first_instant_until_just_before_its_last() {
    let book = shop().build().unwrap();
    let total = |micros: i64| {
        let mut facts = wanting(0, &[("dress", 1)]);
        facts.at = Timestamp::from_micros(micros).unwrap();
        facts.fulfilment = Fulfilment::PickUp;
        quote(&book, &facts).total
    };
    assert_eq!(total(99_999_999), eur(8_900));
    assert_eq!(total(100_000_000), eur(6_230));
    assert_eq!(total(199_999_999), eur(6_230));
    assert_eq!(total(200_000_000), eur(8_900));
}

#[test]
fn a_quote_says_every_step_and_why_the_others_did_not_apply() {
    let book = shop().build().unwrap();
    let mut facts = wanting(150, &[("scarf", 1), ("dress", 1)]);
    facts.person.member = true;
    let found = quote(&book, &facts);
    // 62.30 + 25.00 + 4.90: the dress at 30 % off, no promotion of the basket.
    assert_eq!(found.total, eur(9_220));
    assert_eq!(found.good_until, Some(at(200)));
    assert_eq!(
        reasons(&found),
        [
            "from-100: add 12.70 EUR",
            "lune: needs its code",
            "members-10: week-30 saves at least as much"
        ]
    );
    let steps: Vec<(i64, String)> =
        found.steps.iter().map(|s| (s.after.minor(), s.rule.to_string())).collect();
    let expected = [
        (8_900, "list price of dress"),
        (11_400, "list price of scarf"),
        (8_730, "promotion week-30"),
        (9_220, "delivery"),
    ];
    assert_eq!(steps, expected.map(|(minor, rule)| (minor, rule.to_owned())));

    let before = quote(&book, &wanting(0, &[("dress", 1)]));
    assert_eq!(
        reasons(&before),
        [
            "from-100: add 11.00 EUR",
            "lune: needs its code",
            "members-10: members only",
            "week-30: from Thursday 1 January 1970 00:01 UTC",
        ]
    );
    let text = explain(&before).text(Disclosure::Redacted);
    assert!(text.starts_with("93.90 EUR gross for 1 product, delivery included\n"), "{text}");
    assert!(text.contains("> promotion members-10 is open to members"), "{text}");
    assert!(!text.contains("LUNE5"), "a quote tells no code: {text}");
}

#[test]
fn adding_exactly_what_is_missing_opens_the_promotion() {
    let book = shop().build().unwrap();
    let id = PromotionId::new("from-100").unwrap();
    let short = wanting(150, &[("dress", 1)]);
    assert_eq!(why_not(&book, &short, &id), [WhyNot::BasketTooSmall { missing: eur(3_770) }]);
    let mut draft = shop();
    draft.prices.push(ListPrice { product: product("gift"), amount: eur(3_770) });
    let book = draft.build().unwrap();
    let enough = wanting(150, &[("dress", 1), ("gift", 1)]);
    assert_eq!(why_not(&book, &enough, &id), []);
    assert_eq!(quote(&book, &enough).total, eur(6_230 + 3_770 - 1_000 + 490));
}

#[test]
fn why_not_answers_for_promotions_that_a_quote_does_not_look_at() {
    let book = shop().build().unwrap();
    let facts = wanting(150, &[("scarf", 1)]);
    let ask = |name: &str| why_not(&book, &facts, &PromotionId::new(name).unwrap());
    assert_eq!(ask("week-30"), [WhyNot::NotInBasket { product: product("dress") }]);
    assert_eq!(ask("no-such"), [WhyNot::UnknownPromotion]);
    assert_eq!(
        why_not(&book, &wanting(150, &[]), &PromotionId::new("lune").unwrap()),
        [WhyNot::NeedsCode]
    );
}

#[test]
fn equal_savings_go_to_the_first_name() {
    let same = |name: &str| promotion(name, on("scarf"), Effect::AmountOff(eur(100)));
    for names in [["a", "b"], ["b", "a"]] {
        let draft = names.into_iter().fold(shop(), |draft, name| draft.promotion(same(name)));
        let found = quote(&draft.build().unwrap(), &wanting(0, &[("scarf", 1)]));
        let rule = PriceRule::Promotion(PromotionId::new("a").unwrap());
        assert_eq!(found.lines[0].discounts, [Discount { rule, amount: eur(100) }]);
    }
}

#[test]
fn the_level_of_rounding_belongs_to_the_book() {
    let mut draft = BookDraft::new(Currency::EUR, TaxView::Net)
        .price(product("pin"), eur(105))
        .promotion(promotion("half", on("pin"), percent_off(5_000)));
    let facts = wanting(0, &[("pin", 3)]);
    let total = |draft: &BookDraft| quote(&draft.clone().build().unwrap(), &facts).total;
    // 52.5 each: rounded up three times, or 157.5 rounded once.
    assert_eq!(total(&draft), eur(159));
    draft.rounding.level = RoundingLevel::Line;
    assert_eq!(total(&draft), eur(158));
    draft.rounding = Rounding { mode: RoundingMode::HalfEven, level: RoundingLevel::Unit };
    assert_eq!(total(&draft), eur(156));
}

#[test]
fn a_reduction_of_the_basket_is_split_over_its_lines_by_largest_remainder() {
    let book = ["a", "b", "c"]
        .into_iter()
        .fold(BookDraft::new(Currency::EUR, TaxView::Gross), |d, p| d.price(product(p), eur(1_000)))
        .promotion(promotion("one-off", Subject::Basket, Effect::AmountOff(eur(100))))
        .build()
        .unwrap();
    let found = quote(&book, &wanting(0, &[("c", 1), ("b", 1), ("a", 1)]));
    let after: Vec<i64> = found.lines.iter().map(|line| line.after.minor()).collect();
    assert_eq!(after, [966, 967, 967]);
    assert_adds_up(&found);
}

#[test]
fn what_has_no_price_is_listed_and_the_rest_is_quoted() {
    let book = shop().build().unwrap();
    let mut facts = wanting(0, &[("hat", 2), ("dress", u64::MAX), ("scarf", 1)]);
    facts.fulfilment = Fulfilment::PickUp;
    let found = quote(&book, &facts);
    assert_eq!(
        found.unquotable,
        [
            Unquotable::TooLarge { product: product("dress"), quantity: u64::MAX },
            Unquotable::UnknownProduct { product: product("hat"), quantity: 2 },
        ]
    );
    assert_eq!((found.total, found.is_complete()), (eur(2_500), false));
    let empty = quote(&Book::default(), &facts);
    assert_eq!(empty.total.to_string(), "0 XXX");
    assert!(empty.unquotable.contains(&Unquotable::NoPickUp));
}

#[test]
fn goods_beyond_the_largest_amount_are_set_aside_line_by_line() {
    let book = BookDraft::new(Currency::EUR, TaxView::Gross)
        .on_terms(delivered_for(AMOUNT_MAX))
        .price(product("island"), eur(AMOUNT_MAX - 1))
        .price(product("pebble"), eur(1))
        .price(product("rock"), eur(2))
        .build()
        .unwrap();
    let found = quote(&book, &wanting(0, &[("island", 1), ("pebble", 1), ("rock", 1)]));
    let rock = Unquotable::TooLarge { product: product("rock"), quantity: 1 };
    assert_eq!((found.total, found.unquotable.as_slice()), (eur(2 * AMOUNT_MAX), &[rock][..]));
    assert_adds_up(&found);
}

#[test]
fn a_book_lists_its_offers_by_name() {
    let book = shop().build().unwrap();
    let names: Vec<String> = book.offers().map(|offer| offer.id.to_string()).collect();
    assert_eq!(names, ["dress", "scarf", "members-10", "week-30", "from-100", "lune"]);
    assert!(book.offers().all(|offer| book.offer(&offer.id) == Some(offer)));
}
