//! National numbers beyond Macie's: identity, social security, tax, health and company numbers.
//!
//! The files are by region; what they share stands here and in [`sums`] and [`births`]. A number
//! that is one digit repeated is never accepted.

mod africa;
mod americas;
mod balkans;
mod baltic;
mod births;
mod british;
mod central;
mod east_asia;
mod eastern;
mod german;
mod latin;
mod middle_east;
mod nordic;
mod oceania;
mod plain;
mod south_asia;
mod southern;
mod sums;
#[cfg(test)]
mod tests;
mod western;

pub(crate) use africa::*;
pub(crate) use americas::*;
pub(crate) use balkans::*;
pub(crate) use baltic::*;
pub(crate) use british::*;
pub(crate) use central::*;
pub(crate) use east_asia::*;
pub(crate) use eastern::*;
pub(crate) use german::*;
pub(crate) use latin::*;
pub(crate) use middle_east::*;
pub(crate) use nordic::*;
pub(crate) use oceania::*;
pub(crate) use plain::*;
pub(crate) use south_asia::*;
pub(crate) use southern::*;
pub(crate) use western::*;

use super::{Check, Digits, Solid, all_same, base36, luhn, modulo, weighted};
use births::{is_birth_date, is_short_date};
use sums::{complement, cross_sum, is_digit, number, rising, tail_weighted, two_rounds};

/// Whether a text has just `N` digits, not all the same, and they pass `rule`. What is no digit is
/// passed over: the pattern says where letters and separators may stand.
fn digits_pass<const N: usize>(text: &[u8], rule: impl FnOnce(&[u8; N]) -> bool) -> bool {
    let digits = Digits::of(text);
    <&[u8; N]>::try_from(digits.as_slice()).is_ok_and(|digits| !all_same(digits) && rule(digits))
}

/// As [`digits_pass`] for a number that may be written without its leading zeros.
fn padded_pass<const N: usize>(text: &[u8], rule: impl FnOnce(&[u8; N]) -> bool) -> bool {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let Some(missing) = N.checked_sub(digits.len()) else { return false };
    let mut padded = [0u8; N];
    padded[missing..].copy_from_slice(digits);
    !all_same(&padded) && rule(&padded)
}

/// Whether a text has just `N` letters and digits, and they pass `rule` as capitals.
fn code_pass<const N: usize>(text: &[u8], rule: impl FnOnce(&[u8; N]) -> bool) -> bool {
    let solid = Solid::of(text);
    <&[u8; N]>::try_from(solid.as_slice()).is_ok_and(rule)
}
