//! WebP: chunks of a RIFF file.

use super::Written;

const HEAD_BYTES: usize = 12;

pub(super) fn read(bytes: &[u8], written: &mut Written) {
    let mut at = HEAD_BYTES;
    while let Some((kind, rest)) = bytes.get(at..).and_then(|rest| rest.split_at_checked(4)) {
        let Some(length) = rest.first_chunk().map(|length| u32::from_le_bytes(*length) as usize)
        else {
            written.damaged += 1;
            return;
        };
        let Some(content) = rest.get(4..).and_then(|rest| rest.get(..length)) else {
            written.damaged += 1;
            return;
        };
        match kind {
            // Some keep the mark of JPEG before it.
            b"EXIF" => written.exif(content.strip_prefix(b"Exif\0\0").unwrap_or(content)),
            b"XMP " => written.xmp(content),
            _ => {}
        }
        at += 8 + length + length % 2;
    }
}
