//! What each kind of change costs, in rounds of reading and in rows written.
//!
//! Method: a store that counts its calls under one hub.
#![cfg(all(feature = "testkit", not(omnichannel_small_parts)))]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use common::{hub, request, tenant};
use omnichannel::model::{Changeset, Commit, Key, Page, Range, Row};
use omnichannel::storage::{MemoryStore, Store, StoreCapabilities};
use omnichannel::testkit::block_on;
use omnichannel::{Hub, Result};

#[derive(Debug, Default)]
struct Counting {
    inner: MemoryStore,
    reads: AtomicUsize,
    loaded: AtomicUsize,
    rows: AtomicUsize,
    bytes: AtomicUsize,
    commits: AtomicUsize,
}

#[async_trait]
impl Store for Counting {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        self.reads.fetch_add(1, SeqCst);
        self.loaded.fetch_add(keys.len(), SeqCst);
        self.inner.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        self.reads.fetch_add(1, SeqCst);
        self.inner.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        self.commits.fetch_add(1, SeqCst);
        self.rows.fetch_add(changeset.rows(), SeqCst);
        let bytes = changeset.puts.iter().map(|put| put.body.encode().len()).sum();
        self.bytes.fetch_add(bytes, SeqCst);
        self.inner.commit(changeset).await
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.inner.capabilities()
    }
}

struct World {
    store: Arc<Counting>,
    hub: Hub,
}

impl World {
    fn new() -> Self {
        let store = Arc::new(Counting::default());
        let world = Self { hub: hub(Arc::clone(&store)), store };
        // The first call of a hub also checks the store's profile.
        world.tell(
            "web",
            r#"{"id":"warm","act":"visited","sender":{"namespace":"account","value":"nobody"}}"#,
        );
        world
    }

    /// Reads, rows written and commits of one request.
    fn tell(&self, channel: &str, body: &str) -> (usize, usize, usize) {
        let counts = |store: &Counting| {
            [&store.reads, &store.rows, &store.commits].map(|count| count.load(SeqCst))
        };
        let before = counts(&self.store);
        let reception = block_on(self.hub.receive(request(channel, body))).expect("received");
        assert!(reception.rejected.is_empty(), "{:?}", reception.rejected);
        let after = counts(&self.store);
        (after[0] - before[0], after[1] - before[1], after[2] - before[2])
    }
}

fn seen(id: &str, sender: &str, mail: &str) -> String {
    format!(
        r#"{{"id":"{id}","act":"visited","occurred_at":"2026-03-01T10:00:00Z",
        "sender":{{"namespace":"account","value":"{sender}"}},
        "identifiers":[{{"namespace":"account","value":"{sender}"}},
        {{"namespace":"email","value":"{mail}"}}]}}"#
    )
}

#[test]
fn a_first_touch_reads_once_and_writes_five_rows() {
    let world = World::new();
    assert_eq!(world.tell("web", &seen("1", "a", "a@b.fr")), (1, 5, 1));
}

#[test]
fn a_repeat_touch_reads_twice_and_writes_one_row() {
    let world = World::new();
    world.tell("web", &seen("1", "a", "a@b.fr"));
    assert_eq!(world.tell("web", &seen("2", "a", "a@b.fr")), (2, 1, 1));
}

#[test]
fn a_copy_that_is_known_is_not_committed() {
    let world = World::new();
    world.tell("web", &seen("1", "a", "a@b.fr"));
    assert_eq!(world.tell("web", &seen("1", "a", "a@b.fr")), (2, 0, 0));
}

#[test]
fn a_merge_reads_twice_and_writes_the_smaller_side() {
    let world = World::new();
    world.tell("web", &seen("1", "a", "a@b.fr"));
    world.tell("app", &seen("2", "a", "a@b.fr"));
    let card = r#"{"id":"3","act":"visited","occurred_at":"2026-03-01T10:00:00Z",
        "sender":{"namespace":"loyalty_card","value":"z"},
        "identifiers":[{"namespace":"email","value":"z@b.fr"}]}"#;
    world.tell("store", card);
    let bridge = r#"{"id":"4","act":"visited","occurred_at":"2026-03-02T10:00:00Z",
        "sender":{"namespace":"account","value":"a"},
        "identifiers":[{"namespace":"email","value":"z@b.fr"}]}"#;
    // The touchpoint, the larger component, the smaller one's removal and its three pointers.
    assert_eq!(world.tell("web", bridge), (2, 6, 1));
}

#[test]
fn a_correction_takes_at_most_six_rounds() {
    let world = World::new();
    world.tell("web", &seen("1", "a", "wrong@b.fr"));
    world.tell("web", &seen("2", "b", "wrong@b.fr"));
    let corrected = seen("1", "a", "right@b.fr").replacen("\"id\"", "\"revision\":1,\"id\"", 1);
    let (reads, _, commits) = world.tell("web", &corrected);
    assert!(reads <= 6, "{reads} rounds");
    assert_eq!(commits, 1);
    let portraits = block_on(world.hub.portraits(tenant())).expect("views");
    assert_eq!(portraits.len(), 3, "the corrected e-mail joins them no longer");
}

#[test]
fn a_batch_of_a_thousand_new_people_reads_once() {
    let world = World::new();
    let requests = (0..1_000)
        .map(|n| request("web", &seen(&format!("t{n}"), &format!("a{n}"), &format!("m{n}@b.fr"))));
    let reads = world.store.reads.load(SeqCst);
    block_on(world.hub.receive_many(requests.collect())).expect("received");
    assert_eq!(world.store.reads.load(SeqCst) - reads, 1);
    assert_eq!(world.store.commits.load(SeqCst), 3, "profile, warm-up, batch");
}

/// A visit on a cookie of its own, which shows a link of a chain, and the next.
fn linked(id: &str, link: usize) -> String {
    format!(
        r#"{{"id":"{id}","act":"visited","occurred_at":"2026-03-01T10:00:00Z",
        "sender":{{"namespace":"cookie","value":"{id}"}},
        "identifiers":[{{"namespace":"cookie","value":"{id}"}},
        {{"namespace":"advertising_id","value":"link-{link}"}},
        {{"namespace":"advertising_id","value":"link-{}"}}]}}"#,
        link + 1
    )
}

#[test]
fn a_new_record_in_a_component_of_ten_thousand_writes_six_rows_of_sixty_four_kilobytes() {
    let world = World::new();
    let visits: Vec<_> =
        (0..10_000).map(|at| request("web", &linked(&format!("own-{at}"), at / 10))).collect();
    for batch in visits.chunks(1_000) {
        block_on(world.hub.receive_many(batch.to_vec())).expect("received");
    }
    let store = &world.store;
    let mut bytes_max = 0;
    for late in 0..20 {
        let loaded = store.loaded.load(SeqCst);
        let bytes = store.bytes.load(SeqCst);
        let (reads, rows, commits) = world.tell("web", &linked(&format!("late-{late}"), late * 41));
        // The touchpoint, two pointers, the head; the parts of the record and of its cookie.
        assert!((5..=6).contains(&rows), "{rows} rows");
        assert_eq!((reads, commits), (3, 1), "pointers, the head, its parts");
        let loaded = store.loaded.load(SeqCst) - loaded;
        assert!(loaded < 256 + 16, "{loaded} rows: all parts are read");
        bytes_max = bytes_max.max(store.bytes.load(SeqCst) - bytes);
    }
    println!("at most {bytes_max} bytes");
    assert!(bytes_max <= 64 * 1024, "{bytes_max} bytes");
}

#[test]
fn where_somebody_was_erased_receiving_takes_at_most_three_rounds() {
    let mut world = World::new();
    let key = omnichannel::model::ErasureKey::new(&[1; 32]).expect("a key");
    world.hub = hub(Arc::clone(&world.store)).erasure_keys(key, []);
    world.tell("web", &seen("gone", "gone", "gone@b.fr"));
    let gone = block_on(world.hub.portraits(tenant())).expect("views");
    let gone =
        gone.iter().find(|p| p.timeline[0].touchpoint.external_id.as_deref() == Some("gone"));
    let gone = gone.expect("seen").customer.id;
    block_on(world.hub.erase(tenant(), gone, "r")).expect("erased");
    assert_eq!(world.tell("web", &seen("1", "a", "a@b.fr")), (2, 5, 1), "a first touch");
    assert_eq!(world.tell("web", &seen("2", "a", "a@b.fr")), (2, 1, 1), "a repeat touch");
    let corrected = seen("1", "a", "right@b.fr").replacen("\"id\"", "\"revision\":1,\"id\"", 1);
    let (reads, _, _) = world.tell("web", &corrected);
    assert!(reads <= 4, "{reads} reads in three rounds: one of them also scans");
}
