//! The directory that a bucket is, as a handle that no path leads out of.
//!
//! Every file is opened relative to this handle, by `openat2` with `RESOLVE_BENEATH` and
//! `RESOLVE_NO_SYMLINKS`; where the kernel has no `openat2`, one component at a time without following
//! links. So neither a hostile key nor a link that a producer plants reaches anything outside.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RenameFlags, ResolveFlags, Stat};
use rustix::io::Errno;
use std::sync::atomic::{AtomicBool, Ordering};

/// Directories and files are created with all permissions that the process's umask leaves.
const DIRECTORY_MODE: Mode = Mode::from_raw_mode(0o777);
pub(super) const FILE_MODE: Mode = Mode::from_raw_mode(0o666);
/// How often a directory is made again when it vanishes between its making and its use.
pub(super) const VANISHED_RETRIES_MAX: usize = 16;

const DIRECTORY: OFlags =
    OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// An open directory and the means to stay below it.
#[derive(Debug)]
pub(super) struct Root {
    directory: OwnedFd,
    /// Whether the kernel resolves whole paths for us.
    resolves_beneath: bool,
    /// Whether extended attributes are used at all.
    keeps_attributes: bool,
    /// Cleared when the file system is found to have no rename that spares an existing file.
    renames_without_replacing: AtomicBool,
}

/// An open parent directory and a name in it.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) directory: Directory<'a>,
    pub(super) name: &'a [u8],
}

/// A directory's handle, borrowed or opened for this use.
#[derive(Debug)]
pub(super) enum Directory<'a> {
    Borrowed(BorrowedFd<'a>),
    Opened(OwnedFd),
}

impl AsFd for Directory<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Directory::Borrowed(fd) => *fd,
            Directory::Opened(fd) => fd.as_fd(),
        }
    }
}

impl Place<'_> {
    /// What stands here, itself and not what it links to.
    pub(super) fn stat(&self) -> Result<Stat, Errno> {
        fs::statat(&self.directory, self.name, AtFlags::SYMLINK_NOFOLLOW)
    }

    /// Opens the regular file here, if it may be read.
    pub(super) fn open_file(&self) -> Option<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        fs::openat(&self.directory, self.name, flags, Mode::empty()).ok()
    }

    /// Removes the file here.
    pub(super) fn unlink(&self) -> Result<(), Errno> {
        fs::unlinkat(&self.directory, self.name, AtFlags::empty())
    }

    /// Whether nothing stands here.
    pub(super) fn is_vacant(&self) -> bool {
        matches!(self.stat(), Err(Errno::NOENT))
    }

    /// Whether a directory stands here.
    pub(super) fn is_directory(&self) -> bool {
        self.stat().is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
    }
}

impl Root {
    pub(super) fn new(directory: OwnedFd) -> Self {
        let resolves_beneath = fs::openat2(
            &directory,
            c".",
            DIRECTORY,
            Mode::empty(),
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS,
        )
        .is_ok();
        Self {
            directory,
            resolves_beneath,
            keeps_attributes: true,
            renames_without_replacing: AtomicBool::new(true),
        }
    }

    /// The same root, as on a kernel without `openat2` and a file system without no-replace
    /// rename and attributes.
    #[cfg(test)]
    pub(super) fn without_conveniences(mut self) -> Self {
        self.resolves_beneath = false;
        self.keeps_attributes = false;
        self.renames_without_replacing = AtomicBool::new(false);
        self
    }

    pub(super) fn handle(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }

    pub(super) fn keeps_attributes(&self) -> bool {
        self.keeps_attributes
    }

    pub(super) fn renames_without_replacing(&self) -> bool {
        self.renames_without_replacing.load(Ordering::Relaxed)
    }

    /// Opens what stands at `path`, following no link anywhere on the way.
    pub(super) fn open(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        if self.resolves_beneath {
            return fs::openat2(
                &self.directory,
                path,
                flags,
                Mode::empty(),
                ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS,
            );
        }
        let place = self.place(path)?;
        fs::openat(&place.directory, place.name, flags, Mode::empty())
    }

    /// Opens a directory for reading its entries; the root for an empty path.
    pub(super) fn open_directory(&self, path: &[u8]) -> Result<OwnedFd, Errno> {
        let path = if path.is_empty() { b".".as_slice() } else { path };
        self.open(path, OFlags::RDONLY | OFlags::DIRECTORY)
    }

    /// The place of `path`, whose parent must exist.
    pub(super) fn place<'a>(&'a self, path: &'a [u8]) -> Result<Place<'a>, Errno> {
        let (parent, name) = split(path);
        let directory = match parent {
            None => Directory::Borrowed(self.handle()),
            Some(parent) if self.resolves_beneath => Directory::Opened(fs::openat2(
                &self.directory,
                parent,
                DIRECTORY,
                Mode::empty(),
                ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS,
            )?),
            Some(parent) => Directory::Opened(self.walk(parent, false)?),
        };
        Ok(Place { directory, name })
    }

    /// The place of `path`, whose parents are made where they are missing.
    pub(super) fn place_with_parents<'a>(&'a self, path: &'a [u8]) -> Result<Place<'a>, Errno> {
        match self.place(path) {
            Err(Errno::NOENT) => {}
            answer => return answer,
        }
        let (parent, name) = split(path);
        let Some(parent) = parent else {
            return Err(Errno::NOENT);
        };
        for _ in 0..VANISHED_RETRIES_MAX {
            match self.walk(parent, true) {
                Ok(directory) => {
                    return Ok(Place { directory: Directory::Opened(directory), name });
                }
                Err(Errno::NOENT) => {}
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::NOENT)
    }

    /// Opens a directory one component at a time, making the missing ones if asked.
    fn walk(&self, path: &[u8], make: bool) -> Result<OwnedFd, Errno> {
        let mut current: Option<OwnedFd> = None;
        for name in path.split(|&byte| byte == b'/') {
            let at = current.as_ref().map_or(self.handle(), AsFd::as_fd);
            let next = match fs::openat(at, name, DIRECTORY, Mode::empty()) {
                Err(Errno::NOENT) if make => {
                    match fs::mkdirat(at, name, DIRECTORY_MODE) {
                        Ok(()) | Err(Errno::EXIST) => {}
                        Err(errno) => return Err(errno),
                    }
                    fs::openat(at, name, DIRECTORY, Mode::empty())?
                }
                answer => answer?,
            };
            current = Some(next);
        }
        current.ok_or(Errno::NOENT)
    }

    /// Renames without ever replacing: `EXIST` where the new name is taken.
    ///
    /// Where the file system cannot, a second link is made and the first removed; a crash between the
    /// two leaves one file under both names.
    pub(super) fn rename_sparing(&self, from: &Place<'_>, to: &Place<'_>) -> Result<(), Errno> {
        if self.renames_without_replacing() {
            let answer = fs::renameat_with(
                &from.directory,
                from.name,
                &to.directory,
                to.name,
                RenameFlags::NOREPLACE,
            );
            if !matches!(answer, Err(Errno::INVAL | Errno::NOSYS)) {
                return answer;
            }
            self.renames_without_replacing.store(false, Ordering::Relaxed);
        }
        fs::linkat(&from.directory, from.name, &to.directory, to.name, AtFlags::empty())?;
        let inode = |place: &Place<'_>| place.stat().map(|stat| stat.st_ino);
        match (inode(from), inode(to)) {
            // A producer has put another file there meanwhile: that one stays.
            (Ok(left), Ok(linked)) if left != linked => Ok(()),
            _ => match from.unlink() {
                Err(Errno::NOENT) => Ok(()),
                answer => answer,
            },
        }
    }

    /// Renames, replacing what has the new name.
    pub(super) fn rename_over(from: &Place<'_>, to: &Place<'_>) -> Result<(), Errno> {
        fs::renameat(&from.directory, from.name, &to.directory, to.name)
    }

    /// Removes the directory at `path` if it is empty.
    pub(super) fn remove_directory(&self, path: &[u8]) -> Result<(), Errno> {
        let place = self.place(path)?;
        fs::unlinkat(&place.directory, place.name, AtFlags::REMOVEDIR)
    }
}

/// A path as its parent, if it has one, and its last name.
pub(super) fn split(path: &[u8]) -> (Option<&[u8]>, &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(at) => (Some(&path[..at]), &path[at + 1..]),
        None => (None, path),
    }
}
