//! Nothing is sent to the erased any more, and a no is still obeyed.

use omnichannel::model::{Index, Kind, Outcome, Range};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::tenant;
use crate::world::{Shop, at, shop};

fn may(shop: &Shop, key: &str, subject: omnichannel::model::RecordId, purpose: &str) -> bool {
    let intent = shop.intent(key, subject, purpose);
    let decision = block_on(shop.hub.decide(tenant(), &intent)).expect("decided");
    matches!(decision.outcome, Outcome::Send { .. })
}

#[test]
fn an_opt_out_outlives_the_person_until_a_newer_consent() {
    let shop = shop(MemoryStore::new());
    let body = shop.choice("1", "zoe", "zoe@b.fr", "01T10", "withdrawn");
    let zoe = shop.tell(&body).expect("new").expect("Zoé");
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    assert_eq!(receipt.kept.get(&omnichannel::model::Keeping::OptOuts), Some(&1));
    let other = shop.tell(&shop.visit("2", "zo", "zoe@b.fr", "15T10")).expect("new").expect("new");
    assert!(!may(&shop, "k1", other, "marketing"), "nobody agreed since");
    let intent = shop.intent("k2", other, "marketing");
    let decision = block_on(shop.hub.decide(tenant(), &intent)).expect("decided");
    let why = decision.findings.iter().find(|finding| finding.rule == "consent").expect("judged");
    assert_eq!(why.why, "withdrawn");
    assert!(may(&shop, "k3", other, "service"), "the no was about marketing");
    shop.tell(&shop.choice("3", "zo", "zoe@b.fr", "16T10", "given")).expect("new");
    assert!(may(&shop, "k4", other, "marketing"), "a newer consent counts");
}

#[test]
fn who_agreed_last_leaves_no_opt_out_and_no_consent() {
    let shop = shop(MemoryStore::new());
    shop.tell(&shop.choice("1", "zoe", "zoe@b.fr", "01T10", "withdrawn")).expect("new");
    let body = shop.choice("2", "zoe", "zoe@b.fr", "02T10", "given");
    let zoe = shop.tell(&body).expect("new").expect("Zoé");
    assert!(may(&shop, "k0", zoe, "marketing"));
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    assert_eq!(receipt.kept.get(&omnichannel::model::Keeping::OptOuts), None);
    let other = shop.tell(&shop.visit("3", "zo", "zoe@b.fr", "15T10")).expect("new").expect("new");
    let intent = shop.intent("k1", other, "marketing");
    let decision = block_on(shop.hub.decide(tenant(), &intent)).expect("decided");
    let why = decision.findings.iter().find(|finding| finding.rule == "consent").expect("judged");
    assert_eq!(why.why, "missing");
}

#[test]
fn an_opt_out_stops_what_was_decided_before_it() {
    let shop = shop(MemoryStore::new());
    let body = shop.choice("1", "noel", "duo@b.fr", "10T10", "given");
    let noel = shop.tell(&body).expect("new").expect("Noël");
    assert!(may(&shop, "k1", noel, "marketing"));
    // Zoé says no for an address that she does not hold herself.
    let no = r#"{"id":"2","occurred_at":"2026-03-11T10:00:00Z","act":"opted_out",
        "sender":{"namespace":"account","value":"zoe"},"consents":[{"purpose":"marketing",
        "endpoint":{"namespace":"email","value":"duo@b.fr"},"state":"withdrawn"}]}"#;
    let zoe = shop.tell(no).expect("new").expect("Zoé");
    block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    let done = block_on(shop.hub.dispatch_due(at("2026-03-14T10:00:01Z"))).expect("dispatched");
    assert_eq!((done.sent.len(), done.refused.len()), (0, 1));
    shop.tell(&shop.choice("3", "noel", "duo@b.fr", "12T10", "given")).expect("new");
    assert!(may(&shop, "k2", noel, "marketing"), "he agreed again");
    let done = block_on(shop.hub.dispatch_due(at("2026-03-14T10:00:02Z"))).expect("dispatched");
    assert_eq!(done.sent.len(), 1, "a newer consent counts at dispatch too");
}

#[test]
fn what_waits_in_the_outbox_is_cancelled_and_decisions_go() {
    let shop = shop(MemoryStore::new());
    let body = shop.choice("1", "zoe", "zoe@b.fr", "01T10", "given");
    let zoe = shop.tell(&body).expect("new").expect("Zoé");
    assert!(may(&shop, "sent", zoe, "marketing"));
    block_on(shop.hub.dispatch_due(at("2026-03-14T10:00:01Z"))).expect("dispatched");
    assert!(may(&shop, "waiting", zoe, "service"));
    shop.clock.set(at("2026-03-14T12:00:00Z"));
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    for (kind, count) in [
        (Kind::Decision, 2),
        (Kind::Outbox, 2),
        (Kind::Ledger, 1),
        (Kind::Touchpoint, 2),
        (Kind::RecordAt, 1),
        (Kind::IdentifierAt, 2),
        (Kind::Component, 1),
        (Kind::Consent, 1),
    ] {
        assert_eq!(receipt.erased.get(&kind), Some(&count), "{}", kind.name());
    }
    let done = block_on(shop.hub.dispatch_due(at("2026-03-15T10:00:01Z"))).expect("dispatched");
    assert_eq!((done.sent.len(), done.next_due), (0, None));
    assert_eq!(shop.mail.sent().len(), 1, "only what was sent before");
    let all = Range::all(tenant(), Index::Decisions, zoe.as_uuid());
    let page = block_on(shop.hub.store().scan(&[all])).expect("read").remove(0);
    assert!(page.rows.is_empty());
    let shown = format!("{receipt} {receipt:?} {}", serde_json::to_string(&receipt).expect("JSON"));
    for personal in ["zoe", "Zoé", "b.fr"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

#[test]
fn a_no_that_nobody_signed_goes_with_the_person_it_names() {
    let shop = shop(MemoryStore::new());
    let zoe = shop.tell(&shop.visit("1", "zoe", "zoe@b.fr", "01T10")).expect("new").expect("Zoé");
    let no = r#"{"id":"2","occurred_at":"2026-03-02T10:00:00Z","act":"opted_out","consents":[
        {"endpoint":{"namespace":"email","value":"zoe@b.fr"},"state":"withdrawn"},
        {"endpoint":{"namespace":"email","value":"other@b.fr"},"state":"withdrawn"}]}"#;
    assert_eq!(shop.tell(no), Ok(None));
    let receipt = block_on(shop.hub.erase(tenant(), zoe, "r")).expect("erased");
    assert_eq!(receipt.kept.get(&omnichannel::model::Keeping::OptOuts), Some(&2));
    assert!(block_on(shop.hub.unattributed(tenant())).expect("read").is_empty());
    assert_eq!(shop.tell(no), Err("erased"));
    let other = shop.tell(&shop.visit("3", "o", "other@b.fr", "03T10")).expect("new").expect("new");
    assert!(!may(&shop, "k", other, "service"), "the objection at the other address still counts");
}
