//! Listing: a walk in the byte order of paths that holds one directory's names per level.

use super::files::{Call, Files};
use super::instance::Instance;
use super::path::{self, RESERVED};
use crate::bucket::{ListPage, Skipped};
use crate::error::Error;
use rustix::fd::OwnedFd;
use rustix::fs::{self, AtFlags, FileType, RawDir};
use rustix::io::Errno;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// At most so many skipped entries are named per page; the rest is counted.
const SKIPPED_PER_PAGE_MAX: usize = 1000;
/// Walks that are kept for the call that continues them.
const WALKS_KEPT_MAX: usize = 4;
/// The buffer for one `getdents`.
const ENTRIES_BUFFER_BYTES: usize = 64 * 1024;

/// A walk in progress. It is a snapshot directory by directory: a file that comes into a directory
/// after its names were read is seen by the next listing.
#[derive(Debug)]
struct Walk {
    prefix: String,
    /// Nothing at or before this path is given.
    after: Vec<u8>,
    levels: Vec<Level>,
    /// The directory of the last level, once something in it was looked at.
    open: Option<OwnedFd>,
}

#[derive(Debug)]
struct Level {
    /// Relative to the root; empty for the root.
    directory: Vec<u8>,
    /// Sorted, last first; a directory's name ends in a slash, which gives the order of whole paths.
    names: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: Box<[u8]>,
    kind: FileType,
}

/// Walks that stopped at the end of a page, for the call that asks for the next one.
#[derive(Debug, Default)]
pub(super) struct Walks {
    kept: Mutex<Vec<(String, Walk)>>,
}

impl Walks {
    fn lock(&self) -> MutexGuard<'_, Vec<(String, Walk)>> {
        // Every change is complete before the guard goes: a poisoned list is still a true one.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, prefix: &str, after: &str) -> Option<Walk> {
        let mut kept = self.lock();
        let found = kept.iter().position(|(at, walk)| at == after && walk.prefix == prefix)?;
        Some(kept.remove(found).1)
    }

    fn keep(&self, at: &str, mut walk: Walk) {
        // Handles of directories are few; names are cheap.
        walk.open = None;
        let mut kept = self.lock();
        if kept.len() == WALKS_KEPT_MAX {
            kept.remove(0);
        }
        kept.push((at.to_owned(), walk));
    }
}

impl Files {
    /// One page of the objects whose keys start with `prefix`.
    pub(super) fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        let call = self.call("list", prefix);
        let kept = after.and_then(|after| self.walks.take(prefix, after));
        let mut walk = match kept {
            Some(walk) => walk,
            None => self.start_walk(call, prefix, after)?,
        };
        let mut page = PageBuilder::default();
        while page.objects() < limit.max(1) {
            if !self.advance(call, &mut walk, &mut page)? {
                return Ok(page.finish(None));
            }
        }
        let next = page.last_key();
        if let Some(next) = &next {
            self.walks.keep(next, walk);
        }
        Ok(page.finish(next))
    }

    fn start_walk(&self, call: Call<'_>, prefix: &str, after: Option<&str>) -> Result<Walk, Error> {
        // Complete segments of the prefix name the one directory where all of its keys are.
        let base = prefix.rfind('/').map(|end| path::encode(&prefix[..end])).unwrap_or_default();
        let after = after.map(path::encode).unwrap_or_default();
        let mut walk = Walk { prefix: prefix.to_owned(), after, levels: Vec::new(), open: None };
        match self.read_level(&base, &walk.after) {
            Ok((mut level, directory)) => {
                if let Some(start) = start_of_names(prefix) {
                    level.names.retain(|entry| entry.name.starts_with(start));
                }
                walk.levels.push(level);
                walk.open = Some(directory);
                Ok(walk)
            }
            Err(errno) if !base.is_empty() && is_no_directory(errno) => Ok(walk),
            Err(errno) => Err(call.failed(errno, "reading the directory")),
        }
    }

    /// Looks at the next entry; `false` at the end.
    fn advance(
        &self,
        call: Call<'_>,
        walk: &mut Walk,
        page: &mut PageBuilder,
    ) -> Result<bool, Error> {
        let Some(level) = walk.levels.last_mut() else {
            return Ok(false);
        };
        let Some(entry) = level.names.pop() else {
            walk.levels.pop();
            walk.open = None;
            return Ok(true);
        };
        let path = join(&level.directory, &entry.name);
        match entry.kind {
            FileType::Directory => {
                let directory = path.strip_suffix(b"/").unwrap_or(&path);
                match self.read_level(directory, &walk.after) {
                    Ok((level, open)) => {
                        walk.levels.push(level);
                        walk.open = Some(open);
                    }
                    Err(errno) if is_no_directory(errno) => {}
                    Err(errno) => page.skip(&path, &format!("cannot be read: {errno}")),
                }
            }
            FileType::RegularFile => {
                let directory = match walk.open.take() {
                    Some(directory) => directory,
                    None => match self.root.open_directory(&level.directory) {
                        Ok(directory) => directory,
                        Err(errno) if is_no_directory(errno) => {
                            walk.levels.pop();
                            return Ok(true);
                        }
                        Err(errno) => return Err(call.failed(errno, "reading the directory")),
                    },
                };
                page.add_file(&walk.prefix, &path, &directory, &entry.name);
                walk.open = Some(directory);
            }
            other => page.skip(&path, describe(other)),
        }
        Ok(true)
    }

    /// The names in a directory that may come after `after`.
    fn read_level(&self, directory: &[u8], after: &[u8]) -> Result<(Level, OwnedFd), Errno> {
        let open = self.root.open_directory(directory)?;
        let mut names = Vec::new();
        let mut buffer = Vec::with_capacity(ENTRIES_BUFFER_BYTES);
        let mut entries = RawDir::new(&open, buffer.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") || (directory.is_empty() && name == RESERVED.as_bytes())
            {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => {
                    match fs::statat(&open, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
                        Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                        Err(Errno::NOENT) => continue,
                        Err(errno) => return Err(errno),
                    }
                }
                kind => kind,
            };
            let mut name = name.to_vec();
            if kind == FileType::Directory {
                name.push(b'/');
            }
            if may_come_after(directory, &name, after) {
                names.push(Entry { name: name.into_boxed_slice(), kind });
            }
        }
        names.sort_unstable_by(|one, other| other.name.cmp(&one.name));
        Ok((Level { directory: directory.to_vec(), names }, open))
    }
}

/// What all file names for the last, incomplete segment of a prefix start with, where that is sure:
/// not where the segment may be written with a marker.
fn start_of_names(prefix: &str) -> Option<&[u8]> {
    const SURELY_UNCUT_BYTES: usize = 200;
    let start = prefix.rsplit('/').next()?.as_bytes();
    let marked = start.starts_with(b".") || start.iter().any(|byte| matches!(byte, 0 | b'%'));
    (!marked && start.len() <= SURELY_UNCUT_BYTES).then_some(start)
}

/// Whether an entry, or something below it, has a path greater than `after`.
fn may_come_after(directory: &[u8], name: &[u8], after: &[u8]) -> bool {
    if after.is_empty() {
        return true;
    }
    let path = join(directory, name);
    path.as_slice() > after || (path.ends_with(b"/") && after.starts_with(&path))
}

fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(directory.len() + 1 + name.len());
    if !directory.is_empty() {
        path.extend_from_slice(directory);
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

fn is_no_directory(errno: Errno) -> bool {
    matches!(errno, Errno::NOENT | Errno::NOTDIR | Errno::LOOP)
}

fn describe(kind: FileType) -> &'static str {
    match kind {
        FileType::Symlink => "a symbolic link",
        FileType::Socket => "a socket",
        FileType::Fifo => "a named pipe",
        FileType::BlockDevice | FileType::CharacterDevice => "a device",
        _ => "not a regular file",
    }
}

#[derive(Default)]
struct PageBuilder {
    page: ListPage,
    skipped_unnamed: usize,
}

impl PageBuilder {
    fn objects(&self) -> usize {
        self.page.objects.len()
    }

    fn last_key(&self) -> Option<String> {
        self.page.objects.last().map(|object| object.key.clone())
    }

    fn skip(&mut self, path: &[u8], reason: &str) {
        if self.page.skipped.len() == SKIPPED_PER_PAGE_MAX {
            self.skipped_unnamed += 1;
            return;
        }
        let name = String::from_utf8_lossy(path).into_owned();
        self.page.skipped.push(Skipped { name, reason: reason.to_owned() });
    }

    fn add_file(&mut self, prefix: &str, path: &[u8], directory: &OwnedFd, name: &[u8]) {
        let Some(key) = path::decode(path) else {
            return self.skip(path, "its name holds the marker %~ in a form that no key has");
        };
        if !key.starts_with(prefix) {
            return;
        }
        match fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => match Instance::of_file(&stat) {
                Some(instance) => self.page.objects.push(instance.object(&key)),
                None => self.skip(path, describe(FileType::from_raw_mode(stat.st_mode))),
            },
            // It went away since its name was read.
            Err(Errno::NOENT) => {}
            Err(errno) => self.skip(path, &format!("cannot be looked at: {errno}")),
        }
    }

    fn finish(mut self, next: Option<String>) -> ListPage {
        if self.skipped_unnamed > 0 {
            self.page.skipped.push(Skipped {
                name: format!("{} more", self.skipped_unnamed),
                reason: "not named, to keep the page small".to_owned(),
            });
        }
        self.page.next = next;
        self.page
    }
}
