//! What names the cells of a table: rows of names above them, a name at the left of each, or both.

use crate::tables::cells::{Class, Row, class};
use crate::tables::header::{Header, Look, has_column_word, header, is_plain_name};
use std::collections::BTreeSet;

/// Rows that may stand above the names, such as the title of a report.
const TITLES_MAX: usize = 10;

/// Columns that are looked at for names of rows.
const LABEL_COLUMNS_MAX: usize = 64;

/// A longer text names no row.
const LABEL_CHARS_MAX: usize = 60;

/// Of names of rows, so many are such as name columns in many tables.
const KNOWN_LABELS_MIN: usize = 2;

/// What names the cells of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headings {
    /// The first row of names, from 0.
    pub first: usize,
    /// Rows of names; 0 if there are none.
    pub rows: usize,
    /// Columns whose cells name what stands at their right, a bit each.
    pub labels: u64,
}

impl Headings {
    /// What the first rows of a table tell.
    pub fn of(rows: &[Row<'_>], columns: usize) -> Self {
        let is_title = |row: &&Row<'_>| columns > 2 && row.cells.len() > 1 && present(row) <= 1;
        let first = rows.iter().take(TITLES_MAX).take_while(is_title).count();
        let rows = rows.get(first..).unwrap_or_default();
        if rows.is_empty() {
            return Self::default();
        }
        let all = labels(rows, columns, columns == 2);
        let header = if rows.len() > 1 { header(rows, columns) } else { Header::None };
        let is_header = header != Header::None;
        let own = if is_header { labels(&rows[1..], columns, false) } else { 0 };
        // Of a row such as `Name`, `Jane Roe` the first cell names the second.
        let is_above_all = header == Header::Sure && own == 0 && rows.len() > 2;
        if all != 0 && !is_above_all && !names_values(&rows[0], all) {
            return Self { first, rows: 0, labels: all };
        }
        let own = if names_a_field(&rows[0], own) || !is_header { own } else { 0 };
        let has_two_rows = own == 0 && has_two_rows(rows, columns);
        let rows = if has_two_rows { 2 } else { usize::from(is_header) };
        Self { first, rows, labels: own }
    }
}

/// How many rows of names begin another table here, within one whose rows came before; 0 if none does.
pub(crate) fn begins_another(rows: &[Row<'_>]) -> u64 {
    let Some(first) = rows.first() else { return 0 };
    let is_word = |text: &str| {
        text.is_empty()
            || is_plain_name(text) && class(text) == Class::Word
            || is_plain_name(text) && class(text) == Class::Prose
    };
    if present(first) < 2 || !first.cells.iter().all(|cell| is_word(cell.text.trim())) {
        return 0;
    }
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let is_sure = Look::of(rows, columns).is_some_and(|look| look.known && look.unlike_data);
    u64::from(is_sure && header(rows, columns) == Header::Sure)
}

/// The same where nothing stands between the tables: it must be plainer there, because a row of words is
/// often one of the same table.
pub(crate) fn follows_directly(rows: &[Row<'_>]) -> u64 {
    let Some((first, below)) = rows.split_first() else { return 0 };
    let columns = first.cells.len();
    let alike = below.iter().filter(|row| row.cells.len() == columns).count();
    let known = first.cells.iter().filter(|cell| has_column_word(cell.text.trim())).count();
    if alike * 2 <= below.len() || known * 2 < columns || present(first) < columns {
        return 0;
    }
    begins_another(rows)
}

fn present(row: &Row<'_>) -> usize {
    row.cells.iter().filter(|cell| !cell.text.trim().is_empty()).count()
}

/// Whether the second row, too, holds names: both are words, and what stands below is not.
fn has_two_rows(rows: &[Row<'_>], columns: usize) -> bool {
    let [first, second, _, ..] = rows else { return false };
    let words = |row: &Row<'_>| {
        let mut cells = row.cells.iter().map(|cell| cell.text.trim());
        cells.all(|name| name.is_empty() || is_plain_name(name) && class(name) != Class::Digits)
    };
    present(first) > 1
        && words(first)
        && words(second)
        && Look::of(&rows[1..], columns).is_some_and(|look| look.known && look.unlike_data)
}

/// Whether a row names the columns beside those of names, such as `field`, `value`.
fn names_values(row: &Row<'_>, labels: u64) -> bool {
    row.cells.iter().enumerate().any(|(column, cell)| {
        let is_label = column < LABEL_COLUMNS_MAX && labels >> column & 1 == 1;
        !is_label && has_column_word(cell.text.trim())
    })
}

/// Names of columns whose cells name what stands at their right.
const FIELD_WORDS: [&str; 12] = [
    "attribute",
    "field",
    "fieldname",
    "item",
    "key",
    "label",
    "name",
    "parameter",
    "property",
    "question",
    "variable",
    "element",
];

/// Names of columns whose cells are whatever the cell at their left says.
const VALUE_WORDS: [&str; 8] =
    ["answer", "content", "data", "response", "result", "text", "value", "values"];

/// Whether a header says that cells name those at their right, such as `field`, `value`.
fn names_a_field(header: &Row<'_>, labels: u64) -> bool {
    let is_one_of = |words: &[&str], column: usize| {
        let name = header.cells.get(column).map_or("", |cell| cell.text.trim()).to_lowercase();
        name.split(|c: char| !c.is_alphabetic()).any(|word| words.contains(&word))
    };
    (0..LABEL_COLUMNS_MAX).filter(|column| labels >> column & 1 == 1).any(|column| {
        is_one_of(&FIELD_WORDS, column) && column + 2 >= header.cells.len()
            || is_one_of(&VALUE_WORDS, column + 1)
    })
}

/// The columns whose cells are names of what stands at their right.
fn labels(rows: &[Row<'_>], columns: usize, may_be_form: bool) -> u64 {
    let mut labels = 0;
    for column in 0..columns.saturating_sub(1).min(LABEL_COLUMNS_MAX) {
        let follows_label = column > 0 && labels >> (column - 1) & 1 == 1;
        let is_label = |column| is_label_column(rows, column, may_be_form);
        if !follows_label && is_label(column) && !is_label(column + 1) {
            labels |= 1 << column;
        }
    }
    labels
}

/// Whether a column is one of names. In a form, where each name stands once, few of them need be known.
fn is_label_column(rows: &[Row<'_>], column: usize, may_be_form: bool) -> bool {
    let cells = rows.iter().filter_map(|row| row.cells.get(column));
    let (mut count, mut plain, mut known) = (0, 0, 0);
    let mut distinct = BTreeSet::new();
    for text in cells.map(|cell| label(cell.text)).filter(|text| !text.is_empty()) {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_plain = text.chars().count() <= LABEL_CHARS_MAX && is_plain_name(text) && digits < 2;
        count += 1;
        distinct.insert(text);
        plain += usize::from(is_plain);
        known += usize::from(is_plain && text.len() > 1 && has_column_word(text));
    }
    let is_form = may_be_form && known > 0 && distinct.len() == count && plain == count;
    let is_known = known >= KNOWN_LABELS_MIN && known * 3 >= count;
    plain * 10 >= count * 9 && (is_known || is_form)
}

/// A cell as the name of what stands at its right.
pub(crate) fn label(cell: &str) -> &str {
    cell.trim().trim_end_matches(':').trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::cells::split_rows;

    fn check(text: &str, first: usize, rows: usize, labels: u64) {
        let table = split_rows(text, b',', b'"', false, 100);
        let columns = table.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        assert_eq!(Headings::of(&table, columns), Headings { first, rows, labels }, "{text}");
    }

    #[test]
    fn names_stand_above_or_at_the_left() {
        check("name,ssn\nJane Roe,123-45-6789\nJohn Doe,987-65-4321\n", 0, 1, 0);
        check("2021,2022,ssn\n5,6,123-45-6789\n7,8,123-45-6780\n", 0, 1, 0);
        check("Report,,\nname,city,ssn\nJane,Rome,123-45-6789\nJo,Bern,123-45-6780\n", 1, 1, 0);
        check(
            "Person,,Contact\nname,ssn,phone\nJane,123-45-6789,555\nJo,123-45-6780,556\n",
            0,
            2,
            0,
        );
        check("Name,Jane Roe\nSSN:,123-45-6789\nE-mail,jane@example.com\n", 0, 0, 1);
        check("field,value\nname,Jane Roe\nssn,123-45-6789\n", 0, 1, 1);
        check("SSN,123-45-6789\nDOB,1990-01-01\n", 0, 0, 1);
        check("Passport number,561234567\nRemark,none\n", 0, 0, 1);
        check("Traveller,Anna Berg\nPassport,561234567\nHotel,Astoria\nBudget,1200\n", 0, 0, 1);
        check("product,price\nTea of no name,3\nJam,4\nPlum,5\n", 0, 1, 0);
        check(
            "id,type,value\n1,email,a@example.com\n2,phone,555-1234\n3,email,b@example.com\n",
            0,
            1,
            2,
        );
        check(
            "order,customer,note\n17,customer 1,sent\n18,customer 2,sent\n19,customer 3,sent\n",
            0,
            1,
            0,
        );
        check("id,state,code\n1,new state,77\n2,old state,78\n3,no state,79\n", 0, 1, 0);
        check("Name,Jane,SSN,123-45-6789\nCity,Rome,Phone,555-1234\n", 0, 0, 0b101);
        check("Jane Roe,Rome\nJohn Doe,Bern\n", 0, 0, 0);
        check("5,6\n7,8\n", 0, 0, 0);
    }
}
