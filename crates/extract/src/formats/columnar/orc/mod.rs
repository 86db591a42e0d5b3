//! ORC: stripe by stripe, and in each column by column, with one chunk of each stream in memory. What of
//! a stripe cannot be decoded is told, and the rest read.
//!
//! The reader is Lakegate's own: those that there are panic on damaged chunks, and take memory because a
//! file says so.

mod clock;
mod columns;
mod proto;
mod runs;
mod stream;

use super::codecs::{Codec, malformed};
use super::values::{DEPTH_MAX, Values};
use crate::formats::Format;
use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::session::Session;
use crate::spool::Spool;
use crate::writer::{Node, RecordWriter};
use columns::{Span, Streams};
use lakegate_core::coverage::{Count, Coverage};
use proto::{Footer, PostScript, Stripe, StripeFooter};
use stream::{Compression, Stream};

/// A chunk's length is written in 23 bits.
const BLOCK_BYTES_MAX: u64 = 1 << 23;

/// What is a chunk's size if nothing is said.
const BLOCK_BYTES: u64 = 256 << 10;

const STRUCT: u64 = 12;

pub(in crate::formats) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let file = match open(session.limits, spool) {
        Ok(file) => file,
        Err(bound) => return super::skipped(Format::Orc, &bound),
    };
    let pairs: Vec<_> = file
        .footer
        .metadata
        .iter()
        .map(|(key, value)| (key.as_str(), String::from_utf8_lossy(value)))
        .collect();
    super::metadata(session, pairs.iter().map(|(key, value)| (*key, &**value)));
    let mut values = Values::new(RecordWriter::new(session), Format::Orc);
    if file.footer.has_encryption {
        values.gap(gaps::ENCRYPTED, "some columns are encrypted");
    }
    make_places(&mut values, &file.footer, 0, Node::ROOT);
    values.writer.keep();
    let mut count = Count::default();
    let mut packed_bytes = 0_u64;
    for (index, stripe) in file.footer.stripes.iter().enumerate() {
        let total = count.total.checked_add(stripe.rows);
        let Some(total) = total.filter(|total| i64::try_from(*total).is_ok()) else {
            values.gap(gaps::MALFORMED, format!("stripe {index} has no valid number of rows"));
            break;
        };
        packed_bytes = packed_bytes.saturating_add(stripe.data_bytes);
        if packed_bytes > spool.size_bytes() {
            count.total = total;
            values.gap(gaps::MALFORMED, format!("stripe {index} overlaps another"));
            continue;
        }
        count.inspected += file.stripe(&mut values, spool, index, stripe, count.total);
        count.total = total;
    }
    if count.total != file.footer.rows {
        gaps::note(&mut values.coverage, "the footer counts other rows than its stripes");
    }
    values.finish(count)
}

struct File {
    footer: Footer,
    compression: Compression,
}

fn open(limits: &Limits, spool: &Spool) -> Result<File, Bound> {
    let cut_off = || malformed("there is no footer at its end: it is cut off");
    let bytes = |at: u64, length: u64| {
        spool.bytes(at, length as usize).map_err(|error| {
            let (code, detail) = gaps::of_error("the file", &error);
            Bound { code, detail }
        })
    };
    let size_bytes = spool.size_bytes();
    let last_at = size_bytes.checked_sub(1).ok_or_else(cut_off)?;
    let length = bytes(last_at, 1)?.first().copied().map_or(0, u64::from);
    let script_at = last_at.checked_sub(length).ok_or_else(cut_off)?;
    let script = PostScript::parse(&bytes(script_at, length)?).map_err(|_| cut_off())?;
    // The oldest writers left out the mark.
    if !script.has_mark && script.footer_bytes == 0 {
        return Err(cut_off());
    }
    let codec = match script.compression {
        0 => Codec::Plain,
        1 => Codec::Deflate,
        2 => Codec::Snappy,
        3 => Codec::Lzo,
        4 => Codec::Lz4Block,
        5 => Codec::Zstandard,
        _ => return Err(malformed("it is compressed in an unknown way")),
    };
    let block_bytes = script.block_bytes.unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES_MAX) as usize;
    let compression = Compression { codec, block_bytes };
    let footer_at = script_at.checked_sub(script.footer_bytes).ok_or_else(cut_off)?;
    let mut footer = Stream::new(spool, footer_at, script.footer_bytes, compression, limits)?;
    let mut footer = Footer::parse(&footer.rest(limits.document_bytes_max)?)?;
    check_types(&mut footer)?;
    Ok(File { footer, compression })
}

/// Types must form a tree, in which a child comes after its parent, and which is not too deep.
fn check_types(footer: &mut Footer) -> Result<(), Bound> {
    let count = footer.types.len();
    let mut depths = vec![None; count];
    if let Some(root) = depths.first_mut() {
        *root = Some(0);
    }
    for (at, of) in footer.types.iter_mut().enumerate() {
        if of.kind == STRUCT {
            // A field without a name is read all the same.
            let fields = of.children.len();
            of.names.resize(fields, String::new());
        }
        let Some(depth) = depths[at] else { continue };
        if depth > DEPTH_MAX {
            return Err(malformed(format!("the schema is more than {DEPTH_MAX} types deep")));
        }
        for child in &of.children {
            match depths.get_mut(*child as usize) {
                Some(below @ None) if *child as usize > at => *below = Some(depth + 1),
                _ => return Err(malformed("the schema is no tree")),
            }
        }
    }
    if count == 0 { Err(malformed("it has no schema")) } else { Ok(()) }
}

fn make_places(values: &mut Values<'_, '_>, footer: &Footer, column: usize, node: Node) {
    let Some(of) = footer.types.get(column).filter(|of| of.kind == STRUCT) else { return };
    for (child, name) in of.children.iter().zip(&of.names) {
        let place = values.writer.member(node, name);
        make_places(values, footer, *child as usize, place);
    }
}

impl File {
    /// Reads a stripe, and tells how many of its rows were read in all columns.
    fn stripe(
        &self,
        values: &mut Values<'_, '_>,
        spool: &Spool,
        index: usize,
        stripe: &Stripe,
        first: u64,
    ) -> u64 {
        let footer = match self.stripe_footer(values.limits, spool, stripe) {
            Ok(footer) => footer,
            Err(bound) => {
                values.gap(bound.code, format!("stripe {index}: {}", bound.detail));
                return 0;
            }
        };
        let streams = Streams {
            spool,
            at: stripe.at,
            footer: &footer,
            types: &self.footer.types,
            compression: self.compression,
            limits: values.limits,
        };
        let mut inspected = stripe.rows;
        let root = &self.footer.types[0];
        let columns: Vec<(usize, Node)> = match root.kind {
            STRUCT => {
                let fields = root.children.iter().zip(&root.names);
                let mut place = |name| values.writer.member(Node::ROOT, name);
                fields.map(|(child, name)| (*child as usize, place(name))).collect()
            }
            _ => vec![(0, Node::ROOT)],
        };
        for (column, node) in columns {
            let mut span = Span { first, rows: stripe.rows, read: 0 };
            let read = streams.open(values, column, Some(node)).and_then(|mut of| {
                let parents = if column == 0 { None } else { streams.present(0)? };
                of.read_all(values, node, parents, &mut span)
            });
            if let Err(bound) = read {
                let read = span.read;
                let detail = &bound.detail;
                values.gap(
                    bound.code,
                    format!("stripe {index}, column {column}, from row {read} on: {detail}"),
                );
            }
            inspected = inspected.min(span.read);
        }
        inspected
    }

    fn stripe_footer(
        &self,
        limits: &Limits,
        spool: &Spool,
        stripe: &Stripe,
    ) -> Result<StripeFooter, Bound> {
        let at = stripe.at.checked_add(stripe.index_bytes);
        let at = at.and_then(|at| at.checked_add(stripe.data_bytes));
        let at = at.ok_or_else(|| malformed("it lies beyond the end of the file"))?;
        let mut footer = Stream::new(spool, at, stripe.footer_bytes, self.compression, limits)?;
        StripeFooter::parse(&footer.rest(limits.document_bytes_max)?)
    }
}
