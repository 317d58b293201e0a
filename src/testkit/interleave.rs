//! Schedules: runs tasks in every order of their store calls, without threads or sleeps.
//!
//! [`Yielding`] makes each call of a store a point at which a scheduler may turn to another task.
//! [`explore`] runs every such order, [`interleave_seeded`] one at random, [`interleave`] a given
//! one. The idea is that of stateless model checking (Godefroid, "Model Checking for Programming
//! Languages using `VeriSoft`", POPL 1997): enumerate the scheduler's choices, and run each
//! sequence of choices from the start.
//!
//! # Law
//!
//! 1. Deterministic: the same schedule gives the same run.
//! 2. A task that is polled runs up to its next store call. What it does before its first call is
//!    done at once and is no choice, so that two tasks of a and b calls have (a + b)! / (a! b!)
//!    orders.
//!
//! # Why
//!
//! Tasks may wait for nothing but the store: a task that waits for a timer, a channel or a lock
//! held by another would never be woken, and the run panics after [`POLLS_MAX`] polls.

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;

use crate::Result;
use crate::model::{Changeset, Commit, Key, Page, Range, Row};
use crate::storage::{Store, StoreCapabilities};

/// Most polls of one run; a run that needs more waits for something that no poll brings.
pub const POLLS_MAX: usize = 1_000_000;

/// What is scheduled.
pub type Task<T> = Pin<Box<dyn Future<Output = T>>>;

/// A store whose every call gives way once before it is done.
#[derive(Debug, Clone)]
pub struct Yielding<S>(pub S);

#[async_trait]
impl<S: Store> Store for Yielding<S> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        give_way().await;
        self.0.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        give_way().await;
        self.0.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        give_way().await;
        self.0.commit(changeset).await
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.0.capabilities()
    }
}

/// Is pending once.
pub(super) async fn give_way() {
    let mut gave_way = false;
    poll_fn(|context| {
        if std::mem::replace(&mut gave_way, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Runs tasks in a given order: each number of `schedule` lets that task do its next store call.
///
/// Numbers of finished tasks are skipped; after the last number the tasks run to their ends one
/// after the other. Gives the tasks' outputs in the order of the tasks.
pub fn interleave<T>(schedule: &[usize], tasks: Vec<Task<T>>) -> Vec<T> {
    let mut wanted = schedule.iter();
    run(tasks, |runnable| {
        loop {
            match wanted.next() {
                Some(task) => {
                    if let Some(place) = runnable.iter().position(|r| r == task) {
                        return place;
                    }
                }
                None => return 0,
            }
        }
    })
}

/// Runs tasks in an order that `seed` chooses; the same seed, the same order.
pub fn interleave_seeded<T>(seed: u64, tasks: Vec<Task<T>>) -> Vec<T> {
    let mut state = seed;
    run(tasks, |runnable| {
        let place = random(&mut state) % runnable.len() as u64;
        usize::try_from(place).unwrap_or(0)
    })
}

/// The next number of a sequence (Steele, Lea and Flood, `SplitMix64`, OOPSLA 2014).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What an exploration saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explored {
    /// How many schedules were run, no two alike.
    pub schedules: usize,
    /// Whether these were all; `false` where the bound was reached.
    pub complete: bool,
}

/// Runs every order of the tasks' store calls, depth first, up to `schedules_max` of them.
///
/// `world` makes a new world and its tasks for each run; `check` looks at the world after the run
/// and at the tasks' outputs, and panics where they are wrong. A panic of either prints the
/// schedule, for [`interleave`] to replay.
///
/// ```
/// use std::sync::Arc;
/// use omnichannel::model::Changeset;
/// use omnichannel::storage::{MemoryStore, Store};
/// use omnichannel::testkit::interleave::{Task, Yielding, explore};
///
/// let explored = explore(
///     1_000,
///     || {
///         let store = Arc::new(Yielding(MemoryStore::new()));
///         let tasks = (0..2).map(|_| {
///             let store = Arc::clone(&store);
///             Box::pin(async move {
///                 store.load(&[]).await.is_ok()
///                     && store.commit(Changeset::default()).await.is_ok()
///             }) as Task<bool>
///         });
///         let tasks = tasks.collect();
///         (store, tasks)
///     },
///     |_store, outputs| assert_eq!(outputs, [true, true]),
/// );
/// // Two tasks of two calls each: 4! / (2! 2!).
/// assert_eq!((explored.schedules, explored.complete), (6, true));
/// ```
pub fn explore<W, T>(
    schedules_max: usize,
    mut world: impl FnMut() -> (W, Vec<Task<T>>),
    mut check: impl FnMut(&W, &[T]),
) -> Explored {
    // Of each choice of the run: which place was taken, and of how many.
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut schedules = 0;
    while schedules < schedules_max {
        let mut told = Told(Vec::new());
        let mut depth = 0;
        let (world, tasks) = world();
        let outputs = run(tasks, |runnable| {
            if depth == path.len() {
                path.push((0, runnable.len()));
            }
            let (place, width) = path[depth];
            assert_eq!(width, runnable.len(), "the world is not deterministic");
            depth += 1;
            told.0.push(runnable[place]);
            place
        });
        check(&world, &outputs);
        schedules += 1;
        while path.last().is_some_and(|(place, width)| place + 1 == *width) {
            path.pop();
        }
        match path.last_mut() {
            Some((place, _)) => *place += 1,
            None => return Explored { schedules, complete: true },
        }
    }
    Explored { schedules, complete: false }
}

/// Prints its schedule when a panic unwinds past it.
struct Told(Vec<usize>);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this happened under the schedule {:?}", self.0);
        }
    }
}

/// Polls the task at the place among the runnable ones that `choose` gives, until all are done.
fn run<T>(tasks: Vec<Task<T>>, mut choose: impl FnMut(&[usize]) -> usize) -> Vec<T> {
    let mut context = Context::from_waker(Waker::noop());
    let mut outputs: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    let mut runnable: Vec<(usize, Task<T>)> = tasks.into_iter().enumerate().collect();
    // Up to the first store call nothing is shared, so that the order of this is no choice.
    runnable.retain_mut(|(number, task)| match task.as_mut().poll(&mut context) {
        Poll::Ready(output) => {
            outputs[*number] = Some(output);
            false
        }
        Poll::Pending => true,
    });
    let mut polls = 0;
    while !runnable.is_empty() {
        polls += 1;
        assert!(polls <= POLLS_MAX, "the tasks wait for something other than the store");
        let numbers: Vec<usize> = runnable.iter().map(|(number, _)| *number).collect();
        let place = choose(&numbers);
        if let Poll::Ready(output) = runnable[place].1.as_mut().poll(&mut context) {
            outputs[numbers[place]] = Some(output);
            drop(runnable.remove(place));
        }
    }
    outputs.into_iter().flatten().collect()
}
