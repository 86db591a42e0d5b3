//! Containers as other programs write them: frames of old LZ4, members of the same name.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod dump;

use lakegate_core::coverage::CoverageStatus;
use lakegate_extract::Limits;

const OLD_LZ4: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

fn block(bytes: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::block::compress(bytes);
    [&(packed.len() as u32).to_le_bytes()[..], &packed].concat()
}

#[test]
fn old_frames_of_lz4_are_read() {
    let line = b"name,ssn\nAnn,318-49-3004\n";
    let long = vec![b'a'; 8 << 20];
    let one = [&OLD_LZ4[..], &block(line)].concat();
    let two = [&OLD_LZ4[..], &block(&long), &block(line), &OLD_LZ4, &block(b"more\n")].concat();
    for (object, length) in [(&one, line.len()), (&two, long.len() + line.len() + 5)] {
        let found = dump::extract(object, &Limits::default(), &[1, 1 << 16]);
        assert_eq!(found.coverage.status, CoverageStatus::Complete, "{:?}", found.coverage);
        assert_eq!(found.coverage.mime_type, "application/x-lz4");
        let read: usize = found.lines.len() + found.seen.len();
        assert!(read >= length / 2, "{read} of {length}");
    }
    for cut in [one.len() - 1, 6, two.len() - 2] {
        let object = if cut < one.len() { &one } else { &two };
        let found = dump::extract(&object[..cut], &Limits::default(), &[1 << 16]);
        assert_ne!(found.coverage.status, CoverageStatus::Complete, "cut at {cut}");
    }
    // A block of the full length may be followed by one, a shorter one not.
    let odd = [&OLD_LZ4[..], &block(line), &block(line)].concat();
    let found = dump::extract(&odd, &Limits::default(), &[1 << 16]);
    assert_ne!(found.coverage.status, CoverageStatus::Complete);
}

/// An archive of stored members, which may bear the same name.
fn archive(members: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in members {
        let mut crc = flate2::Crc::new();
        crc.update(content.as_bytes());
        let sizes = [
            crc.sum().to_le_bytes(),
            (content.len() as u32).to_le_bytes(),
            (content.len() as u32).to_le_bytes(),
        ]
        .concat();
        let name_bytes = (name.len() as u16).to_le_bytes();
        let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sizes, &name_bytes, &[0, 0]].concat();
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((bytes.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(content.as_bytes());
    }
    let count = (members.len() as u16).to_le_bytes();
    let start = bytes.len() as u32;
    let length = directory.len() as u32;
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend(length.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn members_of_one_name_are_all_read() {
    let object =
        archive(&[("a.txt", "first one\n"), ("b.txt", "other\n"), ("a.txt", "second one\n")]);
    let found = dump::extract(&object, &Limits::default(), &[1 << 16]);
    assert_eq!(found.coverage.status, CoverageStatus::Complete, "{:?}", found.coverage);
    for text in ["first one", "other", "second one"] {
        assert_eq!(found.lines.matches(text).count(), 1, "{text} in {:?}", found.lines);
    }
    let members = found.coverage.members.unwrap();
    assert_eq!((members.inspected, members.total), (3, 3));
    assert_eq!(found.coverage.notes, ["members that bear the name of another one: 1"]);
}
