//! Judges what was found in one text by its labels.
//!
//! A label counts as found when something of its family overlaps it by more than half of the longer of
//! the two. Each thing found serves one label; it is exact when it is of the very type. What is found
//! beside the labels is false if the labels are complete for its type, and else says nothing.

use crate::corpus::{Scope, Span, Text};
use crate::eye::Found;
use crate::terms::Terms;
use lakegate_core::detection::Category;

/// What became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Found.
    Found {
        /// By an identifier of this type, not only of its family.
        exact: bool,
        /// From its first to its last character.
        whole: bool,
    },
    /// Not found.
    Missed,
    /// Not found, and not to be: no word stands around a value that needs a keyword.
    Bare,
    /// A weak match by the source's own view: neither found nor missed counts.
    Weak,
    /// A card number reserved for tests, which is not to be reported.
    Reserved,
    /// We have nothing in its family.
    Unclaimed,
}

/// What a thing found turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// What the label of this index says.
    Label(usize),
    /// Nothing that is labelled, though all of its type is.
    False,
    /// Unknown: its type is not labelled there.
    Unlabelled,
}

/// The judgement of one text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// By label, in the order of the spans.
    pub labels: Vec<Fate>,
    /// By thing found, in its order.
    pub found: Vec<Worth>,
    /// Where only a count is labelled: how many of those expected were found.
    pub counted: usize,
}

/// More than half of the longer one.
pub fn overlaps(one: (usize, usize), other: (usize, usize)) -> bool {
    let shared = one.1.min(other.1).saturating_sub(one.0.max(other.0));
    let longer = (one.1 - one.0).max(other.1 - other.0);
    shared * 2 > longer
}

/// Judges one text.
pub fn judge(text: &Text, found: &[Found], terms: &Terms) -> Judgement {
    let Some(spans) = &text.spans else { return judge_count(text, found, terms) };
    let mut worth: Vec<Worth> = found
        .iter()
        .map(|one| if in_scope(text, one, terms) { Worth::False } else { Worth::Unlabelled })
        .collect();
    let mut labels = Vec::new();
    for (index, span) in spans.iter().enumerate() {
        let best = best_for(span, found, &worth, terms);
        let fate = best.map(|best| {
            worth[best] = Worth::Label(index);
            let one = &found[best];
            let exact = terms.identifiers(&span.kind).contains(&one.identifier);
            Fate::Found { exact, whole: (one.start, one.end) == (span.start, span.end) }
        });
        labels.push(match fate {
            _ if !terms.claims(terms.family(&span.kind)) => Fate::Unclaimed,
            _ if span.reserved => Fate::Reserved,
            _ if span.is_weak() => Fate::Weak,
            Some(fate) => fate,
            None if text.is_bare() && needs_word(&span.kind, terms) => Fate::Bare,
            None => Fate::Missed,
        });
    }
    Judgement { labels, found: worth, counted: 0 }
}

/// Where only a number is known, what goes past it is not held against us.
fn judge_count(text: &Text, found: &[Found], terms: &Terms) -> Judgement {
    let fits = |one: &Found| in_scope(text, one, terms);
    let counted = found.iter().filter(|one| fits(one)).count().min(text.min.unwrap_or(0));
    Judgement { labels: Vec::new(), found: vec![Worth::Unlabelled; found.len()], counted }
}

/// The thing that serves a label best: of the very type first, then by how much they share.
fn best_for(span: &Span, found: &[Found], worth: &[Worth], terms: &Terms) -> Option<usize> {
    let family = terms.family(&span.kind);
    let exact = terms.identifiers(&span.kind);
    let fits = |index: &usize| {
        let one = &found[*index];
        !matches!(worth[*index], Worth::Label(_))
            && terms.served(one.identifier).contains(family)
            && overlaps((one.start, one.end), (span.start, span.end))
    };
    let shared = |one: &Found| one.end.min(span.end).saturating_sub(one.start.max(span.start));
    (0..found.len())
        .filter(fits)
        .max_by_key(|index| (exact.contains(&found[*index].identifier), shared(&found[*index])))
}

/// Whether a text's labels are complete for what was found.
fn in_scope(text: &Text, one: &Found, terms: &Terms) -> bool {
    let types = match &text.scope {
        Scope::All(_) => return true,
        Scope::Types(types) => types,
    };
    types.iter().any(|kind| match kind.strip_suffix('*') {
        Some("CREDENTIALS") => terms.known()[one.identifier].category == Category::Credentials,
        Some("IBAN") => terms.served(one.identifier).contains("BANK_ACCOUNT"),
        Some(family) => terms.served(one.identifier).contains(family),
        None => terms.identifiers(kind).contains(&one.identifier),
    })
}

/// Whether nothing that reports a label stands alone.
pub fn needs_word(label: &str, terms: &Terms) -> bool {
    let exact = terms.identifiers(label);
    let family = terms.family(label);
    let mut able = terms.known().iter().enumerate().filter(|(index, _)| match exact.is_empty() {
        true => terms.served(*index).contains(family),
        false => exact.contains(index),
    });
    !able.any(|(_, known)| known.stands_alone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::tests::made_up;

    /// `text` is JSON without id, source and text; `found` is `start-end id`, one a comma. The outcome is
    /// a word for each label, then one for each thing found.
    fn check(text: &str, found: &str, expected: &str) {
        let terms = made_up();
        let text: Text =
            serde_json::from_str(&format!(r#"{{"id":"","source":"","text":"",{text}}}"#)).unwrap();
        let found: Vec<Found> = found
            .split(',')
            .filter(|one| !one.is_empty())
            .map(|one| {
                let (place, id) = one.trim().split_once(' ').unwrap();
                let (start, end) = place.split_once('-').unwrap();
                let identifier = terms.known().iter().position(|known| known.id == id).unwrap();
                Found { start: start.parse().unwrap(), end: end.parse().unwrap(), identifier }
            })
            .collect();
        let judgement = judge(&text, &found, &terms);
        let mut words: Vec<String> = judgement
            .labels
            .iter()
            .map(|fate| match fate {
                Fate::Found { exact, whole } => format!(
                    "found{}{}",
                    if *exact { "-exact" } else { "" },
                    if *whole { "-whole" } else { "" }
                ),
                other => format!("{other:?}").to_lowercase(),
            })
            .collect();
        words.extend(judgement.found.iter().map(|worth| match worth {
            Worth::Label(index) => format!("={index}"),
            other => format!("{other:?}").to_lowercase(),
        }));
        if judgement.counted > 0 {
            words.push(format!("counted {}", judgement.counted));
        }
        assert_eq!(words.join(" "), expected, "{text:?} {found:?}");
    }

    #[test]
    fn overlap_is_more_than_half_of_the_longer() {
        for (one, other, expected) in [
            ((0, 10), (0, 10), true),
            ((0, 10), (5, 10), false),
            ((0, 10), (4, 10), true),
            ((0, 10), (10, 20), false),
            ((3, 9), (0, 20), false),
        ] {
            assert_eq!(overlaps(one, other), expected, "{one:?} {other:?}");
            assert_eq!(overlaps(other, one), expected, "{one:?} {other:?}");
        }
    }

    #[test]
    fn labels_are_found_by_family_and_by_type() {
        let label = r#""spans":[{"start":0,"end":10,"type":"US_PHONE_NUMBER"}],"scope":"all""#;
        check(label, "0-10 US_PHONE_NUMBER", "found-exact-whole =0");
        check(label, "0-12 US_PHONE_NUMBER", "found-exact =0");
        check(label, "0-10 FRANCE_PHONE_NUMBER", "found-whole =0");
        check(label, "0-10 CARD", "missed false");
        check(label, "0-5 US_PHONE_NUMBER", "missed false");
        check(label, "", "missed");
        check(label, "0-9 FRANCE_PHONE_NUMBER, 0-8 US_PHONE_NUMBER", "found-exact false =0");
        check(label, "0-10 US_PHONE_NUMBER, 20-30 US_PHONE_NUMBER", "found-exact-whole =0 false");
    }

    #[test]
    fn other_labels_count_by_what_we_have() {
        let any = r#""spans":[{"start":0,"end":10,"type":"OTHER:PHONE_NUMBER"}],"scope":"all""#;
        check(any, "0-10 FRANCE_PHONE_NUMBER", "found-exact-whole =0");
        let moon =
            r#""spans":[{"start":0,"end":10,"type":"OTHER:PHONE_NUMBER_MOON"}],"scope":"all""#;
        check(moon, "0-10 FRANCE_PHONE_NUMBER", "found-whole =0");
        let none = r#""spans":[{"start":0,"end":10,"type":"OTHER:UNHEARD_OF"}],"scope":"all""#;
        check(none, "0-10 CARD", "unclaimed false");
    }

    #[test]
    fn outside_its_scope_a_text_says_nothing() {
        let one = r#""spans":[],"scope":["US_PHONE_NUMBER"]"#;
        check(
            one,
            "0-10 US_PHONE_NUMBER, 0-10 FRANCE_PHONE_NUMBER, 0-9 CARD",
            "false unlabelled unlabelled",
        );
        let family = r#""spans":[],"scope":["PHONE*"]"#;
        check(family, "0-10 US_PHONE_NUMBER, 0-9 CARD", "false unlabelled");
        let credentials = r#""spans":[],"scope":["CREDENTIALS*"]"#;
        check(credentials, "0-10 GITHUB_PERSONAL_TOKEN, 0-9 CARD", "false unlabelled");
    }

    #[test]
    fn weak_reserved_and_bare_labels_are_no_misses() {
        let weak = r#""spans":[{"start":0,"end":9,"type":"CARD","score":[0.0,0.3]}],"scope":"all""#;
        check(weak, "", "weak");
        check(weak, "0-9 CARD", "weak =0");
        let reserved =
            r#""spans":[{"start":0,"end":9,"type":"CARD","reserved":true}],"scope":"all""#;
        check(reserved, "", "reserved");
        let bare = r#""spans":[{"start":0,"end":9,"type":"OTHER:PL_PESEL"}],"scope":"all","tags":["bare"]"#;
        check(bare, "", "bare");
        check(bare, "0-9 POLAND_PESEL_NUMBER", "found-exact-whole =0");
        let alone = r#""spans":[{"start":0,"end":9,"type":"CARD"}],"scope":"all","tags":["bare"]"#;
        check(alone, "", "missed");
    }

    #[test]
    fn where_only_a_count_is_known() {
        let two = r#""spans":null,"min":2,"scope":["CARD"]"#;
        check(two, "0-9 CARD", "unlabelled counted 1");
        check(two, "0-9 CARD, 9-12 CARD, 20-22 CARD", "unlabelled unlabelled unlabelled counted 2");
        check(two, "0-9 US_PHONE_NUMBER", "unlabelled");
    }
}
