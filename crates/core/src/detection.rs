//! What was seen in an object: one [`Detection`] per identifier, with [`Occurrence`]s that say where.

use crate::verdict::Severity;
use serde::{Deserialize, Serialize};

/// Macie's categories of sensitive data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// Keys, tokens, passwords.
    Credentials,
    /// Cards and accounts.
    FinancialInformation,
    /// Personal and health information.
    PersonalInformation,
    /// What an operator's own identifiers find.
    CustomIdentifier,
}

impl Category {
    /// The category's name in Macie's API.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Credentials => "CREDENTIALS",
            Category::FinancialInformation => "FINANCIAL_INFORMATION",
            Category::PersonalInformation => "PERSONAL_INFORMATION",
            Category::CustomIdentifier => "CUSTOM_IDENTIFIER",
        }
    }
}

/// Where an occurrence stands, in the terms of Macie's occurrence types (macie-engine, section 10).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Location {
    /// A cell of a table. Rows and columns count from 1; row 1 is the first line of the file, so
    /// the first data row below a header is row 2.
    #[serde(rename_all = "camelCase")]
    Cell {
        /// Row, from 1.
        row: u64,
        /// Column, from 1.
        column: u32,
        /// The column's name from the header row, if there is one.
        column_name: Option<String>,
        /// The sheet of a workbook, or the table of a database, in which it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<String>,
    },
    /// A value of a JSON document or line.
    #[serde(rename_all = "camelCase")]
    Record {
        /// Index of the record from 0; always 0 for a JSON document.
        record_index: u64,
        /// Path to the field or array element, such as `$.user.phones[2]`; empty when left out.
        json_path: String,
    },
    /// Lines of a text.
    #[serde(rename_all = "camelCase")]
    LineRange {
        /// First line, from 1.
        start: u64,
        /// Last line, from 1.
        end: u64,
        /// Characters (Unicode code points) from 1 on the first line.
        start_column: u64,
    },
    /// A page of a document, or a slide of a presentation.
    #[serde(rename_all = "camelCase")]
    Page {
        /// From 1.
        page_number: u32,
    },
}

/// The cell as a spreadsheet names it: `Sheet2!C5` for row 5, column 3.
pub fn cell_reference(sheet: &str, row: u64, column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column;
    while left > 0 {
        letters.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    let letters: String = letters.iter().rev().map(|letter| char::from(*letter)).collect();
    format!("{sheet}!{letters}{row}")
}

/// One place where an identifier was seen. It holds no matched text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrence {
    /// Where.
    pub location: Location,
    /// In which member of a container, such as `b/c.csv` or `inner.zip!b/c.csv`; `None` if the object is
    /// none, or itself holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// What it looks like, with letters and digits masked.
    pub masked: String,
    /// HMAC-SHA256 of the text under a secret of the installation, as 32 hexadecimal digits: equal
    /// values are equal, and nothing can be computed back from it.
    pub fingerprint: String,
}

/// One identifier seen in one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detection {
    /// The identifier's id, Macie's where Macie has one, such as `CREDIT_CARD_NUMBER`.
    pub identifier: String,
    /// The identifier's name for people, such as `Credit card number`.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Severity by identifier and count.
    pub severity: Severity,
    /// How often it was seen in the object, located or not.
    pub count: u64,
    /// The first occurrences in the order of the object, at most [`OCCURRENCES_MAX`].
    pub occurrences: Vec<Occurrence>,
}

/// At most this many occurrences are located per detection; further ones are counted
/// (Macie's discovery results have the same bound, macie-engine, section 5).
pub const OCCURRENCES_MAX: usize = 1_000;
