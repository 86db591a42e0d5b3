//! Which of several overlapping matches stands.
//!
//! A match falls if a better one overlaps it. Of two on the same text that are proven by check
//! digits alike, the one with a keyword is better: a Finnish licence bears the number of its holder. A
//! credential with a form of its own stands over what is none: `ghp_…@github.com` is a token, not an
//! address. Else better is, in this order (but what a model judged falls to any other):
//! 1. what needs no keyword (an IBAN over the account number inside it), then what needs one near, then
//!    what is known by the name it is assigned to alone (a vendor's key over a secret of any kind),
//! 2. the longer match (a phone number over nine of its digits),
//! 3. the one whose keyword stands nearer (name of the column: nearest of all; at one distance, before the
//!    match; a keyword behind it that names another value: farthest of all),
//! 4. the better proof (check digits over a form),
//! 5. the one whose keyword is longer, so more particular,
//! 6. the one that begins earlier, and then the one listed first in the catalogue.
//!
//! The rule looks at pairs only: whether the better match itself falls to a third does not matter.
//! So what is near decides, and a text gives the same whichever way it is cut into blocks.

use crate::catalogue::{IDENTIFIERS, Proof};
use crate::hit::Hit;
use lakegate_core::detection::Category;
use std::cmp::Reverse;

/// Keeps of `hits` those that stand, sorted by start. `fallen` is memory to use.
pub(crate) fn resolve(hits: &mut Vec<Hit>, fallen: &mut Vec<bool>) {
    hits.sort_unstable_by_key(|hit| {
        (
            hit.start,
            hit.end,
            hit.identifier,
            Reverse(hit.explanation.kind()),
            hit.explanation.remoteness(),
            Reverse(hit.explanation.proof),
        )
    });
    hits.dedup_by_key(|hit| (hit.start, hit.end, hit.identifier));
    fallen.clear();
    fallen.resize(hits.len(), false);
    for one in 0..hits.len() {
        for other in one + 1..hits.len() {
            if hits[other].start >= hits[one].end {
                break;
            }
            let loser = if is_better(&hits[one], &hits[other]) { other } else { one };
            fallen[loser] = true;
        }
    }
    let mut index = 0;
    hits.retain(|_| {
        index += 1;
        !fallen[index - 1]
    });
}

/// Whether `one` stands over `other`, which overlaps it.
fn is_better(one: &Hit, other: &Hit) -> bool {
    let guessed = |hit: &Hit| hit.explanation.proof == Proof::Model;
    if guessed(one) != guessed(other) {
        return guessed(other);
    }
    let of_itself = |hit: &Hit| hit.explanation.kind() == 2;
    let is_credential = |hit: &Hit| IDENTIFIERS[hit.identifier].category == Category::Credentials;
    let is_key = |hit: &Hit| is_credential(hit) && hit.explanation.proof == Proof::Distinctive;
    let unlike = is_credential(one) != is_credential(other);
    if unlike && of_itself(one) && of_itself(other) && (is_key(one) || is_key(other)) {
        return is_key(one);
    }
    let same_form = (one.start, one.end, one.explanation.proof)
        == (other.start, other.end, other.explanation.proof);
    let named = |hit: &Hit| hit.explanation.keyword.is_some();
    match same_form && one.explanation.proof == Proof::Checksum && named(one) != named(other) {
        true => named(one),
        false => rank(one) > rank(other),
    }
}

/// Total order of overlapping matches: the greater stands.
fn rank(hit: &Hit) -> impl Ord {
    let explanation = &hit.explanation;
    (
        explanation.kind(),
        hit.end - hit.start,
        Reverse(explanation.remoteness()),
        explanation.proof,
        explanation.keyword.map_or(0, |evidence| evidence.keyword.len()),
        Reverse(hit.start),
        Reverse(hit.identifier),
    )
}
