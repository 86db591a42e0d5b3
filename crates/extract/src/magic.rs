//! Formats that are known by their first bytes: those that are read, and those that a report can only
//! name. A format missing from this table is refused as unknown binary data.

use crate::formats::{Format, ipc};

/// What first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Format(Format),
    Unreadable(Unreadable),
}

/// A format that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) name: &'static str,
    pub(crate) mime_type: &'static str,
}

struct Magic {
    at: usize,
    bytes: &'static [u8],
    known: Known,
}

/// A format that is only named.
const fn magic(
    at: usize,
    bytes: &'static [u8],
    name: &'static str,
    mime_type: &'static str,
) -> Magic {
    Magic { at, bytes, known: Known::Unreadable(Unreadable { name, mime_type }) }
}

/// A format that is read.
const fn read(at: usize, bytes: &'static [u8], format: Format) -> Magic {
    Magic { at, bytes, known: Known::Format(format) }
}

/// No text begins so, or what does is not readable as lines although it is made of characters.
const CERTAIN: &[Magic] = &[
    read(0, b"\x1f\x8b", Format::Gzip),
    read(0, b"PK\x03\x04", Format::Zip),
    read(0, b"PK\x05\x06", Format::Zip),
    read(0, b"PK\x07\x08", Format::Zip),
    read(0, b"%PDF-", Format::Pdf),
    read(0, b"Obj\x01", Format::Avro),
    read(0, b"\x28\xb5\x2f\xfd", Format::Zstandard),
    read(0, b"\xfd7zXZ\x00", Format::Xz),
    read(0, b"7z\xbc\xaf\x27\x1c", Format::SevenZip),
    read(0, b"\x04\x22\x4d\x18", Format::Lz4),
    read(0, b"\x02\x21\x4c\x18", Format::Lz4),
    magic(0, b"Rar!\x1a\x07", "RAR", "application/vnd.rar"),
    read(0, b"\x89PNG\r\n\x1a\n", Format::Png),
    read(0, b"\xff\xd8\xff", Format::Jpeg),
    read(0, b"GIF87a", Format::Gif),
    read(0, b"GIF89a", Format::Gif),
    magic(0, b"\x7fELF", "ELF", "application/x-elf"),
    read(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format::Ole),
    read(0, b"SQLite format 3\x00", Format::Sqlite),
    read(0, b"{\\rtf", Format::Rtf),
    magic(0, b"-----BEGIN PGP MESSAGE-----", "PGP message", "application/pgp-encrypted"),
    magic(0, b"$ANSIBLE_VAULT;", "Ansible vault", "application/x-ansible-vault"),
    magic(0, b"age-encryption.org/", "age-encrypted file", "application/x-age"),
    magic(0, b"-----BEGIN AGE ENCRYPTED FILE-----", "age-encrypted file", "application/x-age"),
];

/// The mark of a tar archive, and where it stands: all before it may be text.
const TAR: Magic = read(257, b"ustar", Format::Tar);

/// Text may begin so: these name what was already found not to be text.
const LIKELY: &[Magic] = &[
    read(0, b"PAR1", Format::Parquet),
    read(0, b"PARE", Format::Parquet),
    read(0, b"ORC", Format::Orc),
    read(0, b"ARROW1", Format::ArrowFile),
    magic(0, b"FEA1", "Feather version 1", "application/x-feather"),
    read(0, b"BZh", Format::Bzip2),
    read(0, b"II*\x00", Format::Tiff),
    read(0, b"MM\x00*", Format::Tiff),
    read(0, b"BM", Format::Bmp),
    read(0, b"\x78\x9f\x3e\x22", Format::Tnef),
    read(8, b"WEBP", Format::Webp),
    magic(0, b"RIFF", "RIFF (audio, video or WebP)", "application/x-riff"),
    magic(0, b"OggS", "Ogg", "application/ogg"),
    magic(0, b"ID3", "MP3", "audio/mpeg"),
    magic(0, b"fLaC", "FLAC", "audio/flac"),
    read(4, b"ftyphei", Format::Heif),
    read(4, b"ftyphev", Format::Heif),
    read(4, b"ftypmif1", Format::Heif),
    read(4, b"ftypmsf1", Format::Heif),
    read(4, b"ftypavi", Format::Heif),
    magic(4, b"ftyp", "MP4 or QuickTime", "video/mp4"),
    magic(0, b"\x1aE\xdf\xa3", "Matroska", "video/x-matroska"),
    magic(0, b"MZ", "Windows program", "application/vnd.microsoft.portable-executable"),
    magic(0, b"\xca\xfe\xba\xbe", "Java class", "application/java-vm"),
    magic(0, b"\x00asm", "WebAssembly", "application/wasm"),
    magic(0, b"\x1f\x9d", "compress", "application/x-compress"),
    magic(0, b"MSCF", "CAB", "application/vnd.ms-cab-compressed"),
    magic(0, b"\x89HDF\r\n\x1a\n", "HDF5", "application/x-hdf5"),
    magic(0, b"\x93NUMPY", "NumPy", "application/x-numpy"),
    magic(0, b"Salted__", "OpenSSL-encrypted file", "application/octet-stream"),
];

/// A PDF's header may stand behind some foreign bytes (ISO 32000, annex H).
const PDF_HEADER_WITHIN: usize = 1024;

pub(crate) const UNKNOWN: Unreadable =
    Unreadable { name: "unknown binary data", mime_type: "application/octet-stream" };

/// The format whose mark no text bears.
pub(crate) fn certain(head: &[u8]) -> Option<Known> {
    let is_old_tar = || is_old_tar(head).then_some(Known::Format(Format::Tar));
    let is_tar = || find(std::slice::from_ref(&TAR), head).filter(|_| head[..257].contains(&0));
    let is_arrow = || {
        let is_stream = head.starts_with(&[0xff; 4]) && ipc::is_stream(head);
        is_stream.then_some(Known::Format(Format::ArrowStream))
    };
    let is_orc = || begins_orc(head).then_some(Known::Format(Format::Orc));
    find(CERTAIN, head)
        .or_else(is_tar)
        .or_else(is_old_tar)
        .or_else(is_arrow)
        .or_else(is_orc)
        .or_else(|| {
            let head = &head[..head.len().min(PDF_HEADER_WITHIN)];
            head.split(|b| matches!(b, b'\n' | b'\r'))
                .any(|line| line.starts_with(b"%PDF-"))
                .then_some(Known::Format(Format::Pdf))
        })
}

/// Whether an ORC file begins here, even if it reads like text: behind its mark stands a compressed
/// chunk, or a message of its own.
fn begins_orc(head: &[u8]) -> bool {
    let Some([first, second, third, ..]) = head.strip_prefix(b"ORC") else { return false };
    match first {
        b'\n' => second.is_ascii_control() && matches!(third, 0x0a | 0x12),
        b'\t' | b'\r' => false,
        first => first.is_ascii_control() || *first >= 0x80,
    }
}

/// The best name for what was found not to be text.
pub(crate) fn of_binary(head: &[u8]) -> Known {
    if ipc::is_stream(head) {
        return Known::Format(Format::ArrowStream);
    }
    find(LIKELY, head).unwrap_or(Known::Unreadable(UNKNOWN))
}

/// Whether the first block is a header of tar from before it had a mark: only its sum tells.
fn is_old_tar(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<512>() else { return false };
    let digits = block[148..156].iter().filter(|byte| **byte != b' ');
    let digits = digits.take_while(|byte| (b'0'..=b'7').contains(*byte));
    let told = digits.fold(0, |sum, digit| sum * 8 + u32::from(digit - b'0'));
    let blanks = 8 * u32::from(b' ');
    let others = block[..148].iter().chain(&block[156..]).map(|byte| u32::from(*byte));
    block[0] != 0 && told > blanks && told == blanks + others.sum::<u32>()
}

fn find(table: &[Magic], head: &[u8]) -> Option<Known> {
    table
        .iter()
        .find(|magic| head.get(magic.at..).is_some_and(|tail| tail.starts_with(magic.bytes)))
        .map(|magic| magic.known)
}
