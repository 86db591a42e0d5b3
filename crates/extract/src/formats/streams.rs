//! Compressed streams, which wrap one thing: gzip, Zstandard, bzip2, xz and LZ4, each also when several
//! streams stand one after the other.

mod lz4;

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
    let input = BufReader::with_capacity(
        INPUT_BYTES,
        Counting { input, bytes: &packed_bytes, last: [0; 8] },
    );
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
        Format::Lz4 => lz4::decoder(input)?,
        _ => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
    })
}

/// Counts the compressed bytes.
struct Counting<'r> {
    input: &'r mut dyn Read,
    bytes: &'r Cell<u64>,
    /// The last bytes that came.
    last: [u8; 8],
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes.set(self.bytes.get() + count as u64);
        let newest = &buffer[count.saturating_sub(8)..count];
        self.last.copy_within(newest.len().., 0);
        self.last[8 - newest.len()..].copy_from_slice(newest);
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
