//! A small writer of ORC files, in the simplest of its encodings.

use std::io::Write;

/// A message in protocol buffers.
#[derive(Clone, Default)]
pub struct Message(Vec<u8>);

pub fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

impl Message {
    pub fn number(mut self, field: u64, value: u64) -> Self {
        varint(field << 3, &mut self.0);
        varint(value, &mut self.0);
        self
    }

    pub fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        varint(field << 3 | 2, &mut self.0);
        varint(value.len() as u64, &mut self.0);
        self.0.extend(value);
        self
    }

    pub fn message(self, field: u64, value: Message) -> Self {
        self.bytes(field, &value.0)
    }
}

/// A type: its kind, its children and their names.
pub fn kind(kind: u64, children: &[u64], names: &[&str]) -> Message {
    let of = Message::default().number(1, kind);
    let of = children.iter().fold(of, |of, child| of.number(2, *child));
    names.iter().fold(of, |of, name| of.bytes(3, name.as_bytes()))
}

/// Numbers in a run of the first version, none of it repeated.
pub fn integers(values: &[i64], signed: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for values in values.chunks(128) {
        out.push((values.len() as u8).wrapping_neg());
        for value in values {
            varint(
                if signed { (value << 1 ^ value >> 63) as u64 } else { *value as u64 },
                &mut out,
            );
        }
    }
    out
}

/// Truth values of up to 128 bytes.
pub fn booleans(values: &[bool]) -> Vec<u8> {
    let bytes = values.chunks(8).map(|bits| {
        bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at))
    });
    let bytes: Vec<u8> = bytes.collect();
    let mut out = vec![(bytes.len() as u8).wrapping_neg()];
    out.extend(bytes);
    out
}

/// A stripe: rows, streams (kind, column, content) and encodings (kind, dictionary size).
pub struct Stripe {
    pub rows: u64,
    pub streams: Vec<(u64, u64, Vec<u8>)>,
    pub encodings: Vec<(u64, u64)>,
}

fn pack(is_packed: bool, content: &[u8]) -> Vec<u8> {
    if !is_packed || content.is_empty() {
        return content.to_vec();
    }
    let mut encoder = flate2::write::DeflateEncoder::new(vec![], flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    let packed = encoder.finish().unwrap();
    let (head, packed) = if packed.len() < content.len() {
        (packed.len() << 1, packed)
    } else {
        (content.len() << 1 | 1, content.to_vec())
    };
    let mut out = (head as u32).to_le_bytes()[..3].to_vec();
    out.extend(packed);
    out
}

/// A file of these types and stripes; compressed or not.
pub fn file(types: &[Message], stripes: &[Stripe], is_packed: bool) -> Vec<u8> {
    let mut out = b"ORC".to_vec();
    let mut footer = Message::default().number(1, 3);
    for stripe in stripes {
        let at = out.len();
        let mut end = Message::default();
        for (kind, column, content) in &stripe.streams {
            let packed = pack(is_packed, content);
            let stream = Message::default().number(1, *kind).number(2, *column);
            end = end.message(1, stream.number(3, packed.len() as u64));
            out.extend(packed);
        }
        for (kind, size) in &stripe.encodings {
            end = end.message(2, Message::default().number(1, *kind).number(2, *size));
        }
        let data_bytes = out.len() - at;
        let end = pack(is_packed, &end.0);
        out.extend(&end);
        let stripe = Message::default().number(1, at as u64).number(3, data_bytes as u64);
        let rows = stripes[0].rows;
        footer = footer.message(3, stripe.number(4, end.len() as u64).number(5, rows));
    }
    footer = types.iter().fold(footer, |footer, of| footer.message(4, of.clone()));
    let item = Message::default().bytes(1, b"made by").bytes(2, b"a test");
    let rows = stripes.iter().map(|stripe| stripe.rows).sum();
    let footer = pack(is_packed, &footer.message(5, item).number(6, rows).0);
    out.extend(&footer);
    let script = Message::default()
        .number(1, footer.len() as u64)
        .number(2, u64::from(is_packed))
        .number(3, 65_536)
        .number(5, 0)
        .bytes(8000, b"ORC");
    out.extend(&script.0);
    out.push(script.0.len() as u8);
    out
}
