//! The child: takes objects from standard input, gives blocks to standard output.

use super::confine;
use super::frame::{self, Kind, Stream};
use super::texts;
use super::wire::Encoder;
use crate::extract::extract_with_spools;
use crate::gaps;
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::picture::Picture;
use crate::text::reader::{BlockSink, TextPlace};
use lakegate_core::coverage::Coverage;
use lakegate_core::text::Block;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::Arc;
use zeroize::Zeroize;

/// Bytes that wait before they go over the pipe.
const PIPE_BYTES: usize = 256 << 10;

/// Takes objects until the parent has no more, under the limits that its environment can give. `false`
/// means that something broke which must not: the process should end with an error.
///
/// The calling program must do nothing else: files, network and processes are out of reach from here on.
pub fn serve() -> bool {
    // What a panic has to say may hold text of the object.
    std::panic::set_hook(Box::new(|_| {}));
    let (Ok(spools), Ok(mut answers)) = (open_spools(), answers()) else { return false };
    confine::enter();
    let mut input = BufReader::with_capacity(PIPE_BYTES, io::stdin().lock());
    let mut output = BufWriter::with_capacity(PIPE_BYTES, io::stdout().lock());
    let Ok(confinement) = serde_json::to_vec(&confine::tried()) else { return false };
    let told = frame::write(&mut output, Kind::Alive, &confinement).and_then(|()| output.flush());
    if told.is_err() {
        return false;
    }
    let mut payload = Vec::new();
    let mut encoder = Encoder::default();
    let mut passwords = Passwords::default();
    loop {
        match frame::read(&mut input, &mut payload) {
            Ok(None) => return true,
            Ok(Some(Kind::Begin)) => {}
            Ok(Some(Kind::Passwords)) => {
                let given = Passwords::of_wire(&payload);
                payload.zeroize();
                match given {
                    Some(given) => passwords = given,
                    None => return false,
                }
                continue;
            }
            Ok(Some(_)) | Err(_) => return false,
        }
        let Ok(limits) = serde_json::from_slice::<Limits>(&payload) else { return false };
        encoder.begin();
        confine::begin_object(&limits);
        let done = one_object(
            (&limits, &passwords),
            &mut input,
            &mut output,
            &mut answers,
            &mut encoder,
            &spools,
        );
        // Nothing of an object stays behind.
        if done.is_none() || spools.iter().any(|spool| spool.set_len(0).is_err()) {
            return false;
        }
    }
}

fn one_object(
    (limits, passwords): (&Limits, &Passwords),
    input: &mut dyn Read,
    output: &mut dyn Write,
    answers: &mut dyn Read,
    encoder: &mut Encoder,
    spools: &[Arc<File>],
) -> Option<()> {
    let mut object = Stream::new(input);
    let mut sink = Sender { output, answers, encoder, limits, is_broken: false };
    let mut open_spool = |depth: usize| {
        spools.get(depth).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::StorageFull))
    };
    let extracted =
        extract_with_spools(&mut object, limits, passwords, &mut sink, &mut open_spool).ok()?;
    io::copy(&mut object, &mut io::sink()).ok()?;
    if sink.is_broken || !object.is_ended() {
        return None;
    }
    let coverage = serde_json::to_vec(&extracted.coverage).ok()?;
    frame::write(sink.output, Kind::Done, &coverage).ok()?;
    sink.output.flush().ok()
}

/// The pipe on which the parent answers, in the place of standard error: nothing is ever said there.
fn answers() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stderr().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stderr().as_handle().try_clone_to_owned()?))
    }
}

/// A file for each depth of containers, opened while files can be.
fn open_spools() -> io::Result<Vec<Arc<File>>> {
    let depth_max = Limits::default().containers_depth_max;
    (0..=depth_max).map(|_| tempfile::tempfile().map(Arc::new)).collect()
}

/// Sends blocks to the parent.
struct Sender<'o> {
    output: &'o mut dyn Write,
    answers: &'o mut dyn Read,
    encoder: &'o mut Encoder,
    limits: &'o Limits,
    is_broken: bool,
}

impl BlockSink for Sender<'_> {
    fn block(&mut self, block: &Block<'_>) {
        let bytes = self.encoder.encode(block);
        if frame::write(self.output, Kind::Block, bytes).is_err() {
            self.is_broken = true;
        }
        confine::advanced(self.limits);
    }

    fn text(&mut self, place: &TextPlace<'_>, text: &mut dyn Read) -> Option<Coverage> {
        let Self { output, answers, limits, .. } = self;
        let read = texts::send(output, answers, place, text, || confine::advanced(limits));
        self.is_broken |= read.is_err();
        // What is said of a broken object is not listened to.
        Some(read.unwrap_or_else(|_| gaps::complete("text/plain")))
    }

    fn picture(&mut self, picture: &Picture<'_>) -> bool {
        if super::pictures::send(self.output, picture).is_err() {
            self.is_broken = true;
        }
        confine::advanced(self.limits);
        true
    }

    fn alive(&mut self) {
        if frame::write(self.output, Kind::Alive, &[]).is_err() {
            self.is_broken = true;
        }
        confine::advanced(self.limits);
    }
}
