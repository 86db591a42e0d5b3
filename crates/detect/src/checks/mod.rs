//! Checks that a match must pass beyond its form: check digits, dates, published samples.
//!
//! A pattern in `identifiers/*.yaml` names its check in lower case; the build turns the name into
//! one of the statics below. A check must be total: it may see anything that its pattern can match,
//! must not allocate and must not look outside the value.

mod accounts;
mod assigned_value;
mod base58;
mod bech32;
mod card_data;
mod cards;
mod clearing;
mod codes;
mod contacts;
mod cookies;
mod crypto;
mod dates;
mod days;
mod devices;
mod documents;
mod generic_secrets;
mod hashes;
mod health;
mod key_names;
mod keys;
mod latin_america;
mod licences;
mod medical_devices;
mod national;
mod network;
mod no_secrets;
#[cfg(test)]
mod properties;
mod providers;
mod random_look;
mod registers;
mod secrets;
mod seeds;
mod taxes;
mod urls;
mod vehicles;

pub(crate) use accounts::*;
pub(crate) use card_data::*;
pub(crate) use cards::*;
pub(crate) use clearing::*;
pub(crate) use codes::*;
pub(crate) use contacts::*;
pub(crate) use cookies::*;
pub(crate) use crypto::*;
pub(crate) use dates::*;
pub(crate) use devices::*;
pub(crate) use documents::*;
pub(crate) use generic_secrets::*;
pub(crate) use health::*;
pub(crate) use keys::*;
pub(crate) use latin_america::*;
pub(crate) use licences::*;
pub(crate) use medical_devices::*;
pub(crate) use national::*;
pub(crate) use network::*;
pub(crate) use providers::*;
pub(crate) use registers::*;
pub(crate) use secrets::*;
pub(crate) use seeds::*;
pub(crate) use taxes::*;
pub(crate) use urls::*;
pub(crate) use vehicles::*;

/// A check by what it needs to see.
#[derive(Debug)]
pub(crate) enum Check {
    /// The match alone.
    Text(fn(&[u8]) -> bool),
    /// The match in its value; it may also extend the match, and returns its end.
    InValue(fn(&Candidate<'_>) -> Option<usize>),
}

/// A match and the value in which it stands.
pub(crate) struct Candidate<'a> {
    /// Text that holds the value.
    pub text: &'a [u8],
    /// The value in it.
    pub value: std::ops::Range<usize>,
    /// The match in it.
    pub found: std::ops::Range<usize>,
}

impl Check {
    /// The end of the match if it passes.
    #[inline]
    pub fn run(&self, candidate: &Candidate<'_>) -> Option<usize> {
        match self {
            Check::Text(check) => {
                check(&candidate.text[candidate.found.clone()]).then_some(candidate.found.end)
            }
            Check::InValue(check) => check(candidate),
        }
    }

    /// Whether a text passes that is the whole value.
    fn passes(&self, text: &[u8]) -> bool {
        self.run(&Candidate { text, value: 0..text.len(), found: 0..text.len() }).is_some()
    }
}

/// At most this many digits are looked at in one match.
const DIGITS_MAX: usize = 40;

/// The digits of a match, its separators left out.
struct Digits {
    values: [u8; DIGITS_MAX],
    len: usize,
}

impl Digits {
    fn of(text: &[u8]) -> Self {
        let mut digits = Digits { values: [0; DIGITS_MAX], len: 0 };
        for byte in text.iter().filter(|byte| byte.is_ascii_digit()).take(DIGITS_MAX) {
            digits.values[digits.len] = byte - b'0';
            digits.len += 1;
        }
        digits
    }

    fn as_slice(&self) -> &[u8] {
        &self.values[..self.len]
    }
}

/// The letters (as upper case) and digits of a match.
struct Solid {
    bytes: [u8; DIGITS_MAX],
    len: usize,
}

impl Solid {
    fn of(text: &[u8]) -> Self {
        let mut solid = Solid { bytes: [0; DIGITS_MAX], len: 0 };
        for byte in text.iter().filter(|byte| byte.is_ascii_alphanumeric()).take(DIGITS_MAX) {
            solid.bytes[solid.len] = byte.to_ascii_uppercase();
            solid.len += 1;
        }
        solid
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Luhn's sum over digits, the check digit last (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0u32;
    for (index, digit) in digits.iter().rev().enumerate() {
        let digit = u32::from(*digit);
        let doubled = digit * 2;
        sum += match index % 2 {
            0 => digit,
            _ => doubled / 10 + doubled % 10,
        };
    }
    sum.is_multiple_of(10)
}

/// Sum of digits times weights.
fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// The number that digits spell, modulo `modulus`.
fn modulo(digits: &[u8], modulus: u64) -> u64 {
    digits.iter().fold(0, |rest, digit| (rest * 10 + u64::from(*digit)) % modulus)
}

fn all_same(digits: &[u8]) -> bool {
    digits.windows(2).all(|pair| pair[0] == pair[1])
}

/// Value of a digit or letter in ISO 7064, ICAO 9303 and IBANs: 0 to 9, A = 10 to Z = 35.
fn base36(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    }
}

/// The one separator used between groups, `None` if there is none, and an error if they differ. A single
/// line break may stand anywhere: numbers are broken over two lines, but not over more.
fn separator(text: &[u8]) -> Result<Option<u8>, ()> {
    let mut seen = None;
    let mut breaks = 0;
    for &byte in text.iter().filter(|byte| !byte.is_ascii_alphanumeric() && **byte != b'\r') {
        if byte == b'\n' {
            breaks += 1;
            if breaks > 1 {
                return Err(());
            }
            continue;
        }
        match seen {
            None => seen = Some(byte),
            Some(other) if other == byte => {}
            Some(_) => return Err(()),
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a check on a text as the whole value.
    pub(super) fn passes(check: &Check, text: &str) -> bool {
        check.passes(text.as_bytes())
    }

    #[test]
    fn luhn_refuses_every_changed_digit() {
        let good = [7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3];
        assert!(luhn(&good));
        for index in 0..good.len() {
            let mut bad = good;
            bad[index] = (bad[index] + 1) % 10;
            assert!(!luhn(&bad), "digit {index}");
        }
    }
}
