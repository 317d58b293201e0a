//! Shared identifiers: found, told, taken back.

use omnichannel::Hub;
use omnichannel::model::{Namespace, RecordId};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::{hub, request, tenant};
use crate::history::fresh;
use crate::told::erasure_key;

/// A visit with an account, where known, on a device.
fn visit(hub: &Hub, id: &str, sender: (&str, &str), others: &[(&str, &str)]) -> RecordId {
    let json = |(namespace, value): &(&str, &str)| {
        format!(r#"{{"namespace":"{namespace}","value":"{value}"}}"#)
    };
    let others: Vec<String> = others.iter().map(json).collect();
    let body = format!(
        r#"{{"id":"{id}","revision":{},"act":"visited",
            "occurred_at":"2026-03-01T10:00:00Z","sender":{},"identifiers":[{}]}}"#,
        if id.ends_with('!') { 2 } else { 1 },
        json(&sender),
        others.join(","),
    )
    .replace("!\"", "\"");
    let reception = block_on(hub.receive(request("store", &body))).expect("received");
    assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
    reception.taken[0].record.expect("a record")
}

fn same(hub: &Hub, a: RecordId, b: RecordId) -> bool {
    let customer = block_on(hub.customer(tenant(), a)).expect("read").expect("known");
    customer.holds(b)
}

#[test]
fn a_kiosk_melts_nobody_and_says_why() {
    let hub = hub(MemoryStore::new());
    let kiosk = ("device", "kiosk-1");
    let people: Vec<RecordId> = (0..300)
        .map(|n| visit(&hub, &format!("v{n}"), ("account", &format!("a{n}")), &[kiosk]))
        .collect();
    let customers = block_on(hub.portraits(tenant())).expect("views");
    assert_eq!(customers.len(), 300);
    let why = block_on(hub.why(tenant(), people[0], people[299])).expect("read").expect("known");
    assert!(why.to_string().contains("shared: seen with more accounts"), "{why}");
    let kiosk = &customers[7].customer.endpoints;
    assert!(kiosk.iter().any(|held| held.namespace == Namespace::Device && !held.linking));
}

#[test]
fn guests_at_a_kiosk_are_told_apart_by_their_mailboxes() {
    let hub = hub(MemoryStore::new());
    for n in 0..50 {
        visit(&hub, &format!("v{n}"), ("email", &format!("p{n}@example.org")), &[("device", "k")]);
    }
    assert_eq!(block_on(hub.portraits(tenant())).expect("views").len(), 50);
}

#[test]
fn a_phone_of_two_accounts_joins_neither_until_the_second_is_taken_back() {
    let hub = hub(MemoryStore::new());
    let phone = ("phone", "+33612345678");
    let one = visit(&hub, "1", ("account", "one"), &[phone]);
    let guest = visit(&hub, "2", ("email", "guest@example.org"), &[phone]);
    assert!(same(&hub, one, guest));
    let two = visit(&hub, "3", ("account", "two"), &[phone]);
    assert!(!same(&hub, one, guest) && !same(&hub, two, guest) && !same(&hub, one, two));
    // The source corrects itself: it was another number.
    visit(&hub, "3!", ("account", "two"), &[("phone", "+33698765432")]);
    assert!(same(&hub, one, guest) && !same(&hub, one, two));
}

#[test]
fn a_value_that_a_crowd_bears_joins_nobody_and_costs_no_more_for_it() {
    let hub = hub(MemoryStore::new());
    let shown: Vec<RecordId> = (0..1_200)
        .map(|n| visit(&hub, &format!("v{n}"), ("cookie", &format!("c{n}")), &[("device", "tv")]))
        .collect();
    assert_eq!(block_on(hub.portraits(tenant())).expect("views").len(), 1_200);
    assert!(!same(&hub, shown[0], shown[1_199]));
}

#[test]
fn an_address_that_stands_for_none_names_no_record() {
    let hub = hub(MemoryStore::new());
    let body = r#"{"id":"1","act":"visited","occurred_at":"2026-03-01T10:00:00Z",
        "sender":{"namespace":"postal_address","value":"n/a"}}"#;
    let reception = block_on(hub.receive(request("store", body))).expect("received");
    assert_eq!(reception.taken[0].record, None);
}

#[test]
fn a_household_that_shares_an_address_stays_several_customers() {
    let hub = hub(MemoryStore::new());
    let home = ("postal_address", "1 rue des Lilas 69001 Lyon");
    let one = visit(&hub, "1", ("email", "ana@example.org"), &[home]);
    let two = visit(&hub, "2", ("email", "zoe@example.org"), &[home]);
    assert!(!same(&hub, one, two));
    let why = block_on(hub.why(tenant(), one, two)).expect("read").expect("known");
    assert!(why.to_string().contains("names a household"), "{why}");
}

/// Found by the state machine: only the record by which the erasure was asked for was looked at.
#[test]
fn whoever_is_erased_by_any_record_takes_the_proof_of_sharing_along() {
    for by in 0..2 {
        let hub = hub(MemoryStore::new()).erasure_keys(erasure_key(), []);
        let card = ("loyalty_card", "L1");
        let one = visit(&hub, "1", ("account", "one"), &[card]);
        let guest = visit(&hub, "2", ("email", "guest@example.org"), &[card]);
        let browser = visit(&hub, "3", ("cookie", "c"), &[]);
        let two = visit(&hub, "4", ("account", "two"), &[card, ("cookie", "c")]);
        assert!(same(&hub, browser, two) && !same(&hub, one, guest), "two accounts share it");
        block_on(hub.erase(tenant(), [browser, two][by], "request 17")).expect("erased");
        assert!(same(&hub, one, guest), "one account has it");
    }
}

#[test]
fn what_was_seen_at_no_known_time_still_proves_sharing_once_it_is_seen_again() {
    let phone = r#"{"namespace":"phone","value":"+33612345672"}"#;
    let account = |n: u8| format!(r#"{{"namespace":"account","value":"a-{n}"}}"#);
    let cookie = r#"{"namespace":"cookie","value":"c-1"}"#;
    let told = [
        ("web", phone, account(0), r#""occurred_at":"2025-01-01T10:00:00Z","#),
        ("app", cookie, format!("{phone},{}", account(1)), ""),
        ("app", cookie, phone.to_owned(), r#""occurred_at":"2025-12-01T10:00:00Z","#),
    ];
    let digests = [[0, 1, 2], [2, 1, 0], [0, 2, 1]].map(|order| {
        let hub = fresh();
        for at in order {
            let (channel, sender, others, when) = &told[at];
            let body = format!(
                r#"{{"id":"{at}","act":"visited",{when}"sender":{sender},
                    "identifiers":[{others}]}}"#
            );
            block_on(hub.receive(request(channel, &body))).expect("received");
        }
        let portraits = block_on(hub.portraits(tenant())).expect("views");
        let endpoints = portraits.iter().flat_map(|portrait| &portrait.customer.endpoints);
        let phones: Vec<bool> = endpoints
            .filter(|held| held.namespace == Namespace::Phone)
            .map(|held| held.linking)
            .collect();
        assert_eq!(phones, [false, false], "two accounts may have had it on one day");
        block_on(hub.digest(tenant())).expect("views")
    });
    assert!(digests.iter().all(|digest| *digest == digests[0]));
}
