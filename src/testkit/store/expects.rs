//! Clauses 2, 3 and 4: what a commit rests on.

use futures_util::future::join_all;

use super::rows::{
    entry, listed, pointer, pointer_key, says, timeline, timeline_anchor, touchpoint,
};
use super::{apply, conflict, load, or_panic, puts, scan, version};
use crate::model::{Changeset, Commit, Expect, Index, TenantId};
use crate::storage::Store;

/// A commit applies only if each expected row has the expected version; 0 expects its absence.
pub async fn absent_and_present_rows_are_expected(store: &dyn Store) {
    let tenant = TenantId::named("absent_and_present_rows_are_expected");
    let key = pointer_key(tenant, 1);
    let write = |to, expected| Changeset {
        expects: vec![Expect::Row(key, expected)],
        ..puts([pointer(tenant, 1, to)])
    };
    let first = apply(store, write(10, 0)).await;
    conflict(store, write(11, 0)).await;
    assert_eq!(version(store, key).await, first, "the absence of a present row was accepted");

    let second = apply(store, write(12, first)).await;
    conflict(store, write(13, first)).await;
    let row = load(store, key).await;
    let said = row.as_ref().and_then(|row| says(&row.body));
    assert_eq!(said, Some(12), "a lost update: an old version was accepted");
    conflict(store, write(13, second + 1)).await;

    let delete = Changeset {
        deletes: vec![key],
        expects: vec![Expect::Row(key, second)],
        ..Changeset::default()
    };
    apply(store, delete).await;
    conflict(store, write(14, second)).await;
    assert_eq!(version(store, key).await, 0, "the version of a deleted row was accepted");
    apply(store, write(15, 0)).await;

    // What is expected need not be what is written.
    let elsewhere = Changeset {
        expects: vec![Expect::Row(pointer_key(tenant, 2), 0), Expect::Row(key, first)],
        ..puts([pointer(tenant, 3, 30)])
    };
    conflict(store, elsewhere).await;
    assert_eq!(version(store, pointer_key(tenant, 3)).await, 0, "a refused row was written");
}

/// Of many callers that create the same absent row at once, exactly one does.
pub async fn one_creator_wins(store: &dyn Store) {
    let tenant = TenantId::named("one_creator_wins");
    let key = pointer_key(tenant, 1);
    let creators = (100..116).map(|to| {
        store.commit(Changeset {
            expects: vec![Expect::Row(key, 0)],
            ..puts([pointer(tenant, 1, to), pointer(tenant, to, to)])
        })
    });
    let outcomes: Vec<Commit> = join_all(creators).await.into_iter().map(or_panic).collect();
    let winners: Vec<usize> = (0..outcomes.len())
        .filter(|creator| matches!(outcomes[*creator], Commit::Applied(_)))
        .collect();
    assert_eq!(winners.len(), 1, "creators {winners:?} of one absent row were all applied");
    let row = load(store, key).await;
    let said = row.as_ref().and_then(|row| says(&row.body));
    assert_eq!(said, Some(100 + winners[0] as u128), "the row is not the winner's");
    for (creator, to) in (100..116).enumerate() {
        let written = version(store, pointer_key(tenant, to)).await > 0;
        assert_eq!(written, creator == winners[0], "creator {creator} was applied in part");
    }
}

/// A commit applies only if each expected anchor has the expected version; every entry that comes,
/// goes or is rewritten changes it, nothing else does.
pub async fn anchors_are_expected(store: &dyn Store) {
    let tenant = TenantId::named("anchors_are_expected");
    let anchor = timeline_anchor(tenant, 1);
    let write = |n, expected| Changeset {
        expects: vec![Expect::Anchor(anchor, expected)],
        ..puts([touchpoint(tenant, n, 1, 60)])
    };
    let anchor_now = async || scan(store, timeline(tenant, 1)).await.anchor;
    assert_eq!(anchor_now().await, Some(0), "the anchor of an untouched group is 0");

    let came = apply(store, write(10, 0)).await;
    assert_eq!(anchor_now().await, Some(came), "an entry came, its anchor did not move");
    conflict(store, write(11, 0)).await;
    let came_again = apply(store, write(11, came)).await;

    // Another group of the index, another index with the same prefix, a row without entries.
    let elsewhere = [
        touchpoint(tenant, 20, 2, 60),
        listed(tenant, 21, 1, vec![entry(Index::Attributes, 1, 60, 21)]),
        pointer(tenant, 22, 1),
    ];
    apply(store, puts(elsewhere)).await;
    assert_eq!(anchor_now().await, Some(came_again), "an anchor moved for others' entries");

    let rewritten = apply(store, write(10, came_again)).await;
    assert_eq!(anchor_now().await, Some(rewritten), "a rewritten entry did not move its anchor");
    let moved = apply(store, puts([touchpoint(tenant, 10, 2, 60)])).await;
    assert_eq!(anchor_now().await, Some(moved), "an entry left, its anchor did not move");
    let delete = Changeset { deletes: vec![touchpoint(tenant, 11, 1, 60).key], ..puts([]) };
    let emptied = apply(store, delete).await;
    assert_eq!(anchor_now().await, Some(emptied), "the anchor of an emptied group is kept");
    conflict(store, write(12, 0)).await;
    conflict(store, write(12, moved)).await;
    apply(store, write(12, emptied)).await;
}

/// A conflict names every expectation that failed, those alone, in their order.
pub async fn conflicts_are_named(store: &dyn Store) {
    let tenant = TenantId::named("conflicts_are_named");
    let present = apply(store, puts([pointer(tenant, 1, 1), touchpoint(tenant, 2, 7, 60)])).await;
    let fails = [
        Expect::Row(pointer_key(tenant, 9), present),
        Expect::Anchor(timeline_anchor(tenant, 7), 0),
        Expect::Row(pointer_key(tenant, 1), 0),
    ];
    let holds = [
        Expect::Row(pointer_key(tenant, 1), present),
        Expect::Anchor(timeline_anchor(tenant, 7), present),
        Expect::Row(pointer_key(tenant, 8), 0),
        Expect::Anchor(timeline_anchor(tenant, 8), 0),
    ];
    let expects = vec![fails[0], holds[0], holds[1], fails[1], holds[2], holds[3], fails[2]];
    let failed = conflict(store, Changeset { expects, ..puts([pointer(tenant, 3, 3)]) }).await;
    assert_eq!(failed, fails, "the failed expectations, in their order");
    apply(store, Changeset { expects: holds.to_vec(), ..puts([pointer(tenant, 3, 3)]) }).await;
}

/// A changeset that writes nothing is a question: applied if all holds, else a conflict.
pub async fn an_empty_changeset_is_judged(store: &dyn Store) {
    let tenant = TenantId::named("an_empty_changeset_is_judged");
    let key = pointer_key(tenant, 1);
    let ask =
        |expected| Changeset { expects: vec![Expect::Row(key, expected)], ..Changeset::default() };
    apply(store, Changeset::default()).await;
    apply(store, ask(0)).await;
    let written = apply(store, puts([pointer(tenant, 1, 1)])).await;
    apply(store, ask(written)).await;
    assert_eq!(conflict(store, ask(0)).await, [Expect::Row(key, 0)]);
    assert_eq!(version(store, key).await, written, "a question wrote something");
}
