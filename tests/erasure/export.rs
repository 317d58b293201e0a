//! A subject's export holds everything known of them and nothing of others.

use omnichannel::model::{Ruling, SubjectExport};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use serde_json::Value;

use crate::common::{crowd, tenant};
use crate::world::{at, eraser, feed, portraits, shop};

const BODY: &str = r#"{"id":"1","occurred_at":"2026-03-01T10:00:00Z","act":"asked",
"sender":{"namespace":"email","value":"zoé@b.fr","verified":true},
"identifiers":[{"namespace":"phone","value":"0612345678"}],
"objects":[{"kind":"wish_list","id":"W-1"}],
"attributes":{"name":"Zoé D'Arc","city":"Orléans"},
"message":{"direction":"inbound","author":"customer","text":"Où est-ce ?\n\nIdentifiers (0)"},
"details":{"note":"à rappeler"},
"consents":[{"endpoint":{"namespace":"email","value":"zoé@b.fr"},
"purpose":"marketing","state":"given","evidence":"formulaire de mai"}]}"#;

fn zoe() -> (SubjectExport, String) {
    let shop = shop(MemoryStore::new());
    let zoe = shop.tell(BODY).expect("new").expect("Zoé");
    let body = shop.visit("2", "noël-account", "noël@b.fr", "02T10");
    let noel = shop.tell(&body).expect("new").expect("Noël");
    let ruled = (zoe, noel);
    block_on(shop.hub.rule(tenant(), ruled, Ruling::Different, "Ana", "l'âge")).expect("ruled");
    block_on(shop.hub.decide(tenant(), &shop.intent("k", zoe, "marketing"))).expect("decided");
    block_on(shop.hub.dispatch_due(at("2026-03-14T10:00:00Z"))).expect("dispatched");
    let receipt = r#"{"id":"r","act":"delivered",
        "receipt":{"of":"OF","status":"read","and_earlier":true}}"#;
    let page = block_on(shop.hub.timeline(tenant(), zoe, None, 10)).expect("read").expect("known");
    let sent = page.touchpoints[1].external_id.clone().expect("the provider's id");
    shop.tell(&receipt.replace("OF", &sent)).expect("new");
    let export = block_on(shop.hub.subject_export(tenant(), zoe)).expect("read").expect("known");
    let text = export.to_string();
    (export, text)
}

#[test]
fn everything_known_of_a_person_is_in_it() {
    let (export, text) = zoe();
    let json = export.to_json();
    for known in [
        "zoé@b.fr",
        "0612345678",
        "W-1",
        "Zoé D'Arc",
        "Orléans",
        "Où est-ce ?",
        "à rappeler",
        "formulaire de mai",
        "Bonjour Zoé",
        "l'âge",
        "read",
    ] {
        assert!(json.contains(known), "{known} is not in the JSON:\n{json}");
        assert!(text.contains(known), "{known} is not in the text:\n{text}");
    }
    for others in ["noël@b.fr", "noël-account", "Ana"] {
        assert!(!json.contains(others) && !text.contains(others), "{others} is somebody else's");
    }
    assert_eq!((export.decisions.len(), export.receipts.len(), export.verdicts.len()), (1, 1, 1));
    assert_eq!(export.conversations[0].messages.len(), 1);
}

#[test]
fn machines_read_it_back() {
    let (export, _) = zoe();
    let value: Value = serde_json::from_str(&export.to_json()).expect("JSON");
    assert_eq!(value["schema"], 1);
    assert_eq!(value["exported_at"], "2026-03-14T10:00:00Z");
    let again: SubjectExport = serde_json::from_value(value).expect("the same type");
    assert_eq!(again, export);
}

#[test]
fn people_read_headings_that_no_value_can_fake() {
    let (_, text) = zoe();
    for heading in [
        "Identifiers (2)",
        "What happened (2)",
        "Conversations (2)",
        "What you chose about being written to (1)",
        "What was to be said to you, and why (1)",
    ] {
        let count = text.lines().filter(|line| *line == heading).count();
        assert_eq!(count, 1, "{heading}:\n{text}");
    }
    assert!(!text.lines().any(|line| line == "Identifiers (0)"), "{text}");
    assert!(text.contains("2026-03-01T10:00:00Z: asked on mail"), "{text}");
    assert!(text.contains("    messages read: all before it too\n"), "{text}");
}

#[test]
fn its_debug_shows_nobody() {
    let (export, _) = zoe();
    let debug = format!("{export:?}");
    assert!(!debug.contains("zo") && !debug.contains("Zo"), "{debug}");
}

#[test]
fn nobody_else_of_a_crowd_is_in_it_and_nothing_is_after_an_erasure() {
    let hub = eraser(MemoryStore::new());
    feed(&hub, &crowd(8, 15));
    // Read again each time: what only the erased shared with others links again.
    while let Some(portrait) = portraits(&hub).pop() {
        let id = portrait.customer.id;
        let export = block_on(hub.subject_export(tenant(), id)).expect("read").expect("known");
        assert_eq!(export.customer, portrait.customer);
        let ids = |id: &omnichannel::model::Touchpoint| id.id;
        let got: Vec<_> = export.touchpoints.iter().map(|t| ids(&t.taken.touchpoint)).collect();
        let all: Vec<_> = portrait.timeline.iter().map(|fact| ids(&fact.touchpoint)).collect();
        assert_eq!(got, all);
        block_on(hub.erase(tenant(), id, "r")).expect("erased");
        assert_eq!(block_on(hub.subject_export(tenant(), id)).expect("read"), None);
    }
}
