//! The parent: keeps children, gives them objects, and takes their blocks.

use super::apart::Within;
use super::confine::Confinement;
use super::frame::{self, Kind};
use super::pictures::Pictures;
use super::recogniser::{Recogniser, RecogniserConfinement};
use super::texts;
use super::watch::{EndOnPanic, Failed, Watch, Watched, ending, kill};
use super::wire::Decoder;
use crate::extract::{Extracted, type_of};
use crate::gaps;
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::text::reader::BlockSink;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use std::ffi::OsString;
use std::io::{self, BufReader, PipeWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::Ordering;

/// A child is replaced after so many objects, so that what leaks or rots does not pile up.
const OBJECTS_MAX: u32 = 1_000;

/// Children that wait for an object. Beyond that the one that waits longest is ended.
const IDLE_MAX: usize = 64;

/// Bytes that are given to a child at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Children that read objects.
#[derive(Debug)]
pub struct Pool {
    program: PathBuf,
    arguments: Vec<OsString>,
    idle: Mutex<Vec<Worker>>,
    recogniser: Option<Recogniser>,
}

#[derive(Debug)]
struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Where it is told what the texts came to that it gave.
    answers: PipeWriter,
    objects: u32,
    /// What it said of itself. One that was taken over since might lie, a fresh one has read nothing.
    confinement: Confinement,
    /// What it was given with its first object. A child that an object took over keeps what it was told, so it
    /// reads objects of these passwords' source alone; and one that was told none is told none later.
    passwords: Passwords,
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Pool {
    /// A pool of children of `program`, which with these arguments must do nothing but call
    /// [`super::serve`].
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self { program, arguments, idle: Mutex::new(Vec::new()), recogniser: None }
    }

    /// Has pictures read by a recogniser. Without one, what pictures show is not read.
    #[must_use]
    pub fn with_recogniser(self, recogniser: Recogniser) -> Self {
        Self { recogniser: Some(recogniser), ..self }
    }

    /// Reads one object as [`crate::extract()`] does, in a child. `head` is its first bytes, which are not
    /// in `input`. All of the input is read.
    ///
    /// # Errors
    /// When no child can be started. One that ends or does not come on is told in the coverage.
    pub fn extract(
        &self,
        head: &[u8],
        input: &mut (dyn Read + Send),
        limits: &Limits,
        sink: &mut dyn BlockSink,
    ) -> io::Result<Extracted> {
        self.extract_with_passwords(head, input, limits, &Passwords::default(), sink)
    }

    /// As [`Pool::extract`], with passwords for what is encrypted. A child that was given passwords is never
    /// given an object that has others, nor one that has none.
    ///
    /// # Errors
    /// As of [`Pool::extract`].
    pub fn extract_with_passwords(
        &self,
        head: &[u8],
        input: &mut (dyn Read + Send),
        limits: &Limits,
        passwords: &Passwords,
        sink: &mut dyn BlockSink,
    ) -> io::Result<Extracted> {
        let mut pictures = Pictures::new(self.recogniser.as_ref());
        let within = Within { pool: self, passwords, depth: 0 };
        let mut coverage = self.read((head, input), limits, within, sink, &mut pictures)?;
        pictures.finish(&mut coverage);
        Ok(Extracted { coverage })
    }

    /// Who reads pictures.
    pub(super) fn recogniser(&self) -> Option<&Recogniser> {
        self.recogniser.as_ref()
    }

    /// Reads one object, whose pictures are added to those that were read before.
    pub(super) fn read(
        &self,
        (head, input): (&[u8], &mut (dyn Read + Send)),
        limits: &Limits,
        within: Within<'_>,
        sink: &mut dyn BlockSink,
        pictures: &mut Pictures<'_>,
    ) -> io::Result<Coverage> {
        let mut worker = self.worker(within.passwords)?;
        let mut has_blocks = false;
        let limits = &Limits { pictures: pictures.limits(), ..limits.clone() };
        let parts = (&mut *sink, &mut *pictures, within);
        let result = worker.object(head, input, limits, parts, &mut has_blocks);
        Ok(match result {
            Ok(coverage) => {
                worker.objects += 1;
                // What it gave beyond the end would be taken for the next object's.
                if worker.objects < OBJECTS_MAX && worker.output.buffer().is_empty() {
                    self.give_back(worker);
                }
                coverage
            }
            Err(failed) => {
                let (code, detail) = worker.reason(failed);
                let mut coverage = gaps::skipped(type_of(head, limits), code, detail);
                if has_blocks {
                    coverage.status = CoverageStatus::Partial;
                }
                coverage
            }
        })
    }

    /// Asks a fresh child what holds it on this machine.
    ///
    /// # Errors
    /// When no child can be started.
    pub fn confinement(&self) -> io::Result<Confinement> {
        let worker = self.start(&Passwords::default())?;
        let confinement = worker.confinement;
        self.give_back(worker);
        Ok(confinement)
    }

    /// Asks a process that reads pictures what holds it on this machine, if there is one.
    ///
    /// # Errors
    /// When none can be started.
    pub fn recogniser_confinement(&self) -> io::Result<Option<RecogniserConfinement>> {
        self.recogniser.as_ref().map(Recogniser::confinement).transpose()
    }

    fn worker(&self, passwords: &Passwords) -> io::Result<Worker> {
        loop {
            let idle = self.idle.lock().ok().and_then(|mut idle| {
                let fits = |worker: &Worker| worker.passwords == *passwords;
                idle.iter().rposition(fits).map(|index| idle.remove(index))
            });
            let Some(mut worker) = idle else { return self.start(passwords) };
            // One may have been ended meanwhile, by whomever.
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Ok(worker);
            }
        }
    }

    fn give_back(&self, worker: Worker) {
        let oldest = self.idle.lock().ok().and_then(|mut idle| {
            idle.push(worker);
            (idle.len() > IDLE_MAX).then(|| idle.remove(0))
        });
        // It is ended while nobody waits for the others.
        drop(oldest);
    }

    fn start(&self, passwords: &Passwords) -> io::Result<Worker> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        // Where files without a name go.
        command.env("TMPDIR", std::env::temp_dir());
        let (questions, answers) = io::pipe()?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(questions);
        // Keys that a person presses are for the parent.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = pipes else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let mut worker = Worker {
            child,
            input,
            output: BufReader::with_capacity(PIECE_BYTES, output),
            answers,
            objects: 0,
            confinement: Confinement::default(),
            passwords: passwords.clone(),
        };
        // Its first word says that it has confined itself, how far, and that it has what it needs.
        let mut word = Vec::new();
        match frame::read(&mut worker.output, &mut word)? {
            Some(Kind::Alive) => {
                worker.confinement = serde_json::from_slice(&word).unwrap_or_default();
                Ok(worker)
            }
            _ => Err(io::Error::other("the process ended before it was ready")),
        }
    }
}

impl Worker {
    fn object(
        &mut self,
        head: &[u8],
        input: &mut (dyn Read + Send),
        limits: &Limits,
        (sink, pictures, within): (&mut dyn BlockSink, &mut Pictures<'_>, Within<'_>),
        has_blocks: &mut bool,
    ) -> Result<Coverage, Failed> {
        let watch = Watch::new(limits);
        let Self { child, input: pipe, output, answers, objects, passwords, .. } = self;
        let news = (*objects == 0 && !passwords.is_empty()).then_some(&*passwords);
        let child = Mutex::new(child);
        std::thread::scope(|scope| {
            let feeder = scope.spawn(|| {
                let fed = feed(head, input, (limits, news), pipe, &watch);
                if fed.is_err() {
                    // The child must not take a part for the whole, nor wait for the rest.
                    watch.end(Failed::Input, &child);
                }
            });
            let watcher = scope.spawn(|| watch.over(&child));
            let guard = EndOnPanic { child: &child, watch: &watch };
            let taken = take((output, answers), sink, (pictures, within), &watch, has_blocks);
            std::mem::forget(guard);
            if taken.is_err() {
                // The feeder may wait for a child that takes nothing more.
                kill(&child);
            }
            let is_fed = feeder.join().is_ok();
            watch.is_done.store(true, Ordering::Release);
            watcher.thread().unpark();
            // It may just be ending the child.
            let _ = watcher.join();
            let ended = watch.ended.lock().ok().and_then(|mut ended| ended.take());
            match ended {
                Some(why) => Err(why),
                None if !is_fed => Err(Failed::Input),
                None => taken,
            }
        })
    }

    /// The gap of an object at which the child failed.
    fn reason(mut self, failed: Failed) -> (&'static str, String) {
        let _ = self.child.kill();
        let status = self.child.wait();
        match failed {
            Failed::Stalled => (gaps::TIME, "its parser did not come on and was ended".to_owned()),
            Failed::TooLong => (gaps::TIME, "it took too long and was given up".to_owned()),
            Failed::Nonsense => {
                (gaps::CRASHED, "its parser gave nonsense and was ended".to_owned())
            }
            Failed::Input => (gaps::MALFORMED, "its bytes could not be read on".to_owned()),
            Failed::Ended => (gaps::CRASHED, ending(status)),
        }
    }
}

/// Gives the object's bytes to the child, and before its first the passwords. After a child's end all of the input
/// is still read.
fn feed(
    head: &[u8],
    input: &mut (dyn Read + Send),
    (limits, passwords): (&Limits, Option<&Passwords>),
    pipe: &mut ChildStdin,
    watch: &Watch<'_>,
) -> io::Result<()> {
    let numbers = serde_json::to_vec(limits)?;
    let told = passwords.map(|new| frame::write(pipe, Kind::Passwords, &new.to_wire()));
    let told = told.unwrap_or(Ok(()));
    let mut to_child = told.and_then(|()| frame::write(pipe, Kind::Begin, &numbers));
    let mut rest = head.chain(input);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        watch.is_waiting.store(true, Ordering::Relaxed);
        let count = rest.read(&mut piece);
        watch.is_waiting.store(false, Ordering::Relaxed);
        match count {
            Ok(0) => break,
            Ok(count) => {
                if to_child.is_ok() {
                    to_child = frame::write(pipe, Kind::Bytes, &piece[..count]);
                }
                watch.advance();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // A child that ended has its reason told by what it gave.
    if to_child.is_ok() {
        let _ = frame::write(pipe, Kind::End, &[]).and_then(|()| pipe.flush());
    }
    Ok(())
}

/// Takes blocks up to the coverage.
fn take(
    (output, answers): (&mut BufReader<ChildStdout>, &mut PipeWriter),
    sink: &mut dyn BlockSink,
    (pictures, within): (&mut Pictures<'_>, Within<'_>),
    watch: &Watch<'_>,
    has_blocks: &mut bool,
) -> Result<Coverage, Failed> {
    let mut decoder = Decoder::default();
    let mut payload = Vec::new();
    loop {
        let kind = frame::read(output, &mut payload).map_err(Failed::of)?.ok_or(Failed::Ended)?;
        watch.advance();
        match kind {
            Kind::Block => {
                let block = decoder.decode(&payload).map_err(|_| Failed::Nonsense)?;
                *has_blocks = true;
                sink.block(&block);
            }
            Kind::Picture => {
                let before = pictures.spent();
                let taken = watch.reading_elsewhere(|| {
                    let taken = pictures.take(&payload, watch.limits, sink);
                    (taken, pictures.spent() - before)
                });
                taken.map_err(|_| Failed::Nonsense)?;
                *has_blocks = true;
            }
            Kind::Text => {
                *has_blocks = true;
                let mut output = Watched { input: &mut *output, watch };
                let mut apart = within.deeper(watch, pictures);
                texts::take(&payload, &mut output, answers, watch.limits, sink, &mut apart)
                    .map_err(Failed::of)?;
            }
            Kind::Alive => {}
            Kind::Done => {
                return serde_json::from_slice(&payload).map_err(|_| Failed::Nonsense);
            }
            Kind::Passwords | Kind::Begin | Kind::Bytes | Kind::End | Kind::Read => {
                return Err(Failed::Nonsense);
            }
        }
    }
}
