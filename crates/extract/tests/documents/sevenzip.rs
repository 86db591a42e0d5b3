//! 7z archives.

use crate::{Case, NAME, PHONE};
use sevenz_rust2::{ArchiveEntry, ArchiveWriter, EncoderMethod};
use std::io::Cursor;

fn archive(method: EncoderMethod) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    writer.set_content_methods(vec![method.into()]);
    let table = format!("name,phone\n{NAME},{PHONE}\nBob,555-0101\n");
    for (name, content) in [("a/people.csv", table.as_str()), ("b.txt", NAME)] {
        let entry = ArchiveEntry::new_file(name);
        writer.push_archive_entry(entry, Some(content.as_bytes())).unwrap();
    }
    writer.push_archive_entry::<&[u8]>(ArchiveEntry::new_directory("a"), None).unwrap();
    writer.finish().unwrap().into_inner()
}

pub fn cases() -> Vec<Case> {
    let expect = [
        "a/people.csv:  R2C1 name = Zoë Müller",
        "a/people.csv:  R2C2 phone = +49 761 555-0100",
        "b.txt: text = Zoë Müller",
    ];
    vec![
        Case::complete("7z of LZMA2", archive(EncoderMethod::LZMA2), &expect),
        Case::complete("7z of LZMA", archive(EncoderMethod::LZMA), &expect),
        Case::complete("7z without compression", archive(EncoderMethod::COPY), &expect),
    ]
}
