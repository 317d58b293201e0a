//! The one store of a run: every applied commit is judged.

use async_trait::async_trait;

use super::truth::Shared;
use crate::Result;
use crate::model::{Changeset, Commit, Key, Page, Range, Row};
use crate::storage::{MemoryStore, Store, StoreCapabilities};

/// A memory store that tells the truth what it applied.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) store: MemoryStore,
    pub(super) truth: Shared,
}

#[async_trait]
impl Store for Journal {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        self.truth.get().calls += 1;
        self.store.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        self.truth.get().calls += 1;
        self.store.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        self.truth.get().calls += 1;
        let commit = self.store.commit(changeset.clone()).await?;
        match &commit {
            Commit::Applied(version) => self.truth.get().committed(&changeset, *version),
            Commit::Conflict(_) => self.truth.count("commit: conflicted"),
        }
        Ok(commit)
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.store.capabilities()
    }
}
