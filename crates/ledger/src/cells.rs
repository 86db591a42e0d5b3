//! Reading a row cell by cell, in the order of the statement's columns.

use crate::{Error, Result};
use lakegate_core::detection::Category;
use lakegate_core::verdict::Severity;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Column, Decode, Row, Type};

/// A row that is read from left to right.
pub(crate) struct Cells<'r> {
    row: &'r SqliteRow,
    at: usize,
}

impl<'r> Cells<'r> {
    pub(crate) fn of(row: &'r SqliteRow) -> Self {
        Self { row, at: 0 }
    }

    /// The next cell.
    pub(crate) fn next<T: Decode<'r, Sqlite> + Type<Sqlite>>(&mut self) -> Result<T> {
        let at = self.at;
        self.at += 1;
        self.row.try_get(at).map_err(|error| match error {
            sqlx::Error::ColumnDecode { source, .. } => {
                let column = self.row.column(at).name().to_owned();
                Error::Unreadable { column, source: Some(source) }
            }
            error => error.into(),
        })
    }

    /// The next cell, a count or size that must not be negative.
    pub(crate) fn unsigned(&mut self, column: &'static str) -> Result<u64> {
        u64::try_from(self.next::<i64>()?).map_err(|_| unreadable(column))
    }

    /// The next cell, a number that must fit 32 bits.
    pub(crate) fn small(&mut self, column: &'static str) -> Result<u32> {
        u32::try_from(self.next::<i64>()?).map_err(|_| unreadable(column))
    }

    /// The next cell, parsed as a name.
    pub(crate) fn named<T>(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        parse(self.next::<&str>()?).ok_or_else(|| unreadable(column))
    }

    /// The next cell, which may be NULL, parsed as a name.
    pub(crate) fn named_or_null<T>(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        match self.next::<Option<&str>>()? {
            Some(text) => parse(text).map(Some).ok_or_else(|| unreadable(column)),
            None => Ok(None),
        }
    }

    /// The next cell, parsed as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&mut self, column: &'static str) -> Result<T> {
        from_json(column, self.next()?)
    }

    /// The next cell, which may be NULL, parsed as JSON.
    pub(crate) fn json_or_null<T: DeserializeOwned>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<T>> {
        self.next::<Option<&str>>()?.map(|text| from_json(column, text)).transpose()
    }
}

pub(crate) fn unreadable(column: &'static str) -> Error {
    Error::Unreadable { column: column.to_owned(), source: None }
}

fn from_json<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|source| Error::Unreadable {
        column: column.to_owned(),
        source: Some(source.into()),
    })
}

/// A value as JSON text.
pub(crate) fn to_json<T: serde::Serialize>(column: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::Unwritable { column })
}

/// A size or count as the database stores it.
pub(crate) fn to_signed(column: &'static str, value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|_| Error::Unwritable { column })
}

pub(crate) fn parse_severity(text: &str) -> Option<Severity> {
    [Severity::Low, Severity::Medium, Severity::High].into_iter().find(|s| s.as_str() == text)
}

pub(crate) fn parse_category(text: &str) -> Option<Category> {
    use Category::*;
    [Credentials, FinancialInformation, PersonalInformation, CustomIdentifier]
        .into_iter()
        .find(|c| c.as_str() == text)
}
