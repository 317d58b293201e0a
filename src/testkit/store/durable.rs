//! Clauses 18 and 19: what a store keeps for ever, and what it forgets.
//!
//! They need more than an empty store, so that the macro makes no test of them: call them from a
//! test of your own.

use std::sync::Arc;

use super::rows::{timeline, touchpoint};
use super::{apply, conflict, keys, load, puts, scan};
use crate::model::{Body, Changeset, Copies, Copy, Expect, Put, TenantId};
use crate::storage::Store;

/// How often the marker stands in a purged row.
const TIMES: usize = 40;

/// Rows, entries and versions are as they were when the place is opened again.
///
/// `open` opens one place, again and again; for stores whose capability `durable` is set.
pub async fn rows_outlive_their_handle<S: Store>(mut open: impl AsyncFnMut() -> S) {
    let tenant = TenantId::named("rows_outlive_their_handle");
    let put = touchpoint(tenant, 1, 1, 60);
    let store = open().await;
    assert!(store.capabilities().durable, "the store does not say that it is durable");
    let written = apply(&store, puts([put.clone(), touchpoint(tenant, 2, 1, 61)])).await;
    let deletes = vec![touchpoint(tenant, 2, 1, 61).key];
    let last = apply(&store, Changeset { deletes, ..Changeset::default() }).await;
    drop(store);
    let store = open().await;
    let row = load(&store, put.key).await;
    assert_eq!(row.as_ref().map(|row| row.version), Some(written), "the row's version changed");
    assert_eq!(row.map(|row| row.body), Some(put.body), "the row's body changed");
    let page = scan(&store, timeline(tenant, 1)).await;
    assert_eq!((keys(&page), page.anchor), (vec![put.key], Some(last)), "the index changed");
    let stale = Changeset { expects: vec![Expect::Row(put.key, 0)], ..puts([]) };
    conflict(&store, stale).await;
    let next = apply(&store, puts([touchpoint(tenant, 3, 1, 62)])).await;
    assert!(next > last, "version {next} was given out before the place was closed");
}

/// Of a purged row no byte remains, wherever the store keeps bytes.
///
/// `bytes` reads all of them: of every file, log and free page; for stores whose capability `purge`
/// is set.
pub async fn purged_rows_leave_no_byte(store: &dyn Store, mut bytes: impl FnMut() -> Vec<u8>) {
    const MARKER: &str = "Marker-of-a-purged-row";
    let tenant = TenantId::named("purged_rows_leave_no_byte");
    assert!(store.capabilities().purge, "the store does not say that it purges");
    let marked = |n: u64, times: usize| {
        let put = touchpoint(tenant, n, n % 7, 60);
        let Body::Touchpoint(copies) = &put.body else { return put };
        let arrival = copies.all()[0].arrival.clone();
        let mut told = copies.chosen().clone();
        told.attributes.insert("name".to_owned(), MARKER.repeat(times).into());
        Put { body: Body::Touchpoint(Arc::new(Copies::new(Copy::new(told, arrival)))), ..put }
    };
    // Grown and shrunk, so that pages are divided and used again.
    for times in [1, TIMES, 2] {
        apply(store, puts((0..200).map(|n| marked(n, times)))).await;
    }
    let purges = (0..200).map(|n| marked(n, 1).key).collect();
    apply(store, Changeset { purges, ..Changeset::default() }).await;
    let left = bytes();
    let found = left.windows(MARKER.len()).filter(|window| *window == MARKER.as_bytes()).count();
    assert_eq!(found, 0, "purged bytes are still there");
}
