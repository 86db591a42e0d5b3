//! Rows of a table whose cells go over several lines. Which lines of a page are one row is told by how near
//! they stand to each other, and by words that had no room on the line above. In doubt each line is a row
//! of its own: its cells still stand in their columns.

use super::tables::{Cell, Row};

/// Lines of one row.
const LINES_MAX: usize = 24;

/// Lines of one cell stand at most so many heights of the font below each other.
const PITCH_MAX: f64 = 1.55;

/// Less than this, and they are shifted, as those of cells that stand in the middle of a row.
const PITCH_MIN: f64 = 0.95;

/// Rows stand so much further from each other than the lines of one cell.
const ROWS_APART: f64 = 1.06;

/// So much of a width may be measured wrong.
const BLUR: f64 = 0.97;

/// A blank, in heights of the font.
const BLANK: f64 = 0.25;

/// Rows whose words had no room, by which lines of other rows are believed, too.
const ROWS_MIN: usize = 3;

/// A line of a page, each of its cells in a column.
pub(super) struct Line<'r> {
    pub row: &'r Row,
    pub places: Vec<usize>,
}

/// A row: its cells, each with its column, in the order of these.
pub(super) struct Joined {
    pub cells: Vec<(usize, String)>,
    /// It stands as near to the line above as lines of one cell do.
    pub is_near: bool,
    /// How far below the line above it stands, in heights of the font.
    pub below: f64,
}

impl<'r> Line<'r> {
    fn cell(&self, column: usize) -> Option<&'r Cell> {
        let index = self.places.iter().position(|place| *place == column)?;
        self.row.cells.get(index)
    }

    /// How far it stands below another line, in heights of the font.
    fn below(&self, above: &Line<'_>) -> f64 {
        (above.row.height - self.row.height) / self.row.size.min(above.row.size).max(1e-9)
    }
}

/// The rows that the lines of a table are.
pub(super) fn join(lines: &[Line<'_>]) -> Vec<Joined> {
    let widths = widths(lines);
    let pitch = pitch(lines);
    let groups = groups(lines, pitch);
    let several = || groups.iter().filter(|group| group.len() > 1);
    let is_sure = |group: &[Line<'_>]| pitch.is_some() && is_wrapped(group, &widths);
    let sure = several().filter(|group| is_sure(group)).count();
    let is_known = sure >= ROWS_MIN && sure * 2 >= several().count();
    let mut out: Vec<Joined> = Vec::new();
    let mut above: Option<&Line<'_>> = None;
    for mut group in groups {
        let is_one =
            group.len() > 1 && (is_sure(group) || is_known && could_be_one(group, &widths));
        let mut is_near = false;
        while !group.is_empty() {
            let length = if is_one { group.len() } else { continued(group, &widths) };
            let below = above.map_or(0.0, |above| group[0].below(above));
            above = group.get(length - 1);
            out.push(Joined { cells: joined(&group[..length]), is_near, below });
            group = &group[length..];
            is_near = true;
        }
    }
    out
}

/// The width of the widest cell of each column.
fn widths(lines: &[Line<'_>]) -> Vec<f64> {
    let mut widths: Vec<f64> = Vec::new();
    for line in lines {
        for (cell, place) in line.row.cells.iter().zip(&line.places) {
            widths.resize(widths.len().max(place + 1), 0.0);
            widths[*place] = widths[*place].max(cell.right - cell.left);
        }
    }
    widths
}

/// How far lines of one cell stand from each other, if rows stand further.
fn pitch(lines: &[Line<'_>]) -> Option<f64> {
    let gaps = lines.windows(2).map(|pair| pair[1].below(&pair[0]));
    let (mut shifted, mut gaps): (Vec<f64>, Vec<f64>) = gaps.partition(|gap| *gap < PITCH_MIN);
    gaps.sort_by(f64::total_cmp);
    let near = gaps.windows(2).find(|pair| pair[1] >= pair[0] * ROWS_APART).map(|pair| pair[0]);
    match near.filter(|near| *near <= PITCH_MAX) {
        Some(near) => Some(near * (1.0 + (ROWS_APART - 1.0) / 2.0)),
        None => shifted.pop().map(|_| PITCH_MIN).filter(|_| !gaps.is_empty()),
    }
}

/// Lines that stand near to each other.
fn groups<'l, 'r>(lines: &'l [Line<'r>], pitch: Option<f64>) -> Vec<&'l [Line<'r>]> {
    let is_near = |a: &Line<'_>, b: &Line<'_>| pitch.is_some_and(|pitch| b.below(a) <= pitch);
    match pitch {
        Some(_) => lines.chunk_by(is_near).flat_map(|group| group.chunks(LINES_MAX)).collect(),
        // They can not be told from rows.
        None => lines.chunk_by(|a, b| b.below(a) <= PITCH_MAX).collect(),
    }
}

/// Whether lines are one row for sure: there are cells of fewer lines than others, and in those of several
/// each line had no room for what follows.
fn is_wrapped(group: &[Line<'_>], widths: &[f64]) -> bool {
    let columns = columns(group);
    let full = group.iter().filter(|line| line.places.len() == columns.len()).count();
    group.len() <= LINES_MAX
        && columns.len() > 1
        && full <= 1
        && columns.iter().all(|column| {
            pairs(group, *column).all(|(a, b, size)| {
                // A name may stand above its value.
                let is_named = !has_digit(&a.text) && is_value(&b.text);
                had_no_room(a, b, size, widths[*column]) && !are_values(a, b) && !is_named
            })
        })
}

/// Whether lines are likely to be one row, in a table where others are.
fn could_be_one(group: &[Line<'_>], widths: &[f64]) -> bool {
    let columns = columns(group);
    let full = group.iter().filter(|line| line.places.len() == columns.len()).count();
    let no_room = |column: usize| {
        pairs(group, column).all(|(a, b, size)| had_no_room(a, b, size, widths[column]))
    };
    group.len() <= LINES_MAX
        && columns.len() > 1
        && (full <= 1 || columns.iter().all(|column| no_room(*column)))
        && columns.iter().all(|column| {
            pairs(group, *column).all(|(a, b, size)| {
                // A name may stand above its values.
                let is_named = !has_digit(&a.text) && has_digit(&b.text);
                !are_values(a, b) && (!is_named || had_no_room(a, b, size, widths[*column]))
            })
        })
}

/// How many lines are the first one's row, told by their words alone.
fn continued(lines: &[Line<'_>], widths: &[f64]) -> usize {
    let Some(first) = lines.first() else { return 0 };
    let goes_on = |pair: &&[Line<'_>]| {
        let (above, line) = (&pair[0], &pair[1]);
        let is_part = |(cell, place): (&Cell, &usize)| {
            above.cell(*place).is_some_and(|above| {
                let is_glued = is_glued(&above.text, &cell.text);
                // A short word leaves room for others: what stands below it is no rest of a line.
                let is_wide = (above.right - above.left) * 2.0 > widths[*place];
                let are_words = is_wide && !has_digit(&above.text) && !has_digit(&cell.text);
                let is_text = above.text.trim().contains(' ') || are_words || is_glued;
                is_text && had_no_room(above, cell, line.row.size, widths[*place])
            })
        };
        line.places.len() < first.places.len()
            && line.below(above) <= PITCH_MAX
            && line.row.cells.iter().zip(&line.places).all(is_part)
    };
    1 + lines.windows(2).take(LINES_MAX).take_while(goes_on).count()
}

fn columns(group: &[Line<'_>]) -> Vec<usize> {
    let mut columns: Vec<usize> = group.iter().flat_map(|line| &line.places).copied().collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// The cells of a column that follow each other, and the height of their font.
fn pairs<'l>(
    group: &'l [Line<'_>],
    column: usize,
) -> impl Iterator<Item = (&'l Cell, &'l Cell, f64)> {
    let cells =
        move || group.iter().filter_map(move |line| Some((line.cell(column)?, line.row.size)));
    cells().zip(cells().skip(1)).map(|((a, _), (b, size))| (a, b, size))
}

/// Whether the first word of a cell would have had no room on the line above.
fn had_no_room(above: &Cell, below: &Cell, size: f64, width: f64) -> bool {
    let text = below.text.trim();
    let word = text.split(' ').next().map_or(0, |word| word.chars().count());
    let share = word as f64 / text.chars().count().max(1) as f64;
    let needed = (below.right - below.left) * share + BLANK * size;
    above.right - above.left + needed > width * BLUR
}

/// Whether one is as likely a value of its own as the other.
fn are_values(above: &Cell, below: &Cell) -> bool {
    is_value(&above.text) && is_value(&below.text) && !is_glued(&above.text, &below.text)
}

fn is_value(text: &str) -> bool {
    has_digit(text) && !text.trim().contains(' ')
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a word goes on in the next line: at a hyphen, or within an address of mail.
fn is_glued(above: &str, below: &str) -> bool {
    let last = above.trim_end().rsplit(' ').next().unwrap_or("");
    let next = below.trim_start().split(' ').next().unwrap_or("");
    let is_hyphened = last.len() > 1
        && last.ends_with(['-', '@'])
        && next.starts_with(char::is_alphanumeric)
        || next.len() > 1 && next.starts_with(['-', '@']) && last.ends_with(char::is_alphanumeric);
    let is_mail = last.contains('@') && last.len() == above.trim().len() && {
        next.contains('.') && next.len() == below.trim().len() && !next.contains('@')
    };
    is_hyphened || is_mail
}

fn joined(group: &[Line<'_>]) -> Vec<(usize, String)> {
    let text = |column: usize| {
        let mut text = String::new();
        for cell in group.iter().filter_map(|line| line.cell(column)) {
            if !text.is_empty() && !is_glued(&text, &cell.text) {
                text.push(' ');
            }
            text.push_str(cell.text.trim());
        }
        (column, text)
    };
    columns(group).into_iter().map(text).collect()
}
