//! Clauses 8, 9 and 10: what reads answer.

use super::rows::{at, due, entry, id, listed, pointer, pointer_key, says, timeline, touchpoint};
use super::{apply, keys, load, or_panic, puts, scan};
use crate::model::{Changeset, Expect, Index, Page, Put, Range, Sort, TenantId};
use crate::storage::Store;

/// Loads answer each key in order, as often as it is asked for, `None` for an absent row.
pub async fn load_answers_in_order(store: &dyn Store) {
    let tenant = TenantId::named("load_answers_in_order");
    assert_eq!(or_panic(store.load(&[]).await), [], "no key, no answer");
    apply(store, puts((0..1_000).map(|n| pointer(tenant, n, n + 5)))).await;
    // Backwards, every third absent, each a second time.
    let numbers = || (0..1_500).rev().chain(0..1_500).filter(|n| n % 7 != 0);
    let wanted: Vec<_> = numbers().map(|n| pointer_key(tenant, n)).collect();
    let found = or_panic(store.load(&wanted).await);
    assert_eq!(found.len(), wanted.len(), "an answer for each key");
    for ((n, key), row) in numbers().zip(&wanted).zip(&found) {
        let said = row.as_ref().map(|row| (row.key, says(&row.body)));
        let right = (n < 1_000).then(|| (*key, Some(u128::from(n) + 5)));
        assert_eq!(said, right, "the answer to key {n}");
    }
}

/// Pages come in the order of the ranges, each sorted, within bounds and limit, with `more` and the
/// anchor.
pub async fn scans_page_in_order(store: &dyn Store) {
    let tenant = TenantId::named("scans_page_in_order");
    assert_eq!(or_panic(store.scan(&[]).await), [], "no range, no page");
    assert_eq!(
        or_panic(store.scan(&[timeline(tenant, 1)]).await),
        [Page { rows: Vec::new(), anchor: Some(0), more: false }],
        "an empty group of an anchored index"
    );
    let sorts = write_places(store, tenant).await;
    let group = Range::all(tenant, Index::Attributes, id(1));
    let bounds: Vec<Option<Sort>> = [None, Some(Sort::MIN), Some(Sort::MAX)]
        .into_iter()
        .chain([0, 1, 4, 8].map(|at| Some(sorts[at])))
        .chain([Some(Sort { time: sorts[4].time, id: id(0) })])
        .collect();
    let mut ranges = Vec::new();
    for after in &bounds {
        for until in &bounds {
            for limit in [0, 1, 3, 9, 10, u32::MAX] {
                for descending in [false, true] {
                    let (after, until) = (*after, *until);
                    ranges.push(Range { after, until, limit, descending, ..group });
                }
            }
        }
    }
    let pages = or_panic(store.scan(&ranges).await);
    assert_eq!(pages.len(), ranges.len(), "a page for each range");
    for (range, page) in ranges.iter().zip(&pages) {
        let mut within: Vec<Sort> = sorts.iter().copied().filter(|s| range.contains(*s)).collect();
        if range.descending {
            within.reverse();
        }
        let limit = range.limit.clamp(1, Range::LIMIT_MAX) as usize;
        let found: Vec<Sort> = page.rows.iter().map(|(sort, _)| *sort).collect();
        assert_eq!(found, within[..limit.min(within.len())], "the places of {range:?}");
        assert_eq!(page.more, within.len() > limit, "whether there is more after {range:?}");
        assert_eq!(page.anchor, None, "this index keeps no anchors");
    }
    whole_group_in_pages(store, tenant).await;
}

/// Nine rows, written out of order, at the edges of the calendar and of ids; gives their places.
async fn write_places(store: &dyn Store, tenant: TenantId) -> Vec<Sort> {
    let mut sorts = vec![
        Sort { time: i64::MIN, id: id(1) },
        Sort { time: -1, id: id(9) },
        Sort { time: 0, id: id(0) },
        Sort { time: 0, id: id(u64::MAX) },
        Sort { time: at(60).micros(), id: id(1) },
        Sort { time: at(60).micros(), id: id(2) },
        Sort { time: at(60).micros(), id: uuid::Uuid::max() },
        Sort { time: i64::MAX, id: id(3) },
        Sort { time: i64::MAX, id: id(4) },
    ];
    let rows = sorts.iter().rev().zip(0..).map(|(sort, n)| {
        let place = entry(Index::Attributes, 1, 0, 0);
        listed(tenant, n, n, vec![crate::model::IndexEntry { sort: *sort, ..place }])
    });
    let beside = [
        listed(tenant, 50, 0, vec![entry(Index::Attributes, 2, 60, 50)]),
        listed(tenant, 51, 0, vec![entry(Index::Components, 1, 60, 51)]),
    ];
    apply(store, puts(rows.chain(beside))).await;
    sorts.sort();
    sorts
}

/// A group larger than the largest page, read page by page in both directions.
async fn whole_group_in_pages(store: &dyn Store, tenant: TenantId) {
    const ROWS: u64 = 2_300;
    let rows = (0..ROWS).map(|n| touchpoint(tenant, 10_000 + n, 3, i64::from(n as u32 % 60)));
    let written = apply(store, puts(rows)).await;
    for descending in [false, true] {
        let mut found: Vec<Sort> = Vec::new();
        let mut range = Range { limit: u32::MAX, descending, ..timeline(tenant, 3) };
        loop {
            let page = scan(store, range).await;
            assert!(page.rows.len() <= Range::LIMIT_MAX as usize, "a page beyond the limit");
            assert_eq!(page.anchor, Some(written), "every page carries the anchor");
            found.extend(page.rows.iter().map(|(sort, _)| *sort));
            let Some((last, _)) = page.rows.last().filter(|_| page.more) else { break };
            if descending {
                range.until = Some(Sort { time: last.time, id: before(last.id) });
            } else {
                range.after = Some(*last);
            }
        }
        if descending {
            found.reverse();
        }
        assert_eq!(found.len() as u64, ROWS, "all pages together hold the group");
        assert!(found.is_sorted(), "all pages together are in order");
    }
}

fn before(id: uuid::Uuid) -> uuid::Uuid {
    uuid::Uuid::from_u128(id.as_u128().saturating_sub(1))
}

/// Rows that stand at one place of a group are all listed.
pub async fn rows_at_one_place_are_all_listed(store: &dyn Store) {
    let tenant = TenantId::named("rows_at_one_place_are_all_listed");
    let place = entry(Index::Timeline, 1, 60, 7);
    apply(store, puts((0..3).map(|n| listed(tenant, n, n, vec![place])))).await;
    let mut found = keys(&scan(store, timeline(tenant, 1)).await);
    found.sort();
    assert_eq!(found, [0, 1, 2].map(|n| pointer_key(tenant, n)));
    let delete = Changeset { deletes: vec![pointer_key(tenant, 1)], ..puts([]) };
    apply(store, delete).await;
    let mut found = keys(&scan(store, timeline(tenant, 1)).await);
    found.sort();
    assert_eq!(found, [0, 2].map(|n| pointer_key(tenant, n)), "one left, the others stay");
}

/// Rows, groups and anchors of one tenant do not show under another, not even with equal ids.
pub async fn tenants_are_apart(store: &dyn Store) {
    let a = TenantId::named("tenants_are_apart a");
    let b = TenantId::named("tenants_are_apart b");
    let written = apply(store, puts([pointer(a, 1, 10), touchpoint(a, 2, 5, 60)])).await;
    assert_eq!(load(store, pointer_key(b, 1)).await, None, "another tenant's row was loaded");
    let page = scan(store, timeline(b, 5)).await;
    assert!(page.rows.is_empty(), "another tenant's row was listed");
    assert_eq!(page.anchor, Some(0), "another tenant's anchor moved");

    let expects = vec![Expect::Row(pointer_key(b, 1), 0)];
    apply(store, Changeset { expects, ..puts([pointer(b, 1, 20), touchpoint(b, 2, 5, 61)]) }).await;
    for (tenant, to) in [(a, 10), (b, 20)] {
        let row = load(store, pointer_key(tenant, 1)).await;
        let found = row.map(|row| (row.key.tenant, says(&row.body)));
        assert_eq!(found, Some((tenant, Some(to))), "the tenant's own row");
    }
    let delete = Changeset { deletes: vec![pointer_key(b, 1)], ..puts([]) };
    apply(store, Changeset { purges: vec![touchpoint(b, 2, 5, 61).key], ..delete }).await;
    let page = scan(store, timeline(a, 5)).await;
    assert_eq!(keys(&page), [touchpoint(a, 2, 5, 60).key], "another tenant deleted a row");
    assert_eq!(page.anchor, Some(written), "another tenant moved an anchor");
}

/// A system index lists every tenant's rows together under the system's tenant and nowhere else.
pub async fn system_indexes_list_every_tenant(store: &dyn Store) {
    let a = TenantId::named("system_indexes_list_every_tenant a");
    let b = TenantId::named("system_indexes_list_every_tenant b");
    let group = |tenant| Range::all(tenant, Index::Due, id(99));
    let rows = [due(a, 99, 3, 63), due(b, 99, 1, 61), due(b, 99, 2, 62), due(a, 99, 4, 61)];
    let right: Vec<_> = [1, 3, 2, 0].map(|at: usize| rows[at].key).to_vec();
    apply(store, puts(rows)).await;
    let page = scan(store, group(TenantId::SYSTEM)).await;
    assert_eq!(keys(&page), right, "all tenants' rows by time");
    for tenant in [a, b] {
        let page = scan(store, group(tenant)).await;
        assert!(page.rows.is_empty(), "a system index is asked under the system's tenant");
    }
    let settled = Put { entries: Vec::new(), ..due(b, 99, 1, 61) };
    apply(store, puts([settled])).await;
    assert_eq!(keys(&scan(store, group(TenantId::SYSTEM)).await), right[1..], "one was settled");
}
