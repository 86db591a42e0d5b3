//! What holds for every check: it is total, and it refuses a number of which one digit was changed.

use super::{Candidate, Check};
use crate::catalogue::{Example, IDENTIFIERS, PATTERNS, Proof};
use crate::proof::detect;
use crate::{Detector, Selection};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Checks whose algorithm catches every changed digit.
const EXACT: [&str; 23] = [
    "aadhaar",
    "argentina_sube",
    "australia_tfn",
    "canada_sin",
    "card",
    "card_in_use",
    "chile_rut",
    "colombia_organization_nit",
    "finland_licence",
    "france_nir",
    "france_rib",
    "france_spi",
    "germany_document",
    "germany_idnr",
    "iban",
    "italy_iva",
    "npi",
    "pesel",
    "spain_ccc",
    "spain_cif",
    "spain_letter",
    "spain_social_security",
    "uk_nhs",
];

/// Checks that look at a part of the match only: beside a card's number stand its date and its bank's
/// data, beside a device's its lot and its date, beside a number of a company that of an account or a
/// branch; a phrase of words may stand among digits; the weights of a Czech account leave a prefix out.
const PARTIAL: [&str; 8] = [
    "canada_business",
    "card_track",
    "czech_account",
    "germany_lanr",
    "indonesia_npwp",
    "new_zealand_account",
    "seed_phrase",
    "udi_gs1",
];

/// Of a hundred changed digits so many at most pass any other check: in some algorithms two remainders
/// share a check digit (CPF, UTR), or a weight shares a factor with the modulus (CURP, DEA).
const OTHERS_PASSED_MAX: usize = 25;

fn checks() -> BTreeMap<&'static str, &'static Check> {
    PATTERNS.iter().filter_map(|pattern| Some((pattern.check_name, pattern.check?))).collect()
}

/// How often a changed digit passed, and how many were changed, by check.
fn changed_digits() -> BTreeMap<&'static str, (usize, usize)> {
    let detector = Detector::new(&Selection::all()).unwrap();
    let checks = checks();
    let mut counts = BTreeMap::new();
    for (index, identifier) in IDENTIFIERS.iter().enumerate() {
        for example in identifier.examples {
            for hit in detect(&detector, example) {
                let explanation = &hit.explanation;
                if hit.identifier == index && explanation.proof == Proof::Checksum {
                    let check = checks[explanation.check];
                    let (passed, tried) = change(check, example, hit.start..hit.end);
                    let count = counts.entry(explanation.check).or_insert((0, 0));
                    *count = (count.0 + passed, count.1 + tried);
                }
            }
        }
    }
    counts
}

/// Changes every digit of a match to every other.
fn change(check: &Check, example: &Example, found: std::ops::Range<usize>) -> (usize, usize) {
    let mut text = example.text.as_bytes().to_vec();
    let (mut passed, mut tried) = (0, 0);
    for at in found.clone().filter(|at| example.text.as_bytes()[*at].is_ascii_digit()) {
        let right = text[at];
        for wrong in (b'0'..=b'9').filter(|digit| *digit != right) {
            text[at] = wrong;
            let value = 0..text.len();
            let candidate = Candidate { text: &text, value, found: found.clone() };
            passed += usize::from(check.run(&candidate).is_some());
            tried += 1;
        }
        text[at] = right;
    }
    (passed, tried)
}

#[test]
fn one_changed_digit_is_refused() {
    let counts = changed_digits();
    let mut problems = Vec::new();
    for (name, (passed, tried)) in &counts {
        let limit = match *name {
            exact if EXACT.contains(&exact) => 0,
            partial if PARTIAL.contains(&partial) => 100,
            _ => OTHERS_PASSED_MAX,
        };
        if passed * 100 > limit * tried {
            problems.push(format!("{name}: {passed} of {tried} passed, {limit} in 100 may"));
        }
    }
    let untried = EXACT.iter().filter(|name| !counts.contains_key(*name));
    problems.extend(untried.map(|name| format!("{name}: no example tries it")));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

proptest! {
    #[test]
    fn checks_are_total(
        text in "[ -~]{0,12}([0-9A-Z]{0,24}|[0-9 .-]{0,40}|[ -~é€Ñ]{0,40})[ -~]{0,12}",
        cuts in proptest::array::uniform4(0usize..100),
    ) {
        let bytes = text.as_bytes();
        let mut cuts = cuts.map(|cut| cut % (bytes.len() + 1));
        cuts.sort_unstable();
        let [from, start, end, to] = cuts;
        for (name, check) in checks() {
            for (value, found) in
                [(from..to, start..end), (0..bytes.len(), start..end), (0..bytes.len(), 0..bytes.len())]
            {
                let candidate = Candidate { text: bytes, value: value.clone(), found: found.clone() };
                if let Some(end) = check.run(&candidate) {
                    prop_assert!((found.start..=value.end).contains(&end), "{}", name);
                }
            }
        }
    }
}
