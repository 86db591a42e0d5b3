//! Rows of a page as lines with a tab between cells. In rows that follow each other, cells of one column
//! have as many tabs before them, also where cells are empty, so that a column can be told. A cell that goes
//! over several lines is one.

use super::wraps::{self, Joined, Line};

/// What stands together in a row.
pub(super) struct Cell {
    pub text: String,
    pub left: f64,
    pub right: f64,
}

/// A line of a page.
pub(super) struct Row {
    pub cells: Vec<Cell>,
    /// Of its baseline; higher ones come first.
    pub height: f64,
    /// The height of its font.
    pub size: f64,
}

/// Columns of a table; of more, cells are not brought into line.
const COLUMNS_MAX: usize = 256;

/// Lines of a single cell that stand in a row together.
const SINGLES_MAX: usize = 16;

/// Lines of one cell stand so many heights of the font below each other at most, and rows of a table.
const NEAR: f64 = 1.6;
const ROW_NEAR: f64 = 3.0;

/// Writes rows, each of them a line.
pub(super) fn write(rows: &[Row], out: &mut String) {
    let mut rest = rows;
    while let Some(first) = rest.first() {
        let lead = if first.cells.len() > 1 { 0 } else { lead(rest) };
        let is_table = first.cells.len() > 1 || lead > 0;
        let length = if is_table { lead + run(&rest[lead..]) } else { 1 };
        let (table, below) = rest.split_at(length);
        write_table(table, out);
        rest = below;
    }
}

/// Single cells at the start that may be the upper lines of the row below them.
fn lead(rows: &[Row]) -> usize {
    let singles = rows.iter().take(SINGLES_MAX).take_while(|row| row.cells.len() == 1).count();
    let are_near = rows.windows(2).take(singles).all(|pair| is_near(pair, NEAR));
    let above = rows.get(singles).filter(|row| row.cells.len() > 1 && are_near);
    let is_lead = |row: &Row| above.is_some_and(|above| is_within_column(row, above));
    if rows[..singles].iter().all(is_lead) { singles } else { 0 }
}

/// Rows of several cells at the start. A single cell between two such is the rest of one in a table, and so
/// are more of them, as long as each stands in one column and near to the next.
fn run(rows: &[Row]) -> usize {
    let mut last = 0;
    loop {
        let rest = &rows[last + 1..];
        let is_single = |row: &&Row| row.cells.len() == 1;
        let singles = rest.iter().take(SINGLES_MAX + 1).take_while(is_single).count();
        let is_within = |pair: &&[Row]| is_within_column(&pair[1], &rows[last]);
        let within = rows[last..].windows(2).take(singles).take_while(is_within).count();
        let next = last + singles + 1;
        let are_near = || rows[last..=next].windows(2).all(|pair| is_near(pair, ROW_NEAR));
        match rows.get(next) {
            Some(row)
                if row.cells.len() > 1 && (singles < 2 || within == singles && are_near()) =>
            {
                last = next;
            }
            _ => {
                let pairs = rows[last..].windows(2).take(within);
                return last + pairs.take_while(|pair| is_near(pair, NEAR)).count() + 1;
            }
        }
    }
}

fn is_near(pair: &[Row], sizes_max: f64) -> bool {
    let [above, below] = pair else { return false };
    above.height - below.height <= sizes_max * above.size.min(below.size)
}

/// Whether what stands in a row has a part in one cell of another at most.
fn is_within_column(row: &Row, other: &Row) -> bool {
    row.cells.iter().all(|cell| {
        let shares = |other: &&Cell| cell.left.max(other.left) < cell.right.min(other.right);
        other.cells.iter().filter(shares).count() < 2
    })
}

fn write_table(rows: &[Row], out: &mut String) {
    let mut columns = columns(rows);
    let mut line = |row| {
        let in_order = |row: &Row| (0..row.cells.len()).collect();
        Line { row, places: places(&row.cells, &mut columns).unwrap_or_else(|| in_order(row)) }
    };
    let lines: Vec<Line<'_>> = rows.iter().map(&mut line).collect();
    let joined = wraps::join(&lines);
    // What is no upper line of the first row stands above the table.
    let begun = joined.iter().position(|row| row.cells.len() > 1).unwrap_or(joined.len());
    let (above, joined) = joined.split_at(begun);
    for (_, text) in above.iter().flat_map(|row| &row.cells) {
        out.extend([text, "\n"]);
    }
    let far = far(joined);
    for (number, row) in joined.iter().enumerate() {
        let is_among = joined.get(number + 1).is_some_and(|next| next.below.max(row.below) <= far);
        write_row(row, row.is_near || is_among, out);
    }
}

/// How far rows of a table stand below each other, and hardly farther.
fn far(rows: &[Joined]) -> f64 {
    let several = rows.iter().skip(1).filter(|row| row.cells.len() > 1);
    let mut gaps: Vec<f64> = several.map(|row| row.below).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).map_or(0.0, |gap| gap * 1.3)
}

/// Where the columns stand, by the row of the most cells.
fn columns(rows: &[Row]) -> Vec<(f64, f64)> {
    let widest = rows.iter().rev().max_by_key(|row| row.cells.len());
    let places = |row: &Row| row.cells.iter().map(|cell| (cell.left, cell.right)).collect();
    widest.filter(|row| row.cells.len() <= COLUMNS_MAX).map(places).unwrap_or_default()
}

fn write_row(row: &Joined, goes_on: bool, out: &mut String) {
    let mut tabs = 0;
    for (place, text) in &row.cells {
        out.extend(std::iter::repeat_n('\t', place - tabs));
        tabs = *place;
        out.push_str(text);
    }
    // The table goes on with what stands in its first column alone.
    if goes_on && tabs == 0 {
        out.push('\t');
    }
    out.push('\n');
}

/// The columns in which the cells of a row stand, if there are enough: those that, in their order, have
/// most in common with the cells, or are least far from them.
fn places(row: &[Cell], columns: &mut [(f64, f64)]) -> Option<Vec<usize>> {
    let spare = columns.len().checked_sub(row.len())?;
    // By cell, the best place of the cells up to it, if it stands so many columns further right than
    // it must.
    let mut steps: Vec<Vec<usize>> = Vec::with_capacity(row.len());
    let mut sums = vec![0.0_f64; spare + 1];
    for (index, cell) in row.iter().enumerate() {
        let mut best = 0;
        let mut step = Vec::with_capacity(spare + 1);
        let before = sums.clone();
        for shift in 0..=spare {
            if before[shift] > before[best] {
                best = shift;
            }
            let (left, right) = columns[index + shift];
            sums[shift] = before[best] + cell.right.min(right) - cell.left.max(left);
            step.push(best);
        }
        steps.push(step);
    }
    let mut shift = (0..=spare).rev().max_by(|a, b| sums[*a].total_cmp(&sums[*b]))?;
    let mut places = vec![0; row.len()];
    for index in (0..row.len()).rev() {
        places[index] = index + shift;
        shift = steps[index][shift];
    }
    for (cell, place) in row.iter().zip(&places) {
        let (left, right) = &mut columns[*place];
        (*left, *right) = (left.min(cell.left), right.max(cell.right));
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Cells<'c> = &'c [(&'c str, f64, f64)];

    /// Lines so far below each other, in a font of 10.
    fn check_at(rows: &[(f64, Cells<'_>)], expected: &str) {
        let cell =
            |&(text, left, right): &(&str, f64, f64)| Cell { text: text.into(), left, right };
        let mut height = 0.0;
        let row = |&(below, cells): &(f64, Cells<'_>)| {
            height -= below;
            Row { cells: cells.iter().map(cell).collect(), height, size: 10.0 }
        };
        let rows: Vec<Row> = rows.iter().map(row).collect();
        let mut out = String::new();
        write(&rows, &mut out);
        assert_eq!(out, expected);
    }

    fn check(rows: &[Cells<'_>], expected: &str) {
        let rows: Vec<(f64, Cells<'_>)> = rows.iter().map(|cells| (12.0, *cells)).collect();
        check_at(&rows, expected);
    }

    #[test]
    fn cells_stand_below_their_names() {
        let names = &[("name", 0.0, 20.0), ("city", 50.0, 70.0), ("ssn", 100.0, 115.0)][..];
        let number = ("123-45-6789", 100.0, 150.0);
        check(&[names, &[("Jo", 0.0, 10.0), number]], "name\tcity\tssn\nJo\t\t123-45-6789\n");
        check(&[names, &[number], names], "name\tcity\tssn\n\t\t123-45-6789\nname\tcity\tssn\n");
        let part: Cells<'_> = &[("north", 0.0, 20.0)];
        let person: Cells<'_> = &[("Jo", 0.0, 10.0), number];
        check(
            &[names, person, part, person],
            "name\tcity\tssn\nJo\t\t123-45-6789\nnorth\t\nJo\t\t123-45-6789\n",
        );
        check(&[&[number], names], "123-45-6789\nname\tcity\tssn\n");
        let right_aligned = ("1,000", 80.0, 98.0);
        check(&[names, &[right_aligned, number]], "name\tcity\tssn\n\t1,000\t123-45-6789\n");
    }

    const NAMES: Cells<'_> = &[("name", 0.0, 20.0), ("note", 50.0, 70.0), ("ssn", 120.0, 135.0)];
    const NOTE: Cells<'_> = &[("called again", 50.0, 108.0)];
    const REST: Cells<'_> = &[("about it", 50.0, 88.0)];
    const PERSON: Cells<'_> = &[("Jo", 0.0, 10.0), ("called and asked", 50.0, 110.0), SSN];
    const SSN: (&str, f64, f64) = ("123-45-6789", 120.0, 170.0);

    #[test]
    fn cells_of_several_lines_are_one() {
        let row = "Jo\tcalled and asked called again about it\t123-45-6789\n";
        let one = [(20.0, PERSON), (12.0, NOTE), (12.0, REST)];
        // Rows stand further from each other than lines, or not.
        for (below, rows) in [(20.0, 3), (12.0, 3)] {
            let names = [(0.0, NAMES), (below, PERSON)];
            let more =
                one.map(|(far, cells): (f64, Cells<'_>)| (far.min(below), cells)).repeat(rows);
            let lines = [&names[..1], &more[..]].concat();
            check_at(&lines, &format!("name\tnote\tssn\n{}", row.repeat(rows)));
        }
        // In the middle of its row, or at its foot.
        let single: Cells<'_> = &[("Jo", 0.0, 10.0), SSN];
        let middle = [(20.0, NOTE), (6.0, single), (6.0, REST)].repeat(3);
        let last: Cells<'_> = &[("Jo", 0.0, 10.0), ("about it", 50.0, 88.0), SSN];
        let foot = [(20.0, NOTE), (12.0, last)].repeat(3);
        for lines in [middle, foot] {
            let lines = [&[(0.0, NAMES)], &lines[..]].concat();
            let row = "Jo\tcalled again about it\t123-45-6789\n";
            check_at(&lines, &format!("name\tnote\tssn\n{}", row.repeat(3)));
        }
    }

    #[test]
    fn values_of_several_lines_are_one_if_they_say_so() {
        let upper: Cells<'_> = &[("Jo", 0.0, 10.0), ("123-45-", 120.0, 150.0)];
        let lower: Cells<'_> = &[("6789", 120.0, 140.0)];
        let names: Cells<'_> = &[("name", 0.0, 20.0), ("ssn", 120.0, 135.0)];
        let lines = [&[(0.0, names)], &[(20.0, upper), (12.0, lower)].repeat(3)[..]].concat();
        check_at(&lines, &format!("name\tssn\n{}", "Jo\t123-45-6789\n".repeat(3)));
        // Two numbers are two.
        let upper: Cells<'_> = &[("Jo", 0.0, 10.0), SSN];
        let lower: Cells<'_> = &[("123-45-6780", 120.0, 170.0)];
        let lines = [&[(0.0, names)], &[(20.0, upper), (12.0, lower)].repeat(3)[..]].concat();
        let rows = "Jo\t123-45-6789\n\t123-45-6780\n".repeat(3);
        check_at(&lines, &format!("name\tssn\n{rows}"));
    }

    #[test]
    fn rows_are_not_lines_of_one() {
        // Names, a row with an empty cell near to them, and blocks of names and values.
        let near: Cells<'_> = &[("Jo", 0.0, 10.0), SSN];
        let rows = "Jo\t\t123-45-6789\n".repeat(3);
        let lines = [(0.0, NAMES), (12.0, near), (20.0, near), (20.0, near)];
        check_at(&lines, &format!("name\tnote\tssn\n{rows}"));
        let field: Cells<'_> = &[("name", 0.0, 20.0), ("Jo", 50.0, 60.0)];
        let other: Cells<'_> = &[("ssn", 0.0, 15.0), ("123-45-6789", 50.0, 100.0)];
        let blocks = [(20.0, field), (12.0, other)].repeat(4);
        check_at(&blocks, &"name\tJo\nssn\t123-45-6789\n".repeat(4));
    }
}
