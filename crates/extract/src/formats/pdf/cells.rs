//! What stands side by side on a line of a page as cells: what a wide gap parts, and a narrower one where
//! lines above and below have a gap, too.

use super::content::BREAK;
use super::tables::Cell;

/// A gap of so much of the height of the font is a space.
const SPACE: f64 = 0.13;

/// A wider gap is one between cells of a table.
const CELL: f64 = 1.0;

/// Lines above and below that are asked whether a column begins at some place.
const NEIGHBOURS: usize = 3;

/// So many of them must say so, and no more than that may have text there.
const AGREEING_MIN: usize = 2;
const CROSSING_MAX: usize = 1;

/// What is as near to a place stands there, in points.
const THERE: f64 = 0.7;

/// Text without wide gaps.
#[derive(Clone, Copy)]
pub(super) struct Part<'r> {
    pub text: &'r str,
    pub left: f64,
    pub right: f64,
    pub size: f64,
}

/// The cells of a row among others; the parts of each come from left to right.
pub(super) fn cells(rows: &[Vec<Part<'_>>], number: usize) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut last: Option<&Part<'_>> = None;
    for part in &rows[number] {
        // Bold print is now and then made by printing twice.
        let is_shadow = last.is_some_and(|last| {
            part.text == last.text
                && (part.left - last.left).abs() < 0.2 * part.size
                && (part.right - last.right).abs() < 0.2 * part.size
        });
        if is_shadow {
            continue;
        }
        let size = last.map_or(part.size, |last| part.size.min(last.size));
        let gap = cells.last().map(|cell| part.left - cell.right);
        let is_apart =
            |gap: f64| gap > CELL * size || gap > BREAK * size && begins_column(rows, number, part);
        match cells.last_mut().zip(gap.filter(|gap| !is_apart(*gap))) {
            Some((cell, gap)) => {
                let is_blank = cell.text.ends_with(' ') || part.text.starts_with(' ');
                if !is_blank && (gap > SPACE * size || gap < -size) {
                    cell.text.push(' ');
                }
                cell.text.push_str(part.text);
                cell.right = cell.right.max(part.right);
            }
            None => {
                cells.push(Cell { text: part.text.to_owned(), left: part.left, right: part.right })
            }
        }
        last = Some(part);
    }
    cells
}

/// Whether lines above and below have something that begins or ends where this does, and a gap before it.
fn begins_column(rows: &[Vec<Part<'_>>], number: usize, part: &Part<'_>) -> bool {
    let (mut agreeing, mut crossing) = (0, 0);
    let above = rows[..number].iter().rev().take(NEIGHBOURS);
    for row in above.chain(rows[number + 1..].iter().take(NEIGHBOURS)) {
        let is_there = |place: f64, other: f64| (place - other).abs() < THERE;
        let found = row
            .iter()
            .position(|other| is_there(other.left, part.left) || is_there(other.right, part.right));
        let has_gap = found.is_some_and(|index| {
            let before = index.checked_sub(1).map(|before| row[before].right);
            before.is_none_or(|right| row[index].left - right > BREAK * part.size)
        });
        agreeing += usize::from(has_gap);
        let crosses = |other: &Part<'_>| {
            other.left < part.left - part.size && other.right > part.left + part.size
        };
        crossing += usize::from(row.iter().any(crosses));
    }
    agreeing >= AGREEING_MIN && crossing <= CROSSING_MAX
}
