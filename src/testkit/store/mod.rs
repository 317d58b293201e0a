//! The contract of [`Store`]: one function per clause.
//!
//! Every function takes an empty store and panics with a sentence where the clause is broken.
//! [`store_contract!`](crate::store_contract) makes one named test of each. A clause uses tenants
//! of its own name, so that several can share a database that is emptied between runs.
//!
//! ```
//! use omnichannel::storage::MemoryStore;
//! use omnichannel::testkit::{block_on, store};
//!
//! block_on(store::commit_is_atomic(&MemoryStore::new()));
//! ```
//!
//! # Law
//!
//! The contract can fail: `tests/store.rs` breaks a store in every way that a clause names, and
//! sees that clause fail.

mod bodies;
mod commits;
mod durable;
mod expects;
pub mod rows;
mod scans;
mod together;

pub use bodies::bodies_come_back_equal;
pub use commits::{
    a_commit_over_two_tenants_is_atomic, a_put_replaces_all_entries,
    a_thousand_rows_are_one_commit, commit_is_atomic, contradictions_are_refused,
    deleted_rows_are_gone, reads_see_the_last_commit, versions_are_never_reused,
};
pub use durable::{purged_rows_leave_no_byte, rows_outlive_their_handle};
pub use expects::{
    absent_and_present_rows_are_expected, an_empty_changeset_is_judged, anchors_are_expected,
    conflicts_are_named, one_creator_wins,
};
pub use scans::{
    load_answers_in_order, rows_at_one_place_are_all_listed, scans_page_in_order,
    system_indexes_list_every_tenant, tenants_are_apart,
};
pub use together::{
    a_repeated_commit_is_refused, large_bodies_are_kept_or_refused, pages_hold_while_others_write,
    readers_see_whole_commits,
};

use crate::model::{Changeset, Commit, Expect, Key, Page, Range, Row, Version};
use crate::storage::Store;
use crate::{Error, Result};

/// Makes a module with one test for each clause of the store contract.
///
/// The second argument is evaluated anew for each test, within an async block, and gives a pair: a
/// guard that cleans up when it is dropped after the store, and an empty store.
///
/// ```
/// use omnichannel::storage::MemoryStore;
///
/// omnichannel::store_contract!(memory, ((), MemoryStore::new()));
/// ```
///
/// A database that is reached asynchronously: `store_contract!(mine, open_empty().await)`.
#[macro_export]
macro_rules! store_contract {
    ($name:ident, $make:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "what the expression names may come from anywhere")]
            use super::*;

            $crate::store_contract!(@tests $make,
                a_commit_over_two_tenants_is_atomic,
                a_put_replaces_all_entries,
                a_repeated_commit_is_refused,
                a_thousand_rows_are_one_commit,
                absent_and_present_rows_are_expected,
                an_empty_changeset_is_judged,
                anchors_are_expected,
                bodies_come_back_equal,
                commit_is_atomic,
                conflicts_are_named,
                contradictions_are_refused,
                deleted_rows_are_gone,
                large_bodies_are_kept_or_refused,
                load_answers_in_order,
                one_creator_wins,
                pages_hold_while_others_write,
                readers_see_whole_commits,
                reads_see_the_last_commit,
                rows_at_one_place_are_all_listed,
                scans_page_in_order,
                system_indexes_list_every_tenant,
                tenants_are_apart,
                versions_are_never_reused,
            );
        }
    };
    (@tests $make:expr, $($clause:ident,)*) => {$(
        #[test]
        fn $clause() {
            $crate::testkit::block_on(async {
                // The guard is bound first, so that it is dropped last.
                let (_guard, store) = $make;
                $crate::testkit::store::$clause(&store).await;
            });
        }
    )*};
}

fn or_panic<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error: Error| panic!("the store could not answer: {error}"))
}

/// Commits what must be applied.
async fn apply(store: &dyn Store, changeset: Changeset) -> Version {
    match or_panic(store.commit(changeset).await) {
        Commit::Applied(version) => version,
        Commit::Conflict(failed) => panic!("refused although all holds; it says: {failed:?}"),
    }
}

/// Commits what must be refused.
async fn conflict(store: &dyn Store, changeset: Changeset) -> Vec<Expect> {
    match or_panic(store.commit(changeset).await) {
        Commit::Applied(version) => panic!("applied as {version} although an expectation fails"),
        Commit::Conflict(failed) => failed,
    }
}

async fn load(store: &dyn Store, key: Key) -> Option<Row> {
    let mut rows = or_panic(store.load(&[key]).await);
    assert_eq!(rows.len(), 1, "one key, one answer");
    rows.remove(0)
}

async fn version(store: &dyn Store, key: Key) -> Version {
    load(store, key).await.map_or(0, |row| row.version)
}

async fn scan(store: &dyn Store, range: Range) -> Page {
    let mut pages = or_panic(store.scan(&[range]).await);
    assert_eq!(pages.len(), 1, "one range, one page");
    pages.remove(0)
}

/// The keys of a page in its order.
fn keys(page: &Page) -> Vec<Key> {
    page.rows.iter().map(|(_, row)| row.key).collect()
}

fn puts(puts: impl IntoIterator<Item = crate::model::Put>) -> Changeset {
    Changeset { puts: puts.into_iter().collect(), ..Changeset::default() }
}
