//! Letting go: facts that the configuration keeps no longer.

use crate::engine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Body, ComponentRow, ErasureKey, Index, Range, RecordId, RetentionProgress, RetentionStage,
    RowCounts, Sort, TenantId, Timestamp,
};

use super::Hub;
use super::run::contended;

/// Most components, and most pages of facts without a record, that one call looks at.
const LOOKS_MAX: usize = 100;

/// Most commits for one record in one call; each erases up to a hundred facts.
const STEPS_MAX: usize = 1_000_000;

impl Hub {
    /// Erases facts whose time is over at `now`, as the configuration's `retention` says.
    ///
    /// Afterwards views equal those of never having seen them; a tombstone of each remains, so that
    /// it is refused when it is delivered again. A no that one of them carried stays an opt-out.
    /// Decisions go with what was said: an intent's key is known for as long as its decision is.
    ///
    /// One call looks at a hundred components or pages. Give its answer to the next call until it
    /// is complete, with the same `now`; begin with the default.
    ///
    /// ```
    /// # use omnichannel::{Hub, Result, model::{RetentionProgress, TenantId, Timestamp}};
    /// # async fn nightly(hub: &Hub, tenant: TenantId, now: Timestamp) -> Result<()> {
    /// let mut progress = RetentionProgress::default();
    /// while !progress.is_complete() {
    ///     progress = hub.retain(tenant, now, progress).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] without an erasure key: set [`Hub::erasure_keys`]. Else what the
    /// store says; the progress that was given still holds.
    pub async fn retain(
        &self,
        tenant: TenantId,
        now: Timestamp,
        mut progress: RetentionProgress,
    ) -> Result<RetentionProgress> {
        self.check_profile().await?;
        if self.configuration().retention.is_empty() {
            return Ok(RetentionProgress { stage: RetentionStage::Done, ..progress });
        }
        let key = self.erasure_keys.first().ok_or_else(no_key)?;
        for _ in 0..LOOKS_MAX {
            progress.stage = match progress.stage {
                RetentionStage::Records { after, left } => {
                    for record in left {
                        self.retain_record(tenant, key, record, now, &mut progress.erased).await?;
                    }
                    self.next_component(tenant, after).await?
                }
                RetentionStage::Unattributed { after } => {
                    let context = self.context(tenant);
                    let step =
                        |view: &_| engine::retain_unattributed(&context, view, key, after, now);
                    let done = self.transact("hub.retain", step).await?;
                    add(&mut progress.erased, done.erased);
                    match done.next {
                        None => RetentionStage::Done,
                        after => RetentionStage::Unattributed { after },
                    }
                }
                RetentionStage::Done => return Ok(progress),
            };
        }
        Ok(progress)
    }

    async fn retain_record(
        &self,
        tenant: TenantId,
        key: &ErasureKey,
        record: RecordId,
        now: Timestamp,
        erased: &mut RowCounts,
    ) -> Result<()> {
        let context = self.ready(tenant).await?;
        for _ in 0..STEPS_MAX {
            let step = |view: &_| engine::retain_record(&context, view, key, record, now);
            let done = self.transact("hub.retain", step).await?;
            add(erased, done.erased);
            if !done.more {
                break;
            }
        }
        Ok(())
    }

    /// The records of the component after one; after the last, the facts without a record.
    async fn next_component(
        &self,
        tenant: TenantId,
        after: Option<Sort>,
    ) -> Result<RetentionStage> {
        let all = Range::all(tenant, Index::Components, uuid::Uuid::nil());
        let context = self.context(tenant);
        for _ in 0..LOOKS_MAX {
            let page = self.store.scan(&[Range { after, limit: 1, ..all }]).await?;
            let found = page.into_iter().flat_map(|page| page.rows).next();
            let Some((sort, row)) = found else {
                return Ok(RetentionStage::Unattributed { after: None });
            };
            let whole = match row.body {
                Body::Component(ComponentRow::Whole(whole)) => Some(whole),
                Body::Component(ComponentRow::Head(head)) => {
                    let step = |view: &_| engine::component(&context, view, head.id);
                    self.ask("hub.retain", step).await?
                }
                _ => None,
            };
            // Else it was merged into another since it was listed, which may stand here.
            if let Some(whole) = whole {
                let left = whole.records.keys().copied().collect();
                return Ok(RetentionStage::Records { after: Some(sort), left });
            }
        }
        Err(contended("hub.retain"))
    }
}

fn add(counts: &mut RowCounts, more: RowCounts) {
    for (kind, count) in more {
        *counts.entry(kind).or_default() += count;
    }
}

fn no_key() -> Error {
    let message = "retention needs an erasure key for its tombstones; set `Hub::erasure_keys`";
    Error::new(ErrorKind::Invalid, message).during("hub.retain")
}
