//! What to scan: files, folders, S3 prefixes, in the order in which they were named.

use crate::arguments::Global;
use crate::commands::load_config;
use crate::failure::{Failure, Report};
use futures_util::stream::{self, BoxStream, StreamExt};
use lakegate_core::object::ObjectRef;
use lakegate_store::{Bucket, FolderBucket, FolderOptions, S3Bucket, S3Options};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// Objects asked of a bucket at once.
const LIST_MAX: usize = 1_000;

/// The start of an S3 location.
const S3: &str = "s3://";

/// One object to scan.
pub(super) struct Object {
    pub(super) reference: ObjectRef,
    /// As a person would name it: a path, or `s3://bucket/key`.
    pub(super) name: String,
    /// The bucket, or the folder.
    pub(super) place: String,
    /// The file, where it is one.
    pub(super) path: Option<PathBuf>,
    pub(super) bucket: Arc<dyn Bucket>,
}

/// What could not be found or listed; the rest is scanned all the same.
pub(super) struct Missing {
    /// What was named, as a person may see it.
    pub(super) name: String,
    pub(super) report: Report,
}

/// All that is to be scanned.
pub(super) struct Source {
    parts: Vec<Part>,
}

enum Part {
    Missing(Missing),
    File(PathBuf),
    Bucket { bucket: Arc<dyn Bucket>, base: Base, prefix: String },
}

/// How a key of a bucket becomes a name.
enum Base {
    Folder(PathBuf),
    S3(String),
}

impl Source {
    /// Opens every location. What can not be opened takes its place among the objects.
    ///
    /// # Errors
    /// When the configuration is wrong: then S3 would be reached otherwise than was meant.
    pub(super) async fn open(paths: &[String], global: &Global) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        for text in paths {
            parts.push(match text.strip_prefix(S3) {
                Some(rest) => s3(text, rest, global).await?,
                None => local(Path::new(text)).unwrap_or_else(Part::Missing),
            });
        }
        Ok(Self { parts })
    }

    /// The files and folders, if there is nothing else to scan.
    pub(super) fn local(&self) -> Option<Vec<PathBuf>> {
        let local = |part: &Part| match part {
            Part::File(path) | Part::Bucket { base: Base::Folder(path), .. } => {
                Some(Some(path.clone()))
            }
            Part::Missing(_) => Some(None),
            Part::Bucket { base: Base::S3(_), .. } => None,
        };
        let paths: Option<Vec<Option<PathBuf>>> = self.parts.iter().map(local).collect();
        paths.map(|paths| paths.into_iter().flatten().collect())
    }

    /// The objects, one after the other.
    pub(super) fn objects(self) -> BoxStream<'static, Result<Object, Missing>> {
        stream::iter(self.parts).flat_map(Part::objects).boxed()
    }
}

/// A path as errors tell it: of an address that was taken for one, not who signs in there.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => text,
    }
}

fn missing(path: &Path, error: &(dyn std::error::Error + 'static)) -> Missing {
    let name = shown(path);
    let message = format!("{name} can not be scanned");
    Missing { name, report: Report::new("SCAN_PATH", message).caused_by(error) }
}

fn local(path: &Path) -> Result<Part, Missing> {
    let failed = |error: &(dyn std::error::Error + 'static)| missing(path, error);
    let metadata = std::fs::metadata(path).map_err(|error| failed(&error))?;
    if metadata.is_file() {
        return Ok(Part::File(path.to_owned()));
    }
    let bucket =
        FolderBucket::open(path, FolderOptions::default()).map_err(|error| failed(&error))?;
    let base = Base::Folder(path.to_owned());
    Ok(Part::Bucket { bucket: Arc::new(bucket), base, prefix: String::new() })
}

async fn s3(text: &str, rest: &str, global: &Global) -> Result<Part, Failure> {
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    // Where there is a configuration, S3 is reached as it says; the environment is enough otherwise.
    let options = match load_config(global, Vec::new()) {
        Ok(config) => config.flows.first().map(|flow| flow.s3.clone()),
        Err(failure) if global.config.exists() => return Err(failure),
        Err(_) => None,
    };
    let options = options.unwrap_or_else(|| S3Options::new("", ""));
    let options = S3Options { bucket: name.to_owned(), prefix: String::new(), ..options };
    let bucket = match S3Bucket::connect(options).await {
        Ok(bucket) => bucket,
        Err(error) => return Ok(Part::Missing(store_missing(text.to_owned(), error))),
    };
    let base = Base::S3(name.to_owned());
    Ok(Part::Bucket { bucket: Arc::new(bucket), base, prefix: prefix.to_owned() })
}

fn store_missing(name: String, error: lakegate_store::Error) -> Missing {
    let failure = Failure::from(lakegate_gate::Error::Store(error));
    let nothing_told = || Report::new("SCAN_PATH", format!("{name} can not be scanned"));
    let report = failure.reports.into_iter().next().unwrap_or_else(nothing_told);
    Missing { name, report }
}

impl Part {
    fn objects(self) -> BoxStream<'static, Result<Object, Missing>> {
        match self {
            Part::Missing(missing) => stream::once(async move { Err(missing) }).boxed(),
            Part::File(path) => stream::once(async move { file(&path) }).boxed(),
            Part::Bucket { bucket, base, prefix } => listed(bucket, base, prefix),
        }
    }
}

fn file(path: &Path) -> Result<Object, Missing> {
    let failed = |error: &(dyn std::error::Error + 'static)| missing(path, error);
    let metadata = std::fs::metadata(path).map_err(|error| failed(&error))?;
    let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let modified_ms = modified.map_or(0, |at| i64::try_from(at.as_millis()).unwrap_or(i64::MAX));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let bucket =
        FolderBucket::open(folder, FolderOptions::default()).map_err(|error| failed(&error))?;
    Ok(Object {
        reference: ObjectRef {
            key: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            version: None,
            etag: String::new(),
            size_bytes: metadata.len(),
            modified_ms,
        },
        name: path.display().to_string(),
        place: folder.display().to_string(),
        path: Some(path.to_owned()),
        bucket: Arc::new(bucket),
    })
}

/// Where a listing stands.
struct Listing {
    bucket: Arc<dyn Bucket>,
    base: Base,
    prefix: String,
    after: Option<String>,
    ended: bool,
}

fn listed(
    bucket: Arc<dyn Bucket>,
    base: Base,
    prefix: String,
) -> BoxStream<'static, Result<Object, Missing>> {
    let listing = Listing { bucket, base, prefix, after: None, ended: false };
    stream::unfold(listing, |mut listing| async move {
        if listing.ended {
            return None;
        }
        let page = listing.bucket.list(&listing.prefix, listing.after.as_deref(), LIST_MAX).await;
        let objects: Vec<Result<Object, Missing>> = match page {
            Ok(page) => {
                listing.after = page.next;
                listing.ended = listing.after.is_none();
                page.objects.into_iter().map(|object| Ok(listing.object(object))).collect()
            }
            Err(error) => {
                listing.ended = true;
                vec![Err(store_missing(listing.name(), error))]
            }
        };
        Some((stream::iter(objects), listing))
    })
    .flatten()
    .boxed()
}

impl Listing {
    /// What is listed, as a person would name it.
    fn name(&self) -> String {
        match &self.base {
            Base::Folder(folder) => shown(folder),
            Base::S3(bucket) => format!("{S3}{bucket}/{}", self.prefix),
        }
    }

    fn object(&self, reference: ObjectRef) -> Object {
        let (name, place) = match &self.base {
            Base::Folder(folder) => {
                (folder.join(&reference.key).display().to_string(), folder.display().to_string())
            }
            Base::S3(bucket) => (format!("{S3}{bucket}/{}", reference.key), bucket.clone()),
        };
        Object { reference, name, place, path: None, bucket: self.bucket.clone() }
    }
}
