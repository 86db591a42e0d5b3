//! Frames on a pipe: what it is, how long it is, and its bytes.

use std::io::{self, Read, Write};

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// To the child: an object begins; the limits.
    Begin = 1,
    /// To the child: its next bytes.
    Bytes = 2,
    /// To the child: it has no more.
    End = 3,
    /// From the child: a block.
    Block = 4,
    /// From the child: the coverage, as JSON. It has read the object to its end.
    Done = 5,
    /// From the child: it still reads, and has nothing to say.
    Alive = 6,
    /// To the child, before its first object: the passwords that may open its objects.
    Passwords = 7,
    /// From the child: a picture that is to be read.
    Picture = 8,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        let to_child = [Self::Passwords, Self::Begin, Self::Bytes, Self::End];
        let from_child = [Self::Block, Self::Done, Self::Alive, Self::Picture];
        let mut kinds = to_child.into_iter().chain(from_child);
        kinds.find(|kind| *kind as u8 == byte)
    }
}

/// No frame is longer: a block of the longest cell, and its segments.
pub(super) const FRAME_BYTES_MAX: usize = 1 << 29;

/// Writes one frame.
pub(super) fn write(
    output: &mut (impl Write + ?Sized),
    kind: Kind,
    payload: &[u8],
) -> io::Result<()> {
    write_parts(output, kind, &[payload])
}

/// Writes one frame whose payload stands in several places.
pub(super) fn write_parts(
    output: &mut (impl Write + ?Sized),
    kind: Kind,
    parts: &[&[u8]],
) -> io::Result<()> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let length = u32::try_from(length).ok().filter(|l| *l as usize <= FRAME_BYTES_MAX);
    let length = length.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut head = [kind as u8, 0, 0, 0, 0];
    head[1..].copy_from_slice(&length.to_le_bytes());
    output.write_all(&head)?;
    parts.iter().try_for_each(|part| output.write_all(part))
}

/// Reads what a frame is and how many bytes follow; `None` at the end of the pipe.
pub(super) fn read_head(input: &mut impl Read) -> io::Result<Option<(Kind, usize)>> {
    let mut head = [0; 5];
    match input.read(&mut head[..1])? {
        0 => return Ok(None),
        _ => input.read_exact(&mut head[1..])?,
    }
    let [kind, length @ ..] = head;
    let length = u32::from_le_bytes(length) as usize;
    let kind = Kind::of(kind).filter(|_| length <= FRAME_BYTES_MAX);
    let kind = kind.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(Some((kind, length)))
}

/// Reads one frame into `payload`; `None` at the end of the pipe.
pub(super) fn read(input: &mut impl Read, payload: &mut Vec<u8>) -> io::Result<Option<Kind>> {
    let Some((kind, length)) = read_head(input)? else { return Ok(None) };
    payload.clear();
    // A length that is a lie does not reserve its memory.
    (&mut *input).take(length as u64).read_to_end(payload)?;
    match payload.len() == length {
        true => Ok(Some(kind)),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
