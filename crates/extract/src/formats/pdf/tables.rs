//! Rows of a page as lines with a tab between cells. In rows that follow each other, cells of one column
//! have as many tabs before them, also where cells are empty, so that a column can be told.

/// What stands together in a row.
pub(super) struct Cell {
    pub text: String,
    pub left: f64,
    pub right: f64,
}

/// Columns of a table; of more, cells are not brought into line.
const COLUMNS_MAX: usize = 256;

/// Writes rows, each of them a line.
pub(super) fn write(rows: &[Vec<Cell>], out: &mut String) {
    let mut rest = rows;
    while let Some(first) = rest.first() {
        let length = if first.len() > 1 { run(rest) } else { 1 };
        let (table, below) = rest.split_at(length);
        let mut columns = columns(table);
        for row in table {
            write_row(row, &mut columns, out);
        }
        rest = below;
    }
}

/// Rows of several cells at the start. A single cell between two such is the rest of one in a table.
fn run(rows: &[Vec<Cell>]) -> usize {
    let is_part = |index: &usize| {
        let several = |index: usize| rows.get(index).is_some_and(|row| row.len() > 1);
        several(*index) || several(index - 1) && several(index + 1)
    };
    1 + (1..rows.len()).take_while(is_part).count()
}

/// Where the columns stand, by the row of the most cells.
fn columns(rows: &[Vec<Cell>]) -> Vec<(f64, f64)> {
    let widest = rows.iter().rev().max_by_key(|row| row.len());
    let places = |row: &Vec<Cell>| row.iter().map(|cell| (cell.left, cell.right)).collect();
    widest.filter(|row| row.len() <= COLUMNS_MAX).map(places).unwrap_or_default()
}

fn write_row(row: &[Cell], columns: &mut [(f64, f64)], out: &mut String) {
    let places = places(row, columns);
    let mut tabs = 0;
    for (index, cell) in row.iter().enumerate() {
        let place = places.as_ref().map_or(index, |places| places[index]);
        out.extend(std::iter::repeat_n('\t', place - tabs));
        tabs = place;
        out.push_str(&cell.text);
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

    fn check(rows: &[&[(&str, f64, f64)]], expected: &str) {
        let cell =
            |&(text, left, right): &(&str, f64, f64)| Cell { text: text.into(), left, right };
        let rows: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let mut out = String::new();
        write(&rows, &mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn cells_stand_below_their_names() {
        let names = &[("name", 0.0, 20.0), ("city", 50.0, 70.0), ("ssn", 100.0, 115.0)][..];
        let number = ("123-45-6789", 100.0, 150.0);
        check(&[names, &[("Jo", 0.0, 10.0), number]], "name\tcity\tssn\nJo\t\t123-45-6789\n");
        check(&[names, &[number], names], "name\tcity\tssn\n\t\t123-45-6789\nname\tcity\tssn\n");
        check(&[&[number], names], "123-45-6789\nname\tcity\tssn\n");
        let right_aligned = ("1,000", 80.0, 98.0);
        check(&[names, &[right_aligned, number]], "name\tcity\tssn\n\t1,000\t123-45-6789\n");
    }
}
