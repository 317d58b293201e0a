//! The canonical loop: read what a step needs, step, commit.
//!
//! On conflict, read again and step again.

use crate::engine::{self, Need, Pause, Step, View};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Changeset, Commit, Key, Range};

use super::Hub;
use super::counts::count;
use super::trace;

/// Most rounds of one step. The usual ones take 3, corrections 6; a long group takes one per page.
const ROUNDS_MAX: usize = 10_000;

/// Most conflicts of one commit before the call gives up.
pub(super) const CONFLICTS_MAX: usize = 64;

impl Hub {
    /// Runs a step that writes nothing. A view of several rounds is checked to be of one instant.
    pub(super) async fn ask<T>(
        &self,
        operation: &'static str,
        step: impl Fn(&View) -> Step<T> + Send,
    ) -> Result<T> {
        self.check_profile().await?;
        for _ in 0..CONFLICTS_MAX {
            let mut view = View::default();
            let (answer, rounds) = self.step(operation, &mut view, &step).await?;
            if rounds <= 1 || bug!("torn_view") || self.still_holds(&view).await? {
                return Ok(answer);
            }
        }
        Err(contended(operation))
    }

    /// Runs a step and commits what it says, until it is applied.
    pub(super) async fn transact<T>(
        &self,
        operation: &'static str,
        step: impl Fn(&View) -> Step<(T, Changeset)> + Send,
    ) -> Result<T> {
        trace::within(operation, async {
            self.check_profile().await?;
            let mut view = View::default();
            for _ in 0..CONFLICTS_MAX {
                match self.attempt(operation, &mut view, &step).await? {
                    Some(answer) => return Ok(answer),
                    None => view = self.read_again(&view).await?,
                }
            }
            Err(contended(operation))
        })
        .await
    }

    /// One try of a step and its commit; `None` on a conflict.
    pub(super) async fn attempt<T>(
        &self,
        operation: &'static str,
        view: &mut View,
        step: &(impl Fn(&View) -> Step<(T, Changeset)> + Send),
    ) -> Result<Option<T>> {
        let ((answer, changeset), rounds) = self.step(operation, view, step).await?;
        if changeset.is_empty() {
            return Ok(Some(answer));
        }
        let rows = changeset.rows();
        let forgotten = self.files_of(&changeset);
        // Before, so that a crash leaves no file of a person who is gone; and after, for whoever
        // fetched one meanwhile.
        self.forget_files(&forgotten).await?;
        let moved = self
            .follower
            .as_ref()
            .map(|_| engine::moves(&self.held().configuration.identity, view, &changeset));
        match self.store.commit(changeset).await? {
            Commit::Applied(_) => {
                trace::committed(operation, rounds, rows);
                self.forget_files(&forgotten).await?;
                self.tell_follower(&moved.unwrap_or_default());
                Ok(Some(answer))
            }
            Commit::Conflict(_) if bug!("conflict_taken_for_success") => Ok(Some(answer)),
            Commit::Conflict(failed) => {
                trace::conflicted(operation, failed.len());
                count(&self.counters.conflicts, 1);
                Ok(None)
            }
        }
    }

    /// What the last try read, read again: the next try needs most of it.
    pub(super) async fn read_again(&self, view: &View) -> Result<View> {
        let mut again = View::default();
        self.fetch(&mut again, view.as_need()).await?;
        Ok(again)
    }

    async fn step<T>(
        &self,
        operation: &'static str,
        view: &mut View,
        step: &(impl Fn(&View) -> Step<T> + Send),
    ) -> Result<(T, usize)> {
        for round in 0..ROUNDS_MAX {
            match step(view) {
                Ok(answer) => return Ok((answer, round)),
                Err(Pause::Need(need)) => self.fetch(view, need).await?,
                Err(Pause::Stale) => *view = View::default(),
                Err(Pause::UnknownErasureKey(key)) => return Err(unknown_key(operation, key)),
                Err(Pause::Outdated) => return Err(self.outdated(operation).await),
            }
        }
        Err(contended(operation))
    }

    async fn fetch(&self, view: &mut View, need: Need) -> Result<()> {
        if !need.keys.is_empty() {
            let rows = self.store.load(&need.keys).await?;
            answered(need.keys.len(), rows.len(), "storage.load")?;
            view.add_rows(need.keys.into_iter().zip(rows));
        }
        if !need.ranges.is_empty() {
            let ranges: Vec<Range> = need.ranges.into_iter().collect();
            let pages = self.store.scan(&ranges).await?;
            answered(ranges.len(), pages.len(), "storage.scan")?;
            for (range, page) in ranges.into_iter().zip(pages) {
                view.add_page(range, page);
            }
        }
        Ok(())
    }

    /// Whether every row of a view is as it was read.
    async fn still_holds(&self, view: &View) -> Result<bool> {
        let (keys, versions): (Vec<Key>, Vec<_>) = view.versions().unzip();
        let rows = self.store.load(&keys).await?;
        let now = rows.iter().map(|row| row.as_ref().map_or(0, |row| row.version));
        Ok(now.eq(versions))
    }
}

/// A store that answers less than it was asked breaks the contract; going on would lose data.
pub(super) fn answered(asked: usize, got: usize, operation: &'static str) -> Result<()> {
    if asked == got {
        return Ok(());
    }
    let message =
        "the store answered another number of questions than it was asked; mend the store";
    let error = Error::new(ErrorKind::Corrupt, message).during(operation);
    Err(error.with("asked", asked).with("answered", got))
}

pub(super) fn contended(operation: &'static str) -> Error {
    let message = "others kept changing the same rows; try again later";
    Error::new(ErrorKind::Conflict, message).during(operation)
}

fn unknown_key(operation: &'static str, key: uuid::Uuid) -> Error {
    let message = "people were erased under a key that is not here; give the hub that erasure key";
    Error::new(ErrorKind::Denied, message).during(operation).with("erasure_key", key)
}
