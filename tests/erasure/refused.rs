//! What is refused after an erasure, and what begins a new person.

use omnichannel::ErrorKind;
use omnichannel::model::Ruling;
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use std::sync::Arc;

use crate::common::tenant;
use crate::world::{at, digest, eraser, erasure_key, portraits, shop};

#[test]
fn a_personal_identifier_refuses_up_to_the_erasure_and_of_unknown_time() {
    let shop = shop(MemoryStore::new());
    let zoe = shop.tell(&shop.visit("1", "zoe", "zoe@b.fr", "01T10")).expect("new").expect("Zoé");
    block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    assert!(portraits(&shop.hub).is_empty());
    // Other facts, on other records, with her address: before, at and after.
    assert_eq!(shop.tell(&shop.visit("2", "z2", "zoe@b.fr", "02T10")), Err("erased"));
    assert_eq!(shop.tell(&shop.visit("3", "z3", "zoe@b.fr", "14T10")), Err("erased"));
    assert_eq!(shop.tell(&shop.visit("4", "z4", "zoe@b.fr", "")), Err("erased"));
    assert_eq!(shop.tell(&shop.visit("5", "zoe", "", "13T10")), Err("erased"));
    assert_eq!(digest(&shop.hub), digest(&eraser(MemoryStore::new())), "nothing was stored");
    let reborn = shop.tell(&shop.visit("6", "zoe", "zoe@b.fr", "14T11")).expect("later");
    assert_eq!(reborn, Some(zoe), "the same record");
    let page = block_on(shop.hub.timeline(tenant(), zoe, None, 10)).expect("read").expect("new");
    assert_eq!(page.touchpoints.len(), 1, "a new person without a past");
    // An erased fact is refused at any time.
    assert_eq!(shop.tell(&shop.visit("1", "zoe", "zoe@b.fr", "20T10")), Err("erased"));
}

#[test]
fn a_shared_identifier_refuses_nobody() {
    let shop = shop(MemoryStore::new());
    let zoe = shop.tell(&shop.visit("1", "zoe", "duo@b.fr", "01T10")).expect("new").expect("Zoé");
    let noel =
        shop.tell(&shop.visit("2", "noel", "duo@b.fr", "02T10")).expect("new").expect("Noël");
    block_on(shop.hub.rule(tenant(), (zoe, noel), Ruling::Different, "Ana", "two people"))
        .expect("ruled");
    assert_eq!(portraits(&shop.hub).len(), 2);
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    let shared = omnichannel::model::Keeping::SharedIdentifiers;
    assert_eq!(receipt.kept.get(&shared), Some(&1));
    let left = portraits(&shop.hub);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].customer.records[0].id, noel);
    assert!(shop.tell(&shop.visit("3", "third", "duo@b.fr", "03T10")).is_ok());
    let junk = shop.tell(&shop.visit("4", "fourth", "info@b.fr", "03T10"));
    let fourth = junk.expect("new").expect("somebody");
    block_on(shop.hub.erase(tenant(), fourth, "r")).expect("erased");
    assert!(shop.tell(&shop.visit("5", "fifth", "info@b.fr", "04T10")).is_ok(), "a role mailbox");
}

#[test]
fn an_erased_record_refuses_what_would_have_been_erased_had_it_come_before() {
    let shop = shop(MemoryStore::new());
    let told = |id: &str, time: &str| {
        format!(
            r#"{{"id":"{id}","occurred_at":"2026-03-{time}:00:00Z","act":"visited",
            "sender":{{"namespace":"email","value":"info@b.fr"}}}}"#
        )
    };
    let record = shop.tell(&told("1", "01T10")).expect("new").expect("somebody");
    block_on(shop.hub.erase(tenant(), record, "r")).expect("erased");
    assert_eq!(shop.tell(&told("2", "02T10")), Err("erased"), "told late, of the same record");
    assert_eq!(shop.tell(&told("3", "15T10")), Ok(Some(record)));
}

#[test]
fn whoever_came_back_can_be_erased_again() {
    let shop = shop(MemoryStore::new());
    let zoe = shop.tell(&shop.visit("1", "zoe", "zoe@b.fr", "01T10")).expect("new").expect("Zoé");
    let first = block_on(shop.hub.erase(tenant(), zoe, "first")).expect("erased");
    shop.tell(&shop.visit("2", "zoe", "zoe@b.fr", "15T10")).expect("later");
    shop.clock.set(at("2026-03-16T10:00:00Z"));
    let second = block_on(shop.hub.erase(tenant(), zoe, "second")).expect("erased");
    assert!(first.id != second.id && second.erased_at > first.erased_at);
    assert!(portraits(&shop.hub).is_empty());
    assert_eq!(shop.tell(&shop.visit("3", "zoe", "zoe@b.fr", "15T11")), Err("erased"));
    assert_eq!(shop.tell(&shop.visit("1", "zoe", "zoe@b.fr", "01T10")), Err("erased"));
    assert_eq!(block_on(shop.hub.erase(tenant(), zoe, "third")).expect("known"), second);
}

#[test]
fn facts_dated_after_the_erasure_stay() {
    let shop = shop(MemoryStore::new());
    let zoe = shop.tell(&shop.visit("1", "zoe", "zoe@b.fr", "01T10")).expect("new").expect("Zoé");
    // A clock that runs ahead: told before the erasure, dated after it.
    shop.tell(&shop.visit("2", "zoe", "later@b.fr", "20T10")).expect("new");
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    assert_eq!(receipt.kept.get(&omnichannel::model::Keeping::LaterFacts), Some(&1));
    let left = portraits(&shop.hub);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].timeline.len(), 1);
    let mails: Vec<&str> =
        left[0].customer.endpoints.iter().map(|e| e.value.expose().as_str()).collect();
    assert!(mails.contains(&"later@b.fr") && !mails.contains(&"zoe@b.fr"), "{}", mails.len());
}

#[test]
fn a_receipt_of_an_erased_message_goes_with_it() {
    let shop = shop(MemoryStore::new());
    let said = r#"{"id":"m","occurred_at":"2026-03-01T10:00:00Z","act":"said",
        "sender":{"namespace":"account","value":"zoe"},
        "message":{"direction":"outbound","author":"agent","text":"Bonjour"}}"#;
    let zoe = shop.tell(said).expect("new").expect("Zoé");
    let receipt = |id: &str, time: &str| {
        format!(
            r#"{{"id":"{id}","occurred_at":"2026-03-{time}:00:00Z",
            "receipt":{{"of":"m","status":"read"}}}}"#
        )
    };
    assert_eq!(shop.tell(&receipt("r1", "02T10")), Ok(None));
    block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    assert!(block_on(shop.hub.unattributed(tenant())).expect("read").is_empty());
    assert_eq!(shop.tell(&receipt("r1", "02T10")), Err("erased"));
    assert_eq!(shop.tell(&receipt("r2", "20T10")), Err("erased"), "it tells of an erased message");
}

#[test]
fn erasing_without_a_key_or_a_person_says_what_to_do() {
    let hub = crate::common::hub(MemoryStore::new());
    let nobody: omnichannel::model::RecordId =
        "8f14e45f-ceea-867a-9a36-dedd4bea2543".parse().expect("an id");
    let error = block_on(hub.erase(tenant(), nobody, "r")).expect_err("no key");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("Hub::erasure_keys"), "{error}");
    let error = block_on(eraser(MemoryStore::new()).erase(tenant(), nobody, "r")).expect_err("who");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn keys_rotate_and_a_missing_one_is_asked_for() {
    let store = Arc::new(MemoryStore::new());
    let first = shop(Arc::clone(&store));
    let zoe = first.tell(&first.visit("1", "zoe", "z@b.fr", "01T10")).expect("new").expect("Zoé");
    block_on(first.hub.erase(tenant(), zoe, "r")).expect("erased");

    let mut second = shop(Arc::clone(&store));
    second.hub = second.hub.erasure_keys(erasure_key(2), [erasure_key(1)]);
    let ana = second.tell(&second.visit("2", "ana", "a@b.fr", "01T10")).expect("new").expect("Ana");
    assert_eq!(second.tell(&second.visit("3", "x", "z@b.fr", "02T10")), Err("erased"));
    let receipt = block_on(second.hub.erase(tenant(), ana, "r")).expect("erased");
    assert_eq!(receipt.key, erasure_key(2).check_value());
    for (account, mail) in [("x", "z@b.fr"), ("y", "a@b.fr")] {
        assert_eq!(second.tell(&second.visit(mail, account, mail, "02T10")), Err("erased"));
    }
    let request = || crate::common::request("mail", &first.visit("9", "n", "n@b.fr", "02T10"));
    let error = block_on(first.hub.receive(request())).expect_err("the second key is missing");
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("give the hub that erasure key"), "{error}");
    assert!(error.to_string().contains(&erasure_key(2).check_value().to_string()), "{error}");
    assert_eq!(at("2026-03-14T10:00:00Z"), receipt.erased_at);
}

#[test]
fn an_older_export_brings_nobody_back() {
    let shop = shop(MemoryStore::new());
    let body = shop.choice("1", "zoe", "zoe@b.fr", "01T10", "given");
    let zoe = shop.tell(&body).expect("new").expect("Zoé");
    let intent = shop.intent("k", zoe, "marketing");
    let decision = block_on(shop.hub.decide(tenant(), &intent)).expect("decided").id;
    let mut export = shop.hub.export(tenant());
    let mut lines = Vec::new();
    while let Some(page) = block_on(export.next()).expect("read") {
        lines.extend(page);
    }
    block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    let before = digest(&shop.hub);
    let mut import = shop.hub.import(tenant());
    block_on(import.take(&lines)).expect("taken");
    assert_eq!((import.progress().erased, import.progress().accepted), (2, 0));
    assert_eq!(digest(&shop.hub), before);
    assert_eq!(block_on(shop.hub.decision(tenant(), decision)).expect("read"), None);
    assert_eq!(block_on(shop.hub.outbox(tenant(), decision)).expect("read"), None);
}
