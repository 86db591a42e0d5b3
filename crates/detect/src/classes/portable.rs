//! Classes of 64 bytes in plain arithmetic, eight bytes at a time.

use super::Masks;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// See [`super::Classifier`].
pub(super) fn classify(chunks: &[[u8; 64]], masks: &mut [Masks]) {
    for (chunk, masks) in chunks.iter().zip(masks) {
        *masks = classify_one(chunk);
    }
}

/// The classes of 64 bytes.
#[inline]
fn classify_one(chunk: &[u8; 64]) -> Masks {
    let mut masks = Masks::default();
    let (eights, _) = chunk.as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        let x = u64::from_le_bytes(*eight);
        let place = 8 * index;
        let put = |high: u64| gather(high) << place;
        masks.digit |= put(in_range(x, b'0', b'9'));
        masks.upper |= put(in_range(x, b'A', b'Z'));
        masks.lower |= put(in_range(x, b'a', b'z'));
        masks.lead |= put(x & x << 1 & HIGH);
        masks.at |= put(is(x, b'@'));
        masks.dash |= put(is(x, b'-'));
        masks.colon |= put(is(x, b':'));
        masks.slash |= put(is(x, b'/'));
        masks.space |= put(is(x, b' '));
        masks.underscore |= put(is(x, b'_'));
        masks.plus |= put(is(x, b'+'));
        masks.paren |= put(is(x, b'('));
    }
    masks
}

/// High bit of each byte of `x` that is ASCII and within `low..=high`.
#[inline]
fn in_range(x: u64, low: u8, high: u8) -> u64 {
    let seven = x & !HIGH;
    let at_least = seven + ONES * u64::from(0x80 - low);
    let above = seven + ONES * u64::from(0x7f - high);
    at_least & !above & !x & HIGH
}

/// High bit of each byte of `x` that is `byte`.
#[inline]
fn is(x: u64, byte: u8) -> u64 {
    in_range(x, byte, byte)
}

/// Gathers the high bits of eight bytes into eight bits.
#[inline]
fn gather(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
