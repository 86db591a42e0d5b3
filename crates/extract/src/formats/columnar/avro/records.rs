//! Records of an Avro block to values, straight from their bytes.

use super::schema::{Schema, Type, TypeId};
use crate::formats::columnar::codecs::malformed;
use crate::formats::columnar::values::{DEPTH_MAX, Values};
use crate::formats::columnar::words;
use crate::gaps::Bound;
use crate::writer::Node;

/// Records within one another whose fields have a place kept for good.
const KEPT_DEPTH_MAX: usize = 8;

/// Fields that have a place kept for good. 65,536.
const KEPT_MAX: usize = 1 << 16;

/// The place of a type in the schema, with those of its fields if it is a record.
#[derive(Debug)]
pub(super) struct Place {
    node: Node,
    /// The record, and its fields' places.
    record: Option<(TypeId, Vec<Place>)>,
}

/// Makes the places of a schema, down to lists and maps, and keeps them for good.
pub(super) fn keep_schema(values: &mut Values<'_, '_>, schema: &Schema) -> Place {
    let place = make_place(values, schema, schema.root, Node::ROOT, 0, &mut 0);
    values.writer.keep();
    place
}

fn make_place(
    values: &mut Values<'_, '_>,
    schema: &Schema,
    id: TypeId,
    node: Node,
    depth: usize,
    made: &mut usize,
) -> Place {
    let record = match &schema.types[id] {
        Type::Record { fields } if depth < KEPT_DEPTH_MAX && *made < KEPT_MAX => {
            *made += fields.len();
            let fields = fields.iter().map(|(name, id)| {
                let node = values.writer.member(node, name);
                make_place(values, schema, *id, node, depth + 1, made)
            });
            Some((id, fields.collect()))
        }
        // Most often a union says that a record may be missing.
        Type::Union { branches } => {
            let is_record = |id: &&TypeId| matches!(schema.types[**id], Type::Record { .. });
            let record = branches.iter().find(is_record);
            record.and_then(|id| make_place(values, schema, *id, node, depth + 1, made).record)
        }
        _ => None,
    };
    Place { node, record }
}

/// Reads records of one block.
pub(super) struct Records<'b> {
    schema: &'b Schema,
    rest: &'b [u8],
}

/// Where a value goes: its node, and what is known of the places of its fields.
#[derive(Clone, Copy)]
struct At<'p> {
    record: u64,
    node: Node,
    place: Option<&'p Place>,
    depth: usize,
}

impl<'b> Records<'b> {
    pub fn new(schema: &'b Schema, block: &'b [u8]) -> Self {
        Self { schema, rest: block }
    }

    /// Bytes that are left.
    pub fn rest_bytes(&self) -> usize {
        self.rest.len()
    }

    /// Reads the next record.
    pub fn read(
        &mut self,
        values: &mut Values<'_, '_>,
        record: u64,
        place: &Place,
    ) -> Result<(), Bound> {
        let at = At { record, node: place.node, place: Some(place), depth: 0 };
        self.value(values, self.schema.root, at)
    }

    fn value(&mut self, values: &mut Values<'_, '_>, id: TypeId, at: At<'_>) -> Result<(), Bound> {
        if at.depth > DEPTH_MAX {
            // What is further in cannot be passed over unread.
            return Err(malformed(format!("values lie more than {DEPTH_MAX} types deep")));
        }
        let schema = self.schema;
        let At { record, node, .. } = at;
        match &schema.types[id] {
            Type::Null => {}
            Type::Boolean => _ = self.take(1)?,
            Type::Int | Type::Long => values.integer(record, node, self.long()?),
            Type::Float => {
                let bytes = self.take(4)?.first_chunk().copied().unwrap_or_default();
                values.float32(record, node, f32::from_le_bytes(bytes));
            }
            Type::Double => {
                let bytes = self.take(8)?.first_chunk().copied().unwrap_or_default();
                values.float(record, node, f64::from_le_bytes(bytes));
            }
            Type::Bytes => values.bytes(record, node, self.bytes()?),
            Type::String => values.text_bytes(record, node, self.bytes()?),
            Type::Fixed { size } => values.bytes(record, node, self.take(*size)?),
            Type::Enum { symbols } => {
                let index = usize::try_from(self.long()?).ok();
                let symbol = index.and_then(|index| symbols.get(index));
                values.text(record, node, symbol.ok_or_else(damaged)?);
            }
            Type::Date => {
                let days = self.long()?;
                values.written(record, node, |out| words::date(days, out));
            }
            Type::Time { per_second } => {
                let (seconds, nanos) = words::split(self.long()?, *per_second);
                values.written(record, node, |out| words::time(seconds, nanos, out));
            }
            Type::Moment { per_second, is_utc } => {
                let (seconds, nanos) = words::split(self.long()?, *per_second);
                values.written(record, node, |out| words::moment(seconds, nanos, *is_utc, out));
            }
            Type::Decimal { size, scale } => {
                let bytes = match size {
                    Some(size) => self.take(*size)?,
                    None => self.bytes()?,
                };
                decimal(values, record, node, bytes, *scale);
            }
            Type::Uuid => uuid(values, record, node, self.take(16)?),
            Type::Array { items } => self.array(values, *items, at)?,
            Type::Map { values: id } => self.map(values, *id, at)?,
            Type::Union { branches } => {
                let index = usize::try_from(self.long()?).ok();
                let branch = index.and_then(|index| branches.get(index)).ok_or_else(damaged)?;
                self.value(values, *branch, At { depth: at.depth + 1, ..at })?;
            }
            Type::Record { fields } => self.record(values, id, fields, at)?,
        }
        Ok(())
    }

    fn record(
        &mut self,
        values: &mut Values<'_, '_>,
        id: TypeId,
        fields: &[(String, TypeId)],
        at: At<'_>,
    ) -> Result<(), Bound> {
        let places = at.place.and_then(|place| place.record.as_ref());
        let places = places.filter(|(record, _)| *record == id).map(|(_, fields)| fields);
        for (index, (name, id)) in fields.iter().enumerate() {
            let place = places.and_then(|places| places.get(index));
            let node = match place {
                Some(place) => place.node,
                None => values.writer.member(at.node, name),
            };
            self.value(values, *id, At { node, place, depth: at.depth + 1, ..at })?;
        }
        Ok(())
    }

    fn array(
        &mut self,
        values: &mut Values<'_, '_>,
        items: TypeId,
        at: At<'_>,
    ) -> Result<(), Bound> {
        let mut index = 0;
        while let count @ 1.. = self.items()? {
            for _ in 0..count {
                let before = self.rest.len();
                let node = values.element(at.node, index);
                let at = At { node, place: None, depth: at.depth + 1, ..at };
                self.value(values, items, at)?;
                index += 1;
                // What takes no bytes says nothing, however often.
                if self.rest.len() == before {
                    break;
                }
            }
        }
        Ok(())
    }

    fn map(&mut self, values: &mut Values<'_, '_>, id: TypeId, at: At<'_>) -> Result<(), Bound> {
        while let count @ 1.. = self.items()? {
            for _ in 0..count {
                let key = self.bytes()?;
                values.text_bytes(at.record, at.node, key);
                let node = match std::str::from_utf8(key) {
                    Ok(key) => values.entry(at.node, key),
                    Err(_) => at.node,
                };
                self.value(values, id, At { node, place: None, depth: at.depth + 1, ..at })?;
            }
        }
        Ok(())
    }

    /// How many items of a list or map come next; 0 at its end.
    fn items(&mut self) -> Result<u64, Bound> {
        let count = self.long()?;
        if count < 0 {
            // Their length in bytes.
            self.long()?;
        }
        Ok(count.unsigned_abs())
    }

    fn long(&mut self) -> Result<i64, Bound> {
        let mut value = 0_u64;
        for (index, byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.rest = &self.rest[index + 1..];
                return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        Err(damaged())
    }

    fn bytes(&mut self) -> Result<&'b [u8], Bound> {
        let length = usize::try_from(self.long()?).map_err(|_| damaged())?;
        self.take(length)
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], Bound> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(damaged)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn damaged() -> Bound {
    malformed("its values are damaged")
}

/// Longer ones are no numbers, and are read as bytes.
const DECIMAL_BYTES_MAX: usize = 128;

fn decimal(values: &mut Values<'_, '_>, record: u64, node: Node, bytes: &[u8], scale: i32) {
    if bytes.len() > DECIMAL_BYTES_MAX {
        return values.bytes(record, node, bytes);
    }
    let mut digits = String::new();
    words::big_integer(bytes, &mut digits);
    values.written(record, node, |out| words::decimal(&digits, scale, out));
}

fn uuid(values: &mut Values<'_, '_>, record: u64, node: Node, bytes: &[u8]) {
    values.written(record, node, |out| {
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                out.push('-');
            }
            let digit = |n: u8| char::from_digit(n.into(), 16).unwrap_or('0');
            out.extend([digit(byte >> 4), digit(byte & 15)]);
        }
    });
}
