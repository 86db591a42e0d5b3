//! A small writer of Avro's files.

use std::io::Write;

pub const CODECS: [&str; 6] = ["null", "deflate", "snappy", "zstandard", "bzip2", "xz"];

const SYNC: [u8; 16] = *b"sixteen bytes...";

pub fn long(value: i64, out: &mut Vec<u8>) {
    let mut rest = (value << 1 ^ value >> 63) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

pub fn bytes(value: &[u8], out: &mut Vec<u8>) {
    long(value.len() as i64, out);
    out.extend(value);
}

fn pack(codec: &str, block: &[u8]) -> Vec<u8> {
    match codec {
        "deflate" => {
            let mut encoder =
                flate2::write::DeflateEncoder::new(vec![], flate2::Compression::fast());
            encoder.write_all(block).unwrap();
            encoder.finish().unwrap()
        }
        "snappy" => {
            let mut packed = snap::raw::Encoder::new().compress_vec(block).unwrap();
            packed.extend([0; 4]);
            packed
        }
        "zstandard" => zstd::encode_all(block, 1).unwrap(),
        "bzip2" => {
            let mut encoder = bzip2::write::BzEncoder::new(vec![], bzip2::Compression::fast());
            encoder.write_all(block).unwrap();
            encoder.finish().unwrap()
        }
        "xz" => {
            let options = lzma_rust2::XzOptions::default();
            let mut encoder = lzma_rust2::XzWriter::new(vec![], options).unwrap();
            encoder.write_all(block).unwrap();
            encoder.finish().unwrap()
        }
        _ => block.to_vec(),
    }
}

/// A file of blocks, each with how many records it has.
pub fn file(schema: &str, codec: &str, blocks: &[(i64, Vec<u8>)]) -> Vec<u8> {
    let mut out = b"Obj\x01".to_vec();
    long(2, &mut out);
    bytes(b"avro.schema", &mut out);
    bytes(schema.as_bytes(), &mut out);
    bytes(b"avro.codec", &mut out);
    bytes(codec.as_bytes(), &mut out);
    long(0, &mut out);
    out.extend(SYNC);
    for (count, block) in blocks {
        long(*count, &mut out);
        bytes(&pack(codec, block), &mut out);
        out.extend(SYNC);
    }
    out
}
