//! The set `files`: real files that should hold nothing of some groups.

use crate::bench::Bench;
use crate::corpus::FileNote;
use crate::eye::FoundInFile;
use crate::report::{Section, Table};
use crate::terms::APART;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_core::sensitive::Sensitive;
use std::collections::BTreeMap;

#[derive(Default)]
struct Tally {
    clean_files: usize,
    read: usize,
    partial: usize,
    /// By type of content, files that could not be read.
    unread: BTreeMap<String, usize>,
    /// By group, detections and files with them.
    groups: BTreeMap<String, (usize, usize)>,
    /// By identifier and file: what was found first, and how many.
    false_ones: BTreeMap<(String, String), (String, usize)>,
    /// By identifier, detections and files, of what may stand in clean files.
    apart: BTreeMap<String, (usize, usize)>,
    columns: Vec<(String, String, u64, usize)>,
}

/// Of a file's false detections of one identifier this many masked texts are shown.
const SHOWN_MAX: usize = 2;

/// Measures the set.
pub fn run(bench: &mut Bench) -> crate::Outcome<Section> {
    const TITLE: &str = "Files that should be clean";
    let Some(notes) = bench.corpus.file_notes()? else { return Ok(Section::absent(TITLE)) };
    let mut tally = Tally::default();
    let mut failed = None;
    let Bench { corpus, eye, terms, log, .. } = bench;
    corpus.each_file(|path, content| {
        let Some(note) = notes.get(path) else { return };
        match eye.file(content) {
            Ok((found, coverage)) => tally.take(note, &found, &coverage, terms, log.reveal),
            Err(error) => failed = Some(error),
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(tally.section(TITLE)),
    }
}

impl Tally {
    fn take(
        &mut self,
        note: &FileNote,
        found: &[FoundInFile],
        coverage: &Coverage,
        terms: &crate::terms::Terms,
        reveal: bool,
    ) {
        let is_clean = !note.clean_of.is_empty();
        self.clean_files += usize::from(is_clean);
        if coverage.status == CoverageStatus::Skipped {
            if is_clean {
                *self.unread.entry(coverage.mime_type.clone()).or_default() += 1;
            }
            return;
        }
        self.count_columns(note, found, terms);
        if !is_clean {
            return;
        }
        self.read += 1;
        self.partial += usize::from(coverage.status == CoverageStatus::Partial);
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        let mut apart: BTreeMap<&str, usize> = BTreeMap::new();
        for one in found {
            let id = terms.known()[one.identifier].id.as_str();
            let group = terms.group(one.identifier);
            if group == APART || !note.clean_of.iter().any(|clean| clean == group) {
                *apart.entry(id).or_default() += 1;
                continue;
            }
            *groups.entry(group).or_default() += 1;
            let key = (id.to_owned(), note.path.clone());
            let (shown, count) = self.false_ones.entry(key).or_default();
            *count += 1;
            if *count <= SHOWN_MAX {
                let text =
                    if reveal { one.text.clone() } else { Sensitive::new(&one.text).masked() };
                let column = if one.column.is_empty() { "" } else { " in " };
                shown.push_str(&format!("`{text}`{column}{} ", one.column));
            }
        }
        for (group, count) in groups {
            let sum = self.groups.entry(group.to_owned()).or_default();
            *sum = (sum.0 + count, sum.1 + 1);
        }
        for (id, count) in apart {
            let sum = self.apart.entry(id.to_owned()).or_default();
            *sum = (sum.0 + count, sum.1 + 1);
        }
    }

    /// What should be found in columns whose values were counted.
    fn count_columns(
        &mut self,
        note: &FileNote,
        found: &[FoundInFile],
        terms: &crate::terms::Terms,
    ) {
        for (column, kind) in &note.columns {
            let Some(kind) = kind else { continue };
            let counted = match kind.as_str() {
                "EMAIL_ADDRESS" => "email",
                "CREDIT_CARD_NUMBER" => "cc_luhn_valid",
                "DATE_OF_BIRTH" => "birthdate_nonempty",
                _ => continue,
            };
            let Some(expected) = note.counts.get(counted) else { continue };
            let serves = |one: &&FoundInFile| {
                one.column == *column && terms.served(one.identifier).contains(terms.family(kind))
            };
            let seen = found.iter().filter(serves).count();
            self.columns.push((note.path.clone(), kind.clone(), *expected, seen));
        }
    }

    fn section(&self, title: &str) -> Section {
        let mut section = Section::new(title);
        let detections: usize = self.groups.values().map(|(count, _)| count).sum();
        let pairs = self.false_ones.len();
        let with: std::collections::BTreeSet<&str> =
            self.false_ones.keys().map(|(_, path)| path.as_str()).collect();
        let per_hundred = 100.0 * pairs as f64 / self.read.max(1) as f64;
        section.notes.push(format!(
            "{} files, {} read ({} of them in part), {} not readable yet. False by their groups: \
             {detections} detections, {pairs} kinds in {} files: {per_hundred:.2} kinds in 100 files.",
            self.clean_files,
            self.read,
            self.partial,
            self.unread.values().sum::<usize>(),
            with.len(),
        ));
        let mut groups = Table::new("By group", &["group", "detections", "files"]);
        for (group, (count, files)) in &self.groups {
            groups.row(group, [count.to_string(), files.to_string()]);
        }
        let mut listed = Table::of_words("Each", &["identifier", "file", "count", "masked"]);
        for ((id, path), (shown, count)) in &self.false_ones {
            listed.row(id, [path.clone(), count.to_string(), shown.trim_end().to_owned()]);
        }
        let mut apart = Table::new(
            "What may be there, or is not looked for",
            &["identifier", "detections", "files"],
        );
        for (id, (count, files)) in &self.apart {
            apart.row(id, [count.to_string(), files.to_string()]);
        }
        let mut columns =
            Table::new("Columns of known content", &["file", "type", "expected", "found"]);
        for (path, kind, expected, seen) in &self.columns {
            columns.row(path, [kind.clone(), expected.to_string(), seen.to_string()]);
        }
        let mut unread = Table::new("Not readable yet", &["content", "files"]);
        for (kind, count) in &self.unread {
            unread.row(kind, [count.to_string()]);
        }
        section.tables = vec![groups, listed, apart, columns, unread];
        section
    }
}
