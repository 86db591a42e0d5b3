//! What ORC says about itself, in protocol buffers: only the fields that reading needs.

use crate::formats::columnar::codecs::malformed;
use crate::gaps::Bound;

/// A field's content.
#[derive(Clone, Copy, Debug)]
enum Value<'b> {
    Number(u64),
    Bytes(&'b [u8]),
}

impl<'b> Value<'b> {
    fn number(self) -> u64 {
        match self {
            Value::Number(number) => number,
            Value::Bytes(_) => 0,
        }
    }

    fn bytes(self) -> &'b [u8] {
        match self {
            Value::Number(_) => &[],
            Value::Bytes(bytes) => bytes,
        }
    }
}

/// The fields of a message, in order.
struct Fields<'b> {
    rest: &'b [u8],
}

impl<'b> Fields<'b> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for (index, byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.rest = &self.rest[index + 1..];
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: u64) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(length).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    fn next(&mut self) -> Result<Option<(u64, Value<'b>)>, Bound> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let field = self.varint().and_then(|tag| {
            let value = match tag & 7 {
                0 => Value::Number(self.varint()?),
                1 => Value::Bytes(self.take(8)?),
                2 => {
                    let length = self.varint()?;
                    Value::Bytes(self.take(length)?)
                }
                5 => Value::Bytes(self.take(4)?),
                _ => return None,
            };
            Some((tag >> 3, value))
        });
        field.map(Some).ok_or_else(|| malformed("what it says about itself is damaged"))
    }
}

/// Calls for each field of a message.
fn each<'b>(bytes: &'b [u8], mut call: impl FnMut(u64, Value<'b>)) -> Result<(), Bound> {
    let mut fields = Fields { rest: bytes };
    while let Some((number, value)) = fields.next()? {
        call(number, value);
    }
    Ok(())
}

/// What the end of the file says.
#[derive(Debug, Default)]
pub(super) struct PostScript {
    pub footer_bytes: u64,
    pub metadata_bytes: u64,
    pub compression: u64,
    pub block_bytes: Option<u64>,
    pub has_mark: bool,
}

impl PostScript {
    pub fn parse(bytes: &[u8]) -> Result<Self, Bound> {
        let mut of = Self::default();
        each(bytes, |number, value| match number {
            1 => of.footer_bytes = value.number(),
            2 => of.compression = value.number(),
            3 => of.block_bytes = Some(value.number()),
            5 => of.metadata_bytes = value.number(),
            8000 => of.has_mark = value.bytes() == b"ORC",
            _ => {}
        })?;
        Ok(of)
    }
}

/// A type of the schema.
#[derive(Clone, Debug, Default)]
pub(super) struct Type {
    pub kind: u64,
    pub children: Vec<u32>,
    pub names: Vec<String>,
}

impl Type {
    fn parse(bytes: &[u8]) -> Result<Self, Bound> {
        let mut of = Self::default();
        each(bytes, |number, value| match (number, value) {
            (1, value) => of.kind = value.number(),
            (2, Value::Number(child)) => of.children.push(u32::try_from(child).unwrap_or(0)),
            (2, Value::Bytes(packed)) => {
                let mut fields = Fields { rest: packed };
                while let Some(child) = fields.varint() {
                    of.children.push(u32::try_from(child).unwrap_or(0));
                }
            }
            (3, value) => of.names.push(String::from_utf8_lossy(value.bytes()).into_owned()),
            _ => {}
        })?;
        Ok(of)
    }
}

/// Where a stripe stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stripe {
    pub at: u64,
    pub index_bytes: u64,
    pub data_bytes: u64,
    pub footer_bytes: u64,
    pub rows: u64,
}

#[derive(Debug, Default)]
pub(super) struct Footer {
    pub stripes: Vec<Stripe>,
    pub types: Vec<Type>,
    pub metadata: Vec<(String, Vec<u8>)>,
    pub rows: u64,
    pub has_encryption: bool,
}

impl Footer {
    pub fn parse(bytes: &[u8]) -> Result<Self, Bound> {
        let mut of = Self::default();
        let mut done = Ok(());
        each(bytes, |number, value| {
            let parsed = match number {
                3 => stripe(value.bytes()).map(|stripe| of.stripes.push(stripe)),
                4 => Type::parse(value.bytes()).map(|kind| of.types.push(kind)),
                5 => pair(value.bytes()).map(|pair| of.metadata.push(pair)),
                6 => {
                    of.rows = value.number();
                    Ok(())
                }
                10 => {
                    of.has_encryption = true;
                    Ok(())
                }
                _ => Ok(()),
            };
            if done.is_ok() {
                done = parsed;
            }
        })?;
        done.map(|()| of)
    }
}

fn stripe(bytes: &[u8]) -> Result<Stripe, Bound> {
    let mut of = Stripe::default();
    each(bytes, |number, value| match number {
        1 => of.at = value.number(),
        2 => of.index_bytes = value.number(),
        3 => of.data_bytes = value.number(),
        4 => of.footer_bytes = value.number(),
        5 => of.rows = value.number(),
        _ => {}
    })?;
    Ok(of)
}

fn pair(bytes: &[u8]) -> Result<(String, Vec<u8>), Bound> {
    let mut of = (String::new(), Vec::new());
    each(bytes, |number, value| match number {
        1 => of.0 = String::from_utf8_lossy(value.bytes()).into_owned(),
        2 => of.1 = value.bytes().to_vec(),
        _ => {}
    })?;
    Ok(of)
}

/// What a stream of a stripe holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamKind {
    Present,
    Data,
    Length,
    Dictionary,
    Secondary,
    /// Indices and the like.
    Other,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct StreamInfo {
    pub kind: StreamKind,
    pub column: u64,
    pub bytes: u64,
}

/// How a column of a stripe is encoded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Encoding {
    /// Its runs are of the second version.
    pub is_v2: bool,
    pub is_dictionary: bool,
    pub dictionary_size: u64,
}

#[derive(Debug, Default)]
pub(super) struct StripeFooter {
    pub streams: Vec<StreamInfo>,
    pub encodings: Vec<Encoding>,
    pub zone: String,
}

impl StripeFooter {
    pub fn parse(bytes: &[u8]) -> Result<Self, Bound> {
        let mut of = Self::default();
        let mut done = Ok(());
        each(bytes, |number, value| {
            let parsed = match number {
                1 => stream(value.bytes()).map(|stream| of.streams.push(stream)),
                2 => encoding(value.bytes()).map(|encoding| of.encodings.push(encoding)),
                3 => {
                    of.zone = String::from_utf8_lossy(value.bytes()).into_owned();
                    Ok(())
                }
                _ => Ok(()),
            };
            if done.is_ok() {
                done = parsed;
            }
        })?;
        done.map(|()| of)
    }
}

fn stream(bytes: &[u8]) -> Result<StreamInfo, Bound> {
    let mut of = StreamInfo { kind: StreamKind::Present, column: 0, bytes: 0 };
    each(bytes, |number, value| match number {
        1 => {
            of.kind = match value.number() {
                0 => StreamKind::Present,
                1 => StreamKind::Data,
                2 => StreamKind::Length,
                3 => StreamKind::Dictionary,
                5 => StreamKind::Secondary,
                _ => StreamKind::Other,
            }
        }
        2 => of.column = value.number(),
        3 => of.bytes = value.number(),
        _ => {}
    })?;
    Ok(of)
}

fn encoding(bytes: &[u8]) -> Result<Encoding, Bound> {
    let mut of = Encoding::default();
    each(bytes, |number, value| match number {
        1 => {
            of.is_v2 = matches!(value.number(), 2 | 3);
            of.is_dictionary = matches!(value.number(), 1 | 3);
        }
        2 => of.dictionary_size = value.number(),
        _ => {}
    })?;
    Ok(of)
}
