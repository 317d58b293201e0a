//! Facts whose time is over go; views are those of never having seen them.

use std::collections::BTreeSet;

use omnichannel::channel::RawInbound;
use omnichannel::engine::Fate;
use omnichannel::model::{
    Act, Configuration, Kind, Occurred, RetentionProgress, RetentionRule, Timestamp, TouchpointId,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::{ErrorKind, Hub};
use serde_json::{Value, json};

use crate::common::{Dice, crowd, hub, now, request, tenant};
use crate::world::{at, digest, erasure_key, feed, portraits};

fn rules(rules: Value) -> Vec<RetentionRule> {
    serde_json::from_value(rules).expect("rules")
}

fn keeper(store: impl Store, retention: Vec<RetentionRule>) -> Hub {
    let configuration = Configuration { retention, ..Configuration::default() };
    hub(store).configured(configuration).expect("fine").erasure_keys(erasure_key(1), [])
}

/// One run, stored and read back between its calls; how many calls it took.
fn retain(hub: &Hub, now: Timestamp) -> (RetentionProgress, usize) {
    let (mut progress, mut calls) = (RetentionProgress::default(), 0);
    while !progress.is_complete() {
        let stored = serde_json::to_string(&progress).expect("JSON");
        let known = serde_json::from_str(&stored).expect("a progress");
        progress = block_on(hub.retain(tenant(), now, known)).expect("retained");
        calls += 1;
    }
    (progress, calls)
}

/// Every fact of the views with its time and act, and whether it has a message.
fn facts(hub: &Hub) -> Vec<(TouchpointId, Occurred, Act, bool)> {
    let views = portraits(hub).into_iter().flat_map(|portrait| portrait.timeline);
    let fact = |fact: omnichannel::engine::Fact| {
        let touchpoint = fact.touchpoint;
        (touchpoint.id, touchpoint.occurred, touchpoint.act, touchpoint.message.is_some())
    };
    let alone = block_on(hub.unattributed(tenant())).expect("read");
    views.chain(alone).map(fact).collect()
}

#[test]
fn what_is_over_was_never_seen() {
    let retention = rules(json!([
        {"what": "all", "keep_days": 10},
        {"what": {"act": "purchased"}, "keep_days": 20},
        {"what": "messages", "keep_days": 14},
    ]));
    let mut gone = 0;
    for seed in 0..30 {
        let requests = crowd(seed, 1 + Dice::new(seed).below(15));
        let hub = keeper(MemoryStore::new(), retention.clone());
        let fates = feed(&hub, &requests);
        let over = |(_, occurred, act, said): &(TouchpointId, Occurred, Act, bool)| {
            let day = match (act, said) {
                (Act::Purchased, _) => "2026-03-12T10:00:00Z",
                (_, true) => "2026-03-18T10:00:00Z",
                _ => "2026-03-22T10:00:00Z",
            };
            occurred.at.is_some_and(|time| time <= at(day))
        };
        let over: BTreeSet<TouchpointId> =
            facts(&hub).iter().filter(|fact| over(fact)).map(|fact| fact.0).collect();
        let (progress, _) = retain(&hub, now());
        let erased = progress.erased.get(&Kind::Touchpoint).copied().unwrap_or(0);
        assert_eq!(erased, over.len() as u64, "seed {seed}");
        gone += over.len();
        let never = keeper(MemoryStore::new(), Vec::new());
        let is_over = |id: &Option<TouchpointId>| id.is_some_and(|id| over.contains(&id));
        let stays = requests.iter().zip(&fates).filter(|(_, (id, _))| !is_over(id));
        feed(&never, &stays.map(|(request, _)| request.clone()).collect::<Vec<RawInbound>>());
        assert_eq!(portraits(&hub), portraits(&never), "seed {seed}");
        assert_eq!(digest(&hub), digest(&never), "seed {seed}");
        for ((id, _), (_, again)) in fates.iter().zip(feed_in_order(&hub, &requests)) {
            let expected = if is_over(id) { Fate::Erased } else { Fate::Duplicate };
            assert_eq!(again, expected, "seed {seed}");
        }
        assert_eq!(digest(&hub), digest(&never), "seed {seed}, delivered again");
        assert_eq!(retain(&hub, now()).0.erased.values().sum::<u64>(), 0, "nothing is left");
    }
    assert!(gone > 200, "{gone} facts went");
}

fn feed_in_order(hub: &Hub, requests: &[RawInbound]) -> Vec<(Option<TouchpointId>, Fate)> {
    requests.iter().flat_map(|request| feed(hub, std::slice::from_ref(request))).collect()
}

#[test]
fn a_run_is_bounded_resumable_and_reaches_facts_of_nobody() {
    let hub = keeper(MemoryStore::new(), rules(json!([{"what": "all", "keep_days": 1}])));
    let visit = |n: usize, sender: &str| {
        let body = format!(
            r#"{{"id":"v{n}","act":"visited","occurred_at":"2026-03-01T10:00:00Z"{sender}}}"#
        );
        request("web", &body)
    };
    let account = |n| format!(r#","sender":{{"namespace":"account","value":"a{n}"}}"#);
    let mut requests: Vec<RawInbound> = (0..350).map(|n| visit(n, &account(n))).collect();
    requests.extend((350..700).map(|n| visit(n, "")));
    requests.extend((700..950).map(|n| visit(n, &account(0))));
    feed(&hub, &requests);
    let (progress, calls) = retain(&hub, now());
    assert_eq!(progress.erased[&Kind::Touchpoint], 950);
    assert!(calls >= 4, "{calls} calls");
    assert!(facts(&hub).is_empty());
    assert_eq!(digest(&hub), digest(&keeper(MemoryStore::new(), Vec::new())));
}

#[test]
fn facts_of_unknown_time_are_kept_from_when_they_were_recorded() {
    let hub = keeper(MemoryStore::new(), rules(json!([{"what": "all", "keep_days": 5}])));
    let body = r#"{"id":"1","act":"visited","sender":{"namespace":"account","value":"a"}}"#;
    feed(&hub, &[request("web", body), request("web", r#"{"id":"2","act":"visited"}"#)]);
    assert_eq!(retain(&hub, at("2026-04-06T09:59:59Z")).0.erased.len(), 0);
    assert_eq!(retain(&hub, at("2026-04-06T10:00:00Z")).0.erased[&Kind::Touchpoint], 2);
    assert!(facts(&hub).is_empty());
}

#[test]
fn decisions_go_with_what_was_said_unless_they_wait_to_be_sent() {
    let mut shop = crate::world::shop(MemoryStore::new());
    let configuration = Configuration {
        retention: rules(json!([{"what": "messages", "keep_days": 1}])),
        ..Configuration::clone(&shop.hub.configuration())
    };
    shop.hub = shop.hub.configured(configuration).expect("fine");
    let zoe = shop.tell(&shop.choice("1", "zoe", "z@b.fr", "01T10", "given"));
    let zoe = zoe.expect("new").expect("Zoé");
    let decide = |key| {
        let intent = shop.intent(key, zoe, "marketing");
        block_on(shop.hub.decide(tenant(), &intent)).expect("decided").id
    };
    let sent = decide("sent");
    block_on(shop.hub.dispatch_due(at("2026-03-14T10:00:00Z"))).expect("dispatched");
    let waits = decide("waits");
    let (progress, _) = retain(&shop.hub, at("2026-03-16T10:00:00Z"));
    let kinds = [(Kind::Touchpoint, 1), (Kind::Decision, 1), (Kind::Outbox, 1)];
    assert_eq!(progress.erased, kinds.into());
    let decision = |id| block_on(shop.hub.decision(tenant(), id)).expect("read");
    assert_eq!((decision(sent), decision(waits).is_some()), (None, true));
    assert_eq!(facts(&shop.hub).len(), 1, "the visit stays: no rule speaks of it");
}

#[test]
fn without_a_rule_nothing_goes_and_without_a_key_nothing_can() {
    let requests = crowd(1, 5);
    let hub = keeper(MemoryStore::new(), Vec::new());
    feed(&hub, &requests);
    let before = digest(&hub);
    assert!(retain(&hub, at("2099-01-01T00:00:00Z")).0.erased.is_empty());
    assert_eq!(digest(&hub), before);
    let configuration = Configuration {
        retention: rules(json!([{"what": "all", "keep_days": 1}])),
        ..Configuration::default()
    };
    let keyless = crate::common::hub(MemoryStore::new()).configured(configuration).expect("fine");
    let error = block_on(keyless.retain(tenant(), now(), RetentionProgress::default()));
    assert_eq!(error.expect_err("no key").kind(), ErrorKind::Invalid);
}

#[test]
fn a_configuration_without_retention_has_the_version_it_had() {
    let json = serde_json::to_value(Configuration::default()).expect("JSON");
    assert_eq!(json.get("retention"), None);
}
