//! Bad input costs little, melts nobody, and is explained.

use omnichannel::identity::{Note, normalise};
use omnichannel::model::{Identifier, IdentityRules, Limit, LinkRule, Namespace};
use omnichannel::testkit::block_on;

use crate::common::{request, tenant};
use crate::told::{
    Told, customer, customers, how, in_any_order, portraits, same, scoped, seen, tell, tell_all,
    under, visit, why,
};

const NOON: &str = "2026-03-01T12:00:00Z";
const NAMESPACES: [&str; 14] = [
    "account",
    "loyalty_card",
    "crm_id",
    "email",
    "phone",
    "whats_app",
    "social_handle",
    "messaging_id",
    "cookie",
    "device",
    "advertising_id",
    "push_token",
    "postal_address",
    "mine",
];

#[test]
fn an_identifier_of_ten_kilobytes_joins_nobody_and_says_so() {
    let long = "x".repeat(10 << 10);
    for namespace in NAMESPACES {
        let told =
            ["a", "b"].map(|who| visit(who, NOON, &[seen("account", who), seen(namespace, &long)]));
        let (hub, records) = in_any_order(&IdentityRules::default(), &told);
        assert!(!same(&hub, records[0], records[1]), "{namespace}");
        let why = why(&hub, records[0], records[1]);
        assert!(why.contains("longer than an identifier can be"), "{namespace}: {why}");
        assert!(how(&hub, records[0]).contains("longer than an identifier can be"));
        assert!(why.len() < 1_000 && !why.contains("xxx"), "{namespace}: {why}");
    }
}

#[test]
fn an_identifier_of_ten_kilobytes_names_no_record() {
    let hub = under(IdentityRules::default());
    let (channel, body) = visit("1", NOON, &[seen("account", &"x".repeat(10 << 10))]);
    let reception = block_on(hub.receive(request(channel, &body))).expect("received");
    assert_eq!(reception.taken[0].record, None);
    assert!(portraits(&hub).is_empty());
}

#[test]
fn scopes_and_kinds_of_ten_kilobytes_are_names_like_others() {
    let (long, other) = ("s".repeat(10 << 10), "s".repeat((10 << 10) - 1));
    for (one, two) in [
        (scoped("crm_id", &long, "C-9"), scoped("crm_id", &other, "C-9")),
        (seen(&long, "C-9"), seen(&other, "C-9")),
    ] {
        let told = [
            visit("1", NOON, &[seen("cookie", "1"), one.clone()]),
            visit("2", NOON, &[seen("cookie", "2"), one.clone()]),
            visit("3", NOON, &[seen("cookie", "3"), two]),
        ];
        let (hub, records) = in_any_order(&IdentityRules::default(), &told);
        assert!(same(&hub, records[0], records[1]) && !same(&hub, records[0], records[2]));
    }
}

#[test]
fn a_null_byte_or_a_mark_of_direction_around_or_within_a_value_changes_nothing() {
    // Override, embedding and isolates with what ends them, marks, a zero byte.
    let marks = [
        ("\u{202e}", "\u{202c}"),
        ("\u{202d}", ""),
        ("\u{202b}", "\u{202c}"),
        ("\u{2066}", "\u{2069}"),
        ("\u{2067}", "\u{2069}"),
        ("\u{2068}", "\u{2069}"),
        ("\u{200e}", "\u{200f}"),
        ("\u{61c}", "\u{feff}"),
        ("\0", "\0"),
    ];
    for (namespace, kind, value) in [
        ("email", Namespace::Email, "ana@example.org"),
        ("phone", Namespace::Phone, "+33612345678"),
        ("account", Namespace::Account, "ana"),
        ("cookie", Namespace::Cookie, "c-1"),
        ("mine", Namespace::Other("mine".to_owned()), "x-1"),
    ] {
        for (open, close) in marks {
            let (head, tail) = value.split_at(value.len() / 2);
            for dirty in [format!("{open}{value}{close}"), format!("{head}{open}{close}{tail}")] {
                let rules = IdentityRules::default();
                let told = [
                    visit("1", NOON, &[seen("device", "1"), seen(namespace, value)]),
                    visit("2", NOON, &[seen("device", "2"), seen(namespace, &dirty)]),
                ];
                let (hub, records) = in_any_order(&rules, &told);
                assert_eq!(customers(&hub).len(), 1, "{namespace} {dirty:?}");
                assert!(same(&hub, records[0], records[1]), "{namespace} {dirty:?}");
                let normal = normalise(&rules, &Identifier::asserted(kind.clone(), dirty));
                assert!(normal.notes.has(Note::InvisibleRemoved));
                assert_eq!(normal.value.expose(), value);
            }
        }
    }
}

#[test]
fn a_value_that_only_looks_like_another_is_another() {
    // Shown from right to left it reads as the first one's mailbox.
    let looks = "\u{202e}gro.elpmaxe@ana\u{202c}";
    let told = [
        visit("1", NOON, &[seen("cookie", "1"), seen("email", "ana@example.org")]),
        visit("2", NOON, &[seen("cookie", "2"), seen("email", looks)]),
    ];
    let (hub, records) = in_any_order(&IdentityRules::default(), &told);
    assert!(!same(&hub, records[0], records[1]));
    assert!(why(&hub, records[0], records[1]).contains("no identifier that joins records"));
}

#[test]
fn a_value_of_nothing_but_marks_names_nobody_and_joins_nobody() {
    for empty in ["\0", "\u{202e}\u{202c}", " \u{feff} "] {
        let told =
            ["a", "b"].map(|who| visit(who, NOON, &[seen("account", who), seen("email", empty)]));
        let (hub, records) = in_any_order(&IdentityRules::default(), &told);
        assert!(!same(&hub, records[0], records[1]), "{empty:?}");
        let (channel, body) = visit("0", NOON, &[seen("email", empty)]);
        let reception = block_on(hub.receive(request(channel, &body))).expect("received");
        assert!(reception.taken.iter().all(|taken| taken.record.is_none()), "{empty:?}");
    }
}

/// So many single visitors, and an event that names them all.
fn listed(count: usize) -> Vec<Told> {
    let mail = |n: usize| seen("email", &format!("p{n}@example.org"));
    let mut told: Vec<Told> =
        (0..count).map(|n| visit(&format!("v{n}"), NOON, &[mail(n)])).collect();
    let all = std::iter::once(seen("account", "list")).chain((0..count).map(mail));
    told.push(visit("all", NOON, &all.collect::<Vec<_>>()));
    told
}

#[test]
fn a_thousand_mailboxes_in_one_event_join_nobody() {
    let told = listed(1_000);
    let hub = under(IdentityRules::default());
    let records = tell_all(&hub, &told);
    assert_eq!(customers(&hub).len(), 1_001);
    let why = why(&hub, records[0], records[1_000]);
    assert!(why.contains("more than 5 different email"), "{why}");
    assert!(why.len() < 10_000, "an answer that somebody can read: {} bytes", why.len());
    let (few, records) = in_any_order(&IdentityRules::default(), &listed(40));
    assert!(!same(&few, records[0], records[40]));
}

#[test]
fn a_thousand_cookies_in_one_event_join_no_more_than_one_customer_may_have() {
    let cookie = |n: usize| seen("cookie", &format!("c{n}"));
    let rules = IdentityRules { records_max: 200, ..IdentityRules::default() };
    let hub = under(rules);
    for n in 0..1_000 {
        tell(&hub, &visit(&format!("v{n}"), NOON, &[cookie(n)]));
    }
    let all: Vec<_> = (0..1_000).map(cookie).collect();
    let melted = tell(&hub, &visit("all", NOON, &[vec![seen("account", "list")], all].concat()));
    let held = customer(&hub, melted);
    assert_eq!(held.records.len(), 200);
    assert_eq!(customers(&hub).len(), 1_002 - 200);
    assert!(how(&hub, melted).contains("more than 200 records"));
}

#[test]
fn an_identifier_that_one_event_names_twice_counts_once_at_its_best() {
    let rules = IdentityRules::default().with(
        Namespace::Email,
        LinkRule { limit: Some(Limit::ever(1)), ..LinkRule::of(&Namespace::Email) },
    );
    let mut proven = seen("email", "ANA@example.org");
    proven["verified"] = true.into();
    let once = seen("email", "ana@example.org");
    let told = [
        visit("1", NOON, &[seen("account", "ana"), once.clone(), proven.clone(), once.clone()]),
        visit("2", NOON, &[seen("cookie", "c"), proven, once]),
    ];
    let (hub, records) = in_any_order(&rules, &told);
    assert!(same(&hub, records[0], records[1]), "it is one value: the limit is kept");
    let held = customer(&hub, records[0]);
    let mails: Vec<_> = held.endpoints.iter().filter(|e| e.namespace == Namespace::Email).collect();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].assurance, omnichannel::model::Assurance::Verified);
    let health = block_on(hub.health(tenant(), records[0])).expect("read").expect("known");
    assert_eq!((health.joins, health.asserted_bridges), (2, 0), "{health:?}");
}

#[test]
fn a_kind_is_one_kind_however_it_is_written() {
    let told = [
        visit("1", NOON, &[seen("cookie", "1"), seen("email", "Ana@Example.org")]),
        visit("2", NOON, &[seen("cookie", "2"), seen("Email ", "ana@example.org")]),
        visit("3", NOON, &[seen("cookie", "3"), seen("EMAIL", "ana@example.org")]),
    ];
    let (hub, records) = in_any_order(&IdentityRules::default(), &told);
    assert!(same(&hub, records[0], records[1]) && same(&hub, records[1], records[2]));
}

#[test]
fn an_empty_scope_is_none() {
    let told = [
        visit("1", NOON, &[seen("cookie", "1"), seen("crm_id", "C-9")]),
        visit("2", NOON, &[seen("cookie", "2"), scoped("crm_id", "", "C-9")]),
        visit("3", NOON, &[seen("cookie", "3"), scoped("crm_id", " ", "C-9")]),
    ];
    let (hub, records) = in_any_order(&IdentityRules::default(), &told);
    assert!(same(&hub, records[0], records[1]) && same(&hub, records[0], records[2]));
}
