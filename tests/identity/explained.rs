//! Explanations name the evidence, the weakest join and the constraint; followers hear of moves.

use std::sync::{Arc, Mutex};

use omnichannel::Hub;
use omnichannel::engine::{Moved, verdict};
use omnichannel::model::{RecordId, Ruling};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;

use crate::common::{hub, request, tenant};

fn tell(hub: &Hub, channel: &str, sender: (&str, &str), others: &[(&str, &str)]) -> RecordId {
    let json = |(namespace, value): &(&str, &str)| {
        format!(r#"{{"namespace":"{namespace}","value":"{value}"}}"#)
    };
    let others: Vec<String> = others.iter().map(json).collect();
    let body = format!(
        r#"{{"id":"{channel} {} {}","act":"visited",
            "occurred_at":"2026-03-01T10:00:00Z","sender":{},"identifiers":[{}]}}"#,
        sender.1,
        others.len(),
        json(&sender),
        others.join(","),
    );
    let reception = block_on(hub.receive(request(channel, &body))).expect("received");
    reception.taken[0].record.expect("a record")
}

fn rule(hub: &Hub, pair: (RecordId, RecordId), ruling: Ruling, at: &str) {
    let at = at.parse().expect("a time");
    let verdict = verdict(&hub.context(tenant()), pair, ruling, at, "Ana", "a look");
    block_on(hub.record_verdict(tenant(), verdict)).expect("ruled");
}

#[test]
fn two_cards_on_one_account_say_which_limit_keeps_them_apart() {
    let hub = hub(MemoryStore::new());
    let one = tell(&hub, "store", ("loyalty_card", "L1"), &[("account", "ana")]);
    let two = tell(&hub, "store", ("loyalty_card", "L2"), &[("account", "ana")]);
    let why = block_on(hub.why(tenant(), one, two)).expect("read").expect("known").to_string();
    assert!(why.starts_with("Two customers."), "{why}");
    assert!(why.contains("more than 1 different loyalty card"), "{why}");
    let health = block_on(hub.health(tenant(), one)).expect("read").expect("known");
    let other = block_on(hub.health(tenant(), two)).expect("read").expect("known");
    assert_eq!(health.conflicts + other.conflicts, 1, "{health:?} {other:?}");
    // A person may know better.
    block_on(hub.rule(tenant(), (one, two), Ruling::Same, "Ana", "she lost the first"))
        .expect("ruled");
    let joined = block_on(hub.customer(tenant(), one)).expect("read").expect("known");
    assert!(joined.holds(two));
}

#[test]
fn a_chain_names_its_weakest_join_and_its_bridges() {
    let hub = hub(MemoryStore::new());
    let mail = ("email", "ana@example.org");
    let cookie = ("cookie", "c-1");
    let first = tell(&hub, "web", ("account", "ana"), &[mail]);
    tell(&hub, "app", mail, &[cookie]);
    let last = tell(&hub, "web", cookie, &[]);
    let why = block_on(hub.why(tenant(), first, last)).expect("read").expect("known").to_string();
    assert!(why.contains("chain of 2 joins") && why.contains("weakest"), "{why}");
    assert!(why.lines().any(|line| line.contains("cookie") && line.contains("weakest")), "{why}");
    let health = block_on(hub.health(tenant(), first)).expect("read").expect("known");
    assert_eq!((health.records, health.identifiers, health.bridges), (3, 2, 4), "{health:?}");
    // The account on the phone closes the ring.
    tell(&hub, "web", cookie, &[mail]);
    let ring = block_on(hub.health(tenant(), first)).expect("read").expect("known");
    assert_eq!(ring.bridges, 1, "{ring:?}");
}

#[test]
fn a_follower_hears_of_each_record_that_moves_and_of_no_other() {
    let heard: Arc<Mutex<Vec<Moved>>> = Arc::default();
    let hears = Arc::clone(&heard);
    let hub = hub(MemoryStore::new())
        .following(move |moved| hears.lock().expect("a lock").extend_from_slice(moved));
    let take = || std::mem::take(&mut *heard.lock().expect("a lock"));
    let one = tell(&hub, "web", ("account", "ana"), &[]);
    let two = tell(&hub, "store", ("loyalty_card", "L1"), &[]);
    let new = take();
    assert_eq!(new.len(), 2);
    assert!(new.iter().all(|moved| moved.from.is_none() && moved.to.is_some()));
    tell(&hub, "web", ("account", "ana"), &[("cookie", "c")]);
    assert!(take().is_empty(), "nobody moved");
    rule(&hub, (one, two), Ruling::Same, "2026-03-02T10:00:00Z");
    let joined = take();
    assert_eq!(joined.len(), 1, "{joined:?}");
    let holder = block_on(hub.customer(tenant(), one)).expect("read").expect("known").id;
    assert_eq!(joined[0].to, Some(holder));
    rule(&hub, (one, two), Ruling::Different, "2026-03-02T11:00:00Z");
    let parted = take();
    assert_eq!((parted.len(), parted[0].record), (1, joined[0].record));
    assert_eq!((parted[0].from, parted[0].to), (joined[0].to, joined[0].from));
}
