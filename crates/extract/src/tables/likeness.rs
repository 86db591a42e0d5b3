//! Whether rows are like those of a table, so that they may be more of it. In doubt they are: what is held
//! against them is only what their cells plainly say.

use crate::tables::cells::{Class, Row, class};

/// Cells of a column by which its class is told, and by which the lengths of its numbers are.
const CELLS_MIN: usize = 2;
const NUMBERS_MIN: usize = 3;

/// What the cells of some rows are, by column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Likeness {
    columns: Vec<Column>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Column {
    /// Cells that are not empty, and those of them that are numbers, addresses of mail, or codes.
    cells: usize,
    digits: usize,
    mails: usize,
    codes: usize,
    /// Digits of the shortest and the longest number.
    shortest: usize,
    longest: usize,
}

impl Likeness {
    /// Of these rows.
    pub fn of(rows: &[Row<'_>]) -> Self {
        let mut columns: Vec<Column> = Vec::new();
        for row in rows {
            for (index, cell) in row.cells.iter().enumerate() {
                if columns.len() <= index {
                    columns.push(Column::default());
                }
                columns[index].add(cell.text);
            }
        }
        Self { columns }
    }

    /// How many columns are alike, and how many are plainly not.
    pub fn compare(&self, other: &Self) -> (usize, usize) {
        let pairs = self.columns.iter().zip(&other.columns);
        pairs.fold((0, 0), |(alike, unlike), (a, b)| match a.is_like(b) {
            Some(true) => (alike + 1, unlike),
            Some(false) => (alike, unlike + 1),
            None => (alike, unlike),
        })
    }

    /// Whether nothing speaks against it, save for a column among many.
    pub fn could_go_on(&self, other: &Self) -> bool {
        let (_, unlike) = self.compare(other);
        unlike * 4 <= self.columns.len()
    }

    /// Whether a row of words has one where the cells below the names are none.
    pub fn is_above(&self, row: &Row<'_>) -> bool {
        let pairs = self.columns.iter().zip(&row.cells);
        pairs.filter(|(_, cell)| !cell.text.trim().is_empty()).any(|(column, _)| {
            column.cells >= CELLS_MIN
                && (column.digits + column.mails + column.codes) * 10 >= column.cells * 8
        })
    }

    /// Whether some column speaks for it, and none against it.
    pub fn goes_on(&self, other: &Self) -> bool {
        let (alike, unlike) = self.compare(other);
        alike > 0 && unlike == 0
    }
}

impl Column {
    fn add(&mut self, text: &str) {
        let class = class(text);
        if class == Class::Empty {
            return;
        }
        self.cells += 1;
        self.mails += usize::from(class == Class::Mail);
        self.codes += usize::from(class == Class::Code);
        if class == Class::Digits {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            self.shortest = if self.digits == 0 { digits } else { self.shortest.min(digits) };
            self.longest = self.longest.max(digits);
            self.digits += 1;
        }
    }

    /// `None` if it can not be told.
    fn is_like(&self, other: &Self) -> Option<bool> {
        if self.cells < CELLS_MIN || other.cells < CELLS_MIN {
            return None;
        }
        let of = |count: fn(&Self) -> usize| {
            let most = |column: &Self| count(column) * 10 >= column.cells * 8;
            let few = |column: &Self| count(column) * 10 <= column.cells * 2;
            let is_unlike = most(self) && few(other) || few(self) && most(other);
            (most(self) && most(other), is_unlike)
        };
        let [digits, mails, codes] = [of(|c| c.digits), of(|c| c.mails), of(|c| c.codes)];
        if digits.1 || mails.1 || codes.1 {
            return Some(false);
        }
        let are_numbers = digits.0 && self.digits.min(other.digits) >= NUMBERS_MIN;
        if are_numbers && (self.longest < other.shortest || other.longest < self.shortest) {
            return Some(false);
        }
        (digits.0 || mails.0 || codes.0).then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::cells::split_rows;

    fn check(rows: &str, others: &str, expected: (usize, usize)) {
        let of = |text| Likeness::of(&split_rows(text, b',', b'"', false, 100));
        assert_eq!(of(rows).compare(&of(others)), expected, "{rows} {others}");
    }

    #[test]
    fn rows_are_told_by_their_cells() {
        let people = "Ann,123456789,a@example.org\nBob,987654321,b@example.org\nEva,123456780,\n";
        check(people, people, (2, 0));
        check(people, "bolt,17,\nnut,18,\nnail,19,\n", (0, 1));
        check(people, "bolt,big,steel\nnut,small,brass\n", (0, 2));
        check(people, "Jo,,\n", (0, 0));
        check("1.50,x1\n17.00,x2\n", "112.25,x9\n3.00,x3\n", (2, 0));
    }
}
