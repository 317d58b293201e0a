//! Exceptions that are refused, and exceptions applied by hand.

use std::collections::BTreeSet;

use omnichannel::model::*;
use omnichannel::offer::quote;

use crate::shop::*;

#[test]
fn every_fault_of_an_exception_names_its_path() {
    let fine = || exception("a", Subject::Basket, ExceptionChange::Amount(eur(1)));
    let points = |points| ExceptionChange::Percent(Percent::from_basis_points(points));
    let cases = [
        (Exception { owner: " ".into(), ..fine() }, "exceptions[0].owner: is empty"),
        (Exception { reason: String::new(), ..fine() }, "exceptions[0].reason: is empty"),
        (Exception { channels: BTreeSet::new(), ..fine() }, "exceptions[0].channels: is empty"),
        (
            Exception { window: Window::between(at(1), at(1)), ..fine() },
            "exceptions[0].window: ends before it starts",
        ),
        (Exception { change: points(0), ..fine() }, "exceptions[0].change: changes nothing"),
        (
            Exception { change: points(-10_001), ..fine() },
            "exceptions[0].change: -100.01% is not between -100% and 100%",
        ),
    ];
    for (bad, expected) in cases {
        let json = serde_json::to_string(&[&bad]).unwrap();
        assert_eq!(Exceptions::try_new(vec![bad]).unwrap_err().to_string(), expected);
        assert!(serde_json::from_str::<Exceptions>(&json).is_err());
    }
    let twice = Exceptions::try_new(vec![fine(), fine()]).unwrap_err();
    assert_eq!(twice.faults()[0].path, "exceptions[0].id and exceptions[1].id");
}

#[test]
fn exceptions_change_the_finished_quote_and_are_named() {
    let book = shop().build().unwrap();
    let found = quote(&book, &wanting(150, &[("dress", 1), ("scarf", 2)]));
    assert_eq!(found.total, eur(6_230 + 5_000 - 1_000 + 490));
    let airport = ChannelId::new("airport").unwrap();
    let exceptions = Exceptions::try_new(vec![
        exception("c-terms", on("dress"), ExceptionChange::Terms("no gift wrap".into())),
        exception("b-five", Subject::Basket, ExceptionChange::Percent("5%".parse().unwrap())),
        exception("a-scarf", on("scarf"), ExceptionChange::Amount(eur(-200))),
        exception("d-usd", Subject::Basket, ExceptionChange::Amount("1 USD".parse().unwrap())),
    ])
    .unwrap();
    let (there, used) = exceptions.apply(&found, &airport, at(150));
    let names: Vec<&str> = used.iter().map(ExceptionId::as_str).collect();
    assert_eq!(names, ["a-scarf", "b-five", "c-terms"]);
    // 102.30 - 2 x 2.00 = 98.30; 5 % more are 103.215, a half that goes up; delivery 4.90.
    assert_eq!(there.total, eur(10_322 + 490));
    assert_eq!(there.terms.notes, ["no gift wrap"]);
    assert_ne!(there.digest, found.digest);
    assert_adds_up(&there);
    assert_eq!(exceptions.apply(&found, &airport, at(200)), (found.clone(), vec![]));
    assert_eq!(exceptions.good_until(&found, &airport, at(99)), Some(at(100)));
}

#[test]
fn an_exception_that_would_pass_the_largest_amount_is_not_used() {
    let book = BookDraft::new(Currency::EUR, TaxView::Gross)
        .price(product("island"), eur(AMOUNT_MAX - 1))
        .build()
        .unwrap();
    let found = quote(&book, &wanting(150, &[("island", 1)]));
    let airport = ChannelId::new("airport").unwrap();
    let apply = |minor| {
        let change = ExceptionChange::Amount(eur(minor));
        let exceptions = Exceptions::try_new(vec![exception("more", on("island"), change)]);
        exceptions.unwrap().apply(&found, &airport, at(150))
    };
    assert_eq!(apply(1).0.total, eur(AMOUNT_MAX));
    assert_eq!(apply(2), (found.clone(), vec![]));
    assert_eq!(apply(-AMOUNT_MAX).0.total, eur(0));
}
