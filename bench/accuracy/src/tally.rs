//! Counts and what follows from them.

use std::ops::AddAssign;

/// What was counted of one family, type or source.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// Labels that count: found and missed.
    pub labelled: usize,
    /// Found, by family.
    pub found: usize,
    /// Found by the very type.
    pub exact: usize,
    /// Found from the first to the last character.
    pub whole: usize,
    /// Found where nothing is.
    pub wrong: usize,
    /// Not found where no word stands around a value that needs a keyword; not among the labelled.
    pub bare: usize,
    /// Weak or reserved; not among the labelled.
    pub excused: usize,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.labelled += other.labelled;
        self.found += other.found;
        self.exact += other.exact;
        self.whole += other.whole;
        self.wrong += other.wrong;
        self.bare += other.bare;
        self.excused += other.excused;
    }
}

impl Count {
    /// Share of what was found that is right; `None` if nothing was found.
    pub fn precision(&self) -> Option<f64> {
        share(self.found, self.found + self.wrong)
    }

    /// Share of what is labelled that was found; `None` if nothing is labelled.
    pub fn recall(&self) -> Option<f64> {
        share(self.found, self.labelled)
    }

    /// The F measure that weighs recall `beta` times as much as precision; `None` if nothing is labelled.
    pub fn f(&self, beta: f64) -> Option<f64> {
        let recall = self.recall()?;
        let precision = self.precision().unwrap_or(0.0);
        let squared = beta * beta;
        let bottom = squared * precision + recall;
        Some(if bottom > 0.0 { (1.0 + squared) * precision * recall / bottom } else { 0.0 })
    }

    /// Share of the found that is found from the first to the last character.
    pub fn whole_share(&self) -> Option<f64> {
        share(self.whole, self.found)
    }

    /// The columns of [`COLUMNS`].
    pub fn cells(&self) -> Vec<String> {
        let mut cells: Vec<String> =
            [self.labelled, self.found, self.exact, self.wrong].map(|n| n.to_string()).into();
        let ratios =
            [self.precision(), self.recall(), self.f(1.0), self.f(2.0), self.whole_share()];
        cells.extend(ratios.map(ratio));
        cells.extend([self.bare, self.excused].map(|n| n.to_string()));
        cells
    }
}

/// Heads of what [`Count::cells`] gives.
pub const COLUMNS: [&str; 11] = [
    "labelled",
    "found",
    "by type",
    "false",
    "precision",
    "recall",
    "F1",
    "F2",
    "exact bounds",
    "bare",
    "excused",
];

/// A part of a whole; `None` of nothing.
pub fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A ratio with three digits; a dash where there is none.
pub fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_follow_from_counts() {
        for (labelled, found, wrong, expected) in [
            (10, 10, 0, ["1.000", "1.000", "1.000", "1.000"]),
            (10, 5, 5, ["0.500", "0.500", "0.500", "0.500"]),
            (10, 8, 2, ["0.800", "0.800", "0.800", "0.800"]),
            (10, 5, 0, ["1.000", "0.500", "0.667", "0.556"]),
            (10, 0, 0, ["–", "0.000", "0.000", "0.000"]),
            (0, 0, 3, ["0.000", "–", "–", "–"]),
        ] {
            let count = Count { labelled, found, wrong, ..Count::default() };
            let got = [count.precision(), count.recall(), count.f(1.0), count.f(2.0)].map(ratio);
            assert_eq!(got, expected, "{labelled} {found} {wrong}");
        }
    }
}
