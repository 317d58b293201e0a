//! Scoped ids, announced changes of id, and numbers that pass to another.

use omnichannel::model::{IdentityRules, LinkRule, Namespace};
use serde_json::Value;

use crate::told::{Told, customer, customers, how, in_any_order, same, scoped, seen, visit, why};

const NOON: &str = "2026-03-01T12:00:00Z";

fn guest(name: &str, id: &Value) -> Told {
    visit(name, NOON, &[seen("cookie", name), id.clone()])
}

#[test]
fn one_id_under_two_scopes_is_two_ids() {
    for (namespace, value) in [
        ("whats_app", "FR.1403862934711"),
        ("whats_app", "33612345678901"),
        ("social_handle", "2894561237780"),
        ("messaging_id", "77120034"),
        ("push_token", "fcm:APA91bHun4"),
        ("crm_id", "C-9"),
        ("mine", "x-1"),
    ] {
        let told = [
            guest("a", &scoped(namespace, "page-lyon", value)),
            guest("b", &scoped(namespace, "page-paris", value)),
            guest("c", &seen(namespace, value)),
            guest("d", &scoped(namespace, "page-lyon", value)),
        ];
        let (hub, records) = in_any_order(&IdentityRules::default(), &told);
        assert_eq!(customers(&hub).len(), 3, "{namespace}");
        assert!(same(&hub, records[0], records[3]), "{namespace}: within its scope it is one");
        let why = why(&hub, records[0], records[1]);
        assert!(why.contains("no identifier that joins records was seen on both"), "{why}");
        // A sender names a record within its scope, too.
        let lyon = visit("e", NOON, &[scoped(namespace, "page-lyon", value)]);
        let paris = visit("f", NOON, &[scoped(namespace, "page-paris", value)]);
        let (hub, records) = in_any_order(&IdentityRules::default(), &[lyon, paris]);
        assert!(records[0] != records[1] && customers(&hub).len() == 2, "{namespace}");
    }
}

#[test]
fn an_announced_change_of_id_keeps_the_customer_in_any_order() {
    for namespace in ["whats_app", "push_token", "social_handle", "messaging_id"] {
        let id = |value: &str| scoped(namespace, "shop", value);
        let told = [
            visit("1", "2026-03-01T12:00:00Z", &[id("old-1"), seen("email", "ana@example.org")]),
            // The provider says: who was this is that from now on.
            visit("2", "2026-03-05T12:00:00Z", &[id("old-1"), id("new-1")]),
            visit("3", "2026-03-09T12:00:00Z", &[id("new-1")]),
            // The same words of another shop's provider are about somebody else.
            visit("4", "2026-03-09T13:00:00Z", &[scoped(namespace, "other", "new-1")]),
        ];
        let (hub, records) = in_any_order(&IdentityRules::default(), &told);
        let ana = customer(&hub, records[2]);
        assert_eq!(ana.id, records[0].into(), "{namespace}: she keeps her id");
        assert!(ana.holds(records[1]) && !ana.holds(records[3]), "{namespace}");
        assert!(ana.endpoints.iter().any(|held| held.namespace == Namespace::Email));
        let why = why(&hub, records[0], records[2]);
        assert!(
            why.contains("One customer") && why.contains(&namespace.replace('_', " ")),
            "{why}"
        );
        // Without the announcement nothing joins the new id to the old.
        let (hub, records) =
            in_any_order(&IdentityRules::default(), &[told[0].clone(), told[2].clone()]);
        assert!(!same(&hub, records[0], records[1]), "{namespace}");
    }
}

#[test]
fn a_number_that_is_given_to_another_after_a_silence_is_two_customers_in_any_order() {
    let phone = LinkRule { idle_days_max: Some(180), ..LinkRule::of(&Namespace::Phone) };
    let rules = IdentityRules::default().with(Namespace::Phone, phone);
    let number = || seen("phone", "+33612345678");
    let told = [
        visit("1", "2024-01-10T12:00:00Z", &[seen("account", "ana"), number()]),
        visit("2", "2024-03-01T12:00:00Z", &[seen("cookie", "ana's"), number()]),
        visit("3", "2025-06-01T12:00:00Z", &[seen("account", "bob"), number()]),
        visit("4", "2025-07-01T12:00:00Z", &[seen("cookie", "bob's"), number()]),
    ];
    let (hub, records) = in_any_order(&rules, &told);
    let [ana, ana_guest, bob, bob_guest] = records[..] else { panic!("four records") };
    assert_eq!(customers(&hub).len(), 2);
    assert!(same(&hub, ana, ana_guest) && same(&hub, bob, bob_guest) && !same(&hub, ana, bob));
    for said in [why(&hub, ana_guest, bob_guest), why(&hub, ana, bob)] {
        assert!(said.contains("both show the phone [phone], which lay idle"), "{said}");
    }
    assert!(!how(&hub, ana).contains("shared"), "each has it for a time");
    // Somebody who calls from it in between shows that it was never idle: two accounts share it.
    let between = [
        visit("5", "2024-08-01T12:00:00Z", &[seen("cookie", "x"), number()]),
        visit("6", "2025-01-10T12:00:00Z", &[seen("cookie", "y"), number()]),
    ];
    let (hub, records) = in_any_order(&rules, &[&told[..], &between[..]].concat());
    assert!(!same(&hub, records[0], records[1]) && !same(&hub, records[0], records[2]));
    assert!(why(&hub, records[0], records[2]).contains("shared"));
}

#[test]
fn a_number_seen_at_an_unknown_time_joins_neither_of_its_lives_and_says_so() {
    let phone = LinkRule { idle_days_max: Some(180), ..LinkRule::of(&Namespace::Phone) };
    let rules = IdentityRules::default().with(Namespace::Phone, phone);
    let number = || seen("phone", "+33612345678");
    let (channel, undated) = visit("3", NOON, &[seen("cookie", "x"), number()]);
    let undated = (channel, undated.replace(&format!("\"occurred_at\":\"{NOON}\","), ""));
    let told = [
        visit("1", "2024-01-10T12:00:00Z", &[seen("cookie", "ana"), number()]),
        visit("2", "2025-06-01T12:00:00Z", &[seen("cookie", "bob"), number()]),
        undated,
    ];
    let (hub, records) = in_any_order(&rules, &told);
    assert_eq!(customers(&hub).len(), 3);
    let why = why(&hub, records[0], records[2]);
    assert!(why.contains("both show the phone [phone], which was given to several"), "{why}");
}
