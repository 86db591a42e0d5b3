//! The folder itself, as blocking calls: paths, what stands at them, and errors in the store's terms.

use super::FolderOptions;
use super::durability::Dirty;
use super::instance::Instance;
use super::list::Walks;
use super::path::{self, PATH_BYTES_MAX};
use super::root::{Place, Root};
use crate::error::{Error, ErrorKind};
use lakegate_core::object::ObjectRef;
use rustix::fs::Stat;
use rustix::io::Errno;

/// An open folder.
pub(super) struct Files {
    pub(super) root: Root,
    /// The folder's path, for people.
    pub(super) location: String,
    /// The device number of the root.
    pub(super) device: u64,
    pub(super) options: FolderOptions,
    pub(super) dirty: Dirty,
    /// Listings that stopped at the end of a page.
    pub(super) walks: Walks,
    #[cfg(any(test, feature = "conformance"))]
    pub(super) step_hook: std::sync::OnceLock<super::StepHook>,
}

/// An operation on a key, for its errors.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) location: &'a str,
    pub(super) operation: &'static str,
    pub(super) key: &'a str,
}

impl Call<'_> {
    pub(super) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, self.operation, self.location, self.key, message)
    }

    /// A failed system call, in the kind that the gate acts on.
    pub(super) fn failed(&self, errno: Errno, doing: &str) -> Error {
        let kind = match errno {
            Errno::NOENT => ErrorKind::NotFound,
            Errno::ACCESS | Errno::PERM | Errno::ROFS => ErrorKind::Denied,
            Errno::EXIST => ErrorKind::Collision,
            Errno::NAMETOOLONG | Errno::ILSEQ => ErrorKind::KeyNotRepresentable,
            Errno::NOTSUP => ErrorKind::Unsupported,
            _ => ErrorKind::Io,
        };
        self.error(kind, doing).caused_by(std::io::Error::from(errno))
    }

    pub(super) fn not_found(&self) -> Error {
        self.error(ErrorKind::NotFound, "there is no such object")
    }

    pub(super) fn changed(&self) -> Error {
        self.error(ErrorKind::Changed, "the file there is not the one that was listed")
    }

    pub(super) fn collision(&self) -> Error {
        self.error(ErrorKind::Collision, "another object stands there")
    }

    fn blocked_by_file(&self) -> Error {
        self.error(
            ErrorKind::KeyNotRepresentable,
            "a file or a link stands where this key needs a directory",
        )
    }

    pub(super) fn blocked_by_directory(&self) -> Error {
        self.error(
            ErrorKind::KeyNotRepresentable,
            "a directory stands there: a folder cannot hold a key and keys below it",
        )
    }
}

impl Files {
    pub(super) fn call<'a>(&'a self, operation: &'static str, key: &'a str) -> Call<'a> {
        Call { location: &self.location, operation, key }
    }

    /// The path of a key, if it is not too long.
    pub(super) fn path_of(&self, call: Call<'_>) -> Result<Vec<u8>, Error> {
        let path = path::encode(call.key);
        if self.location.len() + 1 + path.len() >= PATH_BYTES_MAX {
            return Err(call.error(
                ErrorKind::KeyNotRepresentable,
                format!("its path is longer than {PATH_BYTES_MAX} bytes"),
            ));
        }
        Ok(path)
    }

    /// The place where an object should be; `NotFound` where there is no directory for it.
    pub(super) fn existing_place<'a>(
        &'a self,
        call: Call<'_>,
        path: &'a [u8],
    ) -> Result<Place<'a>, Error> {
        self.root.place(path).map_err(|errno| match errno {
            Errno::NOENT | Errno::NOTDIR | Errno::LOOP => call.not_found(),
            errno => call.failed(errno, "opening its directory"),
        })
    }

    /// The place for a new object; its directories are made.
    pub(super) fn new_place<'a>(
        &'a self,
        call: Call<'_>,
        path: &'a [u8],
    ) -> Result<Place<'a>, Error> {
        self.root.place_with_parents(path).map_err(|errno| match errno {
            Errno::NOTDIR | Errno::LOOP => call.blocked_by_file(),
            errno => call.failed(errno, "making its directory"),
        })
    }

    /// The file at a place; `NotFound` where there is none or something else.
    pub(super) fn file_at(
        &self,
        call: Call<'_>,
        place: &Place<'_>,
    ) -> Result<(Instance, Stat), Error> {
        let stat = place.stat().map_err(|errno| match errno {
            Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG => call.not_found(),
            errno => call.failed(errno, "looking at the file"),
        })?;
        Instance::of_file(&stat).map(|instance| (instance, stat)).ok_or_else(|| call.not_found())
    }

    /// The named instance at a place; `Changed` where another stands there.
    pub(super) fn instance_at(
        &self,
        call: Call<'_>,
        place: &Place<'_>,
        object: &ObjectRef,
    ) -> Result<(Instance, Stat), Error> {
        let found = self.file_at(call, place)?;
        if found.0.is(object) { Ok(found) } else { Err(call.changed()) }
    }

    /// Marks a point between two effects, where tests interrupt.
    #[cfg(any(test, feature = "conformance"))]
    pub(super) fn step(&self, call: Call<'_>, name: &'static str) -> Result<(), Error> {
        match self.step_hook.get() {
            Some(hook) if !hook(name) => {
                Err(call.error(ErrorKind::Io, format!("interrupted after: {name}")))
            }
            _ => Ok(()),
        }
    }

    /// Marks a point between two effects, where tests interrupt.
    #[cfg(not(any(test, feature = "conformance")))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
    pub(super) fn step(&self, _call: Call<'_>, _name: &'static str) -> Result<(), Error> {
        Ok(())
    }
}
