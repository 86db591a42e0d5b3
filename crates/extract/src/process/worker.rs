//! The child: takes objects from standard input, gives blocks to standard output.

use super::confine;
use super::frame::{self, Kind};
use super::wire::Encoder;
use crate::extract::extract_with_spools;
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::picture::Picture;
use crate::text::reader::BlockSink;
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
    let Ok(spools) = open_spools() else { return false };
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
        let done = one_object(&limits, &passwords, &mut input, &mut output, &mut encoder, &spools);
        // Nothing of an object stays behind.
        if done.is_none() || spools.iter().any(|spool| spool.set_len(0).is_err()) {
            return false;
        }
    }
}

fn one_object(
    limits: &Limits,
    passwords: &Passwords,
    input: &mut dyn Read,
    output: &mut dyn Write,
    encoder: &mut Encoder,
    spools: &[Arc<File>],
) -> Option<()> {
    let mut object = Object { input, left: 0, is_ended: false };
    let mut sink = Sender { output, encoder, limits, is_broken: false };
    let mut open_spool = |depth: usize| {
        spools.get(depth).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::StorageFull))
    };
    let extracted =
        extract_with_spools(&mut object, limits, passwords, &mut sink, &mut open_spool).ok()?;
    io::copy(&mut object, &mut io::sink()).ok()?;
    if sink.is_broken || !object.is_ended {
        return None;
    }
    let coverage = serde_json::to_vec(&extracted.coverage).ok()?;
    frame::write(sink.output, Kind::Done, &coverage).ok()?;
    sink.output.flush().ok()
}

/// A file for each depth of containers, opened while files can be.
fn open_spools() -> io::Result<Vec<Arc<File>>> {
    let depth_max = Limits::default().containers_depth_max;
    (0..=depth_max).map(|_| tempfile::tempfile().map(Arc::new)).collect()
}

/// The bytes of the object that comes in.
struct Object<'i> {
    input: &'i mut dyn Read,
    /// Bytes of the frame that is under way.
    left: usize,
    is_ended: bool,
}

impl Read for Object<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            if self.is_ended {
                return Ok(0);
            }
            self.left = self.next_frame()?;
        }
        let length = buffer.len().min(self.left);
        let count = self.input.read(&mut buffer[..length])?;
        if count == 0 && length > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count;
        Ok(count)
    }
}

impl Object<'_> {
    /// The length of the next frame of bytes; notes the end.
    fn next_frame(&mut self) -> io::Result<usize> {
        match frame::read_head(&mut self.input)? {
            Some((Kind::Bytes, length)) => Ok(length),
            Some((Kind::End, 0)) => {
                self.is_ended = true;
                Ok(0)
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// Sends blocks to the parent.
struct Sender<'o> {
    output: &'o mut dyn Write,
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
