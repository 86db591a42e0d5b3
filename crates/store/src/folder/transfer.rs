//! Moving between two folders: a rename where both are on one file system, else a verified copy.

use super::files::{Call, Files};
use super::instance::Instance;
use super::naming::Naming;
use super::root::Place;
use super::sidecar::{Found, Sidecar};
use super::temporary::Temporary;
use crate::bucket::{SourceAfter, Transferred};
use crate::error::{Error, ErrorKind};
use lakegate_core::object::{ObjectRef, TAG_WORKFLOW_ID, Tags};
use rustix::fd::OwnedFd;
use rustix::fs::{self, Advice, Stat};
use rustix::io::Errno;

/// How much is copied and compared at once.
const COPY_BYTES: usize = 256 * 1024;

/// One transfer between two folders.
struct Transfer<'a> {
    call: Call<'a>,
    from: &'a Files,
    to: &'a Files,
    source: &'a ObjectRef,
    source_path: Vec<u8>,
    key: &'a str,
    path: Vec<u8>,
    tags: &'a Tags,
}

/// The source, seen to be the named instance.
struct Source<'a> {
    place: Place<'a>,
    instance: Instance,
    stat: Stat,
    /// The open file; `None` where it may be moved and not read.
    file: Option<OwnedFd>,
    sidecar: Sidecar,
    found: Found,
}

impl<'a> Source<'a> {
    fn new(
        transfer: &Transfer<'_>,
        place: Place<'a>,
        instance: Instance,
        stat: Stat,
    ) -> Result<Self, Error> {
        let file = place.open_file();
        let (sidecar, found) = transfer
            .from
            .read_sidecar(&transfer.source.key, &instance, file.as_ref())
            .map_err(|errno| transfer.call.failed(errno, "reading its metadata"))?;
        Ok(Self { place, instance, stat, file, sidecar, found })
    }
}

/// What stands at the destination.
enum Standing {
    /// Nothing.
    Free,
    /// This transfer's own earlier result.
    Own(Instance),
    /// Something else.
    Foreign,
}

/// Makes a verified copy of `source` under `key` of the folder `to`; a rename where that is possible.
pub(super) fn transfer(
    from: &Files,
    source: &ObjectRef,
    to: &Files,
    key: &str,
    tags: &Tags,
) -> Result<Transferred, Error> {
    let call = from.call("transfer", &source.key);
    if !tags.contains_key(TAG_WORKFLOW_ID) {
        let message = format!("the tags of a transfer must hold {TAG_WORKFLOW_ID}");
        return Err(call.error(ErrorKind::Unsupported, message));
    }
    let path = to.path_of(to.call("transfer", key))?;
    let source_path = from.path_of(call)?;
    Transfer { call, from, to, source, source_path, key, path, tags }.run()
}

impl Transfer<'_> {
    fn run(&self) -> Result<Transferred, Error> {
        let found = self.from.existing_place(self.call, &self.source_path).and_then(|place| {
            let (instance, stat) = self.from.instance_at(self.call, &place, self.source)?;
            Ok((place, instance, stat))
        });
        let (place, instance, stat) = match found {
            Ok(found) => found,
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Changed) => {
                return self.without_source(error);
            }
            Err(error) => return Err(error),
        };
        let source = Source::new(self, place, instance, stat)?;
        if self.may_rename(&source.stat)
            && let Some(done) = self.rename(&source)?
        {
            return Ok(done);
        }
        self.copy(&source)
    }

    /// A call with the destination's place and key, for what goes wrong there.
    fn call_at_destination(&self) -> Call<'_> {
        self.to.call("transfer", self.key)
    }

    /// The source is not there as it was: done, if the destination has it.
    fn without_source(&self, error: Error) -> Result<Transferred, Error> {
        match self.standing(false)? {
            Standing::Own(instance) => {
                self.from.forget_sidecar(self.source);
                self.done(instance, SourceAfter::Gone)
            }
            Standing::Free | Standing::Foreign => Err(error),
        }
    }

    /// A rename hands over the very file: only where no other name, and no other file system, holds on
    /// to it, and where the operator did not ask for copies.
    fn may_rename(&self, stat: &Stat) -> bool {
        #[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
        let alone = stat.st_nlink as u64 == 1;
        alone && self.from.device == self.to.device && !self.from.options.copy_always
    }

    /// Renames the source; `None` where that turns out to be impossible.
    fn rename(&self, source: &Source<'_>) -> Result<Option<Transferred>, Error> {
        let there = self.call_at_destination();
        let (place, instance) = (&source.place, &source.instance);
        let mut sidecar = Sidecar { copy_of: None, ..self.sidecar_at_destination(source) };
        self.to
            .write_sidecar(&mut sidecar, self.key, instance, source.file.as_ref())
            .map_err(|errno| there.failed(errno, "writing its tags and metadata"))?;
        self.from.step(self.call, "sidecar written")?;
        let outcome = match self.to.name(there, place, &self.path) {
            Ok(Naming::Done) => None,
            Ok(Naming::Taken) => Some(self.taken(source).map(Some)),
            Ok(Naming::SourceGone) => Some(self.without_source(self.call.not_found()).map(Some)),
            Ok(Naming::OtherFileSystem) => Some(Ok(None)),
            Err(error) => Some(Err(error)),
        };
        if let Some(outcome) = outcome {
            let stands = matches!(&outcome, Ok(Some(done)) if instance.is(&done.object));
            if !stands {
                self.withdraw_sidecar(source);
            }
            return outcome;
        }
        self.to.dirty.written(&self.path);
        self.from.dirty.removed(&self.source_path, self.from.options.remove_emptied_directories);
        self.from.step(self.call, "file renamed")?;
        self.check_renamed(source)?;
        self.forget_source(source);
        Ok(Some(Transferred {
            object: instance.object(self.key),
            source: SourceAfter::Gone,
            notes: Vec::new(),
        }))
    }

    fn sidecar_at_destination(&self, source: &Source<'_>) -> Sidecar {
        Sidecar {
            copy_of: Some(self.source.etag.clone()),
            tags: self.tags.clone(),
            ..source.sidecar.clone()
        }
    }

    /// Takes back what was written for a destination that the source did not reach.
    fn withdraw_sidecar(&self, source: &Source<'_>) {
        let file = source.file.as_ref();
        let _ = self.to.remove_sidecar(self.key, &source.instance, file);
        if self.key == self.source.key && source.found == Found::Attribute {
            // One attribute serves both places when the key is the same.
            let mut own = source.sidecar.clone();
            let _ = self.from.write_sidecar(&mut own, self.key, &source.instance, file);
        }
    }

    /// Removes what was kept for the source under its old key.
    fn forget_source(&self, source: &Source<'_>) {
        match source.found {
            Found::Nowhere => {}
            Found::Attribute if self.key == self.source.key => {}
            Found::Attribute => {
                let (file, key) = (source.file.as_ref(), &self.source.key);
                let _ = self.from.remove_sidecar(key, &source.instance, file);
            }
            Found::File => self.from.forget_sidecar(self.source),
        }
    }

    /// A producer may have replaced the source between the look and the rename: then what arrived is
    /// not what was named, and goes back.
    fn check_renamed(&self, source: &Source<'_>) -> Result<(), Error> {
        let there = self.call_at_destination();
        let place = match self.to.existing_place(there, &self.path) {
            // Who waits for objects there has already picked it up.
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
            answer => answer?,
        };
        match self.to.file_at(there, &place) {
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
            Ok((arrived, _)) if arrived == source.instance => return Ok(()),
            answer => answer?,
        };
        let _ = self.to.remove_sidecar(self.key, &source.instance, None);
        self.from.put_back(self.call, &place, &self.source_path)?;
        Err(self.call.changed())
    }

    /// Copies the bytes, reads the copy back, then gives it its key.
    fn copy(&self, source: &Source<'_>) -> Result<Transferred, Error> {
        match self.standing(true)? {
            Standing::Free => {}
            Standing::Own(_) | Standing::Foreign => return self.taken(source),
        }
        let there = self.call_at_destination();
        let copy = Temporary::create(&self.to.root)
            .map_err(|errno| there.failed(errno, "creating a file"))?;
        self.fill(&copy)?;
        fs::fchmod(&copy.file, fs::Mode::from_raw_mode(source.stat.st_mode & 0o777))
            .map_err(|errno| there.failed(errno, "setting the file's permissions"))?;
        let made =
            copy.finish().map_err(|errno| there.failed(errno, "flushing the file to disk"))?;
        let mut sidecar = self.sidecar_at_destination(source);
        self.to
            .write_sidecar(&mut sidecar, self.key, &made, Some(&copy.file))
            .map_err(|errno| there.failed(errno, "writing its tags and metadata"))?;
        self.from.step(self.call, "sidecar written")?;
        if self.to.name_temporary(there, &copy, &self.path, false)? == Naming::Taken {
            let _ = self.to.remove_sidecar(self.key, &made, None);
            return self.taken(source);
        }
        copy.keep();
        self.to.dirty.written(&self.path);
        self.from.step(self.call, "copy named")?;
        Ok(Transferred {
            object: made.object(self.key),
            source: SourceAfter::Remains,
            notes: Vec::new(),
        })
    }

    /// Writes the source's bytes to `copy` and reads them back from the disk.
    fn fill(&self, copy: &Temporary) -> Result<(), Error> {
        let there = self.call_at_destination();
        let source = self.from.open_instance(self.call, &self.source_path, self.source)?;
        let mut buffer = vec![0; COPY_BYTES];
        let mut sent = blake3::Hasher::new();
        loop {
            let count = read_some(&source, &mut buffer)
                .map_err(|errno| self.call.failed(errno, "reading the file"))?;
            if count == 0 {
                break;
            }
            sent.update(&buffer[..count]);
            copy.write(&buffer[..count])
                .map_err(|errno| there.failed(errno, "writing the file"))?;
        }
        let now =
            fs::fstat(&source).map_err(|errno| self.call.failed(errno, "looking at the file"))?;
        if !Instance::of(&now).is(self.source) {
            return Err(self.call.changed());
        }
        let verify = || -> Result<bool, Errno> {
            fs::fsync(&copy.file)?;
            // Only a hint: where it is taken, the bytes come from the disk and not from memory.
            let _ = fs::fadvise(&copy.file, 0, None, Advice::DontNeed);
            fs::seek(&copy.file, fs::SeekFrom::Start(0))?;
            Ok(hash(&copy.file)? == sent.finalize())
        };
        match verify() {
            Ok(true) => Ok(()),
            Ok(false) => Err(there.error(
                ErrorKind::VerificationFailed,
                "the copy read back differs from what was written",
            )),
            Err(errno) => Err(there.failed(errno, "reading the copy back")),
        }
    }

    /// The destination key is taken while the source stands: by this transfer's earlier try, or not.
    fn taken(&self, source: &Source<'_>) -> Result<Transferred, Error> {
        let Standing::Own(standing) = self.standing(true)? else {
            return Err(self.call_at_destination().collision());
        };
        if standing.inode == source.instance.inode && self.from.device == self.to.device {
            // One file under two names: a rename by link and unlink was cut short after the link.
            self.from.unlink_instance(
                self.call,
                &source.place,
                &self.source_path,
                &source.instance,
            )?;
            self.from.forget_sidecar(self.source);
            return self.done(standing, SourceAfter::Gone);
        }
        self.done(standing, SourceAfter::Remains)
    }

    /// Looks at the destination; at the bytes too, if need be and while the source stands.
    fn standing(&self, source_stands: bool) -> Result<Standing, Error> {
        let there = self.call_at_destination();
        let found = self.to.existing_place(there, &self.path).and_then(|place| {
            let (instance, _) = self.to.file_at(there, &place)?;
            Ok((instance, place.open_file()))
        });
        let (instance, file) = match found {
            Ok(found) => found,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(Standing::Free),
            Err(error) => return Err(error),
        };
        let (sidecar, _) = self
            .to
            .read_sidecar(self.key, &instance, file.as_ref())
            .map_err(|errno| there.failed(errno, "reading the tags of what stands there"))?;
        let same_run = sidecar.tags.get(TAG_WORKFLOW_ID) == self.tags.get(TAG_WORKFLOW_ID);
        if !same_run || instance.size_bytes != self.source.size_bytes {
            return Ok(Standing::Foreign);
        }
        let renamed = instance.is(self.source) && self.from.device == self.to.device;
        let own = renamed
            || sidecar.copy_of.as_deref() == Some(self.source.etag.as_str())
            || (source_stands && self.same_content(&instance)?);
        Ok(if own { Standing::Own(instance) } else { Standing::Foreign })
    }

    fn same_content(&self, standing: &Instance) -> Result<bool, Error> {
        let there = self.call_at_destination();
        let source = self.from.open_instance(self.call, &self.source_path, self.source)?;
        let copy = self.to.open_instance(there, &self.path, &standing.object(self.key))?;
        let one = hash(&source).map_err(|errno| self.call.failed(errno, "reading the file"))?;
        let other = hash(&copy).map_err(|errno| there.failed(errno, "reading the file"))?;
        Ok(one == other)
    }

    /// The destination stands; makes sure of its tags.
    fn done(&self, instance: Instance, source: SourceAfter) -> Result<Transferred, Error> {
        let object = instance.object(self.key);
        if self.to.tags(&object)? != *self.tags {
            self.to.set_tags(&object, self.tags)?;
        }
        Ok(Transferred { object, source, notes: Vec::new() })
    }
}

fn read_some(file: &OwnedFd, buffer: &mut [u8]) -> Result<usize, Errno> {
    loop {
        match rustix::io::read(file, &mut *buffer) {
            Err(Errno::INTR) => {}
            answer => return answer,
        }
    }
}

fn hash(file: &OwnedFd) -> Result<blake3::Hash, Errno> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; COPY_BYTES];
    loop {
        match read_some(file, &mut buffer)? {
            0 => return Ok(hasher.finalize()),
            count => hasher.update(&buffer[..count]),
        };
    }
}
