//! What was missed and what was false, one line each, for developing detection with.

use crate::eye::Found;
use lakegate_core::sensitive::Sensitive;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Labelled and not found.
    Missed,
    /// Found and not labelled.
    False,
}

/// Where in a record something stands.
pub struct Place<'a> {
    /// The record's id.
    pub id: &'a str,
    /// Its text.
    pub text: &'a str,
    /// First and one past the last code point.
    pub span: (usize, usize),
}

/// Keeps the lines that were asked for. Texts are masked unless they are to be revealed.
#[derive(Default)]
pub struct Log {
    /// Kind and name: a type, a family, an id or `all`.
    pub wanted: Vec<(Kind, String)>,
    /// Whether the texts of the corpora are shown.
    pub reveal: bool,
    /// The lines.
    pub lines: Vec<String>,
}

/// So much of a text is shown on each side when it is revealed.
const AROUND: usize = 48;

impl Log {
    /// Whether lines of this kind and these names are asked for.
    fn wants(&self, kind: Kind, names: &[&str]) -> bool {
        self.wanted.iter().any(|(wanted, name)| {
            *wanted == kind && (name == "all" || names.contains(&name.as_str()))
        })
    }

    /// Takes note of something; the first of its names is shown.
    pub fn take(&mut self, kind: Kind, names: &[&str], place: &Place<'_>) {
        if !self.wants(kind, names) {
            return;
        }
        let word = match kind {
            Kind::Missed => "missed",
            Kind::False => "false",
        };
        let (start, end) = place.span;
        let name = names.first().copied().unwrap_or_default();
        let shown = self.shown(place);
        self.lines.push(format!("{word} {name} {} {start}..{end} {shown}", place.id));
    }

    fn shown(&self, place: &Place<'_>) -> String {
        let (start, end) = place.span;
        let part = |from: usize, to: usize| -> String {
            place.text.chars().skip(from).take(to.saturating_sub(from)).collect()
        };
        let matched = part(start, end);
        if !self.reveal {
            return Sensitive::new(&matched).masked();
        }
        let before = part(start.saturating_sub(AROUND), start);
        format!("{before}⟦{matched}⟧{}", part(end, end + AROUND)).replace(['\n', '\r'], "⏎")
    }
}

impl Found {
    /// First and one past the last code point.
    pub fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_masked_unless_revealed() {
        let place = Place { id: "t-1", text: "é call 2065550143 now\n", span: (7, 17) };
        for (reveal, expected) in [
            (false, "missed A t-1 7..17 ••••••••43"),
            (true, "missed A t-1 7..17 é call ⟦2065550143⟧ now⏎"),
        ] {
            let wanted = vec![(Kind::Missed, "B".to_owned())];
            let mut log = Log { wanted, reveal, lines: Vec::new() };
            log.take(Kind::Missed, &["A", "B"], &place);
            log.take(Kind::Missed, &["C"], &place);
            log.take(Kind::False, &["B"], &place);
            assert_eq!(log.lines, [expected]);
        }
    }
}
