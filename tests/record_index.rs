//! A live index in the store: what a batch says, gone with the facts.
#![cfg(feature = "testkit")]

mod common;
#[path = "linkage/town.rs"]
mod town;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::{Dice, hub, request, tenant};
use omnichannel::Hub;
use omnichannel::engine::{self, Pause, View};
use omnichannel::identity::linkage::{Linker, Meaning, Model};
use omnichannel::model::{
    Configuration, ErasureKey, Key, Kind, RecordId, RetentionProgress, RetentionRule, Row,
    Timestamp,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::{Task, Yielding, explore};
use serde_json::json;
use town::{COLUMNS, town};

type Values = [String; 6];

fn columns() -> [(&'static str, Meaning); 6] {
    COLUMNS.map(|name| (name, Meaning::guess(name)))
}

/// What a cookie's visitor says, with an address and a number as identifiers.
fn visit(n: usize, at: &str, row: &Values) -> String {
    let attributes: BTreeMap<&str, &str> =
        (0..4).map(|at| (COLUMNS[at], row[at].as_str())).filter(|(_, v)| !v.is_empty()).collect();
    let named = [("email", &row[4]), ("phone", &row[5])];
    let named = named.iter().filter(|(_, value)| !value.is_empty());
    let named = named.map(|(namespace, value)| json!({"namespace": namespace, "value": value}));
    json!({
        "id": format!("{n}-{at}"), "act": "identified", "occurred_at": at,
        "sender": {"namespace": "cookie", "value": format!("c{n}")},
        "identifiers": named.collect::<Vec<_>>(), "attributes": attributes,
    })
    .to_string()
}

fn tell(hub: &Hub, body: &str) -> RecordId {
    let reception = block_on(hub.receive(request("web", body))).expect("received");
    reception.taken[0].record.expect("a record")
}

const NOON: &str = "2026-03-01T12:00:00Z";

/// A hub that was told of a town, of which some share what a hot block is made of; the model of it.
fn told(people: usize, crowd: usize) -> (Hub, Vec<RecordId>, Model) {
    let (mut rows, _) = town(people, people / 3);
    for row in rows.iter_mut().take(crowd) {
        row[1] = "Martin".to_owned();
        row[3] = "75011".to_owned();
    }
    let hub = hub(MemoryStore::new());
    let records = rows.iter().enumerate().map(|(n, row)| tell(&hub, &visit(n, NOON, row)));
    let records = records.collect();
    let (_, table) = block_on(hub.record_table(tenant(), columns())).expect("read");
    assert_eq!(table.len(), rows.len());
    let model = Linker::of(table).learn();
    (hub, records, model)
}

type Pairs = BTreeMap<(RecordId, RecordId), i64>;

fn batch(hub: &Hub, model: &Model, least: i64) -> (Pairs, u64) {
    let (records, table) = block_on(hub.record_table(tenant(), columns())).expect("read");
    let linked = Linker::with(table, model).expect("the same columns").link(model, least);
    let at = |place: u32| records[place as usize];
    let pairs = linked.links.iter().map(|link| ((at(link.a), at(link.b)), link.weight));
    (pairs.collect(), linked.candidates)
}

fn live(hub: &Hub, model: &Model, records: &[RecordId], least: i64) -> (Pairs, u64) {
    let index = hub.record_index(tenant(), model);
    let (mut pairs, mut candidates) = (Pairs::new(), 0);
    for record in records {
        let answer = block_on(index.find_record(*record, least)).expect("read").expect("known");
        candidates += answer.candidates as u64;
        for found in answer.matches {
            let both = ((*record).min(found.id), (*record).max(found.id));
            let known = pairs.entry(both).or_insert(found.weight);
            assert_eq!(*known, found.weight, "either asks");
        }
    }
    (pairs, candidates / 2)
}

#[test]
fn asking_for_each_record_finds_what_a_batch_finds_and_weighs_it_the_same() {
    for (people, crowd) in [(700, 0), (700, 320), (500, 299)] {
        let (hub, records, model) = told(people, crowd);
        let index = hub.record_index(tenant(), &model);
        assert_eq!(block_on(index.insert_all()).expect("written"), records.len());
        for least in [0, -20_000] {
            let found = live(&hub, &model, &records, least);
            assert_eq!(found, batch(&hub, &model, least), "{crowd} of a name");
            assert!(!found.0.is_empty());
        }
    }
}

fn rows(hub: &Hub, records: &[RecordId]) -> Vec<Option<Row>> {
    let keys: Vec<Key> = records.iter().map(|record| Key::indexed(tenant(), *record)).collect();
    let rows = block_on(hub.store().load(&keys)).expect("read").into_iter();
    rows.map(|row| row.map(|row| Row { version: 1, ..row })).collect()
}

#[test]
fn an_index_that_followed_each_touchpoint_is_the_index_built_at_the_end() {
    let (rows_told, _) = town(60, 20);
    let model = told(60, 0).2;
    let (grown, built) = (hub(MemoryStore::new()), hub(MemoryStore::new()));
    let index = grown.record_index(tenant(), &model);
    let (mut dice, mut records) = (Dice::new(3), Vec::new());
    for turn in 0..300 {
        // Many say something else later, some earlier.
        let row = &rows_told[dice.below(rows_told.len())];
        let at = format!("2026-03-{:02}T{:02}:00:00Z", 1 + dice.below(28), turn % 24);
        let body = visit(dice.below(40), &at, row);
        let record = tell(&grown, &body);
        assert_eq!(tell(&built, &body), record);
        block_on(index.insert(&[record])).expect("written");
        records.push(record);
        if dice.below(8) == 0 {
            let gone = records[dice.below(records.len())];
            let was = rows(&grown, &[gone])[0].is_some();
            assert_eq!(block_on(index.remove(&[gone])).expect("written") == 1, was);
            block_on(index.insert(&[gone])).expect("written");
        }
    }
    let rebuilt = built.record_index(tenant(), &model);
    block_on(rebuilt.insert_all()).expect("written");
    assert_eq!(rows(&grown, &records), rows(&built, &records));
    for row in &rows_told {
        let asked: Vec<&str> = row.iter().map(String::as_str).collect();
        let found = block_on(index.find(&asked, i64::MIN)).expect("read");
        assert_eq!(found, block_on(rebuilt.find(&asked, i64::MIN)).expect("read"));
    }
    // Nothing new is no commit.
    let before = block_on(grown.store().load(&[Key::indexed(tenant(), records[0])]));
    block_on(index.insert_all()).expect("read");
    let after = block_on(grown.store().load(&[Key::indexed(tenant(), records[0])]));
    assert_eq!(before.expect("read"), after.expect("read"));
}

fn zoe(at: &str) -> Values {
    ["Zoé", "Étienne", "1984-02-05", "75011", "zoe@example.org", "0612345678"]
        .map(|value| if at == "later" { "" } else { value }.to_owned())
}

fn eraser(store: impl Store, retention: Vec<RetentionRule>) -> Hub {
    let configuration = Configuration { retention, ..Configuration::default() };
    let key = ErasureKey::new(&[9; 32]).expect("a key");
    hub(store).configured(configuration).expect("sound").erasure_keys(key, [])
}

#[test]
fn whoever_is_erased_leaves_the_index_at_once() {
    let model = told(60, 0).2;
    let hub = eraser(MemoryStore::new(), Vec::new());
    let record = tell(&hub, &visit(1, NOON, &zoe("")));
    let index = hub.record_index(tenant(), &model);
    assert_eq!(block_on(index.insert(&[record])).expect("written"), 1);
    let asked = ["Zoe", "Etienne", "5/2/1984", "", "", ""];
    let found = block_on(index.find(&asked, 0)).expect("read");
    assert_eq!(found.matches.first().map(|of| of.id), Some(record));
    let waterfall = block_on(index.explain(&asked, record)).expect("read").expect("known");
    assert_eq!(waterfall.terms.iter().map(|term| term.weight).sum::<i64>(), waterfall.weight);
    assert_eq!(waterfall.weight, found.matches[0].weight);

    let receipt = block_on(hub.erase(tenant(), record, "asked")).expect("erased");
    assert_eq!(receipt.erased.get(&Kind::Indexed), Some(&1));
    assert_eq!(rows(&hub, &[record]), [None]);
    assert_eq!(block_on(index.find(&asked, i64::MIN)).expect("read").candidates, 0);
    // Nothing that is left brings the person back.
    assert_eq!(block_on(index.insert(&[record])).expect("read"), 0);
    assert_eq!(block_on(index.insert_all()).expect("read"), 0);
    assert_eq!(block_on(index.find_record(record, 0)).expect("read"), None);
}

#[test]
fn the_first_step_of_an_erasure_takes_the_person_out() {
    let model = told(60, 0).2;
    let hub = eraser(MemoryStore::new(), Vec::new());
    let record = tell(&hub, &visit(1, NOON, &zoe("")));
    block_on(hub.record_index(tenant(), &model).insert(&[record])).expect("written");
    let (context, mut view) = (hub.context(tenant()), View::default());
    let now: Timestamp = "2026-04-01T10:00:00Z".parse().expect("a time");
    let changeset = loop {
        match engine::erase(&context, &view, record, "asked", now) {
            Ok((_, changeset)) => break changeset,
            Err(Pause::Need(need)) => {
                let rows = block_on(hub.store().load(&need.keys)).expect("read");
                view.add_rows(need.keys.into_iter().zip(rows));
                let ranges: Vec<_> = need.ranges.into_iter().collect();
                let pages = block_on(hub.store().scan(&ranges)).expect("read");
                ranges.into_iter().zip(pages).for_each(|(range, page)| view.add_page(range, page));
            }
            Err(pause) => panic!("{pause:?}"),
        }
    };
    assert!(changeset.purges.contains(&Key::indexed(tenant(), record)));
}

#[test]
fn facts_whose_time_is_over_leave_the_index() {
    let retention: Vec<RetentionRule> =
        serde_json::from_value(json!([{"what": "all", "keep_days": 10}])).expect("rules");
    let model = told(60, 0).2;
    let hub = eraser(MemoryStore::new(), retention);
    let record = tell(&hub, &visit(1, NOON, &zoe("")));
    let again = ["", "Étienne", "", "", "other@example.org", ""].map(str::to_owned);
    tell(&hub, &visit(1, "2026-03-30T12:00:00Z", &again));
    let index = hub.record_index(tenant(), &model);
    block_on(index.insert(&[record])).expect("written");
    let now: Timestamp = "2026-04-01T10:00:00Z".parse().expect("a time");
    block_on(hub.retain(tenant(), now, RetentionProgress::default())).expect("retained");
    assert_eq!(rows(&hub, &[record]), [None]);
    // What stays is put in again.
    assert_eq!(block_on(index.insert_all()).expect("written"), 1);
    let asked = ["Zoé", "Étienne", "1984-02-05", "75011", "zoe@example.org", "0612345678"];
    assert_eq!(block_on(index.find(&asked, i64::MIN)).expect("read").candidates, 0);
    let asked = ["", "", "", "", "other@example.org", ""];
    assert_eq!(block_on(index.find(&asked, i64::MIN)).expect("read").candidates, 1);
}

#[test]
fn wrong_input_says_what_is_wrong() {
    let (hub, records, model) = told(60, 0);
    let index = hub.record_index(tenant(), &model);
    let error = block_on(index.find(&["x"], 0)).expect_err("one value").to_string();
    assert!(error.contains("record 1 has 1 values, but there are 6 columns"), "{error}");
    let unknown = RecordId::from_uuid(uuid::Uuid::max());
    assert_eq!(block_on(index.find_record(unknown, 0)).expect("read"), None);
    assert_eq!(block_on(index.find_record(records[0], 0)).expect("read"), None, "not yet in");
    assert_eq!(block_on(index.insert(&[unknown, records[0]])).expect("written"), 1);
    assert_eq!(block_on(index.explain(&[""; 6], unknown)).expect("read"), None);
    assert_eq!(block_on(index.remove(&[unknown, records[0], records[0]])).expect("written"), 1);
    assert!(!format!("{index:?}").contains("example.org"));
}

#[test]
fn indexing_that_races_with_a_touchpoint_ends_with_what_is_true() {
    let model = Arc::new(told(60, 0).2);
    let first = visit(1, NOON, &zoe(""));
    let moved = ["", "Nguyen", "", "33000", "", ""].map(str::to_owned);
    let second = visit(1, "2026-03-02T12:00:00Z", &moved);
    let serial = hub(MemoryStore::new());
    let record = tell(&serial, &first);
    tell(&serial, &second);
    let index = serial.record_index(tenant(), &model);
    block_on(index.insert(&[record])).expect("written");
    let expected = rows(&serial, &[record]);
    let explored = explore(
        200_000,
        move || {
            let store = Arc::new(MemoryStore::new());
            let calm = hub(Arc::clone(&store));
            tell(&calm, &first);
            let tasks = [true, false].map(|tells| {
                let hub = hub(Yielding(Arc::clone(&store)));
                let (model, second) = (Arc::clone(&model), second.clone());
                let task: Task<()> = Box::pin(async move {
                    if tells {
                        hub.receive(request("web", &second)).await.expect("received");
                    }
                    let index = hub.record_index(tenant(), &model);
                    index.insert(&[record]).await.expect("written");
                });
                task
            });
            (calm, tasks.into())
        },
        |calm: &Hub, _| assert_eq!(rows(calm, &[record]), expected),
    );
    assert!(explored.complete && explored.schedules > 20, "{}", explored.schedules);
}

#[test]
fn a_learnt_model_of_the_same_columns_finds_what_is_there() {
    let (hub, records, model) = told(200, 0);
    block_on(hub.record_index(tenant(), &model).insert_all()).expect("written");
    let newer = told(260, 0).2;
    assert_ne!(newer, model);
    assert_eq!(live(&hub, &newer, &records, 0), batch(&hub, &newer, 0));
    // By other columns nothing is there yet.
    let fewer = columns().into_iter().take(3);
    let (_, table) = block_on(hub.record_table(tenant(), fewer)).expect("read");
    let other = Linker::of(table).learn();
    let index = hub.record_index(tenant(), &other);
    assert_eq!(block_on(index.find_record(records[0], 0)).expect("read"), None);
}
