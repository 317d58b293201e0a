//! Views after an erasure are those of never having seen the person.

use std::collections::BTreeSet;

use omnichannel::channel::RawInbound;
use omnichannel::engine::{self, Fate};
use omnichannel::model::{RecordId, Ruling, TouchpointId, Verdict};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;

use crate::common::{Dice, crowd, gift, now, tenant};
use crate::world::{Person, digest, eraser, feed, portraits, rule};

/// Requests with the fact that each tells; a crowd's requests tell one each.
fn told(requests: &[RawInbound]) -> Vec<Vec<TouchpointId>> {
    let hub = eraser(MemoryStore::new());
    let receptions = requests.iter().map(|request| {
        let reception = block_on(hub.receive(request.clone())).expect("received");
        reception.taken.iter().map(|taken| taken.touchpoint).collect()
    });
    receptions.collect()
}

/// A few verdicts on records of the crowd, some on strangers to each other.
fn verdicts(dice: &mut Dice, records: &[RecordId], count: usize) -> Vec<Verdict> {
    let hub = eraser(MemoryStore::new());
    let context = hub.context(tenant());
    let mut made = Vec::new();
    while made.len() < count {
        let (a, b) = (records[dice.below(records.len())], records[dice.below(records.len())]);
        let rulings = [Ruling::Same, Ruling::Different, Ruling::Undecided, Ruling::Scored(4_000)];
        let ruling = rulings[dice.below(4)];
        if a != b {
            made.push(engine::verdict(&context, (a, b), ruling, now(), "Ana", "a test"));
        }
    }
    made
}

fn erased_equals_never_seen(store: impl Store, seed: u64, requests: &[RawInbound]) {
    let facts = told(requests);
    let mut dice = Dice::new(seed);
    let hub = eraser(store);
    feed(&hub, requests);
    let records: Vec<RecordId> =
        portraits(&hub).iter().flat_map(|p| p.customer.records.clone()).map(|r| r.id).collect();
    let ruled = verdicts(&mut dice, &records, 4);
    rule(&hub, &ruled);
    let all = portraits(&hub);
    let person = Person::of(&all[dice.below(all.len())]);
    let subject = *person.records.iter().nth(dice.below(person.records.len())).expect("one");

    let receipt = block_on(hub.erase(tenant(), subject, "request 17")).expect("erased");
    assert!(receipt.is_complete());
    assert_eq!(
        receipt.erased.get(&omnichannel::model::Kind::Touchpoint).copied().unwrap_or(0),
        person.facts.len() as u64,
        "seed {seed}"
    );

    let never = eraser(MemoryStore::new());
    let own = |facts: &[TouchpointId]| facts.iter().any(|fact| person.facts.contains(fact));
    let others: Vec<RawInbound> =
        requests.iter().zip(&facts).filter(|(_, f)| !own(f)).map(|(r, _)| r.clone()).collect();
    feed(&never, &others);
    let on_person = |v: &&Verdict| person.records.contains(&v.a) || person.records.contains(&v.b);
    let kept: Vec<Verdict> = ruled.iter().filter(|v| !on_person(v)).cloned().collect();
    rule(&never, &kept);
    assert_eq!(portraits(&hub), portraits(&never), "seed {seed}");
    assert_eq!(digest(&hub), digest(&never), "seed {seed}");

    // Delivered again, the erased is refused, the rest is known, and nothing changes.
    for ((request, facts), again) in requests.iter().zip(&facts).zip(feed_each(&hub, requests)) {
        let expected = if own(facts) { Fate::Erased } else { Fate::Duplicate };
        assert_eq!(again, expected, "seed {seed}: {:?}", String::from_utf8_lossy(&request.body));
    }
    for (verdict, fate) in ruled.iter().zip(rule(&hub, &ruled)) {
        let expected = if on_person(&verdict) { Fate::Erased } else { Fate::Duplicate };
        assert_eq!(fate, expected, "seed {seed}");
    }
    assert_eq!(digest(&hub), digest(&never), "seed {seed}, delivered again");
    let again = block_on(hub.erase(tenant(), subject, "again")).expect("erased before");
    assert_eq!(again, receipt, "seed {seed}");
}

fn feed_each(hub: &omnichannel::Hub, requests: &[RawInbound]) -> Vec<Fate> {
    feed(hub, requests).into_iter().map(|(_, fate)| fate).collect()
}

#[test]
fn whoever_is_erased_was_never_seen() {
    for seed in 0..60 {
        let persons = 1 + Dice::new(seed).below(20);
        erased_equals_never_seen(MemoryStore::new(), seed, &crowd(seed, persons));
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn in_a_file_too() {
    use omnichannel::storage::SqliteStore;
    for seed in 100..106 {
        let store = SqliteStore::open_in_memory().expect("opened");
        erased_equals_never_seen(store, seed, &crowd(seed, 12));
    }
}

#[test]
fn everybody_can_be_erased_one_after_the_other() {
    let hub = eraser(MemoryStore::new());
    let mut requests = gift();
    requests.extend(crowd(5, 20));
    feed(&hub, &requests);
    let mut left = portraits(&hub);
    while let Some(portrait) = left.last() {
        let before = left.len();
        let receipt = block_on(hub.erase(tenant(), portrait.customer.id, "r")).expect("erased");
        assert!(receipt.is_complete());
        left = portraits(&hub);
        assert_eq!(left.len(), before - 1);
    }
    let never = eraser(MemoryStore::new());
    let anonymous: BTreeSet<TouchpointId> = block_on(hub.unattributed(tenant()))
        .expect("read")
        .iter()
        .map(|f| f.touchpoint.id)
        .collect();
    assert!(anonymous.is_empty());
    assert_eq!(digest(&hub), digest(&never), "nobody is left");
}
