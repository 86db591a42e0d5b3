//! What an extraction gave, as lines.

use lakegate_core::coverage::Coverage;
use lakegate_core::detection::Location;
use lakegate_core::text::Block;
use lakegate_extract::{BlockSink, Limits, Passwords, extract_with_passwords};

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// `member location value`, of lines of text each line.
    pub lines: Vec<String>,
    pub coverage: Coverage,
}

/// Takes blocks as lines.
#[derive(Default)]
pub struct Collect(pub Vec<String>);

impl BlockSink for Collect {
    fn block(&mut self, block: &Block<'_>) {
        for segment in block.segments {
            let mut start = segment.start.max(block.own_start) as usize;
            let end = segment.end.min(block.own_end) as usize;
            for line in block.text[start..end].split_inclusive('\n') {
                let value = line.trim_end_matches('\n');
                let place = match block.locate(segment, start, start + value.len()) {
                    Location::Cell { sheet, row, column, column_name } => format!(
                        "{} R{row}C{column} {}",
                        sheet.unwrap_or_default(),
                        column_name.unwrap_or_default()
                    ),
                    Location::Page { page_number } => format!("page {page_number}"),
                    Location::LineRange { .. } => "text".to_owned(),
                    Location::Record { json_path, .. } => json_path,
                };
                let member = block.place.member;
                let colon = if member.is_empty() { "" } else { ": " };
                self.0.push(format!("{member}{colon}{place} = {value}"));
                start += line.len();
            }
        }
    }
}

// Each test crate uses its own part of this.
#[allow(dead_code)]
pub fn read(bytes: &[u8]) -> Found {
    read_with(bytes, &Passwords::default())
}

/// As [`read`], with passwords.
pub fn read_with(bytes: &[u8], passwords: &Passwords) -> Found {
    let (mut collect, mut input) = (Collect::default(), bytes);
    let limits = Limits::default();
    let extracted = extract_with_passwords(&mut input, &limits, passwords, &mut collect).unwrap();
    Found { lines: collect.0, coverage: extracted.coverage }
}
