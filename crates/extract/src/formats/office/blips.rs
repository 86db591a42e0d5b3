//! Pictures in the streams of Office documents up to 2003 ([MS-ODRAW], 2.2.23): found by their own first
//! bytes behind the head of a record.

use std::ops::Range;

/// Pictures of one stream that are looked at.
const PICTURES_MAX: usize = 10_000;

/// Kinds of records that are a PNG or a JPEG.
const KINDS: [u16; 3] = [0xf01d, 0xf01e, 0xf02a];

/// The head of a record, and what stands between it and the picture: one digest or two, and a tag.
const HEAD_BYTES: usize = 8;
const BETWEEN_BYTES: [usize; 2] = [17, 33];

/// Where the pictures stand.
pub(super) fn pictures(bytes: &[u8]) -> Vec<Range<usize>> {
    let marks: [&[u8]; 2] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"];
    let mut found: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        let places = memchr::memmem::find_iter(bytes, mark);
        found.extend(places.filter_map(|at| picture(bytes, at)).take(PICTURES_MAX));
    }
    found.sort_by_key(|place| place.start);
    found
}

/// The picture that begins here, if the head of a record stands before it.
fn picture(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    BETWEEN_BYTES.iter().find_map(|between| {
        let head = bytes.get(start.checked_sub(HEAD_BYTES + between)?..)?;
        let kind = u16::from_le_bytes(*head.get(2..)?.first_chunk()?);
        let length = u32::from_le_bytes(*head.get(4..)?.first_chunk()?) as usize;
        let length = length.checked_sub(*between).filter(|_| KINDS.contains(&kind))?;
        Some(start..start.saturating_add(length).min(bytes.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_behind_their_heads_and_nowhere_else() {
        let record = |kind: u16, between: usize, content: &[u8]| {
            let length = (between + content.len()) as u32;
            let head = [&[0, 0][..], &kind.to_le_bytes(), &length.to_le_bytes()].concat();
            [head, vec![7; between], content.to_vec()].concat()
        };
        let (png, jpeg) = (b"\x89PNG\r\n\x1a\nrest", b"\xff\xd8\xff\xe0rest");
        let stream = [
            record(0xf01d, 17, jpeg),
            record(0xf01e, 33, png),
            // Another kind of record, and none at all.
            record(0xf01a, 17, png),
            jpeg.to_vec(),
        ]
        .concat();
        let found = pictures(&stream);
        let found: Vec<&[u8]> = found.into_iter().map(|place| &stream[place]).collect();
        assert_eq!(found, [&jpeg[..], png]);
        // One that is cut off is read as far as it goes.
        let cut = pictures(&stream[..30]);
        assert_eq!(cut.first(), Some(&(25..30)));
    }
}
