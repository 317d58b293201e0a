//! A component beyond one row's size lies in parts, and nobody can tell.
//!
//! Method: chains of records over identifiers, of some hundred records, told to a hub; the batch
//! engine, which knows no rows, says who they are. Every other law holds in parts, too: `RUSTFLAGS=
//! "--cfg omnichannel_small_parts" cargo test --all-features` puts nearly every component of every
//! test into parts of two entries.
#![cfg(all(feature = "testkit", not(omnichannel_small_parts)))]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use common::{Dice, hub, now, request, tenant};
use omnichannel::Hub;
use omnichannel::channel::RawInbound;
use omnichannel::engine::{self, Moved, Need, Pause, View};
use omnichannel::identity::{Batch, Observation, identify};
use omnichannel::model::{
    Body, Component, ComponentHead, ComponentId, ComponentRow, Configuration, CustomerId,
    ErasureKey, IdentifierId, IdentifierNode, IdentityRules, Index, Key, Kind, Namespace, Pii,
    Range, RecordId, RecordNode, Row, Ruling, Timestamp, Verdict, VerdictId,
};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::{block_on, recompute};
use proptest::prelude::*;
use uuid::Uuid;

/// A visit on a cookie of its own, which shows two links of a chain, ten visits to each.
fn visit(chain: &str, number: usize) -> RawInbound {
    let (link, day) = (number / 10, 1 + number % 28);
    let body = format!(
        r#"{{"id":"{chain}-{number}","act":"visited","occurred_at":"2026-02-{day:02}T10:00:00Z",
        "sender":{{"namespace":"cookie","value":"{chain}-{number}"}},
        "identifiers":[{{"namespace":"cookie","value":"{chain}-{number}"}},
        {{"namespace":"advertising_id","value":"{chain}-{link}"}},
        {{"namespace":"advertising_id","value":"{chain}-{}"}}],
        "attributes":{{"name":"Zoe of {chain} {}"}}}}"#,
        link + 1,
        number % 3,
    );
    request("web", &body)
}

fn chain(name: &str, visits: usize) -> Vec<RawInbound> {
    (0..visits).map(|number| visit(name, number)).collect()
}

/// Tells requests; the record of each.
fn tell(hub: &Hub, requests: &[RawInbound], batch: usize) -> Vec<RecordId> {
    let mut records = Vec::new();
    for some in requests.chunks(batch) {
        for reception in block_on(hub.receive_many(some.to_vec())).expect("received") {
            assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
            records.extend(reception.taken[0].record);
        }
    }
    records
}

fn scan(store: &dyn Store, index: Index, prefix: Uuid) -> Vec<Row> {
    let page = block_on(store.scan(&[Range::all(tenant(), index, prefix)])).expect("read");
    page.into_iter().flat_map(|page| page.rows).map(|(_, row)| row).collect()
}

/// The parts of each component; none where it is one row.
fn parts(store: &dyn Store) -> Vec<usize> {
    let components = scan(store, Index::Components, Uuid::nil());
    let parts = components.iter().map(|row| {
        let Body::Component(component) = &row.body else { panic!("a component") };
        let said = component.head().map_or(0, |head| head.parts.len());
        assert_eq!(scan(store, Index::Parts, row.key.id).len(), said, "none more, none less");
        said
    });
    parts.collect()
}

/// Who the records are, by the batch engine.
fn batch(hub: &Hub, verdicts: &[Verdict]) -> BTreeMap<CustomerId, Vec<RecordId>> {
    let rules = IdentityRules::default();
    let mut batch = Batch::new(&rules);
    for portrait in block_on(hub.portraits(tenant())).expect("views") {
        for fact in portrait.timeline {
            let seen = fact.touchpoint;
            batch.observe(&Observation {
                record: seen.record.expect("a record"),
                source: seen.source.clone(),
                occurred: seen.occurred,
                identifiers: seen
                    .identifiers
                    .iter()
                    .map(|seen| identify(&rules, &common::keys().id_key, tenant(), seen))
                    .collect(),
            });
        }
    }
    verdicts.iter().for_each(|verdict| batch.rule(verdict));
    let clusters = batch.resolve().flat_map(|partition| partition.clusters);
    clusters.map(|cluster| (cluster.customer, cluster.records)).collect()
}

fn customers(hub: &Hub) -> BTreeMap<CustomerId, Vec<RecordId>> {
    let portraits = block_on(hub.portraits(tenant())).expect("views");
    let records = |portrait: &engine::Portrait| {
        portrait.customer.records.iter().map(|record| record.id).collect()
    };
    portraits.iter().map(|portrait| (portrait.customer.id, records(portrait))).collect()
}

fn different(hub: &Hub, one: RecordId, other: RecordId) -> Verdict {
    engine::verdict(&hub.context(tenant()), (one, other), Ruling::Different, now(), "Ana", "a test")
}

#[test]
fn customers_and_explanations_of_large_components_are_those_of_any_other_order() {
    let mut dice = Dice::new(1);
    let requests = [chain("one", 310), chain("two", 130), chain("few", 20)].concat();
    let mut told = Vec::new();
    for size in [1, 60, 460] {
        let mut requests = requests.clone();
        dice.shuffle(&mut requests);
        let store = Arc::new(MemoryStore::new());
        let hub = hub(Arc::clone(&store));
        tell(&hub, &requests, size);
        let [one, two] = [visit("one", 0), visit("two", 0)].map(|known| tell(&hub, &[known], 1)[0]);
        let verdict = different(&hub, one, two);
        block_on(hub.record_verdict(tenant(), verdict.clone())).expect("ruled");
        let held = customers(&hub);
        assert_eq!(held, batch(&hub, &[verdict]));
        let mut parts = parts(&*store);
        parts.sort_unstable();
        assert_eq!(parts, [0, 8], "927 entries in parts of 64 to 128");
        let last = tell(&hub, &[visit("one", 309)], 1)[0];
        let why = |a, b| block_on(hub.why(tenant(), a, b)).expect("read").expect("known");
        let digest = block_on(hub.digest(tenant())).expect("views");
        assert_eq!(digest, block_on(recompute::recomputed(&hub, tenant())).expect("views"));
        told.push((held, digest, why(one, last).to_string(), why(one, two).to_string()));
    }
    assert_eq!((&told[0], &told[0]), (&told[1], &told[2]));
}

#[test]
fn an_erased_customer_of_a_large_component_was_never_seen_and_the_rest_is_one_row_again() {
    let key = || ErasureKey::new(&[1; 32]).expect("a key");
    let store = Arc::new(MemoryStore::new());
    let hub_of = |store: Arc<MemoryStore>| hub(store).erasure_keys(key(), []);
    let hub = hub_of(Arc::clone(&store));
    let goes = tell(&hub, &chain("goes", 200), 50);
    let stays = tell(&hub, &chain("stays", 60), 50);
    block_on(hub.record_verdict(tenant(), different(&hub, goes[0], stays[0]))).expect("ruled");
    assert_eq!(parts(&*store), [8], "one component of 549 entries");
    let receipt = block_on(hub.erase(tenant(), goes[7], "request 17")).expect("erased");
    assert!(receipt.is_complete());
    assert_eq!(receipt.erased.get(&Kind::ComponentPart), Some(&8));
    assert_eq!(parts(&*store), [0], "one row again");

    let never = hub_of(Arc::default());
    tell(&never, &chain("stays", 60), 50);
    let views = |hub: &Hub| block_on(hub.portraits(tenant())).expect("views");
    assert_eq!(views(&hub), views(&never));
}

#[test]
fn a_large_component_travels_is_previewed_and_falls_apart_like_any() {
    let melting = IdentityRules { bearers_max: 5, ..IdentityRules::default() };
    let next = Configuration { identity: melting, ..Configuration::default() };
    let store = Arc::new(MemoryStore::new());
    let heard: Arc<Mutex<Vec<Moved>>> = Arc::default();
    let hears = Arc::clone(&heard);
    let hub_of = |store: &Arc<MemoryStore>| hub(Arc::clone(store));
    let hub = hub_of(&store)
        .following(move |moved| hears.lock().expect("a lock").extend_from_slice(moved));
    tell(&hub, &chain("c", 300), 100);
    heard.lock().expect("a lock").clear();
    let new = tell(&hub, &[visit("c", 300)], 1);
    let moved: Vec<RecordId> =
        heard.lock().expect("a lock").iter().map(|moved| moved.record).collect();
    assert_eq!((moved, parts(&*store)), (new, vec![8]), "of 301 records one is new");

    let copy = hub_of(&Arc::default());
    let (mut export, mut import) = (hub.export(tenant()), copy.import(tenant()));
    while let Some(lines) = block_on(export.next()).expect("exported") {
        block_on(import.take(&lines)).expect("imported");
    }
    assert!(import.progress().is_complete());
    assert_eq!(customers(&copy), customers(&hub));

    let preview = block_on(hub.preview(&next)).expect("previewed");
    assert_eq!((preview.splits, preview.joins), (customers(&hub).len() as u64, 0));
    block_on(hub.configure(next.clone())).expect("configured");
    let anew = hub_of(&Arc::default()).configured(next).expect("fine rules");
    tell(&anew, &chain("c", 301), 301);
    assert_eq!(customers(&hub), customers(&anew));
    assert_eq!(parts(&*store), [0; 301], "every link is shared");
}

#[cfg(feature = "sqlite")]
#[test]
fn no_byte_of_an_erased_customer_of_a_large_component_is_left_in_the_file() {
    use omnichannel::storage::SqliteStore;

    let folder = std::env::temp_dir().join(format!("omnichannel-parts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let count = |word: &str| {
        let files = std::fs::read_dir(&folder).expect("the folder");
        let bytes = files.flat_map(|file| std::fs::read(file.expect("a file").path()).expect("it"));
        let bytes: Vec<u8> = bytes.collect();
        bytes.windows(word.len()).filter(|window| *window == word.as_bytes()).count()
    };
    let store = Arc::new(SqliteStore::open(folder.join("store.db")).expect("opened"));
    let hub = hub(Arc::clone(&store)).erasure_keys(ErasureKey::new(&[1; 32]).expect("a key"), []);
    let stays = tell(&hub, &chain("stays", 200), 50);
    let goes = tell(&hub, &chain("zoeplanted", 60), 30);
    block_on(hub.record_verdict(tenant(), different(&hub, goes[0], stays[0]))).expect("ruled");
    assert_eq!(parts(&*store), [8]);
    let shell = rusqlite::Connection::open(folder.join("store.db")).expect("opened");
    let known = "select records || ' ' || identifiers from customer_360";
    let known = || shell.query_row(known, [], |row| row.get::<_, String>(0)).expect("a customer");
    assert_eq!(known(), "260 288", "people see all of it");
    assert!(count("zoeplanted") > 0);
    block_on(hub.erase(tenant(), goes[3], "request 17")).expect("erased");
    assert_eq!((parts(&*store), known().as_str()), (vec![4], "200 221"));
    assert_eq!(goes.iter().map(|id| count(&id.to_string())).sum::<usize>(), 0);
    assert_eq!(count("zoeplanted"), 0);
    drop((hub, store, shell));
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// Reads what a step needs, each round from a store of its own; the last for all later ones.
fn rounds(hub: &Hub, stores: &[&dyn Store], record: RecordId) -> Result<(), Pause> {
    let mut view = View::default();
    for round in 0.. {
        let store = stores[round.min(stores.len() - 1)];
        match engine::resolve(&hub.context(tenant()), &view, record) {
            Ok(found) => {
                assert!(found.is_some(), "known");
                return Ok(());
            }
            Err(Pause::Need(Need { keys, .. })) => {
                let rows = block_on(store.load(&keys)).expect("read");
                view.add_rows(keys.into_iter().zip(rows));
            }
            Err(pause) => return Err(pause),
        }
    }
    unreachable!("a step needs a few rounds")
}

/// The rows of components before and after a change, in two stores.
#[derive(Debug)]
struct Past {
    rows: BTreeMap<Key, Row>,
}

impl Past {
    fn of(store: &dyn Store, records: &[RecordId]) -> Self {
        let components = scan(store, Index::Components, Uuid::nil());
        let parts = components.iter().flat_map(|row| scan(store, Index::Parts, row.key.id));
        let homes: Vec<Key> = records.iter().map(|id| Key::record_at(tenant(), *id)).collect();
        let homes = block_on(store.load(&homes)).expect("read").into_iter().flatten();
        let rows = parts.chain(homes).chain(components.clone());
        Self { rows: rows.map(|row| (row.key, row)).collect() }
    }
}

#[async_trait::async_trait]
impl Store for Past {
    async fn load(&self, keys: &[Key]) -> omnichannel::Result<Vec<Option<Row>>> {
        Ok(keys.iter().map(|key| self.rows.get(key).cloned()).collect())
    }

    async fn scan(&self, _: &[Range]) -> omnichannel::Result<Vec<omnichannel::model::Page>> {
        panic!("nobody lists the past")
    }

    async fn commit(
        &self,
        _: omnichannel::model::Changeset,
    ) -> omnichannel::Result<omnichannel::model::Commit> {
        panic!("nobody changes the past")
    }

    fn capabilities(&self) -> omnichannel::storage::StoreCapabilities {
        MemoryStore::new().capabilities()
    }
}

#[test]
fn parts_of_another_time_than_their_head_are_stale() {
    let store = Arc::new(MemoryStore::new());
    let hub = hub(Arc::clone(&store));
    let records = tell(&hub, &chain("c", 300), 100);
    let early = Past::of(&*store, &records);
    tell(&hub, &[visit("c", 300)], 1);
    let late = Past::of(&*store, &records);
    assert_eq!(parts(&*store), [8]);
    let torn = |stores: &[&dyn Store]| rounds(&hub, stores, records[0]);
    assert_eq!(torn(&[&early]), Ok(()));
    assert_eq!(torn(&[&early, &early, &late]), Err(Pause::Stale), "an old head, new parts");
    assert_eq!(torn(&[&early, &late, &early]), Err(Pause::Stale), "a new head, old parts");
    assert_eq!(torn(&[&early, &late]), Ok(()));
    let none = Past { rows: BTreeMap::new() };
    assert_eq!(torn(&[&early, &early, &none]), Err(Pause::Stale), "parts that are gone");
}

fn component(ids: &[u128]) -> Component {
    let mut component = Component::new(ComponentId::from_uuid(Uuid::from_u128(9)));
    for id in ids {
        let uuid = Uuid::from_u128(*id);
        match id % 3 {
            0 => {
                let node = Arc::new(RecordNode::unseen());
                component.records.insert(RecordId::from_uuid(uuid), node);
            }
            1 => {
                let (namespace, value) = (Namespace::Email, Pii::new(id.to_string()));
                let node = IdentifierNode { namespace, scope: None, value, blocked: None };
                component.identifiers.insert(IdentifierId::from_uuid(uuid), Arc::new(node));
            }
            _ => {
                let (id, at) = (VerdictId::from_uuid(uuid), Timestamp::MIN);
                let [a, b] = [1, 2].map(|id| RecordId::from_uuid(Uuid::from_u128(id)));
                let (by, reason) = (Pii::new(String::new()), Pii::new(String::new()));
                let ruling = Ruling::Same;
                let verdict = Verdict { id, a, b, ruling, at, by, reason };
                component.verdicts.insert(id, verdict);
            }
        }
    }
    component
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Ids anywhere, among them the first and the last of a part.
    #[test]
    fn parts_put_together_are_the_component_and_differ_where_it_differs(
        ids in prop::collection::vec(
            prop_oneof![any::<u128>(), (0..16_u128).prop_map(|at| at << 124),
                (1..16_u128).prop_map(|at| (at << 124) - 1)],
            0..40,
        ),
        gone in any::<prop::sample::Index>(),
        bits in 0..7_u32,
    ) {
        let (all, parts) = (component(&ids), 1 << bits);
        let cut: Vec<_> = (0..parts).map(|number| all.part(number, parts, 7)).collect();
        let head = ComponentHead { id: all.id, parts: vec![7; parts] };
        let entries: usize = cut.iter().map(|part| part.records.len()
            + part.identifiers.len() + part.verdicts.len()).sum();
        prop_assert_eq!(entries,
            all.records.len() + all.identifiers.len() + all.verdicts.len(), "each entry once");
        prop_assert_eq!(head.assemble(|number| cut.get(number)), Some(all.clone()));
        let body = Body::Component(ComponentRow::Head(Arc::new(head)));
        prop_assert_eq!(Body::decode(&body.encode()).ok(), Some(body));
        if !ids.is_empty() {
            let gone = ids[gone.index(ids.len())];
            let rest: Vec<u128> = ids.iter().filter(|id| **id != gone).copied().collect();
            let rest = component(&rest);
            for (number, part) in cut.iter().enumerate() {
                let same = *part == rest.part(number, parts, 7);
                prop_assert_eq!(all.has_same_part(&rest, number, parts), same);
            }
        }
    }
}
