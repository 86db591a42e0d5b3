//! Compound files of Microsoft's (OLE): what one holds is told by the names of its streams.

use super::{Format, mail};
use crate::gaps;
use crate::session::Session;
use crate::spool::Spool;
use cfb::CompoundFile;
use lakegate_core::coverage::Coverage;
use std::path::Path;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mime_type = Format::Compound.mime_type();
    let is_message = match CompoundFile::open(spool.reader()) {
        Ok(compound) => compound.is_stream(Path::new("/").join(mail::msg::PROPERTIES)),
        Err(error) => {
            let (code, detail) = gaps::of_error("the compound file", &error);
            return gaps::skipped(mime_type, code, detail);
        }
    };
    if is_message {
        return mail::msg::read(session, spool);
    }
    gaps::skipped(mime_type, gaps::UNSUPPORTED, "not readable: OLE (old Office)")
}
