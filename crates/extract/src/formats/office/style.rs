//! How an XML part is built, and which of its attributes say nothing.

use super::xml::Element;

/// How a part is built, by its first element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Office: text stands in `t` elements alone.
    Office,
    /// OpenDocument: white space as in HTML.
    OpenDocument,
    Html,
    /// Data with names of their own: these go with the text.
    Data,
}

/// The elements that are a line each, as constants so that a frame needs no memory for its name.
pub(super) fn block(style: Style, name: &str) -> Option<&'static str> {
    const COMMON: &[&str] = &["p", "h", "tr", "table-row", "annotation", "note-citation"];
    const HTML: &[&str] = &[
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "div",
        "dt",
        "dd",
        "pre",
        "blockquote",
        "title",
        "option",
        "caption",
        "section",
        "article",
        "body",
        "figcaption",
        "script",
        "style",
    ];
    let find = |names: &[&'static str]| names.iter().find(|block| **block == name).copied();
    find(COMMON).or_else(|| if style == Style::Html { find(HTML) } else { None })
}

/// Elements whose number only tells them from others.
pub(super) fn is_identity(element: &str) -> bool {
    ["creationId", "modId", "nsid", "tmpl", "rsid", "rsidRoot", "docId"].contains(&element)
}

/// Numbers, lengths, colours, identifiers of revisions and relations, truth values.
pub(super) fn is_measure(value: &str) -> bool {
    if value.len() > 40 {
        return false;
    }
    let is_number = |c: char| c.is_ascii_digit() || "+-.,%; ".contains(c);
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &value[number.len()..];
    let has_unit = ["", "pt", "cm", "in", "mm", "px", "em", "rem", "pc", "deg"].contains(&unit);
    let is_color = matches!(value.len(), 6..=8)
        && value.trim_start_matches('#').bytes().all(|b| b.is_ascii_hexdigit());
    let is_guid = value.starts_with('{')
        && value.ends_with('}')
        && value.bytes().all(|b| b.is_ascii_hexdigit() || b"{}-".contains(&b));
    let is_relation =
        value.strip_prefix("rId").is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit()));
    has_unit && number.chars().all(is_number) && number.len() <= 32
        || is_color
        || is_guid
        || is_relation
        || matches!(value, "true" | "false" | "on" | "off" | "none" | "auto")
}

/// How a part whose first element is this one is built.
pub(super) fn of(element: &Element<'_>) -> Style {
    let prefix = element.name().split_once(':').map_or("", |(prefix, _)| prefix);
    let mut style = Style::Data;
    let mut is_vml = false;
    element.attributes(|name, value| {
        let declared = match name {
            "xmlns" => "",
            _ => match name.strip_prefix("xmlns:") {
                Some(declared) => declared,
                None => return,
            },
        };
        is_vml |= value == "urn:schemas-microsoft-com:vml";
        if declared != prefix {
            return;
        }
        let is_properties = value.contains("properties") || value.contains("relationships");
        if value.contains("opendocument") || value.contains("openoffice.org") {
            style = Style::OpenDocument;
        } else if value == "http://www.w3.org/1999/xhtml" {
            style = Style::Html;
        } else if !is_properties
            && ["http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"]
                .iter()
                .any(|ours| value.starts_with(ours))
            && !value.contains("/package/")
            || value.starts_with("http://schemas.microsoft.com/office/")
        {
            style = Style::Office;
        }
    });
    match element.local() {
        "xml" if is_vml => Style::Office,
        "html" => Style::Html,
        _ => style,
    }
}
