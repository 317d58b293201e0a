//! Two hubs that change one component end as if one had gone first.
//!
//! Method: every order of their store calls is run ([`explore`]). The end must be that of a serial
//! order; where both serial orders are one, of that one.

use std::collections::BTreeSet;
use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::engine::verdict;
use omnichannel::model::{Digest, RecordId, Ruling};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::{Task, Yielding, explore, interleave_seeded};

use crate::common::{hub, request, tenant};
use crate::told::{Told, digest, erasure_key, seen, visit};

/// How many random orders are run where there are too many for all.
const SEEDS: u64 = 300;

const NOON: &str = "2026-03-01T12:00:00Z";

/// What one of two hubs does.
#[derive(Clone)]
enum Change {
    Tell(Told),
    Rule(RecordId, RecordId, Ruling, &'static str),
    Erase(RecordId),
}

fn open(store: impl Store) -> Hub {
    hub(store).erasure_keys(erasure_key(), [])
}

async fn change(hub: &Hub, change: Change) {
    match change {
        Change::Tell((channel, body)) => {
            let reception = hub.receive(request(channel, &body)).await.expect("received");
            let erased = |code: &str| code == "erased";
            assert!(reception.rejected.iter().all(|refused| erased(refused.code.name())));
        }
        Change::Rule(a, b, ruling, at) => {
            let at = at.parse().expect("a time");
            let verdict = verdict(&hub.context(tenant()), (a, b), ruling, at, "Ana", "a look");
            hub.record_verdict(tenant(), verdict).await.expect("ruled");
        }
        Change::Erase(record) => {
            hub.erase(tenant(), record, "request 17").await.expect("erased");
        }
    }
}

/// Runs two changes on top of `first` in every order; answers how many ends were possible.
fn race(first: &[Told], one: &Change, other: &Change) -> usize {
    let filled = || {
        let store = Arc::new(MemoryStore::new());
        let hub = open(Arc::clone(&store));
        for (channel, body) in first {
            block_on(hub.receive(request(channel, body))).expect("received");
        }
        (store, hub)
    };
    let serial = [[one, other], [other, one]].map(|order| {
        let (_, hub) = filled();
        order.into_iter().for_each(|step| block_on(change(&hub, step.clone())));
        digest(&hub)
    });
    let ends: BTreeSet<Digest> = serial.into();
    let world = || {
        let (store, calm) = filled();
        let tasks = [one, other].map(|step| {
            let (hub, step) = (open(Yielding(Arc::clone(&store))), step.clone());
            let task: Task<()> = Box::pin(async move { change(&hub, step).await });
            task
        });
        (calm, Vec::from(tasks))
    };
    let check = |calm: &Hub| {
        let got = digest(calm);
        assert!(ends.contains(&got), "no serial order ends so");
    };
    // Erasing takes several commits: its orders are too many, and so are a sample.
    if [one, other].iter().any(|step| matches!(step, Change::Erase(_))) {
        for seed in 0..SEEDS {
            let (calm, tasks) = world();
            interleave_seeded(seed, tasks);
            check(&calm);
        }
        return ends.len();
    }
    let explored = explore(100_000, world, |calm, _| check(calm));
    // With components in parts of two entries a step reads more rows: all orders are too many.
    let complete = explored.complete || cfg!(omnichannel_small_parts);
    assert!(complete && explored.schedules >= 20, "{explored:?}");
    ends.len()
}

/// The record that a sender on the web names.
fn named(namespace: &str, value: &str) -> RecordId {
    let scratch = open(MemoryStore::new());
    crate::told::tell(&scratch, &visit("1", NOON, &[seen(namespace, value)]))
}

fn account(name: &str, others: &[(&str, &str)]) -> Told {
    let mut all = vec![seen("account", name)];
    all.extend(others.iter().map(|(namespace, value)| seen(namespace, value)));
    visit(&format!("{name}{}", others.len()), NOON, &all)
}

fn guest(name: &str, others: &[(&str, &str)]) -> Told {
    let mut all = vec![seen("cookie", name)];
    all.extend(others.iter().map(|(namespace, value)| seen(namespace, value)));
    visit(&format!("{name}{}", others.len()), NOON, &all)
}

const PHONE: (&str, &str) = ("phone", "+33612345678");
const MAIL: (&str, &str) = ("email", "ana@example.org");

#[test]
fn two_merges_that_together_exceed_a_limit() {
    // Either account may have the guest, not both.
    let first = [account("one", &[]), account("two", &[]), guest("c", &[PHONE, MAIL])];
    let ends = race(
        &first,
        &Change::Tell(account("one", &[PHONE])),
        &Change::Tell(account("two", &[MAIL])),
    );
    assert_eq!(ends, 1, "not the first comes first, but the stronger");
}

#[test]
fn a_merge_and_a_verdict_that_forbids_it() {
    let first = [guest("c", &[MAIL]), account("one", &[])];
    let apart = Change::Rule(
        named("cookie", "c"),
        named("account", "one"),
        Ruling::Different,
        "2026-03-02T10:00:00Z",
    );
    assert_eq!(race(&first, &Change::Tell(account("one", &[MAIL])), &apart), 1);
}

#[test]
fn two_contrary_verdicts_on_one_pair() {
    let first = [guest("c", &[]), account("one", &[])];
    let rule = |ruling, at| Change::Rule(named("cookie", "c"), named("account", "one"), ruling, at);
    let (same, different) = (
        rule(Ruling::Same, "2026-03-02T10:00:00Z"),
        rule(Ruling::Different, "2026-03-02T11:00:00Z"),
    );
    assert_eq!(race(&first, &same, &different), 1);
}

#[test]
fn verdicts_that_close_a_circle() {
    let first = [guest("c", &[]), account("one", &[]), account("two", &[])];
    let (c, one, two) = (named("cookie", "c"), named("account", "one"), named("account", "two"));
    let at = "2026-03-02T10:00:00Z";
    let (left, right) =
        (Change::Rule(c, one, Ruling::Same, at), Change::Rule(c, two, Ruling::Same, at));
    assert_eq!(race(&first, &left, &right), 1);
}

#[test]
fn a_merge_and_the_erasure_of_whom_it_joins() {
    // Before the merge only one is erased, after it both: two ends, and no third.
    let first = [guest("c", &[MAIL]), account("one", &[])];
    let merge = Change::Tell(account("one", &[MAIL]));
    assert_eq!(race(&first, &merge, &Change::Erase(named("account", "one"))), 2);
    assert_eq!(race(&first, &merge, &Change::Erase(named("cookie", "c"))), 2);
}

#[test]
fn two_erasures_of_one_customer() {
    let first = [guest("c", &[MAIL]), account("one", &[MAIL]), account("two", &[])];
    let (c, one) = (named("cookie", "c"), named("account", "one"));
    assert_eq!(race(&first, &Change::Erase(c), &Change::Erase(one)), 1);
}

#[test]
fn an_unmerge_and_the_erasure_of_one_side() {
    let first = [guest("c", &[MAIL]), account("one", &[MAIL])];
    let (c, one) = (named("cookie", "c"), named("account", "one"));
    let part = Change::Rule(c, one, Ruling::Different, "2026-03-02T10:00:00Z");
    race(&first, &part, &Change::Erase(one));
}

#[test]
fn sharing_that_both_discover() {
    let first = [account("one", &[PHONE]), guest("c", &[PHONE])];
    let (two, three) = (account("two", &[PHONE]), account("three", &[PHONE]));
    assert_eq!(race(&first, &Change::Tell(two), &Change::Tell(three)), 1);
}

#[test]
fn sharing_that_one_discovers_while_another_relies_on_the_value() {
    let first = [account("one", &[PHONE])];
    let (two, late) = (account("two", &[PHONE]), guest("c", &[PHONE]));
    assert_eq!(race(&first, &Change::Tell(two), &Change::Tell(late)), 1);
    // Neither knows of the other: the value is new to both.
    let (one, two) = (account("one", &[PHONE]), account("two", &[PHONE]));
    assert_eq!(race(&[], &Change::Tell(one), &Change::Tell(two)), 1);
}

#[test]
fn sharing_that_one_proves_while_another_takes_the_proof_back() {
    let first = [account("one", &[PHONE]), account("two", &[PHONE]), guest("c", &[PHONE])];
    let (_, shown) = account("two", &[PHONE]);
    let corrected = shown.replace("\"act\"", "\"revision\":1,\"act\"");
    let corrected = ("web", corrected.replace("+33612345678", "+33698765432"));
    assert_ne!(corrected.1, shown);
    let back = Change::Tell(corrected);
    assert_eq!(race(&first, &back, &Change::Tell(account("three", &[PHONE]))), 1);
    assert_eq!(race(&first, &back, &Change::Tell(guest("d", &[PHONE]))), 1);
    let two = named("account", "two");
    race(&first, &back, &Change::Erase(two));
    assert_eq!(race(&first, &Change::Erase(two), &Change::Tell(guest("d", &[PHONE]))), 1);
}

#[test]
fn two_that_each_take_a_part_of_the_proof_back() {
    let first = ["one", "two", "three"].map(|name| account(name, &[PHONE]));
    let back = |(channel, shown): &Told, own: &str| {
        let corrected = shown.replace("\"act\"", "\"revision\":1,\"act\"");
        Change::Tell((channel, corrected.replace("+33612345678", own)))
    };
    let (two, three) = (back(&first[1], "+33698765402"), back(&first[2], "+33698765403"));
    assert_eq!(race(&first, &two, &three), 1);
}
