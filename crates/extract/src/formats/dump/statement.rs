//! The heads of statements: which table their values are for.

use crate::formats::sqlite::schema::{Table, Word, words};

/// Where values go.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    pub table: String,
    /// Those that the statement names.
    pub columns: Vec<String>,
    /// Where its values begin.
    pub values_at: usize,
    pub is_copy: bool,
    /// It quotes names as MySQL does.
    pub has_ticks: bool,
}

/// The target of a statement that begins here, if it has values.
pub(super) fn target(head: &str) -> Option<Target> {
    let first = head.get(..8)?;
    let begins = |word: &str| first.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word));
    if begins("copy ") {
        return copy(head);
    }
    if !begins("insert ") && !begins("replace ") {
        return None;
    }
    let values_at = values_at(head)?;
    let before = &head[..values_at - "VALUES".len()];
    let (table, columns) = names(before, KEYWORDS)?;
    let is_statement = begins("insert ") || words(before).iter().any(|word| word.is("INTO"));
    let target =
        Target { table, columns, values_at, is_copy: false, has_ticks: before.contains('`') };
    is_statement.then_some(target)
}

/// What may stand before the name of a table that values are for.
const KEYWORDS: &[&str] = &[
    "INSERT",
    "REPLACE",
    "INTO",
    "IGNORE",
    "LOW_PRIORITY",
    "HIGH_PRIORITY",
    "DELAYED",
    "OR",
    "ROLLBACK",
    "ABORT",
    "FAIL",
];

/// The end of the word `VALUES`, if it stands before any semicolon and is no name.
fn values_at(head: &str) -> Option<usize> {
    let bytes = head.as_bytes();
    let mut quote = None;
    let mut depth = 0_u32;
    for (at, byte) in bytes.iter().enumerate() {
        match (quote, *byte) {
            (Some(end), byte) if byte == end => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'`' | b'\'') => quote = Some(*byte),
            (None, b'[') => quote = Some(b']'),
            (None, b'(') => depth += 1,
            (None, b')') => depth = depth.saturating_sub(1),
            (None, b';') => return None,
            (None, b'v' | b'V') if depth == 0 => {
                let is_word =
                    bytes[at..].get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"values"));
                let before = at.checked_sub(1).and_then(|at| bytes.get(at));
                let is_alone =
                    |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'(' | b')');
                if is_word
                    && before.is_some_and(is_alone)
                    && bytes.get(at + 6).is_some_and(is_alone)
                {
                    return Some(at + 6);
                }
            }
            _ => {}
        }
    }
    None
}

/// `COPY table (columns) FROM stdin;`
fn copy(head: &str) -> Option<Target> {
    let line_bytes = head.find('\n')? + 1;
    let line = head[..line_bytes].trim_end();
    let statement = line.strip_suffix(';').unwrap_or(line).trim_end();
    let from = statement.len().checked_sub("FROM stdin".len())?;
    let (before, from) = statement.split_at_checked(from)?;
    if !from.eq_ignore_ascii_case("from stdin") {
        return None;
    }
    let (table, columns) = names(before, &["COPY"])?;
    Some(Target { table, columns, values_at: line_bytes, is_copy: true, has_ticks: false })
}

/// The table after some keywords, and the columns in parentheses, if there is nothing else: it is told by
/// the places of values, and not read as text.
fn names(text: &str, keywords: &[&str]) -> Option<(String, Vec<String>)> {
    if text.contains("--") || text.contains("/*") {
        return None;
    }
    let words = words(text);
    let is_keyword = |word: &Word| keywords.iter().any(|keyword| word.is(keyword));
    let start = words.iter().position(|word| !is_keyword(word))?;
    let open = words.iter().position(|word| *word == Word::Open).unwrap_or(words.len());
    let close = words.iter().position(|word| *word == Word::Close).unwrap_or(words.len());
    let tail = words.get(close + 1..).unwrap_or_default();
    let is_tail = tail.is_empty() || tail.first().is_some_and(|word| word.is("OVERRIDING"));
    // Before its name may stand those of its schema and database.
    let path = words.get(start..open).filter(|path| path.len() <= 3 && is_tail)?;
    let table = path.last()?.name()?;
    let table = table.rsplit('.').next().unwrap_or(table).to_owned();
    let columns = words.get(open..close).unwrap_or_default();
    Some((table, columns.iter().filter_map(Word::name).map(str::to_owned).collect()))
}

/// A table's name and columns, if a statement that makes one begins here.
pub(super) fn definition(head: &str) -> Option<(String, Vec<String>)> {
    if !head.get(..6)?.eq_ignore_ascii_case("create") {
        return None;
    }
    let end = head.find(";\n").or_else(|| head.find(";\r")).unwrap_or(head.len());
    let statement = &head[..end];
    let open = statement.find('(')?;
    let before = words(&statement[..open]);
    before.iter().find(|word| word.is("TABLE"))?;
    let name = before.iter().rev().find_map(Word::name)?;
    let name = name.rsplit('.').next().unwrap_or(name).to_owned();
    let table = Table::new(name, 0, statement);
    Some((table.name, table.columns.into_iter().map(|column| column.1).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_statements() {
        let found = |head: &str| {
            target(head).map(|found| (found.table, found.columns.join(" "), found.values_at))
        };
        let some =
            |table: &str, columns: &str, at| Some((table.to_owned(), columns.to_owned(), at));
        assert_eq!(found("INSERT INTO t VALUES (1)"), some("t", "", 20));
        assert_eq!(
            found("insert ignore into `my t` (`a`, `values`)\nvalues\n(1)"),
            some("my t", "a values", 48)
        );
        assert_eq!(found("INSERT [dbo].[t] ([a b]) VALUES (N'x')"), some("t", "a b", 31));
        assert_eq!(found("COPY public.t (a, \"b c\") FROM stdin;\n1"), some("t", "a b c", 37));
        assert_eq!(found("INSERT INTO t SELECT 1; VALUES (2)"), None);
        assert_eq!(found("INSERT INTO t (a) SELECT 'x' FROM VALUES (2)"), None);
        assert_eq!(found("insert into t /* x */ values (2)"), None);
        assert_eq!(found("Replace all values (see above)"), None);
        assert_eq!(found("COPY t FROM '/x';\n"), None);
        let (name, columns) =
            definition("CREATE TABLE IF NOT EXISTS s.t (\n a int,\n b text\n);\n").unwrap();
        assert_eq!((name.as_str(), columns.join(" ").as_str()), ("t", "a b"));
    }
}
