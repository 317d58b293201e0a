//! Clauses 14 to 17: what holds while others write, and at the limits.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;

use super::rows::{pointer, pointer_key, says, timeline, touchpoint};
use super::{apply, conflict, load, or_panic, puts, scan};
use crate::ErrorKind;
use crate::model::{Body, Changeset, Copies, Copy, Expect, Key, Put, Range, TenantId, Version};
use crate::storage::Store;

/// Rows that one `load`, or one page, answers are of one instant: no half of a commit shows.
pub async fn readers_see_whole_commits(store: &dyn Store) {
    let tenant = TenantId::named("readers_see_whole_commits");
    let wanted: Vec<Key> = (0..20).map(|n| pointer_key(tenant, n)).collect();
    let wanted = &wanted;
    let write_and_read = |to| async move {
        or_panic(store.commit(puts((0..20).map(|n| pointer(tenant, n, to)))).await);
        or_panic(store.load(wanted).await)
    };
    let read = join_all((1..=30).map(write_and_read)).await;
    for rows in read {
        let said: Vec<_> =
            rows.iter().map(|row| row.as_ref().and_then(|r| says(&r.body))).collect();
        assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "half of a commit shows: {said:?}");
    }
}

/// Paging while rows come and go lists every row that stays, once.
pub async fn pages_hold_while_others_write(store: &dyn Store) {
    let tenant = TenantId::named("pages_hold_while_others_write");
    let row = |n: u64| touchpoint(tenant, n, 1, n as i64);
    apply(store, puts((10..50).map(row))).await;
    let mut range = Range { limit: 10, ..timeline(tenant, 1) };
    let mut listed: BTreeMap<Key, usize> = BTreeMap::new();
    for round in 0..10 {
        let page = scan(store, range).await;
        for (sort, row) in &page.rows {
            *listed.entry(row.key).or_default() += 1;
            range.after = Some(*sort);
        }
        if !page.more {
            break;
        }
        // In turn, one goes that was listed and one comes before the place; one comes after all.
        let (deletes, before) = match round % 2 {
            0 => (vec![row(10 + round).key], None),
            _ => (Vec::new(), Some(row(round))),
        };
        let coming = puts([row(60 + round)].into_iter().chain(before));
        apply(store, Changeset { deletes, ..coming }).await;
    }
    for n in 20..50 {
        let times = listed.get(&row(n).key).copied().unwrap_or(0);
        assert_eq!(times, 1, "a row that stayed was listed {times} times");
    }
}

/// A conditional commit made twice is applied once: whoever could not hear the answer asks again.
pub async fn a_repeated_commit_is_refused(store: &dyn Store) {
    let tenant = TenantId::named("a_repeated_commit_is_refused");
    let key = pointer_key(tenant, 1);
    let change = |to, version: Version| Changeset {
        expects: vec![Expect::Row(key, version)],
        ..puts([pointer(tenant, 1, to)])
    };
    let created = apply(store, change(1, 0)).await;
    assert_eq!(conflict(store, change(1, 0)).await, [Expect::Row(key, 0)]);
    apply(store, change(2, created)).await;
    assert_eq!(conflict(store, change(2, created)).await, [Expect::Row(key, created)]);
    let said = load(store, key).await.and_then(|row| says(&row.body));
    assert_eq!(said, Some(2), "the row is not as the one commit left it");
}

/// Bodies of a mebibyte are kept; one larger than the store says is refused, and nothing is
/// written. A store that says more than 128 MiB is believed.
pub async fn large_bodies_are_kept_or_refused(store: &dyn Store) {
    const BELIEVED: usize = 128 << 20;
    let tenant = TenantId::named("large_bodies_are_kept_or_refused");
    let large = sized(touchpoint(tenant, 1, 1, 60), 1 << 20);
    apply(store, puts([large.clone()])).await;
    let kept = load(store, large.key).await.map(|row| row.body);
    assert!(kept == Some(large.body), "a body of a mebibyte does not come back");
    let max = store.capabilities().body_bytes_max;
    if max > BELIEVED {
        return;
    }
    let larger = sized(touchpoint(tenant, 2, 1, 60), max);
    let beside = pointer(tenant, 3, 3);
    match store.commit(puts([beside.clone(), larger])).await {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Invalid, "{error}"),
        Ok(commit) => panic!("a body over the limit was answered with {commit:?}"),
    }
    assert!(load(store, beside.key).await.is_none(), "a row beside the refused one was written");
}

/// The same row with a text of so many bytes.
fn sized(put: Put, bytes: usize) -> Put {
    let Body::Touchpoint(copies) = &put.body else { return put };
    let arrival = copies.all()[0].arrival.clone();
    let mut told = copies.chosen().clone();
    told.attributes.insert("name".to_owned(), "a".repeat(bytes).into());
    Put { body: Body::Touchpoint(Arc::new(Copies::new(Copy::new(told, arrival)))), ..put }
}
