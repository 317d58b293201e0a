//! Two hubs over one store end as if one had gone first.
//!
//! Method: a store that gives way at each call, and an exhaustive schedule of every order of their
//! store calls. The end must be the views of one hub that received everything.
#![cfg(feature = "testkit")]

mod common;

use std::sync::Arc;

use common::{hub, request, tenant};
use omnichannel::Hub;
use omnichannel::model::Digest;
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::{Explored, Task, Yielding, explore};

type Feed = &'static [(&'static str, &'static str)];

const COOKIE: (&str, &str) = (
    "web",
    r#"{"id":"1","act":"visited","occurred_at":"2026-03-01T10:00:00Z",
    "sender":{"namespace":"cookie","value":"c"},
    "identifiers":[{"namespace":"cookie","value":"c"},{"namespace":"email","value":"new@b.fr"}]}"#,
);
const ACCOUNT: (&str, &str) = (
    "app",
    r#"{"id":"2","act":"visited","occurred_at":"2026-03-01T11:00:00Z",
    "sender":{"namespace":"account","value":"a"},
    "identifiers":[{"namespace":"account","value":"a"},{"namespace":"email","value":"new@b.fr"}]}"#,
);
const CARD: (&str, &str) = (
    "store",
    r#"{"id":"3","act":"visited","occurred_at":"2026-03-01T12:00:00Z",
    "sender":{"namespace":"loyalty_card","value":"L1"},
    "identifiers":[{"namespace":"loyalty_card","value":"L1"},
    {"namespace":"phone","value":"+33612345678"}]}"#,
);
const BRIDGE: (&str, &str) = (
    "social",
    r#"{"id":"4","act":"visited","occurred_at":"2026-03-01T13:00:00Z",
    "sender":{"namespace":"social_handle","value":"@c"},
    "identifiers":[{"namespace":"email","value":"new@b.fr"},
    {"namespace":"phone","value":"+33612345678"}]}"#,
);
const CORRECTED: (&str, &str) = (
    "web",
    r#"{"id":"1","act":"visited","revision":1,"occurred_at":"2026-03-01T10:00:00Z",
    "sender":{"namespace":"cookie","value":"c"},
    "identifiers":[{"namespace":"cookie","value":"c"}]}"#,
);

/// Races two feeds on top of a first one, in every order.
fn race(first: Feed, one: Feed, other: Feed) -> Explored {
    let serial = hub(MemoryStore::new());
    for (channel, body) in first.iter().chain(one).chain(other) {
        block_on(serial.receive(request(channel, body))).expect("received");
    }
    let expected: Digest = block_on(serial.digest(tenant())).expect("digest");
    explore(
        200_000,
        move || {
            let store = Arc::new(MemoryStore::new());
            let calm = hub(Arc::clone(&store));
            for (channel, body) in first {
                block_on(calm.receive(request(channel, body))).expect("received");
            }
            let tasks = [one, other].map(|feed| {
                let hub = hub(Yielding(Arc::clone(&store)));
                let task: Task<()> = Box::pin(async move {
                    for (channel, body) in feed {
                        hub.receive(request(channel, body)).await.expect("received");
                    }
                });
                task
            });
            (calm, tasks.into())
        },
        |calm: &Hub, _| {
            let digest = block_on(calm.digest(tenant())).expect("digest");
            assert_eq!(digest, expected);
        },
    )
}

fn all(explored: Explored, at_least: usize) {
    println!("{} schedules", explored.schedules);
    assert!(explored.complete, "every schedule was run");
    assert!(explored.schedules >= at_least, "{} schedules", explored.schedules);
}

#[test]
fn two_hubs_and_one_new_email_make_one_customer() {
    all(race(&[], &[COOKIE], &[ACCOUNT]), 20);
}

#[test]
fn two_hubs_that_receive_the_same_request_take_it_once() {
    all(race(&[], &[COOKIE], &[COOKIE]), 20);
}

#[test]
fn a_merge_races_with_a_new_record() {
    all(race(&[COOKIE, CARD], &[BRIDGE], &[ACCOUNT]), 20);
}

#[test]
fn two_merges_of_one_component_race() {
    all(race(&[COOKIE], &[BRIDGE], &[ACCOUNT, CARD]), 50);
}

#[test]
fn a_correction_races_with_a_repeat_touch() {
    const REPEAT: (&str, &str) = (
        "web",
        r#"{"id":"5","act":"visited","occurred_at":"2026-03-01T14:00:00Z",
        "sender":{"namespace":"cookie","value":"c"},
        "identifiers":[{"namespace":"email","value":"new@b.fr"}]}"#,
    );
    all(race(&[COOKIE, ACCOUNT], &[CORRECTED], &[REPEAT]), 20);
}

#[test]
fn a_correction_races_with_a_merge() {
    all(race(&[COOKIE, ACCOUNT, CARD], &[CORRECTED], &[BRIDGE]), 20);
}
