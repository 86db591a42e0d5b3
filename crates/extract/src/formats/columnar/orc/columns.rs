//! The columns of a stripe to values, straight from their streams.

use super::clock::Clock;
use super::proto::{Encoding, StreamKind, StripeFooter, Type};
use super::runs::{Booleans, Integers, RunBytes};
use super::stream::{Compression, Stream, signed};
use crate::formats::columnar::arrays::RowsByKey;
use crate::formats::columnar::codecs::malformed;
use crate::formats::columnar::values::Values;
use crate::formats::columnar::words;
use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::spool::Spool;
use crate::writer::Node;

/// Rows whose keys of a dictionary are sorted at a time.
const BATCH_ROWS: u64 = 1 << 18;

/// Values of one dictionary. 67,108,864.
const DICTIONARY_MAX: u64 = 1 << 26;

/// What is needed to open the streams of a stripe.
pub(super) struct Streams<'s> {
    pub spool: &'s Spool,
    /// Where the first stream of the stripe stands.
    pub at: u64,
    pub footer: &'s StripeFooter,
    pub types: &'s [Type],
    pub compression: Compression,
    pub limits: &'s Limits,
}

impl Streams<'_> {
    fn find(&self, column: usize, kind: StreamKind) -> Result<Option<Stream>, Bound> {
        let mut at = self.at;
        for stream in &self.footer.streams {
            if stream.kind == kind && stream.column == column as u64 {
                let (spool, compression) = (self.spool, self.compression);
                return Stream::new(spool, at, stream.bytes, compression, self.limits).map(Some);
            }
            at = at.saturating_add(stream.bytes);
        }
        Ok(None)
    }

    /// A stream that may be left out if it has no bytes.
    fn stream(&self, column: usize, kind: StreamKind) -> Result<Stream, Bound> {
        match self.find(column, kind)? {
            Some(stream) => Ok(stream),
            None => Stream::new(self.spool, 0, 0, self.compression, self.limits),
        }
    }

    fn encoding(&self, column: usize) -> Encoding {
        self.footer.encodings.get(column).copied().unwrap_or_default()
    }

    /// Which of a column's values are not null; `None` if all are.
    pub fn present(&self, column: usize) -> Result<Option<Booleans>, Bound> {
        Ok(self.find(column, StreamKind::Present)?.map(Booleans::new))
    }

    /// Opens a column; `node` is its place, if it lies in no list or map.
    pub fn open(
        &self,
        values: &mut Values<'_, '_>,
        column: usize,
        node: Option<Node>,
    ) -> Result<Column, Bound> {
        let of = self.types.get(column).ok_or_else(|| malformed("a type is missing"))?;
        let is_v2 = self.encoding(column).is_v2;
        let integers =
            |kind, is_signed| Ok(Integers::new(self.stream(column, kind)?, is_v2, is_signed));
        let data = || self.stream(column, StreamKind::Data);
        let child = |index: usize, values: &mut Values<'_, '_>, node| {
            let child = of.children.get(index).ok_or_else(|| malformed("a type is missing"))?;
            self.open(values, *child as usize, node)
        };
        let kind = match of.kind {
            0 => Kind::Boolean,
            1 => Kind::Byte(RunBytes::new(data()?)),
            2..=4 => Kind::Integer(integers(StreamKind::Data, true)?),
            5 => Kind::Float(data()?),
            6 => Kind::Double(data()?),
            7 | 16 | 17 if self.encoding(column).is_dictionary => {
                Kind::Keys(integers(StreamKind::Data, false)?, self.dictionary(column)?)
            }
            7 | 8 | 16 | 17 | 19 | 20 => Kind::Bytes(integers(StreamKind::Length, false)?, data()?),
            9 | 18 => Kind::Moment {
                seconds: integers(StreamKind::Data, true)?,
                nanos: integers(StreamKind::Secondary, false)?,
                clock: if of.kind == 18 { Clock::Utc } else { Clock::of(&self.footer.zone) },
            },
            10 => {
                Kind::List(integers(StreamKind::Length, false)?, Box::new(child(0, values, None)?))
            }
            11 => Kind::Map(
                integers(StreamKind::Length, false)?,
                Box::new([child(0, values, None)?, child(1, values, None)?]),
            ),
            12 => {
                let mut fields = Vec::new();
                for (index, name) in of.names.iter().enumerate().take(of.children.len()) {
                    let place = node.map(|node| values.writer.member(node, name));
                    let column = child(index, values, place)?;
                    fields.push(Field { name: name.clone(), place, column });
                }
                Kind::Struct(fields)
            }
            13 => {
                let children = (0..of.children.len()).map(|index| child(index, values, node));
                let children = children.collect::<Result<Vec<_>, Bound>>()?;
                Kind::Union(RunBytes::new(data()?), children)
            }
            14 => Kind::Decimal(data()?, integers(StreamKind::Secondary, true)?),
            15 => Kind::Date(integers(StreamKind::Data, true)?),
            _ => {
                let detail = "it is of an unknown type".into();
                return Err(Bound { code: gaps::UNSUPPORTED, detail });
            }
        };
        Ok(Column { present: self.present(column)?, kind })
    }

    fn dictionary(&self, column: usize) -> Result<Dictionary, Bound> {
        let encoding = self.encoding(column);
        if encoding.dictionary_size > DICTIONARY_MAX {
            let detail = format!("a dictionary has more than {DICTIONARY_MAX} values");
            return Err(Bound { code: gaps::TOO_BIG, detail });
        }
        let lengths = self.stream(column, StreamKind::Length)?;
        let mut lengths = Integers::new(lengths, encoding.is_v2, false);
        let mut bytes = self.stream(column, StreamKind::Dictionary)?;
        let bytes = bytes.rest(self.limits.document_bytes_max)?;
        let mut ends = Vec::new();
        let mut end = 0_usize;
        for _ in 0..encoding.dictionary_size {
            let length = usize::try_from(lengths.next()?).ok();
            let next = length.and_then(|length| end.checked_add(length));
            end = next
                .filter(|end| *end <= bytes.len())
                .ok_or_else(|| malformed("a dictionary is shorter than its values"))?;
            ends.push(end);
        }
        if end < bytes.len() {
            return Err(malformed("a dictionary is longer than its values"));
        }
        Ok(Dictionary { ends, bytes })
    }
}

/// Values that are stored once for many rows.
struct Dictionary {
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl Dictionary {
    fn get(&self, key: usize) -> Option<&[u8]> {
        let start = key.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.bytes.get(start..*self.ends.get(key)?)
    }
}

struct Field {
    name: String,
    place: Option<Node>,
    column: Column,
}

/// A column, of which one value after the other is read.
pub(super) struct Column {
    present: Option<Booleans>,
    kind: Kind,
}

enum Kind {
    Boolean,
    Byte(RunBytes),
    Integer(Integers),
    Float(Stream),
    Double(Stream),
    /// Lengths, and the bytes.
    Bytes(Integers, Stream),
    Keys(Integers, Dictionary),
    Moment {
        seconds: Integers,
        nanos: Integers,
        clock: Clock,
    },
    Date(Integers),
    /// Whole numbers, and their scales.
    Decimal(Stream, Integers),
    List(Integers, Box<Column>),
    /// Keys and values.
    Map(Integers, Box<[Column; 2]>),
    Struct(Vec<Field>),
    Union(RunBytes, Vec<Column>),
}

/// Where a column's rows are, and how many were read.
pub(super) struct Span {
    /// The record of the first row.
    pub first: u64,
    pub rows: u64,
    pub read: u64,
}

impl Column {
    /// Reads the column's values of all rows in which its parent is.
    pub fn read_all(
        &mut self,
        values: &mut Values<'_, '_>,
        node: Node,
        mut parents: Option<Booleans>,
        span: &mut Span,
    ) -> Result<(), Bound> {
        let mut is_in_parent = move || parents.as_mut().map_or(Ok(true), Booleans::next);
        if self.is_silent() {
            span.read = span.rows;
            return Ok(());
        }
        if let Kind::Keys(..) = self.kind {
            self.read_keys(values, node, &mut is_in_parent, span)?;
        } else {
            while span.read < span.rows {
                if is_in_parent()? {
                    self.read(values, span.first + span.read, node)?;
                    values.writer.settle();
                }
                span.read += 1;
            }
        }
        self.check_end()
    }

    /// Whether no value says anything, and none takes a byte of what is read: however many there are said
    /// to be, they need not be gone through.
    fn is_silent(&self) -> bool {
        self.present.is_none()
            && match &self.kind {
                Kind::Boolean => true,
                Kind::Struct(fields) => fields.iter().all(|field| field.column.is_silent()),
                _ => false,
            }
    }

    /// Reads keys of a dictionary, and gives each distinct value once for all its rows.
    fn read_keys(
        &mut self,
        values: &mut Values<'_, '_>,
        node: Node,
        is_in_parent: &mut dyn FnMut() -> Result<bool, Bound>,
        span: &mut Span,
    ) -> Result<(), Bound> {
        let Kind::Keys(keys, dictionary) = &mut self.kind else { return Ok(()) };
        let mut rows_by_key = RowsByKey::new(dictionary.ends.len());
        let mut batch = Vec::new();
        while span.read < span.rows {
            batch.clear();
            let mut next = || {
                if !is_in_parent()? || !self.present.as_mut().map_or(Ok(true), Booleans::next)? {
                    return Ok(u32::MAX);
                }
                let key = usize::try_from(keys.next()?).ok();
                let key = key.filter(|key| *key < dictionary.ends.len());
                key.map(|key| key as u32).ok_or_else(|| malformed("a key has no value"))
            };
            let mut failed = None;
            for _ in 0..BATCH_ROWS.min(span.rows - span.read) {
                match next() {
                    Ok(key) => batch.push(key),
                    Err(bound) => {
                        failed = Some(bound);
                        break;
                    }
                }
            }
            rows_by_key.fill(&batch);
            let first = span.first + span.read;
            for (key, rows) in rows_by_key.each() {
                let text = dictionary.get(key).unwrap_or_default();
                values.in_all(rows.iter().map(|row| first + u64::from(*row)), |values, record| {
                    values.text_bytes(record, node, text);
                });
            }
            span.read += batch.len() as u64;
            if let Some(bound) = failed {
                return Err(bound);
            }
        }
        Ok(())
    }

    /// Reads the next value.
    fn read(&mut self, values: &mut Values<'_, '_>, record: u64, node: Node) -> Result<(), Bound> {
        if let Some(present) = &mut self.present
            && !present.next()?
        {
            return Ok(());
        }
        match &mut self.kind {
            // Truth values say nothing.
            Kind::Boolean => {}
            Kind::Byte(bytes) => values.integer(record, node, bytes.next()? as i8),
            Kind::Integer(integers) => values.integer(record, node, integers.next()?),
            Kind::Float(stream) => {
                let bytes = stream.take(4)?.first_chunk().copied().unwrap_or_default();
                values.float32(record, node, f32::from_le_bytes(bytes));
            }
            Kind::Double(stream) => {
                let bytes = stream.take(8)?.first_chunk().copied().unwrap_or_default();
                values.float(record, node, f64::from_le_bytes(bytes));
            }
            Kind::Bytes(lengths, stream) => {
                let length = usize::try_from(lengths.next()?);
                let length = length.map_err(|_| malformed("a value has no valid length"))?;
                values.bytes(record, node, stream.take(length)?);
            }
            Kind::Keys(keys, dictionary) => {
                let key = usize::try_from(keys.next()?).ok();
                let text = key.and_then(|key| dictionary.get(key));
                let text = text.ok_or_else(|| malformed("a key has no value"))?;
                values.text_bytes(record, node, text);
            }
            Kind::Moment { seconds, nanos, clock } => {
                let (seconds, nanos) = clock.moment(seconds.next()?, nanos.next()?);
                let is_utc = matches!(clock, Clock::Utc);
                values.written(record, node, |out| words::moment(seconds, nanos, is_utc, out));
            }
            Kind::Date(days) => {
                let days = days.next()?;
                values.written(record, node, |out| words::date(days, out));
            }
            Kind::Decimal(stream, scales) => {
                let number = signed(stream.varint()?);
                let scale = i32::try_from(scales.next()?).unwrap_or(0);
                values.decimal(record, node, number, scale);
            }
            Kind::List(lengths, items) => {
                let count = count(lengths)?;
                let count = if items.is_silent() { 0 } else { count };
                for index in 0..count {
                    let element = values.element(node, index);
                    items.read(values, record, element)?;
                }
            }
            Kind::Map(lengths, entries) => {
                let [keys, items] = &mut **entries;
                let count = count(lengths)?;
                let is_silent = keys.is_silent() && items.is_silent();
                for _ in 0..if is_silent { 0 } else { count } {
                    let place = keys.read_name(values, record, node)?;
                    items.read(values, record, place)?;
                }
            }
            Kind::Struct(fields) => {
                for field in fields {
                    let place = match field.place {
                        Some(place) => place,
                        None => values.writer.member(node, &field.name),
                    };
                    field.column.read(values, record, place)?;
                }
            }
            Kind::Union(tags, children) => {
                let child = children.get_mut(usize::from(tags.next()?));
                child
                    .ok_or_else(|| malformed("a union has no such type"))?
                    .read(values, record, node)?;
            }
        }
        Ok(())
    }

    /// Reads the next key of a map, and tells the place that it names.
    fn read_name(
        &mut self,
        values: &mut Values<'_, '_>,
        record: u64,
        node: Node,
    ) -> Result<Node, Bound> {
        let text = match &mut self.kind {
            Kind::Bytes(lengths, stream) if self.present.is_none() => {
                let length = usize::try_from(lengths.next()?);
                stream.take(length.map_err(|_| malformed("a value has no valid length"))?)?
            }
            Kind::Keys(keys, dictionary) if self.present.is_none() => {
                let key = usize::try_from(keys.next()?).ok();
                let text = key.and_then(|key| dictionary.get(key));
                text.ok_or_else(|| malformed("a key has no value"))?
            }
            _ => return self.read(values, record, node).map(|()| node),
        };
        values.text_bytes(record, node, text);
        Ok(std::str::from_utf8(text).map_or(node, |text| values.entry(node, text)))
    }

    /// After the last row, nothing that could be text may be left.
    fn check_end(&mut self) -> Result<(), Bound> {
        let is_at_end = match &mut self.kind {
            Kind::Bytes(lengths, stream) => stream.is_at_end()? && lengths.is_at_end()?,
            Kind::Integer(integers) | Kind::Date(integers) | Kind::Keys(integers, _) => {
                integers.is_at_end()?
            }
            Kind::Decimal(stream, _) | Kind::Float(stream) | Kind::Double(stream) => {
                stream.is_at_end()?
            }
            Kind::List(lengths, items) => {
                items.check_end()?;
                lengths.is_at_end()?
            }
            Kind::Map(lengths, entries) => {
                entries.iter_mut().try_for_each(Column::check_end)?;
                lengths.is_at_end()?
            }
            Kind::Struct(fields) => {
                fields.iter_mut().try_for_each(|field| field.column.check_end())?;
                true
            }
            Kind::Union(_, children) => {
                children.iter_mut().try_for_each(Column::check_end)?;
                true
            }
            Kind::Boolean | Kind::Byte(_) | Kind::Moment { .. } => true,
        };
        if is_at_end { Ok(()) } else { Err(malformed("more values are in it than rows")) }
    }
}

fn count(lengths: &mut Integers) -> Result<u64, Bound> {
    u64::try_from(lengths.next()?).map_err(|_| malformed("a list has no valid length"))
}
