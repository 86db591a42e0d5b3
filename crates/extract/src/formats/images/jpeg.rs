//! JPEG: segments before and among the pixels.

use super::{Written, decoded, iptc};

const EXIF: &[u8] = b"Exif\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const MORE_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// A digest, a length and an offset stand before each piece of a long packet.
const MORE_XMP_HEAD_BYTES: usize = 40;
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;

pub(super) fn read(bytes: &[u8], written: &mut Written) {
    let mut at = 2;
    let mut more_xmp = Vec::new();
    loop {
        // Fill bytes may stand before a marker.
        while bytes.get(at..at + 2) == Some(&[0xff, 0xff]) {
            at += 1;
        }
        let marker = match bytes.get(at..at + 2) {
            Some([0xff, marker]) => *marker,
            _ => break written.damaged += 1,
        };
        at += 2;
        if marker == END {
            written.rest_start = Some(at);
            break;
        }
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            continue;
        }
        let length = bytes.get(at..).and_then(|rest| rest.first_chunk());
        let length = length.map_or(0, |length| usize::from(u16::from_be_bytes(*length)));
        let Some(content) = bytes.get(at + 2..at + length).filter(|_| length >= 2) else {
            written.damaged += 1;
            break;
        };
        at += length;
        segment(marker, content, &mut more_xmp, written);
        if marker == SCAN {
            at = after_scan(bytes, at);
        }
    }
    if !more_xmp.is_empty() {
        written.xmp(&more_xmp);
    }
}

fn segment(marker: u8, content: &[u8], more_xmp: &mut Vec<u8>, written: &mut Written) {
    match marker {
        0xe1 => {
            if let Some(fields) = content.strip_prefix(EXIF) {
                // A byte of padding follows.
                written.exif(fields.get(1..).unwrap_or_default());
            } else if let Some(packet) = content.strip_prefix(XMP) {
                written.xmp(packet);
            } else if let Some(piece) = content.strip_prefix(MORE_XMP) {
                more_xmp.extend_from_slice(piece.get(MORE_XMP_HEAD_BYTES..).unwrap_or_default());
            }
        }
        0xed => {
            if let Some(resources) = content.strip_prefix(PHOTOSHOP) {
                iptc::write_resources(resources, written);
            }
        }
        COMMENT => written.line("Comment", &decoded(content)),
        _ => {}
    }
}

/// Where the next marker stands that is none of the pixels' own.
fn after_scan(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(0xff, rest)) {
        at += found;
        match bytes.get(at + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            _ => return at,
        }
    }
    bytes.len()
}
