//! A stream of an ORC file: bytes, compressed chunk by chunk, of which one chunk is in memory.

use crate::formats::columnar::codecs::{self, Codec, malformed};
use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::spool::Spool;
use bytes::Bytes;

/// Bytes that are taken at a time of what is not compressed.
const PIECE_BYTES: u64 = 256 << 10;

/// How the file is compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compression {
    pub codec: Codec,
    /// A chunk expands to no more than this.
    pub block_bytes: usize,
}

/// Reads a stream from front to back.
#[derive(Debug)]
pub(super) struct Stream {
    spool: Spool,
    /// Where the next chunk stands.
    at: u64,
    end: u64,
    compression: Compression,
    limits: Limits,
    chunk: Bytes,
    /// How much of the chunk was read.
    read: usize,
    /// A value that lies in more than one chunk.
    joined: Vec<u8>,
}

impl Stream {
    /// The stream that stands at these bytes of the file.
    pub fn new(
        spool: &Spool,
        at: u64,
        length: u64,
        compression: Compression,
        limits: &Limits,
    ) -> Result<Self, Bound> {
        let end = at.checked_add(length).filter(|end| *end <= spool.size_bytes());
        let end = end.ok_or_else(|| malformed("a stream lies beyond the end of the file"))?;
        Ok(Self {
            spool: spool.clone(),
            at,
            end,
            compression,
            limits: limits.clone(),
            chunk: Bytes::new(),
            read: 0,
            joined: Vec::new(),
        })
    }

    fn bytes(&mut self, length: u64) -> Result<Bytes, Bound> {
        if length > self.end - self.at {
            return Err(malformed("a stream is cut off"));
        }
        let bytes = self.spool.bytes(self.at, length as usize).map_err(|error| {
            let (code, detail) = gaps::of_error("the file", &error);
            Bound { code, detail }
        })?;
        self.at += length;
        Ok(bytes)
    }

    /// Goes to the next chunk that is not empty; `false` at the end.
    fn advance(&mut self) -> Result<bool, Bound> {
        while self.read == self.chunk.len() {
            self.read = 0;
            if self.at >= self.end {
                self.chunk = Bytes::new();
                return Ok(false);
            }
            let Compression { codec, block_bytes } = self.compression;
            if codec == Codec::Plain {
                self.chunk = self.bytes(PIECE_BYTES.min(self.end - self.at))?;
                continue;
            }
            let head = self.bytes(3)?;
            let head = head.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte));
            let packed = self.bytes(head >> 1)?;
            self.chunk = if head & 1 == 1 {
                packed
            } else {
                let room = codecs::room(packed.len(), &self.limits).min(block_bytes);
                let mut chunk = Vec::new();
                codecs::expand(codec, &packed, room, &mut chunk)?;
                chunk.into()
            };
        }
        Ok(true)
    }

    /// Whether all was read.
    pub fn is_at_end(&mut self) -> Result<bool, Bound> {
        self.advance().map(|more| !more)
    }

    /// The next byte.
    #[inline]
    pub fn byte(&mut self) -> Result<u8, Bound> {
        if self.read == self.chunk.len() && !self.advance()? {
            return Err(ended());
        }
        let byte = self.chunk[self.read];
        self.read += 1;
        Ok(byte)
    }

    /// The next bytes, so many.
    pub fn take(&mut self, length: usize) -> Result<&[u8], Bound> {
        if length <= self.chunk.len() - self.read {
            self.read += length;
            return Ok(&self.chunk[self.read - length..self.read]);
        }
        if length as u64 > self.limits.document_bytes_max {
            let detail = "a value is longer than what is read as a whole".into();
            return Err(Bound { code: gaps::TOO_BIG, detail });
        }
        self.joined.clear();
        while self.joined.len() < length {
            if !self.advance()? {
                return Err(ended());
            }
            let wanted = length - self.joined.len();
            let end = (self.read + wanted).min(self.chunk.len());
            self.joined.extend_from_slice(&self.chunk[self.read..end]);
            self.read = end;
        }
        Ok(&self.joined)
    }

    /// All that is left, at most so many bytes.
    pub fn rest(&mut self, bytes_max: u64) -> Result<Vec<u8>, Bound> {
        let mut rest = Vec::new();
        while self.advance()? {
            rest.extend_from_slice(&self.chunk[self.read..]);
            self.read = self.chunk.len();
            if rest.len() as u64 > bytes_max {
                let detail = "a part of it is longer than what is read as a whole".into();
                return Err(Bound { code: gaps::TOO_BIG, detail });
            }
        }
        Ok(rest)
    }

    /// A number of up to 128 bits, in groups of seven from the lowest.
    pub fn varint(&mut self) -> Result<u128, Bound> {
        let mut value = 0_u128;
        for shift in (0..133).step_by(7) {
            let byte = self.byte()?;
            value |= u128::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(malformed("a number has no end"))
    }
}

fn ended() -> Bound {
    malformed("a stream ends too early")
}

/// A number whose sign stands in its lowest bit.
pub(super) fn signed(value: u128) -> i128 {
    (value >> 1) as i128 ^ -((value & 1) as i128)
}
