//! The catalogue beside Macie's own list: ids, categories, default set, severities, keywords.

use crate::{Catalogue, Identifier, KeywordRule};

/// A line for each of Macie's identifiers; its head names the columns.
const TABLE: &str = include_str!("../tests/macie-identifiers.tsv");

/// Where we ask otherwise for a keyword than Macie, and why.
const KEYWORD_DIFFERS: [(&str, KeywordRule, &str); 4] = [
    ("GCP_API_KEY", KeywordRule::NotNeeded, "the prefix says enough: a key is found anywhere"),
    (
        "CREDIT_CARD_MAGNETIC_STRIPE",
        KeywordRule::Varies,
        "a card number, a date and their signs say enough; only a weaker form needs a keyword",
    ),
    (
        "HTTP_COOKIE",
        KeywordRule::Required,
        "the header's name, which Macie wants too, is a keyword",
    ),
    ("HTTP_BASIC_AUTH_HEADER", KeywordRule::Varies, "a field may be named as the header"),
];

struct Line {
    id: &'static str,
    category: &'static str,
    recommended: bool,
    keyword: KeywordRule,
    /// Levels at 1, 2 and 100 by their first letters.
    severity: &'static str,
    keywords: Vec<&'static str>,
}

fn lines() -> Vec<Line> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| read(line).unwrap_or_else(|| panic!("not a line of six: {line}"))).collect()
}

fn read(line: &'static str) -> Option<Line> {
    let mut columns = line.split('\t');
    Some(Line {
        id: columns.next()?,
        category: columns.next()?,
        recommended: columns.next()? == "yes",
        keyword: match columns.next()? {
            "none" => KeywordRule::NotNeeded,
            "varies" => KeywordRule::Varies,
            "required" => KeywordRule::Required,
            _ => return None,
        },
        severity: columns.next()?,
        keywords: columns.next().map_or(vec![], |keywords| keywords.split("; ").collect()),
    })
}

/// Calls `look` with every line and its identifier, which must exist, and gathers what it says.
fn check(mut look: impl FnMut(&Line, &'static Identifier) -> Vec<String>) {
    let mut problems = Vec::new();
    for line in lines() {
        match Catalogue::managed().find(line.id) {
            Some((_, identifier)) => problems.extend(look(&line, identifier)),
            None => problems.push(format!("{}: it is missing", line.id)),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn differs<T: PartialEq + std::fmt::Debug>(id: &str, ours: T, theirs: T) -> Vec<String> {
    if ours == theirs { vec![] } else { vec![format!("{id}: {ours:?}, Macie: {theirs:?}")] }
}

#[test]
fn all_of_macies_identifiers_are_there() {
    assert_eq!(lines().len(), 166);
    assert_eq!(lines().iter().filter(|line| line.recommended).count(), 35);
    check(|_, _| vec![]);
}

#[test]
fn categories_and_the_default_set_are_macies() {
    check(|line, identifier| {
        let ours = (identifier.category.as_str(), identifier.recommended);
        differs(line.id, ours, (line.category, line.recommended))
    });
}

#[test]
fn severities_are_macies() {
    check(|line, identifier| {
        let letter = |count| identifier.severity(count).as_str().chars().next();
        let ours: String = [1, 2, 100].into_iter().filter_map(letter).collect();
        let before = identifier.severity(99) == identifier.severity(2);
        differs(line.id, (ours.to_uppercase(), before), (line.severity.to_string(), true))
    });
}

#[test]
fn keywords_are_asked_for_as_macie_asks() {
    check(|line, identifier| {
        let other = KEYWORD_DIFFERS.iter().find(|(id, ..)| *id == line.id);
        let expected = other.map_or(line.keyword, |(_, rule, _)| *rule);
        differs(line.id, identifier.keyword_rule(), expected)
    });
}

#[test]
fn macies_keywords_are_all_there() {
    check(|line, identifier| {
        // Where no keyword is needed none is kept.
        if identifier.keyword_rule() == KeywordRule::NotNeeded {
            return vec![];
        }
        let missing = line.keywords.iter().filter(|keyword| !identifier.keywords.contains(keyword));
        missing.map(|keyword| format!("{}: without {keyword}", line.id)).collect()
    });
}
