//! What holds for every text: no panic, spans on character boundaries, and that nothing depends on text
//! that is far away.

use lakegate_tagger::{CONTEXT_BYTES, Scratch, Span, Tagger, Wanted};
use proptest::prelude::*;
use std::ops::Range;

fn find(text: &str, range: Range<usize>) -> Vec<Span> {
    let mut spans = Vec::new();
    Tagger::built_in().find(text, range, Wanted::NAMES, &mut Scratch::default(), &mut spans);
    spans
}

/// Pieces of which texts are made: names, addresses, signs, line ends, and what is hard on windows.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "Anna ", "Kowalska ", "Dr. ", "van der ", "Berg ", "John Smith, ", "12 Baker Street ", "London ",
            "Calle Mayor, 3 ", "28013 Madrid. ", "The ", "report ", "was ", "signed. ", "Name: ", "\n", "\n\n",
            "Maria\n", "García-López ", "O'Brien ", "Chen Jianguo ", ", ", ". ", "; ", "\t", "\"", "(", ") ",
            "ул. ", "Ω ", "名前 ", "e\u{301}", "\u{200b}", "\\n", "ul. Polna 5/3 ", "Hauptstraße 7 ", "Hi ",
        ])
        .prop_map(str::to_owned),
        1 => (1usize..400).prop_map(|n| "x".repeat(n)),
        1 => (1usize..60).prop_map(|n| "Anna ".repeat(n)),
        1 => (1usize..60).prop_map(|n| "\n ".repeat(n)),
        1 => "\\PC{0,12}",
        1 => (any::<u32>()).prop_map(|n| n.to_string()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..700).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn spans_lie_on_characters_and_in_order(text in text()) {
        let mut end = 0;
        for span in find(&text, 0..text.len()) {
            prop_assert!(end <= span.start && span.start < span.end && span.end <= span.block_end);
            prop_assert!(text.get(span.start..span.end).is_some());
            prop_assert!(text.get(span.start..span.block_end).is_some());
            prop_assert!((0.0..=1.0).contains(&span.score));
            end = span.end;
        }
    }

    #[test]
    fn any_characters_do(text in "\\PC{0,400}", start in 0usize..500, end in 0usize..500) {
        find(&text, start..end);
        let mut scratch = Scratch::default();
        Tagger::built_in().name_likeness(&text, &mut scratch);
        Tagger::built_in().address_likeness(&text, &mut scratch);
        lakegate_tagger::column(&text);
    }

    #[test]
    fn cut_into_ranges_is_the_same(text in text(), cut in 0usize..4000) {
        let cut = cut.min(text.len());
        let mut halves = find(&text, 0..cut);
        halves.extend(find(&text, cut..text.len()));
        prop_assert_eq!(halves, find(&text, 0..text.len()));
    }

    #[test]
    fn far_text_does_not_matter(text in text(), from in 0usize..3000, len in 1usize..4000) {
        let from = text.floor_char_boundary(from.min(text.len()));
        let to = text.ceil_char_boundary((from + len).min(text.len()));
        let slice = &text[from..to];
        let trusted = |start: usize| {
            (from == 0 || start >= from + CONTEXT_BYTES)
                && (to == text.len() || start + CONTEXT_BYTES <= to)
                && (from..to).contains(&start)
        };
        let shift = |span: Span| Span {
            start: span.start + from,
            end: span.end + from,
            block_end: span.block_end + from,
            ..span
        };
        let part: Vec<_> = find(slice, 0..slice.len()).into_iter().map(shift).collect();
        let part: Vec<_> = part.into_iter().filter(|span| trusted(span.start)).collect();
        let whole: Vec<_> =
            find(&text, 0..text.len()).into_iter().filter(|span| trusted(span.start)).collect();
        prop_assert_eq!(part, whole);
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    for unit in ["Anna ", "A", "1 ", "\n", "Calle ", ", ", "A. ", "é", "12 Street\n", "x:"] {
        let seconds = |count: usize| {
            let text = unit.repeat(count);
            let start = std::time::Instant::now();
            find(&text, 0..text.len());
            start.elapsed().as_secs_f64()
        };
        // Other work on the machine makes times uncertain; quadratic time would be a thousandfold.
        let least = |count: usize| (0..3).map(|_| seconds(count)).fold(f64::INFINITY, f64::min);
        let (small, large) = (least(10_000), least(320_000));
        assert!(
            large < 200.0 * small + 0.5,
            "{unit:?}: {small} s, then {large} s for 32 times as much"
        );
    }
}
