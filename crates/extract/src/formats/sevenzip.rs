//! 7z archives, block by block and member by member.

use super::Format;
use crate::gaps;
use crate::session::{Members, Session};
use crate::spool::{Spool, SpoolReader};
use lakegate_core::coverage::Coverage;
use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, EncoderMethod, Error, Password};
use std::cell::Cell;
use std::io::{BufReader, Read};

/// A decoder's dictionary may be so long, and so may the list of members. That of 7-Zip's ultra setting
/// is 64 MiB; the format allows 4 GiB.
const MEMORY_KIB_MAX: usize = 256 << 10;

/// Parsing runs in one thread.
const THREADS: u32 = 1;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mut source = BufReader::new(spool.reader());
    // Without a password none of its blocks is tried that needs one.
    let password = Password::empty();
    let archive = Archive::read_with_memory_limit(&mut source, &password, MEMORY_KIB_MAX);
    let archive = match archive {
        Ok(archive) => archive,
        Err(error) => {
            let (code, detail) = reason("the archive", &error);
            return gaps::skipped(Format::SevenZip.mime_type(), code, detail);
        }
    };
    let mut members = Members::new(Format::SevenZip.mime_type());
    let mut reading = Reading { packed_bytes: spool.size_bytes(), goes_on: true };
    for block in 0..archive.blocks.len() {
        if !reading.goes_on {
            break;
        }
        reading.block(session, &archive, block, &mut source, &mut members);
    }
    let in_no_block = archive.stream_map.file_block_index.iter().zip(&archive.files);
    for (_, file) in in_no_block.filter(|(block, file)| block.is_none() && !file.is_directory) {
        reading.member(session, file, &mut std::io::empty(), &mut members);
    }
    members.finish()
}

struct Reading {
    packed_bytes: u64,
    goes_on: bool,
}

impl Reading {
    /// Reads the members of a block.
    fn block(
        &mut self,
        session: &mut Session<'_>,
        archive: &Archive,
        index: usize,
        source: &mut BufReader<SpoolReader>,
        members: &mut Members,
    ) {
        let files = archive.stream_map.file_block_index.iter();
        let files = files.filter(|block| **block == Some(index)).count();
        let methods = archive.blocks[index].coders.iter();
        if methods.map(|coder| coder.encoder_method_id()).any(is_encryption) {
            (0..files).for_each(|_| members.skip(gaps::ENCRYPTED, "it is encrypted"));
            return;
        }
        let password = Password::empty();
        let decoder = BlockDecoder::new_with_memory_limit(
            THREADS,
            MEMORY_KIB_MAX,
            index,
            archive,
            &password,
            source,
        );
        let mut begun = 0;
        let result = decoder.for_each_entries(&mut |file, input| {
            begun += 1;
            if !file.is_directory {
                self.member(session, file, input, members);
            }
            Ok(self.goes_on)
        });
        if let Err(error) = result {
            let (code, detail) = reason("a block", &error);
            members.gap(code, detail.clone());
            (begun..files).for_each(|_| members.skip(code, &detail));
        }
    }

    fn member(
        &mut self,
        session: &mut Session<'_>,
        file: &ArchiveEntry,
        input: &mut dyn Read,
        members: &mut Members,
    ) {
        let packed_bytes = Cell::new(self.packed_bytes);
        self.goes_on &= members.read(session, file.name(), input, Some(&packed_bytes));
    }
}

fn is_encryption(method: &[u8]) -> bool {
    method == EncoderMethod::ID_AES256_SHA256
}

/// Why a 7z archive, or what is in it, can not be read.
fn reason(what: &str, error: &Error) -> (&'static str, String) {
    match error {
        Error::Io(error, _) => gaps::of_error(what, error),
        Error::PasswordRequired | Error::MaybeBadPassword(_) => {
            (gaps::ENCRYPTED, format!("{what} is encrypted"))
        }
        // The list of members is encrypted too.
        Error::UnsupportedCompressionMethod(method) if method.starts_with("AES") => {
            (gaps::ENCRYPTED, format!("{what} is encrypted"))
        }
        Error::UnsupportedCompressionMethod(_)
        | Error::Unsupported(_)
        | Error::ExternalUnsupported
        | Error::UnsupportedVersion { .. } => {
            (gaps::UNSUPPORTED, format!("{what} uses what is not supported"))
        }
        Error::MaxMemLimited { .. } => {
            (gaps::TOO_BIG, format!("{what} needs more than {MEMORY_KIB_MAX} KiB of memory"))
        }
        _ => (gaps::MALFORMED, format!("{what} is damaged")),
    }
}
