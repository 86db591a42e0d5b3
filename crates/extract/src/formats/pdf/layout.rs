//! From runs of text at places to lines as a reader sees them: what stands side by side becomes one line,
//! so that a word stays beside the number it tells of, and columns of prose are read one after the other.

use super::cells::{Part, cells};
use super::content::{Run, direction};
use super::tables::{self, Row};
use std::collections::BTreeMap;

/// Columns within columns.
const COLUMNS_DEPTH_MAX: usize = 3;

/// Parts of the width of a page, in which gaps between columns are looked for.
const PARTS: usize = 256;

/// A column of prose has so many pieces of text, of so many characters on average. What is shorter is a
/// table or a form, which is read row by row.
const PROSE_PIECES_MIN: usize = 8;
const PROSE_CHARS_MIN: usize = 18;

/// A run, turned so that its text goes from left to right.
#[derive(Clone)]
struct Piece<'r> {
    text: &'r str,
    left: f64,
    right: f64,
    /// Of its baseline; higher ones come first.
    height: f64,
    size: f64,
    /// Wide gaps within it: where the text goes on, and where they begin and end.
    breaks: Vec<(usize, f64, f64)>,
}

impl<'r> Piece<'r> {
    /// What stands between its wide gaps.
    fn parts(&self) -> impl Iterator<Item = Part<'r>> {
        let starts = self.breaks.iter().map(|(at, _, left)| (*at, *left));
        let ends = self.breaks.iter().map(|(at, right, _)| (*at, *right));
        let starts = std::iter::once((0, self.left)).chain(starts);
        let ends = ends.chain(std::iter::once((self.text.len(), self.right)));
        starts.zip(ends).map(|((from, left), (to, right))| Part {
            text: self.text.get(from..to).unwrap_or_default(),
            left,
            right: right.max(left),
            size: self.size,
        })
    }
}

/// The lines of a page.
pub(super) fn lines(runs: &[Run]) -> String {
    let mut groups: BTreeMap<i32, Vec<Piece<'_>>> = BTreeMap::new();
    let mut degrees = 0;
    for run in runs.iter().filter(|run| is_sane(run)) {
        if let Some([x, y]) = direction(run.start, run.end) {
            degrees = y.atan2(x).to_degrees().round() as i32;
        }
        groups.entry(degrees).or_default().push(turned(run, f64::from(degrees)));
    }
    // What is not placed at all is still read.
    let mut out = String::new();
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|pieces| std::cmp::Reverse(pieces.len()));
    for mut pieces in groups {
        pieces.sort_by(|a, b| b.height.total_cmp(&a.height).then(a.left.total_cmp(&b.left)));
        columns(&pieces, 0, &mut out);
    }
    for run in runs.iter().filter(|run| !is_sane(run)) {
        out.extend([run.text.as_str(), "\n"]);
    }
    readable(&out)
}

fn is_sane(run: &Run) -> bool {
    let ends = [run.start, run.end];
    ends.iter().flatten().all(|at| at.is_finite() && at.abs() < 1e9) && run.size < 1e9
}

fn turned(run: &Run, degrees: f64) -> Piece<'_> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let along = |[x, y]: [f64; 2]| x * cos + y * sin;
    let [x, y] = run.start;
    let (left, right) = (along(run.start), along(run.end));
    Piece {
        text: &run.text,
        left,
        right: right.max(left),
        height: y * cos - x * sin,
        size: run.size,
        breaks: run.breaks.iter().map(|gap| (gap.at, along(gap.start), along(gap.end))).collect(),
    }
}

/// Reads columns of prose one after the other. Pieces come from top to bottom.
fn columns(pieces: &[Piece<'_>], depth: usize, out: &mut String) {
    let border = (depth < COLUMNS_DEPTH_MAX).then(|| border(pieces)).flatten();
    let Some(border) = border else {
        rows(pieces, out);
        return;
    };
    let (mut left, mut right, mut across) = (Vec::new(), Vec::new(), Vec::new());
    for piece in pieces {
        let is_across = piece.left < border && piece.right > border;
        if is_across && (!left.is_empty() || !right.is_empty()) {
            columns(&std::mem::take(&mut left), depth + 1, out);
            columns(&std::mem::take(&mut right), depth + 1, out);
        }
        if is_across {
            across.push(piece.clone());
            continue;
        }
        if !across.is_empty() {
            rows(&std::mem::take(&mut across), out);
        }
        let column = if piece.right <= border { &mut left } else { &mut right };
        column.push(piece.clone());
    }
    rows(&across, out);
    columns(&left, depth + 1, out);
    columns(&right, depth + 1, out);
}

/// Where two columns of prose meet, if there are any.
fn border(pieces: &[Piece<'_>]) -> Option<f64> {
    if pieces.len() < 2 * PROSE_PIECES_MIN {
        return None;
    }
    let left = pieces.iter().map(|piece| piece.left).fold(f64::INFINITY, f64::min);
    let right = pieces.iter().map(|piece| piece.right).fold(f64::NEG_INFINITY, f64::max);
    let part = (right - left) / PARTS as f64;
    if part <= 0.0 {
        return None;
    }
    let mut covered = [0_usize; PARTS];
    for piece in pieces {
        let first = ((piece.left - left) / part) as usize;
        let last = ((piece.right - left) / part) as usize;
        covered[first.min(PARTS - 1)..=last.min(PARTS - 1)].iter_mut().for_each(|n| *n += 1);
    }
    let few = pieces.len() / 12;
    let middle = PARTS / 8..PARTS - PARTS / 8;
    let (start, length) = longest_below(&covered[middle.clone()], few)?;
    let at = left + (middle.start as f64 + start as f64 + length as f64 / 2.0) * part;
    let is_prose = |is_left: bool| {
        let side = pieces.iter().filter(|piece| match is_left {
            true => piece.right <= at,
            false => piece.left >= at,
        });
        let (count, chars) = side
            .fold((0, 0), |(count, chars), piece| (count + 1, chars + piece.text.chars().count()));
        count >= PROSE_PIECES_MIN && chars / count >= PROSE_CHARS_MIN
    };
    (is_prose(true) && is_prose(false)).then_some(at)
}

/// The longest stretch of numbers that are at most so big: its start and length.
fn longest_below(numbers: &[usize], most: usize) -> Option<(usize, usize)> {
    let mut best = None;
    let mut start = None;
    for (at, number) in numbers.iter().chain([&usize::MAX]).enumerate() {
        match (start, *number <= most) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                if best.is_none_or(|(_, length)| at - from > length) {
                    best = Some((from, at - from));
                }
                start = None;
            }
            _ => {}
        }
    }
    best
}

/// Writes a line for all pieces of one height. Pieces come from top to bottom.
fn rows(pieces: &[Piece<'_>], out: &mut String) {
    let (mut rows, mut places) = (Vec::new(), Vec::new());
    let mut rest = pieces;
    while let Some(first) = rest.first() {
        let is_beside =
            |piece: &Piece<'_>| first.height - piece.height < 0.5 * piece.size.min(first.size);
        let length = rest.iter().position(|piece| !is_beside(piece)).unwrap_or(rest.len());
        // Of any size, it is beside itself.
        let (row, below) = rest.split_at(length.max(1));
        let mut parts: Vec<Part<'_>> = row.iter().flat_map(Piece::parts).collect();
        parts.sort_by(|a, b| a.left.total_cmp(&b.left));
        rows.push(parts);
        places.push((first.height, first.size));
        rest = below;
    }
    let row = |(number, (height, size))| Row { cells: cells(&rows, number), height, size };
    let rows: Vec<Row> = places.into_iter().enumerate().map(row).collect();
    tables::write(&rows, out);
}

/// Ligatures as letters, and no control characters.
fn readable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{fb00}' => out.push_str("ff"),
            '\u{fb01}' => out.push_str("fi"),
            '\u{fb02}' => out.push_str("fl"),
            '\u{fb03}' => out.push_str("ffi"),
            '\u{fb04}' => out.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => out.push_str("st"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
