//! Files on their way in or out: written, or held back, under the reserved directory until they have
//! their name or are gone.

use super::instance::Instance;
use super::path::RESERVED;
use super::root::{Directory, FILE_MODE, Place, Root};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{self, AtFlags, Dir, OFlags};
use rustix::io::Errno;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many names are tried for a temporary file before giving up.
const NAME_TRIES_MAX: usize = 64;
/// At most so many leftovers are swept when a bucket is opened.
const SWEPT_MAX: usize = 10_000;
/// A temporary file that nobody wrote to for so long belongs to no living process.
const LEFTOVER_AFTER_NS: i64 = 24 * 60 * 60 * 1_000_000_000;

/// A temporary file; removed when dropped unless it was renamed away.
#[derive(Debug)]
pub(super) struct Temporary {
    directory: OwnedFd,
    name: String,
    pub(super) file: OwnedFd,
    renamed: bool,
}

impl Temporary {
    pub(super) fn create(root: &Root) -> Result<Self, Errno> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        for _ in 0..NAME_TRIES_MAX {
            let name = fresh_name();
            let directory = own_directory(root, "tmp")?;
            match fs::openat(&directory, &name, flags, FILE_MODE) {
                // A leftover of a process that had this one's number.
                Err(Errno::EXIST) => {}
                Ok(file) => return Ok(Self { directory, name, file, renamed: false }),
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::EXIST)
    }

    /// The time by the file system's clock, in nanoseconds since 1970; `None` where nothing of
    /// Lakegate's stands yet, or nothing can be written.
    fn clock(root: &Root) -> Option<i64> {
        root.open_directory(format!("{RESERVED}/tmp").as_bytes()).ok()?;
        let file = Self::create(root).ok()?;
        Some(Instance::of(&fs::fstat(&file.file).ok()?).modified_ns)
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place { directory: Directory::Borrowed(self.directory.as_fd()), name: self.name.as_bytes() }
    }

    /// Writes all of `bytes`.
    pub(super) fn write(&self, mut bytes: &[u8]) -> Result<(), Errno> {
        while !bytes.is_empty() {
            match rustix::io::write(&self.file, bytes) {
                Ok(0) => return Err(Errno::IO),
                Ok(written) => bytes = &bytes[written..],
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }

    /// Flushes it to disk and says which instance it is.
    pub(super) fn finish(&self) -> Result<Instance, Errno> {
        fs::fsync(&self.file)?;
        Ok(Instance::of(&fs::fstat(&self.file)?))
    }

    /// The file has got its name; there is nothing to remove.
    pub(super) fn keep(mut self) {
        self.renamed = true;
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // What cannot be removed now is swept when the bucket is next opened.
            let _ = self.place().unlink();
        }
    }
}

/// A file held back while it is found out whether it is the one to delete.
pub(super) struct Withheld {
    directory: OwnedFd,
    name: String,
}

impl Withheld {
    /// Takes what stands at a place, whatever it is by now.
    pub(super) fn take(root: &Root, from: &Place<'_>, expected: &Instance) -> Result<Self, Errno> {
        let directory = own_directory(root, "deleting")?;
        let name = format!("{}~{}", expected.etag(), fresh_name());
        let to = Place { directory: Directory::Borrowed(directory.as_fd()), name: name.as_bytes() };
        Root::rename_over(from, &to)?;
        Ok(Self { directory, name })
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place { directory: Directory::Borrowed(self.directory.as_fd()), name: self.name.as_bytes() }
    }
}

/// Finishes or undoes what a killed process left under the reserved directory. Best effort: what
/// cannot be tidied harms nothing.
pub(super) fn sweep(root: &Root) {
    // The file system's own clock: the time of a file made now.
    let now_ns = Temporary::clock(root);
    sweep_directory(root, "tmp", |place, instance| {
        if now_ns.is_some_and(|now| now.saturating_sub(instance.modified_ns) > LEFTOVER_AFTER_NS) {
            let _ = place.unlink();
        }
    });
    sweep_directory(root, "deleting", |place, instance| {
        let name = String::from_utf8_lossy(place.name).into_owned();
        let meant = name.split('~').next().and_then(Instance::parse);
        if meant == Some(*instance) {
            let _ = place.unlink();
        } else {
            // Not the one that was to be deleted: it comes back, under a name that nobody has.
            let recovered = format!("lakegate-recovered-{name}");
            if let Ok(to) = root.place(recovered.as_bytes()) {
                let _ = root.rename_sparing(place, &to);
            }
        }
    });
}

fn sweep_directory(root: &Root, name: &str, mut tidy: impl FnMut(&Place<'_>, &Instance)) {
    let Ok(directory) = root.open_directory(format!("{RESERVED}/{name}").as_bytes()) else {
        return;
    };
    let Ok(entries) = Dir::read_from(&directory) else {
        return;
    };
    for entry in entries.take(SWEPT_MAX).flatten() {
        let place = Place {
            directory: Directory::Borrowed(directory.as_fd()),
            name: entry.file_name().to_bytes(),
        };
        if let Some(instance) = place.stat().ok().as_ref().and_then(Instance::of_file) {
            tidy(&place, &instance);
        }
    }
}

/// Opens a directory of Lakegate's own, making it if need be.
fn own_directory(root: &Root, name: &str) -> Result<OwnedFd, Errno> {
    let path = format!("{RESERVED}/{name}/x");
    match root.place_with_parents(path.as_bytes())?.directory {
        Directory::Opened(directory) => Ok(directory),
        Directory::Borrowed(_) => Err(Errno::NOENT),
    }
}

/// A name that this process has not used.
fn fresh_name() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("{:x}-{number:x}", std::process::id())
}

/// Whether the file system below `root` takes names that differ in case for the same.
pub(super) fn folds_case(root: &Root) -> Result<bool, Errno> {
    let temporary = Temporary::create(root)?;
    let upper = format!("{}-Aa", temporary.name);
    let lower = format!("{}-aA", temporary.name);
    let to = Place {
        directory: Directory::Borrowed(temporary.directory.as_fd()),
        name: upper.as_bytes(),
    };
    Root::rename_over(&temporary.place(), &to)?;
    let folded = fs::statat(&temporary.directory, &lower, AtFlags::SYMLINK_NOFOLLOW).is_ok();
    to.unlink()?;
    Ok(folded)
}
