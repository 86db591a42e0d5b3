//! What a file's bytes cannot carry: an object's tags, metadata and content type.
//!
//! They stand in an extended attribute of the file, which moves and goes away with it and costs no
//! file of its own; where the file system has none, or the file's owner does not let us write one, in
//! a small JSON file under the reserved directory.
//!
//! Either belongs to one key and one instance. So what has outlived its object is never taken for
//! another's, and what is written for a key that turns out to be taken does not touch what is kept for
//! the object that stands there.

use super::files::Files;
use super::instance::Instance;
use super::path::RESERVED;
use super::root::Root;
use super::temporary::Temporary;
use lakegate_core::object::Tags;
use rustix::fd::OwnedFd;
use rustix::fs::{self, OFlags, XattrFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// The largest sidecar file that is written or read. S3's own bounds are far below: ten tags of 384
/// characters and 2 KiB of metadata.
const SIDECAR_BYTES_MAX: usize = 256 * 1024;
/// What is larger goes to a file: ext4 has one block of 4 KiB for all attributes of a file.
const ATTRIBUTE_BYTES_MAX: usize = 2048;

/// What is kept with one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sidecar {
    /// The object's key.
    pub(super) key: String,
    /// The entity tag of the instance that this belongs to.
    pub(super) etag: String,
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

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nowhere,
    Attribute,
    File,
}

impl Sidecar {
    fn is_empty(&self) -> bool {
        self.copy_of.is_none()
            && self.content_type.is_none()
            && self.metadata.is_empty()
            && self.tags.is_empty()
    }

    /// Parses what belongs to this key and instance. What cannot be parsed (torn by a power failure)
    /// counts as nothing: tags mirror the ledger, which can write them again.
    fn parse(text: &[u8], key: &str, instance: &Instance) -> Option<Self> {
        let sidecar: Self = serde_json::from_slice(text).ok()?;
        (sidecar.key == key && sidecar.etag == instance.etag()).then_some(sidecar)
    }
}

fn hash_of_key(key: &str) -> blake3::Hash {
    blake3::hash(key.as_bytes())
}

/// The attribute's name. Each key has its own, so that a file about to be renamed carries what is kept
/// for its old and for its new key.
fn attribute_name(key: &str) -> String {
    format!("user.lakegate.{}", &hash_of_key(key).to_hex()[..16])
}

fn sidecar_path(key: &str, instance: &Instance) -> String {
    let hash = hash_of_key(key).to_hex();
    format!("{RESERVED}/sidecars/{}-{}.json", &hash[..32], instance.etag())
}

impl Files {
    /// What is kept for an instance. `file` is the open file, where it can be opened.
    pub(super) fn read_sidecar(
        &self,
        key: &str,
        instance: &Instance,
        file: Option<&OwnedFd>,
    ) -> Result<(Sidecar, Found), Errno> {
        if let Some(file) = file.filter(|_| self.root.keeps_attributes())
            && let Some(sidecar) = read_attribute(file, key, instance)
        {
            return Ok((sidecar, Found::Attribute));
        }
        let found = self.read_sidecar_file(key, instance)?;
        Ok(found.map_or((Sidecar::default(), Found::Nowhere), |sidecar| (sidecar, Found::File)))
    }

    fn read_sidecar_file(&self, key: &str, instance: &Instance) -> Result<Option<Sidecar>, Errno> {
        let path = sidecar_path(key, instance);
        let file = match self.root.open(path.as_bytes(), OFlags::RDONLY | OFlags::NONBLOCK) {
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(None),
            answer => answer?,
        };
        let mut text = Vec::with_capacity(1024);
        while text.len() <= SIDECAR_BYTES_MAX {
            if text.len() == text.capacity() {
                text.reserve(text.len());
            }
            if rustix::io::read(&file, rustix::buffer::spare_capacity(&mut text))? == 0 {
                return Ok(Sidecar::parse(&text, key, instance));
            }
        }
        Ok(None)
    }

    /// Keeps `sidecar` for an instance, whole or not at all, in place of what was kept before.
    pub(super) fn write_sidecar(
        &self,
        sidecar: &mut Sidecar,
        key: &str,
        instance: &Instance,
        file: Option<&OwnedFd>,
    ) -> Result<(), Errno> {
        key.clone_into(&mut sidecar.key);
        sidecar.etag = instance.etag();
        if sidecar.is_empty() {
            return self.remove_sidecar(key, instance, file);
        }
        // A map of strings always serialises.
        let text = serde_json::to_vec(sidecar).map_err(|_| Errno::INVAL)?;
        if text.len() > SIDECAR_BYTES_MAX {
            return Err(Errno::FBIG);
        }
        if let Some(file) = file.filter(|_| self.root.keeps_attributes()) {
            let name = attribute_name(key);
            let kept = text.len() <= ATTRIBUTE_BYTES_MAX
                && fs::fsetxattr(file, &name, &text, XattrFlags::empty()).is_ok();
            if kept {
                return Ok(());
            }
            // An older attribute would be found first.
            remove_attribute(file, &name)?;
        }
        self.write_sidecar_file(&sidecar_path(key, instance), &text)
    }

    fn write_sidecar_file(&self, path: &str, text: &[u8]) -> Result<(), Errno> {
        let temporary = Temporary::create(&self.root)?;
        temporary.write(text)?;
        let place = self.root.place_with_parents(path.as_bytes())?;
        Root::rename_over(&temporary.place(), &place)?;
        temporary.keep();
        self.dirty.written(path.as_bytes());
        Ok(())
    }

    /// Removes what is kept for an instance under this key.
    pub(super) fn remove_sidecar(
        &self,
        key: &str,
        instance: &Instance,
        file: Option<&OwnedFd>,
    ) -> Result<(), Errno> {
        if let Some(file) = file.filter(|_| self.root.keeps_attributes()) {
            remove_attribute(file, &attribute_name(key))?;
        }
        let path = sidecar_path(key, instance);
        let place = match self.root.place(path.as_bytes()) {
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(()),
            answer => answer?,
        };
        match place.unlink() {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(errno),
        }
    }
}

fn read_attribute(file: &OwnedFd, key: &str, instance: &Instance) -> Option<Sidecar> {
    let mut text = [0; ATTRIBUTE_BYTES_MAX];
    let length = fs::fgetxattr(file, attribute_name(key), &mut text).ok()?;
    Sidecar::parse(text.get(..length)?, key, instance)
}

fn remove_attribute(file: &OwnedFd, name: &str) -> Result<(), Errno> {
    match fs::fremovexattr(file, name) {
        Ok(()) | Err(Errno::NODATA | Errno::NOTSUP) => Ok(()),
        // Who may not remove one could not have written it either, unless the owner changed.
        Err(Errno::ACCESS | Errno::PERM) if !has_attribute(file, name) => Ok(()),
        Err(errno) => Err(errno),
    }
}

fn has_attribute(file: &OwnedFd, name: &str) -> bool {
    !matches!(fs::fgetxattr_query(file, name), Err(Errno::NODATA | Errno::NOTSUP))
}

/// Whether the file system of this file keeps attributes.
pub(super) fn keeps_attributes(file: &OwnedFd) -> bool {
    fs::fsetxattr(file, "user.lakegate.probe", b"1", XattrFlags::empty()).is_ok()
}
