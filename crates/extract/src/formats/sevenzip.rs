//! 7z archives, block by block and member by member.

use super::Format;
use super::zip::refused;
use crate::gaps;
use crate::members::Members;
use crate::passwords::{ROUNDS_OF_ONE_MAX, Refused};
use crate::session::Session;
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

/// Bytes of the list of members in which its encryption is looked for: that it is encrypted takes few.
const LIST_BYTES_MAX: usize = 4 << 10;

/// Where the file says how far behind its start the list of members is (7zFormat.txt, SignatureHeader).
const LIST_AT: usize = 12;
const START_BYTES: u64 = 32;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mut source = BufReader::new(spool.reader());
    let archive = match open(session, spool, &mut source) {
        Ok(archive) => archive,
        Err((code, detail)) => return gaps::skipped(Format::SevenZip.mime_type(), code, detail),
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

/// The list of members, which may be encrypted, too; or a gap.
fn open(
    session: &mut Session<'_>,
    spool: &Spool,
    source: &mut BufReader<SpoolReader>,
) -> Result<Archive, (&'static str, String)> {
    let mut parse =
        |password: &Password| Archive::read_with_memory_limit(source, password, MEMORY_KIB_MAX);
    match parse(&Password::empty()) {
        Ok(archive) => Ok(archive),
        Err(Error::PasswordRequired) => {
            let opened = session.unlock(list_rounds(spool), &[], |_, password| {
                parse(&Password::new(password)).map_err(|error| wrong(&error, "the archive"))
            });
            opened.map_err(|locked| locked.gap("the list of its members"))
        }
        Err(error) => Err(reason("the archive", &error)),
    }
}

/// What an error says of a password: all but a bound may come of the nonsense that a wrong one makes.
fn wrong(error: &Error, what: &str) -> Refused {
    match error {
        Error::MaxMemLimited { .. } | Error::UnsupportedCompressionMethod(_) => {
            let (code, detail) = reason(what, error);
            Refused::Broken(code, detail)
        }
        Error::Io(error, _) | Error::MaybeBadPassword(error) => refused(error),
        _ => Refused::Wrong,
    }
}

/// Rounds of a hash for the key of the list of members. It stands in the open how it is encrypted.
fn list_rounds(spool: &Spool) -> u64 {
    let start = spool.bytes(0, START_BYTES as usize).unwrap_or_default();
    let offset = start.get(LIST_AT..LIST_AT + 8).and_then(|bytes| bytes.try_into().ok());
    let at = offset.map(u64::from_le_bytes).and_then(|offset| offset.checked_add(START_BYTES));
    let list = at.and_then(|at| spool.bytes(at, LIST_BYTES_MAX).ok()).unwrap_or_default();
    let id = EncoderMethod::ID_AES256_SHA256;
    // Behind its name stands how many properties the method has, then the first.
    let powers = memchr::memmem::find_iter(&list, id).filter_map(|at| list.get(at + id.len() + 1));
    powers.map(|power| rounds(*power)).max().unwrap_or(ROUNDS_OF_ONE_MAX)
}

/// Rounds of a hash that the first property of the encryption asks for.
fn rounds(property: u8) -> u64 {
    // The greatest means that there are none.
    match property & 0x3f {
        0x3f => 0,
        power => 1 << power,
    }
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
        let password = match self.password(session, archive, index, source) {
            Ok(password) => password,
            Err((code, detail)) => {
                (0..files).for_each(|_| members.skip(code, &detail));
                return;
            }
        };
        let decoder = decoder(archive, index, &password, source);
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

    /// The password of a block, the empty one where it needs none; or a gap.
    fn password(
        &self,
        session: &mut Session<'_>,
        archive: &Archive,
        index: usize,
        source: &mut BufReader<SpoolReader>,
    ) -> Result<Password, (&'static str, String)> {
        let coders = archive.blocks[index].coders.iter();
        let encryption = coders.filter(|coder| is_encryption(coder.encoder_method_id()));
        let powers = encryption.map(|coder| coder.properties().first().map_or(0, |p| rounds(*p)));
        let Some(rounds) = powers.max() else { return Ok(Password::empty()) };
        let opened = session.unlock(rounds, &[], |session, password| {
            let password = Password::new(password);
            let decoder = decoder(archive, index, &password, source);
            self.check(session, decoder).map(|()| password)
        });
        opened.map_err(|locked| locked.gap("it"))
    }

    /// Whether the first member of a block has the right sum. The encryption itself has none, and what a
    /// wrong password makes is nonsense.
    fn check(
        &self,
        session: &mut Session<'_>,
        decoder: BlockDecoder<'_, BufReader<SpoolReader>>,
    ) -> Result<(), Refused> {
        let packed_bytes = Cell::new(self.packed_bytes);
        let mut checked = Err(Refused::Wrong);
        let result = decoder.for_each_entries(&mut |file, input| {
            if !file.has_stream {
                return Ok(true);
            }
            checked = match session.rehearse(input, Some(&packed_bytes)) {
                Ok(()) if file.has_crc => Ok(()),
                Ok(()) => {
                    let detail = "it is encrypted and has no sum to tell the right password by";
                    Err(Refused::Broken(gaps::ENCRYPTED, detail.into()))
                }
                Err(error) => Err(refused(&error)),
            };
            Ok(false)
        });
        match result {
            Ok(_) => checked,
            Err(error) => Err(wrong(&error, "it")),
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

fn decoder<'d>(
    archive: &'d Archive,
    index: usize,
    password: &'d Password,
    source: &'d mut BufReader<SpoolReader>,
) -> BlockDecoder<'d, BufReader<SpoolReader>> {
    BlockDecoder::new_with_memory_limit(THREADS, MEMORY_KIB_MAX, index, archive, password, source)
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
