//! Pictures: what is written about what they show. What they show themselves is handed on, as files, to
//! whoever reads it; where nobody does, or one is too big, a picture is never called wholly read.

mod enlarge;
mod exif;
mod gif;
mod iptc;
mod jpeg;
mod png;
mod show;
mod size;
mod webp;

pub(crate) use size::head_size;

use super::{Format, decoded};
use crate::gaps;
use crate::session::Session;
use crate::spool::Spool;
use crate::writer::TextWriter;
use ::exif::Exif;
use lakegate_core::coverage::{Coverage, CoverageStatus};

/// Text of one piece of a picture, when decompressed.
const TEXT_BYTES_MAX: u64 = 16 << 20;

/// All text of a picture.
const TEXTS_BYTES_MAX: usize = 64 << 20;

const XMP_BEGIN: &[u8] = b"<x:xmpmeta";
const XMP_END: &[u8] = b"</x:xmpmeta>";

/// What is written in a picture.
#[derive(Default)]
struct Written {
    text: String,
    damaged: u64,
    /// There is more than was read.
    is_cut: bool,
    /// What stands after the picture's end.
    rest_start: Option<usize>,
    /// Where the pictures of a GIF stand, each with its size.
    frames: Vec<gif::Frame>,
}

pub(super) fn read(session: &mut Session<'_>, format: Format, spool: &Spool) -> Coverage {
    let mime_type = format.mime_type();
    let bytes = match super::whole(session, spool, mime_type, "the picture") {
        Ok(bytes) => bytes,
        Err(skipped) => return *skipped,
    };
    let mut written = Written::default();
    match format {
        Format::Png => png::read(&bytes, &mut written),
        Format::Webp => webp::read(&bytes, &mut written),
        Format::Tiff => written.exif(&bytes),
        Format::Heif => written.heif(&bytes),
        Format::Bmp => written.rest_start = bmp_end(&bytes),
        Format::Gif => {
            gif::read(&bytes, &mut written);
            written.packets(&bytes);
        }
        _ => jpeg::read(&bytes, &mut written),
    }
    let mut coverage = gaps::complete(mime_type);
    let is_shown = show::picture(session, format, &bytes, &written, &mut coverage);
    if written.damaged > 0 {
        let detail = format!("parts of its description that are damaged: {}", written.damaged);
        gaps::gap(&mut coverage, gaps::MALFORMED, detail);
    }
    if written.is_cut {
        gaps::gap(&mut coverage, gaps::TOO_BIG, "there is too much text in it");
    }
    let mut writer = TextWriter::new(session, None);
    writer.push(&written.text);
    coverage.units_inspected = writer.finish();
    let rest = written.rest_start.and_then(|start| bytes.get(start..)).unwrap_or_default();
    read_rest(session, rest, &mut coverage);
    if coverage.units_inspected == 0 && !is_shown {
        coverage.status = CoverageStatus::Skipped;
    }
    coverage
}

/// Where a BMP says to end.
fn bmp_end(bytes: &[u8]) -> Option<usize> {
    let length = bytes.get(2..)?.first_chunk()?;
    // Some leave it out.
    usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length > 2)
}

/// Reads what stands after the picture, as what it is.
fn read_rest(session: &mut Session<'_>, rest: &[u8], coverage: &mut Coverage) {
    if rest.iter().all(|byte| matches!(byte, 0 | 0xff) || byte.is_ascii_whitespace()) {
        return;
    }
    super::rest(session, rest, "after the picture", coverage);
}

impl Written {
    /// A line, after the name of what it tells.
    fn line(&mut self, name: &str, value: &str) {
        let value = value.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        if value.is_empty() {
            return;
        }
        if self.text.len() + value.len() > TEXTS_BYTES_MAX {
            self.is_cut = true;
            return;
        }
        if !name.is_empty() {
            self.text.extend([name, ": "]);
        }
        self.text.extend([value, "\n"]);
    }

    /// A packet of XMP, which is XML.
    fn xmp(&mut self, bytes: &[u8]) {
        self.line("", &decoded(bytes));
    }

    /// Packets of XMP, wherever they stand.
    fn packets(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(start) = memchr::memmem::find(rest, XMP_BEGIN) {
            rest = &rest[start..];
            let end = memchr::memmem::find(rest, XMP_END).unwrap_or(rest.len());
            self.xmp(&rest[..end]);
            rest = &rest[end..];
        }
    }

    /// The fields in a container that cameras of telephones write.
    fn heif(&mut self, bytes: &[u8]) {
        let read = ::exif::Reader::new()
            .continue_on_error(true)
            .read_from_container(&mut std::io::Cursor::new(bytes));
        match read {
            // There need be none.
            Err(::exif::Error::NotFound(_)) => {}
            read => self.fields(read),
        }
        self.packets(bytes);
    }

    /// The fields of a camera, which are a TIFF without a picture.
    fn exif(&mut self, bytes: &[u8]) {
        self.fields(::exif::Reader::new().continue_on_error(true).read_raw(bytes.to_vec()));
    }

    fn fields(&mut self, read: Result<Exif, ::exif::Error>) {
        let mut damaged = 0;
        let read = read.or_else(|error| {
            error.distill_partial_result(|errors| {
                let is_damage = |error: &&::exif::Error| !is_missing_end(error);
                damaged += errors.iter().filter(is_damage).count() as u64;
            })
        });
        match read {
            Ok(found) => exif::write(&found, self),
            Err(_) => damaged += 1,
        }
        self.damaged += damaged;
    }
}

/// Programs leave out that no directory follows the one of places or of the camera; what stands there is
/// taken for the place of one then. All fields were read by that time.
fn is_missing_end(error: &::exif::Error) -> bool {
    matches!(error, ::exif::Error::InvalidFormat("Unexpected next IFD"))
}
