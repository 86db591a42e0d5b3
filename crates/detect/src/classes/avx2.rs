//! Classes of 64 bytes by AVX2, on processors that have it.
#![allow(unsafe_code)]

use super::{Classes, Masks};
use std::arch::x86_64::{
    __m256i, _mm256_add_epi8, _mm256_and_si256, _mm256_andnot_si256, _mm256_cmpeq_epi8,
    _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_slli_epi16,
};

/// Fills the bitmaps; `false` if the processor can not.
pub(super) fn fill(classes: &mut Classes, text: &[u8]) -> bool {
    if !is_x86_feature_detected!("avx2") {
        return false;
    }
    // SAFETY: the processor has AVX2, as was just asked.
    unsafe { fill_by_avx2(classes, text) };
    true
}

#[target_feature(enable = "avx2")]
fn fill_by_avx2(classes: &mut Classes, text: &[u8]) {
    classes.fill_by(text, |chunk| classify(chunk));
}

/// The classes of 64 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn classify(chunk: &[u8; 64]) -> Masks {
    let (halves, _) = chunk.as_chunks::<32>();
    let [low, high] = [half(&halves[0]), half(&halves[1])];
    let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    Masks {
        digit: join(low.digit, high.digit),
        upper: join(low.upper, high.upper),
        lower: join(low.lower, high.lower),
        lead: join(low.lead, high.lead),
        at: join(low.at, high.at),
        dash: join(low.dash, high.dash),
        colon: join(low.colon, high.colon),
        slash: join(low.slash, high.slash),
        joiner: join(low.joiner, high.joiner),
        sign: join(low.sign, high.sign),
        closing: join(low.closing, high.closing),
    }
}

/// Classes of 32 bytes.
struct Half {
    digit: u32,
    upper: u32,
    lower: u32,
    lead: u32,
    at: u32,
    dash: u32,
    colon: u32,
    slash: u32,
    joiner: u32,
    sign: u32,
    closing: u32,
}

#[inline]
#[target_feature(enable = "avx2")]
fn half(bytes: &[u8; 32]) -> Half {
    // SAFETY: the pointer is to 32 readable bytes; the load needs no alignment.
    let x = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast::<__m256i>()) };
    let small = _mm256_set1_epi8(0x20);
    let letter = within(_mm256_or_si256(x, small), b'a', 26);
    let is_small = _mm256_cmpeq_epi8(_mm256_and_si256(x, small), small);
    let quotes = _mm256_or_si256(_mm256_or_si256(is(x, b'"'), is(x, b'\'')), is(x, b'`'));
    let closers = _mm256_or_si256(is(x, b')'), within(x, b'\\', 2));
    let blanks = _mm256_or_si256(is(x, b' '), is(x, b'\t'));
    let closing = _mm256_or_si256(_mm256_or_si256(quotes, closers), _mm256_or_si256(blanks, x));
    Half {
        digit: mask(within(x, b'0', 10)),
        upper: mask(_mm256_andnot_si256(is_small, letter)),
        lower: mask(_mm256_and_si256(letter, is_small)),
        lead: mask(_mm256_and_si256(x, _mm256_slli_epi16::<1>(x))),
        at: mask(is(x, b'@')),
        dash: mask(is(x, b'-')),
        colon: mask(is(x, b':')),
        slash: mask(is(x, b'/')),
        joiner: mask(_mm256_or_si256(is(x, b'_'), is(x, b'+'))),
        sign: mask(within(x, b'=', 2)),
        closing: mask(closing),
    }
}

/// The high bits of 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(x: __m256i) -> u32 {
    _mm256_movemask_epi8(x) as u32
}

/// Which bytes are `byte`.
#[inline]
#[target_feature(enable = "avx2")]
fn is(x: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(x, _mm256_set1_epi8(byte as i8))
}

/// Which bytes are one of the `count` from `first` on.
#[inline]
#[target_feature(enable = "avx2")]
fn within(x: __m256i, first: u8, count: u8) -> __m256i {
    let moved = _mm256_add_epi8(x, _mm256_set1_epi8(first.wrapping_neg() as i8));
    _mm256_cmpeq_epi8(_mm256_min_epu8(moved, _mm256_set1_epi8((count - 1) as i8)), moved)
}
