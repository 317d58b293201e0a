//! Faults: a store that fails, delays, conflicts or lies at chosen calls.
//!
//! [`Faulty`] stands before any store and counts its loads, scans and commits together. At each
//! call a plan may name a [`Fault`]. Run a scenario with a fault at call 1, then 2, and so on until
//! the run has fewer calls than that: then every place where the store can fail was tried.
//!
//! ```
//! use omnichannel::model::{Changeset, Commit};
//! use omnichannel::storage::{MemoryStore, Store};
//! use omnichannel::testkit::block_on;
//! use omnichannel::testkit::fault::{Fault, Faulty};
//!
//! let store = Faulty::at(MemoryStore::new(), [(2, Fault::SaysFailed)]);
//! block_on(async {
//!     assert!(store.load(&[]).await.is_ok());
//!     assert!(store.commit(Changeset::default()).await.is_err(), "though it was applied");
//!     assert!(store.commit(Changeset::default()).await.is_ok());
//! });
//! assert_eq!((store.calls(), store.fired()), (3, 1));
//! ```
//!
//! # Law
//!
//! 1. Deterministic: the same calls under the same plan answer the same.
//! 2. Each fault is one that the contract of [`Store`] allows: whoever calls a store must live with
//!    all four.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use super::interleave::give_way;
use crate::model::{Changeset, Commit, Key, Page, Range, Row};
use crate::storage::{Store, StoreCapabilities};
use crate::{Error, ErrorKind, Result, Retry};

/// What goes wrong at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The store cannot be reached: nothing was done, and trying at once may help.
    Fails,
    /// The call is pending for so many polls, then it is done.
    Delays(u32),
    /// A commit answers that its first expectation does not hold; nothing was applied. No other
    /// call and no commit without an expectation can conflict.
    Conflicts,
    /// A commit is applied, then it answers an error whose advice is [`Retry::Unknown`]. A call
    /// that changes nothing cannot be said to have failed so.
    SaysFailed,
}

impl Fault {
    /// One of each kind.
    pub const ALL: [Self; 4] = [Self::Fails, Self::Delays(3), Self::Conflicts, Self::SaysFailed];
}

/// What a store was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// [`Store::load`].
    Load,
    /// [`Store::scan`].
    Scan,
    /// [`Store::commit`].
    Commit,
}

type Plan = Box<dyn Fn(u64, Call) -> Option<Fault> + Send + Sync>;

/// A store with a plan of what goes wrong, and when.
pub struct Faulty<S> {
    store: S,
    plan: Plan,
    calls: AtomicU64,
    fired: AtomicU64,
}

impl<S: Store> Faulty<S> {
    /// Goes wrong at these calls; the first call is number 1.
    pub fn at(store: S, faults: impl IntoIterator<Item = (u64, Fault)>) -> Self {
        let faults: BTreeMap<u64, Fault> = faults.into_iter().collect();
        Self::planned(store, move |number, _| faults.get(&number).copied())
    }

    /// Goes wrong where `plan` says so of a call's number and kind.
    pub fn planned(
        store: S,
        plan: impl Fn(u64, Call) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        let (calls, fired) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { store, plan: Box::new(plan), calls, fired }
    }

    /// How many loads, scans and commits there were.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// How many faults of the plan showed; one that the call could not have is not counted.
    pub fn fired(&self) -> u64 {
        self.fired.load(Ordering::Relaxed)
    }

    fn fire(&self) {
        self.fired.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts the call; fails or delays it as planned, and gives a commit its other faults.
    async fn enter(&self, call: Call) -> Result<Option<Fault>> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match (self.plan)(number, call) {
            Some(Fault::Fails) => {
                self.fire();
                let message = "the store could not be reached, as planned; try again";
                Err(Error::new(ErrorKind::Unavailable, message).retry(Retry::Now))
            }
            Some(Fault::Delays(polls)) => {
                self.fire();
                for _ in 0..polls {
                    give_way().await;
                }
                Ok(None)
            }
            other => Ok(other),
        }
    }
}

#[async_trait]
impl<S: Store> Store for Faulty<S> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        self.enter(Call::Load).await?;
        self.store.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        self.enter(Call::Scan).await?;
        self.store.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        match self.enter(Call::Commit).await? {
            Some(Fault::Conflicts) if !changeset.expects.is_empty() => {
                self.fire();
                Ok(Commit::Conflict(changeset.expects.into_iter().take(1).collect()))
            }
            Some(Fault::SaysFailed) => {
                let commit = self.store.commit(changeset).await?;
                if matches!(commit, Commit::Conflict(_)) {
                    return Ok(commit);
                }
                self.fire();
                let message = "the answer was lost, as planned; look, or do the same again";
                Err(Error::new(ErrorKind::Unavailable, message).retry(Retry::Unknown))
            }
            _ => self.store.commit(changeset).await,
        }
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.store.capabilities()
    }
}

impl<S: fmt::Debug> fmt::Debug for Faulty<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty")
            .field("store", &self.store)
            .field("calls", &self.calls)
            .field("fired", &self.fired)
            .finish_non_exhaustive()
    }
}
