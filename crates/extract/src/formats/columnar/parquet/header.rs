//! The header of a Parquet page, in Thrift's compact protocol. It is read here so that its sizes can be
//! checked before anything is expanded.

use crate::formats::columnar::codecs::malformed;
use crate::gaps::Bound;
use parquet::basic::Encoding;

/// A header that is longer, with its statistics, is none.
pub(super) const HEADER_BYTES_MAX: usize = 16 << 20;

/// Structures within one another in a header.
const DEPTH_MAX: u32 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    DataV2,
    Dictionary,
    /// Nothing that holds values.
    Other,
}

/// What a page says about itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageHeader {
    pub kind: Kind,
    pub packed_bytes: usize,
    pub bytes: usize,
    pub values: u32,
    pub nulls: u32,
    pub rows: u32,
    pub encoding: Encoding,
    /// Only of a page of the first version; none if it is not one that levels have.
    pub definition_encoding: Option<Encoding>,
    pub repetition_encoding: Option<Encoding>,
    pub definition_bytes: u32,
    pub repetition_bytes: u32,
    pub is_compressed: bool,
    /// How long the header itself is.
    pub header_bytes: usize,
}

impl PageHeader {
    /// Its values are keys of a dictionary.
    pub fn is_of_keys(&self) -> bool {
        let is_key = matches!(self.encoding, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY);
        self.kind != Kind::Dictionary && is_key
    }
}

/// Reads a header; `None` if it is longer than these bytes.
pub(super) fn read(bytes: &[u8]) -> Result<Option<PageHeader>, Bound> {
    let mut fields = [None; 10];
    let mut within = [None; 10];
    let mut thrift = Thrift { rest: bytes, at_end: false };
    match thrift.page(&mut fields, &mut within) {
        Some(()) => {
            let header_bytes = bytes.len() - thrift.rest.len();
            of_fields(&fields, &within, header_bytes).map(Some)
        }
        None if thrift.at_end => Ok(None),
        None => Err(malformed("the header of a page is damaged")),
    }
}

/// Whether a structure has a field of that number. Used on a footer, whose field 8 says how columns are
/// encrypted.
pub(super) fn has_field(bytes: &[u8], number: i64) -> bool {
    let mut thrift = Thrift { rest: bytes, at_end: false };
    let mut id = 0;
    while let Some(Some(kind)) = thrift.field(&mut id) {
        if id == number {
            return true;
        }
        if thrift.value(kind, 1).is_none() {
            return false;
        }
    }
    false
}

fn of_fields(
    fields: &[Option<i64>; 10],
    within: &[Option<i64>; 10],
    header_bytes: usize,
) -> Result<PageHeader, Bound> {
    let damaged = || malformed("the header of a page lacks something");
    let size = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok()).ok_or_else(damaged);
    let count = |n: Option<i64>| n.map_or(Ok(0), u32::try_from).map_err(|_| damaged());
    let kind = match fields[1] {
        Some(0) => Kind::Data,
        Some(2) => Kind::Dictionary,
        Some(3) => Kind::DataV2,
        Some(_) => Kind::Other,
        None => return Err(damaged()),
    };
    let is_v2 = kind == Kind::DataV2;
    let encoding = match kind {
        Kind::Other => Encoding::PLAIN,
        Kind::DataV2 => encoding(within[4])?,
        Kind::Data | Kind::Dictionary => encoding(within[2])?,
    };
    Ok(PageHeader {
        kind,
        bytes: size(fields[2])?,
        packed_bytes: size(fields[3])?,
        values: count(within[1])?,
        nulls: if is_v2 { count(within[2])? } else { 0 },
        rows: if is_v2 { count(within[3])? } else { 0 },
        encoding,
        definition_encoding: level_encoding(within[3]),
        repetition_encoding: level_encoding(within[4]),
        definition_bytes: if is_v2 { count(within[5])? } else { 0 },
        repetition_bytes: if is_v2 { count(within[6])? } else { 0 },
        is_compressed: within[7] != Some(0) || !is_v2,
        header_bytes,
    })
}

fn level_encoding(number: Option<i64>) -> Option<Encoding> {
    match number {
        Some(3) => Some(Encoding::RLE),
        #[allow(deprecated)]
        Some(4) => Some(Encoding::BIT_PACKED),
        _ => None,
    }
}

fn encoding(number: Option<i64>) -> Result<Encoding, Bound> {
    Ok(match number {
        Some(0) => Encoding::PLAIN,
        Some(2) => Encoding::PLAIN_DICTIONARY,
        Some(3) => Encoding::RLE,
        #[allow(deprecated)]
        Some(4) => Encoding::BIT_PACKED,
        Some(5) => Encoding::DELTA_BINARY_PACKED,
        Some(6) => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        Some(7) => Encoding::DELTA_BYTE_ARRAY,
        Some(8) => Encoding::RLE_DICTIONARY,
        Some(9) => Encoding::BYTE_STREAM_SPLIT,
        _ => return Err(malformed("a page has an unknown encoding")),
    })
}

/// Thrift's compact protocol. `None` is damage, or the end of the bytes.
struct Thrift<'b> {
    rest: &'b [u8],
    at_end: bool,
}

impl Thrift<'_> {
    /// The numbers of a page header by field, and those of the one header within it that counts values.
    fn page(
        &mut self,
        fields: &mut [Option<i64>; 10],
        within: &mut [Option<i64>; 10],
    ) -> Option<()> {
        let mut id = 0;
        while let Some(kind) = self.field(&mut id)? {
            if kind == 12 && matches!(id, 5 | 7 | 8) {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    let value = self.value(kind, 1)?;
                    if let Some(field) = usize::try_from(id).ok().and_then(|id| within.get_mut(id))
                    {
                        *field = value;
                    }
                }
            } else {
                let value = self.value(kind, 1)?;
                if let Some(field) = usize::try_from(id).ok().and_then(|id| fields.get_mut(id)) {
                    *field = value;
                }
            }
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        match self.rest.split_first() {
            Some((byte, rest)) => {
                self.rest = rest;
                Some(*byte)
            }
            None => {
                self.at_end = true;
                None
            }
        }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The type of the next field, of which `id` becomes the number; none at the end of a structure.
    fn field(&mut self, id: &mut i64) -> Option<Option<u8>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *id = match byte >> 4 {
            0 => self.zigzag()?,
            delta => id.checked_add(i64::from(delta))?,
        };
        Some(Some(byte & 0x0f))
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        let count = usize::try_from(count).ok()?;
        match self.rest.get(count..) {
            Some(rest) => {
                self.rest = rest;
                Some(())
            }
            None => {
                self.at_end = true;
                None
            }
        }
    }

    /// Goes past a value; tells it if it is a number.
    fn value(&mut self, kind: u8, depth: u32) -> Option<Option<i64>> {
        if depth > DEPTH_MAX {
            return None;
        }
        match kind {
            1 => return Some(Some(1)),
            2 => return Some(Some(0)),
            3 => self.skip(1)?,
            4..=6 => return self.zigzag().map(Some),
            7 => self.skip(8)?,
            8 => {
                let length = self.varint()?;
                self.skip(length)?;
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                for _ in 0..count {
                    match head & 0x0f {
                        1 | 2 => self.skip(1)?,
                        kind => _ = self.value(kind, depth + 1)?,
                    }
                }
            }
            12 => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.value(kind, depth + 1)?;
                }
            }
            _ => return None,
        }
        Some(None)
    }
}
