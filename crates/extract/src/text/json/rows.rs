//! Tables in JSON: whose columns are listed beside their rows, or named by the first row.

use super::contexts::NONE;
use super::named::{COLUMNS_MAX, Naming, TopRows, ahead, unescaped};
use super::{JsonReader, Stop};
use crate::tables::cells::Row;
use crate::tables::header::{Header, Look, header};
use crate::tables::headings::Headings;
use crate::tables::roles::Roles;

/// Objects around a table in which the names of its columns may stand.
const TABLE_DEPTH_MAX: usize = 4;

impl JsonReader {
    /// What an array is that stands in nothing.
    pub(super) fn top_naming(
        &mut self,
        text: &str,
        at: usize,
        last: bool,
    ) -> Result<Option<Naming>, Stop> {
        if self.top_rows.is_none() {
            self.top_rows = self.first_row(text, at, last)?;
            let is_pair = matches!(self.top_rows, Some(TopRows::Pairs));
            return Ok(is_pair.then(|| Naming { pair: true, ..Naming::default() }));
        }
        Ok(self.top_rows.as_ref().map(|rows| match rows {
            TopRows::Columns(columns) => {
                Naming { cells: Some(columns.clone()), ..Naming::default() }
            }
            TopRows::Pairs => Naming { pair: true, ..Naming::default() },
        }))
    }

    /// The columns of the rows in the array that opens at `at`, a member of the open object.
    pub(super) fn rows_of(
        &mut self,
        naming: &mut Naming,
        text: &str,
        at: usize,
        last: bool,
    ) -> Result<(), Stop> {
        let mut ahead = ahead(text, at + 1, self.ahead_bytes_max());
        let first = ahead.peek();
        if first.is_none() && !last {
            return Err(Stop::Starved(at));
        }
        let near = self.stack.iter().rev().take(TABLE_DEPTH_MAX).enumerate();
        let known = near.filter_map(|(distance, frame)| {
            let columns = frame.naming.as_ref()?.columns.as_ref()?;
            Some((distance, columns.clone()))
        });
        let Some((distance, columns)) = known.into_iter().next() else {
            let Some(context) = self.stack.last().map(|frame| frame.context) else { return Ok(()) };
            if first == Some(b'{') && self.contexts.may_look(context) {
                let rows = ahead.rows(|name| Roles::of(name).are(Roles::CELLS));
                if ahead.is_cut && rows.len() < 2 && self.is_short(text, at + 1) && !last {
                    return Err(Stop::Starved(at));
                }
                let found = self.judge(&rows);
                self.contexts.has_looked(context, found.is_some());
                if let Some(TopRows::Columns(columns)) = found {
                    naming.rows = Some((columns, 1));
                }
            }
            return Ok(());
        };
        let roles = self.stack.last().map_or(Roles::default(), |frame| frame.roles);
        match first {
            Some(b'{' | b'[') => naming.rows = Some((columns, 0)),
            // One row alone, beside the names of its cells.
            Some(_) if distance == 0 && roles.are(Roles::CELLS) => naming.cells = Some(columns),
            _ => {}
        }
        Ok(())
    }

    /// What the first of some arrays says of them; it opens at `at`.
    pub(super) fn first_row(
        &mut self,
        text: &str,
        at: usize,
        last: bool,
    ) -> Result<Option<TopRows>, Stop> {
        let context = self.plain_context();
        if !self.contexts.may_look(context) {
            return Ok(None);
        }
        let mut ahead = ahead(text, at, self.ahead_bytes_max());
        let rows = ahead.rows(|_| false);
        let may_be_more = ahead.is_cut && self.is_short(text, at) && !last;
        if may_be_more {
            return Err(Stop::Starved(at));
        }
        let found = self.judge(&rows);
        self.contexts.has_looked(context, found.is_some());
        Ok(found)
    }

    fn judge(&mut self, rows: &[Row<'_>]) -> Option<TopRows> {
        let (first, below) = rows.split_first()?;
        let columns = first.cells.len();
        let same = below.iter().filter(|row| row.cells.len() == columns).count();
        if columns < 2 || same == 0 || same * 2 < below.len() {
            return None;
        }
        let look = Look::of(rows, columns);
        let is_header = match header(rows, columns) {
            Header::Sure => true,
            Header::Likely => look.is_some_and(|look| look.unlike_data),
            Header::None => false,
        };
        let headings = Headings::of(rows, columns);
        let [left, right, ..] = &first.cells[..] else { return None };
        let is_header_of_pairs =
            Roles::of(left.text).is_name() && Roles::of(right.text).is_value() && is_header;
        let is_pairs = headings.labels == 1 && headings.rows == 0 || is_header_of_pairs;
        if is_pairs && columns == 2 {
            return Some(TopRows::Pairs);
        }
        is_header.then(|| {
            let cells = first.cells.iter().take(COLUMNS_MAX);
            let sets = cells.map(|cell| self.labels.with(NONE, unescaped(cell.text).trim()));
            TopRows::Columns(sets.collect())
        })
    }
}
