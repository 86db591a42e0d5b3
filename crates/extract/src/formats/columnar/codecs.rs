//! Decompression of one page, block or chunk, of which the size is known or bounded beforehand. Never
//! does more come out, nor is more memory taken, than was allowed: what a file claims is no reason to.

use crate::gaps::{self, Bound};
use crate::limits::Limits;
use std::io::{self, Read};

/// How a piece is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Plain,
    Snappy,
    Gzip,
    /// Deflate without any header.
    Deflate,
    Brotli,
    Zstandard,
    /// LZ4 blocks, each behind its sizes, as Hadoop writes them; or what old writers put there instead.
    Lz4Hadoop,
    Lz4Block,
    Bzip2,
    Xz,
    Lzo,
}

/// Something in the file is not as it must be.
pub(super) fn malformed(detail: impl Into<String>) -> Bound {
    Bound { code: gaps::MALFORMED, detail: detail.into() }
}

/// Calls into a decoder that is not ours. Where it panics on damaged data, that one part of the object is
/// lost, and what it held is dropped; without this, all of the object would be.
pub(super) fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, Bound> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode))
        .map_err(|_| malformed("its values are damaged"))
}

/// Refuses a piece that claims to expand beyond what is honest.
pub(super) fn check_size(packed: u64, size: u64, limits: &Limits) -> Result<(), Bound> {
    let ratio_max = limits.expansion_ratio_max;
    let honest = packed.saturating_mul(ratio_max).max(limits.expansion_free_bytes);
    if size > honest {
        let detail = format!("a piece of it expands to more than {ratio_max} times its size");
        return Err(Bound { code: gaps::RATIO, detail });
    }
    if size > limits.page_bytes_max {
        let detail = format!("a piece of it expands to more than {} bytes", limits.page_bytes_max);
        return Err(Bound { code: gaps::TOO_BIG, detail });
    }
    Ok(())
}

/// How much may come out of a piece that does not say it.
pub(super) fn room(packed: usize, limits: &Limits) -> usize {
    let honest = (packed as u64).saturating_mul(limits.expansion_ratio_max);
    honest.max(limits.expansion_free_bytes).min(limits.page_bytes_max) as usize
}

/// What `packed` expands to, appended to `out`: at most `room` bytes.
pub(super) fn expand(
    codec: Codec,
    packed: &[u8],
    room: usize,
    out: &mut Vec<u8>,
) -> Result<(), Bound> {
    let done = match codec {
        Codec::Plain => copy(packed, room, out),
        Codec::Snappy => snappy(packed, room, out),
        Codec::Gzip => copy(flate2::bufread::MultiGzDecoder::new(packed), room, out),
        Codec::Deflate => copy(flate2::bufread::DeflateDecoder::new(packed), room, out),
        Codec::Brotli => copy(brotli_decompressor::Decompressor::new(packed, 4096), room, out),
        Codec::Zstandard => zstandard(packed, room, out),
        Codec::Lz4Hadoop => lz4_hadoop(packed, room, out),
        Codec::Lz4Block => lz4_block(packed, room, out),
        Codec::Bzip2 => copy(bzip2::bufread::MultiBzDecoder::new(packed), room, out),
        Codec::Xz => copy(lzma_rust2::XzReader::new(packed, true), room, out),
        Codec::Lzo => {
            let detail = "compressed with LZO, which is not supported".into();
            return Err(Bound { code: gaps::UNSUPPORTED, detail });
        }
    };
    done.map_err(|error| {
        let (code, detail) = gaps::of_error("a compressed piece", &error);
        Bound { code, detail }
    })
}

fn too_long() -> io::Error {
    let detail = "a compressed piece expands to more than it says, or than is honest".into();
    Bound { code: gaps::RATIO, detail }.into_io()
}

fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

fn copy(mut decoder: impl Read, room: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let count = decoder.by_ref().take(room as u64).read_to_end(out)?;
    // What ends exactly here must say so, for the check sum comes last.
    if count == room && decoder.read(&mut [0])? > 0 {
        return Err(too_long());
    }
    Ok(())
}

fn zstandard(packed: &[u8], room: usize, out: &mut Vec<u8>) -> io::Result<()> {
    // Most often a piece is one frame that says its size, and then is expanded at once.
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
    if let Some(size) = size.filter(|size| *size <= room as u64 && out.is_empty()) {
        out.reserve_exact(size as usize);
        let done = zstd::bulk::Decompressor::new()
            .and_then(|mut decoder| decoder.decompress_to_buffer(packed, out));
        if done.is_ok() {
            return Ok(());
        }
        out.clear();
    }
    zstd::Decoder::with_buffer(packed).and_then(|decoder| copy(decoder, room, out))
}

fn snappy(packed: &[u8], room: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let length = snap::raw::decompress_len(packed).map_err(|_| invalid())?;
    if length > room {
        return Err(too_long());
    }
    let start = out.len();
    out.resize(start + length, 0);
    let done = snap::raw::Decoder::new().decompress(packed, &mut out[start..]);
    done.map(|_| ()).map_err(|_| invalid())
}

fn lz4_block(packed: &[u8], room: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let start = out.len();
    out.resize(start + room, 0);
    let length = lz4_flex::block::decompress_into(packed, &mut out[start..]);
    out.truncate(start + length.as_ref().copied().unwrap_or(0));
    length.map(|_| ()).map_err(|_| invalid())
}

fn lz4_hadoop(packed: &[u8], room: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let start = out.len();
    if lz4_hadoop_blocks(packed, room, out).is_ok() {
        return Ok(());
    }
    out.truncate(start);
    let mut frames = lz4_flex::frame::FrameDecoder::new(packed);
    if copy(&mut frames, room, out).is_ok() && out.len() > start {
        return Ok(());
    }
    out.truncate(start);
    lz4_block(packed, room, out)
}

fn lz4_hadoop_blocks(mut packed: &[u8], room: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let start = out.len();
    while let Some((sizes, rest)) = packed.split_first_chunk::<8>() {
        let [a, b, c, d, e, f, g, h] = *sizes;
        let size = u32::from_be_bytes([a, b, c, d]) as usize;
        let packed_size = u32::from_be_bytes([e, f, g, h]) as usize;
        let (block, rest) = rest.split_at_checked(packed_size).ok_or_else(invalid)?;
        packed = rest;
        let used = out.len() - start;
        if size > room - used {
            return Err(too_long());
        }
        lz4_block(block, size, out)?;
        if out.len() - start != used + size {
            return Err(invalid());
        }
    }
    if packed.is_empty() { Ok(()) } else { Err(invalid()) }
}
