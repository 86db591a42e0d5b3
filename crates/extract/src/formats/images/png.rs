//! PNG: chunks of text.

use super::{TEXT_BYTES_MAX, Written, decoded};
use flate2::read::ZlibDecoder;
use std::io::Read;

const MARK_BYTES: usize = 8;

pub(super) fn read(bytes: &[u8], written: &mut Written) {
    let mut at = MARK_BYTES;
    loop {
        let length = bytes.get(at..).and_then(|rest| rest.first_chunk());
        let length = length.map(|length| u32::from_be_bytes(*length) as usize);
        let kind = bytes.get(at + 4..at + 8);
        let (Some(length), Some(kind)) = (length, kind) else { break written.damaged += 1 };
        let Some(content) = at.checked_add(8 + length).and_then(|end| bytes.get(at + 8..end))
        else {
            break written.damaged += 1;
        };
        at += 8 + length + 4;
        match kind {
            b"tEXt" => {
                let (name, text) = split(content);
                written.line(&decoded(name), &decoded(text));
            }
            b"zTXt" => {
                let (name, packed) = split(content);
                let text = inflate(packed.get(1..).unwrap_or_default(), written);
                written.line(&decoded(name), &decoded(&text));
            }
            b"iTXt" => international(content, written),
            b"eXIf" => written.exif(content),
            b"IEND" => {
                written.rest_start = Some(at);
                break;
            }
            _ => {}
        }
    }
}

/// What stands before and after the first zero.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    (&bytes[..end], bytes.get(end + 1..).unwrap_or_default())
}

fn international(content: &[u8], written: &mut Written) {
    let (name, rest) = split(content);
    let is_packed = rest.first() == Some(&1);
    let (_, rest) = split(rest.get(2..).unwrap_or_default());
    let (translated, text) = split(rest);
    let name = decoded(if translated.is_empty() { name } else { translated }).into_owned();
    if is_packed {
        let text = inflate(text, written);
        written.line(&name, &decoded(&text));
    } else {
        written.line(&name, &decoded(text));
    }
}

fn inflate(packed: &[u8], written: &mut Written) -> Vec<u8> {
    let mut text = Vec::new();
    if written.is_cut {
        return text;
    }
    let mut decoder = ZlibDecoder::new(packed).take(TEXT_BYTES_MAX);
    let read = decoder.read_to_end(&mut text);
    if read.is_err() || text.len() as u64 == TEXT_BYTES_MAX {
        written.damaged += 1;
    }
    text
}
