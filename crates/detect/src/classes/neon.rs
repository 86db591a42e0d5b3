//! Classes of 64 bytes by NEON, which every 64-bit ARM processor has.
#![allow(unsafe_code)]

use super::{Classifier, Masks};
use std::arch::aarch64::{
    uint8x16_t, vaddv_u8, vandq_u8, vbicq_u8, vceqq_u8, vcgeq_u8, vcleq_u8, vdupq_n_u8,
    vget_high_u8, vget_low_u8, vld1q_u8, vorrq_u8, vshlq_n_u8, vsubq_u8,
};

/// The classifier by NEON, if the processor has it.
pub(super) fn classifier() -> Option<Classifier> {
    std::arch::is_aarch64_feature_detected!("neon").then_some(classify as Classifier)
}

fn classify(chunks: &[[u8; 64]], masks: &mut [Masks]) {
    // SAFETY: only `classifier` gives this function away, when the processor has NEON.
    unsafe { classify_all(chunks, masks) }
}

#[target_feature(enable = "neon")]
fn classify_all(chunks: &[[u8; 64]], masks: &mut [Masks]) {
    for (chunk, masks) in chunks.iter().zip(masks) {
        *masks = classify_one(chunk);
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn classify_one(chunk: &[u8; 64]) -> Masks {
    let mut masks = Masks::default();
    let (quarters, _) = chunk.as_chunks::<16>();
    for (index, quarter) in quarters.iter().enumerate() {
        // SAFETY: the pointer is to 16 readable bytes.
        let x = unsafe { vld1q_u8(quarter.as_ptr()) };
        let place = 16 * index;
        let small = vdupq_n_u8(0x20);
        let letter = within(vorrq_u8(x, small), b'a', 26);
        let is_small = vceqq_u8(vandq_u8(x, small), small);
        masks.digit |= mask(within(x, b'0', 10)) << place;
        masks.upper |= mask(vbicq_u8(letter, is_small)) << place;
        masks.lower |= mask(vandq_u8(letter, is_small)) << place;
        masks.lead |= mask(high(vandq_u8(x, vshlq_n_u8::<1>(x)))) << place;
        masks.at |= mask(is(x, b'@')) << place;
        masks.dash |= mask(is(x, b'-')) << place;
        masks.colon |= mask(is(x, b':')) << place;
        masks.slash |= mask(is(x, b'/')) << place;
        masks.space |= mask(is(x, b' ')) << place;
        masks.underscore |= mask(is(x, b'_')) << place;
        masks.plus |= mask(is(x, b'+')) << place;
        masks.paren |= mask(is(x, b'(')) << place;
    }
    masks
}

/// All bits of a byte where its high bit is set.
#[inline]
#[target_feature(enable = "neon")]
fn high(x: uint8x16_t) -> uint8x16_t {
    vcgeq_u8(x, vdupq_n_u8(0x80))
}

/// A bit for each byte that has all its bits set.
#[inline]
#[target_feature(enable = "neon")]
fn mask(x: uint8x16_t) -> u64 {
    const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    // SAFETY: the pointer is to 16 readable bytes.
    let bits = vandq_u8(x, unsafe { vld1q_u8(BITS.as_ptr()) });
    u64::from(vaddv_u8(vget_low_u8(bits))) | u64::from(vaddv_u8(vget_high_u8(bits))) << 8
}

/// Which bytes are `byte`.
#[inline]
#[target_feature(enable = "neon")]
fn is(x: uint8x16_t, byte: u8) -> uint8x16_t {
    vceqq_u8(x, vdupq_n_u8(byte))
}

/// Which bytes are one of the `count` from `first` on.
#[inline]
#[target_feature(enable = "neon")]
fn within(x: uint8x16_t, first: u8, count: u8) -> uint8x16_t {
    vcleq_u8(vsubq_u8(x, vdupq_n_u8(first)), vdupq_n_u8(count - 1))
}
