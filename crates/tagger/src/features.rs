//! What a token's label may depend on: itself, its neighbours, the line it stands in.
//!
//! A feature is a row of the weights, chosen by a hash. Words count as themselves only if the training
//! templates hold them; of all others only their look, their ends and what the lists know is seen, so
//! that nothing is learnt by heart.

use crate::fold::mix;
use crate::gazetteer::known;
use crate::token::{Shape, Token};
use std::ops::Range;

/// Rows of weights, as a power of two.
pub const ROWS_LOG2: u32 = 18;

/// Features of one token.
pub const FEATURES: usize = 35;

/// What features need of a token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cell {
    /// The word itself, or what stands for it.
    word: u64,
    /// Its shape and what lists know of it.
    look: u64,
    shape: u64,
    /// What speaks most for or against a name, in a few classes.
    kind: u64,
    head: u64,
    tail: u64,
    /// The field name of its line, and how far behind it stands.
    field: u64,
    /// How far numbers and street words are, to the left and right.
    near: u64,
}

/// Cells before the first and behind the last token.
pub const MARGIN: usize = 3;

const FAR: u64 = 6;

const WORDS_KNOWN: u16 =
    known::VOCABULARY | known::TITLE | known::STREET | known::ORGANISATION | known::PARTICLE;

/// Fills `cells` with those of a part of the tokens, with a margin on both sides.
pub fn cells(tokens: &[Token], part: Range<usize>, cells: &mut Vec<Cell>) {
    cells.clear();
    cells.resize(part.len() + 2 * MARGIN, Cell::default());
    let seen = part.start.saturating_sub(MARGIN)..(part.end + MARGIN).min(tokens.len());
    let place = |at: usize| at + MARGIN - part.start;
    let mut field = 0;
    let mut since = 0;
    let mut last_word = 0;
    let mut distance = Distance::default();
    for (at, token) in tokens[..seen.end].iter().enumerate() {
        let near = distance.step(token);
        if at >= seen.start {
            let cell = cell_of(token);
            cells[place(at)] = Cell { field: field << 3 | since.min(4), near, ..cell };
        }
        since += 1;
        if token.shape == Shape::Line && since > 1 {
            (field, since) = (0, 0);
        } else if token.is_sign(':') || token.is_sign('=') {
            (field, since) = (last_word, 0);
        } else if token.is_word() {
            last_word = word_of(token);
        }
    }
    let mut distance = Distance::default();
    let behind = (seen.end + FAR as usize).min(tokens.len());
    for at in (seen.start..behind).rev() {
        let near = distance.step(&tokens[at]);
        if at < seen.end {
            let cell = &mut cells[place(at)];
            cell.near = cell.near << 8 | near;
        }
    }
}

/// Distances to the last number and the last street word.
struct Distance {
    number: u64,
    street: u64,
}

impl Default for Distance {
    fn default() -> Self {
        Self { number: FAR, street: FAR }
    }
}

impl Distance {
    fn step(&mut self, token: &Token) -> u64 {
        let seen = self.number << 4 | self.street;
        self.number = if token.shape == Shape::Number { 0 } else { (self.number + 1).min(FAR) };
        self.street = if token.has(known::STREET) { 0 } else { (self.street + 1).min(FAR) };
        seen
    }
}

/// A number that two rows of cells share only if they have the same features, but for one chance in 2^64;
/// never 0.
pub(crate) fn print(cells: &[Cell]) -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let spread = |a: u64, b: u64, c: u64, d: u64| {
        (a ^ b.rotate_left(17)).wrapping_mul(STEP) ^ (c ^ d.rotate_left(23)).wrapping_mul(!STEP)
    };
    let mut sum = cells.len() as u64;
    for cell in cells {
        // What a word is stands in `word`, `look`, `head` and `tail`; `shape` and `kind` follow from `look`.
        let low = spread(cell.word, cell.look, cell.field, cell.near);
        let high = cell.tail.wrapping_mul(!STEP) ^ cell.head.wrapping_mul(STEP);
        sum = (sum.rotate_left(29) ^ low ^ high.rotate_left(32)).wrapping_mul(STEP);
    }
    mix(sum).max(1)
}

/// The word itself where the templates hold it, or what stands for it.
fn word_of(token: &Token) -> u64 {
    match token.shape {
        Shape::Number => 0x100 + token.word.hash,
        Shape::Sign => 0x1000 + token.word.hash,
        Shape::Line => 0x200,
        _ if token.has(WORDS_KNOWN) => token.word.hash,
        _ => {
            let everyday = token.has(known::WORD | known::WORD_RARE);
            let name = token.has(known::GIVEN | known::FAMILY | known::RARE);
            0x300 + (token.shape as u64) * 4 + u64::from(everyday) + 2 * u64::from(name)
        }
    }
}

fn cell_of(token: &Token) -> Cell {
    let shape = token.shape as u64 | u64::from(token.glued) << 4;
    let listed = token.known & !known::VOCABULARY;
    let look = u64::from(listed) << 5 | shape;
    let (look, tail) = match token.shape {
        Shape::Sign => (look | token.word.hash << 20, 0),
        Shape::Number => (look | token.word.hash << 20, token.word.hash),
        _ => (look, token.word.tail),
    };
    let kind = kind(token) << 4 | token.shape as u64;
    let (word, head) = (word_of(token), u64::from(token.word.head));
    Cell { word, look, shape, kind, head, tail, field: 0, near: 0 }
}

fn kind(token: &Token) -> u64 {
    let name = match token.known {
        k if k & known::GIVEN != 0 => 1,
        k if k & known::FAMILY != 0 => 2,
        k if k & known::RARE != 0 => 3,
        k if k & known::PINYIN != 0 => 4,
        _ => 0,
    };
    let other = match token.known {
        k if k & known::WORD != 0 => 1,
        k if k & (known::STREET | known::ORGANISATION | known::TITLE) != 0 => 2,
        k if k & known::WORD_RARE != 0 => 3,
        k if name == 0 && k & (known::PLACE | known::REGION) != 0 => 4,
        _ => 0,
    };
    name * 5 + other
}

/// The rows of the token whose cell is `cells[at]`.
#[inline]
pub fn rows(cells: &[Cell], at: usize, each: &mut impl FnMut(usize)) {
    let Some([c, b, a, x, p, q, r]) = cells.get(at.saturating_sub(MARGIN)..=at + MARGIN) else {
        return;
    };
    let mut template = 0u64;
    let mut row = |left: u64, right: u64| {
        template = template.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let hash = (left.rotate_left(23) ^ right).wrapping_mul(0xff51_afd7_ed55_8ccd) ^ template;
        each((mix(hash) >> (64 - ROWS_LOG2)) as usize);
    };
    let pair =
        |left: u64, right: u64| (left.rotate_left(31) ^ right).wrapping_mul(0x2545_f491_4f6c_dd1d);
    row(x.word, x.shape);
    row(a.word, x.word);
    row(x.word, p.word);
    row(a.word, 0);
    row(p.word, 0);
    row(b.word, 0);
    row(q.word, 0);
    row(b.word, a.word);
    row(p.word, q.word);
    row(x.look, 0);
    row(a.look, x.look);
    row(x.look, p.look);
    row(pair(a.look, p.look), x.look);
    row(a.word, x.look);
    row(p.word, x.look);
    row(x.tail & 0xff_ffff, x.shape);
    row(x.tail & 0xffff_ffff, x.shape);
    row(pair(b.word, a.word), x.look);
    row(x.field, x.look);
    row(pair(b.look, a.look), x.look);
    row(pair(q.look, p.look), x.look);
    row(x.head, x.shape);
    row(x.near, x.shape);
    row(pair(c.word, b.word), a.word);
    row(pair(p.word, q.word), x.look);
    row(x.near, pair(a.shape, p.shape) ^ x.look);
    row(pair(r.word, q.shape), pair(p.shape, x.look));
    row(x.kind, 1);
    row(a.kind, x.kind);
    row(x.kind, p.kind);
    row(pair(a.kind, x.kind), p.kind);
    row(a.word, x.kind);
    row(p.word, x.kind);
    row(pair(a.word, p.word), x.kind);
    row(pair(b.word, a.word), x.kind);
}
