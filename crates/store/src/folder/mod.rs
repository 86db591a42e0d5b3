//! A folder as a bucket: objects are files with their ordinary names.
//!
//! People and programs drop files in and pick files up with whatever tools they have. What a file's
//! bytes cannot carry, its tags and metadata, stands in an extended attribute of the file or, where
//! there are none, under `.lakegate/` in the same folder, which is never listed. Files that are being
//! written are there too.
//!
//! An object's entity tag is made of inode, size and time of change: it stays the same across a rename
//! and changes with every ordinary write. A writer who keeps a file open may still write to it after
//! it was moved, and one who also sets the old time back is not noticed; where producers are not
//! trusted that far, [`FolderOptions::copy_always`] leaves their file behind.
//!
//! Nothing here may follow a symbolic link, leave the root, or replace a file unasked. Linux only.

mod durability;
mod files;
mod instance;
mod list;
mod naming;
mod path;
mod probe;
mod put;
mod read;
mod root;
mod sidecar;
mod temporary;
mod transfer;

#[cfg(test)]
mod tests;

use crate::bucket::{Body, Bucket, Capabilities, Head, ListPage, PutOptions, Transferred};
use crate::error::{Error, ErrorKind};
use files::Files;
use lakegate_core::object::{ObjectRef, Tags};
use rustix::fs::{self, CWD, Mode, OFlags};
use rustix::io::Errno;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// How a folder is used.
#[derive(Clone, Debug, Default)]
pub struct FolderOptions {
    /// Create the folder, with its parents, where it is missing. Otherwise that is an error.
    pub create: bool,
    /// Never hand over a file by renaming it out of this folder; copy it, so that a producer who
    /// keeps it open cannot write to what was taken. Costs the time of copying every byte.
    pub copy_always: bool,
    /// Remove directories that moves and deletions have emptied, at the next `sync`. For folders that
    /// only Lakegate fills; a producer may be relying on its directories.
    pub remove_emptied_directories: bool,
}

/// Says whether to go on after the named point between two effects of one operation.
#[cfg(any(test, feature = "conformance"))]
pub type StepHook = Box<dyn Fn(&'static str) -> bool + Send + Sync>;

/// A folder. Clones share everything.
#[derive(Clone)]
pub struct FolderBucket {
    shared: Shared,
    capabilities: Arc<OnceCell<Capabilities>>,
}

impl std::fmt::Debug for FolderBucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("FolderBucket").field(&self.shared.files.location).finish()
    }
}

/// The folder and the means to work on it off the async threads.
#[derive(Clone)]
struct Shared {
    files: Arc<Files>,
}

impl Shared {
    /// Runs one operation's system calls together on a thread that may block.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<Files>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let files = Arc::clone(&self.files);
        match tokio::task::spawn_blocking(move || work(&files)).await {
            Ok(answer) => answer,
            Err(lost) => {
                let error = self.files.call("run", "").error(ErrorKind::Io, "the task was lost");
                Err(error.caused_by(lost))
            }
        }
    }
}

impl FolderBucket {
    /// Opens a folder, which must be a directory that can be read. Tidies what a killed process left.
    ///
    /// # Errors
    /// `NotFound` where there is no such directory (or a file stands there), `Denied` where it may not
    /// be read, `Io` otherwise.
    pub fn open(root: &Path, options: FolderOptions) -> Result<Self, Error> {
        let location = root.display().to_string();
        let failed = |kind, message: &str, cause: std::io::Error| {
            Error::new(kind, "open", &location, "", message).caused_by(cause)
        };
        if options.create {
            std::fs::create_dir_all(root).map_err(|cause| {
                let kind = match cause.kind() {
                    std::io::ErrorKind::PermissionDenied => ErrorKind::Denied,
                    _ => ErrorKind::Io,
                };
                failed(kind, "the folder cannot be created", cause)
            })?;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = fs::openat(CWD, root, flags, Mode::empty()).map_err(|errno| {
            let (kind, message) = match errno {
                Errno::NOENT => (ErrorKind::NotFound, "there is no such folder"),
                Errno::NOTDIR => (ErrorKind::NotFound, "it is not a folder"),
                Errno::ACCESS | Errno::PERM => (ErrorKind::Denied, "the folder may not be read"),
                _ => (ErrorKind::Io, "the folder cannot be opened"),
            };
            failed(kind, message, errno.into())
        })?;
        let stat = fs::fstat(&directory)
            .map_err(|errno| failed(ErrorKind::Io, "looking at the folder", errno.into()))?;
        let root = root::Root::new(directory);
        temporary::sweep(&root);
        #[allow(clippy::unnecessary_cast)]
        let device = stat.st_dev as u64;
        Ok(Self::with_root(root, location, device, options))
    }

    fn with_root(root: root::Root, location: String, device: u64, options: FolderOptions) -> Self {
        let files = Files {
            root,
            location,
            device,
            options,
            dirty: durability::Dirty::default(),
            walks: list::Walks::default(),
            #[cfg(any(test, feature = "conformance"))]
            step_hook: std::sync::OnceLock::new(),
        };
        Self { shared: Shared { files: Arc::new(files) }, capabilities: Arc::new(OnceCell::new()) }
    }

    /// Calls `hook` between the effects of every later operation of this bucket; where it answers
    /// `false`, the operation ends there with an error. Only the first hook counts.
    #[cfg(any(test, feature = "conformance"))]
    pub fn set_step_hook(&self, hook: StepHook) {
        let _ = self.shared.files.step_hook.set(hook);
    }

    /// This folder behind the trait of another store, if it is one.
    fn behind(bucket: &dyn Bucket) -> Option<&Self> {
        bucket.as_any().downcast_ref()
    }
}

#[async_trait::async_trait]
impl Bucket for FolderBucket {
    fn location(&self) -> &str {
        &self.shared.files.location
    }

    async fn capabilities(&self) -> Result<Capabilities, Error> {
        let probe = || self.shared.blocking(|files| files.probe());
        self.capabilities.get_or_try_init(probe).await.cloned()
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        let (prefix, after) = (prefix.to_owned(), after.map(str::to_owned));
        self.shared.blocking(move |files| files.list(&prefix, after.as_deref(), limit)).await
    }

    async fn head(&self, key: &str) -> Result<Head, Error> {
        let key = key.to_owned();
        self.shared.blocking(move |files| files.head(&key)).await
    }

    async fn read(&self, object: &ObjectRef) -> Result<Body, Error> {
        read::read(&self.shared, object).await
    }

    async fn tags(&self, object: &ObjectRef) -> Result<Tags, Error> {
        let object = object.clone();
        self.shared.blocking(move |files| files.tags(&object)).await
    }

    async fn set_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error> {
        let (object, tags) = (object.clone(), tags.clone());
        self.shared.blocking(move |files| files.set_tags(&object, &tags)).await
    }

    async fn put(
        &self,
        key: &str,
        body: Body,
        size_bytes: Option<u64>,
        options: PutOptions,
    ) -> Result<ObjectRef, Error> {
        put::put(&self.shared, key, body, size_bytes, options).await
    }

    async fn transfer(
        &self,
        source: &ObjectRef,
        destination: &dyn Bucket,
        key: &str,
        tags: &Tags,
    ) -> Result<Transferred, Error> {
        let Some(folder) = Self::behind(destination) else {
            return crate::stream_copy::copy(self, source, destination, key, tags).await;
        };
        let to = Arc::clone(&folder.shared.files);
        let (source, key, tags) = (source.clone(), key.to_owned(), tags.clone());
        self.shared.blocking(move |from| transfer::transfer(from, &source, &to, &key, &tags)).await
    }

    async fn delete(&self, object: &ObjectRef) -> Result<(), Error> {
        let object = object.clone();
        self.shared.blocking(move |files| files.delete(&object)).await
    }

    async fn sync(&self) -> Result<(), Error> {
        self.shared.blocking(|files| files.sync()).await
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
