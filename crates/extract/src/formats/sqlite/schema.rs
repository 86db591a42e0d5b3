//! Names and order of the columns of a table, from the statement that made it.

/// A table of a database.
#[derive(Debug, PartialEq)]
pub(in crate::formats) struct Table {
    pub name: String,
    pub root: u32,
    /// Columns that are stored, by their place in a record of a table with row numbers; of each its place
    /// in the statement and its name.
    pub columns: Vec<(u32, String)>,
    /// The place in records of the column that is the row's number.
    pub number_column: Option<usize>,
    /// The order of a record in a table without row numbers, as places in `columns`.
    pub keyed_order: Vec<usize>,
}

/// A word of SQL, as far as names need be told apart.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::formats) enum Word {
    /// It may be a keyword.
    Plain(String),
    Name(String),
    Open,
    Close,
    Comma,
}

impl Word {
    pub fn is(&self, keyword: &str) -> bool {
        matches!(self, Word::Plain(word) if word.eq_ignore_ascii_case(keyword))
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            Word::Plain(name) | Word::Name(name) => Some(name),
            _ => None,
        }
    }
}

impl Table {
    pub fn new(name: String, root: u32, statement: &str) -> Self {
        let words = words(statement);
        let mut table =
            Self { name, root, columns: Vec::new(), number_column: None, keyed_order: Vec::new() };
        let mut key: Vec<String> = Vec::new();
        let mut integers = Vec::new();
        for (place, definition) in definitions(&words).into_iter().enumerate() {
            let Some(first) = definition.first() else { continue };
            let constraints = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
            if constraints.iter().any(|keyword| first.is(keyword)) {
                key.extend(key_of(definition));
                continue;
            }
            let Some(name) = first.name() else { continue };
            let is_key = has(definition, &["PRIMARY", "KEY"]);
            if is_key {
                key.push(name.to_owned());
            }
            // Computed when read, unless it is said to be stored.
            let is_computed = definition.iter().any(|word| word.is("AS"))
                && !definition.iter().any(|word| word.is("STORED"));
            if is_computed {
                continue;
            }
            if definition.get(1).is_some_and(|kind| kind.is("INTEGER"))
                && !definition.iter().any(|word| word.is("DESC"))
            {
                integers.push(table.columns.len());
            }
            table.columns.push((place as u32, name.to_owned()));
        }
        let place = |name: &String| {
            table.columns.iter().position(|column| column.1.eq_ignore_ascii_case(name))
        };
        let mut keyed_order: Vec<usize> = Vec::new();
        for place in key.iter().filter_map(place).chain(0..table.columns.len()) {
            if !keyed_order.contains(&place) {
                keyed_order.push(place);
            }
        }
        table.number_column = match key.as_slice() {
            [only] => place(only).filter(|place| integers.contains(place)),
            _ => None,
        };
        table.keyed_order = keyed_order;
        table
    }
}

fn has(definition: &[Word], keywords: &[&str]) -> bool {
    definition
        .windows(keywords.len())
        .any(|words| words.iter().zip(keywords).all(|(word, keyword)| word.is(keyword)))
}

/// The columns of a constraint `PRIMARY KEY (…)`.
fn key_of(constraint: &[Word]) -> Vec<String> {
    let start = constraint
        .windows(3)
        .position(|words| words[0].is("PRIMARY") && words[1].is("KEY") && words[2] == Word::Open);
    let Some(start) = start else { return Vec::new() };
    let mut names = Vec::new();
    let mut is_first = true;
    for word in &constraint[start + 3..] {
        match word {
            Word::Close => break,
            Word::Comma => is_first = true,
            word if is_first => {
                names.extend(word.name().map(str::to_owned));
                is_first = false;
            }
            _ => {}
        }
    }
    names
}

/// What stands between the commas of the outermost parentheses.
fn definitions(words: &[Word]) -> Vec<&[Word]> {
    let mut definitions = Vec::new();
    let Some(open) = words.iter().position(|word| *word == Word::Open) else { return definitions };
    let mut depth = 1;
    let mut start = open + 1;
    for (at, word) in words.iter().enumerate().skip(start) {
        match word {
            Word::Open => depth += 1,
            Word::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 || depth == 1 && *word == Word::Comma {
            definitions.push(&words[start..at]);
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    definitions
}

/// Splits a statement; what is neither name nor parenthesis nor comma is left out.
pub(in crate::formats) fn words(statement: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = statement.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '(' => words.push(Word::Open),
            ')' => words.push(Word::Close),
            ',' => words.push(Word::Comma),
            '"' | '`' | '\'' | '[' => {
                let end = if c == '[' { ']' } else { c };
                let mut name = String::new();
                while let Some((_, c)) = chars.next() {
                    if c != end {
                        name.push(c);
                    } else if end != ']' && chars.next_if(|(_, next)| *next == end).is_some() {
                        name.push(end);
                    } else {
                        break;
                    }
                }
                words.push(Word::Name(name));
            }
            '-' if statement[at..].starts_with("--") => {
                chars.by_ref().find(|(_, c)| *c == '\n');
            }
            '/' if statement[at..].starts_with("/*") => {
                let end = statement[at + 2..].find("*/").map_or(statement.len(), |n| at + n + 4);
                while chars.next_if(|(at, _)| *at < end).is_some() {}
            }
            c if c.is_alphanumeric() || c == '_' || c == '$' => {
                let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
                let rest = &statement[at..];
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                words.push(Word::Plain(rest[..length].to_owned()));
                while chars.next_if(|(next, _)| *next < at + length).is_some() {}
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(table: &Table) -> Vec<&str> {
        table.columns.iter().map(|column| column.1.as_str()).collect()
    }

    #[test]
    fn columns_of_statements() {
        let statement = "CREATE TABLE \"a b\" ( -- one, two (three
            id INTEGER PRIMARY KEY AUTOINCREMENT, [full name] VARCHAR(10, 2) DEFAULT 'x,)',
            `da\"y` /* , */ date, \"sum\"\"1\" AS (id + 1), kept INT AS (id) STORED,
            check (id > 0), foreign key (id) references t(x))";
        let table = Table::new("a b".into(), 2, statement);
        assert_eq!(names(&table), ["id", "full name", "da\"y", "kept"]);
        assert_eq!(table.columns[3].0, 4);
        assert_eq!(table.number_column, Some(0));
        let statement = "CREATE TABLE t(v, b TEXT, a TEXT, PRIMARY KEY (a DESC, b)) WITHOUT ROWID";
        let table = Table::new("t".into(), 2, statement);
        assert_eq!(table.keyed_order, [2, 1, 0]);
        assert_eq!(table.number_column, None);
        let table = Table::new("t".into(), 2, "CREATE TABLE t(a, b INTEGER, primary key(b))");
        assert_eq!(table.number_column, Some(1));
    }
}
