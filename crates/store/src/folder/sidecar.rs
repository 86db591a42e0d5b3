//! What a file cannot carry: tags, metadata and content type, in a small JSON file beside the objects.
//!
//! A sidecar belongs to one instance: its name is made of the key and the entity tag. So one that has
//! outlived its object is never taken for another's, and writing one for a key that turns out to be
//! taken does not touch what is kept beside the object that stands there.

use super::files::Files;
use super::instance::Instance;
use super::path::RESERVED;
use super::root::Root;
use super::temporary::Temporary;
use lakegate_core::object::Tags;
use rustix::fs::OFlags;
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// The largest sidecar that is written or read. S3's own bounds are far below: ten tags of 384
/// characters and 2 KiB of metadata.
pub(super) const SIDECAR_BYTES_MAX: usize = 256 * 1024;

/// What is kept beside one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sidecar {
    /// The object's key, for people who look.
    pub(super) key: String,
    /// The entity tag of the instance in another folder that this is a copy of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) copy_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) content_type: Option<String>,
    #[serde(skip_serializing_if = "Tags::is_empty", default)]
    pub(super) metadata: Tags,
    #[serde(skip_serializing_if = "Tags::is_empty", default)]
    pub(super) tags: Tags,
}

impl Sidecar {
    /// Whether it says nothing, so that the object needs none.
    pub(super) fn is_empty(&self) -> bool {
        self.copy_of.is_none()
            && self.content_type.is_none()
            && self.metadata.is_empty()
            && self.tags.is_empty()
    }
}

fn sidecar_path(key: &str, instance: &Instance) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&instance.inode.to_le_bytes());
    hasher.update(&instance.size_bytes.to_le_bytes());
    hasher.update(&instance.modified_ns.to_le_bytes());
    hasher.update(key.as_bytes());
    let hash = hasher.finalize().to_hex();
    format!("{RESERVED}/sidecars/{}.json", &hash[..40])
}

impl Files {
    /// What is kept beside an instance. One that cannot be parsed (torn by a power failure) counts as
    /// none: tags mirror the ledger, which can write them again.
    pub(super) fn read_sidecar(&self, key: &str, instance: &Instance) -> Result<Sidecar, Errno> {
        let path = sidecar_path(key, instance);
        let file = match self.root.open(path.as_bytes(), OFlags::RDONLY | OFlags::NONBLOCK) {
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(Sidecar::default()),
            answer => answer?,
        };
        let mut text = Vec::with_capacity(1024);
        while text.len() <= SIDECAR_BYTES_MAX {
            if text.len() == text.capacity() {
                text.reserve(text.len());
            }
            if rustix::io::read(&file, rustix::buffer::spare_capacity(&mut text))? == 0 {
                let sidecar: Sidecar = serde_json::from_slice(&text).unwrap_or_default();
                let own = sidecar.key == key;
                return Ok(if own { sidecar } else { Sidecar::default() });
            }
        }
        Ok(Sidecar::default())
    }

    /// Writes what is kept beside an instance, whole or not at all; removes the file where there is
    /// nothing to keep.
    pub(super) fn write_sidecar(
        &self,
        sidecar: &Sidecar,
        instance: &Instance,
    ) -> Result<(), Errno> {
        if sidecar.is_empty() {
            return self.remove_sidecar(&sidecar.key, instance);
        }
        // A map of strings always serialises.
        let text = serde_json::to_vec(sidecar).map_err(|_| Errno::INVAL)?;
        if text.len() > SIDECAR_BYTES_MAX {
            return Err(Errno::FBIG);
        }
        let path = sidecar_path(&sidecar.key, instance);
        let temporary = Temporary::create(&self.root)?;
        temporary.write(&text)?;
        let place = self.root.place_with_parents(path.as_bytes())?;
        Root::rename_over(&temporary.place(), &place)?;
        temporary.keep();
        self.dirty.written(path.as_bytes());
        Ok(())
    }

    /// Removes what is kept beside an instance that is no more.
    pub(super) fn remove_sidecar(&self, key: &str, instance: &Instance) -> Result<(), Errno> {
        let path = sidecar_path(key, instance);
        let place = match self.root.place(path.as_bytes()) {
            Err(Errno::NOENT) => return Ok(()),
            answer => answer?,
        };
        match place.unlink() {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(errno),
        }
    }
}
