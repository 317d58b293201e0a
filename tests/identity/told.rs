//! Sightings by name: what the tests tell, and what they ask afterwards.

use std::collections::BTreeSet;

use omnichannel::Hub;
use omnichannel::engine::{Portrait, verdict};
use omnichannel::model::{
    Configuration, Customer, Digest, ErasureKey, Explanation, IdentityRules, RecordId, Ruling,
};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use serde_json::{Value, json};

use crate::common::{hub, request, tenant};

/// A request: its channel and its body.
pub(crate) type Told = (&'static str, String);

pub(crate) fn seen(namespace: &str, value: &str) -> Value {
    json!({"namespace": namespace, "value": value})
}

pub(crate) fn scoped(namespace: &str, scope: &str, value: &str) -> Value {
    json!({"namespace": namespace, "scope": scope, "value": value})
}

/// A visit to the web; the first of what was seen sent it.
pub(crate) fn visit(id: &str, at: &str, seen: &[Value]) -> Told {
    let body = json!({
        "id": id, "act": "visited", "occurred_at": at, "sender": seen[0], "identifiers": seen[1..],
    });
    ("web", body.to_string())
}

pub(crate) fn under(rules: IdentityRules) -> Hub {
    let configuration = Configuration { identity: rules, ..Configuration::default() };
    hub(MemoryStore::new()).configured(configuration).expect("fine rules")
}

/// The record that a request is on.
pub(crate) fn tell(hub: &Hub, (channel, body): &Told) -> RecordId {
    let reception = block_on(hub.receive(request(channel, body))).expect("received");
    assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
    reception.taken[0].record.expect("a record")
}

pub(crate) fn tell_all(hub: &Hub, told: &[Told]) -> Vec<RecordId> {
    told.iter().map(|told| tell(hub, told)).collect()
}

/// Hubs that were told the same forwards, backwards and twice; they say the same.
pub(crate) fn in_any_order(rules: &IdentityRules, told: &[Told]) -> (Hub, Vec<RecordId>) {
    let forwards = under(rules.clone());
    let records = tell_all(&forwards, told);
    let backwards = under(rules.clone());
    for told in told.iter().rev() {
        tell(&backwards, told);
    }
    let twice = under(rules.clone());
    let half = told.len() / 2;
    for told in told[half..].iter().chain(&told[..half]).chain(told) {
        tell(&twice, told);
    }
    for other in [&backwards, &twice] {
        assert_eq!(portraits(other), portraits(&forwards), "the order changes who is who");
        for a in &records {
            assert_eq!(how(other, *a), how(&forwards, *a));
            assert_eq!(why(other, records[0], *a), why(&forwards, records[0], *a));
        }
    }
    (forwards, records)
}

pub(crate) fn rule(hub: &Hub, pair: (RecordId, RecordId), ruling: Ruling, at: &str) {
    let at = at.parse().expect("a time");
    let verdict = verdict(&hub.context(tenant()), pair, ruling, at, "Ana", "a look");
    block_on(hub.record_verdict(tenant(), verdict)).expect("ruled");
}

pub(crate) fn customer(hub: &Hub, record: RecordId) -> Customer {
    block_on(hub.customer(tenant(), record)).expect("read").expect("known")
}

pub(crate) fn same(hub: &Hub, a: RecordId, b: RecordId) -> bool {
    customer(hub, a).holds(b)
}

pub(crate) fn explain(hub: &Hub, a: RecordId, b: RecordId) -> Explanation {
    block_on(hub.why(tenant(), a, b)).expect("read").expect("known")
}

pub(crate) fn why(hub: &Hub, a: RecordId, b: RecordId) -> String {
    explain(hub, a, b).to_string()
}

pub(crate) fn how(hub: &Hub, record: RecordId) -> String {
    block_on(hub.how(tenant(), record)).expect("read").expect("known").to_string()
}

pub(crate) fn portraits(hub: &Hub) -> Vec<Portrait> {
    block_on(hub.portraits(tenant())).expect("views")
}

pub(crate) fn digest(hub: &Hub) -> Digest {
    block_on(hub.digest(tenant())).expect("views")
}

/// The customers, as sets of their records.
pub(crate) fn customers(hub: &Hub) -> BTreeSet<BTreeSet<RecordId>> {
    let all = portraits(hub);
    let sets = all.iter().map(|portrait| portrait.customer.records.iter().map(|record| record.id));
    sets.map(Iterator::collect).collect()
}

pub(crate) fn erasure_key() -> ErasureKey {
    ErasureKey::new(&[1; 32]).expect("a key")
}
