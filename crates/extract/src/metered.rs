//! Readers around the bytes of an object and its members: they count, watch the bounds, and keep errors.

use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::text::reader::BlockSink;
use std::cell::Cell;
use std::io::{self, Read};

/// After so many bytes that were only kept it is told that the object comes on.
const PULSE_BYTES: usize = 64 << 20;

/// Tells now and then that the object comes on.
pub(crate) struct Pulse<'r> {
    pub input: &'r mut dyn Read,
    pub sink: &'r mut dyn BlockSink,
    pub bytes: usize,
}

impl Read for Pulse<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes += count;
        if self.bytes >= PULSE_BYTES {
            self.bytes = 0;
            self.sink.alive();
        }
        Ok(count)
    }
}

/// Counts what is read.
pub(crate) struct Counted<'r> {
    pub input: &'r mut dyn Read,
    pub bytes: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Ends where there is an error, and keeps it.
pub(crate) struct Ending<'r> {
    pub input: &'r mut dyn Read,
    pub error: Option<io::Error>,
}

impl Ending<'_> {
    /// The number of bytes that come next; none at the end or an error.
    pub fn next(&mut self, buffer: &mut [u8]) -> usize {
        while self.error.is_none() {
            match self.input.read(buffer) {
                Ok(count) => return count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.error = Some(error),
            }
        }
        0
    }
}

impl Read for Ending<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.next(buffer))
    }
}

/// Fails once, if there is an error.
pub(crate) struct Failing(pub Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Stops what comes out of a container at the bounds.
pub(crate) struct Metered<'r> {
    pub input: &'r mut dyn Read,
    pub bytes: u64,
    pub packed_bytes: Option<&'r Cell<u64>>,
    pub room_bytes: u64,
    pub limits: &'r Limits,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes += count as u64;
        if self.bytes > self.room_bytes {
            let max = self.limits.expanded_bytes_max;
            let detail = format!("more than {max} bytes came out of containers");
            return Err(Bound { code: gaps::EXPANDED, detail }.into_io());
        }
        let Some(packed_bytes) = self.packed_bytes else { return Ok(count) };
        let ratio_max = self.limits.expansion_ratio_max;
        let honest = packed_bytes.get().saturating_mul(ratio_max);
        if self.bytes > honest.max(self.limits.expansion_free_bytes) {
            let detail = format!("it expands to more than {ratio_max} times its size");
            return Err(Bound { code: gaps::RATIO, detail }.into_io());
        }
        Ok(count)
    }
}
