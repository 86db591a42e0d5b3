//! Facts in words that a person reads: sizes, times, places in an object, and text from outside.

use jiff::Timestamp;
use lakegate_core::coverage::Coverage;
use lakegate_core::detection::{Category, Location, Occurrence};
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::verdict::{Severity, Verdict};
use maud::{Markup, html};

/// Combining marks in a row that are shown as they are; more than that is decoration.
const MARKS_MAX: usize = 2;

/// Text from outside, made safe and honest to look at: what can not be seen, and what would turn
/// other text around, is spelled out.
pub(crate) fn visible(text: &str) -> Markup {
    let characters: Vec<char> = text.chars().collect();
    let mut marks = 0;
    html! {
        bdi {
            @for (at, c) in characters.iter().copied().enumerate() {
                @let odd = is_odd(&characters, at, &mut marks);
                @if odd && c == ' ' {
                    span.odd title="space" { "␣" }
                } @else if odd {
                    span.odd title=(format!("character U+{:04X}", u32::from(c))) {
                        (format!("U+{:04X}", u32::from(c)))
                    }
                } @else {
                    (c)
                    @if c == '/' { wbr; }
                }
            }
        }
    }
}

fn is_odd(characters: &[char], at: usize, marks: &mut usize) -> bool {
    let c = characters[at];
    if is_mark(c) {
        *marks += 1;
        return *marks > MARKS_MAX || at == 0;
    }
    *marks = 0;
    if c == ' ' {
        return at == 0 || at + 1 == characters.len() || characters[at - 1] == ' ';
    }
    c.is_control() || is_unseen(c)
}

/// Marks that stand above or below the character before.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Characters without a picture of their own: spaces other than the usual one, joiners, marks of
/// direction, tags, selectors, fillers, private use.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{1680}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{2800}' | '\u{3000}' | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{10ffff}')
}

/// A size, such as `12.4 KiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} {}", if bytes == 1 { "byte" } else { "bytes" });
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if value < 10.0 {
        format!("{value:.1} {}", UNITS[unit])
    } else {
        format!("{value:.0} {}", UNITS[unit])
    }
}

/// A message as a sentence: it begins with a capital and ends with a full stop.
pub(crate) fn sentence(message: &str) -> String {
    let mut characters = message.trim_end_matches('.').chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).chain(['.']).collect()
}

/// A number with its thousands apart.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many of a thing.
pub(crate) fn count(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// A length of time, in its two largest units.
pub(crate) fn duration(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let days_word = if days == 1 { "day" } else { "days" };
    match (days, hours, minutes) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} {days_word}"),
        (days, hours, _) => format!("{days} {days_word} {hours} h"),
    }
}

/// A moment, such as `23 Nov 2026, 14:02 UTC`, with its exact form beside it.
pub(crate) fn moment(ms: i64) -> Markup {
    let Ok(at) = Timestamp::from_millisecond(ms) else { return html! { "an unknown time" } };
    let text = at.strftime("%-d %b %Y, %H:%M UTC").to_string();
    html! { time datetime=(at) { (text) } }
}

/// How long ago a moment was, with its exact form beside it.
pub(crate) fn ago(ms: i64, now_ms: i64) -> Markup {
    let Ok(at) = Timestamp::from_millisecond(ms) else { return html! { "at an unknown time" } };
    let exact = at.strftime("%-d %b %Y, %H:%M:%S UTC").to_string();
    let passed_ms = now_ms.saturating_sub(ms);
    let text = if passed_ms < 60_000 {
        "just now".to_owned()
    } else {
        format!("{} ago", duration(passed_ms))
    };
    html! { time datetime=(at) title=(exact) { (text) } }
}

/// Where an occurrence stands, in words with which a person finds it.
pub(crate) fn place(occurrence: &Occurrence, coverage: Option<&Coverage>) -> Markup {
    html! {
        @if let Some(member) = &occurrence.member { code { (visible(member)) } ", " }
        (place_within(&occurrence.location, coverage))
    }
}

fn place_within(location: &Location, coverage: Option<&Coverage>) -> Markup {
    match location {
        Location::Cell { row, column, column_name, sheet } => html! {
            @if let Some(sheet) = sheet { "“" (visible(sheet)) "”, " }
            "row " (number(*row)) ", "
            @match column_name {
                Some(name) => { "column “" (visible(name)) "”" },
                None => { "column " (column) },
            }
        },
        Location::Record { record_index, json_path } => {
            // A document is one record; only files of many number them.
            let many = *record_index > 0
                || coverage
                    .is_some_and(|c| c.mime_type != "application/json" && c.units_inspected > 1);
            html! {
                @if many || json_path.is_empty() { "record " (number(record_index + 1)) }
                @if !json_path.is_empty() {
                    @if many { ", " }
                    code { (visible(json_path)) }
                }
            }
        }
        Location::Page { page_number } => html! { "page " (page_number) },
        Location::LineRange { start, end, start_column } => html! {
            @if start == end {
                "line " (number(*start)) ", character " (number(*start_column))
            } @else {
                "lines " (number(*start)) " to " (number(*end))
            }
        },
    }
}

/// A category for people.
pub(crate) fn category(category: Category) -> &'static str {
    match category {
        Category::Credentials => "Credentials",
        Category::FinancialInformation => "Financial",
        Category::PersonalInformation => "Personal",
        Category::CustomIdentifier => "Custom",
    }
}

/// What a verdict means, in a sentence.
pub(crate) fn verdict_means(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "Nothing was found, and all of it was inspected.",
        Verdict::Findings => "Sensitive data was found.",
        Verdict::Partial => "Nothing was found, but not all of it could be inspected.",
        Verdict::Unscannable => "It could not be read, so nobody knows what is in it.",
        Verdict::Failed => "The inspection itself failed. An operator should look at it.",
    }
}

/// A verdict as a chip.
pub(crate) fn verdict_chip(verdict: Verdict) -> Markup {
    let class = verdict.as_str().to_ascii_lowercase();
    html! { span class={ "chip verdict " (class) } title=(verdict_means(verdict)) { (verdict) } }
}

/// A severity as a chip: a shape and a word, never colour alone.
pub(crate) fn severity_chip(severity: Severity) -> Markup {
    let (class, shape) = match severity {
        Severity::High => ("high", "▲"),
        Severity::Medium => ("medium", "◆"),
        Severity::Low => ("low", "●"),
    };
    html! {
        span class={ "chip severity " (class) } { span aria-hidden="true" { (shape) } " " (severity) }
    }
}

/// That a finding is archived, as a chip.
pub(crate) fn archived_chip(archived_by: Option<&str>) -> Markup {
    html! {
        @if archived_by.is_some() {
            span.chip.archived title="A suppression rule archives its finding" { "Archived" }
        }
    }
}

/// What became of an object, in a word.
pub(crate) fn state(state: PassageState) -> &'static str {
    match state {
        PassageState::Landed => "Landed",
        PassageState::Claimed => "Claimed",
        PassageState::Staged => "Staged",
        PassageState::Scanned => "Inspected",
        PassageState::Released => "Released",
        PassageState::Held => "Held",
        PassageState::Denied => "Denied",
        PassageState::Redacted => "Released redacted",
        PassageState::Expired => "Held, overdue",
        PassageState::Failed => "Failed",
    }
}

/// A state as a chip.
pub(crate) fn state_chip(of: PassageState) -> Markup {
    html! { span class={ "chip state " (of.as_str()) } { (state(of)) } }
}

/// What was decided, as a past participle.
pub(crate) fn decided(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Approve => "Approved",
        DecisionKind::Deny => "Denied",
        DecisionKind::Redact => "Approved with redaction",
    }
}

/// Who did something. A name that came with a link was given, not proven.
pub(crate) fn actor(actor: &str) -> Markup {
    match actor.strip_prefix("link:") {
        Some(name) => html! { b { (visible(name)) } span.muted { " (by link)" } },
        None => html! { b { (visible(actor)) } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_seen_is_spelled_out() {
        for (text, expected) in [
            ("a/b", "<bdi>a/<wbr>b</bdi>"),
            ("<b>&\"", "<bdi>&lt;b&gt;&amp;&quot;</bdi>"),
            (
                "a\u{202e}b",
                "<bdi>a<span class=\"odd\" title=\"character U+202E\">U+202E</span>b</bdi>",
            ),
            ("a b ", "<bdi>a b<span class=\"odd\" title=\"space\">␣</span></bdi>"),
            ("שלום", "<bdi>שלום</bdi>"),
        ] {
            assert_eq!(visible(text).into_string(), expected, "{text:?}");
        }
        for hidden in ["\0", "\u{200b}", "\u{2066}", "\u{feff}", "\u{e0041}", "\u{85}"] {
            assert!(visible(&format!("a{hidden}b")).into_string().contains("U+"), "{hidden:?}");
        }
        let stacked = format!("e{}", "\u{301}".repeat(40));
        assert_eq!(visible(&stacked).into_string().matches('\u{301}').count(), MARKS_MAX);
    }

    #[test]
    fn sizes_numbers_and_durations_read_well() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1536, "1.5 KiB"),
            (5 << 30, "5.0 GiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(number(1_234_567), "1,234,567");
        for (minutes, text) in [
            (0, "less than a minute"),
            (5, "5 min"),
            (60, "1 h"),
            (61, "1 h 1 min"),
            (1440, "1 day"),
            (3 * 1440 + 125, "3 days 2 h"),
        ] {
            assert_eq!(duration(minutes * 60_000), text);
        }
    }
}
