//! Files kept beside the facts that name them, in memory or in a directory.
//!
//! Providers drop what customers send after minutes or weeks. A file is kept under the touchpoint
//! that brought it, so that it goes when that is forgotten.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::fs;
use std::io::{ErrorKind as IoKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{TenantId, TouchpointId};

/// Which file: of the tenant's touchpoint the n-th part of its message, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobPlace {
    /// Whose it is.
    pub tenant: TenantId,
    /// The touchpoint that brought it.
    pub touchpoint: TouchpointId,
    /// Which part of its message, from 0.
    pub part: u32,
}

/// Where files are kept.
///
/// # Contract
///
/// 1. What was put is got whole, or not at all: a crash leaves no half of a file.
/// 2. Putting again replaces.
/// 3. What was forgotten is not got, and no byte of it is left, as far as the medium can.
#[async_trait]
pub trait BlobStore: Debug + Send + Sync + 'static {
    /// Keeps a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] where it could not; putting again is safe.
    async fn put(&self, place: BlobPlace, bytes: Vec<u8>) -> Result<()>;

    /// A file; `None` where none is kept there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] where it cannot be read.
    async fn get(&self, place: BlobPlace) -> Result<Option<Vec<u8>>>;

    /// Forgets every file of a touchpoint; of one without files this is nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] where some may still be there; forgetting again is safe.
    async fn forget(&self, tenant: TenantId, touchpoint: TouchpointId) -> Result<()>;
}

#[async_trait]
impl<B: BlobStore + ?Sized> BlobStore for std::sync::Arc<B> {
    async fn put(&self, place: BlobPlace, bytes: Vec<u8>) -> Result<()> {
        (**self).put(place, bytes).await
    }

    async fn get(&self, place: BlobPlace) -> Result<Option<Vec<u8>>> {
        (**self).get(place).await
    }

    async fn forget(&self, tenant: TenantId, touchpoint: TouchpointId) -> Result<()> {
        (**self).forget(tenant, touchpoint).await
    }
}

/// Files in memory, for tests and for what may be lost.
#[derive(Default)]
pub struct MemoryBlobs(Mutex<BTreeMap<BlobPlace, Vec<u8>>>);

impl MemoryBlobs {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many files are kept.
    pub fn len(&self) -> usize {
        self.files().len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.files().is_empty()
    }

    /// A panic elsewhere cannot leave a file half written: each use is one call.
    fn files(&self) -> MutexGuard<'_, BTreeMap<BlobPlace, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Files are people's: only their number is shown.
impl Debug for MemoryBlobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBlobs").field("files", &self.len()).finish()
    }
}

#[async_trait]
impl BlobStore for MemoryBlobs {
    async fn put(&self, place: BlobPlace, bytes: Vec<u8>) -> Result<()> {
        self.files().insert(place, bytes);
        Ok(())
    }

    async fn get(&self, place: BlobPlace) -> Result<Option<Vec<u8>>> {
        Ok(self.files().get(&place).cloned())
    }

    async fn forget(&self, tenant: TenantId, touchpoint: TouchpointId) -> Result<()> {
        self.files().retain(|place, _| (place.tenant, place.touchpoint) != (tenant, touchpoint));
        Ok(())
    }
}

/// Files in a directory: a folder for each tenant, in it one for each touchpoint.
///
/// A file is written beside its place and moved there, so that it is whole or not there. On Unix
/// folders and files are for their owner alone. Reading and writing block the caller's thread for
/// as long as the disk takes.
#[derive(Debug)]
pub struct DirectoryBlobs {
    root: PathBuf,
}

impl DirectoryBlobs {
    /// Keeps files in a directory, which is made where it is not there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] where it cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        make(&root).map_err(|_| failed("the directory of files cannot be made"))?;
        Ok(Self { root })
    }

    fn folder(&self, tenant: TenantId, touchpoint: TouchpointId) -> PathBuf {
        let tenant = self.root.join(tenant.as_uuid().to_string());
        tenant.join(touchpoint.as_uuid().to_string())
    }

    fn write(&self, place: BlobPlace, bytes: &[u8]) -> std::io::Result<()> {
        let folder = self.folder(place.tenant, place.touchpoint);
        make(&folder)?;
        let beside = folder.join(format!("{}.part", place.part));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(beside, folder.join(place.part.to_string()))
    }
}

fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn failed(why: &'static str) -> Error {
    Error::new(ErrorKind::Unavailable, why).during("storage.blob")
}

#[async_trait]
impl BlobStore for DirectoryBlobs {
    async fn put(&self, place: BlobPlace, bytes: Vec<u8>) -> Result<()> {
        self.write(place, &bytes).map_err(|_| failed("the file cannot be written; is there room?"))
    }

    async fn get(&self, place: BlobPlace) -> Result<Option<Vec<u8>>> {
        let folder = self.folder(place.tenant, place.touchpoint);
        match fs::read(folder.join(place.part.to_string())) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == IoKind::NotFound => Ok(None),
            Err(_) => Err(failed("the file cannot be read")),
        }
    }

    async fn forget(&self, tenant: TenantId, touchpoint: TouchpointId) -> Result<()> {
        match fs::remove_dir_all(self.folder(tenant, touchpoint)) {
            Err(error) if error.kind() != IoKind::NotFound => {
                Err(failed("files cannot be removed; forget them again"))
            }
            _ => Ok(()),
        }
    }
}
