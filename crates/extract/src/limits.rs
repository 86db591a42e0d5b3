//! The bounds of this crate. Memory is a small multiple of them, whatever the object holds.
//!
//! Three things may take much: a document that is read as a whole, with what is unpacked of it, in a child
//! (`document_bytes_max`, `page_bytes_max`; never more than `process_memory_bytes`); something that stands in a text,
//! in the parent (`embedded_bytes_max`, twice while it grows); and with a recogniser the one picture that is on its way
//! to it, in child and parent (`PictureLimits::bytes_max`, twice in the child).

use crate::Error;
use serde::{Deserialize, Serialize};

/// What bounds an extraction. The defaults need for a text, beside what stands in it, up to about 16 MiB if it is
/// hostile, and under 2 MiB if it is an ordinary one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Bytes at the start of an object that decide its type, encoding and dialect. 64 KiB.
    pub sniff_bytes: usize,
    /// Bytes of text after which a block is handed on. 256 KiB.
    pub block_bytes: usize,
    /// Bytes that neighbouring blocks of one long text share; the border of what they own lies in the
    /// middle. A value shorter than half of this is seen whole by its owner. 20 KiB.
    pub overlap_bytes: usize,
    /// Bytes of one table cell or JSON string. A longer cell turns the rest of the table into lines of
    /// text; a longer string is handed on in overlapping pieces. 4 MiB.
    pub value_bytes_max: usize,
    /// Segments in one block. 65,536.
    pub segments_max: usize,
    /// Levels of objects and arrays in JSON: Macie's bound. 256.
    pub json_depth_max: usize,
    /// Contexts that are kept at once: distinct JSON paths without their indices. Past this the table
    /// of contexts starts anew. 4,096.
    pub contexts_max: usize,
    /// Bytes of names in the contexts that are kept at once. 1 MiB.
    pub contexts_bytes_max: usize,
    /// Columns of a table that keep their name; those to the right have none. 16,384.
    pub named_columns_max: usize,
    /// Records or rows that are read as text because they are damaged, before the rest of the object
    /// is. 100.
    pub damaged_max: u32,
    /// Containers within one another. 8.
    pub containers_depth_max: usize,
    /// Members of an object, on all levels. 100,000.
    pub members_max: u64,
    /// Bytes that come out of an object's containers, on all levels. 64 GiB.
    pub expanded_bytes_max: u64,
    /// A member may be so many times as long as what it takes of its container, once it is longer than
    /// `expansion_free_bytes`. 200.
    pub expansion_ratio_max: u64,
    /// 16 MiB.
    pub expansion_free_bytes: u64,
    /// Bytes of what is read in any order, such as ZIP archives and documents, that are kept in memory;
    /// the rest goes to a file. 16 MiB.
    pub spool_memory_bytes: usize,
    /// Bytes of a document whose format is read as a whole. 256 MiB.
    pub document_bytes_max: u64,
    /// Memory of a process that reads objects of complex formats, in bytes of its address space. 1 GiB.
    pub process_memory_bytes: u64,
    /// Seconds of CPU time that such a process may use from one block to the next. 30.
    pub stalled_cpu_seconds: u64,
    /// Seconds in which such a process must take or give something. 60.
    pub stalled_seconds: u64,
    /// Seconds that one object may take such a process. 3,600.
    pub object_seconds_max: u64,
    /// Bytes of what a columnar or record format compresses as one: a page of Parquet, a block of Avro, a
    /// chunk of ORC, a batch of Arrow. Two such may be in memory at once. 128 MiB.
    pub page_bytes_max: u64,
    /// Pages of a document that are read. 10,000.
    pub pages_max: u32,
    /// Bytes of something that stands in a text in Base64, such as a picture: it is kept until it is whole, and
    /// given to who reads it. 64 MiB.
    pub embedded_bytes_max: usize,
    /// Which pictures are handed on to a recogniser; `None`: what they show is not read. A pool that has a
    /// recogniser sets it.
    pub pictures: Option<PictureLimits>,
}

/// What bounds the pictures that are handed on to a recogniser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PictureLimits {
    /// Pixels of one picture. 50,000,000.
    pub pixels_max: u64,
    /// Bytes of one picture as it is handed on. 192 MiB.
    pub bytes_max: u64,
    /// Pictures of one object, on all levels, each page of a picture being one. 1,000.
    pub pictures_max: u64,
}

impl Default for PictureLimits {
    fn default() -> Self {
        Self { pixels_max: 50_000_000, bytes_max: 192 << 20, pictures_max: 1_000 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            sniff_bytes: 64 << 10,
            block_bytes: 256 << 10,
            overlap_bytes: 20 << 10,
            value_bytes_max: 4 << 20,
            segments_max: 65_536,
            json_depth_max: 256,
            contexts_max: 4_096,
            contexts_bytes_max: 1 << 20,
            named_columns_max: 16_384,
            damaged_max: 100,
            containers_depth_max: 8,
            members_max: 100_000,
            expanded_bytes_max: 64 << 30,
            expansion_ratio_max: 200,
            expansion_free_bytes: 16 << 20,
            spool_memory_bytes: 16 << 20,
            document_bytes_max: 256 << 20,
            process_memory_bytes: 1 << 30,
            stalled_cpu_seconds: 30,
            stalled_seconds: 60,
            object_seconds_max: 3_600,
            page_bytes_max: 128 << 20,
            pages_max: 10_000,
            embedded_bytes_max: 64 << 20,
            pictures: None,
        }
    }
}

/// Offsets in a block are 32 bits wide, and a view may be twice the longest value.
const BYTES_MAX: usize = 1 << 28;

/// A block must be this much longer than the overlap, so that every piece of a long text advances by
/// more than one escaped character.
const ADVANCE_BYTES_MIN: usize = 96;

impl Limits {
    /// Refuses limits that leave no room to work in.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let room = self.overlap_bytes.saturating_add(ADVANCE_BYTES_MIN);
        let refuse = |what| Err(Error::Limits { what });
        if self.block_bytes < room {
            return refuse("block_bytes must exceed overlap_bytes by 96");
        }
        if self.value_bytes_max < room {
            return refuse("value_bytes_max must exceed overlap_bytes by 96");
        }
        if self.block_bytes > BYTES_MAX || self.value_bytes_max > BYTES_MAX {
            return refuse("block_bytes and value_bytes_max are at most 256 MiB");
        }
        if self.sniff_bytes == 0 || self.sniff_bytes > BYTES_MAX {
            return refuse("sniff_bytes is from 1 byte to 256 MiB");
        }
        if self.segments_max == 0 || self.json_depth_max == 0 {
            return refuse("segments_max and json_depth_max are at least 1");
        }
        if self.contexts_max == 0 || self.contexts_bytes_max == 0 {
            return refuse("contexts_max and contexts_bytes_max are at least 1");
        }
        Ok(())
    }
}
