//! What becomes of scored links: replaced, forgotten with their people, never in the way.

use std::sync::Arc;

use async_trait::async_trait;
use omnichannel::model::{
    Changeset, Commit, Configuration, ErasureKey, IdentityRules, Key, Kind, Page, Range, RecordId,
    RetentionProgress, RetentionRule, Row, Timestamp,
};
use omnichannel::storage::{MemoryStore, Store, StoreCapabilities};
use omnichannel::testkit::block_on;
use omnichannel::{Hub, Result};

use crate::common::{hub, now, request, tenant};
use crate::told::{Told, erasure_key, same, seen, tell_all, visit};

const NOON: &str = "2026-03-01T12:00:00Z";
const ONE: &str = "2026-03-02T10:00:00Z";
const TWO: &str = "2026-03-02T11:00:00Z";
const LATE: &str = "2026-04-02T10:00:00Z";

type Links<'a> = &'a [(RecordId, RecordId, i64)];

fn link(hub: &Hub, at: &str, links: Links<'_>) -> usize {
    let at: Timestamp = at.parse().expect("a time");
    block_on(hub.link(tenant(), "people-7", at, links.iter().copied())).expect("linked")
}

fn guests(count: usize) -> Vec<Told> {
    let guest = |n| visit(&format!("v{n}"), NOON, &[seen("cookie", &format!("c{n}"))]);
    (0..count).map(guest).collect()
}

fn strangers(count: usize) -> (Hub, Vec<RecordId>) {
    let hub = hub(MemoryStore::new()).erasure_keys(erasure_key(), []);
    let records = tell_all(&hub, &guests(count));
    (hub, records)
}

/// How many lines of an export name a record.
fn named(hub: &Hub, record: RecordId) -> usize {
    let (mut export, mut count) = (hub.export(tenant()), 0);
    block_on(async {
        while let Some(lines) = export.next().await.expect("read") {
            count += lines.iter().filter(|line| line.contains(&record.to_string())).count();
        }
    });
    count
}

#[test]
fn links_of_the_erased_go_whenever_they_were_made_and_stay_away() {
    // The later run is dated after the erasure; the weak link is in no component.
    for at in [ONE, LATE] {
        let (hub, r) = strangers(4);
        link(&hub, at, &[(r[0], r[1], 5_000), (r[1], r[2], -1_000), (r[1], r[3], -30_000)]);
        assert!(named(&hub, r[1]) > 3);
        let receipt = block_on(hub.erase(tenant(), r[0], "asked")).expect("erased");
        assert_eq!(receipt.erased.get(&Kind::Verdict), Some(&3));
        assert_eq!((named(&hub, r[0]), named(&hub, r[1])), (0, 0));
        // A table from before, linked again tonight.
        for weight in [5_000, -1_000, -30_000] {
            assert_eq!(link(&hub, LATE, &[(r[1], r[2], weight)]), 0, "refused");
        }
        assert_eq!(named(&hub, r[1]), 0);
    }
}

#[test]
fn whoever_comes_again_can_be_linked_again() {
    let (hub, r) = strangers(2);
    link(&hub, ONE, &[(r[0], r[1], 5_000)]);
    block_on(hub.erase(tenant(), r[0], "asked")).expect("erased");
    let again = |n: usize| visit(&format!("w{n}"), LATE, &[seen("cookie", &format!("c{n}"))]);
    assert_eq!(tell_all(&hub, &[again(0), again(1)]), r);
    let later = "2026-04-02T11:00:00Z";
    assert_eq!(link(&hub, later, &[(r[0], r[1], 5_000)]), 1);
    assert!(same(&hub, r[0], r[1]));
}

#[test]
fn a_link_goes_with_the_last_fact_of_its_record() {
    let rules = serde_json::json!([{"what": "all", "keep_days": 10}]);
    let retention: Vec<RetentionRule> = serde_json::from_value(rules).expect("rules");
    let configuration = Configuration { retention, ..Configuration::default() };
    let hub = hub(MemoryStore::new()).configured(configuration).expect("sound");
    let key: ErasureKey = erasure_key();
    let hub = hub.erasure_keys(key, []);
    let r = tell_all(&hub, &guests(3));
    link(&hub, ONE, &[(r[0], r[1], 5_000), (r[1], r[2], -30_000)]);
    let mut progress = RetentionProgress::default();
    while !progress.is_complete() {
        progress = block_on(hub.retain(tenant(), now(), progress)).expect("retained");
    }
    assert_eq!(r.iter().map(|record| named(&hub, *record)).sum::<usize>(), 0);
}

#[test]
fn a_record_that_only_links_name_can_be_erased() {
    let (hub, r) = strangers(1);
    let never = RecordId::from_uuid(uuid::Uuid::from_u128(7));
    assert_eq!(link(&hub, ONE, &[(r[0], never, 5_000)]), 1);
    let receipt = block_on(hub.erase(tenant(), never, "asked")).expect("erased");
    assert_eq!(receipt.erased.get(&Kind::Verdict), Some(&1));
    assert_eq!(named(&hub, never), 0);
    assert!(named(&hub, r[0]) > 0, "the other stays");
}

#[test]
fn of_two_records_the_latest_word_is_kept_in_any_order() {
    let words = [(ONE, 5_000), (TWO, -9_000), (LATE, 7_000)];
    let mut digests = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (hub, r) = strangers(2);
        for (at, weight) in order.map(|at| words[at]) {
            link(&hub, at, &[(r[0], r[1], weight)]);
        }
        assert!(same(&hub, r[0], r[1]));
        assert_eq!(named(&hub, r[0]), 2, "its touchpoint and one link");
        digests.push(block_on(hub.digest(tenant())).expect("read"));
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]));
}

#[test]
fn what_weighs_next_to_nothing_connects_nobody() {
    let (hub, r) = strangers(200);
    let chain = |weight| r.windows(2).map(move |w| (w[0], w[1], weight)).collect::<Vec<_>>();
    let homes = || {
        let keys: Vec<Key> = r.iter().map(|id| Key::record_at(tenant(), *id)).collect();
        let rows = block_on(hub.store().load(&keys)).expect("read");
        let homes = rows.into_iter().flatten().map(|row| format!("{:?}", row.body));
        homes.collect::<std::collections::BTreeSet<_>>().len()
    };
    link(&hub, ONE, &chain(-6_645));
    assert_eq!(homes(), 200);
    link(&hub, TWO, &chain(-6_644));
    assert_eq!(homes(), 1);
    link(&hub, LATE, &chain(-20_000));
    assert_eq!(homes(), 200);
    let identity = IdentityRules { review_weight_min: -6_645, ..IdentityRules::default() };
    let asked = Configuration { identity, ..Configuration::default() };
    let refused = block_on(hub.configure(asked)).expect_err("too low").to_string();
    assert!(refused.contains("at least -6644"), "{refused}");
}

/// A store in which somebody else is quicker on one customer, whenever a commit is large.
#[derive(Debug)]
struct Busy {
    inner: Arc<MemoryStore>,
    other: Hub,
    turns: std::sync::atomic::AtomicUsize,
}

#[async_trait]
impl Store for Busy {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        self.inner.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        self.inner.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        if changeset.puts.len() > 100 {
            let turn = self.turns.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let more = [seen("cookie", "c0"), seen("cookie", &format!("new{turn}"))];
            let (channel, body) = visit(&format!("b{turn}"), NOON, &more);
            self.other.receive(request(channel, &body)).await?;
        }
        self.inner.commit(changeset).await
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.inner.capabilities()
    }
}

#[test]
fn links_get_by_a_customer_that_others_keep_changing() {
    let inner = Arc::new(MemoryStore::new());
    let calm = hub(Arc::clone(&inner));
    let r = tell_all(&calm, &guests(1_000));
    let turns = 0.into();
    let busy = hub(Busy { inner: Arc::clone(&inner), other: hub(Arc::clone(&inner)), turns });
    let links: Vec<_> = r.chunks(2).map(|pair| (pair[0], pair[1], 5_000)).collect();
    assert_eq!(link(&busy, ONE, &links), 500);
    assert!(links.iter().all(|(a, b, _)| same(&calm, *a, *b)));
}
