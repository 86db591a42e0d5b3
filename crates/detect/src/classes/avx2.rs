//! Classes of 64 bytes by AVX2, on processors that have it.
#![allow(unsafe_code)]

use super::{Classifier, Masks};
use std::arch::x86_64::{
    __m256i, _mm256_add_epi8, _mm256_and_si256, _mm256_andnot_si256, _mm256_cmpeq_epi8,
    _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_slli_epi16,
};

/// The classifier by AVX2, if the processor has it.
pub(super) fn classifier() -> Option<Classifier> {
    is_x86_feature_detected!("avx2").then_some(classify as Classifier)
}

fn classify(chunks: &[[u8; 64]], masks: &mut [Masks]) {
    // SAFETY: only `classifier` gives this function away, when the processor has AVX2.
    unsafe { classify_all(chunks, masks) }
}

#[target_feature(enable = "avx2")]
fn classify_all(chunks: &[[u8; 64]], masks: &mut [Masks]) {
    for (chunk, masks) in chunks.iter().zip(masks) {
        *masks = classify_one(chunk);
    }
}

/// The classes of 64 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn classify_one(chunk: &[u8; 64]) -> Masks {
    let (halves, _) = chunk.as_chunks::<32>();
    let [low, high] = [half(&halves[0]), half(&halves[1])];
    Masks {
        digit: low.digit | high.digit << 32,
        upper: low.upper | high.upper << 32,
        lower: low.lower | high.lower << 32,
        lead: low.lead | high.lead << 32,
        at: low.at | high.at << 32,
        dash: low.dash | high.dash << 32,
        colon: low.colon | high.colon << 32,
        slash: low.slash | high.slash << 32,
        space: low.space | high.space << 32,
        underscore: low.underscore | high.underscore << 32,
        plus: low.plus | high.plus << 32,
        paren: low.paren | high.paren << 32,
    }
}

/// Classes of 32 bytes, in the lower halves.
#[inline]
#[target_feature(enable = "avx2")]
fn half(bytes: &[u8; 32]) -> Masks {
    // SAFETY: the pointer is to 32 readable bytes; the load needs no alignment.
    let x = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast::<__m256i>()) };
    let small = _mm256_set1_epi8(0x20);
    let letter = within(_mm256_or_si256(x, small), b'a', 26);
    let is_small = _mm256_cmpeq_epi8(_mm256_and_si256(x, small), small);
    Masks {
        digit: mask(within(x, b'0', 10)),
        upper: mask(_mm256_andnot_si256(is_small, letter)),
        lower: mask(_mm256_and_si256(letter, is_small)),
        lead: mask(_mm256_and_si256(x, _mm256_slli_epi16::<1>(x))),
        at: mask(is(x, b'@')),
        dash: mask(is(x, b'-')),
        colon: mask(is(x, b':')),
        slash: mask(is(x, b'/')),
        space: mask(is(x, b' ')),
        underscore: mask(is(x, b'_')),
        plus: mask(is(x, b'+')),
        paren: mask(is(x, b'(')),
    }
}

/// The high bits of 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(x: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(x) as u32)
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
