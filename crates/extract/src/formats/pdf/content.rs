//! The content of a page: which text stands where. Positions are those of the page, before it is turned.

use super::super::scans::Pictures;
use super::fonts::{Font, GlyphNames};
use super::objects::Objects;
use super::tokens::{Token, Tokens};
use crate::picture::SIDE_MIN;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Forms within forms.
const FORMS_DEPTH_MAX: usize = 16;

/// Graphics states within one another that are kept.
const STATES_MAX: usize = 512;

/// Tokens of one page with all its forms.
const TOKENS_MAX: u64 = 20_000_000;

/// The content of all pages may be so many times as long as the file, once it is longer than that.
const CONTENT_RATIO_MAX: u64 = 200;
const CONTENT_FREE_BYTES: u64 = 128 << 20;
const CONTENT_BYTES_MAX: u64 = 4 << 30;

/// A gap of so much of the height of the font is a space between words.
const SPACE: f64 = 0.13;

/// A wider gap than that of the font's height is one between columns.
const COLUMN: f64 = 1.0;

/// Text that was shown in one go.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub text: String,
    /// Where its baseline begins and ends.
    pub start: [f64; 2],
    pub end: [f64; 2],
    /// The height of the font.
    pub size: f64,
    /// How far from its end the next character stands by the spacing of its own.
    pub spacing: f64,
    /// Wide gaps within it.
    pub breaks: Vec<Break>,
}

/// A gap within a run that may be one between cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Break {
    /// Where in the text it goes on.
    pub at: usize,
    /// Where the gap begins and ends.
    pub start: [f64; 2],
    pub end: [f64; 2],
}

/// A gap of so many heights of the font is wider than any blank.
pub(super) const BREAK: f64 = 0.7;

/// What a page's content holds.
#[derive(Default)]
pub(super) struct Shown {
    pub runs: Vec<Run>,
    /// Texts that replace what is drawn.
    pub replacements: Vec<String>,
    /// Images, as far as they are large enough to show something.
    pub images: Pictures,
    /// Those that are objects of the document.
    pub pictures: Vec<ObjectId>,
    /// Images that stand within the content itself.
    pub inline_images: u64,
    /// Streams that do not decompress to their end, or are missing.
    pub damaged: u64,
    /// There is more than is looked at.
    pub is_cut: bool,
}

/// What all pages of a document share.
pub(super) struct Shared {
    fonts: HashMap<ObjectId, Rc<Font>>,
    names: GlyphNames,
    /// Bytes of content that may still be drawn: a file may draw the same form on and on.
    bytes_left: u64,
}

impl Shared {
    /// For a document of so many bytes.
    pub fn new(document_bytes: u64) -> Self {
        let honest = document_bytes.saturating_mul(CONTENT_RATIO_MAX);
        let bytes_left = honest.clamp(CONTENT_FREE_BYTES, CONTENT_BYTES_MAX);
        Self { fonts: HashMap::new(), names: GlyphNames::default(), bytes_left }
    }

    /// Whether nothing more may be drawn.
    pub fn is_spent(&self) -> bool {
        self.bytes_left == 0
    }

    /// Whether so much more may be drawn.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.bytes_left.checked_sub(bytes as u64);
        self.bytes_left = left.unwrap_or(0);
        left.is_some()
    }
}

type Matrix = [f64; 6];

fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

#[derive(Clone)]
struct State {
    to_page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

/// Follows the drawing of a page.
pub(super) struct Drawing<'o, 'd> {
    objects: &'o Objects<'d>,
    shared: &'o mut Shared,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    tokens: u64,
    /// Forms that are being drawn, so that none draws itself.
    forms: Vec<ObjectId>,
    images: HashSet<ObjectId>,
    pub shown: Shown,
}

impl<'o, 'd> Drawing<'o, 'd> {
    pub fn new(objects: &'o Objects<'d>, shared: &'o mut Shared) -> Self {
        let state = State {
            to_page: IDENTITY,
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        Self {
            objects,
            shared,
            state,
            saved: Vec::new(),
            text: IDENTITY,
            line: IDENTITY,
            tokens: 0,
            forms: Vec::new(),
            images: HashSet::new(),
            shown: Shown::default(),
        }
    }

    /// Draws a content with its resources, the nearest first.
    pub fn draw(&mut self, content: &[u8], resources: &[&'o Dictionary]) {
        if !self.shared.take(content.len()) {
            self.shown.is_cut = true;
            return;
        }
        let mut tokens = Tokens::new(content);
        let mut operands = Vec::new();
        while let Some(token) = tokens.next() {
            self.tokens += 1;
            self.shown.is_cut |= self.tokens > TOKENS_MAX;
            // What a form ran into ends what draws it too.
            if self.shown.is_cut {
                return;
            }
            match token {
                Token::Operator(b"ID") => {
                    self.inline_image(&operands);
                    tokens.skip_image();
                    operands.clear();
                }
                Token::Operator(operator) => {
                    self.operate(operator, &operands, resources);
                    operands.clear();
                }
                operand => operands.push(operand),
            }
        }
    }

    fn operate(&mut self, operator: &[u8], operands: &[Token<'_>], resources: &[&'o Dictionary]) {
        let number = |index: usize| match operands.get(index) {
            Some(Token::Number(number)) => *number,
            _ => 0.0,
        };
        match operator {
            b"q" if self.saved.len() < STATES_MAX => self.saved.push(self.state.clone()),
            b"Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            b"cm" => {
                let matrix = std::array::from_fn(number);
                self.state.to_page = multiply(&matrix, &self.state.to_page);
            }
            b"BT" => (self.text, self.line) = (IDENTITY, IDENTITY),
            b"Tf" => {
                self.state.size = number(1);
                if let Some(Token::Name(name)) = operands.first() {
                    self.state.font = self.font(name, resources);
                }
            }
            b"Tc" => self.state.char_space = number(0),
            b"Tw" => self.state.word_space = number(0),
            b"Tz" => self.state.scale = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"Tm" => {
                self.line = std::array::from_fn(number);
                self.text = self.line;
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tj" | b"TJ" => self.show(operands),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show(operands);
            }
            b"\"" => {
                (self.state.word_space, self.state.char_space) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                self.show(operands.get(2..).unwrap_or_default());
            }
            b"Do" => {
                if let Some(Token::Name(name)) = operands.first() {
                    self.object(name, resources);
                }
            }
            b"BDC" | b"DP" => self.marked(operands),
            _ => {}
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = multiply(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }

    /// Marked content may say in words what it draws.
    fn marked(&mut self, operands: &[Token<'_>]) {
        for pair in operands.windows(2) {
            if let [Token::Name(name), Token::Text(text)] = pair
                && matches!(name.as_slice(), b"ActualText" | b"Alt" | b"E")
            {
                self.shown.replacements.extend(super::strings::text(text));
            }
        }
    }

    /// A named thing of the resources, and the object it is, if it is one.
    fn resource(
        &self,
        kind: &[u8],
        name: &[u8],
        resources: &[&'o Dictionary],
    ) -> Option<(Option<ObjectId>, &'o Object)> {
        resources.iter().find_map(|resources| {
            let objects: &'o Objects<'d> = self.objects;
            let named = objects.dictionary(resources.get(kind).ok()?)?;
            let object = named.get(name).ok()?;
            let id = object.as_reference().ok();
            Some((id, objects.resolve(object)?))
        })
    }

    fn font(&mut self, name: &[u8], resources: &[&'o Dictionary]) -> Option<Rc<Font>> {
        let (id, object) = self.resource(b"Font", name, resources)?;
        if let Some(font) = id.and_then(|id| self.shared.fonts.get(&id)) {
            return Some(font.clone());
        }
        let dictionary = object.as_dict().ok()?;
        let font = Rc::new(Font::load(self.objects, dictionary, &mut self.shared.names));
        if let Some(id) = id {
            self.shared.fonts.insert(id, font.clone());
        }
        Some(font)
    }

    fn object(&mut self, name: &[u8], resources: &[&'o Dictionary]) {
        let Some((id, Object::Stream(stream))) = self.resource(b"XObject", name, resources) else {
            return;
        };
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") if id.is_none_or(|id| self.images.insert(id)) => {
                let side = |name| self.objects.side(&stream.dict, name);
                let pixels = side(b"Width").saturating_mul(side(b"Height"));
                self.shown.images.add(pixels, 0);
                // One that stands in no table of objects can not be named.
                match id {
                    Some(id) => self.shown.pictures.push(id),
                    None => self.shown.inline_images += 1,
                }
            }
            Ok(b"Form") => self.form(id, stream, resources),
            _ => {}
        }
    }

    /// An image within the content, after these words about it.
    fn inline_image(&mut self, operands: &[Token<'_>]) {
        let side = |names: [&[u8]; 2]| {
            operands.windows(2).find_map(|pair| match pair {
                [Token::Name(name), Token::Number(side)] if names.contains(&name.as_slice()) => {
                    Some(side.max(0.0) as u64)
                }
                _ => None,
            })
        };
        let width = side([b"W", b"Width"]).unwrap_or(0);
        let height = side([b"H", b"Height"]).unwrap_or(0);
        self.shown.images.add(width.saturating_mul(height), 0);
        self.shown.inline_images += u64::from(width.min(height) >= u64::from(SIDE_MIN));
    }

    /// Draws a form, which is a content with resources of its own.
    pub fn form(
        &mut self,
        id: Option<ObjectId>,
        stream: &'o lopdf::Stream,
        resources: &[&'o Dictionary],
    ) {
        let id = id.unwrap_or_default();
        if self.forms.contains(&id) {
            return;
        }
        if self.forms.len() >= FORMS_DEPTH_MAX || self.shared.is_spent() {
            self.shown.is_cut = true;
            return;
        }
        let Ok(content) = self.objects.content(stream) else {
            self.shown.damaged += 1;
            return;
        };
        self.shown.damaged += u64::from(!super::objects::is_whole(stream));
        let own = stream.dict.get(b"Resources").ok();
        let own = own.and_then(|object| self.objects.dictionary(object));
        let resources: Vec<&'o Dictionary> =
            own.into_iter().chain(resources.iter().copied().take(1)).collect();
        let matrix = stream.dict.get(b"Matrix").ok();
        let matrix = matrix.and_then(|object| self.objects.numbers(object));
        let outside = (self.state.clone(), self.text, self.line, std::mem::take(&mut self.saved));
        if let Some(Ok(matrix)) = matrix.map(Matrix::try_from) {
            self.state.to_page = multiply(&matrix, &self.state.to_page);
        }
        self.forms.push(id);
        self.draw(&content, &resources);
        self.forms.pop();
        (self.state, self.text, self.line, self.saved) = outside;
    }

    fn show(&mut self, operands: &[Token<'_>]) {
        let Some(font) = self.state.font.clone() else {
            self.show_without_font(operands);
            return;
        };
        for operand in operands {
            match operand {
                Token::Number(back) => {
                    let by = -back / 1000.0 * self.state.size;
                    self.advance(&font, if font.is_vertical { by } else { by * self.state.scale });
                }
                Token::Text(bytes) => self.show_text(&font, bytes),
                _ => {}
            }
        }
    }

    /// Text in a font that is not there is most likely Latin.
    fn show_without_font(&mut self, operands: &[Token<'_>]) {
        let texts = operands.iter().filter_map(|operand| match operand {
            Token::Text(bytes) => super::strings::text(bytes),
            _ => None,
        });
        self.shown.replacements.push(texts.collect());
    }

    fn advance(&mut self, font: &Font, by: f64) {
        let (x, y) = if font.is_vertical { (0.0, by) } else { (by, 0.0) };
        self.text = multiply(&[1.0, 0.0, 0.0, 1.0, x, y], &self.text);
    }

    fn show_text(&mut self, font: &Font, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let glyph = font.next(rest);
            rest = rest.get(glyph.length..).unwrap_or_default();
            let space = if glyph.is_space { self.state.word_space } else { 0.0 };
            let extra = self.state.char_space + space;
            let start = self.point();
            let size = self.state.size;
            if font.is_vertical {
                self.advance(font, -size - extra);
            } else {
                self.advance(font, (glyph.width * size) * self.state.scale);
            }
            let end = self.point();
            let height = self.height();
            let spacing = if font.is_vertical { 0.0 } else { self.spacing() };
            self.add(&glyph.text, start, end, height, spacing);
            if !font.is_vertical {
                self.advance(font, extra * self.state.scale);
            }
        }
    }

    /// Where the pen stands on the page.
    fn point(&self) -> [f64; 2] {
        let matrix = multiply(&[1.0, 0.0, 0.0, 1.0, 0.0, self.state.rise], &self.text);
        let matrix = multiply(&matrix, &self.state.to_page);
        [matrix[4], matrix[5]]
    }

    fn height(&self) -> f64 {
        let matrix = multiply(&self.text, &self.state.to_page);
        let height = matrix[2].hypot(matrix[3]) * self.state.size.abs();
        if height.is_finite() && height > 0.0 { height } else { 1.0 }
    }

    /// How far characters stand from one another, on the page.
    fn spacing(&self) -> f64 {
        let matrix = multiply(&self.text, &self.state.to_page);
        let spacing = matrix[0].hypot(matrix[1]) * self.state.char_space * self.state.scale;
        if spacing.is_finite() { spacing.max(0.0) } else { 0.0 }
    }

    /// Adds a glyph to the run that it continues, or begins a new one.
    fn add(&mut self, text: &str, start: [f64; 2], end: [f64; 2], size: f64, spacing: f64) {
        let last = self.shown.runs.last_mut();
        if let Some((run, gap)) =
            last.and_then(|run| continues(run, start, end, size).map(|gap| (run, gap)))
        {
            let is_apart = run.text.ends_with(char::is_whitespace) || text.starts_with(' ');
            if gap > SPACE * size && !is_apart {
                run.text.push(' ');
            }
            if gap > BREAK * size {
                run.breaks.push(Break { at: run.text.len(), start: run.end, end: start });
            }
            run.text.push_str(text);
            run.end = end;
            run.size = run.size.max(size);
            run.spacing = spacing;
            return;
        }
        let breaks = Vec::new();
        self.shown.runs.push(Run { text: text.to_owned(), start, end, size, spacing, breaks });
    }
}

/// How far a glyph stands from the end of a run, if it continues it.
fn continues(run: &Run, start: [f64; 2], end: [f64; 2], size: f64) -> Option<f64> {
    let along = direction(run.start, run.end)?;
    // A glyph without a width has no direction of its own.
    if let Some(own) = direction(start, end)
        && along[0] * own[0] + along[1] * own[1] < 0.98
    {
        return None;
    }
    let step = [start[0] - run.end[0], start[1] - run.end[1]];
    // Characters that are set apart are no words.
    let gap = step[0] * along[0] + step[1] * along[1] - run.spacing;
    let aside = (step[0] * along[1] - step[1] * along[0]).abs();
    let size = size.min(run.size);
    (aside < 0.3 * size && gap > -0.4 * size && gap < COLUMN * size).then_some(gap)
}

/// The direction from one point to another, if they differ.
pub(super) fn direction(from: [f64; 2], to: [f64; 2]) -> Option<[f64; 2]> {
    let (x, y) = (to[0] - from[0], to[1] - from[1]);
    let length = x.hypot(y);
    (length.is_finite() && length > 1e-9).then(|| [x / length, y / length])
}
