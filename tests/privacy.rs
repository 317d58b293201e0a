//! Personal data shows in no error, no `Debug`, no reason and no redacted explanation.
//!
//! Method: a customer whose every personal value is a planted word goes through every call; all
//! that a log could hold is searched for the words.
#![cfg(feature = "testkit")]

mod common;

use common::{hub, request, tenant};
use omnichannel::model::{
    ChannelId, Configuration, DeliveryClass, Disclosure, Intent, LawfulBasis, Policy, Purpose,
    PurposeRules, Ruling,
};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

const PLANTED: [&str; 7] =
    ["zoeplanted", "0612345678", "Zoëname", "secret text", "rueplanted", "Anaruler", "sheSaidSo"];

const BODY: &str = r#"[{"id":"1","occurred_at":"2026-03-01T10:00:00Z","act":"asked",
"sender":{"namespace":"email","value":"zoeplanted@example.org"},
"identifiers":[{"namespace":"phone","value":"0612345678"}],
"attributes":{"name":"Zoëname","address.street":"rueplanted"},
"message":{"direction":"inbound","author":"customer","text":"secret text"},
"consents":[{"endpoint":{"namespace":"email","value":"zoeplanted@example.org"},
"purpose":"marketing","state":"given"}]},
{"id":"2","act":"visited","occurred_at":"zoeplanted@example.org","sender":7}]"#;

const OTHER: &str = r#"{"id":"3","act":"visited",
"sender":{"namespace":"account","value":"zoeplanted-account"}}"#;

#[test]
fn nothing_that_a_log_could_hold_names_a_person() {
    let mut said: Vec<String> = Vec::new();
    let rules = PurposeRules {
        basis: LawfulBasis::Consent,
        respects_quiet_hours: false,
        once_within_hours: 1,
        delivery: DeliveryClass::default(),
    };
    let policy = Policy {
        purposes: [(Purpose::new("marketing"), rules)].into(),
        quiet_hours: None,
        ..Policy::default()
    };
    let hub = hub(MemoryStore::new())
        .configured(Configuration { policy, ..Configuration::default() })
        .expect("a fine policy");
    let raw = request("mail", BODY);
    said.push(format!("{raw:?}"));
    let reception = block_on(hub.receive(raw)).expect("received");
    assert_eq!((reception.taken.len(), reception.rejected.len()), (1, 1));
    said.push(format!("{reception:?} {}", reception.rejected[0]));
    let zoe = reception.taken[0].record.expect("known");
    let other = block_on(hub.receive(request("web", OTHER))).expect("received");
    let other = other.taken[0].record.expect("known");
    let verdict = block_on(hub.rule(tenant(), (zoe, other), Ruling::Same, "Anaruler", "sheSaidSo"));
    said.push(format!("{verdict:?}"));
    said.push(format!("{:?}", block_on(hub.customer(tenant(), zoe))));
    said.push(format!("{:?}", block_on(hub.timeline(tenant(), zoe, None, 10))));
    said.push(format!("{:?}", block_on(hub.conversations(tenant(), zoe))));
    said.push(format!("{:?}", block_on(hub.portraits(tenant()))));
    let why = block_on(hub.why(tenant(), zoe, other)).expect("read").expect("known");
    said.push(format!("{why} {why:?}"));
    let shown = why.text(Disclosure::Full);
    assert!(shown.contains("Anaruler"), "full disclosure shows it: {shown}");
    let intent = Intent {
        occasion: "o".to_owned(),
        ..Intent::new(
            "k".to_owned(),
            zoe,
            Purpose::new("marketing"),
            ChannelId::new("mail").expect("a name"),
            "secret text".to_owned(),
        )
    };
    let decision = block_on(hub.decide(tenant(), &intent)).expect("decided");
    said.push(format!("{decision:?} {intent:?}"));
    said.push(format!("{:?}", block_on(hub.explain(tenant(), decision.id))));
    said.push(format!("{hub:?}"));
    for word in PLANTED {
        for text in &said {
            assert!(!text.contains(word), "{word} shows in {text}");
        }
    }
}
