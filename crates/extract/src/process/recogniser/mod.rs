//! Tesseract, which reads pictures: a process for each picture, with so much memory and time, on Linux without
//! files but its own, network or further processes, and gone when it took too long.
//!
//! It parses what a hostile object holds, so nothing that it gives is believed but text; and no picture counts as
//! read unless it says so.

mod confined;
#[cfg(target_os = "linux")]
mod files;
mod table;

pub use confined::{RecogniserConfinement, recognise};

use crate::gaps;
use crate::limits::PictureLimits;
use crate::picture::Picture;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Bytes that one picture's text with its places may have.
const TABLE_BYTES_MAX: u64 = 64 << 20;

/// A process that has so many seconds of CPU time has so many times as many by the clock: it may have to wait for
/// others.
const CLOCK_TIMES: u64 = 4;

/// Seconds in which the recogniser must say who it is.
const GREETING_SECONDS_MAX: u64 = 60;

/// Languages that it may have.
const LANGUAGES_MAX: usize = 1_000;

/// What it calls the data by which it tells how a page is turned.
const TURNED_PAGES: &str = "osd";

/// How the recogniser is run.
#[derive(Clone, Debug)]
pub struct RecogniserOptions {
    /// The program that confines itself and becomes the recogniser, and the words by which it does: what follows
    /// them it must give to [`recognise`].
    pub program: PathBuf,
    /// See `program`.
    pub arguments: Vec<OsString>,
    /// Tesseract: an absolute path.
    pub tesseract: PathBuf,
    /// Languages, as Tesseract names them: `eng`, `deu`.
    pub languages: Vec<String>,
    /// Seconds of CPU time that one picture may take; by the clock four times as many.
    pub picture_seconds_max: u64,
    /// Seconds after which no further picture of an object is read.
    pub object_seconds_max: u64,
    /// Memory of the process that reads a picture, in bytes of its address space.
    pub memory_bytes: u64,
    /// Which pictures are read.
    pub pictures: PictureLimits,
}

/// Why there is no recogniser.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecogniserError {
    /// Tesseract can not be run.
    #[error("Tesseract ({}) can not be run: {why}", program.display())]
    Program {
        /// Where it was looked for.
        program: PathBuf,
        /// What went wrong.
        why: String,
    },
    /// It does not know a language.
    #[error("Tesseract has no data for the language `{language}` (it has: {known})")]
    Language {
        /// The language.
        language: String,
        /// Those that it has.
        known: String,
    },
    /// What is called a language can not be one.
    #[error("`{0}` is not the name of a language")]
    Name(String),
}

/// Reads pictures.
#[derive(Debug)]
pub struct Recogniser {
    options: RecogniserOptions,
    version: String,
    /// Whether it can tell how a page is turned.
    knows_turned_pages: bool,
}

/// Why a picture was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It took too long.
    TooLong,
    /// The pictures before it took all the time that there is for one object.
    Spent,
    /// It is no picture that the recogniser reads.
    Refused,
    /// The recogniser broke off, or needed too much memory.
    Broken,
    /// There is too much text.
    TooMuch,
    /// The recogniser can not be started.
    NotStarted,
}

impl Unread {
    /// The code and the words of the gap.
    pub fn reason(self) -> (&'static str, &'static str) {
        match self {
            Unread::TooLong => (gaps::TIME, "reading it took too long and was given up"),
            Unread::Spent => (gaps::TIME, "reading those before it took too long"),
            Unread::Refused => (
                gaps::MALFORMED,
                "it is damaged, too big for its reader, or of a kind that is not read",
            ),
            Unread::Broken => (gaps::CRASHED, "its reader broke off, or needed too much memory"),
            Unread::TooMuch => (gaps::TOO_BIG, "it gives more text than is read"),
            Unread::NotStarted => (gaps::CRASHED, "its reader could not be started"),
        }
    }
}

impl Recogniser {
    /// Looks whether Tesseract is there, and knows the languages.
    ///
    /// # Errors
    /// When it can not be run, confined as it will be, or does not know a language.
    pub fn open(options: RecogniserOptions) -> Result<Self, RecogniserError> {
        let is_name = |name: &&String| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/');
            !name.is_empty() && name.chars().all(is_plain)
        };
        if let Some(name) = options.languages.iter().find(|name| !is_name(name)) {
            return Err(RecogniserError::Name(name.clone()));
        }
        let mut recogniser = Self { options, version: String::new(), knows_turned_pages: false };
        recogniser.version = recogniser.ask("--version", |answer| {
            let words = answer.lines().next()?.split_whitespace().collect::<Vec<_>>();
            matches!(words[..], ["tesseract", _]).then(|| words[1].to_owned())
        })?;
        let known: Vec<String> = recogniser.ask("--list-langs", |answer| {
            let names = answer.lines().skip(1).take(LANGUAGES_MAX);
            Some(names.map(|name| name.trim().to_owned()).collect())
        })?;
        let has = |language: &String| known.contains(language);
        if let Some(language) = recogniser.options.languages.iter().find(|name| !has(name)) {
            return Err(RecogniserError::Language {
                language: language.clone(),
                known: known.join(", "),
            });
        }
        recogniser.knows_turned_pages = known.iter().any(|name| name == TURNED_PAGES);
        Ok(recogniser)
    }

    /// The answer to a question that is a flag.
    fn ask<T>(
        &self,
        flag: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, RecogniserError> {
        let program = self.options.tesseract.clone();
        let failed = |why: &str| RecogniserError::Program { program, why: why.to_owned() };
        if !self.options.tesseract.is_file() {
            return Err(failed("there is no such program"));
        }
        let answer = match self.run(&[flag.to_owned()], b"", GREETING_SECONDS_MAX) {
            Ok(answer) => answer,
            Err(why) => return Err(failed(why.reason().1)),
        };
        read(&String::from_utf8_lossy(&answer))
            .ok_or_else(|| failed("what it says is not understood"))
    }

    /// Asks a process what holds it on this machine.
    ///
    /// # Errors
    /// When none can be started.
    pub fn confinement(&self) -> io::Result<RecogniserConfinement> {
        let tesseract = self.options.tesseract.clone().into_os_string();
        let asked = [OsString::new(), tesseract];
        let answer = self.run_program(&asked, b"", GREETING_SECONDS_MAX);
        let answer = answer.map_err(|why| io::Error::other(why.reason().1))?;
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// Who it is, in words.
    pub fn name(&self) -> String {
        format!("Tesseract {} ({})", self.version, self.options.languages.join(", "))
    }

    /// Which pictures are read.
    pub(super) fn limits(&self) -> &PictureLimits {
        &self.options.pictures
    }

    /// The lines of one page of a picture. `spent` is what the object's pictures took so far.
    pub(super) fn read(
        &self,
        picture: &Picture<'_>,
        frame: u32,
        spent: Duration,
    ) -> Result<String, Unread> {
        let options = &self.options;
        if spent >= Duration::from_secs(options.object_seconds_max) {
            return Err(Unread::Spent);
        }
        let segmentation = if self.knows_turned_pages { "1" } else { "3" };
        let languages = options.languages.join("+");
        let arguments = ["stdin", "stdout", "-l", &languages, "--psm", segmentation];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.extend(["-c".to_owned(), "tessedit_create_tsv=1".to_owned()]);
        if picture.frames > 1 {
            arguments.extend(["-c".to_owned(), format!("tessedit_page_number={frame}")]);
        }
        let answer = self.run(&arguments, &picture.bytes, options.picture_seconds_max)?;
        table::lines(&String::from_utf8_lossy(&answer)).ok_or(Unread::Refused)
    }

    /// What the recogniser gives for these arguments and this input.
    fn run(&self, arguments: &[String], input: &[u8], seconds_max: u64) -> Result<Vec<u8>, Unread> {
        let program = self.options.tesseract.clone().into_os_string();
        let arguments = arguments.iter().map(OsString::from);
        let words: Vec<OsString> = std::iter::once(program).chain(arguments).collect();
        self.run_program(&words, input, seconds_max)
    }

    /// The same for a program and its arguments.
    fn run_program(
        &self,
        words: &[OsString],
        input: &[u8],
        seconds_max: u64,
    ) -> Result<Vec<u8>, Unread> {
        let mut child = self.start(words, seconds_max).map_err(|_| Unread::NotStarted)?;
        let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            end(&mut child);
            return Err(Unread::NotStarted);
        };
        let clock_max = Duration::from_secs(seconds_max.saturating_mul(CLOCK_TIMES));
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            // It may end before it took all of the picture.
            scope.spawn(move || to.write_all(input));
            scope.spawn(move || {
                let mut answer = Vec::new();
                let read = from.take(TABLE_BYTES_MAX + 1).read_to_end(&mut answer);
                let _ = sender.send(read.map(|_| answer));
            });
            let answer = receiver.recv_timeout(clock_max);
            let is_over = answer.is_err();
            if is_over || matches!(&answer, Ok(Ok(answer)) if answer.len() as u64 > TABLE_BYTES_MAX)
            {
                end(&mut child);
            }
            // Who closes its output has nothing more to do.
            let status = ended(&mut child);
            match (answer, status) {
                (Err(_), _) => Err(Unread::TooLong),
                (Ok(Ok(answer)), _) if answer.len() as u64 > TABLE_BYTES_MAX => {
                    Err(Unread::TooMuch)
                }
                (Ok(Ok(answer)), Some(status)) if status.success() => Ok(answer),
                (Ok(_), Some(status)) => Err(failure(status)),
                (Ok(_), None) => Err(Unread::Broken),
            }
        })
    }

    fn start(&self, words: &[OsString], seconds_max: u64) -> io::Result<Child> {
        let options = &self.options;
        let mut command = Command::new(&options.program);
        command.args(&options.arguments);
        command.arg(options.memory_bytes.to_string()).arg(seconds_max.to_string());
        command.args(words);
        command.env_clear().env("OMP_THREAD_LIMIT", "1").current_dir("/");
        if let Some(folder) = std::env::var_os("TESSDATA_PREFIX") {
            command.env("TESSDATA_PREFIX", folder);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // So that all of it can be ended, and a person's keys do not.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn()
    }
}

/// Seconds in which a process that closed its output must be gone.
const LEAVING_SECONDS_MAX: u64 = 5;

/// Waits for a process that closed its output, and ends it if it does not go.
fn ended(child: &mut Child) -> Option<ExitStatus> {
    const LOOK_EVERY: Duration = Duration::from_millis(5);
    let looks = LEAVING_SECONDS_MAX * 1_000 / LOOK_EVERY.as_millis() as u64;
    for _ in 0..looks {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(LOOK_EVERY),
            Ok(status) => return status,
            Err(_) => return None,
        }
    }
    end(child);
    child.wait().ok()
}

/// Ends a process with all that it started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        let group = rustix::process::Pid::from_child(child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
}

/// Why it failed, by how it ended: by itself at a picture that it does not read, or not by itself.
fn failure(status: ExitStatus) -> Unread {
    match status.code() {
        Some(confined::NOT_STARTED) => Unread::NotStarted,
        Some(_) => Unread::Refused,
        None => {
            #[cfg(unix)]
            {
                const CPU: i32 = 24;
                use std::os::unix::process::ExitStatusExt;
                if status.signal() == Some(CPU) {
                    return Unread::TooLong;
                }
            }
            Unread::Broken
        }
    }
}
