//! Values that other values name: `{"name": "ssn", "value": "123-45-6789"}`, in either order, and values
//! that are the cells of a table, whose columns are named elsewhere: in a list of `columns` or `fields`
//! beside the rows, in a `schema`, or by the first row.
//!
//! Nothing here is on the way of plain members and elements: a frame is looked at here once it is marked.

use super::ahead::Ahead;
use super::contexts::NONE;
use super::labels::Labels;
use super::{Frame, JsonReader, Stop, escapes};
use crate::tables::roles::Roles;
use std::sync::Arc;

/// Bytes that are looked at ahead.
const AHEAD_BYTES_MAX: usize = 16 << 10;

/// The same behind what is often no value, such as `text`.
const NEAR_BYTES_MAX: usize = 256;

/// Arrays and objects within one another whose texts name a value.
const NAME_DEPTH_MAX: u8 = 3;

/// Names of columns of one table.
pub(super) const COLUMNS_MAX: usize = 16_384;

/// By column, the set of names of its cells.
pub(super) type Columns = Arc<[u32]>;

/// What an open array or object has to do with names beside those of members.
#[derive(Debug, Default)]
pub(super) struct Naming {
    /// Its texts name the value beside it; so many levels in it do, too.
    pub names_outer: u8,
    /// Its elements name columns; the names so far.
    pub list: Option<Vec<u32>>,
    /// Its name is that of a column in the list around it.
    pub names_column: bool,
    /// Columns that it names are of a table beside it.
    pub is_schema: bool,
    /// Columns that are named here.
    pub columns: Option<Columns>,
    /// Its elements are rows with these columns, from the element of that index on.
    pub rows: Option<(Columns, u64)>,
    /// Its elements are pairs: a name and a value.
    pub pairs: bool,
    /// It is a row; its cells stand in an array in it.
    pub row: Option<Columns>,
    /// Its elements are the cells of a row.
    pub cells: Option<Columns>,
    /// Its first element names the second.
    pub pair: bool,
}

/// A text that may name values: it stands in the window that is read now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    /// Arrays and objects that are open there.
    pub depth: usize,
    roles: Roles,
    start: usize,
    end: usize,
}

/// How the arrays of a document or of lines are a table.
#[derive(Debug)]
pub(super) enum TopRows {
    Columns(Columns),
    Pairs,
}

impl Frame {
    fn naming(&mut self) -> &mut Naming {
        self.is_marked = true;
        self.naming.get_or_insert_default()
    }
}

impl JsonReader {
    /// Goes on to a member whose name has a role, or in an object that is marked. `next` is behind its
    /// name.
    #[inline]
    pub(super) fn begin_member(
        &mut self,
        text: &str,
        at: usize,
        next: usize,
        member: u32,
        last: bool,
    ) -> Result<(), Stop> {
        let roles = self.contexts.roles(member);
        if roles.is_value() {
            self.name_value(roles, text, at, next, last)?;
        }
        self.go_to_member(member);
        Ok(())
    }

    /// Sees which names the value has whose member's name was just read up to `next`: those before it, and
    /// if there are none, those behind it.
    #[cold]
    pub(super) fn name_value(
        &mut self,
        roles: Roles,
        text: &str,
        at: usize,
        next: usize,
        last: bool,
    ) -> Result<(), Stop> {
        self.take_names(text, self.stack.len());
        let Some(frame) = self.stack.last() else { return Ok(()) };
        let context = frame.context;
        if frame.is_named || !self.contexts.may_look(context) {
            return Ok(());
        }
        let bytes_max = match roles.are(Roles::VALUE) {
            true => self.ahead_bytes_max(),
            false => self.ahead_bytes_max().min(NEAR_BYTES_MAX),
        };
        let ahead = ahead(text, next, bytes_max);
        let mut names = Vec::new();
        let roles_of =
            |key: &str| self.contexts.roles_of(context, key).unwrap_or_else(|| Roles::of(key));
        let is_cut = names_behind(ahead, roles_of, &mut names);
        if is_cut && text.len() < next + bytes_max && !last {
            return Err(Stop::Starved(at));
        }
        self.contexts.has_looked(context, !names.is_empty());
        // One look tells all that stands behind, however many values follow.
        if let Some(frame) = self.stack.last_mut().filter(|_| !names.is_empty()) {
            frame.is_named = true;
        }
        for (roles, name) in names {
            self.name_values(roles, name);
        }
        Ok(())
    }

    /// A text was read that may name values of the open object. It is looked at once one comes.
    #[inline]
    fn keep_name(&mut self, roles: Roles, start: usize, end: usize) {
        let depth = self.stack.len();
        self.names.push(Name { depth, roles, start, end });
    }

    /// The names that were kept since so many arrays and objects were open become those of the values
    /// there. The text in which they stand may go then.
    pub(super) fn take_names(&mut self, text: &str, depth: usize) {
        let first = self.names.partition_point(|name| name.depth < depth);
        for name in self.names.split_off(first) {
            if let Some(frame) = self.stack.get_mut(name.depth - 1) {
                let is_sure = frame.tell(&mut self.labels, name.roles, &text[name.start..name.end]);
                frame.is_named |= is_sure;
            }
        }
    }

    /// The member of the open object is read now.
    #[inline]
    pub(super) fn go_to_member(&mut self, member: u32) {
        let roles = self.contexts.roles(member);
        let Some(frame) = self.stack.last_mut() else { return };
        frame.member = member;
        frame.roles = roles;
        frame.is_marked = !roles.is_none() || frame.naming.is_some();
        let is_named = roles.is_value() && frame.own != NONE;
        frame.labels = if is_named { frame.own } else { frame.inherited };
    }

    /// A string was read in an array or object that is marked.
    #[inline]
    pub(super) fn tell_name(&mut self, text: &str, start: usize, end: usize) {
        let Some(frame) = self.stack.last_mut() else { return };
        if frame.naming.is_some() {
            self.tell_in(text, start, end);
        } else if frame.roles.is_name() {
            let roles = frame.roles;
            self.keep_name(roles, start, end);
        }
    }

    /// A string was read in an array or object that names more than the values in it.
    #[cold]
    fn tell_in(&mut self, text: &str, start: usize, end: usize) {
        let raw = &text[start..end];
        let Some(frame) = self.stack.last_mut() else { return };
        let roles = frame.roles;
        let Some(naming) = &mut frame.naming else { return };
        if naming.pair && frame.index == 0 {
            self.name_values(Roles::ATTRIBUTE, raw);
        } else if let Some(list) = &mut naming.list {
            let index = frame.index as usize;
            if index < COLUMNS_MAX {
                let name = unescaped(raw);
                list.resize(index, NONE);
                list.push(self.labels.with(NONE, name.trim()));
            }
        } else if naming.names_outer > 0 && (!frame.is_object || roles.is_value()) {
            self.keep_name(Roles::NAME, start, end);
        } else if roles.is_name() && !(naming.names_column && roles.are(Roles::KIND)) {
            self.keep_name(roles, start, end);
        }
    }

    /// A text of the open object names what is said to be a value there.
    fn name_values(&mut self, roles: Roles, raw: &str) {
        if let Some(frame) = self.stack.last_mut() {
            frame.is_named |= frame.tell(&mut self.labels, roles, raw);
        }
    }

    /// Whether more could be looked at if more were there.
    pub(super) fn is_short(&self, text: &str, from: usize) -> bool {
        text.len() < from + self.ahead_bytes_max()
    }

    /// Less than a view is long, so that each look ends.
    pub(super) fn ahead_bytes_max(&self) -> usize {
        AHEAD_BYTES_MAX.min(self.limits.block_bytes / 2)
    }

    /// Whether the array or object that opens at `at` may have to do with names.
    pub(super) fn may_name(&self, text: &str, at: usize, is_object: bool) -> bool {
        match self.stack.last() {
            Some(frame) if frame.is_marked => true,
            Some(frame) if frame.is_object || frame.index > 0 || is_object => false,
            None if is_object => false,
            None if self.top_rows.is_some() => true,
            None if self.position.records > 0 => false,
            // Only texts are names.
            _ => {
                let rest = &text.as_bytes()[at + 1..];
                let next = rest.iter().find(|byte| !b" \t\r\n".contains(byte));
                next.is_none_or(|byte| *byte == b'"')
            }
        }
    }

    /// What the array or object is that opens at `at`, of which [`JsonReader::may_name`] is so. Nothing was
    /// changed if it stops.
    #[cold]
    pub(super) fn naming_of(
        &mut self,
        text: &str,
        at: usize,
        is_object: bool,
        last: bool,
    ) -> Result<Option<Naming>, Stop> {
        let Some(parent) = self.stack.last() else {
            return self.top_naming(text, at, last);
        };
        let mut naming = Naming::default();
        let roles = if parent.is_object { parent.roles } else { Roles::default() };
        let around = parent.naming.as_deref();
        naming.names_outer = match around {
            _ if roles.is_name() && !roles.are(Roles::COLUMNS) => NAME_DEPTH_MAX,
            around => around.map_or(0, |around| around.names_outer.saturating_sub(1)),
        };
        naming.is_schema = is_object && roles.are(Roles::SCHEMA);
        naming.names_column = is_object && around.is_some_and(|around| around.list.is_some());
        if roles.are(Roles::COLUMNS) && !is_object {
            naming.list = Some(Vec::new());
        }
        if let Some(around) = around {
            let rows = around.rows.as_ref().filter(|(_, from)| parent.index >= *from);
            if let Some((columns, _)) = rows {
                let columns = Some(columns.clone());
                *if is_object { &mut naming.row } else { &mut naming.cells } = columns;
            }
            naming.pair = around.pairs && !is_object;
            if roles.are(Roles::CELLS) && !is_object && around.row.is_some() {
                naming.cells = around.row.clone();
            }
        }
        let is_table = naming.cells.is_none() && !is_object && roles.are(Roles::ROWS);
        if is_table {
            self.rows_of(&mut naming, text, at, last)?;
        } else if !parent.is_object && !is_object && parent.index == 0 && around.is_none() {
            match self.first_row(text, at, last)? {
                Some(TopRows::Columns(columns)) => {
                    if let Some(parent) = self.stack.last_mut() {
                        parent.naming().rows = Some((columns, 1));
                    }
                }
                Some(TopRows::Pairs) => {
                    naming.pair = true;
                    if let Some(parent) = self.stack.last_mut() {
                        parent.naming().pairs = true;
                    }
                }
                None => {}
            }
        }
        Ok(naming.is_any().then_some(naming))
    }

    /// An array or object that was marked is closed.
    #[cold]
    pub(super) fn closed(&mut self, text: &str, mut frame: Frame) {
        let Some(naming) = frame.naming.take() else { return };
        let Naming { names_outer, list, names_column, is_schema, columns, .. } = *naming;
        let depth = self.stack.len();
        let first = self.names.partition_point(|name| name.depth <= depth);
        if names_column {
            for name in &self.names[first..] {
                frame.tell(&mut self.labels, name.roles, &text[name.start..name.end]);
            }
        }
        let own = frame.own;
        let Some(outer) = self.stack.last_mut() else { return };
        if names_outer > 0 {
            self.names[first..].iter_mut().for_each(|name| name.depth = depth);
            if own != NONE {
                outer.own = self.labels.with_all(outer.own, own);
                outer.is_named = true;
            }
        }
        let index = outer.index as usize;
        if names_column
            && own != NONE
            && index < COLUMNS_MAX
            && let Some(Naming { list: Some(list), .. }) = outer.naming.as_deref_mut()
        {
            list.resize(index, NONE);
            list.push(own);
        }
        if let Some(list) = list.filter(|list| !list.is_empty()) {
            outer.naming().columns = Some(list.into());
        } else if is_schema && columns.is_some() {
            outer.naming().columns = columns;
        }
    }
}

impl Frame {
    /// A text in it names what is said to be a value there. Whether it surely does.
    fn tell(&mut self, labels: &mut Labels, roles: Roles, raw: &str) -> bool {
        let name = unescaped(raw);
        let Some(label) = roles.label(&name) else { return false };
        self.own = labels.with(self.own, label);
        roles.are(Roles::ATTRIBUTE)
    }

    /// The names of the element that comes now, in an array.
    pub(super) fn begin_element(&mut self) {
        let Some(naming) = &self.naming else { return };
        if let Some(cells) = &naming.cells {
            let set = cells.get(self.index as usize).copied().unwrap_or(NONE);
            self.labels = if set == NONE { self.inherited } else { set };
        } else if naming.pair {
            let is_named = self.index == 1 && self.own != NONE;
            self.labels = if is_named { self.own } else { self.inherited };
        }
    }
}

impl Naming {
    fn is_any(&self) -> bool {
        self.names_outer > 0
            || self.list.is_some()
            || self.names_column
            || self.is_schema
            || self.rows.is_some()
            || self.row.is_some()
            || self.cells.is_some()
            || self.pair
    }
}

/// The names that stand in an object behind a member, whose name was just read; whether the look was cut.
fn names_behind<'t>(
    mut ahead: Ahead<'t>,
    roles_of: impl Fn(&str) -> Roles,
    names: &mut Vec<(Roles, &'t str)>,
) -> bool {
    let mut next = || {
        ahead.take(b':').then_some(())?;
        ahead.pass()?;
        while ahead.take(b',') {
            let roles = roles_of(ahead.string()?);
            ahead.take(b':').then_some(())?;
            if roles.is_name() && ahead.peek()? == b'"' {
                let name = ahead.string()?;
                if roles.label(&unescaped(name)).is_some() {
                    names.push((roles, name));
                }
            } else {
                ahead.pass()?;
            }
        }
        Some(())
    };
    let is_whole = next().is_some();
    !is_whole && ahead.is_cut
}

/// The text from a place on, so far as it may be looked at.
pub(super) fn ahead(text: &str, from: usize, bytes_max: usize) -> Ahead<'_> {
    let end = text.floor_char_boundary((from + bytes_max).min(text.len()));
    Ahead::new(&text[from.min(end)..end])
}

pub(super) fn unescaped(raw: &str) -> String {
    let mut text = String::new();
    escapes::unescape(raw, &mut text);
    text
}
