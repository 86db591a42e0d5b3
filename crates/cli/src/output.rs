//! What is printed: data on standard output, everything else on standard error.

use crate::arguments::{ColorChoice, Format, Global};
use crate::failure::{Failure, Report};
use serde::Serialize;
use std::io::{self, BufWriter, IsTerminal, Stderr, Stdout, Write};

/// Standard output is written in pieces of this size.
const BUFFER_BYTES: usize = 64 * 1024;

const BOLD_RED: &str = "\u{1b}[1;31m";
const CYAN: &str = "\u{1b}[36m";
const PLAIN: &str = "\u{1b}[0m";

/// Where a command's words go.
pub struct Output {
    format: Format,
    quiet: bool,
    color_errors: bool,
    data: BufWriter<Stdout>,
    notes: Stderr,
}

impl Output {
    /// Output as the command line asks for it.
    pub fn new(global: &Global) -> Self {
        let notes = io::stderr();
        let color_errors = match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                !refused && notes.is_terminal()
            }
        };
        let data = BufWriter::with_capacity(BUFFER_BYTES, io::stdout());
        Self { format: global.output, quiet: global.quiet, color_errors, data, notes }
    }

    /// Whether people watch: a bar may be drawn on standard error.
    pub fn draws_progress(&self) -> bool {
        !self.quiet && self.notes.is_terminal()
    }

    /// The form in which data is asked for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Writes text as data, as it is.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.data.write_all(text.as_bytes())
    }

    /// Writes a value as one line of JSON.
    pub fn json_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.data, value)?;
        self.data.write_all(b"\n")
    }

    /// Writes a value as JSON for people: over several lines.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.data, value)?;
        self.data.write_all(b"\n")
    }

    /// Writes rows: as a table, as one JSON array, or as a line of JSON each.
    pub fn rows<R: Row>(&mut self, rows: &[R]) -> io::Result<()> {
        match self.format {
            Format::Json => self.json(&rows),
            Format::Jsonl => rows.iter().try_for_each(|row| self.json_line(row)),
            _ => self.text(&table(rows)),
        }
    }

    /// Hands on all data that was written so far.
    pub fn flush(&mut self) -> io::Result<()> {
        self.data.flush()
    }

    /// Tells people something that is no data.
    pub fn note(&mut self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Tells what went wrong, whether output is quiet or not.
    pub fn failure(&mut self, failure: &Failure) {
        for report in &failure.reports {
            self.report(report);
        }
    }

    /// Tells one thing that went wrong.
    pub fn report(&mut self, report: &Report) {
        let Report { code, message, causes, hint } = report;
        let (red, cyan, plain) =
            if self.color_errors { (BOLD_RED, CYAN, PLAIN) } else { ("", "", "") };
        self.say(&format!("{red}error[{code}]{plain}: {message}"));
        for cause in causes {
            self.say(&format!("  cause: {cause}"));
        }
        if let Some(hint) = hint {
            self.say(&format!("  {cyan}hint{plain}: {hint}"));
        }
    }

    /// Where standard error is gone there is nobody to tell.
    fn say(&mut self, text: &str) {
        let _ = writeln!(self.notes, "{text}");
    }
}

/// A row of a table, and what it is in JSON.
pub trait Row: Serialize {
    /// The heads of the columns.
    const HEADS: &'static [&'static str];

    /// The cells, as many as there are heads.
    fn cells(&self) -> Vec<String>;
}

/// Aligned columns under their heads; the last one is not padded.
fn table<R: Row>(rows: &[R]) -> String {
    let heads = R::HEADS.iter().map(|head| (*head).to_owned()).collect();
    let lines: Vec<Vec<String>> =
        std::iter::once(heads).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|c| c.chars().count()).max()
    };
    let widths: Vec<usize> = (0..R::HEADS.len()).filter_map(width).collect();
    let mut out = String::new();
    for line in &lines {
        let mut text = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(&format!("{cell:width$}  "));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}
