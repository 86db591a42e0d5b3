//! Pictures with what is written in them.

use crate::{Case, NAME, PHONE};
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use std::io::Cursor;

/// The fields of a camera.
fn fields(is_little: bool) -> Vec<u8> {
    let degrees = |degrees, minutes, seconds| {
        let part = |num, denom| Rational { num, denom };
        Value::Rational(vec![part(degrees, 1), part(minutes, 1), part(seconds, 10_000)])
    };
    let text = |text: &str| Value::Ascii(vec![text.as_bytes().to_vec()]);
    let comment = [b"UNICODE\0".to_vec(), wide(PHONE, is_little)].concat();
    let fields = [
        (Tag::Artist, text(NAME)),
        (Tag::UserComment, Value::Undefined(comment, 0)),
        (Tag::GPSLatitudeRef, text("N")),
        (Tag::GPSLatitude, degrees(48, 8, 137_544)),
        (Tag::GPSLongitudeRef, text("W")),
        (Tag::GPSLongitude, degrees(11, 34, 344_064)),
    ]
    .map(|(tag, value)| Field { tag, ifd_num: In::PRIMARY, value });
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut out = Cursor::new(Vec::new());
    writer.write(&mut out, is_little).unwrap();
    out.into_inner()
}

fn wide(text: &str, is_little: bool) -> Vec<u8> {
    let bytes = if is_little { u16::to_le_bytes } else { u16::to_be_bytes };
    text.encode_utf16().flat_map(bytes).collect()
}

fn segment(marker: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker], &length[..], &content].concat()
}

fn jpeg() -> Vec<u8> {
    let caption = [&[0x1c, 2, 120, 0, 12], NAME.as_bytes()].concat();
    let length = (caption.len() as u32).to_be_bytes();
    let resources = [b"8BIM\x04\x04\0\0".as_slice(), &length, &caption].concat();
    [
        vec![0xff, 0xd8],
        segment(0xe1, &[b"Exif\0\0", &fields(true)]),
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", b"<x>", NAME.as_bytes(), b"</x>"]),
        segment(0xed, &[b"Photoshop 3.0\0", &resources]),
        segment(0xfe, &[PHONE.as_bytes()]),
        segment(0xda, &[&[0; 10]]),
        vec![1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xd9],
        format!("\nbehind it {PHONE}\n").into_bytes(),
    ]
    .concat()
}

fn png() -> Vec<u8> {
    let chunk = |kind: &[u8], content: &[u8]| {
        [&(content.len() as u32).to_be_bytes(), kind, content, &[0; 4]].concat()
    };
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, PHONE.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0; 13]),
        chunk(b"tEXt", b"Author\0Zo\xeb M\xfcller"),
        chunk(b"zTXt", &[b"Comment\0\0".as_slice(), &packed].concat()),
        chunk(b"iTXt", &[b"Title\0\x01\0de\0Titel\0".as_slice(), &packed].concat()),
        chunk(b"eXIf", &fields(false)),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

fn webp() -> Vec<u8> {
    let fields = fields(true);
    let length = (fields.len() as u32).to_le_bytes();
    let padding = vec![0; fields.len() % 2];
    [b"RIFF\0\0\0\0WEBPEXIF".as_slice(), &length, &fields, &padding].concat()
}

fn gif() -> Vec<u8> {
    let comment = [&[0x21, 0xfe, NAME.len() as u8], NAME.as_bytes(), &[0]].concat();
    let picture = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0, 2, 2, 0x44, 1, 0];
    let head = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff";
    [head.as_slice(), &comment, &picture, b"\x3b", PHONE.as_bytes()].concat()
}

pub fn cases() -> Vec<Case> {
    let camera = [
        "text = Artist: Zoë Müller",
        "text = UserComment: +49 761 555-0100",
        "text = GPS coordinates (latitude, longitude): 48.137154, -11.576224",
    ];
    let mut of_jpeg = camera.to_vec();
    of_jpeg.extend([
        "text = <x>Zoë Müller</x>",
        "text = Caption: Zoë Müller",
        "text = Comment: +49 761 555-0100",
        "after the picture: text = behind it +49 761 555-0100",
    ]);
    let mut of_png = camera.to_vec();
    of_png.extend([
        "text = Author: Zoë Müller",
        "text = Comment: +49 761 555-0100",
        "text = Titel: +49 761 555-0100",
    ]);
    vec![
        Case::partial("JPEG", jpeg(), &of_jpeg),
        Case::partial(
            "GIF",
            gif(),
            &["text = Comment: Zoë Müller", "after the picture: text = +49 761 555-0100"],
        ),
        Case::partial("PNG", png(), &of_png),
        Case::partial("WebP", webp(), &camera),
        Case::partial("TIFF", fields(true), &camera),
        Case::partial("TIFF, big end first", fields(false), &camera),
    ]
}

/// Fields as piexif writes them: behind those of the place nothing says that no directory follows.
#[test]
fn a_directory_without_an_end_is_no_damage() {
    let fields = b"MM\x00*\x00\x00\x00\x08\x00\x02\x01;\x00\x02\x00\x00\x00\x02x\x00\x00\x00\x88%\x00\x04\
        \x00\x00\x00\x01\x00\x00\x00&\x00\x00\x00\x00\x00\x02\x00\x01\x00\x02\x00\x00\x00\x02N\x00\x00\x00\
        \x00\x02\x00\x05\x00\x00\x00\x03\x00\x00\x00@\x00\x00\x000\x00\x00\x00\x01\x00\x00\x00\x08\
        \x00\x00\x00\x01\x00\x00\x05 \x00\x00\x00d";
    let picture = [
        &[0xff, 0xd8][..],
        &segment(0xe1, &[b"Exif\0\0", fields]),
        &segment(0xda, &[&[0; 10]]),
        &[1, 2, 0xff, 0xd9],
    ]
    .concat();
    let found = crate::read(&picture);
    let codes: Vec<&str> = found.coverage.gaps.iter().map(|gap| gap.code.as_str()).collect();
    assert_eq!(codes, ["IMAGE_WITHOUT_TEXT"], "{found:?}");
    assert!(found.lines.iter().any(|line| line.contains("GPSLatitude: 48")), "{found:?}");
}
