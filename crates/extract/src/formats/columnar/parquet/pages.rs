//! The pages of a column chunk, each checked before it is expanded, for the decoder of values.

use super::header::{self, HEADER_BYTES_MAX, Kind, PageHeader};
use crate::formats::columnar::codecs::{self, Codec, malformed};
use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::spool::Spool;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use std::sync::{Arc, Mutex};

/// Bytes that are read for a header at first; of one with long statistics, more.
const HEADER_BYTES: usize = 256;

/// Old writers of Parquet left the header of the dictionary out of a chunk's length, which so may end
/// this much later.
const PADDING_BYTES: u64 = 100;

/// What an element of a list takes in memory, at least.
const ELEMENT_BYTES: u64 = 8;

/// Why the last page could not be read: the decoder of values makes a mere text of its reasons.
pub(super) type Failure = Arc<Mutex<Option<Bound>>>;

/// Where the pages of a column chunk stand, and how they are compressed.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    spool: Spool,
    at: u64,
    end: u64,
    codec: Codec,
    /// Its values may be missing, or be in lists.
    has_definitions: bool,
    has_repetitions: bool,
    limits: Limits,
}

impl Chunk {
    /// The chunk that a footer speaks of.
    pub fn new(
        spool: &Spool,
        column: &ColumnChunkMetaData,
        limits: &Limits,
    ) -> std::result::Result<Self, Bound> {
        if column.file_path().is_some_and(|path| !path.is_empty()) {
            let detail = "a column stands in another file".into();
            return Err(Bound { code: gaps::MEMBERS, detail });
        }
        let start = match column.dictionary_page_offset() {
            Some(offset) if offset > 0 => offset.min(column.data_page_offset()),
            _ => column.data_page_offset(),
        };
        let range = u64::try_from(start).ok().zip(u64::try_from(column.compressed_size()).ok());
        let (at, end) = range
            .and_then(|(at, length)| Some((at, at.checked_add(length)?)))
            .filter(|(_, end)| *end <= spool.size_bytes())
            .ok_or_else(|| malformed("a column lies beyond the end of the file"))?;
        let codec = match column.compression() {
            Compression::UNCOMPRESSED => Codec::Plain,
            Compression::SNAPPY => Codec::Snappy,
            Compression::GZIP(_) => Codec::Gzip,
            Compression::BROTLI(_) => Codec::Brotli,
            Compression::ZSTD(_) => Codec::Zstandard,
            Compression::LZ4 => Codec::Lz4Hadoop,
            Compression::LZ4_RAW => Codec::Lz4Block,
            Compression::LZO => Codec::Lzo,
        };
        let levels = column.column_descr();
        Ok(Self {
            spool: spool.clone(),
            at,
            end,
            codec,
            has_definitions: levels.max_def_level() > 0,
            has_repetitions: levels.max_rep_level() > 0,
            limits: limits.clone(),
        })
    }

    /// What its headers tell, without expanding anything.
    pub fn survey(mut self) -> std::result::Result<Survey, Bound> {
        let mut survey = Survey { is_dictionary: true, ..Survey::default() };
        while let Some(header) = self.header()? {
            self.at += (header.header_bytes + header.packed_bytes) as u64;
            survey.bytes = survey.bytes.saturating_add(header.bytes as u64);
            match header.kind {
                Kind::Data | Kind::DataV2 => {
                    survey.values = survey.values.saturating_add(u64::from(header.values));
                    survey.is_dictionary &= header.is_of_keys();
                }
                Kind::Dictionary => survey.dictionary_bytes = header.bytes as u64,
                Kind::Other => {}
            }
        }
        survey.is_dictionary &= survey.dictionary_bytes > 0;
        Ok(survey)
    }

    /// How many values there may honestly be.
    fn values_max(&self) -> u64 {
        if !self.has_repetitions {
            return u64::MAX;
        }
        let honest = (self.end - self.at).saturating_mul(self.limits.expansion_ratio_max);
        honest.max(self.limits.document_bytes_max) / ELEMENT_BYTES
    }

    /// The header of the next page, checked; none at the end.
    fn header(&self) -> std::result::Result<Option<PageHeader>, Bound> {
        if self.at >= self.end {
            return Ok(None);
        }
        let mut length = HEADER_BYTES;
        let header = loop {
            let room = (self.end - self.at).min(length as u64) as usize;
            let bytes = self.bytes(self.at, room)?;
            if let Some(header) = header::read(&bytes)? {
                break header;
            }
            if room < length || length >= HEADER_BYTES_MAX {
                return Err(malformed("the header of a page is cut off"));
            }
            length *= 8;
        };
        let page_end = self.at + (header.header_bytes + header.packed_bytes) as u64;
        if page_end > (self.end + PADDING_BYTES).min(self.spool.size_bytes()) {
            return Err(malformed("a page is longer than its column"));
        }
        let page_bytes_max = self.limits.page_bytes_max;
        if header.packed_bytes as u64 > page_bytes_max {
            let detail = format!("a page is longer than {page_bytes_max} bytes");
            return Err(Bound { code: gaps::TOO_BIG, detail });
        }
        codecs::check_size(header.packed_bytes as u64, header.bytes as u64, &self.limits)?;
        self.check_levels(&header)?;
        Ok(Some(header))
    }

    /// Refuses what the decoder of levels has no answer to.
    fn check_levels(&self, header: &PageHeader) -> std::result::Result<(), Bound> {
        let is_missing = header.kind == Kind::Data
            && (self.has_definitions && header.definition_encoding.is_none()
                || self.has_repetitions && header.repetition_encoding.is_none());
        if is_missing {
            return Err(malformed("the levels of a page have an unknown encoding"));
        }
        let levels = header.definition_bytes as usize + header.repetition_bytes as usize;
        if levels > header.bytes || levels > header.packed_bytes {
            return Err(malformed("the levels of a page are longer than it"));
        }
        Ok(())
    }

    fn bytes(&self, at: u64, length: usize) -> std::result::Result<Bytes, Bound> {
        self.spool.bytes(at, length).map_err(|error| {
            let (code, detail) = gaps::of_error("the file", &error);
            Bound { code, detail }
        })
    }

    /// The content of a page, expanded.
    fn content(&self, header: &PageHeader) -> std::result::Result<Bytes, Bound> {
        let packed = self.bytes(self.at + header.header_bytes as u64, header.packed_bytes)?;
        if self.codec == Codec::Plain || header.kind == Kind::DataV2 && !header.is_compressed {
            return Ok(packed);
        }
        // The levels of a page of the second version are not compressed.
        let levels = header.definition_bytes as usize + header.repetition_bytes as usize;
        let (levels, values) = packed
            .split_at_checked(levels)
            .ok_or_else(|| malformed("the levels of a page are longer than it"))?;
        let mut content = Vec::with_capacity(header.bytes);
        content.extend_from_slice(levels);
        let room = header.bytes - levels.len();
        if room > 0 {
            codecs::expand(self.codec, values, room, &mut content)?;
        }
        if content.len() != header.bytes {
            return Err(malformed("a page is shorter than it says"));
        }
        Ok(content.into())
    }
}

/// What the headers of a column chunk tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Survey {
    /// All values are keys of a dictionary.
    pub is_dictionary: bool,
    pub dictionary_bytes: u64,
    /// Bytes of all pages, expanded.
    pub bytes: u64,
    /// Values, with those that are null.
    pub values: u64,
}

/// Reads the pages of one chunk.
pub(super) struct Pages {
    chunk: Chunk,
    next: Option<PageHeader>,
    has_dictionary: bool,
    /// So many may yet come. A list with all its elements is decoded at once, and elements that are all
    /// alike take next to nothing.
    values_left: u64,
    failure: Failure,
}

impl Pages {
    /// Tells the decoder that a page could not be read, and keeps the reason.
    fn fail(&self, bound: Bound) -> ParquetError {
        let told = ParquetError::General(bound.detail.clone());
        if let Ok(mut failure) = self.failure.lock() {
            failure.get_or_insert(bound);
        }
        told
    }

    /// The header of the next page that has values.
    fn peek(&mut self) -> Result<Option<PageHeader>> {
        while self.next.is_none() {
            match self.chunk.header().map_err(|bound| self.fail(bound))? {
                None => return Ok(None),
                Some(header) if header.kind == Kind::Other => self.pass(&header),
                Some(header) => self.next = Some(header),
            }
        }
        Ok(self.next)
    }

    fn pass(&mut self, header: &PageHeader) {
        self.next = None;
        self.chunk.at += (header.header_bytes + header.packed_bytes) as u64;
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some(header) = self.peek()? else { return Ok(None) };
        if header.is_of_keys() && !self.has_dictionary {
            return Err(self.fail(malformed("a page has no dictionary")));
        }
        self.has_dictionary |= header.kind == Kind::Dictionary;
        let Some(values_left) = self.values_left.checked_sub(header.values.into()) else {
            let detail = "its lists have more elements than is honest".into();
            return Err(self.fail(Bound { code: gaps::RATIO, detail }));
        };
        self.values_left = values_left;
        let buf = self.chunk.content(&header).map_err(|bound| self.fail(bound))?;
        self.pass(&header);
        let PageHeader { values: num_values, encoding, .. } = header;
        Ok(Some(match header.kind {
            Kind::Dictionary => {
                Page::DictionaryPage { buf, num_values, encoding, is_sorted: false }
            }
            Kind::DataV2 => Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                num_nulls: header.nulls,
                num_rows: header.rows,
                def_levels_byte_len: header.definition_bytes,
                rep_levels_byte_len: header.repetition_bytes,
                is_compressed: header.is_compressed,
                statistics: None,
            },
            Kind::Data | Kind::Other => Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding: header.definition_encoding.unwrap_or(Encoding::RLE),
                rep_level_encoding: header.repetition_encoding.unwrap_or(Encoding::RLE),
                statistics: None,
            },
        }))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Ok(self.peek()?.map(|header| PageMetadata {
            num_rows: (header.kind == Kind::DataV2).then_some(header.rows as usize),
            num_levels: (header.kind != Kind::Dictionary).then_some(header.values as usize),
            is_dict: header.kind == Kind::Dictionary,
        }))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        if let Some(header) = self.peek()? {
            self.pass(&header);
        }
        Ok(())
    }
}

/// The one chunk of a column in a row group.
pub(super) struct OneChunk {
    pub chunk: Option<Chunk>,
    pub failure: Failure,
}

impl Iterator for OneChunk {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = self.chunk.take()?;
        let failure = Arc::clone(&self.failure);
        let values_left = chunk.values_max();
        let pages = Pages { chunk, next: None, has_dictionary: false, values_left, failure };
        Some(Ok(Box::new(pages)))
    }
}

impl PageIterator for OneChunk {}
