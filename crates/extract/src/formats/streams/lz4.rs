//! LZ4: frames one after the other, and the older form of them that `lz4 -l` and kernels write.

use super::Counting;
use std::io::{self, BufRead, BufReader, Read};

/// Begins a frame of the older form, in which blocks follow one another up to the end of the file.
const OLD: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// A block of the older form holds so much, save the last one.
const OLD_BLOCK_BYTES: usize = 8 << 20;

/// A block that does not compress is longer by so much (`LZ4_COMPRESSBOUND`).
const OLD_PACKED_BYTES_MAX: usize = OLD_BLOCK_BYTES + OLD_BLOCK_BYTES / 255 + 16;

/// The input behind its first bytes, and those.
type Begun<'r> = io::Chain<io::Cursor<Vec<u8>>, BufReader<Counting<'r>>>;

pub(super) fn decoder<'r>(mut input: BufReader<Counting<'r>>) -> io::Result<Box<dyn Read + 'r>> {
    let mut head = Vec::new();
    (&mut input).take(OLD.len() as u64).read_to_end(&mut head)?;
    if head == OLD {
        return Ok(Box::new(OldFrames { input, block: Vec::new(), at: 0, is_last: false }));
    }
    let input = io::Cursor::new(head).chain(input);
    Ok(Box::new(Lz4Frames { decoder: lz4_flex::frame::FrameDecoder::new(input) }))
}

/// Frames of the older form.
struct OldFrames<'r> {
    input: BufReader<Counting<'r>>,
    /// What the block that is read holds.
    block: Vec<u8>,
    /// How much of it was given out.
    at: usize,
    /// The last block was shorter than all others are: only a frame may follow.
    is_last: bool,
}

impl Read for OldFrames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.block.len() {
            if !self.next_block()? {
                return Ok(0);
            }
        }
        let count = (&self.block[self.at..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

impl OldFrames<'_> {
    /// Reads the next block. `false` at the end.
    fn next_block(&mut self) -> io::Result<bool> {
        if self.input.fill_buf()?.is_empty() {
            return Ok(false);
        }
        let mut head = [0; 4];
        self.input.read_exact(&mut head)?;
        if head == OLD {
            self.is_last = false;
            return Ok(true);
        }
        let length = u32::from_le_bytes(head) as usize;
        if self.is_last || length > OLD_PACKED_BYTES_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut packed = Vec::new();
        (&mut self.input).take(length as u64).read_to_end(&mut packed)?;
        if packed.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.block.resize(OLD_BLOCK_BYTES, 0);
        let length = lz4_flex::block::decompress_into(&packed, &mut self.block);
        let length = length.map_err(|_| io::Error::from(io::ErrorKind::InvalidData));
        self.block.truncate(*length.as_ref().unwrap_or(&0));
        self.at = 0;
        self.is_last = length? < OLD_BLOCK_BYTES;
        Ok(true)
    }
}

/// LZ4 frames one after the other; the decoder ends with each, also with an empty one, and where the
/// input ends between two blocks of one.
struct Lz4Frames<'r> {
    decoder: lz4_flex::frame::FrameDecoder<Begun<'r>>,
}

impl Read for Lz4Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            if self.decoder.get_mut().fill_buf()?.is_empty() {
                return self.end();
            }
        }
    }
}

impl Lz4Frames<'_> {
    /// A frame ends with four zeros, and perhaps a sum of its content.
    fn end(&self) -> io::Result<usize> {
        let [a, b, ..] = self.decoder.get_ref().get_ref().1.get_ref().last.as_chunks::<4>().0
        else {
            return Ok(0);
        };
        if *a == [0; 4] || *b == [0; 4] { Ok(0) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}
