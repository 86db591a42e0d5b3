//! The word table: what the lists and the templates know of each word.

use crate::lists::Lists;
use crate::templates::{Language, parts};
use lakegate_tagger::fold;
use lakegate_tagger::gazetteer::{self, known};
use lakegate_tagger::lexicon;
use std::collections::BTreeMap;

/// Words that stand in name lists and are, in a text, nearly always something else.
const NO_NAMES: &str = "the and for are you der die das und los las del que por con para est les des une \
    dans pas per che non con una het een van niet nie jest sie see may will can is in on an at to of or no so \
    we he she it me my do be by as if up us hi ok yes de la le el il lo da do di te se si mr mrs dr ms";

/// Everyday words by language.
const EVERYDAY: &str = include_str!("../templates/words.txt");

/// Makes the table's file. `None` if it would not hold all words.
pub fn build(lists: &Lists, languages: &[Language]) -> Option<Vec<u8>> {
    let mut table = Table::default();
    for (kind, flag) in [
        ("given", known::GIVEN),
        ("family", known::FAMILY),
        ("rare", known::RARE),
        ("word", known::WORD),
        ("rareword", known::WORD_RARE),
    ] {
        lists.all(kind).for_each(|value| table.words(value, flag));
    }
    for (kind, flag) in [
        ("city", known::PLACE),
        ("place", known::PLACE),
        ("country", known::REGION),
        ("state", known::REGION),
    ] {
        lists.all(kind).for_each(|value| table.phrase(value, flag));
    }
    for (text, flag) in [
        (lexicon::STREET, known::STREET),
        (lexicon::ADDRESS, known::VOCABULARY),
        (lexicon::TITLE, known::TITLE),
        (lexicon::PARTICLE, known::PARTICLE),
        (lexicon::ORGANISATION, known::ORGANISATION),
    ] {
        table.words(text, flag);
    }
    for language in languages {
        for line in &language.lines {
            parts(line)
                .iter()
                .filter(|part| !part.1)
                .for_each(|part| table.words(part.0, known::VOCABULARY));
        }
        for values in language.lists.values() {
            values.iter().for_each(|value| table.words(value, known::VOCABULARY));
        }
        let ordinary = language.lines.iter().flat_map(|line| parts(line));
        for word in ordinary
            .filter(|part| !part.1)
            .flat_map(|part| part.0.split(|c: char| !c.is_alphabetic()))
        {
            if word.chars().next().is_some_and(char::is_lowercase) {
                table.words(word, known::WORD);
            }
        }
    }
    for line in EVERYDAY.lines().filter(|line| !line.starts_with('#')) {
        line.split_whitespace().skip(1).for_each(|word| table.words(word, known::WORD));
    }
    for word in NO_NAMES.split_whitespace() {
        table.words(word, known::WORD);
        if let Some(flags) = table.flags.get_mut(&gazetteer::key(word)) {
            *flags &= !(known::GIVEN | known::FAMILY | known::RARE | known::PLACE);
        }
    }
    gazetteer::build(table.flags.into_iter())
}

/// The names of flags.
pub fn flags(known: u16) -> String {
    const NAMES: [&str; 13] = [
        "given",
        "family",
        "rare",
        "place",
        "region",
        "word",
        "rareword",
        "vocabulary",
        "street",
        "title",
        "organisation",
        "particle",
        "pinyin",
    ];
    let set = NAMES.iter().enumerate().filter(|(bit, _)| known >> bit & 1 == 1);
    set.map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Table {
    flags: BTreeMap<u64, u16>,
}

impl Table {
    fn words(&mut self, text: &str, flag: u16) {
        let words = text
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .filter(|word| word.chars().count() > 1 && word.chars().any(char::is_alphabetic));
        for word in words {
            *self.flags.entry(fold::word(word).hash).or_default() |= flag;
        }
    }

    fn phrase(&mut self, text: &str, flag: u16) {
        if text.chars().count() > 2 {
            *self.flags.entry(gazetteer::key(text)).or_default() |= flag;
        }
    }
}

/// Terms, keywords and drugs.
const MEDICAL: &str = include_str!("../templates/medical.txt");

/// Makes the file of medical terms.
pub fn medical() -> Vec<u8> {
    let (mut terms, mut keywords): (Vec<String>, Vec<String>) = Default::default();
    for line in MEDICAL.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.splitn(3, ' ');
        let (Some(kind), Some(_), Some(values)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        for value in values.split('|') {
            match kind {
                "keyword" => keywords.push(value.to_owned()),
                "drug" => terms.extend(drug_forms(value)),
                _ => terms.push(value.to_owned()),
            }
        }
    }
    lakegate_tagger::medical::build(&terms, &keywords)
}

/// A drug's name as the languages write it: metformin, metformina, metformine, metforminum.
fn drug_forms(name: &str) -> Vec<String> {
    let stem = name.strip_suffix('e').unwrap_or(name);
    let mut forms = vec![name.to_owned()];
    if !name.contains(' ') {
        forms.extend(["", "a", "e", "o"].map(|end| format!("{stem}{end}")));
    }
    let spelt: Vec<String> = forms
        .iter()
        .flat_map(|form| {
            [
                form.replace("ph", "f").replace("th", "t").replace('y', "i"),
                form.replace("th", "t"),
                form.replace('c', "k"),
            ]
        })
        .collect();
    forms.extend(spelt);
    forms
}
