//! The parts of a document that is a ZIP archive. Each part is read once; what comes out of them is
//! bounded, each by itself and all together.

use super::super::zip::reason;
use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::spool::SpoolReader;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, BufReader, Read};
use zip::ZipArchive;
use zip::read::ZipFile;

pub(super) type Archive = ZipArchive<BufReader<SpoolReader>>;

/// Why a part can not be read: the code and the words of a gap.
pub(super) type Trouble = (&'static str, String);

/// A document's archive.
pub(super) struct Package<'z> {
    archive: &'z mut Archive,
    names: Vec<String>,
    /// By name as paths are compared.
    indices: HashMap<String, usize>,
    is_taken: Vec<bool>,
    limits: Limits,
    /// What came out so far.
    expanded_bytes: Cell<u64>,
}

/// As names are compared: without a leading slash, and without regard to case.
pub(super) fn folded(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_ascii_lowercase()
}

impl<'z> Package<'z> {
    /// The parts of an archive, out of which `room_bytes` may come.
    pub fn new(archive: &'z mut Archive, limits: &Limits, room_bytes: u64) -> Self {
        let mut names = Vec::with_capacity(archive.len());
        let mut indices = HashMap::new();
        for index in 0..archive.len() {
            let name = archive.by_index_raw(index).map_or_else(
                |_| format!("part {}", index + 1),
                |part| String::from_utf8_lossy(part.name_raw()).into_owned(),
            );
            indices.insert(folded(&name), index);
            names.push(name);
        }
        let is_taken = vec![false; names.len()];
        let limits = Limits { expanded_bytes_max: room_bytes, ..limits.clone() };
        Self { archive, names, indices, is_taken, limits, expanded_bytes: Cell::new(0) }
    }

    /// Bytes that came out so far.
    pub fn expanded_bytes(&self) -> u64 {
        self.expanded_bytes.get()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    /// All names, as they are compared.
    pub fn folded_names(&self) -> impl Iterator<Item = &str> {
        self.indices.keys().map(String::as_str)
    }

    /// The part of that name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.indices.get(&folded(name)).copied()
    }

    /// Whether a part was read, or is no part.
    pub fn is_taken(&self, index: usize) -> bool {
        self.is_taken.get(index).copied().unwrap_or(true)
    }

    /// Opens a part, which is then not among the rest.
    ///
    /// # Errors
    /// When it can not be read.
    pub fn take(&mut self, index: usize) -> Result<Part<'_>, Trouble> {
        if let Some(is_taken) = self.is_taken.get_mut(index) {
            *is_taken = true;
        }
        self.look(index)
    }

    /// Opens a part, which stays among the rest.
    ///
    /// # Errors
    /// When it can not be read.
    pub fn look(&mut self, index: usize) -> Result<Part<'_>, Trouble> {
        let file = self.archive.by_index(index).map_err(|error| reason("a part", &error))?;
        Ok(Part {
            packed_bytes: file.compressed_size(),
            file,
            bytes: 0,
            limits: &self.limits,
            expanded_bytes: &self.expanded_bytes,
        })
    }

    /// The first bytes of a part, which stays among the rest.
    pub fn head(&mut self, index: usize, bytes_max: u64) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok(part) = self.archive.by_index(index) {
            let _ = part.take(bytes_max).read_to_end(&mut head);
        }
        head
    }

    /// Whether an entry is a directory and holds nothing.
    pub fn is_directory(&mut self, index: usize) -> bool {
        self.archive
            .by_index_raw(index)
            .is_ok_and(|part| !part.is_file() && part.size() == 0 && part.compressed_size() == 0)
    }
}

/// One part that is read.
pub(super) struct Part<'p> {
    file: ZipFile<'p, BufReader<SpoolReader>>,
    packed_bytes: u64,
    bytes: u64,
    limits: &'p Limits,
    expanded_bytes: &'p Cell<u64>,
}

impl Part<'_> {
    /// Bytes that it takes in the archive, by what the archive says.
    pub fn packed_bytes(&self) -> u64 {
        self.packed_bytes
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.bytes += count as u64;
        let all = self.expanded_bytes.get() + count as u64;
        self.expanded_bytes.set(all);
        let bytes_max = self.limits.expanded_bytes_max;
        if all > bytes_max {
            let detail = format!("more than {bytes_max} bytes came out of the document's parts");
            return Err(Bound { code: gaps::OOXML_SIZE, detail }.into_io());
        }
        let ratio_max = self.limits.expansion_ratio_max;
        let honest_bytes = self.packed_bytes.saturating_mul(ratio_max);
        if self.bytes > honest_bytes.max(self.limits.expansion_free_bytes) {
            let detail = format!("a part expands to more than {ratio_max} times its size");
            return Err(Bound { code: gaps::OOXML_RATIO, detail }.into_io());
        }
        Ok(count)
    }
}
