//! Forgetting: a person who asks for it, and what is kept too long.

use crate::engine::{self, Erasing};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Erasure, ErasureId, RecordId, SubjectExport, TenantId};

use super::Hub;

/// Most steps of one call; each erases up to a hundred facts. Calling again goes on.
const STEPS_MAX: usize = 1_000_000;

impl Hub {
    /// Erases the customer that holds a record now, with all its records (GDPR article 17).
    ///
    /// What is dated up to now, or not dated, goes: facts, messages and their receipts, decisions,
    /// what waits in the outbox, verdicts, consents. Afterwards views equal those of never having
    /// seen the person. Tombstones and opt-outs remain, as hashes under the current erasure key:
    /// an input of the erased is refused with the code `erased`, and a no is still obeyed. Facts
    /// that are dated later begin a new person.
    ///
    /// `reason` stays in the receipt; name the request, not the person.
    ///
    /// Stopped in the middle, call it again with any record of the person: it goes on where it
    /// stopped. Once it is complete it answers the same receipt, unless the person came back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] without an erasure key: set [`Hub::erasure_keys`].
    /// [`ErrorKind::NotFound`] where the subject was never seen. Else what the store says.
    pub async fn erase(
        &self,
        tenant: TenantId,
        subject: impl Into<RecordId>,
        reason: &str,
    ) -> Result<Erasure> {
        let (context, now, subject) = (self.ready(tenant).await?, self.clock.now(), subject.into());
        for _ in 0..STEPS_MAX {
            let step = |view: &_| engine::erase(&context, view, subject, reason, now);
            match self.transact("hub.erase", step).await? {
                Erasing::Begun(begun) => return self.erase_rest(tenant, begun.id).await,
                Erasing::Known(known) if known.is_complete() => return Ok(*known),
                Erasing::Known(known) => drop(self.erase_rest(tenant, known.id).await?),
                Erasing::Unknown => return Err(unknown_subject()),
                Erasing::NoKey => return Err(no_key()),
            }
        }
        Err(unfinished())
    }

    /// Everything known of the customer that holds a record now (GDPR articles 15 and 20); `None`
    /// where it was never seen.
    ///
    /// Write it with `to_json` for machines, with `to_string` for people. **It shows personal data
    /// in plain text.** A loyal customer's whole history is read at once.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub async fn subject_export(
        &self,
        tenant: TenantId,
        subject: impl Into<RecordId>,
    ) -> Result<Option<SubjectExport>> {
        let (context, now, subject) = (self.ready(tenant).await?, self.clock.now(), subject.into());
        let step = |view: &_| engine::subject(&context, view, subject, now);
        self.ask("hub.subject_export", step).await
    }

    async fn erase_rest(&self, tenant: TenantId, id: ErasureId) -> Result<Erasure> {
        let context = self.ready(tenant).await?;
        for _ in 0..STEPS_MAX {
            let step = |view: &_| engine::erase_more(&context, view, id);
            match self.transact("hub.erase", step).await? {
                Some(erasure) if erasure.is_complete() => return Ok(erasure),
                Some(_) => {}
                None => break,
            }
        }
        Err(unfinished())
    }
}

fn no_key() -> Error {
    let message = "erasing needs an erasure key for its tombstones; set `Hub::erasure_keys`";
    Error::new(ErrorKind::Invalid, message).during("hub.erase")
}

fn unknown_subject() -> Error {
    let message = "no touchpoint of the subject was ever seen; there is nothing to erase";
    Error::new(ErrorKind::NotFound, message).during("hub.erase")
}

fn unfinished() -> Error {
    let message = "the erasure is not finished; call it again";
    Error::new(ErrorKind::Conflict, message).during("hub.erase")
}
