//! What one file is: the instance that an [`ObjectRef`] names.

use lakegate_core::object::ObjectRef;
use rustix::fs::{FileType, Stat};

const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;
const NANOSECONDS_PER_MILLISECOND: i64 = 1_000_000;

/// Inode, size and time of change of the bytes. Equal across a rename, different after every
/// ordinary write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instance {
    pub(super) inode: u64,
    pub(super) size_bytes: u64,
    /// Nanoseconds since 1970.
    pub(super) modified_ns: i64,
}

impl Instance {
    /// The instance that a regular file is; `None` for anything else.
    pub(super) fn of_file(stat: &Stat) -> Option<Self> {
        (FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile).then(|| Self::of(stat))
    }

    pub(super) fn of(stat: &Stat) -> Self {
        // The fields' types differ between platforms; the values fit.
        #[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
        let (seconds, nanoseconds) = (stat.st_mtime as i64, stat.st_mtime_nsec as i64);
        #[allow(clippy::unnecessary_cast)]
        let inode = stat.st_ino as u64;
        Self {
            inode,
            size_bytes: u64::try_from(stat.st_size).unwrap_or(0),
            modified_ns: seconds.saturating_mul(NANOSECONDS_PER_SECOND).saturating_add(nanoseconds),
        }
    }

    /// The entity tag: three hexadecimal numbers.
    pub(super) fn etag(&self) -> String {
        format!("{:x}-{:x}-{:x}", self.inode, self.size_bytes, self.modified_ns)
    }

    /// The instance of an entity tag; `None` where it is not one of a folder's.
    pub(super) fn parse(etag: &str) -> Option<Self> {
        let mut numbers = etag.split('-');
        let mut next = || u64::from_str_radix(numbers.next()?, 16).ok();
        let (inode, size_bytes, modified) = (next()?, next()?, next()?);
        let modified_ns = i64::from_ne_bytes(modified.to_ne_bytes());
        numbers.next().is_none().then_some(Self { inode, size_bytes, modified_ns })
    }

    /// Whether this is the instance that `object` names.
    pub(super) fn is(&self, object: &ObjectRef) -> bool {
        Self::parse(&object.etag).as_ref() == Some(self)
    }

    /// This instance under a key.
    pub(super) fn object(&self, key: &str) -> ObjectRef {
        ObjectRef {
            key: key.to_owned(),
            version: None,
            etag: self.etag(),
            size_bytes: self.size_bytes,
            modified_ms: self.modified_ns.div_euclid(NANOSECONDS_PER_MILLISECOND),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_entity_tag_names_one_instance(inode: u64, size_bytes: u64, modified_ns: i64) {
            let instance = Instance { inode, size_bytes, modified_ns };
            prop_assert_eq!(Instance::parse(&instance.etag()), Some(instance));
            prop_assert!(instance.is(&instance.object("key")));
        }
    }

    #[test]
    fn other_stores_entity_tags_are_no_instance() {
        for etag in ["", "d41d8cd98f00b204e9800998ecf8427e", "1-2", "1-2-3-4", "x-y-z"] {
            assert_eq!(Instance::parse(etag), None, "{etag}");
        }
    }
}
