//! The storage socket: three calls that an integrator implements over any database.
//!
//! Rows, keys, ranges and changesets are values of [`crate::model`]; a store keeps them and judges
//! nothing. [`MemoryStore`] is always compiled and is the readable specification.
//!
//! # Law
//!
//! 1. One door for writes: [`Store::commit`] is atomic and conditional.
//! 2. A store never retries by itself and never decides policy.

mod blob;
mod by_id;
mod check;
mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt::Debug;

use async_trait::async_trait;

pub use blob::{BlobPlace, BlobStore, DirectoryBlobs, MemoryBlobs};
pub use check::{check, listed_under};
pub use memory::MemoryStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use crate::error::Result;
use crate::model::{Changeset, Commit, Key, Page, Range, Row};

/// What a store can do beyond the contract.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreCapabilities {
    /// Whether a purged row leaves no byte behind.
    pub purge: bool,
    /// Whether rows survive the process.
    pub durable: bool,
    /// Largest encoded body in bytes that the store keeps: a larger one is refused. `usize::MAX`
    /// where it sets no limit of its own.
    pub body_bytes_max: usize,
}

impl StoreCapabilities {
    /// Forgets with the process, cannot purge, and refuses no body for its size.
    pub const NONE: Self = Self { purge: false, durable: false, body_bytes_max: usize::MAX };

    /// The same store, in which a purged row leaves no byte behind.
    #[must_use]
    pub fn purging(mut self) -> Self {
        self.purge = true;
        self
    }

    /// The same store, which keeps encoded bodies of up to so many bytes.
    #[must_use]
    pub fn with_bodies_up_to(mut self, bytes: usize) -> Self {
        self.body_bytes_max = bytes;
        self
    }

    /// The same store, whose rows survive the process.
    #[must_use]
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }
}

/// Where rows are kept.
///
/// # Contract
///
/// Each clause names the function of `testkit::store` that checks it (feature `testkit`).
///
/// 1. `commit` applies all of a changeset or nothing: `commit_is_atomic`, whatever tenants it
///    writes for: `a_commit_over_two_tenants_is_atomic`, up to a batch's size:
///    `a_thousand_rows_are_one_commit`.
/// 2. It applies only if every expected row has the expected version, where 0 means absent:
///    `absent_and_present_rows_are_expected`. Of many that create one row at once, one does:
///    `one_creator_wins`.
/// 3. It applies only if every expected anchor has the expected version; any entry that comes, goes
///    or is rewritten in a group changes the group's version, and a group that was never touched
///    has version 0: `anchors_are_expected`.
/// 4. A failed expectation is [`Commit::Conflict`] and names all that failed, in their order:
///    `conflicts_are_named`. A changeset that writes nothing is judged too:
///    `an_empty_changeset_is_judged`.
/// 5. Every row of one commit gets one version, larger than every version given out before; it is
///    never reused, even after a delete: `versions_are_never_reused`.
/// 6. What a commit wrote, the next `load` and `scan` see: `reads_see_the_last_commit`.
/// 7. A put replaces the row and all its index entries: `a_put_replaces_all_entries`.
/// 8. `load` answers in the order of the keys, each as often as it is asked for, `None` for an
///    absent row: `load_answers_in_order`.
/// 9. `scan` answers in the order of the ranges; each page in (time, id) order, within its bounds
///    and limit (1 to [`Range::LIMIT_MAX`], others are clamped), says whether there is more, and
///    carries the anchor of an anchored index: `scans_page_in_order`. Rows at one place are all
///    listed, in any order: `rows_at_one_place_are_all_listed`.
/// 10. Nothing of one tenant shows in another's rows or groups: `tenants_are_apart`; a system index
///     lists every tenant's rows under [`crate::model::TenantId::SYSTEM`] and nowhere else:
///     `system_indexes_list_every_tenant`.
/// 11. Bodies come back equal, in any script and at any time of the calendar:
///     `bodies_come_back_equal`.
/// 12. A deleted or purged row is gone with its entries; deleting an absent row is no error:
///     `deleted_rows_are_gone`.
/// 13. A changeset that contradicts itself is an error of kind [`crate::ErrorKind::Invalid`], and
///     nothing is applied; [`check()`] finds these: `contradictions_are_refused`.
/// 14. What one `load` answers, or one page, is of one instant: `readers_see_whole_commits`.
/// 15. Paging while others write lists every row that stays, once:
///     `pages_hold_while_others_write`.
/// 16. A conditional commit that was applied is refused when it is made again, so that a caller who
///     heard [`crate::Retry::Unknown`] finds out by asking again: `a_repeated_commit_is_refused`.
/// 17. A body of a mebibyte is kept, one over [`StoreCapabilities::body_bytes_max`] is an error of
///     kind [`crate::ErrorKind::Invalid`], and nothing is applied:
///     `large_bodies_are_kept_or_refused`.
/// 18. Where [`StoreCapabilities::durable`] is set, rows, entries and versions outlive the handle:
///     `rows_outlive_their_handle`.
/// 19. Where [`StoreCapabilities::purge`] is set, no byte of a purged row remains:
///     `purged_rows_leave_no_byte`.
#[async_trait]
pub trait Store: Debug + Send + Sync + 'static {
    /// Reads rows by key; `None` for an absent row.
    ///
    /// # Errors
    ///
    /// Only where the store cannot answer; an absent row is no error.
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>>;

    /// Reads pieces of indexes.
    ///
    /// # Errors
    ///
    /// Only where the store cannot answer; an empty group is no error.
    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>>;

    /// Writes a changeset, if what it expects still holds.
    ///
    /// # Errors
    ///
    /// Where the store cannot tell whether it applied the changeset, the error's advice is
    /// [`crate::Retry::Unknown`]; else nothing was applied.
    async fn commit(&self, changeset: Changeset) -> Result<Commit>;

    /// What the store can do beyond the contract.
    fn capabilities(&self) -> StoreCapabilities;
}

#[async_trait]
impl<S: Store + ?Sized> Store for std::sync::Arc<S> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        (**self).load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        (**self).scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        (**self).commit(changeset).await
    }

    fn capabilities(&self) -> StoreCapabilities {
        (**self).capabilities()
    }
}
