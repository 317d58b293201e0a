//! All facts travel between any two stores, and views stay equal.
//!
//! Method: a crowd, the gift journey, verdicts and decisions in every state fill a store; what it
//! exports is imported into others in order, shuffled, twice, cut, altered, and with the plug
//! pulled at every call; the oracle is the first store's own export and digest.
#![cfg(feature = "testkit")]

mod broken;
#[path = "../common/mod.rs"]
mod common;
mod decisions;
mod world;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use common::failing::Failing;
use common::{Dice, crowd, receive_batches, request, tenant};
use omnichannel::channel::{KeyRing, Listening, RawInbound, TouchpointJson};
use omnichannel::hub::Imported;
use omnichannel::model::{Channel, ChannelKind, Line, TenantId};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use omnichannel::{ErrorKind, Hub};
use world::{digest, export, filled, import, kinds, open, set};

#[test]
fn all_facts_travel_and_come_out_the_same() {
    let from = filled();
    let lines = export(&from);
    assert_eq!(
        kinds(&lines),
        ["configuration", "decision", "end", "header", "touchpoint", "verdict"].into()
    );
    assert_eq!(set(&lines).len(), lines.len(), "nobody wrote meanwhile: no line stands twice");
    let to = open(MemoryStore::new());
    let progress = import(&to, &lines);
    assert!(progress.is_complete(), "{progress:?}");
    let configuration = 1;
    let facts = lines.len() as u64 - 2 - configuration;
    assert_eq!((progress.accepted, progress.duplicate), (facts, configuration));
    assert_eq!(digest(&to), digest(&from));
    assert_eq!(set(&export(&to)), set(&lines));
    let mut states = BTreeSet::new();
    for line in &lines {
        let Ok(Line::Decision(made)) = Line::decode(line.as_bytes()) else { continue };
        let again = block_on(to.decide(tenant(), &made.decision.intent)).expect("decided");
        assert_eq!(again, made.decision, "decided before, not again");
        let outbox = |hub: &Hub| block_on(hub.outbox(tenant(), again.id)).expect("read");
        assert_eq!(outbox(&to), outbox(&from));
        states.insert(outbox(&to).map(|entry| format!("{:?}", entry.state)));
    }
    assert!(states.len() > 3, "none, due, sent and unknown: {states:?}");
}

#[cfg(feature = "sqlite")]
#[test]
fn all_facts_travel_to_a_file_and_back() {
    let from = filled();
    let lines = export(&from);
    let file = open(omnichannel::storage::SqliteStore::open_in_memory().expect("opened"));
    assert!(import(&file, &lines).is_complete());
    assert_eq!(digest(&file), digest(&from));
    let again = export(&file);
    assert_eq!(set(&again), set(&lines));
    let back = open(MemoryStore::new());
    assert!(import(&back, &again).is_complete());
    assert_eq!(digest(&back), digest(&from));
}

#[test]
fn lines_in_any_order_and_batching_and_twice_give_one_store() {
    let from = filled();
    let lines = export(&from);
    let (expected, ours) = (digest(&from), set(&lines));
    for seed in 0..30 {
        let mut dice = Dice::new(seed);
        let mut order = lines[1..].to_vec();
        for _ in 0..dice.below(order.len()) {
            order.push(order[dice.below(order.len())].clone());
        }
        dice.shuffle(&mut order);
        order.insert(0, lines[0].clone());
        let to = open(MemoryStore::new());
        let mut import = to.import(tenant());
        while !order.is_empty() {
            let batch: Vec<String> = order.drain(..(1 + dice.below(90)).min(order.len())).collect();
            block_on(import.take(&batch)).expect("imported");
        }
        assert_eq!(digest(&to), expected, "seed {seed}");
        assert_eq!(set(&export(&to)), ours, "seed {seed}");
        let again = self::import(&to, &lines);
        assert_eq!((again.accepted, again.refused), (0, 0), "seed {seed}: {again:?}");
    }
}

#[test]
fn a_plug_that_is_pulled_at_any_call_of_an_import_costs_a_second_import() {
    let from = filled();
    let lines = export(&from);
    let mut runs = 0;
    for applies in [false, true] {
        for at in 1.. {
            let store = Arc::new(MemoryStore::new());
            let failing = Arc::new(Failing::over(&store, at, applies));
            let to = open(Arc::clone(&failing));
            let mut import = to.import(tenant());
            let stopped = lines.chunks(60).find_map(|batch| block_on(import.take(batch)).err());
            if failing.is_armed() {
                break;
            }
            let error = stopped.expect("the failure is told");
            assert_eq!(error.kind(), ErrorKind::Unavailable);
            assert!(self::import(&to, &lines).is_complete());
            assert_eq!(digest(&to), digest(&from), "call {at}");
            assert_eq!(set(&export(&to)), set(&lines), "call {at}");
            runs += 1;
        }
    }
    println!("{runs} plugs pulled");
    assert!(runs > 40, "{runs}");
}

#[test]
fn a_plug_that_is_pulled_while_exporting_loses_no_line() {
    let from = Arc::new(MemoryStore::new());
    block_on(receive_batches(&open(Arc::clone(&from)), &crowd(3, 40), 50));
    let expected = export(&open(Arc::clone(&from)));
    for at in 1.. {
        let failing = Arc::new(Failing::over(&from, at, false));
        let hub = open(Arc::clone(&failing));
        let mut export = hub.export(tenant());
        let (mut lines, mut failures) = (Vec::new(), 0);
        loop {
            match block_on(export.next()) {
                Ok(Some(page)) => lines.extend(page),
                Ok(None) => break,
                Err(_) => failures += 1,
            }
        }
        assert_eq!(lines, expected, "call {at}");
        if failing.is_armed() {
            return;
        }
        assert_eq!(failures, 1);
    }
}

#[test]
fn another_tenant_is_neither_exported_nor_touched() {
    let from = filled();
    let stranger = TenantId::named("another house");
    let channel = |hub: Hub| {
        let codec = TouchpointJson::new(Channel::new("web", ChannelKind::Web).expect("a channel"));
        let web = Listening::new(codec);
        hub.channel(stranger, web, KeyRing::default())
    };
    let raw = |request: RawInbound| RawInbound { tenant: stranger, ..request };
    let body = r#"{"id":"1","act":"visited","sender":{"namespace":"email","value":"x@y.fr"}}"#;
    let to = channel(open(MemoryStore::new()));
    block_on(to.receive(raw(request("web", body)))).expect("received");
    let theirs = block_on(to.digest(stranger)).expect("a digest");
    let lines = export(&from);
    assert!(import(&to, &lines).is_complete());
    assert_eq!(block_on(to.digest(stranger)).expect("a digest"), theirs);
    assert_eq!(set(&export(&to)), set(&lines), "nothing of the other tenant's");
}

#[test]
fn what_merges_while_an_export_runs_is_not_lost() {
    let hub = open(MemoryStore::new());
    let seen = |id: &str, account: &str, mails: &str| {
        let body = format!(
            r#"{{"id":"{id}","act":"visited","sender":{{"namespace":"account","value":"{account}"}},
            "identifiers":[{{"namespace":"account","value":"{account}"}}{mails}]}}"#
        );
        request("web", &body)
    };
    let people: Vec<RawInbound> =
        (0..600).map(|n| seen(&format!("t{n}"), &format!("a{n}"), "")).collect();
    block_on(receive_batches(&hub, &people, 600));
    let mut export = hub.export(tenant());
    let (mut touchpoints, mut step) = (BTreeSet::new(), 0);
    while let Some(page) = block_on(export.next()).expect("exported") {
        for line in page {
            if let Ok(Line::Touchpoint(told)) = Line::decode(line.as_bytes()) {
                touchpoints.extend(told.touchpoint.external_id);
            }
        }
        // Each page, twenty strangers are found to be one person.
        if step < 600 {
            let merges: Vec<RawInbound> = (step..step + 20)
                .map(|n| {
                    let account = format!("a{}", (n * 37) % 600);
                    let mail = format!(
                        r#",{{"namespace":"email","value":"family{}@example.org"}}"#,
                        n / 20
                    );
                    seen(&format!("m{n}"), &account, &mail)
                })
                .collect();
            block_on(receive_batches(&hub, &merges, 20));
            step += 20;
        }
    }
    let missing: Vec<String> =
        (0..600).map(|n| format!("t{n}")).filter(|id| !touchpoints.contains(id)).collect();
    assert!(step > 100, "others wrote meanwhile");
    assert!(missing.is_empty(), "{} lost: {missing:?}", missing.len());
}

#[test]
fn a_hundred_thousand_touchpoints_travel_in_small_pages() {
    const COUNT: usize = 100_000;
    let from = Arc::new(MemoryStore::new());
    let filling = open(Arc::clone(&from));
    for batch in 0..COUNT / 1_000 {
        let requests = (batch * 1_000..(batch + 1) * 1_000).map(|n| {
            // One in ten is the busiest person's, who has one long timeline.
            let who = if n % 10 == 0 { 0 } else { n / 3 };
            let body = format!(
                r#"{{"id":"t{n}","act":"visited","occurred_at":"2026-03-01T10:00:00Z",
                "sender":{{"namespace":"account","value":"a{who}"}}}}"#
            );
            request("web", &body)
        });
        block_on(filling.receive_many(requests.collect())).expect("received");
    }
    let watched = Arc::new(Failing::over(&from, 0, false));
    let (from, to) = (open(Arc::clone(&watched)), open(MemoryStore::new()));
    let (mut export, mut import) = (from.export(tenant()), to.import(tenant()));
    let (mut lines_max, mut bytes_max) = (0, 0);
    while let Some(lines) = block_on(export.next()).expect("exported") {
        lines_max = lines_max.max(lines.len());
        bytes_max = bytes_max.max(lines.iter().map(String::len).sum::<usize>());
        block_on(import.take(&lines)).expect("imported");
    }
    let progress: &Imported = import.progress();
    assert!(progress.is_complete());
    assert_eq!(progress.accepted as usize + progress.duplicate as usize, COUNT + 1);
    let rows_max = watched.rows_max.load(SeqCst);
    println!("largest page: {lines_max} lines, {bytes_max} bytes, {rows_max} rows");
    assert!(lines_max <= 2_048 && rows_max <= 2_048 && bytes_max < 4 << 20);
}
