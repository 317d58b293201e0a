//! Every order of two writers' store calls is run, and a lost update shows.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test says so by panicking")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use omnichannel::model::{Changeset, Commit, Expect, TenantId};
use omnichannel::storage::{MemoryStore, Store};
use omnichannel::testkit::block_on;
use omnichannel::testkit::interleave::{
    Explored, Task, Yielding, explore, interleave, interleave_seeded,
};
use omnichannel::testkit::store::rows::{pointer, pointer_key, says};

type World = Arc<Yielding<MemoryStore>>;

fn tenant() -> TenantId {
    TenantId::named("interleave")
}

/// Adds one to the counter by compare and swap; gives the number of tries.
async fn add_one(store: World, careful: bool) -> usize {
    let key = pointer_key(tenant(), 1);
    for tries in 1.. {
        let row = store.load(&[key]).await.unwrap().remove(0);
        let count = row.as_ref().and_then(|row| says(&row.body)).unwrap_or(0);
        let expected = Expect::Row(key, row.map_or(0, |row| row.version));
        let changeset = Changeset {
            puts: vec![pointer(tenant(), 1, count as u64 + 1)],
            expects: if careful { vec![expected] } else { Vec::new() },
            ..Changeset::default()
        };
        if let Commit::Applied(_) = store.commit(changeset).await.unwrap() {
            return tries;
        }
    }
    unreachable!("the loop ends by returning")
}

fn world(writers: usize, careful: bool) -> (World, Vec<Task<usize>>) {
    let store = Arc::new(Yielding(MemoryStore::new()));
    let writer = |_| Box::pin(add_one(Arc::clone(&store), careful)) as Task<usize>;
    let tasks = (0..writers).map(writer).collect();
    (store, tasks)
}

fn counted(store: &World) -> u128 {
    let row = block_on(store.load(&[pointer_key(tenant(), 1)])).unwrap().remove(0);
    row.and_then(|row| says(&row.body)).unwrap_or(0)
}

#[test]
fn every_order_of_two_careful_writers_counts_to_two() {
    let mut conflicts = 0;
    let explored = explore(
        1_000,
        || world(2, true),
        |store, tries| {
            assert_eq!(counted(store), 2);
            conflicts += usize::from(tries.iter().sum::<usize>() > 2);
        },
    );
    // Two orders without overlap; four in which both have read before the first writes, and the
    // loser tries again alone.
    assert_eq!(explored, Explored { schedules: 6, complete: true });
    assert_eq!(conflicts, 4);
}

#[test]
fn every_order_of_three_careful_writers_counts_to_three() {
    let explored = explore(100_000, || world(3, true), |store, _| assert_eq!(counted(store), 3));
    assert!(explored.complete);
    assert!(explored.schedules > 90, "at least the 6! / (2! 2! 2!) orders: {explored:?}");
}

#[test]
fn a_lost_update_is_found_and_its_schedule_replays() {
    let mut lost = 0;
    let explored =
        explore(1_000, || world(2, false), |store, _| lost += usize::from(counted(store) != 2));
    assert_eq!((explored.schedules, lost), (6, 4));

    // Both read, then both write.
    let (store, tasks) = world(2, false);
    assert_eq!(interleave(&[0, 1, 0, 1], tasks), [1, 1]);
    assert_eq!(counted(&store), 1);
    // One after the other.
    let (store, tasks) = world(2, false);
    assert_eq!(interleave(&[1, 1, 1, 7, 0], tasks), [1, 1]);
    assert_eq!(counted(&store), 2);
}

#[test]
fn the_bound_stops_an_exploration_and_says_so() {
    let explored = explore(5, || world(2, true), |_, _| {});
    assert_eq!(explored, Explored { schedules: 5, complete: false });
    let none = explore(5, || ((), Vec::<Task<()>>::new()), |(), _| {});
    assert_eq!(none, Explored { schedules: 1, complete: true });
}

#[test]
fn many_writers_under_random_schedules_count_right() {
    let mut tries = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let (store, tasks) = world(12, true);
        tries.insert(interleave_seeded(seed, tasks));
        assert_eq!(counted(&store), 12, "seed {seed}");
        let (_, again) = world(12, true);
        assert!(tries.contains(&interleave_seeded(seed, again)), "seed {seed} is not one order");
    }
    assert!(tries.len() > 40, "seeds give different orders");
}

#[test]
fn a_check_that_panics_stops_the_exploration() {
    let run = || explore(10, || world(2, false), |store, _| assert_eq!(counted(store), 2));
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
}
