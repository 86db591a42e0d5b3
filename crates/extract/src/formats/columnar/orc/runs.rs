//! ORC's runs of numbers, bytes and bits.

use super::stream::{Stream, signed};
use crate::formats::columnar::codecs::malformed;
use crate::gaps::Bound;

/// Numbers in runs, of the first version or the second.
#[derive(Debug)]
pub(super) struct Integers {
    stream: Stream,
    is_v2: bool,
    is_signed: bool,
    /// The run that is read.
    run: Vec<i64>,
    next: usize,
}

impl Integers {
    pub fn new(stream: Stream, is_v2: bool, is_signed: bool) -> Self {
        Self { stream, is_v2, is_signed, run: Vec::new(), next: 0 }
    }

    /// The next number.
    #[inline]
    pub fn next(&mut self) -> Result<i64, Bound> {
        if self.next == self.run.len() {
            self.run.clear();
            self.next = 0;
            if self.is_v2 { self.read_v2()? } else { self.read_v1()? }
        }
        let number = self.run.get(self.next).copied();
        self.next += 1;
        number.ok_or_else(|| malformed("a run is empty"))
    }

    /// Whether all was read.
    pub fn is_at_end(&mut self) -> Result<bool, Bound> {
        Ok(self.next == self.run.len() && self.stream.is_at_end()?)
    }

    fn number(&mut self) -> Result<i64, Bound> {
        let value = self.stream.varint()?;
        Ok(if self.is_signed { signed(value) as i64 } else { value as i64 })
    }

    fn read_v1(&mut self) -> Result<(), Bound> {
        let control = self.stream.byte()?;
        if control < 0x80 {
            let delta = i64::from(self.stream.byte()? as i8);
            let base = self.number()?;
            let count = i64::from(control) + 3;
            self.run.extend((0..count).map(|i| base.wrapping_add(delta.wrapping_mul(i))));
        } else {
            for _ in 0..(control as i8).unsigned_abs() {
                let number = self.number()?;
                self.run.push(number);
            }
        }
        Ok(())
    }

    fn read_v2(&mut self) -> Result<(), Bound> {
        let head = self.stream.byte()?;
        if head >> 6 == 0 {
            let width = usize::from(head >> 3 & 7) + 1;
            let value = self.big_endian(width)?;
            let value = if self.is_signed { signed(value.into()) as i64 } else { value as i64 };
            self.run.resize(usize::from(head & 7) + 3, value);
            return Ok(());
        }
        let width = width(head >> 1 & 0x1f);
        let count = (usize::from(head & 1) << 8 | usize::from(self.stream.byte()?)) + 1;
        match head >> 6 {
            1 => {
                let mut bits = Bits::default();
                for _ in 0..count {
                    let value = bits.take(&mut self.stream, width)?;
                    let value =
                        if self.is_signed { signed(value.into()) as i64 } else { value as i64 };
                    self.run.push(value);
                }
                Ok(())
            }
            2 => self.patched(width, count),
            _ => self.delta(if head >> 1 & 0x1f == 0 { 0 } else { width }, count),
        }
    }

    fn patched(&mut self, width: u32, count: usize) -> Result<(), Bound> {
        let (third, fourth) = (self.stream.byte()?, self.stream.byte()?);
        let base_bytes = usize::from(third >> 5) + 1;
        let patch_width = self::width(third & 0x1f);
        let gap_width = u32::from(fourth >> 5) + 1;
        let patches = fourth & 0x1f;
        // The sign of the base stands in its highest bit.
        let base = self.big_endian(base_bytes)?;
        let sign = 1_u64 << (8 * base_bytes - 1);
        let base = match base & sign {
            0 => base as i64,
            _ => ((base & !sign) as i64).wrapping_neg(),
        };
        let mut bits = Bits::default();
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(bits.take(&mut self.stream, width)?);
        }
        let entry_width = fixed_width(gap_width + patch_width);
        let mut bits = Bits::default();
        let mut at = 0;
        for _ in 0..patches {
            let entry = bits.take(&mut self.stream, entry_width)?;
            let gap = entry.checked_shr(patch_width).unwrap_or(0);
            let patch = entry & mask(patch_width);
            at += gap as usize;
            let patched = values.get_mut(at).ok_or_else(|| malformed("a patch has no place"))?;
            *patched |= patch.checked_shl(width).unwrap_or(0);
        }
        self.run.extend(values.into_iter().map(|value| base.wrapping_add(value as i64)));
        Ok(())
    }

    fn delta(&mut self, width: u32, count: usize) -> Result<(), Bound> {
        let base = self.number()?;
        let step = signed(self.stream.varint()?) as i64;
        self.run.push(base);
        let mut value = base;
        let mut bits = Bits::default();
        for index in 1..count {
            let change = match (width, index) {
                (0, _) | (_, 1) => step,
                _ => {
                    let change = bits.take(&mut self.stream, width)? as i64;
                    if step < 0 { change.wrapping_neg() } else { change }
                }
            };
            value = value.wrapping_add(change);
            self.run.push(value);
        }
        Ok(())
    }

    fn big_endian(&mut self, bytes: usize) -> Result<u64, Bound> {
        let mut value = 0;
        for _ in 0..bytes {
            value = value << 8 | u64::from(self.stream.byte()?);
        }
        Ok(value)
    }
}

/// Bits of a packed number, by their code.
fn width(code: u8) -> u32 {
    match code {
        0..=23 => u32::from(code) + 1,
        24 => 26,
        25 => 28,
        26 => 30,
        27 => 32,
        28 => 40,
        29 => 48,
        30 => 56,
        _ => 64,
    }
}

/// The next number of bits for which there is a code.
fn fixed_width(bits: u32) -> u32 {
    match bits {
        0 => 1,
        1..=24 => bits,
        25 | 26 => 26,
        27 | 28 => 28,
        29 | 30 => 30,
        31 | 32 => 32,
        33..=40 => 40,
        41..=48 => 48,
        49..=56 => 56,
        _ => 64,
    }
}

fn mask(bits: u32) -> u64 {
    u64::MAX.checked_shr(64 - bits.min(64)).unwrap_or(0)
}

/// Numbers of a fixed number of bits, packed from the highest bit on.
#[derive(Debug, Default)]
struct Bits {
    held: u128,
    count: u32,
}

impl Bits {
    fn take(&mut self, stream: &mut Stream, width: u32) -> Result<u64, Bound> {
        while self.count < width {
            self.held = self.held << 8 | u128::from(stream.byte()?);
            self.count += 8;
        }
        self.count -= width;
        let value = (self.held >> self.count) as u64 & mask(width);
        self.held &= (1 << self.count) - 1;
        Ok(value)
    }
}

/// Bytes in runs.
#[derive(Debug)]
pub(super) struct RunBytes {
    stream: Stream,
    /// The byte of a run.
    byte: u8,
    /// Bytes left of a run, or of literal ones.
    left: u32,
    is_run: bool,
}

impl RunBytes {
    pub fn new(stream: Stream) -> Self {
        Self { stream, byte: 0, left: 0, is_run: false }
    }

    pub fn next(&mut self) -> Result<u8, Bound> {
        if self.left == 0 {
            let control = self.stream.byte()?;
            self.is_run = control < 0x80;
            if self.is_run {
                self.left = u32::from(control) + 3;
                self.byte = self.stream.byte()?;
            } else {
                self.left = u32::from((control as i8).unsigned_abs());
            }
        }
        self.left -= 1;
        if self.is_run { Ok(self.byte) } else { self.stream.byte() }
    }
}

/// Truth values, eight in a byte from the highest bit on, in runs.
#[derive(Debug)]
pub(super) struct Booleans {
    bytes: RunBytes,
    held: u8,
    count: u32,
}

impl Booleans {
    pub fn new(stream: Stream) -> Self {
        Self { bytes: RunBytes::new(stream), held: 0, count: 0 }
    }

    pub fn next(&mut self) -> Result<bool, Bound> {
        if self.count == 0 {
            self.held = self.bytes.next()?;
            self.count = 8;
        }
        self.count -= 1;
        Ok(self.held >> self.count & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::columnar::codecs::Codec;
    use crate::formats::columnar::orc::stream::Compression;
    use crate::limits::Limits;
    use crate::spool::Spool;

    fn stream(bytes: &[u8]) -> Stream {
        let spool = Spool::Memory(bytes.to_vec().into());
        let compression = Compression { codec: Codec::Plain, block_bytes: 0 };
        Stream::new(&spool, 0, bytes.len() as u64, compression, &Limits::default()).unwrap()
    }

    fn check(bytes: &[u8], is_v2: bool, is_signed: bool, expect: &[i64]) {
        let mut integers = Integers::new(stream(bytes), is_v2, is_signed);
        let read: Vec<i64> = expect.iter().map(|_| integers.next().unwrap()).collect();
        assert_eq!(read, expect);
        assert!(integers.is_at_end().unwrap());
        assert!(integers.next().is_err());
    }

    /// The examples of ORC's specification.
    #[test]
    fn runs_read_as_specified() {
        check(&[0x61, 0x00, 0x07], false, false, &[7; 100]);
        let fall: Vec<i64> = (1..=100).rev().collect();
        check(&[0x61, 0xff, 0x64], false, false, &fall);
        check(&[0xfb, 2, 3, 4, 7, 0x0b], false, false, &[2, 3, 4, 7, 11]);
        check(&[0x0a, 0x27, 0x10], true, false, &[10_000; 5]);
        let direct = [0x5e, 0x03, 0x5c, 0xa1, 0xab, 0x1e, 0xde, 0xad, 0xbe, 0xef];
        check(&direct, true, false, &[23_713, 43_806, 57_005, 48_879]);
        let patched = [
            0x8e, 0x13, 0x2b, 0x21, 0x07, 0xd0, 0x1e, 0x00, 0x14, 0x70, 0x28, 0x32, 0x3c, 0x46,
            0x50, 0x5a, 0x64, 0x6e, 0x78, 0x82, 0x8c, 0x96, 0xa0, 0xaa, 0xb4, 0xbe, 0xfc, 0xe8,
        ];
        let mut expect = vec![2030, 2000, 2020, 1_000_000];
        expect.extend((2040..=2190).step_by(10));
        check(&patched, true, false, &expect);
        let delta = [0xc6, 0x09, 0x02, 0x02, 0x22, 0x42, 0x42, 0x46];
        check(&delta, true, false, &[2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
        let mut bits = Booleans::new(stream(&[0xff, 0x80]));
        let read: Vec<bool> = (0..8).map(|_| bits.next().unwrap()).collect();
        assert_eq!(read, [true, false, false, false, false, false, false, false]);
    }
}
