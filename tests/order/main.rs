//! The same facts give the same views, in any order, batching, duplication or replica.
//!
//! Method: a crowd's requests and the gift journey's are fed shuffled, duplicated and batched at
//! random into new stores; the digest of all views must be that of the plain feed. A batch
//! specification of who is who, by brute force, is the oracle.
#![cfg(feature = "testkit")]

#[path = "../common/mod.rs"]
mod common;
mod specification;

use std::collections::{BTreeMap, BTreeSet};

use common::{Dice, crowd, gift, hub, receive_batches, tenant};
use omnichannel::Hub;
use omnichannel::channel::RawInbound;
use omnichannel::engine::Fate;
use omnichannel::model::{CustomerId, Digest, IdentityRules, RecordId};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use serde_json::Value;

/// The gift journey and fifty others.
fn everyone() -> Vec<RawInbound> {
    let mut requests = gift();
    requests.extend(crowd(7, 50));
    requests
}

fn feed(requests: &[RawInbound], seed: Option<u64>) -> Hub {
    let hub = hub(MemoryStore::new());
    let mut order = requests.to_vec();
    let mut size = 1_000;
    if let Some(seed) = seed {
        let mut dice = Dice::new(seed);
        for _ in 0..dice.below(requests.len()) {
            order.push(requests[dice.below(requests.len())].clone());
        }
        dice.shuffle(&mut order);
        size = 1 + dice.below(40);
    }
    block_on(receive_batches(&hub, &order, size));
    hub
}

fn digest(hub: &Hub) -> Digest {
    block_on(hub.digest(tenant())).expect("the digest is read")
}

#[test]
fn a_thousand_shuffles_duplications_and_batchings_give_one_digest() {
    let requests = everyone();
    let expected = digest(&feed(&requests, None));
    for seed in 0..1_000 {
        assert_eq!(digest(&feed(&requests, Some(seed))), expected, "seed {seed}");
    }
}

#[test]
fn other_crowds_give_one_digest_in_any_order_too() {
    for seed in 100..140 {
        let requests = crowd(seed, 25);
        let expected = digest(&feed(&requests, None));
        for shuffle in 0..5 {
            let got = digest(&feed(&requests, Some(shuffle)));
            assert_eq!(got, expected, "crowd {seed}, shuffle {shuffle}");
        }
    }
}

/// Every fact of a request, by where it stands in the body.
fn facts(body: &Value) -> Vec<String> {
    let list = |at: &str, list: &Value| {
        let count = list.as_array().map_or(0, Vec::len);
        (0..count).map(|n| format!("{at}/{n}")).collect()
    };
    match (body, body.get("batch")) {
        (Value::Array(_), _) => list("", body),
        (_, Some(batch)) => list("/batch", batch),
        _ => vec![String::new()],
    }
}

#[test]
fn changing_any_one_fact_changes_the_digest() {
    let requests = everyone();
    let expected = digest(&feed(&requests, None));
    let mut changes = 0;
    for at in 0..requests.len() {
        let body: Value = serde_json::from_slice(&requests[at].body).expect("JSON");
        for fact in facts(&body) {
            let mut changed = requests.clone();
            let mut body = body.clone();
            body.pointer_mut(&fact).expect("a fact")["changed"] = Value::from("yes");
            changed[at].body = body.to_string().into_bytes();
            let got = digest(&feed(&changed, None));
            assert_ne!(got, expected, "request {at}, fact {fact:?}: {body}");
            changes += 1;
        }
    }
    assert!(changes > requests.len(), "the gift journey has requests of several facts");
}

#[test]
fn leaving_any_one_request_out_changes_the_digest() {
    let requests = everyone();
    let expected = digest(&feed(&requests, None));
    for at in 0..requests.len() {
        let mut fewer = requests.clone();
        fewer.remove(at);
        assert_ne!(digest(&feed(&fewer, None)), expected, "request {at}");
    }
}

#[test]
fn feeding_everything_again_accepts_nothing() {
    let requests = everyone();
    let hub = feed(&requests, None);
    let backwards: Vec<RawInbound> = requests.into_iter().rev().collect();
    let fates = block_on(receive_batches(&hub, &backwards, 7));
    assert!(fates.iter().all(|fate| *fate == Fate::Duplicate));
}

/// The specification takes the chosen copy of each touchpoint, and nothing else from the library
/// but the judgement on single values and the names of things.
#[test]
fn customers_are_those_of_the_batch_specification() {
    let (rules, mut shared) = (IdentityRules::default(), 0);
    for seed in 0..30 {
        let hub = feed(&crowd(seed, 40), Some(seed));
        let portraits = block_on(hub.portraits(tenant())).expect("views are read");
        let town = specification::Town::of(&rules, &portraits);
        let got: BTreeSet<BTreeSet<RecordId>> = portraits
            .iter()
            .map(|portrait| portrait.customer.records.iter().map(|record| record.id).collect())
            .collect();
        assert_eq!(got, town.customers(), "seed {seed}");
        shared += town.shared().len();
    }
    assert!(shared >= 30, "every crowd has a tablet: {shared}");
}

#[test]
fn every_record_resolves_for_ever_to_the_customer_that_holds_it() {
    let hub = feed(&crowd(11, 30), Some(1));
    let portraits = block_on(hub.portraits(tenant())).expect("views are read");
    let mut holders: BTreeMap<RecordId, CustomerId> = BTreeMap::new();
    for portrait in &portraits {
        for record in &portrait.customer.records {
            assert!(holders.insert(record.id, portrait.customer.id).is_none(), "one holder each");
        }
    }
    for (record, holder) in holders {
        let found = block_on(hub.customer(tenant(), record)).expect("read").expect("known");
        assert_eq!(found.id, holder);
    }
}
