//! The real Tesseract, the pictures that are read by it, and what they show.

use lakegate_extract::PictureLimits;
use lakegate_extract::process::{Pool, Recogniser, RecogniserOptions};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

const PROGRAM: &str = env!("CARGO_BIN_EXE_lakegate-reading-process");

pub const CARD: &str = "Card number: 4539 7261 6751 3615";
pub const NUMBER: &str = "Social security number: 318-49-3004";
const MAIL: &str = "E-mail: mira@larkspur.example";
const ACCOUNT: &str = "IBAN: DE89 3704 0044 0532 0130 00";
pub const FORM: &[&str] = &[CARD, NUMBER, MAIL, ACCOUNT];

pub fn options(tesseract: &Path) -> RecogniserOptions {
    RecogniserOptions {
        program: PathBuf::from(PROGRAM),
        arguments: vec![OsString::from("recognise")],
        tesseract: tesseract.to_owned(),
        languages: vec!["eng".to_owned()],
        picture_seconds_max: 60,
        object_seconds_max: 600,
        memory_bytes: 1 << 30,
        pictures: PictureLimits::default(),
    }
}

/// Tesseract, wherever it stands.
pub fn tesseract() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let places = std::env::split_paths(&path).map(|folder| folder.join("tesseract"));
    places
        .into_iter()
        .find(|place| place.is_file())
        .expect("scripts/test.sh installs tesseract-ocr")
}

pub fn pool(options: Option<RecogniserOptions>) -> Pool {
    let pool = Pool::new(PathBuf::from(PROGRAM), Vec::new());
    match options {
        Some(options) => pool.with_recogniser(Recogniser::open(options).unwrap()),
        None => pool,
    }
}

pub fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    std::fs::read(folder.join(name)).unwrap()
}
