//! The processes that read objects of complex formats, and pictures: this program once more, told to do
//! nothing else.

use crate::config::Ocr;
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::{READING_PROCESS, RECOGNISING_PROCESS};
use lakegate_extract::process::{Pool, Recogniser, RecogniserError, RecogniserOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A pool of such processes. None is started before it is needed.
///
/// # Errors
/// When this program's own file is not known, or pictures are to be read and can not.
pub fn reading_processes(ocr: &Ocr) -> Result<Arc<Pool>, Failure> {
    let pool = Pool::new(own_program()?, vec![READING_PROCESS.into()]);
    Ok(Arc::new(match recogniser(ocr)? {
        Some(recogniser) => pool.with_recogniser(recogniser),
        None => pool,
    }))
}

/// What reads pictures; nothing if they are not to be read.
///
/// # Errors
/// When Tesseract is not there, can not be run, or does not know a language.
pub fn recogniser(ocr: &Ocr) -> Result<Option<Recogniser>, Failure> {
    if !ocr.enabled {
        return Ok(None);
    }
    let options = RecogniserOptions {
        program: own_program()?,
        arguments: vec![RECOGNISING_PROCESS.into()],
        tesseract: found(&ocr.program),
        languages: ocr.languages.clone(),
        picture_seconds_max: ocr.picture_time.as_secs(),
        object_seconds_max: ocr.object_time.as_secs(),
        memory_bytes: ocr.process_memory.0,
        pictures: ocr.pictures.clone(),
    };
    Recogniser::open(options).map(Some).map_err(|error| {
        let hint = match &error {
            RecogniserError::Language { language, .. } => {
                let package = language.replace(['_', '/'], "-").to_lowercase();
                format!("`apt install tesseract-ocr-{package}`, or change `formats.ocr.languages`")
            }
            RecogniserError::Name(_) => {
                "`formats.ocr.languages` holds names such as \"eng\" and \"deu\"".to_owned()
            }
            _ => "`apt install tesseract-ocr`, or set `formats.ocr.program` to its path".to_owned(),
        };
        let message = format!("pictures can not be read: {error}");
        Failure::new(Exit::Usage, Report::new("OCR", message).with_hint(hint))
    })
}

/// The program that runs, even if another version was put in its place since.
fn own_program() -> Result<PathBuf, Failure> {
    let running = PathBuf::from("/proc/self/exe");
    let program = if running.exists() { Ok(running) } else { std::env::current_exe() };
    program.map_err(|error| {
        let report = Report::new("SCAN_PROCESS", "this program's own file is not known");
        Failure::new(Exit::Failed, report.caused_by(&error))
    })
}

/// A program by its path, or by its name where programs are.
fn found(program: &Path) -> PathBuf {
    if program.components().count() > 1 {
        return std::path::absolute(program).unwrap_or_else(|_| program.to_owned());
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let place = std::env::split_paths(&folders).map(|folder| folder.join(program));
    place.into_iter().find(|place| place.is_file()).unwrap_or_else(|| program.to_owned())
}
