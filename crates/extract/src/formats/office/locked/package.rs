//! The encrypted document itself: how long it is, then its bytes, in segments of which each is decrypted by
//! itself ([MS-OFFCRYPTO] 2.3.4.4).

use super::ciphers::{Aes, BLOCK_BYTES, Hash, fitted};
use std::io::{self, Read};

/// Bytes of a segment.
const SEGMENT_BYTES: usize = 4096;

/// How the blocks of a segment are chained.
pub(super) struct Chain {
    pub hash: Hash,
    pub salt: Vec<u8>,
}

/// Decrypts as it is read.
pub(super) struct Package<R> {
    input: R,
    aes: Aes,
    chain: Option<Chain>,
    /// The number of the next segment.
    segment: u32,
    /// Bytes that are still to come, by what the document says.
    left: u64,
    plain: Vec<u8>,
    at: usize,
}

impl<R: Read> Package<R> {
    /// Begins behind the document's length.
    pub fn new(input: R, length: u64, aes: Aes, chain: Option<Chain>) -> Self {
        Self { input, aes, chain, segment: 0, left: length, plain: Vec::new(), at: 0 }
    }

    /// What stands behind the document in whole segments: no program writes any.
    pub fn rest(mut self) -> io::Result<u64> {
        io::copy(&mut self.input, &mut io::sink())
    }

    fn fill(&mut self) -> io::Result<()> {
        self.plain.clear();
        self.at = 0;
        (&mut self.input).take(SEGMENT_BYTES as u64).read_to_end(&mut self.plain)?;
        let whole = self.plain.len() - self.plain.len() % BLOCK_BYTES;
        self.plain.truncate(whole);
        if whole == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &self.chain {
            Some(Chain { hash, salt }) => {
                let start = hash.of(&[salt, &self.segment.to_le_bytes()]);
                self.aes.decrypt_chain(&fitted(&start, BLOCK_BYTES), &mut self.plain);
            }
            None => self.aes.decrypt(&mut self.plain),
        }
        self.segment = self.segment.wrapping_add(1);
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX);
        self.plain.truncate(wanted);
        self.left -= self.plain.len() as u64;
        Ok(())
    }
}

impl<R: Read> Read for Package<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.plain.len() && self.left > 0 {
            self.fill()?;
        }
        let rest = &self.plain[self.at..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}
