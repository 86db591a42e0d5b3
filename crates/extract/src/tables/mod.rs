//! What a table is, wherever it is found: cells of a sample, the dialect of separated values, which row
//! names the columns, and the names that cells bear.
//!
//! Nothing here takes text from anywhere or hands any on: that is for the readers of text and documents.

pub(crate) mod cells;
pub(crate) mod dialect;
pub(crate) mod header;
pub(crate) mod headings;
pub(crate) mod likeness;
pub(crate) mod names;
pub(crate) mod pairs;
pub(crate) mod roles;
pub(crate) mod row_form;
