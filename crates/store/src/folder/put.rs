//! Writing new objects.

use super::Shared;
use super::files::{Call, Files};
use super::instance::Instance;
use super::naming::Naming;
use super::sidecar::Sidecar;
use super::temporary::Temporary;
use crate::bucket::{Body, PutOptions};
use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use futures_util::StreamExt;
use lakegate_core::object::ObjectRef;

/// This much of a body is gathered before it is written.
const WRITE_BYTES: usize = 1024 * 1024;

/// Writes a body to a temporary file as it comes, then gives it its key.
pub(super) async fn put(
    shared: &Shared,
    key: &str,
    mut body: Body,
    size_bytes: Option<u64>,
    options: PutOptions,
) -> Result<ObjectRef, Error> {
    let key = key.to_owned();
    let mut draft: Option<Temporary> = None;
    let mut chunks: Vec<Bytes> = Vec::new();
    let (mut gathered_bytes, mut total_bytes) = (0, 0u64);
    while let Some(chunk) = body.next().await {
        let chunk = chunk?;
        gathered_bytes += chunk.len();
        total_bytes += chunk.len() as u64;
        chunks.push(chunk);
        if gathered_bytes >= WRITE_BYTES {
            let (chunks, key) = (std::mem::take(&mut chunks), key.clone());
            gathered_bytes = 0;
            let replace = options.replace;
            let written = shared
                .blocking(move |files| {
                    let call = files.call("put", &key);
                    let draft = match draft {
                        Some(draft) => draft,
                        None => files.start_draft(call, replace)?,
                    };
                    files.write_draft(call, &draft, &chunks)?;
                    Ok(draft)
                })
                .await?;
            draft = Some(written);
        }
    }
    if let Some(expected) = size_bytes.filter(|&expected| expected != total_bytes) {
        let call = Call { location: &shared.files.location, operation: "put", key: &key };
        let message = format!("the body has {total_bytes} bytes and not {expected}");
        return Err(call.error(ErrorKind::VerificationFailed, message));
    }
    shared
        .blocking(move |files| {
            let call = files.call("put", &key);
            let draft = match draft {
                Some(draft) => draft,
                None => files.start_draft(call, options.replace)?,
            };
            files.write_draft(call, &draft, &chunks)?;
            files.finish_put(call, draft, options)
        })
        .await
}

impl Files {
    /// Begins a new object, unless its key is seen to be taken already.
    fn start_draft(&self, call: Call<'_>, replace: bool) -> Result<Temporary, Error> {
        let path = self.path_of(call)?;
        if !replace
            && let Ok(place) = self.root.place(&path)
            && let Ok(stat) = place.stat()
            && Instance::of_file(&stat).is_some()
        {
            return Err(call.collision());
        }
        Temporary::create(&self.root).map_err(|errno| call.failed(errno, "creating a file"))
    }

    fn write_draft(
        &self,
        call: Call<'_>,
        draft: &Temporary,
        chunks: &[Bytes],
    ) -> Result<(), Error> {
        for chunk in chunks {
            draft.write(chunk).map_err(|errno| call.failed(errno, "writing the file"))?;
        }
        Ok(())
    }

    fn finish_put(
        &self,
        call: Call<'_>,
        draft: Temporary,
        options: PutOptions,
    ) -> Result<ObjectRef, Error> {
        let path = self.path_of(call)?;
        let instance =
            draft.finish().map_err(|errno| call.failed(errno, "flushing the file to disk"))?;
        let mut sidecar = Sidecar {
            content_type: options.content_type,
            metadata: options.metadata,
            tags: options.tags,
            ..Default::default()
        };
        self.write_sidecar(&mut sidecar, call.key, &instance, Some(&draft.file))
            .map_err(|errno| call.failed(errno, "writing its tags and metadata"))?;
        self.step(call, "sidecar written")?;
        let replaced = if options.replace {
            self.root.place(&path).ok().and_then(|p| p.stat().ok())
        } else {
            None
        };
        if self.name_temporary(call, &draft, &path, options.replace)? == Naming::Taken {
            let _ = self.remove_sidecar(call.key, &instance, None);
            return Err(call.collision());
        }
        draft.keep();
        self.dirty.written(&path);
        self.step(call, "file named")?;
        if let Some(old) = replaced.as_ref().and_then(Instance::of_file)
            && old != instance
        {
            let _ = self.remove_sidecar(call.key, &old, None);
        }
        Ok(instance.object(call.key))
    }
}
