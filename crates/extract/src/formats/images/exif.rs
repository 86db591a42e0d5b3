//! Fields that cameras and programs write (EXIF).

use super::{Written, decoded, iptc};
use exif::{Context, Exif, Field, In, Tag, Value};

/// A longer value is a table of numbers, such as where the rows of pixels begin.
const SHOWN_BYTES_MAX: usize = 256;

/// Fields of Windows, in UTF-16: title, comment, author, keywords, subject.
const WIDE_TEXTS: std::ops::RangeInclusive<u16> = 0x9c9b..=0x9c9f;
const XMP: u16 = 700;
const IPTC: u16 = 33_723;
const PHOTOSHOP: u16 = 34_377;

/// Writes all fields, and the place in a form in which places are found.
pub(super) fn write(exif: &Exif, written: &mut Written) {
    for field in exif.fields() {
        write_field(exif, field, written);
    }
    let images = exif.fields().map(|field| field.ifd_num.index()).max().unwrap_or(0);
    for image in (0..=images).map(In) {
        let latitude = degrees(exif, image, Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S');
        let longitude = degrees(exif, image, Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W');
        if let (Some(latitude), Some(longitude)) = (latitude, longitude) {
            let place = format!("{latitude:.6}, {longitude:.6}");
            written.line("GPS coordinates (latitude, longitude)", &place);
        }
    }
}

fn write_field(exif: &Exif, field: &Field, written: &mut Written) {
    let name = field.tag.to_string();
    let number = field.tag.number();
    let is_tiff = field.tag.context() == Context::Tiff;
    match &field.value {
        Value::Ascii(texts) => {
            for text in texts {
                written.line(&name, &decoded(text));
            }
        }
        Value::Byte(bytes) | Value::Undefined(bytes, _) if is_tiff && number == XMP => {
            written.xmp(bytes);
        }
        Value::Byte(bytes) | Value::Undefined(bytes, _) if is_tiff && number == IPTC => {
            iptc::write(bytes, written);
        }
        // Some write this one as numbers of four bytes.
        Value::Long(numbers) if is_tiff && number == IPTC => {
            let bytes = |order: fn(u32) -> [u8; 4]| -> Vec<u8> {
                numbers.iter().flat_map(|number| order(*number)).collect()
            };
            let is_little = exif.little_endian();
            iptc::write(
                &bytes(if is_little { u32::to_le_bytes } else { u32::to_be_bytes }),
                written,
            );
        }
        Value::Byte(bytes) | Value::Undefined(bytes, _) if is_tiff && number == PHOTOSHOP => {
            iptc::write_resources(bytes, written);
        }
        Value::Byte(bytes) if is_tiff && WIDE_TEXTS.contains(&number) => {
            written.line(&name, &encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0);
        }
        Value::Undefined(bytes, _) => write_bytes(exif, &name, bytes, written),
        _ => {
            let shown = field.display_value().to_string();
            if shown.len() <= SHOWN_BYTES_MAX {
                written.line(&name, &shown);
            }
        }
    }
}

/// Bytes may be a text, after eight that tell its encoding.
fn write_bytes(exif: &Exif, name: &str, bytes: &[u8], written: &mut Written) {
    let text = match bytes.split_at_checked(8) {
        Some((b"UNICODE\0", text)) if exif.little_endian() => {
            encoding_rs::UTF_16LE.decode_without_bom_handling(text).0
        }
        Some((b"UNICODE\0", text)) => encoding_rs::UTF_16BE.decode_without_bom_handling(text).0,
        Some((b"JIS\0\0\0\0\0", text)) => {
            encoding_rs::ISO_2022_JP.decode_without_bom_handling(text).0
        }
        Some((b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0", text)) => decoded(text),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) if !text.trim_end_matches('\0').contains(char::is_control) => text.into(),
            _ => return,
        },
    };
    written.line(name, &text);
}

/// Degrees, minutes and seconds as one number; negative to the south or west.
fn degrees(exif: &Exif, image: In, tag: Tag, side: Tag, negative: u8) -> Option<f64> {
    let Value::Rational(parts) = &exif.get_field(tag, image)?.value else { return None };
    let units = [1.0, 60.0, 3600.0];
    let degrees: f64 = parts.iter().zip(units).map(|(part, unit)| part.to_f64() / unit).sum();
    let is_negative = match exif.get_field(side, image).map(|field| &field.value) {
        Some(Value::Ascii(texts)) => {
            texts.first().and_then(|text| text.first()).is_some_and(|side| *side == negative)
        }
        _ => false,
    };
    degrees.is_finite().then_some(if is_negative { -degrees } else { degrees })
}
