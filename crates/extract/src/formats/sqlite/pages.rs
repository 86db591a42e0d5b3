//! Pages of a database, and the trees of rows that they form. Each page is gone into once in a walk, so
//! that no loop of pages can keep a reader busy.

use super::record::{self, Value, varint};
use crate::gaps;
use crate::spool::Spool;
use bytes::Bytes;
use lakegate_core::coverage::Coverage;

/// A database's pages.
pub(super) struct Database<'s> {
    spool: &'s Spool,
    page_bytes: usize,
    /// What a page holds beside reserved bytes.
    usable_bytes: usize,
    pages: u32,
    claimed_pages: u32,
}

const LEAF_OF_TABLE: u8 = 0x0d;
const INNER_OF_TABLE: u8 = 0x05;
const LEAF_OF_INDEX: u8 = 0x0a;
const INNER_OF_INDEX: u8 = 0x02;

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(usize::from(u16::from_be_bytes(*bytes)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

impl<'s> Database<'s> {
    pub fn new(spool: &'s Spool, header: &[u8]) -> Option<Self> {
        let page_bytes = match u16_at(header, 16)? {
            1 => 65_536,
            bytes if bytes.is_power_of_two() && bytes >= 512 => bytes,
            _ => return None,
        };
        let usable_bytes = page_bytes.checked_sub(usize::from(*header.get(20)?))?;
        if usable_bytes < 480 {
            return None;
        }
        let pages = spool.size_bytes().div_ceil(page_bytes as u64);
        // An old library does not keep the count of pages up.
        let is_counted = u32_at(header, 24)? == u32_at(header, 92)?;
        let claimed_pages = if is_counted { u32_at(header, 28)? } else { 0 };
        let pages = u32::try_from(pages).ok()?;
        Some(Self { spool, page_bytes, usable_bytes, pages, claimed_pages })
    }

    /// Whether it has fewer bytes than it should have.
    pub fn is_cut(&self) -> bool {
        let bytes = u64::from(self.pages.max(self.claimed_pages)) * self.page_bytes as u64;
        self.spool.size_bytes() < bytes
    }

    fn page(&self, number: u32) -> Option<Bytes> {
        let start = u64::from(number.checked_sub(1)?) * self.page_bytes as u64;
        let page = self.spool.bytes(start, self.page_bytes).ok()?;
        (page.len() == self.page_bytes).then_some(page)
    }

    /// How many bytes of a payload stand in the cell itself.
    fn local_bytes(&self, payload_bytes: usize, is_index: bool) -> usize {
        let usable = self.usable_bytes;
        let most = if is_index { (usable - 12) * 64 / 255 - 23 } else { usable - 35 };
        if payload_bytes <= most {
            return payload_bytes;
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let even = least + (payload_bytes - least) % (usable - 4);
        if even <= most { even } else { least }
    }
}

/// A way through trees of rows.
pub(super) struct Walk<'d, 's> {
    database: &'d Database<'s>,
    payload_bytes_max: u64,
    seen: Vec<u64>,
    /// Pages that are damaged, missing or belong to several trees.
    damaged_pages: u64,
    damaged_rows: u64,
    long_rows: u64,
}

/// A page on the way, and its next cell.
struct Step {
    page: Bytes,
    kind: u8,
    header_at: usize,
    cells: usize,
    next: usize,
    /// Bytes of the cells so far: those of honest pages do not overlap.
    cells_bytes: usize,
}

impl<'d, 's> Walk<'d, 's> {
    pub fn new(database: &'d Database<'s>, payload_bytes_max: u64) -> Self {
        let seen = vec![0; database.pages as usize / 64 + 1];
        Self { database, payload_bytes_max, seen, damaged_pages: 0, damaged_rows: 0, long_rows: 0 }
    }

    /// The same way again.
    pub fn again(&self) -> Self {
        Self::new(self.database, self.payload_bytes_max)
    }

    /// Tells what could not be read since it was last told.
    pub fn tell(&mut self, what: &str, coverage: &mut Coverage) {
        let counts = [
            (&mut self.damaged_pages, gaps::MALFORMED, "pages that are damaged or missing"),
            (&mut self.damaged_rows, gaps::MALFORMED, "rows that are damaged"),
            (&mut self.long_rows, gaps::TOO_BIG, "rows that are too long"),
        ];
        for (count, code, kind) in counts {
            let count = std::mem::take(count);
            if count > 0 {
                gaps::gap(coverage, code, format!("{what}: {kind}: {count}"));
            }
        }
    }

    /// All rows of the tree with that root, in its order: the number of the row, if it has one, and its
    /// values.
    pub fn rows(&mut self, root: u32, each: &mut dyn FnMut(Option<i64>, &[Value<'_>])) {
        let mut steps = Vec::new();
        self.go_into(root, &mut steps);
        while let Some(step) = steps.last_mut() {
            let at = step.next;
            step.next += 1;
            if at > step.cells || at == step.cells && step.is_leaf() {
                steps.pop();
                continue;
            }
            if at == step.cells {
                let last = u32_at(&step.page, step.header_at + 8).unwrap_or(0);
                self.go_into(last, &mut steps);
                continue;
            }
            let (page, kind) = (step.page.clone(), step.kind);
            let Some(cell) = step.cell(at) else {
                self.damaged_rows += 1;
                continue;
            };
            match kind {
                INNER_OF_TABLE => {
                    self.go_into(u32_at(&page, cell).unwrap_or(0), &mut steps);
                }
                INNER_OF_INDEX => {
                    // The row of an inner page stands between those below its pages; that they are
                    // exchanged changes only their order.
                    self.add_row(&page, cell + 4, kind, &mut steps, each);
                    self.go_into(u32_at(&page, cell).unwrap_or(0), &mut steps);
                }
                _ => self.add_row(&page, cell, kind, &mut steps, each),
            }
        }
    }

    fn add_row(
        &mut self,
        page: &Bytes,
        cell: usize,
        kind: u8,
        steps: &mut [Step],
        each: &mut dyn FnMut(Option<i64>, &[Value<'_>]),
    ) {
        let Some(step) = steps.last_mut() else { return };
        if step.cells_bytes > self.database.page_bytes {
            self.damaged_rows += 1;
            return;
        }
        step.cells_bytes += self.row(page, cell, kind, each);
    }

    fn go_into(&mut self, number: u32, steps: &mut Vec<Step>) {
        let page = self.take(number).and_then(|page| Step::new(page, number));
        match page {
            Some(step) => steps.push(step),
            None => self.damaged_pages += 1,
        }
    }

    /// A page that was not taken before.
    fn take(&mut self, number: u32) -> Option<Bytes> {
        let bit = 1 << (number % 64);
        let seen = self.seen.get_mut(number as usize / 64)?;
        if *seen & bit != 0 {
            return None;
        }
        *seen |= bit;
        self.database.page(number)
    }

    /// Reads a row, and tells how many bytes it has on the page.
    fn row(
        &mut self,
        page: &Bytes,
        cell: usize,
        kind: u8,
        each: &mut dyn FnMut(Option<i64>, &[Value<'_>]),
    ) -> usize {
        let is_index = kind != LEAF_OF_TABLE;
        let bytes = page.get(cell..self.database.usable_bytes).unwrap_or_default();
        let mut at = 0;
        let length = varint(bytes, &mut at);
        let number = if is_index { None } else { varint(bytes, &mut at) };
        let (Some(length), true) = (length, is_index || number.is_some()) else {
            self.damaged_rows += 1;
            return 0;
        };
        let Ok(length) = u64::try_from(length) else {
            self.damaged_rows += 1;
            return 0;
        };
        if length > self.payload_bytes_max {
            self.long_rows += 1;
            return 0;
        }
        let length = length as usize;
        let local = self.database.local_bytes(length, is_index);
        let payload = bytes.get(at..at + local);
        let mut gathered = Vec::new();
        let payload = match payload {
            Some(payload) if local == length => Some(payload),
            Some(payload) => {
                gathered.extend_from_slice(payload);
                let next = u32_at(bytes, at + local).unwrap_or(0);
                self.gather(next, length, &mut gathered).then_some(&gathered[..])
            }
            None => None,
        };
        match payload.and_then(record::values) {
            Some(values) => each(number, &values),
            None => self.damaged_rows += 1,
        }
        local
    }

    /// Adds what stands on further pages. `false` if not all of it is there.
    fn gather(&mut self, mut next: u32, length: usize, payload: &mut Vec<u8>) -> bool {
        while payload.len() < length {
            let Some(page) = self.take(next) else { return false };
            next = u32_at(&page, 0).unwrap_or(0);
            let content = page.get(4..self.database.usable_bytes).unwrap_or_default();
            let rest = length - payload.len();
            payload.extend_from_slice(&content[..rest.min(content.len())]);
        }
        true
    }
}

impl Step {
    fn new(page: Bytes, number: u32) -> Option<Self> {
        // The first page begins with the header of the database.
        let header_at = if number == 1 { super::HEADER_BYTES } else { 0 };
        let kind = *page.get(header_at)?;
        let is_known =
            matches!(kind, LEAF_OF_TABLE | INNER_OF_TABLE | LEAF_OF_INDEX | INNER_OF_INDEX);
        let cells = u16_at(&page, header_at + 3)?;
        is_known.then_some(Self { page, kind, header_at, cells, next: 0, cells_bytes: 0 })
    }

    fn is_leaf(&self) -> bool {
        matches!(self.kind, LEAF_OF_TABLE | LEAF_OF_INDEX)
    }

    /// Where a cell begins.
    fn cell(&self, index: usize) -> Option<usize> {
        let header_bytes = if self.is_leaf() { 8 } else { 12 };
        u16_at(&self.page, self.header_at + header_bytes + 2 * index)
    }
}
