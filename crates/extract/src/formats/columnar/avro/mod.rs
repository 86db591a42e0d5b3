//! Avro's files of records: a header with the schema, then blocks, each compressed by itself and followed
//! by a mark. A damaged block is told, and reading goes on behind the next mark.
//!
//! The reader is Lakegate's own: it goes over any schema, also one that contains itself, gives values as
//! it meets them, and takes no memory but for one block.

mod records;
mod schema;

use super::codecs::{self, Codec, malformed};
use super::values::Values;
use crate::formats::Format;
use crate::gaps::{self, Bound};
use crate::session::Session;
use crate::writer::RecordWriter;
use lakegate_core::coverage::{Count, Coverage};
use records::{Place, Records};
use schema::Schema;
use std::io::{self, BufRead, BufReader, Read};

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 64 << 10;

const MARK: [u8; 4] = *b"Obj\x01";

/// Bytes of all that the header says. 64 MiB.
const HEADER_BYTES_MAX: u64 = 64 << 20;

/// Bytes of the mark behind each block.
const SYNC_BYTES: usize = 16;

/// Of a checksum behind what Snappy compressed.
const CHECKSUM_BYTES: usize = 4;

pub(in crate::formats) fn read(session: &mut Session<'_>, input: &mut dyn Read) -> Coverage {
    let mut input = BufReader::with_capacity(PIECE_BYTES, input);
    let (header, schema) = match header(&mut input) {
        Ok(read) => read,
        Err(bound) => return super::skipped(Format::Avro, &bound),
    };
    let pairs: Vec<_> = header
        .pairs
        .iter()
        .map(|(key, value)| (String::from_utf8_lossy(key), String::from_utf8_lossy(value)))
        .collect();
    super::metadata(session, pairs.iter().map(|(key, value)| (&**key, &**value)));
    let mut values = Values::new(RecordWriter::new(session), Format::Avro);
    let place = records::keep_schema(&mut values, &schema);
    let mut blocks =
        Blocks { header: &header, schema: &schema, place, count: Count::default(), number: 0 };
    blocks.read(&mut values, &mut input);
    values.finish(blocks.count)
}

struct Header {
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
    codec: Codec,
    sync: [u8; SYNC_BYTES],
}

fn header(input: &mut impl BufRead) -> Result<(Header, Schema), Bound> {
    if bytes(input, MARK.len() as u64)? != MARK {
        return Err(malformed("it does not begin as such files do"));
    }
    let mut room = HEADER_BYTES_MAX;
    let mut pairs = Vec::new();
    loop {
        let count = long(input)?.ok_or_else(cut_off)?;
        if count < 0 {
            long(input)?;
        }
        if count == 0 {
            break;
        }
        for _ in 0..count.unsigned_abs() {
            let mut next = || {
                let length = long(input)?.and_then(|length| u64::try_from(length).ok());
                let length = length.ok_or_else(|| malformed("the header is damaged"))?;
                // Each counts a little, even if it is empty.
                room = room
                    .checked_sub(length.saturating_add(1))
                    .ok_or_else(|| malformed("the header is longer than is honest"))?;
                bytes(input, length)
            };
            pairs.push((next()?, next()?));
        }
    }
    let sync = bytes(input, SYNC_BYTES as u64)?;
    let sync = sync.first_chunk().copied().ok_or_else(cut_off)?;
    let find = |wanted: &[u8]| {
        let pair = pairs.iter().find(|(key, _)| key == wanted);
        pair.map(|(_, value)| value.as_slice())
    };
    let codec = match find(b"avro.codec").unwrap_or(b"null") {
        b"null" | b"" => Codec::Plain,
        b"deflate" => Codec::Deflate,
        b"snappy" => Codec::Snappy,
        b"bzip2" => Codec::Bzip2,
        b"xz" => Codec::Xz,
        b"zstandard" => Codec::Zstandard,
        _ => {
            let detail = "it is compressed in an unknown way".into();
            return Err(Bound { code: gaps::UNSUPPORTED, detail });
        }
    };
    let schema = find(b"avro.schema").ok_or_else(|| malformed("it has no schema"))?;
    let schema = Schema::parse(schema)?;
    Ok((Header { pairs, codec, sync }, schema))
}

/// What the blocks have told so far.
struct Blocks<'h> {
    header: &'h Header,
    schema: &'h Schema,
    place: Place,
    count: Count,
    number: u64,
}

impl Blocks<'_> {
    fn read(&mut self, values: &mut Values<'_, '_>, input: &mut impl BufRead) {
        loop {
            self.number += 1;
            match self.block(values, input) {
                Ok(true) => {}
                Ok(false) => return,
                Err(bound) => {
                    values.gap(bound.code, format!("block {}: {}", self.number, bound.detail));
                    match find(input, &self.header.sync) {
                        Ok(true) => {}
                        Ok(false) => return,
                        Err(error) => {
                            let (code, detail) = gaps::of_error("what holds it", &error);
                            return values.gap(code, detail);
                        }
                    }
                }
            }
        }
    }

    /// Reads the next block; `false` at the end. An error is one after which the next is not known to
    /// begin here.
    fn block(
        &mut self,
        values: &mut Values<'_, '_>,
        input: &mut impl BufRead,
    ) -> Result<bool, Bound> {
        let Some(records) = long(input)? else { return Ok(false) };
        let length = long(input)?.ok_or_else(cut_off)?;
        let (Ok(records), Ok(length)) = (u64::try_from(records), u64::try_from(length)) else {
            return Err(malformed("it has no valid length"));
        };
        let first = self.count.total;
        let total = first.checked_add(records).filter(|total| i64::try_from(*total).is_ok());
        let total = total.ok_or_else(|| malformed("it has no valid number of records"))?;
        let is_too_big = length > values.limits.page_bytes_max;
        let packed = if is_too_big {
            let skipped = io::copy(&mut input.by_ref().take(length), &mut io::sink());
            if skipped.map_err(broken)? < length {
                return Err(cut_off());
            }
            Vec::new()
        } else {
            bytes(input, length)?
        };
        self.count.total = total;
        let read = if is_too_big {
            let detail = "it is longer than what is read as a whole".into();
            Err(Bound { code: gaps::TOO_BIG, detail })
        } else {
            self.records(values, &packed, first, records)
        };
        if let Err(bound) = read {
            values.gap(bound.code, format!("block {}: {}", self.number, bound.detail));
        }
        if bytes(input, SYNC_BYTES as u64)? != self.header.sync {
            return Err(malformed("its mark is damaged"));
        }
        Ok(true)
    }

    fn records(
        &mut self,
        values: &mut Values<'_, '_>,
        packed: &[u8],
        first: u64,
        records: u64,
    ) -> Result<(), Bound> {
        let mut expanded = Vec::new();
        let block = match self.header.codec {
            Codec::Plain => packed,
            codec => {
                let checksum = if codec == Codec::Snappy { CHECKSUM_BYTES } else { 0 };
                let packed = packed.get(..packed.len().saturating_sub(checksum)).unwrap_or(&[]);
                let room = codecs::room(packed.len(), values.limits);
                codecs::expand(codec, packed, room, &mut expanded)?;
                &expanded
            }
        };
        let mut reader = Records::new(self.schema, block);
        for index in 0..records {
            let before = reader.rest_bytes();
            reader.read(values, first + index, &self.place)?;
            values.writer.settle();
            self.count.inspected += 1;
            // Records without any bytes are all alike, and say nothing.
            if reader.rest_bytes() == before {
                self.count.inspected += records - index - 1;
                break;
            }
        }
        if reader.rest_bytes() > 0 {
            return Err(malformed("more is in it than its records"));
        }
        Ok(())
    }
}

/// A number; none at the end of the input.
fn long(input: &mut impl BufRead) -> Result<Option<i64>, Bound> {
    let mut value = 0_u64;
    for index in 0..10 {
        let mut byte = [0];
        match input.read_exact(&mut byte) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return if index == 0 { Ok(None) } else { Err(cut_off()) };
            }
            Err(error) => return Err(broken(error)),
        }
        value |= u64::from(byte[0] & 0x7f) << (7 * index);
        if byte[0] & 0x80 == 0 {
            return Ok(Some((value >> 1) as i64 ^ -((value & 1) as i64)));
        }
    }
    Err(malformed("a number has no end"))
}

/// So many bytes; memory is taken only for those that are there.
fn bytes(input: &mut impl BufRead, length: u64) -> Result<Vec<u8>, Bound> {
    let mut bytes = Vec::new();
    let count = input.by_ref().take(length).read_to_end(&mut bytes).map_err(broken)?;
    if (count as u64) < length { Err(cut_off()) } else { Ok(bytes) }
}

/// Goes on behind the next mark; `false` if there is none.
fn find(input: &mut impl BufRead, sync: &[u8]) -> io::Result<bool> {
    let mut seen = Vec::new();
    loop {
        let kept = seen.len();
        let piece = input.fill_buf()?;
        if piece.is_empty() {
            return Ok(false);
        }
        seen.extend_from_slice(piece);
        let length = piece.len();
        if let Some(at) = memchr::memmem::find(&seen, sync) {
            input.consume(at + sync.len() - kept);
            return Ok(true);
        }
        input.consume(length);
        seen.drain(..seen.len().saturating_sub(sync.len() - 1));
    }
}

fn cut_off() -> Bound {
    malformed("it is cut off")
}

fn broken(error: io::Error) -> Bound {
    let (code, detail) = gaps::of_error("what holds it", &error);
    Bound { code, detail }
}
