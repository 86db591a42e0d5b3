//! Whether the first row of a table names its columns.
//!
//! A header that is missed costs the keywords that its names are; data taken for a header costs little.
//! So in doubt a row that could be names is one, as long as it is unlike the rows below.

use crate::tables::cells::{Class, Row, class};

/// How sure it is that the first row names the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Header {
    None,
    /// It could be data as well.
    Likely,
    /// It looks like names, and unlike the rows below.
    Sure,
}

/// The class of nearly all cells of a column, unless they are words or empty.
pub(crate) fn column_class(data: &[Row<'_>], column: usize) -> Option<Class> {
    let classes: Vec<Class> = data
        .iter()
        .filter_map(|row| row.cells.get(column))
        .map(|cell| class(cell.text))
        .filter(|class| *class != Class::Empty)
        .collect();
    [Class::Digits, Class::Mail, Class::Code].into_iter().find(|wanted| {
        let of_class = classes.iter().filter(|class| *class == wanted).count();
        of_class > 0 && of_class * 10 >= classes.len() * 8
    })
}

/// Words that name columns in many tables.
const COLUMN_WORDS: &[&str] = &[
    "account",
    "address",
    "age",
    "amount",
    "birth",
    "card",
    "category",
    "city",
    "code",
    "comment",
    "company",
    "count",
    "country",
    "created",
    "currency",
    "customer",
    "date",
    "day",
    "description",
    "dob",
    "email",
    "first",
    "gender",
    "iban",
    "id",
    "index",
    "ip",
    "key",
    "label",
    "last",
    "lat",
    "latitude",
    "lon",
    "longitude",
    "mail",
    "month",
    "name",
    "note",
    "notes",
    "number",
    "order",
    "passport",
    "password",
    "phone",
    "postcode",
    "price",
    "product",
    "qty",
    "quantity",
    "rate",
    "ref",
    "region",
    "salary",
    "sex",
    "sku",
    "ssn",
    "state",
    "status",
    "street",
    "surname",
    "tax",
    "text",
    "time",
    "timestamp",
    "title",
    "total",
    "type",
    "url",
    "user",
    "username",
    "value",
    "x",
    "y",
    "year",
    "zip",
];

/// Names of columns that are looked up in [`COLUMN_WORDS`].
const NAMES_MAX: usize = 100;

/// How the first row looks above the others.
pub(crate) fn header(rows: &[Row<'_>], columns: usize) -> Header {
    Look::of(rows, columns).map_or(Header::None, |look| look.header())
}

/// What a row that could be a header is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// One of its names is a word that names columns in many tables.
    pub(crate) known: bool,
    /// One of its names is unlike what stands below it.
    pub(crate) unlike_data: bool,
    /// All of its names are written as programs write names.
    identifiers: bool,
    /// It fits the table, and all of its names are plain and occur once.
    is_strict: bool,
}

impl Look {
    /// The look of the first row above the others; `None` if it can not be a header.
    pub(crate) fn of(rows: &[Row<'_>], columns: usize) -> Option<Self> {
        let (first, data) = rows.split_first()?;
        let names: Vec<&str> = first.cells.iter().map(|cell| cell.text.trim()).collect();
        let present: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
        let named = present.iter().filter(|name| could_be_name(name)).count();
        let mut unique = present.clone();
        unique.sort_unstable();
        unique.dedup();
        let is_unlike = |column: usize, name: &str| {
            could_be_name(name)
                && class(name) != Class::Digits
                && column_class(data, column).is_some_and(|below| below != class(name))
        };
        let known = present.iter().take(NAMES_MAX).any(|name| has_column_word(name));
        // Such a name speaks for the row even if others are numbers, or the rows below are longer.
        let is_plain_header = names
            .iter()
            .enumerate()
            .take(NAMES_MAX)
            .any(|(column, name)| has_column_word(name) && is_unlike(column, name));
        let is_wide = names.len() * 10 >= columns * 6 && named * 2 >= present.len();
        let could_be_header = present.len() * 2 >= names.len()
            && unique.len() * 2 >= present.len()
            && named > 0
            && (is_wide || is_plain_header)
            && !present.iter().any(|name| class(name) == Class::Mail)
            && !names_recur(&names, data);
        could_be_header.then(|| Look {
            known,
            unlike_data: names.iter().enumerate().any(|(column, name)| is_unlike(column, name)),
            identifiers: present.iter().all(|name| is_identifier(name)),
            is_strict: present.len() * 10 >= names.len() * 6
                && names.len() * 10 >= columns * 8
                && unique.len() * 10 >= present.len() * 9
                && present.iter().all(|name| is_plain_name(name)),
        })
    }

    fn header(self) -> Header {
        let Look { known, unlike_data, identifiers, is_strict } = self;
        match (known, unlike_data, identifiers) {
            (true, _, true) | (true, true, _) | (_, true, true) if is_strict => Header::Sure,
            (false, false, false) => Header::None,
            _ => Header::Likely,
        }
    }
}

/// A name stands once in its column, unless the whole header is repeated further down.
fn names_recur(names: &[&str], data: &[Row<'_>]) -> bool {
    data.iter().any(|row| {
        let same = row
            .cells
            .iter()
            .zip(names)
            .filter(|(cell, name)| !name.is_empty() && cell.text.trim() == **name)
            .count();
        same > 0 && same * 2 < names.len().max(2)
    })
}

/// Has letters, and begins with one unless it is a word with a number, such as `2014_total`.
fn could_be_name(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let begins_with_digit = name.starts_with(|c: char| c.is_ascii_digit());
    letters > 0
        && name.chars().count() <= 400
        && (!begins_with_digit || letters > 2 && !name.contains(' '))
}

/// Short, mostly letters, few words.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    name.chars().count() <= 80
        && letters > 0
        && letters >= digits
        && name.split(' ').count() <= 8
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

pub(crate) fn has_column_word(name: &str) -> bool {
    if !could_be_name(name) || name.split(' ').count() > 4 {
        return false;
    }
    let lower = name.to_lowercase();
    let is_known = |word: &str| COLUMN_WORDS.binary_search(&word).is_ok();
    // Letters such as `x` name a column only by themselves: `M8x20` is none.
    let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1);
    is_known(&lower)
        || words.any(is_known)
        || COLUMN_WORDS.iter().any(|word| is_part_of_names(word) && lower.contains(word))
}

/// Whether a name that has this somewhere is mostly one of a column: `zipcode` is, and `crate` is not.
fn is_part_of_names(word: &str) -> bool {
    word.len() > 4 || ["code", "date", "mail", "name"].contains(&word)
}

/// `snake_case`, `camelCase` or `UPPER`, as programs name columns.
fn is_identifier(name: &str) -> bool {
    let is_cased = name.starts_with(|c: char| c.is_lowercase() || c == '_')
        || name.contains('_')
        || !name.chars().any(char::is_lowercase);
    is_cased && could_be_name(name) && !name.contains(' ')
}
