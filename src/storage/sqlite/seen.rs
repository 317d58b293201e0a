//! Where rows are that were just read: a commit need not look again.
//!
//! # Why
//!
//! Whoever commits has read the rows on which the changeset rests, through this connection. Nothing
//! but another connection's commit moves them in between, and SQLite tells of those
//! (`pragma data_version`).
//!
//! # Law
//!
//! 1. Bounded by [`MOST`] rows and as many groups; whatever is in doubt is forgotten.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result};
use uuid::Uuid;

use super::read::Place;
use crate::model::{Index, Key, TenantId};

/// Most rows that are remembered: those of a few large batches.
const MOST: usize = 16_384;

/// Rows and groups whose places are known.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What SQLite said of others' commits.
    others: i64,
    rows: BTreeMap<Key, Option<Place>>,
    groups: BTreeMap<(TenantId, Index, Uuid), i64>,
}

impl Seen {
    /// Forgets everything where another connection has committed; called within a transaction.
    pub(super) fn refresh(&mut self, connection: &Connection) -> Result<()> {
        let mut select = connection.prepare_cached("pragma data_version")?;
        let others: i64 = select.query_row([], |row| row.get(0))?;
        if others != self.others {
            self.forget();
            self.others = others;
        }
        Ok(())
    }

    pub(super) fn forget(&mut self) {
        self.rows.clear();
        self.groups.clear();
    }

    /// Where a row is, and whether it is; `None` where that is unknown.
    pub(super) fn row(&self, key: &Key) -> Option<Option<Place>> {
        self.rows.get(key).copied()
    }

    pub(super) fn learn(&mut self, key: Key, place: Option<Place>) {
        if self.rows.len() >= MOST {
            self.rows.clear();
        }
        self.rows.insert(key, place);
    }

    pub(super) fn group(&self, name: &(TenantId, Index, Uuid)) -> Option<i64> {
        self.groups.get(name).copied()
    }

    pub(super) fn learn_group(&mut self, name: (TenantId, Index, Uuid), group: i64) {
        if self.groups.len() >= MOST {
            self.groups.clear();
        }
        self.groups.insert(name, group);
    }
}
