//! One identifier on very many records: what a further record costs.
//!
//! Method: a store that counts what is read of it; of a component its nodes, since time follows
//! them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use omnichannel::Result;
use omnichannel::model::{Body, Changeset, Commit, Key, Page, Range, Row};
use omnichannel::storage::{MemoryStore, Store, StoreCapabilities};
use omnichannel::testkit::block_on;
use serde_json::json;

use crate::common::{hub, receive_batches, request, tenant};
use crate::told::{Told, customer, how, same, seen, tell, visit, why};

const NOON: &str = "2026-03-01T12:00:00Z";

#[derive(Debug, Default)]
struct Counting {
    inner: MemoryStore,
    /// Calls that read, rows given back, records and identifiers in them, rows written.
    counts: [AtomicUsize; 4],
}

impl Counting {
    fn saw(&self, row: &Row) {
        self.counts[1].fetch_add(1, SeqCst);
        let nodes = match &row.body {
            Body::Component(row) => {
                row.whole().map(|all| all.records.len() + all.identifiers.len())
            }
            Body::ComponentPart(part) => Some(part.records.len() + part.identifiers.len()),
            _ => None,
        };
        if let Some(nodes) = nodes {
            self.counts[2].fetch_add(nodes, SeqCst);
        }
    }

    fn take(&self) -> [usize; 4] {
        self.counts.each_ref().map(|count| count.swap(0, SeqCst))
    }
}

#[async_trait]
impl Store for Counting {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        self.counts[0].fetch_add(1, SeqCst);
        let rows = self.inner.load(keys).await?;
        rows.iter().flatten().for_each(|row| self.saw(row));
        Ok(rows)
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        self.counts[0].fetch_add(1, SeqCst);
        let pages = self.inner.scan(ranges).await?;
        pages.iter().flat_map(|page| &page.rows).for_each(|(_, row)| self.saw(row));
        Ok(pages)
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        self.counts[3].fetch_add(changeset.rows(), SeqCst);
        self.inner.commit(changeset).await
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.inner.capabilities()
    }
}

/// A visitor in front of the screen that everybody uses, known by a cookie or by an account.
fn visitor(namespace: &str, n: usize) -> Told {
    visit(&format!("v{n}"), NOON, &[seen(namespace, &format!("{n:05}")), seen("device", "screen")])
}

/// Costs of further visitors are the same after 2,000 and after 20,000.
fn crowds_cost(namespace: &'static str) {
    let store = Arc::new(Counting::default());
    let hub = hub(Arc::clone(&store)).erasure_keys(crate::told::erasure_key(), []);
    let requests = |from: usize, until: usize| -> Vec<_> {
        (from..until).map(|n| visitor(namespace, n)).map(|(at, body)| request(at, &body)).collect()
    };
    let cost = |step: &dyn Fn()| {
        store.take();
        step();
        store.take()
    };
    let receive =
        |body: String| drop(block_on(hub.receive(request("web", &body))).expect("received"));
    let costs = |n: usize| {
        let (_, body) = visitor(namespace, n);
        let corrected = json!({
            "id": format!("v{n}"), "revision": 1, "act": "visited", "occurred_at": NOON,
            "sender": seen(namespace, &format!("{n:05}")),
        });
        let taken_back = corrected.to_string();
        let again = |id: &str| body.replace(&format!("\"v{n}\""), &format!("\"{id}{n}\""));
        [body.clone(), taken_back, again("second"), again("third")]
            .map(|body| cost(&|| receive(body.clone())))
    };
    block_on(receive_batches(&hub, &requests(0, 2_000), 100));
    let early = costs(2_000);
    block_on(receive_batches(&hub, &requests(2_001, 20_000), 500));
    let late = costs(20_000);
    println!("{namespace}: after 2,000 {early:?}, after 20,000 {late:?}");
    assert_eq!(
        (early[0], &early[2..]),
        (late[0], &late[2..]),
        "a crowd ten times as large costs nothing more"
    );
    let [first, corrected, shown, again] = late;
    assert!(first[0] <= 3 && first[1] <= 4 && first[2] <= 4 && first[3] <= 8, "{first:?}");
    assert!(shown[0] <= 4 && shown[1] <= 6 && shown[3] <= 4, "{shown:?}");
    assert!(again[0] <= 3 && again[1] <= 5 && again[3] == 1, "{again:?}");
    // A proof rests on the rows that make it: as many bearers as one identifier may have.
    assert!(corrected[0] <= 2 * 6 && corrected[1] <= 2_200 && corrected[3] <= 4, "{corrected:?}");
    let (one, other) =
        (tell(&hub, &visitor(namespace, 5)), tell(&hub, &visitor(namespace, 19_000)));
    assert!(!same(&hub, one, other));
    assert_eq!(customer(&hub, one).records.len(), 1);
    for said in [why(&hub, one, other), how(&hub, one)] {
        assert!(said.contains("shared: seen with more accounts or people"), "{said}");
        assert!(said.len() < 500, "{said}");
    }
    let erased = cost(&|| drop(block_on(hub.erase(tenant(), one, "r")).expect("erased")));
    println!("{namespace}: erasing one {erased:?}");
    assert!(erased[0] <= 60 && erased[1] <= 4_500 && erased[3] < 60, "{erased:?}");
    assert!(same(&hub, other, other) && customer(&hub, other).records.len() == 1);
}

#[test]
fn a_screen_that_twenty_thousand_visitors_share_costs_the_same_for_each() {
    crowds_cost("cookie");
}

#[test]
fn a_screen_that_twenty_thousand_members_share_costs_the_same_for_each() {
    crowds_cost("account");
}
