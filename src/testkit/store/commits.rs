//! Clauses 1, 5, 6, 7, 12 and 13: what a commit does.

use super::rows::{at, due, entry, id, listed, pointer, pointer_key, says, timeline, touchpoint};
use super::{apply, conflict, keys, load, or_panic, puts, scan, version};
use crate::ErrorKind;
use crate::model::{Anchor, Changeset, Expect, Index, Kind, Put, Range, Sort, TenantId, Version};
use crate::storage::Store;

/// A changeset is applied as a whole or not at all: rows, deletions, purges, entries and anchors.
pub async fn commit_is_atomic(store: &dyn Store) {
    let tenant = TenantId::named("commit_is_atomic");
    let key = |n| pointer_key(tenant, n);
    let (kept, purged) = (touchpoint(tenant, 1, 5, 60), touchpoint(tenant, 2, 5, 61));
    let before = apply(store, puts([kept, purged.clone(), pointer(tenant, 3, 30)])).await;

    let half = Changeset {
        puts: vec![pointer(tenant, 3, 31), pointer(tenant, 4, 40), touchpoint(tenant, 6, 5, 62)],
        deletes: vec![touchpoint(tenant, 1, 5, 60).key],
        purges: vec![purged.key],
        // The first holds: a store that writes as it goes shows here.
        expects: vec![Expect::Row(key(3), before), Expect::Row(key(99), before)],
    };
    conflict(store, half.clone()).await;
    let page = scan(store, timeline(tenant, 5)).await;
    assert_eq!(page.rows.len(), 2, "a refused commit changed an index");
    assert_eq!(page.anchor, Some(before), "a refused commit moved an anchor");
    assert_eq!(version(store, key(3)).await, before, "a refused commit replaced a row");
    assert_eq!(version(store, key(4)).await, 0, "a refused commit wrote a row");

    let after = apply(store, Changeset { expects: Vec::new(), ..half }).await;
    let page = scan(store, timeline(tenant, 5)).await;
    assert_eq!(keys(&page), [touchpoint(tenant, 6, 5, 62).key], "an applied commit left entries");
    for n in [3, 4] {
        assert_eq!(version(store, key(n)).await, after, "an applied commit left out row {n}");
    }
}

/// A changeset that writes for two tenants is one commit too.
pub async fn a_commit_over_two_tenants_is_atomic(store: &dyn Store) {
    let a = TenantId::named("a_commit_over_two_tenants_is_atomic a");
    let b = TenantId::named("a_commit_over_two_tenants_is_atomic b");
    let both = |to, expected| Changeset {
        expects: vec![Expect::Row(pointer_key(b, 1), expected)],
        ..puts([pointer(a, 1, to), pointer(b, 1, to)])
    };
    let first = apply(store, both(1, 0)).await;
    conflict(store, both(2, 0)).await;
    for tenant in [a, b] {
        let row = load(store, pointer_key(tenant, 1)).await;
        let found = row.map(|row| (row.version, says(&row.body)));
        assert_eq!(found, Some((first, Some(1))), "one tenant's half was applied alone");
    }
}

/// A batch as large as a hub writes is one commit with one version.
pub async fn a_thousand_rows_are_one_commit(store: &dyn Store) {
    let tenant = TenantId::named("a_thousand_rows_are_one_commit");
    let rows: Vec<Put> = (0..1_500).map(|n| touchpoint(tenant, n, n % 7, 60)).collect();
    let wanted: Vec<_> = rows.iter().map(|put| put.key).collect();
    let expects = wanted.iter().map(|key| Expect::Row(*key, 0)).collect();
    let written = apply(store, Changeset { expects, ..puts(rows) }).await;
    let found = or_panic(store.load(&wanted).await);
    assert_eq!(found.len(), wanted.len(), "an answer for each key");
    for (row, key) in found.iter().zip(&wanted) {
        let found = row.as_ref().map(|row| (row.key, row.version));
        assert_eq!(found, Some((*key, written)), "each row, with the version of the commit");
    }
}

/// Versions grow from commit to commit over all rows and tenants, and outlive deletion.
pub async fn versions_are_never_reused(store: &dyn Store) {
    let a = TenantId::named("versions_are_never_reused a");
    let b = TenantId::named("versions_are_never_reused b");
    let mut last: Version = 0;
    for round in 0..5 {
        for tenant in [a, b] {
            let written = apply(store, puts([pointer(tenant, 1, round)])).await;
            assert!(written > last, "version {written} was given out after {last}");
            assert_eq!(version(store, pointer_key(tenant, 1)).await, written, "the row's version");
            last = written;
        }
        let keys = [pointer_key(a, 1), pointer_key(b, 1)];
        let delete = match round % 2 {
            0 => Changeset { deletes: keys.to_vec(), ..Changeset::default() },
            _ => Changeset { purges: keys.to_vec(), ..Changeset::default() },
        };
        let deleted = apply(store, delete).await;
        assert!(deleted > last, "version {deleted} was given out after {last}");
        last = deleted;
    }
}

/// What a commit wrote, the next load and the next scan see.
pub async fn reads_see_the_last_commit(store: &dyn Store) {
    let tenant = TenantId::named("reads_see_the_last_commit");
    for round in 1..=20 {
        let put = touchpoint(tenant, 1, 1, round);
        let written = apply(store, puts([put.clone()])).await;
        let row = load(store, put.key).await;
        let row = row.unwrap_or_else(|| panic!("round {round}: the row is not there"));
        assert_eq!((row.version, &row.body), (written, &put.body), "load, round {round}");
        let page = scan(store, timeline(tenant, 1)).await;
        let place = Sort { time: at(round).micros(), id: id(1) };
        assert_eq!(page.rows, [(place, row)], "scan, round {round}");
        assert_eq!(page.anchor, Some(written), "anchor, round {round}");
    }
}

/// A put replaces the row and all its index entries, in every index and group.
pub async fn a_put_replaces_all_entries(store: &dyn Store) {
    let tenant = TenantId::named("a_put_replaces_all_entries");
    let groups = [(Index::Timeline, 1), (Index::Timeline, 2), (Index::Attributes, 1)];
    let listed_in = async || {
        let ranges = groups.map(|(index, prefix)| Range::all(tenant, index, id(prefix)));
        let pages = or_panic(store.scan(&ranges).await);
        pages.iter().map(|page| page.rows.len()).collect::<Vec<_>>()
    };
    let places = |chosen: &[usize]| {
        chosen.iter().map(|at| entry(groups[*at].0, groups[*at].1, 60, 1)).collect()
    };
    apply(store, puts([listed(tenant, 1, 10, places(&[0, 2]))])).await;
    assert_eq!(listed_in().await, [1, 0, 1], "entries of a new row");
    apply(store, puts([listed(tenant, 1, 11, places(&[1, 2]))])).await;
    assert_eq!(listed_in().await, [0, 1, 1], "entries of the replaced row");
    let page = scan(store, Range::all(tenant, Index::Attributes, id(1))).await;
    let said: Vec<_> = page.rows.iter().map(|(_, row)| says(&row.body)).collect();
    assert_eq!(said, [Some(11)], "an entry that was kept leads to the new body");

    let twice = vec![entry(Index::Timeline, 1, 60, 1), entry(Index::Timeline, 1, 70, 1)];
    apply(store, puts([listed(tenant, 1, 12, twice.clone())])).await;
    assert_eq!(listed_in().await, [2, 0, 0], "one row at two places of a group");
    let repeated = [&twice[..1], &twice[..1]].concat();
    apply(store, puts([listed(tenant, 1, 13, repeated)])).await;
    assert_eq!(listed_in().await, [1, 0, 0], "an entry named twice is one");
    apply(store, puts([listed(tenant, 1, 14, Vec::new())])).await;
    assert_eq!(listed_in().await, [0, 0, 0], "a row without entries");
    assert!(version(store, pointer_key(tenant, 1)).await > 0, "a row without entries is a row");
}

/// A deleted or purged row is gone with its entries; deleting an absent row is no error.
pub async fn deleted_rows_are_gone(store: &dyn Store) {
    let tenant = TenantId::named("deleted_rows_are_gone");
    let rows = [touchpoint(tenant, 1, 1, 60), touchpoint(tenant, 2, 1, 61), due(tenant, 88, 3, 62)];
    let wanted: Vec<_> = rows.iter().map(|put| put.key).collect();
    apply(store, puts(rows.clone())).await;
    let gone = Changeset {
        deletes: vec![wanted[0], wanted[2], pointer_key(tenant, 77)],
        purges: vec![wanted[1], pointer_key(tenant, 78)],
        ..Changeset::default()
    };
    for _ in 0..2 {
        apply(store, gone.clone()).await;
        let found = or_panic(store.load(&wanted).await);
        assert!(found.iter().all(Option::is_none), "a deleted row was loaded");
        assert!(scan(store, timeline(tenant, 1)).await.rows.is_empty(), "a deleted row was listed");
        let due = Range::all(TenantId::SYSTEM, Index::Due, id(88));
        assert!(scan(store, due).await.rows.is_empty(), "a deleted row was listed as due");
    }
    apply(store, puts(rows)).await;
    assert_eq!(scan(store, timeline(tenant, 1)).await.rows.len(), 2, "rows written again");
}

/// A changeset that contradicts itself is an error of kind `Invalid`; nothing is applied.
pub async fn contradictions_are_refused(store: &dyn Store) {
    let tenant = TenantId::named("contradictions_are_refused");
    let (put, key) = (pointer(tenant, 1, 10), pointer_key(tenant, 1));
    let mut other_kind = put.clone();
    other_kind.key.kind = Kind::Component;
    let unanchored = Anchor { tenant, index: Index::Components, prefix: id(1) };
    let contradictions = [
        ("two puts of a row", puts([put.clone(), pointer(tenant, 1, 11)])),
        ("put and delete", Changeset { deletes: vec![key], ..puts([put.clone()]) }),
        ("put and purge", Changeset { purges: vec![key], ..puts([put.clone()]) }),
        ("delete and purge", Changeset { deletes: vec![key], purges: vec![key], ..puts([]) }),
        ("another kind than the body's", puts([put.clone(), other_kind])),
        (
            "an anchor where none is kept",
            Changeset { expects: vec![Expect::Anchor(unanchored, 0)], ..puts([put]) },
        ),
    ];
    for (what, changeset) in contradictions {
        match store.commit(changeset).await {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Invalid, "{what}"),
            Ok(outcome) => panic!("{what} was taken: {outcome:?}"),
        }
        assert_eq!(version(store, key).await, 0, "{what} was applied in part");
    }
}
