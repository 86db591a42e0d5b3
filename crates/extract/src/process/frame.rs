//! Frames on a pipe: what it is, how long it is, and its bytes.

use std::io::{self, Read, Write};

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// To the child: an object begins; the limits.
    Begin = 1,
    /// The next bytes of the object, or of a text from the child.
    Bytes = 2,
    /// It has no more.
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
    /// From the child: a long text begins; where it is.
    Text = 9,
    /// To the child, on the pipe of answers: the coverage of the text it gave, as JSON.
    Read = 10,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        let to_child = [Self::Passwords, Self::Begin, Self::Bytes, Self::End, Self::Read];
        let from_child = [Self::Block, Self::Done, Self::Alive, Self::Picture, Self::Text];
        let mut kinds = to_child.into_iter().chain(from_child);
        kinds.find(|kind| *kind as u8 == byte)
    }
}

/// No frame is longer: a block of the longest cell, and its segments.
pub(super) const FRAME_BYTES_MAX: usize = 1 << 29;

/// Bytes of what is said of a text or a picture before it: mostly the path of its member.
pub(super) const HEAD_BYTES_MAX: usize = 1 << 20;

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

/// Bytes that come in frames, up to the frame that ends them.
pub(super) struct Stream<R> {
    input: R,
    /// Bytes of the frame that is under way.
    left: usize,
    is_ended: bool,
    /// What came was no frame of it: from there on nothing makes sense.
    is_broken: bool,
}

impl<R: Read> Stream<R> {
    pub fn new(input: R) -> Self {
        Self { input, left: 0, is_ended: false, is_broken: false }
    }

    /// Whether all of it was read, and its end came.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// The length of the next frame of bytes; notes the end.
    fn next_frame(&mut self) -> io::Result<usize> {
        if self.is_broken {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let head = read_head(&mut self.input);
        self.is_broken = !matches!(head, Ok(Some((Kind::Bytes, _) | (Kind::End, 0))));
        match head? {
            Some((Kind::Bytes, length)) => Ok(length),
            Some((Kind::End, 0)) => {
                self.is_ended = true;
                Ok(0)
            }
            Some(_) => Err(io::ErrorKind::InvalidData.into()),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl<R: Read> Read for Stream<R> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_ends_at_its_end_and_nowhere_else() {
        let mut sound = Vec::new();
        write(&mut sound, Kind::Bytes, b"ab").unwrap();
        write(&mut sound, Kind::Bytes, b"c").unwrap();
        let mut strange = sound.clone();
        write(&mut strange, Kind::Block, &[Kind::End as u8, 0, 0, 0, 0]).unwrap();
        write(&mut sound, Kind::End, &[]).unwrap();
        let mut stream = Stream::new(&sound[..]);
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        assert!(text == b"abc" && stream.is_ended());
        let mut stream = Stream::new(&strange[..]);
        for _ in 0..3 {
            let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
        assert!(!stream.is_ended());
        let mut stream = Stream::new(&sound[..sound.len() - 5]);
        assert!(stream.read_to_end(&mut Vec::new()).is_err() && !stream.is_ended());
    }
}
