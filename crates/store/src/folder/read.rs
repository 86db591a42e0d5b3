//! Reading: heads, tags, and the bytes of one instance.

use super::Shared;
use super::files::{Call, Files};
use super::instance::Instance;
use crate::bucket::{Body, Head};
use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use lakegate_core::object::{ObjectRef, Tags};
use rustix::fd::OwnedFd;
use rustix::fs::{self, OFlags};
use rustix::io::Errno;
use std::sync::Arc;

/// How much is read at once.
const CHUNK_BYTES: usize = 256 * 1024;

impl Files {
    pub(super) fn head(&self, key: &str) -> Result<Head, Error> {
        let call = self.call("head", key);
        let path = self.path_of(call)?;
        let place = self.existing_place(call, &path)?;
        let (instance, _) = self.file_at(call, &place)?;
        let (sidecar, _) = self
            .read_sidecar(key, &instance, place.open_file().as_ref())
            .map_err(|errno| call.failed(errno, "reading its tags and metadata"))?;
        Ok(Head {
            object: instance.object(key),
            metadata: sidecar.metadata,
            content_type: sidecar.content_type,
            storage_class: None,
        })
    }

    pub(super) fn tags(&self, object: &ObjectRef) -> Result<Tags, Error> {
        let call = self.call("tags", &object.key);
        let path = self.path_of(call)?;
        let place = self.existing_place(call, &path)?;
        let (instance, _) = self.instance_at(call, &place, object)?;
        let (sidecar, _) = self
            .read_sidecar(&object.key, &instance, place.open_file().as_ref())
            .map_err(|errno| call.failed(errno, "reading its tags"))?;
        Ok(sidecar.tags)
    }

    pub(super) fn set_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error> {
        let call = self.call("set_tags", &object.key);
        let path = self.path_of(call)?;
        let place = self.existing_place(call, &path)?;
        let (instance, _) = self.instance_at(call, &place, object)?;
        let file = place.open_file();
        let (mut sidecar, _) = self
            .read_sidecar(&object.key, &instance, file.as_ref())
            .map_err(|errno| call.failed(errno, "reading its tags"))?;
        sidecar.tags.clone_from(tags);
        self.write_sidecar(&mut sidecar, &object.key, &instance, file.as_ref())
            .map_err(|errno| call.failed(errno, "writing its tags"))?;
        self.dirty.written(&path);
        Ok(())
    }

    /// Opens a file for reading and checks that it is the named instance.
    pub(super) fn open_instance(
        &self,
        call: Call<'_>,
        path: &[u8],
        object: &ObjectRef,
    ) -> Result<OwnedFd, Error> {
        // Without NONBLOCK, opening a pipe that was put in the object's place would wait for ever.
        let file =
            self.root.open(path, OFlags::RDONLY | OFlags::NONBLOCK).map_err(
                |errno| match errno {
                    Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NXIO => call.not_found(),
                    errno => call.failed(errno, "opening the file"),
                },
            )?;
        let stat = fs::fstat(&file).map_err(|errno| call.failed(errno, "looking at the file"))?;
        match Instance::of_file(&stat) {
            None => Err(call.not_found()),
            Some(found) if found.is(object) => Ok(file),
            Some(_) => Err(call.changed()),
        }
    }

    fn open_reader(self: Arc<Self>, object: &ObjectRef) -> Result<Reader, Error> {
        let call = self.call("read", &object.key);
        let path = self.path_of(call)?;
        let file = self.open_instance(call, &path, object)?;
        Ok(Reader { file, remaining: object.size_bytes, object: object.clone(), files: self })
    }
}

/// An open file on the way through its bytes.
struct Reader {
    files: Arc<Files>,
    file: OwnedFd,
    object: ObjectRef,
    remaining: u64,
}

impl Reader {
    /// The next bytes; `None` at the end, when the file was found to be still the same.
    fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let call = self.files.call("read", &self.object.key);
        if self.remaining == 0 {
            return Ok(None);
        }
        let wanted = usize::try_from(self.remaining).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        let mut chunk = Vec::with_capacity(wanted);
        while chunk.len() < wanted {
            match rustix::io::read(&self.file, rustix::buffer::spare_capacity(&mut chunk)) {
                Ok(0) => return Err(call.changed()),
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(call.failed(errno, "reading the file")),
            }
        }
        chunk.truncate(wanted);
        self.remaining -= wanted as u64;
        if self.remaining == 0 {
            self.check_unchanged(call)?;
        }
        Ok(Some(Bytes::from(chunk)))
    }

    fn check_unchanged(&self, call: Call<'_>) -> Result<(), Error> {
        let stat =
            fs::fstat(&self.file).map_err(|errno| call.failed(errno, "looking at the file"))?;
        if Instance::of(&stat).is(&self.object) { Ok(()) } else { Err(call.changed()) }
    }
}

/// The bytes of an instance. A file of one chunk is read at once; of a longer one, the next chunk is
/// read while the last is worked on.
pub(super) async fn read(shared: &Shared, object: &ObjectRef) -> Result<Body, Error> {
    let object = object.clone();
    let files = Arc::clone(&shared.files);
    let (reader, first) = shared
        .blocking(move |_| {
            let mut reader = files.open_reader(&object)?;
            let first = reader.next()?;
            Ok((reader, first))
        })
        .await?;
    let Some(first) = first else {
        return Ok(stream::empty().boxed());
    };
    let first = stream::once(std::future::ready(Ok(first)));
    if reader.remaining == 0 {
        return Ok(first.boxed());
    }
    let ahead = read_ahead(reader);
    let rest = stream::unfold(Some(ahead), |ahead| async move {
        match ahead?.await {
            Ok((reader, Ok(Some(chunk)))) => {
                let ahead = (reader.remaining > 0).then(|| read_ahead(reader));
                Some((Ok(chunk), ahead))
            }
            Ok((_, Ok(None))) => None,
            Ok((_, Err(error))) => Some((Err(error), None)),
            Err(lost) => {
                let error = Error::new(ErrorKind::Io, "read", "", "", "the reading task was lost");
                Some((Err(error.caused_by(lost)), None))
            }
        }
    });
    Ok(first.chain(rest).boxed())
}

type ReadAhead = tokio::task::JoinHandle<(Reader, Result<Option<Bytes>, Error>)>;

fn read_ahead(mut reader: Reader) -> ReadAhead {
    tokio::task::spawn_blocking(move || {
        let answer = reader.next();
        (reader, answer)
    })
}
