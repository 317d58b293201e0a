//! Records dated centuries apart: windows, idle lives and ids at the ends of time.

use omnichannel::model::{IdentityRules, Limit, LinkRule, Namespace};
use omnichannel::testkit::block_on;

use crate::common::request;
use crate::told::{Told, customer, customers, how, in_any_order, same, seen, under, visit, why};

const DATES: [&str; 7] = [
    "0001-01-01T00:00:00Z",
    "1582-10-10T00:00:00Z",
    "1900-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "2026-03-01T12:00:00Z",
    "2200-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999Z",
];

/// At each date a visitor of a cookie of its own, who shows a value.
fn visits(value: impl Fn(usize) -> serde_json::Value) -> Vec<Told> {
    let visit = |(n, at): (usize, &&str)| {
        visit(&format!("v{n}"), at, &[seen("cookie", &format!("c{n}")), value(n)])
    };
    DATES.iter().enumerate().map(visit).collect()
}

#[test]
fn the_same_mailbox_in_1900_and_in_2200_is_one_customer_of_the_earliest_record() {
    let told = visits(|_| seen("email", "ana@example.org"));
    let (hub, records) = in_any_order(&IdentityRules::default(), &told);
    let held = customer(&hub, records[6]);
    assert_eq!(held.records.len(), DATES.len());
    assert_eq!(held.id, records[0].into(), "the earliest record names the customer");
    assert!(why(&hub, records[0], records[6]).contains("email"));
}

#[test]
fn a_number_that_lay_idle_for_centuries_begins_a_life_each_time() {
    for idle in [0, 1, 365, 25_600, u32::MAX] {
        let phone = LinkRule { idle_days_max: Some(idle), ..LinkRule::of(&Namespace::Phone) };
        let rules = IdentityRules::default().with(Namespace::Phone, phone);
        let (hub, records) = in_any_order(&rules, &visits(|_| seen("phone", "+33612345678")));
        let lives = customers(&hub).len();
        match idle {
            u32::MAX => assert_eq!(lives, 1),
            // From 1900 to 1970 and from there to 2026 it was silent for fewer days than that.
            25_600 => assert_eq!(lives, DATES.len() - 2, "{idle}"),
            _ => assert_eq!(lives, DATES.len(), "{idle}"),
        }
        assert_eq!(same(&hub, records[2], records[5]), idle == u32::MAX);
        if idle < u32::MAX {
            let why = why(&hub, records[2], records[5]);
            assert!(why.contains("both show the phone [phone], which lay idle"), "{why}");
            assert!(!why.contains("no identifier"), "{why}");
        }
    }
}

#[test]
fn a_window_of_any_length_counts_what_lies_within_it() {
    let all = DATES.len();
    for (limit, expected) in [
        (Limit::ever(2), all - 1),
        (Limit::ever(0), all),
        (Limit::within(1, 0), 1),
        (Limit::within(1, 1), 1),
        (Limit::within(1, u32::MAX), all),
        (Limit::within(2, u32::MAX), all - 1),
        (Limit::within(u32::MAX, u32::MAX), 1),
        // 1900, 1970 and 2026 lie within 150 years: one of them is with the others.
        (Limit::within(1, 54_787), 3),
        // Two of them may be together within 200 years: the third is alone.
        (Limit::within(2, 200 * 366), 2),
    ] {
        let mail = LinkRule { limit: Some(limit), ..LinkRule::of(&Namespace::Email) };
        let mail = LinkRule { sharing_over: None, ..mail };
        let rules = IdentityRules::default().with(Namespace::Email, mail);
        // One tablet shows a different mailbox at each date.
        let visit = |(n, at): (usize, &&str)| {
            let mail = seen("email", &format!("p{n}@example.org"));
            visit(&format!("v{n}"), at, &[mail, seen("device", "tablet")])
        };
        let told: Vec<Told> = DATES.iter().enumerate().map(visit).collect();
        let (hub, records) = in_any_order(&rules, &told);
        assert_eq!(customers(&hub).len(), expected, "{limit:?}");
        if expected > 1 {
            let how = records.iter().map(|record| how(&hub, *record)).collect::<String>();
            let max = limit.max;
            assert!(how.contains(&format!("more than {max} different email")), "{limit:?}: {how}");
        }
    }
}

#[test]
fn a_date_that_does_not_exist_is_refused() {
    for at in ["0000-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "1900-02-29T00:00:00Z", "soon"] {
        let hub = under(IdentityRules::default());
        let (channel, body) = visit("1", at, &[seen("email", "ana@example.org")]);
        let reception = block_on(hub.receive(request(channel, &body))).expect("received");
        assert!(reception.taken.is_empty(), "{at}");
        assert_eq!(reception.rejected[0].code.name(), "bad_time", "{at}");
        assert!(customers(&hub).is_empty());
    }
}
