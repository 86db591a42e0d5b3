//! Arrow's own formats: the stream of messages, and the file, which is such a stream between marks and
//! with a footer. Both are read from front to back, batch by batch, so that what a footer leaves out is
//! read too, and what is cut off is read up to there. Feather's second version is the file.

use super::arrays;
use super::codecs::{check_size, guarded, malformed};
use super::values::Values;
use crate::formats::Format;
use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::session::Session;
use crate::writer::RecordWriter;
use arrow_array::ArrayRef;
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Endianness, Message, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::SchemaRef;
use lakegate_core::coverage::{Count, Coverage};
use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

/// At the start, with two bytes to fill up, and at the end of a file.
const MARK: &[u8; 6] = b"ARROW1";
const HEAD_BYTES: usize = 8;

/// Zeros that may stand before the first message of a file.
const PADDING_WORDS_MAX: usize = 1024;

/// Stands before the length of a message, since version 0.15.
const CONTINUATION: u32 = u32::MAX;

/// Bytes of a message without its body, or of a footer. 64 MiB.
const MESSAGE_BYTES_MAX: u64 = 64 << 20;

/// Rows of one batch: as many as Arrow's other implementations can count.
const BATCH_ROWS_MAX: i64 = i32::MAX as i64;

/// Whether bytes begin with the message of a schema.
pub(crate) fn is_stream(head: &[u8]) -> bool {
    let word = |at: usize| {
        let bytes = head.get(at..)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*bytes))
    };
    let Some(first) = word(0) else { return false };
    let (start, length) = match first {
        CONTINUATION => (8, word(4).unwrap_or(0)),
        length => (4, length),
    };
    if length < 16 || u64::from(length) > MESSAGE_BYTES_MAX {
        return false;
    }
    match head.get(start..start + length as usize) {
        Some(message) => root_as_message(message)
            .is_ok_and(|message| message.header_type() == MessageHeader::Schema),
        // A schema that is longer than what was looked at.
        None => start == 8 && head.len() >= 64 && word(8).is_some_and(|root| root < length),
    }
}

pub(in crate::formats) fn read(
    session: &mut Session<'_>,
    format: Format,
    input: &mut dyn Read,
) -> Coverage {
    let mut messages = Messages { input };
    let opened = open(&mut messages, format).and_then(|message| schema(&message));
    let schema = match opened {
        Ok(schema) => schema,
        Err(bound) => return super::skipped(format, &bound),
    };
    let fields = schema.fields().iter();
    let of_fields = fields.flat_map(|field| field.metadata().iter());
    let pairs = schema.metadata().iter().chain(of_fields);
    super::metadata(session, pairs.map(|(key, value)| (key.as_str(), value.as_str())));

    let mut values = Values::new(RecordWriter::new(session), format);
    arrays::keep_schema(&mut values, schema.fields());
    let mut batches =
        Batches { schema, dictionaries: HashMap::new(), found: 0, count: Count::default() };
    let has_ended = batches.read(&mut values, &mut messages);
    let mut said = Vec::new();
    if has_ended && let Err(bound) = end(&mut messages, format, &batches, &mut said) {
        values.gap(bound.code, bound.detail);
    }
    let coverage = values.finish(batches.count);
    super::metadata(session, said.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    coverage
}

/// The first message.
fn open(messages: &mut Messages<'_>, format: Format) -> Result<Vec<u8>, Bound> {
    if format == Format::ArrowFile {
        let head = messages.bytes(HEAD_BYTES as u64)?;
        if !head.starts_with(MARK) {
            return Err(malformed("it does not begin as such files do"));
        }
        // Some writers align the first message further.
        for _ in 0..PADDING_WORDS_MAX {
            match messages.word()? {
                0 => {}
                length => return messages.sized(length),
            }
        }
    }
    messages.next()?.ok_or_else(|| malformed("it has no schema"))
}

fn schema(message: &[u8]) -> Result<SchemaRef, Bound> {
    let damaged = || malformed("the schema cannot be understood");
    let message = root_as_message(message).map_err(|_| damaged())?;
    let schema = message.header_as_schema().ok_or_else(damaged)?;
    if schema.endianness() != Endianness::Little {
        let detail = "its numbers begin with the highest byte".into();
        return Err(Bound { code: gaps::UNSUPPORTED, detail });
    }
    try_fb_to_schema(schema).map(Arc::new).map_err(|_| damaged())
}

/// Checks what comes after the last message, and takes what a footer says in words.
fn end(
    messages: &mut Messages<'_>,
    format: Format,
    batches: &Batches,
    said: &mut Vec<(String, String)>,
) -> Result<(), Bound> {
    let rest = messages.rest()?;
    if format != Format::ArrowFile {
        let is_end = rest.is_empty();
        return if is_end { Ok(()) } else { Err(malformed("data stands after its end")) };
    }
    let cut_off = || malformed("the footer is damaged or cut off");
    let body = rest.strip_suffix(MARK).ok_or_else(cut_off)?;
    let (footer, length) = body.split_last_chunk::<4>().ok_or_else(cut_off)?;
    let start = footer.len().checked_sub(u32::from_le_bytes(*length) as usize);
    let footer = start.and_then(|start| footer.get(start..)).ok_or_else(cut_off)?;
    let footer = root_as_footer(footer).map_err(|_| cut_off())?;
    for pair in footer.custom_metadata().into_iter().flatten() {
        said.push((pair.key().unwrap_or("").to_owned(), pair.value().unwrap_or("").to_owned()));
    }
    let listed = footer.recordBatches().map_or(0, |batches| batches.len()) as u64;
    if listed != batches.found {
        let found = batches.found;
        return Err(malformed(format!("its footer lists {listed} batches, and there are {found}")));
    }
    Ok(())
}

/// What the messages have told so far.
struct Batches {
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    /// Batches of records.
    found: u64,
    count: Count,
}

impl Batches {
    /// Reads messages to the end; `false` if it was not reached.
    fn read(&mut self, values: &mut Values<'_, '_>, messages: &mut Messages<'_>) -> bool {
        loop {
            let read = match messages.next() {
                Ok(Some(message)) => self.message(values, messages, &message),
                Ok(None) => return true,
                Err(bound) => Err(bound),
            };
            if let Err(bound) = read {
                values.gap(bound.code, bound.detail);
                return false;
            }
        }
    }

    /// Reads a message's body. An error is one after which nothing can be read.
    fn message(
        &mut self,
        values: &mut Values<'_, '_>,
        messages: &mut Messages<'_>,
        message: &[u8],
    ) -> Result<(), Bound> {
        let message = root_as_message(message).map_err(|_| malformed("a message is damaged"))?;
        let body_bytes = u64::try_from(message.bodyLength())
            .map_err(|_| malformed("a message has no valid length"))?;
        let rows = message.header_as_record_batch().map(|batch| batch.length());
        self.found += u64::from(rows.is_some());
        let first = self.count.total;
        if let Some(rows) = rows {
            if !(0..=BATCH_ROWS_MAX).contains(&rows) {
                return Err(malformed("a batch has no valid number of rows"));
            }
            self.count.total += rows as u64;
        }
        if body_bytes > values.limits.document_bytes_max {
            messages.skip(body_bytes)?;
            let number = self.found;
            let detail = format!("batch {number} is longer than what is read as a whole");
            values.gap(gaps::TOO_BIG, detail);
            return Ok(());
        }
        let body = Buffer::from_vec(messages.bytes(body_bytes)?);
        match self.decode(values, &message, &body, first) {
            Ok(()) => self.count.inspected += rows.unwrap_or(0) as u64,
            Err(bound) => {
                let number = self.found;
                values.gap(bound.code, format!("batch {number}: {}", bound.detail));
            }
        }
        Ok(())
    }

    fn decode(
        &mut self,
        values: &mut Values<'_, '_>,
        message: &Message<'_>,
        body: &Buffer,
        first: u64,
    ) -> Result<(), Bound> {
        let damaged = |_| malformed("its values are damaged, or of a type that is not supported");
        let version = message.version();
        if let Some(dictionary) = message.header_as_dictionary_batch() {
            let data = dictionary.data().ok_or_else(|| malformed("a dictionary has no data"))?;
            check_batch(data, body, values.limits)?;
            let known = &mut self.dictionaries;
            return guarded(|| read_dictionary(body, dictionary, &self.schema, known, &version))?
                .map_err(damaged);
        }
        let Some(batch) = message.header_as_record_batch() else {
            let detail = "a message is no batch of records".into();
            return Err(Bound { code: gaps::UNSUPPORTED, detail });
        };
        check_batch(batch, body, values.limits)?;
        // Runs and nulls take next to nothing; each row of them takes time all the same.
        let limits = values.limits;
        let honest = (body.len() as u64).saturating_mul(limits.expansion_ratio_max);
        if batch.length() as u64 > honest.max(limits.expansion_free_bytes) {
            let detail = "it has more rows than is honest".into();
            return Err(Bound { code: gaps::RATIO, detail });
        }
        let schema = Arc::clone(&self.schema);
        let batch =
            guarded(|| read_record_batch(body, batch, schema, &self.dictionaries, None, &version))?;
        let batch = batch.map_err(damaged)?;
        arrays::batch(values, &batch, first);
        Ok(())
    }
}

/// Refuses a batch whose buffers lie elsewhere, or claim to expand to more than is honest.
fn check_batch(
    batch: arrow_ipc::RecordBatch<'_>,
    body: &Buffer,
    limits: &Limits,
) -> Result<(), Bound> {
    let mut size = 0_u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let range =
            usize::try_from(buffer.offset()).ok().zip(usize::try_from(buffer.length()).ok());
        let bytes = range
            .and_then(|(at, length)| body.as_slice().get(at..at.checked_add(length)?))
            .ok_or_else(|| malformed("a buffer lies outside its batch"))?;
        if batch.compression().is_none() || bytes.is_empty() {
            continue;
        }
        let expanded = bytes.first_chunk::<8>().map(|length| i64::from_le_bytes(*length));
        match expanded {
            // It is not compressed.
            Some(-1) => {}
            Some(expanded @ 0..) => {
                check_size(bytes.len() as u64, expanded as u64, limits)?;
                size = size.saturating_add(expanded as u64);
            }
            _ => return Err(malformed("a buffer has no valid length")),
        }
    }
    if size > limits.document_bytes_max {
        let detail = "it expands to more than what is read as a whole".into();
        return Err(Bound { code: gaps::TOO_BIG, detail });
    }
    Ok(())
}

/// The messages of a stream, without their bodies.
struct Messages<'r> {
    input: &'r mut dyn Read,
}

impl Messages<'_> {
    /// The next message; none at the mark of the end.
    fn next(&mut self) -> Result<Option<Vec<u8>>, Bound> {
        let mut length = self.word()?;
        if length == CONTINUATION {
            length = self.word()?;
        }
        if length == 0 { Ok(None) } else { self.sized(length).map(Some) }
    }

    /// The message whose length, or the mark before it, was read.
    fn sized(&mut self, mut length: u32) -> Result<Vec<u8>, Bound> {
        if length == CONTINUATION {
            length = self.word()?;
        }
        if u64::from(length) > MESSAGE_BYTES_MAX {
            return Err(malformed("a message is longer than is honest"));
        }
        self.bytes(length.into())
    }

    fn word(&mut self) -> Result<u32, Bound> {
        let bytes = self.bytes(4)?;
        bytes.first_chunk().map(|word| u32::from_le_bytes(*word)).ok_or_else(cut_off)
    }

    /// So many bytes; memory is taken only for those that are there.
    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, Bound> {
        let mut bytes = Vec::new();
        let count = (&mut *self.input).take(length).read_to_end(&mut bytes).map_err(broken)?;
        if (count as u64) < length { Err(cut_off()) } else { Ok(bytes) }
    }

    fn skip(&mut self, length: u64) -> Result<(), Bound> {
        let mut rest = (&mut *self.input).take(length);
        let count = std::io::copy(&mut rest, &mut std::io::sink()).map_err(broken)?;
        if count < length { Err(cut_off()) } else { Ok(()) }
    }

    /// All that is left, which must not be much.
    fn rest(&mut self) -> Result<Vec<u8>, Bound> {
        let mut bytes = Vec::new();
        let mut rest = (&mut *self.input).take(MESSAGE_BYTES_MAX);
        rest.read_to_end(&mut bytes).map_err(broken)?;
        Ok(bytes)
    }
}

fn cut_off() -> Bound {
    malformed("it is cut off")
}

fn broken(error: std::io::Error) -> Bound {
    let (code, detail) = gaps::of_error("what holds it", &error);
    Bound { code, detail }
}
