//! Where a zone is: a folder, or a prefix of an S3 bucket.

use std::fmt;
use std::path::{Component, Path, PathBuf};

/// The place of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A folder, absolute.
    Folder(PathBuf),
    /// A bucket of an S3 store, or a prefix of one.
    S3 {
        /// The bucket.
        bucket: String,
        /// The prefix without slashes around it; empty for the whole bucket.
        prefix: String,
    },
}

impl Location {
    /// Reads a path, taken from `base` where it is relative, or `s3://bucket/prefix`; says what is
    /// wrong where it can not.
    pub fn parse(text: &str, base: &Path) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() {
                return Err("the bucket's name is missing after s3://".to_owned());
            }
            let prefix = prefix.trim_end_matches('/');
            if prefix.starts_with('/') {
                return Err("the prefix begins with a slash too many".to_owned());
            }
            return Ok(Location::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() });
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(format!("`{scheme}://` is not supported; there are folders and s3://"));
        }
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        if text.contains('\0') {
            return Err("a path holds no NUL".to_owned());
        }
        Ok(Location::Folder(normalized(&base.join(text))))
    }

    /// Whether the two share a place: one is the other, or lies within it. Links in paths are
    /// followed as far as they exist.
    pub fn overlaps(&self, other: &Location) -> bool {
        match (self, other) {
            (Location::Folder(a), Location::Folder(b)) => {
                let (a, b) = (resolved(a), resolved(b));
                a.starts_with(&b) || b.starts_with(&a)
            }
            (
                Location::S3 { bucket: a, prefix: a_prefix },
                Location::S3 { bucket: b, prefix: b_prefix },
            ) => a == b && (within(a_prefix, b_prefix) || within(b_prefix, a_prefix)),
            _ => false,
        }
    }

    /// Whether a file or folder lies within.
    pub fn holds(&self, path: &Path) -> bool {
        match self {
            Location::Folder(folder) => resolved(path).starts_with(resolved(folder)),
            Location::S3 { .. } => false,
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Folder(path) => write!(f, "{}", path.display()),
            Location::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Location::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

/// Whether the keys below `inner` are below `outer` too.
fn within(inner: &str, outer: &str) -> bool {
    outer.is_empty()
        || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path without `.` and `..`, by its letters alone.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The path with the links of its existing part followed.
fn resolved(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            let rest = path.strip_prefix(ancestor).unwrap_or(Path::new(""));
            return real.join(rest);
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Location {
        Location::parse(text, Path::new("/base")).unwrap()
    }

    #[test]
    fn locations_are_read() {
        let cases = [
            ("zones/raw", "/base/zones/raw"),
            ("./zones/../raw/", "/base/raw"),
            ("/srv/raw", "/srv/raw"),
            ("s3://lake", "s3://lake"),
            ("s3://lake/raw/", "s3://lake/raw"),
        ];
        for (text, shown) in cases {
            assert_eq!(at(text).to_string(), shown, "{text}");
        }
        for text in ["", "s3://", "s3:///raw", "s3://lake//raw", "gs://lake/raw", "a\0b"] {
            assert!(Location::parse(text, Path::new("/base")).is_err(), "{text:?}");
        }
    }

    #[test]
    fn overlapping_places_are_seen() {
        let cases = [
            ("a", "a", true),
            ("a", "a/b", true),
            ("a", "ab", false),
            ("s3://x/a", "s3://x/a/b", true),
            ("s3://x/a", "s3://x/ab", false),
            ("s3://x", "s3://x/ab", true),
            ("s3://x/a", "s3://y/a", false),
            ("a", "s3://a", false),
        ];
        for (a, b, overlap) in cases {
            assert_eq!(at(a).overlaps(&at(b)), overlap, "{a} {b}");
            assert_eq!(at(b).overlaps(&at(a)), overlap, "{b} {a}");
        }
    }

    #[test]
    fn links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("real")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
        let at = |text| Location::parse(text, folder.path()).unwrap();
        assert!(at("real").overlaps(&at("link/not-there-yet")));
        assert!(at("link").holds(&folder.path().join("real/file")));
    }
}
