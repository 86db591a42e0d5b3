//! The report: sections of tables, as text for a terminal and as Markdown for the documentation.

use std::fmt::Write;

/// A set's part of the report.
#[derive(Default)]
pub struct Section {
    pub title: String,
    /// Sentences before the tables.
    pub notes: Vec<String>,
    pub tables: Vec<Table>,
}

/// A table with a caption.
pub struct Table {
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Cells from this column on are figures, set to the right.
    pub figures_from: usize,
    /// Whether it is for the terminal only: a work list rather than a figure.
    pub is_work_list: bool,
}

impl Section {
    /// A section with nothing in it.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// What stands in place of a set that is absent.
    pub fn absent(title: &str) -> Self {
        let mut section = Self::new(title);
        section.notes.push("Skipped: the folder has no such set.".to_owned());
        section
    }
}

impl Table {
    /// A table whose first column is a name and whose others are figures.
    pub fn new(caption: &str, head: &[&str]) -> Self {
        Self {
            caption: caption.to_owned(),
            head: head.iter().map(|cell| cell.to_string()).collect(),
            rows: Vec::new(),
            figures_from: 1,
            is_work_list: false,
        }
    }

    /// A table that stays out of the documentation.
    pub fn work_list(caption: &str, head: &[&str]) -> Self {
        Self { is_work_list: true, ..Self::new(caption, head) }
    }

    /// A table of words.
    pub fn of_words(caption: &str, head: &[&str]) -> Self {
        Self { figures_from: head.len(), ..Self::new(caption, head) }
    }

    /// Adds a row: its name and its figures.
    pub fn row(&mut self, name: &str, figures: impl IntoIterator<Item = String>) {
        self.rows.push(std::iter::once(name.to_owned()).chain(figures).collect());
    }
}

/// The report as text in aligned columns.
pub fn text(sections: &[Section]) -> String {
    let mut out = String::new();
    for section in sections {
        let _ = writeln!(out, "== {}", section.title);
        for note in &section.notes {
            let _ = writeln!(out, "{note}");
        }
        for table in section.tables.iter().filter(|table| !table.rows.is_empty()) {
            let _ = writeln!(out, "\n{}", table.caption);
            let widths = widths(table);
            for row in std::iter::once(&table.head).chain(&table.rows) {
                let mut line = String::new();
                for (column, cell) in row.iter().enumerate() {
                    let width = widths[column];
                    let _ = match column < table.figures_from {
                        true => write!(line, "{cell:width$}  "),
                        false => write!(line, "{cell:>width$}  "),
                    };
                }
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
        out.push('\n');
    }
    out
}

fn widths(table: &Table) -> Vec<usize> {
    let rows = || std::iter::once(&table.head).chain(&table.rows);
    let width = |column: usize| {
        rows().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    (0..table.head.len()).map(|column| width(column).unwrap_or(0)).collect()
}

/// The report as Markdown.
pub fn markdown(sections: &[Section]) -> String {
    let mut out = String::new();
    for section in sections {
        let _ = writeln!(out, "## {}\n", section.title);
        for note in &section.notes {
            let _ = writeln!(out, "{note}\n");
        }
        let shown = |table: &&Table| !table.rows.is_empty() && !table.is_work_list;
        for table in section.tables.iter().filter(shown) {
            let _ = writeln!(out, "### {}\n", table.caption);
            let _ = writeln!(out, "| {} |", table.head.join(" | "));
            let rule = |column| if column < table.figures_from { "---" } else { "--:" };
            let rules: Vec<_> = (0..table.head.len()).map(rule).collect();
            let _ = writeln!(out, "|{}|", rules.join("|"));
            for row in &table.rows {
                let cells: Vec<_> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
            out.push('\n');
        }
    }
    out
}

const BEGIN: &str = "<!-- figures: begin -->";
const END: &str = "<!-- figures: end -->";

/// A document with its figures replaced; what stands around them stays. A document without the marks
/// gets them at its end.
pub fn refreshed(document: &str, figures: &str) -> String {
    let figures = format!("{BEGIN}\n\n{}\n\n{END}", figures.trim());
    match (document.find(BEGIN), document.find(END)) {
        (Some(begin), Some(end)) if begin < end => {
            format!("{}{figures}{}", &document[..begin], &document[end + END.len()..])
        }
        _ if document.trim().is_empty() => format!("{figures}\n"),
        _ => format!("{}\n\n{figures}\n", document.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Section> {
        let mut section = Section::new("Set");
        section.notes.push("A note.".into());
        let mut table = Table::new("By family", &["family", "found"]);
        table.row("PHONE|X", ["12".to_owned()]);
        let mut list = Table::work_list("To do", &["what", "count"]);
        list.row("X", ["1".to_owned()]);
        section.tables.extend([table, list]);
        vec![section, Section::absent("Other")]
    }

    #[test]
    fn text_and_markdown() {
        let text = text(&sample());
        assert!(text.contains("family   found\nPHONE|X     12\n"), "{text}");
        assert!(text.contains("== Other\nSkipped"), "{text}");
        let markdown = markdown(&sample());
        let expected = "### By family\n\n| family | found |\n|---|--:|\n| PHONE\\|X | 12 |\n";
        assert!(markdown.contains(expected), "{markdown}");
        assert!(text.contains("To do") && !markdown.contains("To do"), "{markdown}");
    }

    #[test]
    fn figures_are_replaced_between_their_marks() {
        let first = refreshed("# Title\n", "one");
        assert_eq!(first, format!("# Title\n\n{BEGIN}\n\none\n\n{END}\n"));
        let second = refreshed(&format!("{first}after\n"), "two");
        assert_eq!(second, format!("# Title\n\n{BEGIN}\n\ntwo\n\n{END}\nafter\n"));
        assert_eq!(refreshed("", "x"), format!("{BEGIN}\n\nx\n\n{END}\n"));
    }
}
