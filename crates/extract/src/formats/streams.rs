//! Compressed streams, which wrap one thing: gzip, Zstandard, bzip2, xz and LZ4, each also when several
//! streams stand one after the other.

use super::Format;
use crate::session::{Session, wrapping};
use lakegate_core::coverage::Coverage;
use std::cell::Cell;
use std::io::{self, BufReader, Read};

/// Bytes of input that decoders take at a time.
const INPUT_BYTES: usize = 64 << 10;

/// A Zstandard window may be this long, as `zstd --long` makes them; the format allows terabytes.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

pub(super) fn read(session: &mut Session<'_>, format: Format, input: &mut dyn Read) -> Coverage {
    let packed_bytes = Cell::new(0);
    let input = BufReader::with_capacity(INPUT_BYTES, Counting { input, bytes: &packed_bytes });
    let decoder = match decoder(format, input) {
        Ok(decoder) => decoder,
        Err(error) => Box::new(Broken(Some(error))),
    };
    let mut decoder = decoder;
    wrapping(format, session.within("", &mut *decoder, Some(&packed_bytes)))
}

fn decoder<'r>(format: Format, input: BufReader<Counting<'r>>) -> io::Result<Box<dyn Read + 'r>> {
    Ok(match format {
        Format::Zstandard => {
            let mut decoder = zstd::Decoder::with_buffer(input)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
            Box::new(decoder)
        }
        Format::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Format::Xz => Box::new(lzma_rust2::XzReader::new(input, true)),
        Format::Lz4 => Box::new(Lz4Frames::new(input)),
        _ => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
    })
}

/// Counts the compressed bytes.
struct Counting<'r> {
    input: &'r mut dyn Read,
    bytes: &'r Cell<u64>,
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

/// A stream that can not even be begun.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// LZ4 frames one after the other; the decoder ends with each.
struct Lz4Frames<R: Read> {
    decoder: lz4_flex::frame::FrameDecoder<R>,
    /// Empty reads in a row: two mean the end, for one ends each frame.
    ends: u32,
}

impl<R: Read> Lz4Frames<R> {
    fn new(input: R) -> Self {
        Self { decoder: lz4_flex::frame::FrameDecoder::new(input), ends: 0 }
    }
}

impl<R: Read> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.ends < 2 && !buffer.is_empty() {
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                self.ends = 0;
                return Ok(count);
            }
            self.ends += 1;
        }
        Ok(0)
    }
}
