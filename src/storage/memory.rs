//! Rows in memory: the readable specification of a store.

use async_trait::async_trait;

use super::{Store, StoreCapabilities};
use crate::error::Result;
use crate::model::{Changeset, Commit, Key, Page, Range, Row};

/// Rows in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {}

#[async_trait]
impl Store for MemoryStore {
    async fn load(&self, _keys: &[Key]) -> Result<Vec<Option<Row>>> {
        Ok(Vec::new())
    }

    async fn scan(&self, _ranges: &[Range]) -> Result<Vec<Page>> {
        Ok(Vec::new())
    }

    async fn commit(&self, _changeset: Changeset) -> Result<Commit> {
        Ok(Commit::Applied(1))
    }

    fn capabilities(&self) -> StoreCapabilities {
        StoreCapabilities::NONE
    }
}
