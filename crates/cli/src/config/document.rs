//! A TOML text as a tree in which every key and value knows where it stands.

use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// At most this many syntax errors of one file are reported.
const SYNTAX_ERRORS_MAX: usize = 20;

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A key's value, with the places of both.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_at: Position,
    pub node: Node,
    pub at: Position,
}

/// An element of an array.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub node: Node,
    pub at: Position,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Table(Vec<Entry>),
    List(Vec<Element>),
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A kind of value that no setting takes.
    Other(&'static str),
}

impl Node {
    /// The kind, as a message names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Node::Table(_) => "a table",
            Node::List(_) => "an array",
            Node::Text(_) => "a text",
            Node::Integer(_) => "a number",
            Node::Boolean(_) => "a boolean",
            Node::Other(kind) => kind,
        }
    }
}

/// What the parser refused, and where.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub at: Option<Position>,
    pub message: String,
}

/// The entries of the root table, or every syntax error.
pub(super) fn parse(text: &str) -> Result<Vec<Entry>, Vec<SyntaxError>> {
    let lines = Lines::of(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table(root.get_ref(), &lines));
    }
    let mut errors: Vec<SyntaxError> = errors
        .iter()
        .take(SYNTAX_ERRORS_MAX)
        .map(|error| SyntaxError {
            at: error.span().map(|span| lines.position(span.start)),
            message: error.message().to_owned(),
        })
        .collect();
    errors.sort_by_key(|error| error.at);
    Err(errors)
}

fn table(table: &DeTable<'_>, lines: &Lines<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_at: lines.start(key.span()),
            node: node(value, lines),
            at: lines.start(value.span()),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_at);
    entries
}

fn node(value: &Spanned<DeValue<'_>>, lines: &Lines<'_>) -> Node {
    match value.get_ref() {
        DeValue::String(text) => Node::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Node::Other("a number that is too large"), Node::Integer),
        DeValue::Boolean(value) => Node::Boolean(*value),
        DeValue::Float(_) => Node::Other("a fraction"),
        DeValue::Datetime(_) => Node::Other("a date"),
        DeValue::Table(inner) => Node::Table(table(inner, lines)),
        DeValue::Array(elements) => Node::List(
            elements
                .iter()
                .map(|element| Element {
                    node: node(element, lines),
                    at: lines.start(element.span()),
                })
                .collect(),
        ),
    }
}

/// Turns byte offsets into lines and columns.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn start(&self, span: Range<usize>) -> Position {
        self.position(span.start)
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }
}
