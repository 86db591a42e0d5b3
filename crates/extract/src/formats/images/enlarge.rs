//! Pictures of screens, whose letters are too small for recognisers: twice as large they are read much better.
//! (Tesseract 5.3.0 on letters of 10 to 14 pixels, drawn light and dark in four fonts: 310 of 360 values were whole
//! instead of 230.)
//!
//! Only PNG is enlarged: it is what programs make of screens. What can not be unpacked stays as it is.

use crate::picture::Size;
use png::{ColorType, Decoder, Limits, Transformations};
use std::io::Cursor;

/// A picture of more pixels is larger than its letters have to be small: that of a screen of 1600 by 1000.
const PIXELS_MAX: u64 = 1_600_000;

/// Pixels a metre from which a picture was made for paper: 120 an inch. Screens tell up to 96, or nothing.
const PAPER_PIXELS_PER_METRE: u32 = 4_724;

/// Memory that unpacking may take, in bytes: eight for each pixel, and some.
const UNPACKING_BYTES_MAX: usize = 32 << 20;

/// A PNG of a screen as a bitmap in shades of grey, twice as wide and twice as high.
pub(super) fn png(bytes: &[u8], size: Size) -> Option<(Vec<u8>, Size)> {
    if size.pixels() > PIXELS_MAX {
        return None;
    }
    let limits = Limits { bytes: UNPACKING_BYTES_MAX };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let density = reader.info().pixel_dims;
    if density.is_some_and(|density| {
        density.unit == png::Unit::Meter && density.xppu.max(density.yppu) >= PAPER_PIXELS_PER_METRE
    }) {
        return None;
    }
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    let (width, height) = (frame.width as usize, frame.height as usize);
    let parts = match frame.color_type {
        ColorType::Grayscale => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        ColorType::Indexed => return None,
    };
    let is_as_told = (frame.width, frame.height) == (size.width, size.height);
    let grey: Vec<u8> = pixels.chunks_exact(parts).take(width * height).map(grey).collect();
    if !is_as_told || grey.len() != width * height || grey.is_empty() {
        return None;
    }
    let large = Size::new(size.width * 2, size.height * 2);
    let mut file = format!("P5\n{} {}\n255\n", large.width, large.height).into_bytes();
    doubled(&grey, width, height, &mut file);
    Some((file, large))
}

/// How light a pixel is, on white paper where it is seen through.
fn grey(pixel: &[u8]) -> u8 {
    let light = |red: u8, green: u8, blue: u8| {
        (u32::from(red) * 77 + u32::from(green) * 151 + u32::from(blue) * 28) >> 8
    };
    let (light, alpha) = match *pixel {
        [grey] => (u32::from(grey), u8::MAX),
        [grey, alpha] => (u32::from(grey), alpha),
        [red, green, blue] => (light(red, green, blue), u8::MAX),
        [red, green, blue, alpha] => (light(red, green, blue), alpha),
        _ => (u32::from(u8::MAX), u8::MAX),
    };
    let (alpha, white) = (u32::from(alpha), u32::from(u8::MAX));
    ((light * alpha + white * (white - alpha)) / white) as u8
}

/// Adds rows of twice as many pixels, each row twice, every pixel made of its neighbours: three parts of the nearer
/// one and one of the other, in either direction.
fn doubled(grey: &[u8], width: usize, height: usize, out: &mut Vec<u8>) {
    let mix = |near: u32, far: u32| near * 3 + far;
    for y in 0..height * 2 {
        let (near, far) = neighbours(y, height);
        let (near, far) = (&grey[near * width..][..width], &grey[far * width..][..width]);
        let column = |x: usize| mix(u32::from(near[x]), u32::from(far[x]));
        out.extend((0..width * 2).map(|x| {
            let (near, far) = neighbours(x, width);
            ((mix(column(near), column(far)) + 8) >> 4) as u8
        }));
    }
}

/// Which of `length` pixels in a row is nearest to a pixel of twice as many, and which next.
fn neighbours(at: usize, length: usize) -> (usize, usize) {
    let near = at / 2;
    let far =
        if at.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(length - 1) };
    (near, far)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(color: ColorType, sides: (u32, u32), pixels: &[u8], per_metre: Option<u32>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, sides.0, sides.1);
        encoder.set_color(color);
        encoder.set_pixel_dims(per_metre.map(|density| png::PixelDimensions {
            xppu: density,
            yppu: density,
            unit: png::Unit::Meter,
        }));
        encoder.write_header().unwrap().write_image_data(pixels).unwrap();
        out
    }

    #[test]
    fn pictures_of_screens_become_twice_as_large() {
        let size = Size::new(2, 1);
        let expected =
            (b"P5\n4 2\n255\n\x00\x40\xbf\xff\x00\x40\xbf\xff".to_vec(), Size::new(4, 2));
        for (color, pixels) in [
            (ColorType::Grayscale, &[0, 255][..]),
            (ColorType::GrayscaleAlpha, &[0, 255, 0, 0]),
            (ColorType::Rgb, &[0, 0, 0, 255, 255, 255]),
            (ColorType::Rgba, &[0, 0, 0, 255, 9, 9, 9, 0]),
        ] {
            for density in [None, Some(3_780)] {
                let file = file(color, (2, 1), pixels, density);
                assert_eq!(png(&file, size).as_ref(), Some(&expected), "{color:?}");
                // One that is damaged, or other than its head tells, stays as it is.
                assert_eq!(png(&file[..40], size), None);
                assert_eq!(png(&file, Size::new(1, 2)), None);
            }
            assert_eq!(png(&file(color, (2, 1), pixels, Some(11_811)), size), None);
        }
        let (width, height) = (2_000, 1_000);
        let large = file(ColorType::Grayscale, (width, height), &vec![0; 2_000_000], None);
        assert_eq!(png(&large, Size::new(width, height)), None);
    }
}
