//! However a text is cut into blocks, the same is found.

use super::rules;
use crate::custom::{CUSTOM_AFTER_BYTES, CUSTOM_BEFORE_BYTES, CustomIdentifier};
use crate::ruleset::{Ruleset, RulesetScratch};
use lakegate_core::text::{Block, Layout, Place, Repeats, Segment};
use proptest::prelude::*;

/// Start, end and identifier of what is found.
type Found = Vec<(usize, usize, usize)>;

fn identifiers() -> Vec<CustomIdentifier> {
    let with = |id: &str, regex: &str, keywords: &[&str]| CustomIdentifier {
        keywords: keywords.iter().map(|keyword| (*keyword).to_owned()).collect(),
        ..CustomIdentifier::new(id, regex)
    };
    vec![
        with("DIGITS", r"\d{4}", &[]),
        with("RUN", r"\d+", &[]),
        with("LITERAL", r"ab\d", &[]),
        with("INNER", r"[a-c]+-x\d*", &[]),
        with("LONG", "a[^!]*!", &[]),
        with("START", r"^\w+", &[]),
        with("END", r"\w+$", &[]),
        with("NEAR", r"\d\d", &["key"]),
        with("WORD", r"\bé\w+\b", &[]),
    ]
}

fn whole(rules: &Ruleset, text: &str) -> Found {
    let mut out = Vec::new();
    rules.detect_text(text, &mut RulesetScratch::default(), &mut out);
    out.iter().map(|found| (found.start, found.end, found.identifier)).collect()
}

/// The same in blocks whose owned parts have about these lengths, each with as much on both sides as is
/// needed.
fn cut(rules: &Ruleset, text: &str, lengths: &[usize]) -> Found {
    let mut scratch = RulesetScratch::default();
    let (mut all, mut out) = (Vec::new(), Vec::new());
    let mut own_start = 0;
    let mut lengths = lengths.iter().cycle();
    while own_start < text.len() {
        let length = *lengths.next().unwrap();
        let own_end = text.ceil_char_boundary((own_start + length).min(text.len()));
        let from = text.floor_char_boundary(own_start.saturating_sub(CUSTOM_BEFORE_BYTES));
        let to = text.ceil_char_boundary((own_end + CUSTOM_AFTER_BYTES).min(text.len()));
        // A block that sees the end is the last one.
        let own_end = if to == text.len() { to } else { own_end };
        let end = (to - from) as u32;
        let block = Block {
            text: &text[from..to],
            segments: &[Segment { start: 0, end, context: 0, unit: 1, part: 0 }],
            contexts: &[],
            paths: &[],
            layout: Layout::Lines,
            place: Place::default(),
            repeats: Repeats::default(),
            own_start: (own_start - from) as u32,
            own_end: (own_end - from) as u32,
            contexts_epoch: 0,
        };
        rules.detect(&block, &mut scratch, &mut out);
        all.extend(out.iter().map(|f| (f.start + from, f.end + from, f.identifier)));
        own_start = own_end;
    }
    all.sort_unstable();
    all
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ab0-9]{1,6}",
        "[0-9]{1,2000}",
        Just("a".repeat(1_500)),
        Just("key".to_owned()),
        Just("ab1".to_owned()),
        Just("cab-x77".to_owned()),
        Just(" ".to_owned()),
        Just("!".to_owned()),
        Just("éa ".to_owned()),
        Just("\n".to_owned()),
    ];
    proptest::collection::vec(piece, 1..200).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn the_same_is_found_however_a_text_is_cut(
        text in texts(),
        lengths in proptest::collection::vec(1_usize..1_500, 1..6),
    ) {
        let rules = rules(&identifiers());
        let mut expected = whole(&rules, &text);
        expected.sort_unstable();
        let found = cut(&rules, &text, &lengths);
        let differs = found.iter().zip(&expected).find(|(one, other)| one != other);
        prop_assert_eq!((differs, found.len()), (None, expected.len()));
    }
}
