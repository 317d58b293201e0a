//! Stopped after any commit, a second call finishes the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use omnichannel::model::{Changeset, Commit, Key, Page, Range, Row};
use omnichannel::storage::{MemoryStore, Store, StoreCapabilities};
use omnichannel::testkit::block_on;
use omnichannel::{Error, ErrorKind, Result, Retry};

use crate::common::{crowd, request, tenant};
use crate::world::{Person, digest, eraser, feed, portraits};

/// Fails once, at the commit of that number: before it is applied, or after.
#[derive(Debug)]
pub(crate) struct Failing {
    inner: MemoryStore,
    commits_left: AtomicUsize,
    applied: bool,
}

impl Failing {
    pub(crate) fn new(applied: bool) -> Self {
        Self { inner: MemoryStore::new(), commits_left: AtomicUsize::new(usize::MAX), applied }
    }

    /// Fails once, after so many commits.
    pub(crate) fn fail_at(&self, commit: usize) {
        self.commits_left.store(commit, SeqCst);
    }
}

#[async_trait]
impl Store for Failing {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        self.inner.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        self.inner.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        if self.commits_left.fetch_sub(1, SeqCst) != 0 {
            return self.inner.commit(changeset).await;
        }
        if self.applied {
            self.inner.commit(changeset).await?;
        }
        Err(Error::new(ErrorKind::Unavailable, "the process was killed").retry(Retry::Unknown))
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.inner.capabilities()
    }
}

/// Commits until the erasure is complete; `None` where the fault never fired.
fn erased_after_a_crash(at: usize, applied: bool) -> bool {
    let store = Arc::new(Failing::new(applied));
    let hub = eraser(Arc::clone(&store));
    let mut requests = crowd(3, 6);
    for n in 0..250 {
        let body = format!(
            r#"{{"id":"long-{n}","act":"visited","occurred_at":"2026-03-01T10:00:00Z",
            "sender":{{"namespace":"account","value":"account-1"}}}}"#
        );
        requests.push(request("web", &body));
    }
    let ids = feed(&hub, &requests);
    let all = portraits(&hub);
    let longest = all.iter().max_by_key(|portrait| portrait.timeline.len()).expect("somebody");
    let person = Person::of(longest);
    let subject = longest.customer.id;
    store.fail_at(at);
    let first = block_on(hub.erase(tenant(), subject, "r"));
    store.fail_at(usize::MAX);
    let fired = first.is_err();
    let receipt = block_on(hub.erase(tenant(), subject, "r")).expect("finished");
    assert!(receipt.is_complete());
    let never = eraser(MemoryStore::new());
    let others = requests
        .iter()
        .zip(&ids)
        .filter(|(_, (id, _))| id.is_some_and(|id| !person.facts.contains(&id)));
    feed(&never, &others.map(|(request, _)| request.clone()).collect::<Vec<_>>());
    assert_eq!(digest(&hub), digest(&never), "crash at commit {at}, applied: {applied}");
    fired
}

#[test]
fn a_crash_at_any_commit_is_finished_by_a_second_call() {
    for applied in [false, true] {
        let fired = (0..).take_while(|at| erased_after_a_crash(*at, applied)).count();
        assert!(fired >= 4, "{fired} commits: several pages");
    }
}
