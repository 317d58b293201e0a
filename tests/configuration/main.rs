//! Configuration is versioned facts: put in force by one, followed by all.
//!
//! Method: `again` lays crowds out again under other identity rules and compares with stores filled
//! under them; here is who may do what under which version.
#![cfg(feature = "testkit")]

mod again;
#[path = "../common/mod.rs"]
mod common;
mod preview;
mod world;

use std::sync::Arc;

use common::{crowd, now, receive_batches, request, tenant};
use omnichannel::engine::{Facts, Pause, Requeued, View, prepare, receive};
use omnichannel::model::{
    Arrival, ArrivalMode, Configuration, Decision, DecisionId, Index, OutboxState, Outcome,
    Purpose, Range, TenantId,
};
use omnichannel::storage::{MemoryStore, Store as _};
use omnichannel::testkit::block_on;
use omnichannel::{ErrorKind, Hub, Retry};
use world::{blocking, decide, first_record, given, intent, open, policy, sending};

const VISIT: &str = r#"{"id":"late","act":"visited",
    "sender":{"namespace":"account","value":"account-1"},
    "identifiers":[{"namespace":"account","value":"account-1"},
    {"namespace":"device","value":"tablet of the family"}]}"#;

#[test]
fn a_hub_takes_up_the_configuration_that_its_store_says() {
    let store = Arc::new(MemoryStore::new());
    let wanted = Configuration { policy: policy(), ..blocking(&["x"]) };
    let done = block_on(open(&store).configure(wanted.clone())).expect("configured");
    assert_eq!(done.version, wanted.version());
    let other = open(&store);
    assert_eq!(*other.configuration(), Configuration::default(), "it has not looked yet");
    assert_eq!(block_on(other.refresh()).expect("refreshed"), wanted.version());
    assert_eq!(*other.configuration(), wanted);
    let decision = decide(&other, "k").expect("decided");
    assert_eq!(decision.configuration, wanted.version());
}

#[test]
fn the_first_call_of_a_new_hub_is_made_under_what_is_in_force() {
    let store = Arc::new(MemoryStore::new());
    let first = open(&store);
    let configuration = Configuration { policy: policy(), ..Configuration::default() };
    let version = block_on(first.configure(configuration)).expect("configured").version;
    decide(&first, "k").expect("decided");
    let subject = first_record(&first).expect("somebody");
    let decision = block_on(open(&store).decide(tenant(), &intent("k2", subject)));
    assert_eq!(decision.expect("decided").configuration, version);
    let error = block_on(open(&store).requeue(tenant(), DecisionId::from_uuid(subject.as_uuid())));
    assert_eq!(error.expect("asked"), Requeued::NotFound);
    assert!(block_on(open(&store).customer(tenant(), subject)).expect("read").is_some());
}

#[test]
fn a_configuration_given_by_hand_must_have_the_identity_rules_in_force() {
    let store = Arc::new(MemoryStore::new());
    block_on(open(&store).configure(blocking(&["x"]))).expect("configured");
    let error = block_on(given(&store, Configuration::default()).digest(tenant())).expect_err("x");
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("Hub::configure"), "{error}");
    // Other policies lay out the same customers: reading and taking in go on, saying does not.
    let other = Configuration { policy: policy(), ..blocking(&["x"]) };
    let hub = given(&store, other.clone());
    block_on(receive_batches(&hub, &crowd(1, 5), 10));
    let error = decide(&hub, "k").expect_err("another is in force");
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("given by hand"), "{error}");
    block_on(hub.configure(other)).expect("it puts its own in force");
    decide(&hub, "k").expect("decided");
}

#[test]
fn of_two_hubs_that_saw_the_same_only_one_configures() {
    let store = Arc::new(MemoryStore::new());
    let (one, other) = (open(&store), open(&store));
    for hub in [&one, &other] {
        block_on(hub.digest(tenant())).expect("opened");
    }
    block_on(one.configure(blocking(&["one"]))).expect("configured");
    let error = block_on(other.configure(blocking(&["other"]))).expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(*other.configuration(), blocking(&["one"]), "it has looked at it now");
    block_on(other.configure(blocking(&["other"]))).expect("knowing what it replaces");
    assert_eq!(block_on(one.refresh()).expect("refreshed"), blocking(&["other"]).version());
}

#[test]
fn a_policy_that_cannot_be_meant_so_is_neither_previewed_nor_put_in_force() {
    let store = Arc::new(MemoryStore::new());
    let hub = open(&store);
    let mut bad = Configuration { policy: policy(), ..Configuration::default() };
    let rules = bad.policy.purposes.values().next().expect("a purpose").clone();
    bad.policy.purposes.insert(Purpose::new(""), rules);
    let error = block_on(hub.configure(bad.clone())).expect_err("bad");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(block_on(hub.preview(&bad)).expect_err("bad").kind(), ErrorKind::Invalid);
    assert_eq!(block_on(hub.configuration_of(bad.version())).expect("read"), None);
}

#[test]
fn a_hub_of_the_older_configuration_lays_out_nothing_and_says_nothing() {
    let store = Arc::new(MemoryStore::new());
    let older = open(&store);
    block_on(receive_batches(&older, &crowd(1, 20), 50));
    let wanted = Configuration { policy: policy(), ..blocking(&["account-1"]) };
    block_on(open(&store).configure(wanted.clone())).expect("configured");
    let before = block_on(open(&store).digest(tenant())).expect("a digest");

    let error = block_on(older.receive(request("web", VISIT))).expect_err("older rules");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(matches!(error.retry_advice(), Retry::After(_)));
    assert_eq!(block_on(open(&store).digest(tenant())).expect("a digest"), before);
    assert_eq!(*older.configuration(), wanted, "it has taken the new one up");
    block_on(older.receive(request("web", VISIT))).expect("received under the new rules");

    let stale = open(&store);
    block_on(stale.refresh()).expect("refreshed");
    let third = Configuration { policy: policy(), ..blocking(&["account-1", "account-2"]) };
    block_on(open(&store).configure(third.clone())).expect("configured");
    assert_eq!(decide(&stale, "k").expect_err("older").kind(), ErrorKind::Unavailable);
    assert_eq!(decide(&stale, "k").expect("decided").configuration, third.version());
}

#[test]
fn what_was_prepared_under_older_rules_is_not_taken_by_a_hub_that_took_newer_ones_up() {
    let store = Arc::new(MemoryStore::new());
    let hub = open(&store);
    block_on(receive_batches(&hub, &crowd(1, 5), 10));
    let portraits = block_on(hub.portraits(tenant())).expect("views");
    let touchpoint = portraits[0].timeline[0].touchpoint.clone();
    let arrival = Arrival::new(ArrivalMode::Live, touchpoint.occurred, now());
    let touchpoints = vec![prepare(&hub.context(tenant()), touchpoint, arrival)];
    let facts = Facts { touchpoints, verdicts: Vec::new() };
    block_on(hub.configure(blocking(&["account-1"]))).expect("configured");
    let (context, mut view) = (hub.context(tenant()), View::default());
    let pause = loop {
        match receive(&context, &view, &facts) {
            Err(Pause::Need(need)) => {
                let keys: Vec<_> = need.keys.into_iter().collect();
                let rows = block_on(store.load(&keys)).expect("read");
                view.add_rows(keys.into_iter().zip(rows));
            }
            answer => break answer.map(|received| received.fates),
        }
    };
    assert_eq!(pause, Err(Pause::Outdated));
}

#[test]
fn a_message_is_not_claimed_under_an_older_policy() {
    let store = Arc::new(MemoryStore::new());
    block_on(
        open(&store).configure(Configuration { policy: policy(), ..Configuration::default() }),
    )
    .expect("configured");
    let hub = open(&store);
    block_on(receive_batches(&hub, &crowd(1, 5), 10));
    let decision = decide(&hub, "k").expect("decided");
    assert!(matches!(decision.outcome, Outcome::Send { .. }), "{decision:?}");
    block_on(open(&store).configure(Configuration::default())).expect("configured");
    let error = block_on(hub.dispatch_due(now())).expect_err("an older policy");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let done = block_on(hub.dispatch_due(now())).expect("dispatched");
    assert_eq!((done.sent.len(), done.refused.len()), (0, 1), "its purpose is gone: {done:?}");
}

#[test]
fn what_left_while_another_configuration_was_put_in_force_is_settled() {
    let store = Arc::new(MemoryStore::new());
    let wanted = Configuration { policy: policy(), ..Configuration::default() };
    block_on(open(&store).configure(wanted)).expect("configured");
    let admin = open(&store);
    let next = Configuration { policy: policy(), ..blocking(&["account-1"]) };
    let hub = sending(&store, move || {
        block_on(admin.configure(next.clone())).expect("configured");
    });
    block_on(receive_batches(&hub, &crowd(1, 20), 100));
    let decision = decide(&hub, "k").expect("decided");
    let done = block_on(hub.dispatch_due(now())).expect("dispatched");
    assert_eq!(done.sent, [decision.id], "{done:?}");
    let entry = block_on(hub.outbox(tenant(), decision.id)).expect("read").expect("kept");
    assert!(matches!(entry.state, OutboxState::Done(_)), "{entry:?}");
}

#[test]
fn old_decisions_stay_explainable() {
    let store = Arc::new(MemoryStore::new());
    let versions: Vec<Configuration> = (0..3)
        .map(|n| Configuration { policy: policy(), ..blocking(&[&format!("v{n}")]) })
        .collect();
    let mut decided: Vec<(Decision, &Configuration)> = Vec::new();
    for (n, version) in versions.iter().enumerate() {
        let hub = open(&store);
        block_on(hub.configure(version.clone())).expect("configured");
        block_on(receive_batches(&hub, &crowd(1, 3), 10));
        decided.push((decide(&hub, &format!("k{n}")).expect("decided"), version));
    }
    let hub = open(&store);
    for (decision, version) in decided {
        let known = block_on(hub.configuration_of(decision.configuration)).expect("read");
        assert_eq!(known.as_ref(), Some(version));
    }
    // So is one that was made under a configuration given by hand.
    let store = Arc::new(MemoryStore::new());
    let by_hand = Configuration { policy: policy(), ..Configuration::default() };
    let hub = given(&store, by_hand.clone());
    block_on(receive_batches(&hub, &crowd(1, 3), 10));
    let decision = decide(&hub, "k").expect("decided");
    let known = block_on(hub.configuration_of(decision.configuration)).expect("read");
    assert_eq!(known, Some(by_hand));
}

#[test]
fn the_store_lists_each_tenant_once() {
    let store = Arc::new(MemoryStore::new());
    let hub = open(&store);
    let listed = |hub: &Hub| {
        let all = Range::all(TenantId::SYSTEM, Index::Tenants, uuid::Uuid::nil());
        let page = block_on(hub.store().scan(&[all])).expect("read").remove(0);
        page.rows.iter().map(|(_, row)| row.key.tenant).collect::<Vec<_>>()
    };
    block_on(hub.digest(tenant())).expect("read");
    assert!(listed(&hub).is_empty(), "reading makes no tenant");
    block_on(receive_batches(&hub, &crowd(1, 3), 10));
    block_on(receive_batches(&hub, &crowd(2, 3), 10));
    assert_eq!(listed(&hub), [tenant()]);
    assert!(block_on(store.load(&[])).expect("read").is_empty());
    assert!(first_record(&hub).is_some());
}
