//! Records: the values of a row.

use encoding_rs::Encoding;
use std::fmt::Write;

/// Columns of a table are fewer in any database that the library makes.
const VALUES_MAX: usize = 40_000;

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'r> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'r [u8]),
    Blob(&'r [u8]),
}

/// An integer of one to nine bytes, and moves past it.
pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Option<i64> {
    let mut value = 0_u64;
    for index in 0..9 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if index == 8 {
            value = value << 8 | u64::from(byte);
            break;
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value as i64)
}

/// The values of a record, if it is whole.
pub(super) fn values(record: &[u8]) -> Option<Vec<Value<'_>>> {
    let mut at = 0;
    let header_bytes = usize::try_from(varint(record, &mut at)?).ok()?;
    let header = record.get(..header_bytes)?;
    let mut body = record.get(header_bytes..)?;
    let mut values = Vec::new();
    while at < header.len() {
        let kind = u64::try_from(varint(header, &mut at)?).ok()?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind as usize,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let (bytes, rest) = body.split_at_checked(length)?;
        body = rest;
        values.push(match kind {
            0 => Value::Null,
            1..=6 => Value::Integer(integer(bytes)),
            7 => Value::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            kind if kind % 2 == 0 => Value::Blob(bytes),
            _ => Value::Text(bytes),
        });
        if values.len() > VALUES_MAX {
            return None;
        }
    }
    Some(values)
}

fn integer(bytes: &[u8]) -> i64 {
    let is_negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    bytes.iter().fold(if is_negative { -1 } else { 0 }, |value, byte| value << 8 | i64::from(*byte))
}

impl<'r> Value<'r> {
    /// What it is in words; `buffer` holds it if it must be made.
    pub fn text<'b>(&self, encoding: &'static Encoding, buffer: &'b mut String) -> Option<&'b str>
    where
        'r: 'b,
    {
        buffer.clear();
        match self {
            Value::Null | Value::Blob(_) => return None,
            // Writing to a string does not fail.
            Value::Integer(number) => drop(write!(buffer, "{number}")),
            Value::Real(number) => drop(write!(buffer, "{number}")),
            Value::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if encoding == encoding_rs::UTF_8 => return Some(text),
                _ => buffer.push_str(&encoding.decode_without_bom_handling(bytes).0),
            },
        }
        Some(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_all_kinds() {
        let record = [
            10, 0, 1, 2, 3, 8, 9, 7, 15, 14, // kinds
            0xff, 0x01, 0x00, 0x80, 0x00, 0x01, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, b'a', 0xfe,
        ];
        let expected = [
            Value::Null,
            Value::Integer(-1),
            Value::Integer(256),
            Value::Integer(-8_388_607),
            Value::Integer(0),
            Value::Integer(1),
            Value::Real(1.5),
            Value::Text(b"a"),
            Value::Blob(b"\xfe"),
        ];
        assert_eq!(values(&record).unwrap(), expected);
        for end in 0..record.len() {
            assert!(values(&record[..end]).is_none());
        }
        let mut at = 0;
        assert_eq!(varint(&[0xff; 9], &mut at), Some(-1));
        assert_eq!(at, 9);
    }
}
