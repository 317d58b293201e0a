//! Books that are refused, with the path of each fault.

use omnichannel::model::*;

use crate::shop::*;

#[test]
fn every_fault_of_a_book_names_its_path() {
    let usd = Money::new(1, "USD".parse().unwrap());
    let code = || Condition::Code(PromotionCode::new("once").unwrap());
    let basket = |name: &str, effect| promotion(name, Subject::Basket, effect);
    let cases = [
        (shop().price(product("dress"), eur(1)), "prices[0] and prices[2]: both price dress"),
        (shop().price(product("hat"), eur(-1)), "prices[2].amount: is negative"),
        (shop().price(product("hat"), usd), "prices[2].amount: is in USD, the book in EUR"),
        (
            shop().price(product("hat"), eur(AMOUNT_MAX + 1)),
            "prices[2].amount: is larger than 1000000000000000 minor units",
        ),
        (shop().on_terms(delivered_for(-1)), "terms.delivery.cost: is negative"),
        (
            shop().promotion(basket("x", percent_off(1)).within(Window::between(at(2), at(1)))),
            "promotions[4].window: ends before it starts",
        ),
        (
            shop().promotion(basket("lune", percent_off(1))),
            "promotions[3].id and promotions[4].id: both are named lune",
        ),
        (
            shop().promotion(basket("x", percent_off(30_000))),
            "promotions[4].effect: 300% is not between 0% and 100%",
        ),
        (
            shop().promotion(basket("x", percent_off(-1))),
            "promotions[4].effect: -0.01% is not between 0% and 100%",
        ),
        (shop().promotion(basket("x", percent_off(0))), "promotions[4].effect: changes nothing"),
        (
            shop().promotion(basket("x", Effect::AmountOff(usd))),
            "promotions[4].effect: is in USD, the book in EUR",
        ),
        (
            shop().promotion(promotion("x", on("hat"), percent_off(1))),
            "promotions[4].subject: the book has no price of hat",
        ),
        (
            shop()
                .promotion(basket("x", percent_off(1)).only_if(Condition::BasketAtLeast(eur(-5)))),
            "promotions[4].conditions[0]: is negative",
        ),
        (
            shop()
                .promotion(basket("x", percent_off(1)).only_if(code()))
                .promotion(basket("y", percent_off(1)).only_if(code())),
            "promotions[4].conditions and promotions[5].conditions: both ask for the code ONCE",
        ),
        (
            shop()
                .promotion(promotion("x", on("dress"), Effect::FixedPrice(eur(1))))
                .promotion(promotion("y", on("dress"), Effect::FixedPrice(eur(2)))),
            "promotions[4] and promotions[5]: both fix the price of dress at the same time",
        ),
        (
            BookDraft::new(Currency::NONE, TaxView::Net)
                .price(product("x"), Money::zero(Currency::NONE)),
            "currency: XXX is no currency that a price can have",
        ),
    ];
    for (draft, expected) in cases {
        let json = serde_json::to_string(&draft).unwrap();
        assert_eq!(draft.build().unwrap_err().to_string(), expected);
        let error = serde_json::from_str::<Book>(&json).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn fixed_prices_that_cannot_meet_are_fine_and_misspelt_fields_are_not() {
    let fixed = |name: &str, minor| promotion(name, on("dress"), Effect::FixedPrice(eur(minor)));
    let apart = shop()
        .promotion(fixed("x", 1).within(Window::ending(at(50))))
        .promotion(fixed("y", 2).within(Window::starting(at(50))))
        .promotion(fixed("z", 3).only_if(Condition::Member));
    assert!(apart.clone().build().is_ok());
    let json = serde_json::to_string(&apart).unwrap().replace("\"window\"", "\"widow\"");
    assert!(serde_json::from_str::<Book>(&json).is_err());
}

#[test]
fn a_configuration_without_a_book_and_one_with_a_book_survive_json() {
    let mut configuration = Configuration::default();
    for book in [Book::default(), shop().build().unwrap()] {
        configuration.book = book;
        let json = serde_json::to_string(&configuration).unwrap();
        let again: Configuration = serde_json::from_str(&json).unwrap();
        assert_eq!(again, configuration);
        assert_eq!(again.book.version(), configuration.book.version());
    }
    assert_eq!(serde_json::from_str::<Configuration>("{}").unwrap(), Configuration::default());
}
