//! `[formats.ocr]`: whether what pictures show is read, in which languages, and what that may take.

use super::limits::at_least_one;
use super::quantity::Size;
use super::reader::Section;
use lakegate_extract::PictureLimits;
use std::path::PathBuf;
use std::time::Duration;

/// How the program is called where its path is not told.
const TESSERACT: &str = "tesseract";

/// Less memory is not enough for the program itself.
const MEMORY_MIN: u64 = 64 << 20;

/// Reading of pictures by Tesseract.
#[derive(Clone, Debug)]
pub struct Ocr {
    /// Whether pictures are read at all.
    pub enabled: bool,
    /// Languages, as Tesseract names them.
    pub languages: Vec<String>,
    /// The program: a path, or a name that is looked for in `PATH`.
    pub program: PathBuf,
    /// CPU time that one picture may take; by the clock it may take four times as long.
    pub picture_time: Duration,
    /// How long all pictures of an object may take.
    pub object_time: Duration,
    /// Memory (address space) of the process that reads a picture.
    pub process_memory: Size,
    /// Which pictures are read.
    pub pictures: PictureLimits,
}

impl Default for Ocr {
    fn default() -> Self {
        Self {
            enabled: false,
            languages: vec!["eng".to_owned()],
            program: PathBuf::from(TESSERACT),
            picture_time: Duration::from_secs(60),
            object_time: Duration::from_secs(1_800),
            process_memory: Size(1 << 30),
            pictures: PictureLimits::default(),
        }
    }
}

impl Ocr {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        let pictures = &default.pictures;
        let enabled = section.value("enabled", default.enabled);
        let languages = section.value_where("languages", default.languages, |languages| {
            if languages.is_empty() { Err("is empty".to_owned()) } else { Ok(()) }
        });
        let program: String = section.value("program", TESSERACT.to_owned());
        let picture_time = section.value_where("picture_time", default.picture_time, whole_seconds);
        let object_time = section.value_where("object_time", default.object_time, whole_seconds);
        let process_memory =
            section.value_where("process_memory", default.process_memory, |size| {
                if size.0 < MEMORY_MIN { Err("is less than 64MiB".to_owned()) } else { Ok(()) }
            });
        let pixels_max = section.number("pixels", pictures.pixels_max, (1, 1_000_000_000));
        let bytes = Size(pictures.bytes_max);
        let bytes_max = section.value_where("picture_size", bytes, at_most_a_frame).0;
        let pictures_max = section.number("pictures", pictures.pictures_max, (1, 1_000_000));
        Self {
            enabled,
            languages,
            program: PathBuf::from(program),
            picture_time,
            object_time,
            process_memory,
            pictures: PictureLimits { pixels_max, bytes_max, pictures_max },
        }
    }
}

/// What goes from process to process at once.
fn at_most_a_frame(size: &Size) -> Result<(), String> {
    const FRAME_BYTES_MAX: u64 = 256 << 20;
    if size.0 > FRAME_BYTES_MAX {
        return Err("is more than 256MiB".to_owned());
    }
    at_least_one(size)
}

/// A time that the system counts in seconds.
pub(super) fn whole_seconds(time: &Duration) -> Result<(), String> {
    if time.as_secs() == 0 { Err("is less than a second".to_owned()) } else { Ok(()) }
}
