//! What has to reach the disk before the ledger may rely on it, and directories to tidy away.

use super::files::Files;
use super::root::split;
use crate::error::{Error, ErrorKind};
use rustix::fs::{self, OFlags};
use rustix::io::Errno;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Up to so many paths are flushed one by one; beyond, the whole file system is. On ext4 the two cost
/// the same at about fifty files.
const FLUSHED_SINGLY_MAX: usize = 64;
/// At most so many emptied directories are remembered; others just stay.
const EMPTIED_MAX: usize = 1024;

/// Paths changed since the last flush.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    state: Mutex<State>,
    /// Held through a whole flush: who finds nothing left to do must still wait for who is doing it.
    flushing: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeSet<Vec<u8>>,
    directories: BTreeSet<Vec<u8>>,
    overflowed: bool,
    emptied: BTreeSet<Vec<u8>>,
}

impl State {
    fn remember(&mut self, file: Option<&[u8]>, directory: &[u8]) {
        if self.overflowed {
            return;
        }
        if let Some(file) = file {
            self.files.insert(file.to_vec());
        }
        if !self.directories.contains(directory) {
            self.directories.insert(directory.to_vec());
        }
        if self.files.len() + self.directories.len() > FLUSHED_SINGLY_MAX {
            self.overflowed = true;
            self.files.clear();
            self.directories.clear();
        }
    }
}

impl Dirty {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is complete before the guard goes: a poisoned state is still a true one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file was written or renamed to `path`.
    pub(super) fn written(&self, path: &[u8]) {
        self.lock().remember(Some(path), split(path).0.unwrap_or_default());
    }

    /// A file went away from `path`.
    pub(super) fn removed(&self, path: &[u8], remember_emptied: bool) {
        let Some(directory) = split(path).0 else {
            return self.lock().remember(None, b"");
        };
        let mut state = self.lock();
        state.remember(None, directory);
        if remember_emptied
            && state.emptied.len() < EMPTIED_MAX
            && !state.emptied.contains(directory)
        {
            state.emptied.insert(directory.to_vec());
        }
    }
}

impl Files {
    /// Flushes everything changed since the last call, then removes directories that were emptied.
    pub(super) fn sync(&self) -> Result<(), Error> {
        let _flushing = self.dirty.flushing.lock().unwrap_or_else(PoisonError::into_inner);
        let state = std::mem::take(&mut *self.dirty.lock());
        let call = self.call("sync", "");
        let flushed = if state.overflowed {
            fs::syncfs(self.root.handle())
        } else {
            self.flush_singly(&state)
        };
        if let Err(errno) = flushed {
            // What was not flushed stays dirty, or a second call would promise too much.
            self.dirty.lock().overflowed = true;
            return Err(call
                .error(ErrorKind::Io, "flushing to disk")
                .caused_by(std::io::Error::from(errno)));
        }
        for directory in state.emptied.iter().rev() {
            self.remove_if_empty(directory);
        }
        Ok(())
    }

    fn flush_singly(&self, state: &State) -> Result<(), Errno> {
        for path in &state.files {
            self.flush(path, OFlags::RDONLY | OFlags::NONBLOCK)?;
        }
        for path in &state.directories {
            let path = if path.is_empty() { b".".as_slice() } else { path };
            self.flush(path, OFlags::RDONLY | OFlags::DIRECTORY)?;
        }
        Ok(())
    }

    fn flush(&self, path: &[u8], flags: OFlags) -> Result<(), Errno> {
        match self.root.open(path, flags) {
            Ok(file) => fs::fsync(&file),
            // It was moved on or removed since.
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(()),
            // A file that its owner lets us move and not read.
            Err(Errno::ACCESS) => fs::syncfs(self.root.handle()),
            Err(errno) => Err(errno),
        }
    }

    /// Removes a directory and the parents that this empties. It fails, as it should, where something
    /// is left; a writer that was about to use it makes it again.
    fn remove_if_empty(&self, directory: &[u8]) {
        let mut path = Some(directory);
        while let Some(current) = path {
            if self.root.remove_directory(current).is_err() {
                return;
            }
            path = split(current).0;
        }
    }
}
