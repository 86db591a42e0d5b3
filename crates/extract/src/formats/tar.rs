//! Tar archives, member by member as they come.

use super::Format;
use crate::gaps;
use crate::session::{Members, Session};
use lakegate_core::coverage::Coverage;
use std::io::Read;

pub(super) fn read(session: &mut Session<'_>, input: &mut dyn Read) -> Coverage {
    let mut members = Members::new(Format::Tar.mime_type());
    let mut archive = tar::Archive::new(input);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            let (code, detail) = gaps::of_error("the archive", &error);
            return gaps::skipped(Format::Tar.mime_type(), code, detail);
        }
    };
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let (code, detail) = gaps::of_error("the archive", &error);
                members.gap(code, detail);
                break;
            }
        };
        // Folders, links and devices hold no bytes.
        if !(entry.header().entry_type().is_file()
            || entry.header().entry_type().is_gnu_sparse()
            || entry.header().entry_type().is_contiguous())
        {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !members.read(session, &name, &mut entry, None) {
            break;
        }
    }
    members.finish()
}
