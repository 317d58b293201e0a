//! A store that fails at one call, before or after doing the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use omnichannel::model::{Changeset, Commit, Key, Page, Range, Row};
use omnichannel::storage::{MemoryStore, Store, StoreCapabilities};
use omnichannel::{Error, ErrorKind, Result};

#[derive(Debug, Default)]
pub(crate) struct Failing {
    pub(crate) inner: Arc<MemoryStore>,
    /// Calls until the failure, from 1; 0 never fails (again).
    countdown: AtomicUsize,
    /// Whether the work is done before the failure is told.
    applies: bool,
    /// Most rows that one call gave back.
    pub(crate) rows_max: AtomicUsize,
}

impl Failing {
    /// Fails at call `at`, from 1; 0 never fails.
    pub(crate) fn over(inner: &Arc<MemoryStore>, at: usize, applies: bool) -> Self {
        let inner = Arc::clone(inner);
        Self { inner, countdown: AtomicUsize::new(at), applies, ..Self::default() }
    }

    /// Whether the failure is still to come.
    pub(crate) fn is_armed(&self) -> bool {
        self.countdown.load(SeqCst) > 0
    }

    fn fails(&self) -> bool {
        let count = |left: usize| left.checked_sub(1);
        self.countdown.fetch_update(SeqCst, SeqCst, count) == Ok(1)
    }

    fn saw(&self, rows: usize) {
        self.rows_max.fetch_max(rows, SeqCst);
    }
}

fn failure<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unavailable, "the test pulled the plug"))
}

#[async_trait]
impl Store for Failing {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        if self.fails() {
            return failure();
        }
        self.inner.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        if self.fails() {
            return failure();
        }
        let pages = self.inner.scan(ranges).await?;
        self.saw(pages.iter().map(|page| page.rows.len()).sum());
        Ok(pages)
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        if !self.fails() {
            return self.inner.commit(changeset).await;
        }
        if self.applies {
            self.inner.commit(changeset).await?;
        }
        failure()
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.inner.capabilities()
    }
}
