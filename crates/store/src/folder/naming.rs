//! Giving a file its key, and taking it away again.

use super::files::{Call, Files};
use super::instance::Instance;
use super::root::{Place, Root, VANISHED_RETRIES_MAX};
use super::temporary::{Temporary, Withheld};
use crate::error::{Error, ErrorKind};
use lakegate_core::object::ObjectRef;
use rustix::fs::{self, AtFlags};
use rustix::io::Errno;

/// What came of giving a file a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    Done,
    /// A file has the key already.
    Taken,
    /// The file to be named is no more.
    SourceGone,
    /// The key is on another file system.
    OtherFileSystem,
}

impl Files {
    /// Renames `from` to `path`, making directories, replacing nothing.
    pub(super) fn name(
        &self,
        call: Call<'_>,
        from: &Place<'_>,
        path: &[u8],
    ) -> Result<Naming, Error> {
        let mut cleared = false;
        // A directory made a moment ago may be tidied away by another sync before it is used.
        for _ in 0..VANISHED_RETRIES_MAX {
            let to = self.new_place(call, path)?;
            match self.root.rename_sparing(from, &to) {
                Ok(()) => return Ok(Naming::Done),
                Err(Errno::EXIST) if to.is_directory() => {
                    if cleared || !remove_empty_directory(&to) {
                        return Err(call.blocked_by_directory());
                    }
                    cleared = true;
                }
                Err(Errno::EXIST) => return Ok(Naming::Taken),
                Err(Errno::XDEV) => return Ok(Naming::OtherFileSystem),
                Err(Errno::NOENT) if from.is_vacant() => {
                    return Ok(Naming::SourceGone);
                }
                Err(Errno::NOENT) => {}
                Err(errno) => return Err(call.failed(errno, "renaming the file to its key")),
            }
        }
        Err(call.error(ErrorKind::Io, "its directory vanished as often as it was made"))
    }

    /// Renames a temporary file to `path`; with `replace`, over what is there.
    pub(super) fn name_temporary(
        &self,
        call: Call<'_>,
        temporary: &Temporary,
        path: &[u8],
        replace: bool,
    ) -> Result<Naming, Error> {
        if replace {
            for _ in 0..VANISHED_RETRIES_MAX {
                let to = self.new_place(call, path)?;
                match Root::rename_over(&temporary.place(), &to) {
                    Ok(()) => return Ok(Naming::Done),
                    Err(Errno::ISDIR) if remove_empty_directory(&to) => {}
                    Err(Errno::ISDIR) => return Err(call.blocked_by_directory()),
                    Err(Errno::NOENT) => {}
                    Err(errno) => return Err(call.failed(errno, "renaming the file to its key")),
                }
            }
            return Err(call.error(ErrorKind::Io, "its directory vanished as often as it was made"));
        }
        match self.name(call, &temporary.place(), path)? {
            Naming::SourceGone => Err(call.error(ErrorKind::Io, "the temporary file was removed")),
            Naming::OtherFileSystem => Err(call.error(
                ErrorKind::Unsupported,
                "another file system is mounted below the folder; make that its own zone",
            )),
            naming => Ok(naming),
        }
    }

    /// Deletes exactly the named instance; success where it is gone already.
    pub(super) fn delete(&self, object: &ObjectRef) -> Result<(), Error> {
        let call = self.call("delete", &object.key);
        let path = self.path_of(call)?;
        let place = match self.existing_place(call, &path) {
            Err(error) if error.kind == ErrorKind::NotFound => {
                self.forget_sidecar(object);
                return Ok(());
            }
            answer => answer?,
        };
        match self.instance_at(call, &place, object) {
            Err(error) if error.kind == ErrorKind::NotFound => {
                self.forget_sidecar(object);
                return Ok(());
            }
            Err(error) => return Err(error),
            Ok((instance, _)) => self.unlink_instance(call, &place, &path, &instance)?,
        }
        self.step(call, "body removed")?;
        self.forget_sidecar(object);
        self.dirty.removed(&path, self.options.remove_emptied_directories);
        Ok(())
    }

    /// Removes a file that was just seen to be `instance`. It is first taken aside and looked at again,
    /// for a producer may have replaced it in between.
    pub(super) fn unlink_instance(
        &self,
        call: Call<'_>,
        place: &Place<'_>,
        path: &[u8],
        instance: &Instance,
    ) -> Result<(), Error> {
        self.step(call, "instance seen")?;
        let withheld = match Withheld::take(&self.root, place, instance) {
            Ok(withheld) => withheld,
            Err(Errno::NOENT) => return Ok(()),
            // It is on a file system mounted below the root, out of reach of a rename.
            Err(Errno::XDEV) => {
                return place.unlink().map_err(|errno| call.failed(errno, "removing the file"));
            }
            Err(errno) => return Err(call.failed(errno, "taking the file aside")),
        };
        self.step(call, "file taken aside")?;
        let (found, _) = self.file_at(call, &withheld.place())?;
        if found == *instance {
            return withheld
                .place()
                .unlink()
                .map_err(|errno| call.failed(errno, "removing the file"));
        }
        self.put_back(call, &withheld.place(), path)?;
        Err(call.changed())
    }

    /// Gives a file its key again that was not the one expected.
    pub(super) fn put_back(
        &self,
        call: Call<'_>,
        from: &Place<'_>,
        path: &[u8],
    ) -> Result<(), Error> {
        match self.name(call, from, path)? {
            Naming::Done => Ok(()),
            outcome => Err(call.error(
                ErrorKind::Changed,
                format!("the file was replaced twice while it was handled ({outcome:?}); one of the two waits aside"),
            )),
        }
    }

    /// Removes the sidecar file of an instance that is no more. Failing is harmless: it fits no other.
    pub(super) fn forget_sidecar(&self, object: &ObjectRef) {
        if let Some(instance) = Instance::parse(&object.etag) {
            let _ = self.remove_sidecar(&object.key, &instance, None);
        }
    }
}

/// Removes the directory at a place if it is empty; `true` if nothing stands there now.
fn remove_empty_directory(place: &Place<'_>) -> bool {
    matches!(
        fs::unlinkat(&place.directory, place.name, AtFlags::REMOVEDIR),
        Ok(()) | Err(Errno::NOENT)
    )
}
