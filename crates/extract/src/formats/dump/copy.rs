//! Blocks of `COPY`: a line for each row, with tabs between values, up to `\.`.

use super::binary;
use super::source::Source;
use crate::writer::TableWriter;

/// Reads rows up to the end of the block. `false` if a line is too long to be a row: it is not taken then.
pub(super) fn rows(
    source: &mut Source<'_>,
    writer: &mut TableWriter<'_, '_>,
    row: &mut u64,
) -> bool {
    let mut text = String::new();
    while source.has_more() {
        let length = source.line_bytes();
        let line = &source.rest()[..length];
        let is_whole = line.ends_with('\n') || source.is_at_end(length);
        let line = line.trim_end_matches(['\r', '\n']);
        if line == "\\." {
            source.advance(length);
            return true;
        }
        if !is_whole {
            return false;
        }
        *row += 1;
        for (column, value) in (0..).zip(line.split('\t')) {
            if value == "\\N" {
                continue;
            }
            if !value.contains('\\') {
                writer.cell(*row, column, value);
                continue;
            }
            text.clear();
            unescape(value, &mut text);
            super::cell(writer, (*row, column), &text, binary::decoded(&text));
        }
        source.advance(length);
    }
    source.is_cut = true;
    true
}

fn unescape(value: &str, text: &mut String) {
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        text.extend(chars.next().map(|c| match c {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' | 'f' | 'v' => ' ',
            c => c,
        }));
    }
}
