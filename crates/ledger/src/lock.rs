//! The lock that makes one process the ledger's owner.
//!
//! The lock is the operating system's, on a file beside the ledger: it goes with its holder, however
//! that ends. The file stays; its text only tells people who holds the lock.

use crate::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// At most this much of a lock file is read, in bytes.
const HOLDER_BYTES_MAX: u64 = 200;

/// Takes the lock of the ledger at `path`.
pub(crate) fn take(path: &Path) -> Result<File> {
    let lock_path = lock_path(path);
    let failed = |source| Error::LockFile { path: lock_path.clone(), source };
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    owner_only(&mut options);
    let mut file = options.open(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let holder = holder(&file);
            return Err(Error::Locked { path: path.to_owned(), holder });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    file.set_len(0).map_err(failed)?;
    write!(file, "process {}", std::process::id()).map_err(failed)?;
    Ok(file)
}

/// Makes the ledger's file, if it is not there, readable by its owner only.
pub(crate) fn touch(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    owner_only(&mut options);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(source) => Err(Error::CannotOpen { source: sqlx::Error::Io(source) }),
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn holder(file: &File) -> String {
    let mut text = String::new();
    match file.take(HOLDER_BYTES_MAX).read_to_string(&mut text) {
        Ok(read) if read > 0 => text.trim().to_owned(),
        // The lock counts, not the text: a holder that has not written it yet holds it all the same.
        _ => "another process".to_owned(),
    }
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_options: &mut OpenOptions) {}
