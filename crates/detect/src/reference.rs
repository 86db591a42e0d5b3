//! The plain implementation beside which the engine is proven: every pattern's regex by itself, tried
//! at every byte of every value, with the same edges, checks, keyword and overlap rules.
//!
//! It shares the rules with the engine, and nothing of how places to look at are found: byte
//! classes, candidates, tables and the lazy search for keywords.

use crate::assignment;
use crate::candidates;
use crate::catalogue::{Anchor, IDENTIFIERS, KEYWORDS, Need, PATTERNS, Pattern};
use crate::detector::{AFTER_BYTES, BEFORE_BYTES, Detector, Scratch};
use crate::evidence::{self, BEFORE_KEYWORD_BYTES_MAX};
use crate::hit::{Explanation, Hit, KeywordEvidence, KeywordPlace};
use crate::keywords::{self, Found};
use crate::overlap;
use crate::pass::{form_holds, walk_limit};
use crate::plain_form::PlainForm;
use crate::selection::Selection;
use lakegate_core::text::{Block, Context, Segment};
use proptest::prelude::*;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind, nfa::thompson};
use std::sync::LazyLock;

type Dfa = dense::DFA<Vec<u32>>;

/// Every pattern's automaton, and the state in which it starts.
static REGEXES: LazyLock<Vec<(Dfa, StateID)>> = LazyLock::new(|| {
    let anchored = start::Config::new().anchored(Anchored::Yes);
    let with_start = |dfa: Dfa| {
        let start = dfa.start_state(&anchored).unwrap();
        (dfa, start)
    };
    PATTERNS.iter().map(|pattern| with_start(compile(pattern))).collect()
});

fn compile(pattern: &Pattern) -> Dfa {
    dense::Builder::new()
        .configure(dense::Config::new().match_kind(MatchKind::All).start_kind(StartKind::Anchored))
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(thompson::Config::new().utf8(false))
        .build(pattern.regex)
        .unwrap()
}

/// All ends of matches that begin at `at`.
fn ends((dfa, start): &(Dfa, StateID), bytes: &[u8], at: usize, limit: usize) -> Vec<usize> {
    let mut state = *start;
    let mut ends = Vec::new();
    for (index, byte) in bytes[at..limit].iter().enumerate() {
        state = dfa.next_state(state, *byte);
        if dfa.is_dead_state(state) {
            break;
        }
        if dfa.is_match_state(dfa.next_eoi_state(state)) {
            ends.push(at + index + 1);
        }
    }
    ends
}

/// Keywords of a value, looked for at every place.
fn all_keywords(text: &str, segment: &Segment) -> Vec<Found> {
    let wanted = vec![true; KEYWORDS.len()];
    let mut found = Vec::new();
    for at in segment.start as usize..segment.end as usize {
        if text.is_char_boundary(at) {
            keywords::at(text, at, &wanted, &mut found);
        }
    }
    found.retain(|found| found.end <= segment.end as usize);
    found
}

fn in_value(
    value: &str,
    found: &[Found],
    identifier: u16,
    start: usize,
    end: usize,
) -> Option<KeywordEvidence> {
    let limit = u64::from(IDENTIFIERS[usize::from(identifier)].keyword_distance);
    found
        .iter()
        .filter(|found| KEYWORDS[usize::from(found.keyword)].owners.contains(&identifier))
        .filter_map(|found| {
            let between = if found.end <= start {
                found.end..start
            } else if found.start >= end && end - start <= BEFORE_KEYWORD_BYTES_MAX {
                end..found.start
            } else {
                return None;
            };
            let gap = value[between].chars().count() as u64;
            let side = evidence::side(value, found, start);
            let place = KeywordPlace::Value { distance: gap as u16, side };
            (gap <= limit).then_some((place, found))
        })
        .min_by_key(|(place, found)| (place.remoteness(), found.start, found.end))
        .map(|(place, found)| KeywordEvidence {
            keyword: KEYWORDS[usize::from(found.keyword)].text,
            place,
        })
}

/// The longest keyword in the names.
fn in_names(context: Option<&Context>, identifier: u16) -> Option<KeywordEvidence> {
    let mut longest: Option<&'static str> = None;
    for name in context.into_iter().flat_map(|context| &context.names) {
        keywords::in_name(name, |keyword| {
            let keyword = &KEYWORDS[usize::from(keyword)];
            let owns = keyword.owners.contains(&identifier);
            if owns && longest.is_none_or(|known| known.len() < keyword.text.len()) {
                longest = Some(keyword.text);
            }
        });
    }
    longest.map(|keyword| KeywordEvidence { keyword, place: KeywordPlace::Name })
}

/// Where a pattern's matches may begin, and the keyword that decided it where values are assigned.
fn starts(pattern: &Pattern, bytes: &[u8], segment: &Segment) -> Vec<usize> {
    let value = segment.start as usize..segment.end as usize;
    let behind = |byte: u8| value.clone().filter(move |at| bytes[*at] == byte);
    match pattern.anchor {
        Anchor::Token => value.collect(),
        Anchor::At => {
            behind(b'@').filter_map(|at| candidates::local_part(bytes, value.start, at)).collect()
        }
        Anchor::Scheme => {
            behind(b'/').filter_map(|at| candidates::scheme_start(bytes, value.start, at)).collect()
        }
        Anchor::Colons => {
            behind(b':').filter_map(|at| candidates::colons_start(bytes, value.start, at)).collect()
        }
        Anchor::Tilde => {
            behind(b'~').filter_map(|at| candidates::tilde_start(bytes, value.start, at)).collect()
        }
        Anchor::Assigned => Vec::new(),
    }
}

/// Matches of a pattern for assigned values in one value, with their evidence.
fn assigned(
    pattern: &Pattern,
    dfa: &(Dfa, StateID),
    block: &Block<'_>,
    segment: &Segment,
    keywords: &[Found],
) -> Vec<(usize, usize, KeywordEvidence)> {
    let bytes = block.text.as_bytes();
    let value = segment.start as usize..segment.end as usize;
    let owns =
        |found: &&Found| KEYWORDS[usize::from(found.keyword)].owners.contains(&pattern.identifier);
    let mut found = Vec::new();
    let mut walk = |start: usize, evidence: KeywordEvidence| {
        for end in ends(dfa, bytes, start, walk_limit(bytes, segment, start)) {
            if let Some(end) = form_holds(pattern, block.text, &value, start, end) {
                found.push((start, end, evidence));
            }
        }
    };
    for found in keywords.iter().filter(owns) {
        let Some(start) = assignment::value_start(bytes, found.end, value.end) else { continue };
        let same_end = keywords.iter().filter(|other| other.end == found.end).filter(owns);
        let longest = same_end
            .map(|found| KEYWORDS[usize::from(found.keyword)].text)
            .max_by_key(|text| text.len());
        if let Some(keyword) = longest {
            walk(start, KeywordEvidence { keyword, place: KeywordPlace::Assigned });
        }
    }
    let context = block.contexts.get(segment.context as usize);
    if let Some(evidence) = in_names(context, pattern.identifier)
        && let Some(start) = assignment::named_start(bytes, &value)
    {
        walk(start, evidence);
    }
    found
}

fn detect(block: &Block<'_>) -> Vec<Hit> {
    let mut form = PlainForm::default();
    let mut hits = if form.fill(block.text, block.segments) {
        let plain = Block { text: &form.text, segments: &form.segments, ..block.clone() };
        let mut hits = matches(&plain);
        for hit in &mut hits {
            let range = form.range_in_text(hit.start..hit.end);
            (hit.start, hit.end) = (range.start, range.end);
        }
        hits
    } else {
        matches(block)
    };
    overlap::resolve(&mut hits, &mut Vec::new());
    hits.retain(|hit| (block.own_start as usize..block.own_end as usize).contains(&hit.start));
    hits
}

/// All matches, overlapping or not, owned or not.
fn matches(block: &Block<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, segment) in block.segments.iter().enumerate() {
        let keywords = all_keywords(block.text, segment);
        let value = &block.text[..segment.end as usize];
        for (pattern, dfa) in PATTERNS.iter().zip(REGEXES.iter()) {
            let mut take = |start, end, keyword| {
                let explanation = Explanation::of(pattern, keyword);
                let identifier = usize::from(pattern.identifier);
                let score = explanation.score();
                hits.push(Hit { identifier, segment: index, start, end, score, explanation });
            };
            if pattern.anchor == Anchor::Assigned {
                for (start, end, evidence) in assigned(pattern, dfa, block, segment, &keywords) {
                    take(start, end, Some(evidence));
                }
                continue;
            }
            for (start, end) in forms(pattern, dfa, block.text, segment) {
                let identifier = pattern.identifier;
                let evidence = in_names(block.contexts.get(segment.context as usize), identifier)
                    .or_else(|| in_value(value, &keywords, identifier, start, end));
                let keyword = match (pattern.need, evidence) {
                    (Need::None, _) | (Need::Absent, None) => None,
                    (Need::Required, None) | (Need::Absent, Some(_)) => continue,
                    (Need::Required, evidence) => evidence,
                };
                take(start, end, keyword);
            }
        }
    }
    hits
}

/// Matches of one pattern in one value whose edges and check hold.
fn forms(
    pattern: &Pattern,
    dfa: &(Dfa, StateID),
    text: &str,
    segment: &Segment,
) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let value = segment.start as usize..segment.end as usize;
    let mut forms = Vec::new();
    for start in starts(pattern, bytes, segment) {
        let limit = match pattern.anchor {
            Anchor::At | Anchor::Colons => value.end,
            Anchor::Token | Anchor::Scheme | Anchor::Tilde | Anchor::Assigned => {
                walk_limit(bytes, segment, start)
            }
        };
        for end in ends(dfa, bytes, start, limit) {
            if let Some(end) = form_holds(pattern, text, &value, start, end) {
                forms.push((start, end));
            }
        }
    }
    forms
}

/// Pieces of text that are rich in what is, or nearly is, a match.
fn piece() -> impl Strategy<Value = String> {
    let examples: Vec<&'static str> = IDENTIFIERS
        .iter()
        .flat_map(|identifier| identifier.examples.iter().chain(identifier.counter_examples))
        .map(|example| example.text)
        .collect();
    let words: Vec<&'static str> = KEYWORDS.iter().map(|keyword| keyword.text).collect();
    prop_oneof![
        4 => proptest::sample::select(examples).prop_map(str::to_string),
        2 => proptest::sample::select(words).prop_map(str::to_string),
        2 => "[0-9]{1,20}",
        2 => "[0-9 -]{3,24}",
        1 => "[A-Z]{1,3}[0-9]{2,10}[A-Z]?",
        1 => "[ -~]{0,20}",
        1 => "[a-zé×漢 «»—@._-]{0,12}",
        1 => "[0-9５ \u{a0}\u{ad}\u{200b}-]{3,24}",
        1 => "(-----BEGIN |eyJ|AKIA|sk_live_|\\+1|\\(0|IBAN )",
        1 => "[a-z]{2,6}://[a-z0-9:@./]{0,16}",
        1 => "[0-9a-f:.]{2,24}",
        1 => "[\"']?(=|: ?| => )[\"']?[!-~]{0,12}[\"']?",
    ]
}

fn glue() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "", " ", ", ", "\n", ": ", "-", "_", "/", ".", "\t", "é", "(", "\"",
    ])
}

fn text(pieces: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec((piece(), glue()), 1..pieces).prop_map(|parts| {
        parts.into_iter().flat_map(|(piece, glue)| [piece, glue.to_string()]).collect()
    })
}

fn contexts() -> Vec<Context> {
    ["", "ssn", "card_number", "phone", "birthDate", "passport no", "IBAN", "notes"]
        .map(|name| Context { names: vec![name.to_string()] })
        .to_vec()
}

/// Puts values behind each other with a comma between, as the cells of a table.
fn table(values: &[String], contexts: &[Context]) -> (String, Vec<Segment>) {
    let mut text = String::new();
    let mut segments = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let start = text.len() as u32;
        text.push_str(value);
        let context = (index % contexts.len()) as u32;
        segments.push(Segment { start, end: text.len() as u32, context, unit: 2, part: context });
        text.push(',');
    }
    (text, segments)
}

fn whole<'a>(text: &'a str, segments: &'a [Segment], contexts: &'a [Context]) -> Block<'a> {
    Block { contexts, ..Block::of_text(text, segments) }
}

/// Offsets and identifiers, without the text.
fn shape(hits: &[Hit]) -> Vec<(usize, usize, usize, &'static str, &'static str)> {
    hits.iter()
        .map(|hit| {
            let keyword = hit.explanation.keyword.map_or("", |evidence| evidence.keyword);
            (hit.segment, hit.start, hit.end, IDENTIFIERS[hit.identifier].id, keyword)
        })
        .collect()
}

fn engine() -> &'static Detector {
    static ENGINE: LazyLock<Detector> = LazyLock::new(|| Detector::new(&Selection::all()).unwrap());
    &ENGINE
}

/// The engine without what models find, which the reference does not look for.
fn engine_of_patterns() -> &'static Detector {
    static ENGINE: LazyLock<Detector> = LazyLock::new(|| {
        let selection = Selection::parse("all", "NAME,ADDRESS,MEDICAL_TERM").unwrap();
        Detector::new(&selection).unwrap()
    });
    &ENGINE
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn engine_and_reference_agree_on_text(text in text(12)) {
        let segment = Segment { start: 0, end: text.len() as u32, context: 0, unit: 1, part: 0 };
        let segments = [segment];
        let block = whole(&text, &segments, &[]);
        let mut hits = Vec::new();
        engine_of_patterns().detect(&block, &mut Scratch::default(), &mut hits);
        prop_assert_eq!(shape(&hits), shape(&detect(&block)));
    }

    #[test]
    fn engine_and_reference_agree_on_cells(values in proptest::collection::vec(text(3), 1..16)) {
        let contexts = contexts();
        let (text, segments) = table(&values, &contexts);
        let block = whole(&text, &segments, &contexts);
        let mut hits = Vec::new();
        engine_of_patterns().detect(&block, &mut Scratch::default(), &mut hits);
        prop_assert_eq!(shape(&hits), shape(&detect(&block)));
    }

    #[test]
    fn blocks_find_what_the_whole_does(text in text(60), cuts in proptest::collection::vec(0usize..10_000, 0..6)) {
        let segments = [Segment { start: 0, end: text.len() as u32, context: 0, unit: 1, part: 0 }];
        let mut scratch = Scratch::default();
        let mut expected = Vec::new();
        engine().detect(&whole(&text, &segments, &[]), &mut scratch, &mut expected);
        let mut borders: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).filter(|cut| text.is_char_boundary(*cut)).collect();
        borders.extend([0, text.len()]);
        borders.sort_unstable();
        let mut found = Vec::new();
        for pair in borders.windows(2) {
            let from = floor(&text, pair[0].saturating_sub(BEFORE_BYTES));
            let to = floor(&text, (pair[1] + AFTER_BYTES).min(text.len()));
            let part = &text[from..to];
            let segments = [Segment { start: 0, end: part.len() as u32, context: 0, unit: 1, part: 0 }];
            let mut block = whole(part, &segments, &[]);
            block.own_start = (pair[0] - from) as u32;
            block.own_end = (pair[1] - from) as u32;
            let mut hits = Vec::new();
            engine().detect(&block, &mut scratch, &mut hits);
            found.extend(hits.into_iter().map(|hit| Hit { start: hit.start + from, end: hit.end + from, ..hit }));
        }
        prop_assert_eq!(shape(&found), shape(&expected));
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
