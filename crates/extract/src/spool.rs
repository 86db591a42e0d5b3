//! An object's bytes in a place where they can be read in any order: in memory if they are few, in a
//! file without a name otherwise, which is gone when the process is.

use bytes::Bytes;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

/// Bytes that are copied at a time.
const PIECE_BYTES: usize = 256 << 10;

/// The bytes of one object or member.
#[derive(Clone, Debug)]
pub(crate) enum Spool {
    Memory(Bytes),
    File { file: Arc<File>, size_bytes: u64 },
}

impl Spool {
    /// All that `input` gives. What is longer than `memory_bytes_max` is written to a file that `file`
    /// opens.
    ///
    /// # Errors
    /// When the input breaks off, or the file can not be written.
    pub fn fill(
        input: &mut dyn Read,
        memory_bytes_max: usize,
        file: impl FnOnce() -> io::Result<Arc<File>>,
    ) -> io::Result<Self> {
        let mut memory = Vec::new();
        (&mut *input).take(memory_bytes_max as u64 + 1).read_to_end(&mut memory)?;
        if memory.len() <= memory_bytes_max {
            return Ok(Spool::Memory(memory.into()));
        }
        let file = file()?;
        let mut writer = &*file;
        writer.seek(SeekFrom::Start(0))?;
        file.set_len(0)?;
        writer.write_all(&memory)?;
        let mut size_bytes = memory.len() as u64;
        drop(memory);
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match input.read(&mut piece) {
                Ok(0) => return Ok(Spool::File { file, size_bytes }),
                Ok(count) => {
                    writer.write_all(&piece[..count])?;
                    size_bytes += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// How many bytes there are.
    pub fn size_bytes(&self) -> u64 {
        match self {
            Spool::Memory(bytes) => bytes.len() as u64,
            Spool::File { size_bytes, .. } => *size_bytes,
        }
    }

    /// Reads from the start on, in any order. Readers do not disturb each other.
    pub fn reader(&self) -> SpoolReader {
        SpoolReader { spool: self.clone(), at: 0 }
    }

    /// The bytes from `start` on, as many of `length` as there are.
    ///
    /// # Errors
    /// When the file can not be read.
    pub fn bytes(&self, start: u64, length: usize) -> io::Result<Bytes> {
        let length = (length as u64).min(self.size_bytes().saturating_sub(start)) as usize;
        if let Spool::Memory(bytes) = self {
            let start = (start as usize).min(bytes.len());
            return Ok(bytes.slice(start..start + length));
        }
        let mut reader = self.reader();
        reader.seek(SeekFrom::Start(start))?;
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }

    /// All bytes in memory, if there are no more than `bytes_max`.
    ///
    /// # Errors
    /// When the file can not be read.
    pub fn whole(&self, bytes_max: u64) -> io::Result<Option<Bytes>> {
        if self.size_bytes() > bytes_max {
            return Ok(None);
        }
        self.bytes(0, self.size_bytes() as usize).map(Some)
    }
}

/// A place in a [`Spool`].
#[derive(Clone, Debug)]
pub(crate) struct SpoolReader {
    spool: Spool,
    at: u64,
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &self.spool {
            Spool::Memory(bytes) => {
                let rest = &bytes[(self.at as usize).min(bytes.len())..];
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                count
            }
            #[cfg(unix)]
            Spool::File { file, .. } => {
                std::os::unix::fs::FileExt::read_at(&**file, buffer, self.at)?
            }
            #[cfg(not(unix))]
            Spool::File { file, .. } => {
                let mut file = &**file;
                file.seek(SeekFrom::Start(self.at))?;
                file.read(buffer)?
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for SpoolReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.spool.size_bytes().checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_file_read_alike() {
        let content: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
        let file = || tempfile::tempfile().map(Arc::new);
        for memory_bytes_max in [10, 4_000_000] {
            let spool = Spool::fill(&mut &content[..], memory_bytes_max, file).unwrap();
            assert_eq!(matches!(spool, Spool::File { .. }), memory_bytes_max == 10);
            assert_eq!(spool.size_bytes(), 4_000_000);
            let mut reader = spool.reader();
            let mut all = Vec::new();
            reader.read_to_end(&mut all).unwrap();
            assert!(all == content);
            reader.seek(SeekFrom::End(-4)).unwrap();
            let mut last = [0; 4];
            reader.read_exact(&mut last).unwrap();
            assert_eq!(u32::from_le_bytes(last), 999_999);
            assert_eq!(spool.bytes(3_999_998, 100).unwrap().len(), 2);
            assert_eq!(spool.bytes(5_000_000, 100).unwrap().len(), 0);
            assert!(spool.whole(3_999_999).unwrap().is_none());
            assert!(spool.whole(4_000_000).unwrap().unwrap()[..] == content[..]);
        }
    }
}
