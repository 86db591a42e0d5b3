//! The table that Tesseract gives of a page: each word with its place, whatever it thinks of it.

/// Columns of the table.
const COLUMNS: usize = 12;

/// The levels of rows that matter.
const PAGE: &str = "1";
const WORD: &str = "5";

/// A gap between words of more than so many heights of theirs is one between columns.
const COLUMN_HEIGHTS: i64 = 2;

/// The lines of the one page that the table is of; nothing if it is of none, or of more.
pub(super) fn lines(table: &str) -> Option<String> {
    let mut lines = String::new();
    let mut pages = 0;
    // What the last word was a part of, and where it ended.
    let mut last: Option<([&str; 3], i64)> = None;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.splitn(COLUMNS, '\t').collect();
        let [level, _, block, paragraph, line, _, left, _, width, height, _, word] = cells[..]
        else {
            continue;
        };
        pages += u32::from(level == PAGE);
        let word = word.trim();
        if level != WORD || word.is_empty() {
            continue;
        }
        let number = |cell: &str| cell.parse::<i64>().unwrap_or(0);
        let (left, width, height) = (number(left), number(width), number(height));
        let place = [block, paragraph, line];
        match last {
            Some((before, end)) if before == place => {
                let is_column = left.saturating_sub(end) > height.saturating_mul(COLUMN_HEIGHTS);
                lines.push(if is_column { '\t' } else { ' ' });
            }
            Some(_) => lines.push('\n'),
            None => {}
        }
        lines.push_str(word);
        last = Some((place, left.saturating_add(width)));
    }
    if last.is_some() {
        lines.push('\n');
    }
    (pages == 1).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[&str], expected: Option<&str>) {
        let rows: Vec<String> = rows.iter().map(|row| row.replace(' ', "\t")).collect();
        let table = format!("level page_num\n{}\n", rows.join("\n"));
        assert_eq!(lines(&table).as_deref(), expected, "{rows:?}");
    }

    #[test]
    fn words_stand_in_lines_and_columns() {
        const PAGE: &str = "1 1 0 0 0 0 0 0 800 600 -1 ";
        check(&[PAGE], Some(""));
        check(&[], None);
        check(&[PAGE, PAGE], None);
        let word = |line, left, word| format!("5 1 1 1 {line} 1 {left} 0 40 10 3.5 {word}");
        let words = [word(1, 0, "a"), word(1, 45, "b"), word(1, 200, "c"), word(2, 0, "d")];
        let mut rows = vec![PAGE, "4 1 1 1 1 0 0 0 9 9 -1 "];
        rows.extend(words.iter().map(String::as_str));
        check(&rows, Some("a b\tc\nd\n"));
    }
}
