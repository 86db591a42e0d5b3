//! Images of a PDF as files: JPEG and JPEG 2000 as they are, all others as bitmaps (PNM).

use super::objects::{Objects, is_whole};
use crate::gaps::{self, Bound};
use crate::picture::Size;
use hayro_ccitt::{DecodeSettings as FaxSettings, DecoderContext as FaxContext, EncodingMode};
use lopdf::{Dictionary, Object, Stream};

/// Colours of an indexed image.
const COLOURS_MAX: usize = 256;

/// Colour spaces within one another.
const SPACES_DEPTH_MAX: u32 = 4;

/// Parts of a colour, at most.
const PARTS_MAX: usize = 32;

fn damaged(detail: &str) -> Bound {
    Bound { code: gaps::MALFORMED, detail: detail.to_owned() }
}

fn unknown(detail: &str) -> Bound {
    Bound { code: gaps::IMAGE_ONLY, detail: detail.to_owned() }
}

/// The size that an image claims.
pub(super) fn size(objects: &Objects<'_>, stream: &Stream) -> Result<Size, Bound> {
    let side = |name| u32::try_from(objects.side(&stream.dict, name)).ok().filter(|side| *side > 0);
    match (side(b"Width"), side(b"Height")) {
        (Some(width), Some(height)) => Ok(Size::new(width, height)),
        _ => Err(damaged("an image without a size")),
    }
}

/// The image as a file; nothing if all of its pixels are the same, so that it shows nothing.
pub(super) fn file(
    objects: &Objects<'_>,
    stream: &Stream,
    size: Size,
) -> Result<Option<Vec<u8>>, Bound> {
    let filters: Vec<Vec<u8>> = match stream.dict.get(b"Filter").ok() {
        Some(_) => {
            let filters = stream.filters().map_err(|_| damaged("an image that is damaged"))?;
            filters.into_iter().map(<[u8]>::to_vec).collect()
        }
        None => Vec::new(),
    };
    let last = filters.last().map_or(&b""[..], Vec::as_slice);
    let before = filters.len().saturating_sub(1);
    match last {
        b"DCTDecode" | b"DCT" | b"JPXDecode" => unpacked(objects, stream, before).map(Some),
        b"CCITTFaxDecode" | b"CCF" => {
            let packed = unpacked(objects, stream, before)?;
            let samples = fax(objects, parameters(objects, stream, before), &packed, size)?;
            bitmap(objects, stream, size, samples, 1)
        }
        b"JBIG2Decode" => {
            let packed = unpacked(objects, stream, before)?;
            let samples = jbig2(objects, parameters(objects, stream, before), &packed, size)?;
            bitmap(objects, stream, size, samples, 1)
        }
        _ => {
            let samples = unpacked(objects, stream, filters.len())?;
            let is_mask = matches!(stream.dict.get(b"ImageMask"), Ok(Object::Boolean(true)));
            let bits = objects.side(&stream.dict, b"BitsPerComponent");
            bitmap(objects, stream, size, samples, if is_mask { 1 } else { bits })
        }
    }
}

/// The bytes of an image behind so many of its filters.
fn unpacked(objects: &Objects<'_>, stream: &Stream, filters: usize) -> Result<Vec<u8>, Bound> {
    let all = stream.filters().unwrap_or_default();
    if filters == 0 {
        return Ok(stream.content.clone());
    }
    let named: Vec<Object> =
        all.iter().take(filters).map(|name| Object::Name(name.to_vec())).collect();
    let mut dict = Dictionary::new();
    dict.set("Filter", named);
    if let Some(parameters) = stream.dict.get(b"DecodeParms").ok().map(|o| objects.resolve(o)) {
        match parameters {
            Some(Object::Array(each)) => {
                let each = each.iter().take(filters);
                let each =
                    each.map(|object| objects.resolve(object).cloned().unwrap_or(Object::Null));
                dict.set("DecodeParms", each.collect::<Vec<_>>());
            }
            // It belongs to the one filter that there is.
            Some(one) if all.len() == 1 => dict.set("DecodeParms", one.clone()),
            _ => {}
        }
    }
    let part = Stream::new(dict, stream.content.clone());
    if !is_whole(&part) {
        return Err(damaged("an image that is damaged"));
    }
    objects.content(&part).map_err(|_| unknown("an image in a compression that is not read"))
}

/// What is told for one of the filters.
fn parameters<'o>(
    objects: &'o Objects<'_>,
    stream: &'o Stream,
    filter: usize,
) -> Option<&'o Dictionary> {
    match objects.resolve(stream.dict.get(b"DecodeParms").ok()?)? {
        Object::Array(each) => objects.dictionary(each.get(filter)?),
        Object::Dictionary(one) => Some(one),
        _ => None,
    }
}

/// Bits of rows, each row padded to whole bytes; 1 is black.
struct Bits {
    bytes: Vec<u8>,
    row_bytes: usize,
    width: u32,
    /// Where the next pixel goes.
    row: usize,
    column: u32,
    rows_max: usize,
}

impl Bits {
    fn new(width: u32, rows_max: u32) -> Self {
        let (row_bytes, rows_max) = (width.div_ceil(8) as usize, rows_max as usize);
        let bytes = vec![0; row_bytes * rows_max];
        Self { bytes, row_bytes, width, row: 0, column: 0, rows_max }
    }

    fn blacken(&mut self, row: usize, from: u32, to: u32) {
        let Some(row) = self.bytes.chunks_exact_mut(self.row_bytes).nth(row) else { return };
        for column in from..to.min(self.width) {
            row[(column / 8) as usize] |= 0x80 >> (column % 8);
        }
    }
}

impl hayro_ccitt::Decoder for Bits {
    fn push_row(&mut self, changes: &[u32]) {
        if self.row < self.rows_max {
            for run in changes.chunks(2) {
                let end = run.get(1).copied().unwrap_or(self.width);
                self.blacken(self.row, run[0], end);
            }
            self.row += 1;
        }
    }
}

impl hayro_jbig2::Decoder for Bits {
    fn push_pixel(&mut self, black: bool) {
        if black {
            self.blacken(self.row, self.column, self.column.saturating_add(1));
        }
        self.column = self.column.saturating_add(1);
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        let end = self.column.saturating_add(chunk_count.saturating_mul(8));
        if black {
            self.blacken(self.row, self.column, end);
        }
        self.column = end;
    }

    fn next_line(&mut self) {
        self.row += 1;
        self.column = 0;
    }
}

fn fax(
    objects: &Objects<'_>,
    parameters: Option<&Dictionary>,
    packed: &[u8],
    size: Size,
) -> Result<Vec<u8>, Bound> {
    let value = |name: &[u8]| objects.resolve(parameters?.get(name).ok()?);
    let flag = |name, default| value(name).and_then(|o| o.as_bool().ok()).unwrap_or(default);
    let number = |name| value(name).and_then(|o| o.as_i64().ok());
    let columns = number(b"Columns").map_or(Some(1728), |columns| u32::try_from(columns).ok());
    if columns != Some(size.width) {
        return Err(damaged("a fax image whose width is not clear"));
    }
    let encoding = match number(b"K").unwrap_or(0) {
        ..0 => EncodingMode::Group4,
        0 => EncodingMode::Group3_1D,
        1.. => EncodingMode::Group3_2D,
    };
    let settings = FaxSettings {
        columns: size.width,
        rows: size.height,
        end_of_block: flag(b"EndOfBlock", true),
        end_of_line: flag(b"EndOfLine", false),
        rows_are_byte_aligned: flag(b"EncodedByteAlign", false),
        encoding,
        strict: false,
    };
    let mut bits = Bits::new(size.width, size.height);
    hayro_ccitt::decode(packed, &mut bits, &mut FaxContext::new(settings))
        .map_err(|_| damaged("a fax image that is damaged"))?;
    if (bits.row as u64) < u64::from(size.height) {
        return Err(damaged("a fax image that is cut off"));
    }
    // In samples black is 0, unless it is said to be 1.
    let is_black_one = flag(b"BlackIs1", false);
    Ok(if is_black_one { bits.bytes } else { inverted(bits.bytes) })
}

fn jbig2(
    objects: &Objects<'_>,
    parameters: Option<&Dictionary>,
    packed: &[u8],
    size: Size,
) -> Result<Vec<u8>, Bound> {
    let broken = |_| damaged("a JBIG2 image that is damaged");
    let settings = hayro_jbig2::DecodeSettings { strict: true };
    let shared = parameters.and_then(|parameters| {
        objects.resolve(parameters.get(b"JBIG2Globals").ok()?)?.as_stream().ok()
    });
    let shared = shared.map(|stream| objects.content(stream)).transpose();
    let shared = shared.map_err(|_| damaged("a JBIG2 image that is damaged"))?;
    let shared = shared.map(|bytes| hayro_jbig2::Globals::new(&bytes, &settings)).transpose();
    let shared = shared.map_err(broken)?;
    let page = hayro_jbig2::Page::new_embedded(packed, shared.as_ref(), &settings);
    let page = page.map_err(broken)?;
    if (page.width(), page.height()) != (size.width, size.height) {
        return Err(damaged("a JBIG2 image of another size than it is said to have"));
    }
    let mut bits = Bits::new(size.width, size.height);
    page.decode(&mut bits).map_err(broken)?;
    // In samples black is 0.
    Ok(inverted(bits.bytes))
}

fn inverted(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.iter_mut().for_each(|byte| *byte = !*byte);
    bytes
}

/// How the parts of a colour become one.
enum Space {
    Gray,
    Rgb,
    Cmyk,
    /// Amounts of inks.
    Inks(usize),
    /// Numbers of colours in a table of red, green and blue.
    Indexed(Vec<[u8; 3]>),
}

impl Space {
    fn parts(&self) -> usize {
        match self {
            Space::Gray | Space::Indexed(_) => 1,
            Space::Rgb => 3,
            Space::Cmyk => 4,
            Space::Inks(parts) => *parts,
        }
    }

    fn colour(&self, parts: &[u8]) -> [u8; 3] {
        match (self, parts) {
            (Space::Rgb, [red, green, blue]) => [*red, *green, *blue],
            (Space::Cmyk, [cyan, magenta, yellow, black]) => {
                [cyan, magenta, yellow].map(|ink| 255 - ink.saturating_add(*black))
            }
            (Space::Inks(_), inks) => [255 - inks.iter().max().copied().unwrap_or(0); 3],
            (Space::Indexed(colours), [index]) => {
                colours.get(usize::from(*index)).copied().unwrap_or_default()
            }
            (_, parts) => [parts.first().copied().unwrap_or(0); 3],
        }
    }
}

fn space(objects: &Objects<'_>, object: Option<&Object>, depth: u32) -> Option<Space> {
    let object = objects.resolve(object?)?;
    if depth > SPACES_DEPTH_MAX {
        return None;
    }
    let (name, rest) = match object {
        Object::Name(name) => (name.as_slice(), &[][..]),
        Object::Array(parts) => (parts.first()?.as_name().ok()?, parts.get(1..)?),
        _ => return None,
    };
    Some(match name {
        b"DeviceGray" | b"CalGray" | b"G" => Space::Gray,
        b"DeviceRGB" | b"CalRGB" | b"RGB" | b"Lab" => Space::Rgb,
        b"DeviceCMYK" | b"CMYK" => Space::Cmyk,
        b"ICCBased" => match objects.side(objects.dictionary(rest.first()?)?, b"N") {
            1 => Space::Gray,
            3 => Space::Rgb,
            4 => Space::Cmyk,
            _ => return None,
        },
        b"Separation" => Space::Inks(1),
        b"DeviceN" => {
            let inks = objects.resolve(rest.first()?)?.as_array().ok()?.len();
            Space::Inks(inks).filter_parts()?
        }
        b"Indexed" | b"I" => {
            let base = space(objects, rest.first(), depth + 1)?;
            let table = match objects.resolve(rest.get(2)?)? {
                Object::String(bytes, _) => bytes.clone(),
                Object::Stream(stream) => objects.content(stream).ok()?,
                _ => return None,
            };
            let colours = table.chunks_exact(base.parts()).take(COLOURS_MAX);
            Space::Indexed(colours.map(|parts| base.colour(parts)).collect())
        }
        _ => return None,
    })
}

impl Space {
    /// It has parts, and not too many.
    fn filter_parts(self) -> Option<Self> {
        (1..=PARTS_MAX).contains(&self.parts()).then_some(self)
    }
}

/// Samples as a bitmap.
fn bitmap(
    objects: &Objects<'_>,
    stream: &Stream,
    size: Size,
    samples: Vec<u8>,
    bits: u64,
) -> Result<Option<Vec<u8>>, Bound> {
    let is_mask = matches!(stream.dict.get(b"ImageMask"), Ok(Object::Boolean(true)));
    let space = match space(objects, stream.dict.get(b"ColorSpace").ok(), 0) {
        Some(space) => space,
        None if is_mask || stream.dict.get(b"ColorSpace").is_err() && bits == 1 => Space::Gray,
        None => return Err(unknown("an image of a colour space that is not read")),
    };
    if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
        return Err(damaged("an image whose depth is not known"));
    }
    let parts = space.parts();
    let row_bits = u64::from(size.width) * parts as u64 * bits;
    let row_bytes = usize::try_from(row_bits.div_ceil(8)).unwrap_or(usize::MAX);
    let whole_bytes = row_bytes.saturating_mul(size.height as usize);
    let Some(samples) = samples.get(..whole_bytes) else {
        return Err(damaged("an image that is cut off"));
    };
    if samples.iter().all(|byte| *byte == samples[0]) && matches!(samples[0], 0 | 255) {
        return Ok(None);
    }
    let decode = stream.dict.get(b"Decode").ok().and_then(|object| objects.numbers(object));
    let is_inverted = !matches!(space, Space::Indexed(_))
        && decode.is_some_and(|range| matches!(range[..], [from, to, ..] if from > to));
    let (width, height) = (size.width, size.height);
    if bits == 1 && matches!(space, Space::Gray) {
        // There black is 1.
        let mut file = format!("P4\n{width} {height}\n").into_bytes();
        file.extend(samples.iter().map(|byte| if is_inverted { *byte } else { !*byte }));
        return Ok(Some(file));
    }
    let is_gray = matches!(space, Space::Gray | Space::Inks(_));
    let kind = if is_gray { "P5" } else { "P6" };
    let mut file = format!("{kind}\n{width} {height}\n255\n").into_bytes();
    let is_index = matches!(space, Space::Indexed(_));
    let mut colour = Vec::with_capacity(parts);
    for row in samples.chunks_exact(row_bytes) {
        for column in 0..width as usize {
            colour.clear();
            for part in 0..parts {
                let value = sample(row, column * parts + part, bits, is_index);
                colour.push(if is_inverted { 255 - value } else { value });
            }
            let colour = space.colour(&colour);
            file.extend_from_slice(if is_gray { &colour[..1] } else { &colour });
        }
    }
    Ok(Some(file))
}

/// A sample of a row: as it is for an index, else from 0 to 255.
fn sample(row: &[u8], index: usize, bits: u64, is_index: bool) -> u8 {
    let bits = bits as usize;
    let byte = |at: usize| row.get(at).copied().unwrap_or(0);
    match bits {
        8 => byte(index),
        // Its upper half tells enough.
        16 => byte(index * 2),
        _ => {
            let at = index * bits;
            let most = (1_u16 << bits) - 1;
            let value = u16::from(byte(at / 8)) >> (8 - bits - at % 8) & most;
            (if is_index { value } else { value * 255 / most }) as u8
        }
    }
}
