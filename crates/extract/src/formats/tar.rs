//! Tar archives, member by member as they come.

use super::Format;
use super::zip_rest::NonZero;
use crate::gaps;
use crate::members::Members;
use crate::session::Session;
use lakegate_core::coverage::Coverage;
use std::io::Read;

/// Stands for the name of what stands behind the archive's end: another archive, or something hidden.
const BEHIND: &str = "(behind the archive)";

pub(super) fn read(session: &mut Session<'_>, input: &mut dyn Read) -> Coverage {
    let mut members = Members::new(Format::Tar.mime_type());
    let mut archive = tar::Archive::new(input);
    let mut is_whole = true;
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
                is_whole = false;
                break;
            }
        };
        // Folders and links hold no bytes; what does is read, whatever it says to be.
        if entry.size() == 0 && !entry.header().entry_type().is_file() {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !members.read(session, &name, &mut entry, None) {
            is_whole = false;
            break;
        }
    }
    if is_whole {
        read_rest(session, archive.into_inner(), &mut members);
    }
    members.finish()
}

/// Programs stop at two blocks of zeros; what stands behind them is read too.
fn read_rest(session: &mut Session<'_>, input: &mut dyn Read, members: &mut Members) {
    let mut input = NonZero { input, has_begun: false };
    let mut first = [0; 1];
    match input.read(&mut first) {
        Ok(0) => {}
        Ok(_) => {
            members.read(session, BEHIND, &mut first.chain(input), None);
        }
        Err(error) => {
            let (code, detail) = gaps::of_error("the archive", &error);
            members.gap(code, detail);
        }
    }
}
