//! The planted table in each text format.

use super::{Case, TABLE};

/// All formats.
pub fn all() -> Vec<Case> {
    let mut cases = text();
    cases.extend(encodings());
    cases.extend(super::documents::all());
    cases
}

pub fn case(
    name: &'static str,
    object: impl Into<Vec<u8>>,
    place: fn(usize, usize) -> String,
) -> Case {
    Case { name, object: object.into(), member: "", place }
}

pub fn column(c: usize) -> &'static str {
    TABLE[c].0
}

pub fn row(p: usize) -> [&'static str; 3] {
    TABLE.map(|(_, values)| values[p])
}

pub fn names() -> [&'static str; 3] {
    TABLE.map(|(name, _)| name)
}

pub fn separated(by: &str) -> String {
    [names(), row(0), row(1)].map(|cells| cells.join(by) + "\n").concat()
}

pub fn cell(c: usize, p: usize) -> String {
    format!("R{}C{} {}", p + 2, c + 1, column(c))
}

fn object(p: usize) -> String {
    let members = TABLE.map(|(name, values)| format!("\"{name}\": \"{}\"", values[p]));
    format!("{{\"user\": {{{}}}}}", members.join(", "))
}

/// A line for each value, with its column's name before it.
pub fn lines(line: fn(&str, &str) -> String) -> String {
    (0..2).flat_map(|p| TABLE.map(|(name, values)| line(name, values[p]))).collect()
}

fn text() -> Vec<Case> {
    let at_line = |c: usize, p: usize| format!("line {}", 3 * p + c + 1);
    vec![
        case("CSV", separated(","), cell),
        case("TSV", separated("\t"), cell),
        case("semicolons", separated(";"), cell),
        case("pipes", separated("|"), cell),
        case("JSON Lines", format!("{}\n{}\n", object(0), object(1)), |c, p| {
            format!("{p} $.user.{}", column(c))
        }),
        case("JSON", format!("{{\"all\": [{}, {}]}}", object(0), object(1)), |c, p| {
            format!("0 $.all[{p}].user.{}", column(c))
        }),
        case("text", lines(|name, value| format!("The {name} is {value} here.\n")), at_line),
        case(
            "YAML",
            format!("---\n{}", lines(|name, value| format!("  {name}: {value}\n"))),
            |c, p| format!("line {}", 3 * p + c + 2),
        ),
        case(
            "log",
            lines(|name, value| format!("2026-01-05T10:00:00Z INFO user {name}={value} done\n")),
            at_line,
        ),
        case(
            "XML",
            format!(
                "<?xml version=\"1.0\"?>\n{}</all>\n",
                lines(|name, value| format!("<{name}>{value}</{name}>\n"))
                    .replacen('<', "<all><", 1)
            ),
            |c, p| format!("line {}", 3 * p + c + 2),
        ),
        case(
            "HTML",
            format!(
                "<!doctype html>\n{}</p>\n",
                lines(|name, value| format!("<p>{name}: <b>{value}</b></p>\n"))
            ),
            |c, p| format!("line {}", 3 * p + c + 2),
        ),
        case("Markdown", lines(|name, value| format!("- **{name}**: `{value}`\n")), at_line),
        case("source code", lines(|name, value| format!("let {name} = \"{value}\";\n")), at_line),
    ]
}

fn encodings() -> Vec<Case> {
    let csv = separated(",");
    let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{csv}").encode_utf16().flat_map(bytes).collect()
    };
    let wider = |bytes: fn(u32) -> [u8; 4]| -> Vec<u8> {
        format!("\u{feff}{csv}").chars().map(u32::from).flat_map(bytes).collect()
    };
    vec![
        case("UTF-8 with its mark", format!("\u{feff}{csv}"), cell),
        case("UTF-16LE", wide(u16::to_le_bytes), cell),
        case("UTF-16BE", wide(u16::to_be_bytes), cell),
        case("UTF-32LE", wider(u32::to_le_bytes), cell),
        case("UTF-32BE", wider(u32::to_be_bytes), cell),
        case("carriage returns", csv.replace('\n', "\r"), cell),
        case("line ends of Windows", csv.replace('\n', "\r\n"), cell),
    ]
}
