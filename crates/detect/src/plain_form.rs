//! The plain form of a text that disguises what stands in it: digits of other scripts and full-width
//! letters, invisible characters inside numbers, blanks and hyphens of typography.
//!
//! Detection looks at the plain form, and what it finds is led back to the text as it stands. A text
//! without such characters has no plain form of its own, and costs one look.

use lakegate_core::text::Segment;
use std::ops::Range;

/// A text's plain form, and how positions in it lead back. Its memory is reused.
#[derive(Default)]
pub(crate) struct PlainForm {
    /// The plain text.
    pub text: String,
    /// The text's segments, in the plain text.
    pub segments: Vec<Segment>,
    /// Positions in the plain text and in the text itself, before and behind each change.
    marks: Vec<(u32, u32)>,
}

impl PlainForm {
    /// Makes the plain form of a text; `false` if the text is plain.
    pub fn fill(&mut self, text: &str, segments: &[Segment]) -> bool {
        let Some(first) = next_change(text, 0) else { return false };
        self.text.clear();
        self.marks.clear();
        let mut copied = 0;
        let mut change = Some(first);
        while let Some((at, length, plain)) = change {
            self.text.push_str(&text[copied..at]);
            self.mark(at);
            self.text.extend(plain);
            copied = at + length;
            self.mark(copied);
            change = next_change(text, copied);
        }
        self.text.push_str(&text[copied..]);
        self.segments.clear();
        let mut at = 0;
        for segment in segments {
            let start = self.plain_position(segment.start, &mut at);
            let end = self.plain_position(segment.end, &mut at);
            self.segments.push(Segment { start, end, ..*segment });
        }
        true
    }

    fn mark(&mut self, position: usize) {
        self.marks.push((self.text.len() as u32, position as u32));
    }

    /// Where a position of the text lies in the plain text. `from` is the number of marks at or before
    /// the last position asked for; positions come in order.
    fn plain_position(&self, position: u32, from: &mut usize) -> u32 {
        while self.marks.get(*from).is_some_and(|mark| mark.1 <= position) {
            *from += 1;
        }
        match from.checked_sub(1).and_then(|last| self.marks.get(last)) {
            Some((plain, text)) => plain + (position - text),
            None => position,
        }
    }

    /// Where a range of the plain text lies in the text itself.
    pub fn range_in_text(&self, range: Range<usize>) -> Range<usize> {
        let (start, end) = (range.start as u32, range.end as u32);
        let behind_start = self.marks.partition_point(|(plain, _)| *plain <= start);
        let begin = match behind_start.checked_sub(1).map(|last| self.marks[last]) {
            Some((plain, text)) => text + (start - plain),
            None => start,
        };
        let at_end = self.marks.partition_point(|(plain, _)| *plain < end);
        let finish = match self.marks.get(at_end) {
            Some((plain, text)) if *plain == end => *text,
            _ => match at_end.checked_sub(1).map(|last| self.marks[last]) {
                Some((plain, text)) => text + (end - plain),
                None => end,
            },
        };
        begin as usize..finish as usize
    }
}

/// The next character from `from` on that has another plain form: its place, its length in bytes and
/// what stands for it.
fn next_change(text: &str, from: usize) -> Option<(usize, usize, Option<char>)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at = next_not_ascii(bytes, at)?;
        let c = text[at..].chars().next()?;
        match plain(c) {
            Plain::Itself => at += c.len_utf8(),
            Plain::Nothing => return Some((at, c.len_utf8(), None)),
            Plain::Is(plain) => return Some((at, c.len_utf8(), Some(plain))),
        }
    }
}

fn next_not_ascii(bytes: &[u8], from: usize) -> Option<usize> {
    let (eights, _) = bytes[from..].as_chunks::<8>();
    let plain = eights
        .iter()
        .take_while(|eight| u64::from_le_bytes(**eight) & 0x8080_8080_8080_8080 == 0)
        .count();
    let at = from + 8 * plain;
    bytes[at..].iter().position(|byte| !byte.is_ascii()).map(|offset| at + offset)
}

/// What stands for a character.
enum Plain {
    Itself,
    Nothing,
    Is(char),
}

/// Zeros of the decimal digits (Unicode category Nd) of the scripts in wide use, of full width, and of
/// mathematics; nine more digits follow each.
const ZEROS: [u32; 15] = [
    0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0be6, 0x0e50, 0xff10, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1fbf0,
];

fn plain(c: char) -> Plain {
    match c {
        // Soft hyphen, zero-width and direction marks, word joiner, byte order mark.
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => Plain::Nothing,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            Plain::Is(' ')
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Plain::Is('-'),
        // Full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => ascii(u32::from(c) - 0xfee0),
        _ => ZEROS
            .iter()
            .find(|zero| (**zero..**zero + 10).contains(&u32::from(c)))
            .map_or(Plain::Itself, |zero| ascii(u32::from(c) - zero + u32::from('0'))),
    }
}

fn ascii(code: u32) -> Plain {
    char::from_u32(code).map_or(Plain::Itself, Plain::Is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(text: &str) -> Option<PlainForm> {
        let segment = Segment { start: 0, end: text.len() as u32, context: 0, unit: 1, part: 0 };
        let mut form = PlainForm::default();
        form.fill(text, &[segment]).then_some(form)
    }

    #[test]
    fn disguises_are_taken_off() {
        for (text, plain) in [
            ("５４２５", "5425"),
            ("54\u{ad}25\u{200b} \u{200f}3", "5425 3"),
            ("54\u{a0}25\u{2011}33", "54 25-33"),
            ("٥٤٢٥", "5425"),
            ("ＤＥ：𝟚", "DE:2"),
        ] {
            assert_eq!(form(text).unwrap().text, plain, "{text}");
        }
        for text in ["", "plain", "naïve “words” 漢字 ж"] {
            assert!(form(text).is_none(), "{text}");
        }
    }

    #[test]
    fn ranges_lead_back_without_what_stands_beside_them() {
        let text = "a\u{200b}５\u{ad}6\u{200b}b";
        let form = form(text).unwrap();
        let at = form.text.find("56").unwrap();
        let range = form.range_in_text(at..at + 2);
        assert_eq!(&text[range], "５\u{ad}6");
    }

    proptest! {
        #[test]
        fn every_range_leads_back_to_its_own_plain_form(
            text in "[a-c5\u{ad}\u{200b}５漢é ]{1,24}", from in 0usize..30, length in 1usize..8,
        ) {
            let Some(form) = form(&text) else { return Ok(()) };
            let places: Vec<usize> = form.text.char_indices().map(|(at, _)| at).chain([form.text.len()]).collect();
            let first = from % places.len();
            let last = (first + length).min(places.len() - 1);
            prop_assume!(first < last);
            let range = form.range_in_text(places[first]..places[last]);
            let there = &text[range.clone()];
            let expected = &form.text[places[first]..places[last]];
            let again = super::tests::form(there).map_or(there.to_owned(), |form| form.text);
            prop_assert_eq!(again, expected);
            let invisible = ['\u{ad}', '\u{200b}'];
            let tight = !there.starts_with(invisible) && !there.ends_with(invisible);
            prop_assert!(tight);
        }

        #[test]
        fn segments_keep_their_text(parts in proptest::collection::vec("[a5\u{ad}５é]{0,4}", 1..6)) {
            let mut text = String::new();
            let mut segments = Vec::new();
            for part in &parts {
                let start = text.len() as u32;
                text.push_str(part);
                segments.push(Segment { start, end: text.len() as u32, context: 0, unit: 1, part: 0 });
                text.push(',');
            }
            let mut whole = PlainForm::default();
            if whole.fill(&text, &segments) {
                for (part, segment) in parts.iter().zip(&whole.segments) {
                    let expected = form(part).map_or(part.clone(), |form| form.text);
                    prop_assert_eq!(&whole.text[segment.start as usize..segment.end as usize], expected);
                }
            }
        }
    }
}
