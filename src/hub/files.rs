//! Keeping the files that customers send, before their providers drop them.

use crate::channel::{Ask, Told};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{BlobRef, Body, Changeset, Key, Kind, Part, TenantId, Touchpoint, TouchpointId};
use crate::storage::{BlobPlace, BlobStore};

use super::Hub;

/// What became of one file.
#[derive(Debug)]
pub enum FileFate {
    /// It is kept now, so many bytes.
    Kept(usize),
    /// It was kept before.
    Known,
    /// Its provider does not have it any more.
    Gone,
    /// It could not be fetched; the error says whether to come again.
    Failed(Error),
}

impl Hub {
    /// Gives a place where files are kept.
    #[must_use]
    pub fn blobs(mut self, blobs: impl BlobStore) -> Self {
        self.blobs = Some(std::sync::Arc::new(blobs));
        self
    }

    /// Fetches the files of a touchpoint and keeps them; what became of each, by its part's number.
    ///
    /// Call it soon after [`Hub::receive`]: [`BlobRef::expires_at`] says until when, where that is
    /// known. Erasing a person, and retention, forget the files with the touchpoint.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where the hub has no place for files ([`Hub::blobs`]);
    /// [`ErrorKind::NotFound`] where the touchpoint is not known or its channel not plugged in;
    /// else what the stores say. That a file could not be fetched is an outcome.
    pub async fn keep_files(
        &self,
        tenant: TenantId,
        touchpoint: TouchpointId,
    ) -> Result<Vec<(u32, FileFate)>> {
        let blobs = self.place()?;
        let Some(told) = self.seen(tenant, touchpoint).await? else {
            let why = "the touchpoint is not known, or was forgotten";
            return Err(Error::new(ErrorKind::NotFound, why).during("hub.keep_files"));
        };
        let mut fates = Vec::new();
        for (part, file) in files(&told) {
            let place = BlobPlace { tenant, touchpoint, part };
            let fate = match blobs.get(place).await? {
                Some(_) => FileFate::Known,
                None => self.fetch_file(&told, file, place).await?,
            };
            fates.push((part, fate));
        }
        // Whoever was erased meanwhile left before these files came.
        if self.seen(tenant, touchpoint).await?.is_none() {
            blobs.forget(tenant, touchpoint).await?;
        }
        Ok(fates)
    }

    /// A file that was kept: of a touchpoint's message the part with that number, from 0.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where the hub has no place for files; else what the store says.
    pub async fn file(
        &self,
        tenant: TenantId,
        touchpoint: TouchpointId,
        part: u32,
    ) -> Result<Option<Vec<u8>>> {
        self.place()?.get(BlobPlace { tenant, touchpoint, part }).await
    }

    async fn fetch_file(
        &self,
        told: &Touchpoint,
        file: &BlobRef,
        place: BlobPlace,
    ) -> Result<FileFate> {
        let plugged = self.plugged_in(place.tenant, &told.channel, "hub.keep_files")?;
        let ask = Ask::File { location: file.location.clone() };
        match plugged.adapter.ask(ask).await {
            Ok(Told::File(bytes)) => {
                let size = bytes.len();
                self.place()?.put(place, bytes).await?;
                Ok(FileFate::Kept(size))
            }
            Ok(_) => Ok(FileFate::Failed(
                Error::new(ErrorKind::Unexpected, "asked for a file, told of another")
                    .during("hub.keep_files"),
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(FileFate::Gone),
            Err(error) => Ok(FileFate::Failed(error)),
        }
    }

    async fn seen(&self, tenant: TenantId, id: TouchpointId) -> Result<Option<Touchpoint>> {
        let mut rows = self.store.load(&[Key::touchpoint(tenant, id)]).await?;
        Ok(rows.pop().flatten().and_then(|row| match row.body {
            Body::Touchpoint(copies) => Some(copies.chosen().clone()),
            _ => None,
        }))
    }

    fn place(&self) -> Result<&dyn BlobStore> {
        self.blobs.as_deref().ok_or_else(|| {
            let why = "the hub has no place for files; give it one with `Hub::blobs`";
            Error::new(ErrorKind::Unsupported, why).during("hub.files")
        })
    }

    /// The touchpoints that a changeset purges, where files are kept at all.
    pub(super) fn files_of(&self, changeset: &Changeset) -> Vec<Key> {
        let purged = changeset.purges.iter().filter(|key| key.kind == Kind::Touchpoint);
        purged.filter(|_| self.blobs.is_some()).copied().collect()
    }

    /// Forgets the files of touchpoints.
    pub(super) async fn forget_files(&self, touchpoints: &[Key]) -> Result<()> {
        let Some(blobs) = &self.blobs else { return Ok(()) };
        for key in touchpoints {
            blobs.forget(key.tenant, TouchpointId::from_uuid(key.id)).await?;
        }
        Ok(())
    }
}

/// The files of a touchpoint's message, by the number of their part.
fn files(told: &Touchpoint) -> impl Iterator<Item = (u32, &BlobRef)> {
    let parts = told.message.iter().flat_map(|message| &message.parts);
    (0..).zip(parts).filter_map(|(number, part)| match part {
        Part::Media(file) => Some((number, file)),
        _ => None,
    })
}
