//! The laws of the room, as properties of generated books, facts and exceptions.

use omnichannel::model::*;
use omnichannel::offer::{explain, quote};
use proptest::prelude::*;

use crate::generated::*;
use crate::shop::*;

proptest! {
    #[test]
    fn a_quote_adds_up(draft in any_draft(20_000), facts in any_facts(9)) {
        assert_adds_up(&quote(&draft.build().unwrap(), &facts));
    }

    #[test]
    fn a_quote_never_panics_and_always_adds_up_at_the_limits(
        draft in any_draft(AMOUNT_MAX),
        facts in any_facts(u64::MAX),
        small in any_facts(3),
        exceptions in any_exceptions(),
    ) {
        let book = draft.build().unwrap();
        let airport = ChannelId::new("airport").unwrap();
        for facts in [facts, small] {
            let found = quote(&book, &facts);
            assert_adds_up(&found);
            let (there, used) = exceptions.apply(&found, &airport, facts.at);
            assert_adds_up(&there);
            prop_assert_eq!(used.is_empty(), there == found);
            prop_assert!(!explain(&there).text(Disclosure::Full).is_empty());
        }
    }

    #[test]
    fn the_order_of_a_draft_changes_no_version_and_no_quote(
        (draft, shuffled) in any_draft(20_000).prop_flat_map(|draft| {
            let prices = Just(draft.prices.clone()).prop_shuffle();
            let promotions = Just(draft.promotions.clone()).prop_shuffle();
            (Just(draft), (prices, promotions))
        }),
        facts in any_facts(9),
    ) {
        let book = draft.clone().build().unwrap();
        let mut other = BookDraft { prices: shuffled.0, promotions: shuffled.1, ..draft };
        other.promotions.iter_mut().for_each(|promotion| promotion.conditions.reverse());
        let other = other.build().unwrap();
        prop_assert_eq!(book.version(), other.version());
        prop_assert_eq!(quote(&book, &facts), quote(&other, &facts));
    }

    #[test]
    fn the_order_of_facts_changes_nothing(
        draft in any_draft(20_000),
        (lines, shuffled) in prop::collection::vec((0..7_u8, 0..9_u64), 0..10)
            .prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
    ) {
        let book = draft.build().unwrap();
        let asked = |lines: Vec<(u8, u64)>| {
            let line = |(p, quantity)| BasketLine { product: product(&format!("p{p}")), quantity };
            quote(&book, &QuoteFacts::new(at(10), lines.into_iter().map(line).collect()))
        };
        prop_assert_eq!(asked(lines).digest, asked(shuffled).digest);
    }

    #[test]
    fn a_quote_is_constant_until_good_until(
        draft in any_draft(20_000),
        facts in any_facts(9),
        share in 0..1_000_i64,
    ) {
        let book = draft.build().unwrap();
        let found = quote(&book, &facts);
        let until = found.good_until.unwrap_or(at(1_000_000));
        prop_assert!(facts.at < until);
        let span = until.micros() - facts.at.micros();
        for later in [facts.at.shifted_micros(span / 1_000 * share), until.shifted_micros(-1)] {
            let again = quote(&book, &QuoteFacts { at: later, ..facts.clone() });
            prop_assert_eq!(&again, &found);
        }
        if found.good_until.is_some() {
            let changed = quote(&book, &QuoteFacts { at: until, ..facts });
            prop_assert_ne!(&changed, &found);
        }
    }

    #[test]
    fn without_an_exception_that_holds_nothing_changes(
        draft in any_draft(20_000),
        facts in any_facts(9),
        exceptions in any_exceptions(),
    ) {
        let found = quote(&draft.build().unwrap(), &facts);
        let web = ChannelId::new("web").unwrap();
        prop_assert_eq!(exceptions.apply(&found, &web, facts.at), (found.clone(), vec![]));
        let none = Exceptions::default();
        prop_assert_eq!(none.apply(&found, &web, facts.at), (found, vec![]));
    }

    #[test]
    fn another_fact_is_another_digest(draft in any_draft(20_000), facts in any_facts(9)) {
        let book = draft.build().unwrap();
        let digest = |facts: &QuoteFacts| quote(&book, facts).digest;
        let mut other = facts.clone();
        other.person.member = !other.person.member;
        prop_assert_ne!(digest(&facts), digest(&other));
        let mut other = facts.clone();
        other.codes.insert(PromotionCode::new("unknown").unwrap());
        prop_assert_ne!(digest(&facts), digest(&other));
    }

    #[test]
    fn books_quotes_and_facts_survive_json(draft in any_draft(20_000), facts in any_facts(9)) {
        let book = draft.build().unwrap();
        let found = quote(&book, &facts);
        let again: Book = serde_json::from_str(&serde_json::to_string(&book).unwrap()).unwrap();
        prop_assert_eq!(&again, &book);
        let again: Quote = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
        prop_assert_eq!(&again, &found);
        let json = serde_json::to_string(&facts).unwrap();
        prop_assert!(!json.contains("channel"));
        prop_assert_eq!(serde_json::from_str::<QuoteFacts>(&json).unwrap(), facts);
    }

    #[test]
    fn money_arithmetic_never_wraps_and_never_mixes_currencies(
        a in any::<i64>(), b in any::<i64>(), times in any::<u64>(),
        codes in (0..4_usize, 0..4_usize),
    ) {
        let currency = |at: usize| ["EUR", "USD", "JPY", "KWD"][at].parse::<Currency>().unwrap();
        let (left, right) = (Money::new(a, currency(codes.0)), Money::new(b, currency(codes.1)));
        let wide = |sum: i128| i64::try_from(sum).ok();
        let fits = |sum: i128| if codes.0 == codes.1 { wide(sum) } else { None };
        let (x, y) = (i128::from(a), i128::from(b));
        prop_assert_eq!(left.checked_add(right).ok().map(Money::minor), fits(x + y));
        prop_assert_eq!(left.checked_sub(right).ok().map(Money::minor), fits(x - y));
        let product = x.checked_mul(i128::from(times)).and_then(wide);
        prop_assert_eq!(left.checked_mul(times).ok().map(Money::minor), product);
        prop_assert_eq!(left.to_string().parse(), Ok(left));
        prop_assert_eq!(left.partial_cmp(&right).is_some(), codes.0 == codes.1);
    }
}
