//! Which labels of the corpora and which identifiers of ours mean the same.
//!
//! A label has one family, from `types.json`; an identifier may serve several. What neither the name
//! nor the country tells stands in the reviewed table `equivalents.txt`.

use crate::corpus::Type;
use lakegate_core::detection::Category;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

const EQUIVALENTS: &str = include_str!("../equivalents.txt");

/// An identifier, by what matters here.
#[derive(Clone, Debug)]
pub struct Known {
    pub id: String,
    pub category: Category,
    pub countries: Vec<String>,
    pub keywords: Vec<String>,
    /// Whether it has a form that needs no keyword.
    pub stands_alone: bool,
}

/// The terms of corpora and catalogue, and how they meet.
pub struct Terms {
    known: Vec<Known>,
    table: Table,
    families: BTreeMap<String, String>,
    /// By identifier, the families that it serves.
    served: Vec<BTreeSet<String>>,
    /// All families that are served.
    claimed: BTreeSet<String>,
    /// By type, the identifiers that report it.
    exact: BTreeMap<String, Vec<usize>>,
    /// Types of secrets, which a provider's name is enough to tell.
    secrets: BTreeSet<String>,
}

#[derive(Default)]
struct Table {
    /// Label pattern and identifier patterns.
    labels: Vec<(String, Vec<String>)>,
    /// Family and the patterns of labels and identifiers in it.
    families: Vec<(String, Vec<String>)>,
    /// Group of `clean_of` and identifier patterns.
    groups: Vec<(String, Vec<String>)>,
}

/// The group of what may stand in clean files: names, addresses, phones, e-mails, dates, coordinates.
pub const APART: &str = "APART";

/// The families that models find, not patterns.
pub const MODEL_FAMILIES: [&str; 2] = ["NAME", "ADDRESS"];

impl Terms {
    /// Terms with the table of this crate. `secrets` are the types that are known to be credentials.
    pub fn new(
        known: Vec<Known>,
        types: &BTreeMap<String, Type>,
        secrets: BTreeSet<String>,
    ) -> Result<Self, String> {
        Self::with_table(known, types, secrets, EQUIVALENTS)
    }

    fn with_table(
        known: Vec<Known>,
        types: &BTreeMap<String, Type>,
        secrets: BTreeSet<String>,
        table: &str,
    ) -> Result<Self, String> {
        let table = Table::read(table)?;
        let families =
            types.iter().map(|(label, kind)| (label.clone(), kind.family.clone())).collect();
        let (served, claimed, exact) = Default::default();
        let mut terms = Self { known, table, families, served, claimed, exact, secrets };
        terms.exact =
            terms.families.keys().map(|label| (label.clone(), terms.look_up(label))).collect();
        terms.serve_families();
        Ok(terms)
    }

    fn serve_families(&mut self) {
        let mut served: Vec<BTreeSet<String>> = vec![BTreeSet::new(); self.known.len()];
        for label in self.families.keys() {
            for identifier in self.identifiers(label).iter() {
                served[*identifier].insert(self.family(label).to_owned());
            }
        }
        for (identifier, families) in served.iter_mut().enumerate() {
            let id = &self.known[identifier].id;
            if let Some(family) = self.table_family(id) {
                families.insert(family.to_owned());
            }
            if families.is_empty() {
                families.insert(id.clone());
            }
        }
        self.claimed = served.iter().flatten().cloned().collect();
        self.served = served;
    }

    /// The identifiers, by their index.
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    fn table_family(&self, name: &str) -> Option<&str> {
        let mut lines = self.table.families.iter();
        lines
            .find(|(_, patterns)| patterns.iter().any(|pattern| matches(pattern, name).is_some()))
            .map(|(family, _)| family.as_str())
    }

    /// The family of a label.
    pub fn family<'a>(&'a self, label: &'a str) -> &'a str {
        self.table_family(label)
            .or_else(|| self.families.get(label).map(String::as_str))
            .unwrap_or(label)
    }

    /// The families that an identifier serves.
    pub fn served(&self, identifier: usize) -> &BTreeSet<String> {
        &self.served[identifier]
    }

    /// Whether any identifier serves a family.
    pub fn claims(&self, family: &str) -> bool {
        self.claimed.contains(family)
    }

    /// The identifiers that report just what a label means; none if we have no such identifier.
    pub fn identifiers(&self, label: &str) -> Cow<'_, [usize]> {
        match self.exact.get(label) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.look_up(label)),
        }
    }

    fn look_up(&self, label: &str) -> Vec<usize> {
        let lines = self.table.labels.iter();
        let mut listed = lines
            .filter_map(|(pattern, ids)| matches(pattern, label).map(|country| (country, ids)))
            .peekable();
        if listed.peek().is_some() {
            let all: Vec<_> = listed.collect();
            let is_listed = |known: &Known| {
                all.iter().any(|(country, ids)| ids.iter().any(|id| fits(known, id, country)))
            };
            return self.indices(is_listed);
        }
        let name = label.strip_prefix("OTHER:").unwrap_or(label);
        let same = self.indices(|known| known.id == name);
        if !same.is_empty() {
            return same;
        }
        let national = self.indices(|known| is_national(known, name));
        if !national.is_empty() || !self.secrets.contains(label) {
            return national;
        }
        let beginnings = beginnings(name);
        self.indices(|known| {
            known.category == Category::Credentials && is_of_provider(known, &beginnings)
        })
    }

    /// The group of clean files that an identifier belongs to.
    pub fn group(&self, identifier: usize) -> &str {
        let known = &self.known[identifier];
        let mut lines = self.table.groups.iter();
        let listed = lines
            .find(|(_, ids)| ids.iter().any(|pattern| matches(pattern, &known.id).is_some()))
            .map(|(group, _)| group.as_str());
        listed.unwrap_or(match known.category {
            Category::Credentials => "CREDENTIALS",
            Category::FinancialInformation => "FINANCIAL",
            Category::PersonalInformation | Category::CustomIdentifier => "NATIONAL_ID",
        })
    }

    fn indices(&self, wanted: impl Fn(&Known) -> bool) -> Vec<usize> {
        (0..self.known.len()).filter(|index| wanted(&self.known[*index])).collect()
    }
}

impl Table {
    fn read(text: &str) -> Result<Self, String> {
        let mut table = Self::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let parsed = line.split_once(" = ").or_else(|| Some((line.strip_suffix(" =")?, "")));
            let words = parsed.and_then(|(head, ids)| Some((head.split_once(' ')?, ids)));
            let Some(((kind, name), ids)) = words else {
                return Err(format!("equivalents.txt, line {}: not `kind name = …`", number + 1));
            };
            let entry =
                (name.trim().to_owned(), ids.split_whitespace().map(str::to_owned).collect());
            match kind {
                "label" => table.labels.push(entry),
                "family" => table.families.push(entry),
                "group" => table.groups.push(entry),
                _ => return Err(format!("equivalents.txt, line {}: no `{kind}`", number + 1)),
            }
        }
        Ok(table)
    }
}

/// Whether an identifier fits a pattern of the table; `@??` asks for the country of the label, and `@XX`
/// for that one.
fn fits(known: &Known, pattern: &str, country: &str) -> bool {
    let (pattern, wanted) = pattern.split_once('@').unwrap_or((pattern, ""));
    let wanted = if wanted == "??" { country } else { wanted };
    matches(pattern, &known.id).is_some() && (wanted.is_empty() || is_of(known, wanted))
}

fn is_of(known: &Known, country: &str) -> bool {
    let country = match country {
        "EL" => "GR",
        "UK" | "XI" => "GB",
        other => other,
    };
    known.countries.iter().any(|own| own == country)
}

/// Whether a name fits a pattern, in which `*` stands for any characters and `??` for the two capitals
/// of a country; returns the country, which may be empty.
fn matches<'a>(pattern: &str, name: &'a str) -> Option<&'a str> {
    if let Some(rest) = pattern.strip_prefix('*') {
        return (0..=name.len())
            .filter(|at| name.is_char_boundary(*at))
            .find_map(|at| matches(rest, &name[at..]));
    }
    if let Some(rest) = pattern.strip_prefix("??") {
        let country = name.get(..2)?;
        let is_country = country.bytes().all(|byte| byte.is_ascii_uppercase());
        return if is_country { matches(rest, &name[2..]).map(|_| country) } else { None };
    }
    match (pattern.chars().next(), name.chars().next()) {
        (None, None) => Some(""),
        (Some(wanted), Some(given)) if wanted == given => {
            matches(&pattern[wanted.len_utf8()..], &name[given.len_utf8()..])
        }
        _ => None,
    }
}

/// Words of a label that say nothing of what it is.
const FILLERS: [&str; 8] = ["ID", "NUMBER", "NR", "NO", "CODE", "CARD", "KEY", "TOKEN"];

/// Whether a label such as `PL_PESEL` names an identifier of that country by its words.
fn is_national(known: &Known, name: &str) -> bool {
    let Some((country, rest)) = name.split_once('_') else { return false };
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    let words: BTreeSet<&str> = known.id.split('_').collect();
    let mut wanted = rest.split('_').filter(|word| !FILLERS.contains(word)).peekable();
    is_country
        && wanted.peek().is_some()
        && is_of(known, country)
        && wanted.all(|word| words.contains(word))
}

/// Shorter names of providers say too little.
const PROVIDER_BYTES_MIN: usize = 3;

/// Whether a credential's id, or a keyword of it, begins with the same provider as a label, however it
/// is cut into words: `NEWRELIC` and `NEW_RELIC_LICENSE_KEY`.
fn is_of_provider(known: &Known, label: &BTreeSet<String>) -> bool {
    let keywords = known.keywords.iter().map(|word| word.to_uppercase());
    let names = std::iter::once(known.id.clone()).chain(keywords);
    names.flat_map(|name| beginnings(&name)).any(|name| label.contains(&name))
}

/// The first word of a name, its first two joined, and so on; those that are too short left out.
fn beginnings(name: &str) -> BTreeSet<String> {
    let mut joined = String::new();
    let grow = |word: &str| {
        joined.push_str(word);
        joined.clone()
    };
    let all = name.split(['_', ' ', '-', '.']).map(grow);
    all.filter(|name| name.len() >= PROVIDER_BYTES_MIN).collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn known(id: &str, category: Category, countries: &[&str], stands_alone: bool) -> Known {
        Known {
            id: id.into(),
            category,
            countries: countries.iter().map(|country| country.to_string()).collect(),
            keywords: vec!["word".into()],
            stands_alone,
        }
    }

    /// Made-up identifiers.
    pub fn made_up() -> Terms {
        use Category::{Credentials, FinancialInformation, PersonalInformation};
        let known = vec![
            known("US_PHONE_NUMBER", PersonalInformation, &["US"], true),
            known("FRANCE_PHONE_NUMBER", PersonalInformation, &["FR"], true),
            known("POLAND_PESEL_NUMBER", PersonalInformation, &["PL"], false),
            known("GREECE_VAT_NUMBER", PersonalInformation, &["GR"], false),
            known("CARD", FinancialInformation, &[], true),
            known("NEW_RELIC_LICENSE_KEY", Credentials, &[], true),
            known("GITHUB_PERSONAL_TOKEN", Credentials, &[], true),
            known("NAME", PersonalInformation, &[], true),
        ];
        let types = [
            ("US_PHONE_NUMBER", "PHONE"),
            ("FRANCE_PHONE_NUMBER", "PHONE"),
            ("OTHER:PHONE_NUMBER", "PHONE"),
            ("OTHER:PHONE_NUMBER_FR", "PHONE"),
            ("OTHER:PHONE_NUMBER_MOON", "PHONE"),
            ("CARD", "CARD"),
            ("OTHER:PL_PESEL", "OTHER:PL_PESEL"),
            ("OTHER:EU_VAT", "OTHER:EU_VAT"),
            ("OTHER:EL_VAT", "OTHER:EL_VAT"),
            ("OTHER:GITHUB", "OTHER:GITHUB"),
            ("OTHER:NEWRELIC", "OTHER:NEWRELIC"),
        ];
        let types = types.map(|(label, family)| (label.into(), Type { family: family.into() }));
        let table = "label OTHER:PHONE_NUMBER = *_PHONE_NUMBER # any\n\
            label OTHER:PHONE_NUMBER_?? = *_PHONE_NUMBER@??\n\
            label OTHER:EU_VAT = *_VAT_NUMBER\n\
            family PHONE = OTHER:MOON_PHONE\n\
            group TAX_ID = *_VAT_NUMBER\n\
            label OTHER:NEWRELIC_HOST =\n";
        let secrets = ["OTHER:NEWRELIC", "OTHER:GITHUB_APP_TOKEN", "OTHER:GIT", "OTHER:GITHUB"];
        let secrets = secrets.map(str::to_owned).into();
        Terms::with_table(known, &types.into(), secrets, table).unwrap()
    }

    fn ids(terms: &Terms, label: &str) -> Vec<String> {
        terms.identifiers(label).iter().map(|index| terms.known()[*index].id.clone()).collect()
    }

    #[test]
    fn labels_meet_identifiers() {
        let terms = made_up();
        for (label, expected) in [
            ("US_PHONE_NUMBER", vec!["US_PHONE_NUMBER"]),
            ("OTHER:PHONE_NUMBER", vec!["US_PHONE_NUMBER", "FRANCE_PHONE_NUMBER"]),
            ("OTHER:PHONE_NUMBER_FR", vec!["FRANCE_PHONE_NUMBER"]),
            ("OTHER:PHONE_NUMBER_PL", vec![]),
            ("OTHER:PL_PESEL", vec!["POLAND_PESEL_NUMBER"]),
            ("OTHER:DE_PESEL", vec![]),
            ("OTHER:EL_VAT_ID", vec!["GREECE_VAT_NUMBER"]),
            ("OTHER:EU_VAT", vec!["GREECE_VAT_NUMBER"]),
            ("OTHER:NEWRELIC", vec!["NEW_RELIC_LICENSE_KEY"]),
            ("OTHER:NEWRELIC_HOST", vec![]),
            ("OTHER:GITHUB_APP_TOKEN", vec!["GITHUB_PERSONAL_TOKEN"]),
            ("OTHER:GIT", vec![]),
            ("OTHER:GITHUB_OFFICE", vec![]),
            ("OTHER:CARD", vec!["CARD"]),
        ] {
            assert_eq!(ids(&terms, label), expected, "{label}");
        }
    }

    #[test]
    fn families_and_groups() {
        let terms = made_up();
        assert_eq!(terms.family("OTHER:PHONE_NUMBER_MOON"), "PHONE");
        assert_eq!(terms.family("OTHER:MOON_PHONE"), "PHONE");
        assert_eq!(terms.family("OTHER:UNHEARD_OF"), "OTHER:UNHEARD_OF");
        let served = |id| {
            let index = terms.known().iter().position(|known| known.id == id).unwrap();
            terms.served(index).iter().cloned().collect::<Vec<_>>()
        };
        assert_eq!(served("US_PHONE_NUMBER"), ["PHONE"]);
        assert_eq!(served("GREECE_VAT_NUMBER"), ["OTHER:EL_VAT", "OTHER:EU_VAT"]);
        assert_eq!(served("NAME"), ["NAME"]);
        assert!(terms.claims("PHONE") && !terms.claims("OTHER:UNHEARD_OF"));
        let group = |id| {
            terms.group(terms.known().iter().position(|known| known.id == id).unwrap()).to_owned()
        };
        assert_eq!(group("GREECE_VAT_NUMBER"), "TAX_ID");
        assert_eq!(group("POLAND_PESEL_NUMBER"), "NATIONAL_ID");
        assert_eq!(group("CARD"), "FINANCIAL");
    }

    #[test]
    fn a_damaged_table_is_told() {
        let read =
            |table| Terms::with_table(Vec::new(), &BTreeMap::new(), BTreeSet::new(), table).err();
        assert!(read("label X").is_some());
        assert!(read("color X = Y").is_some());
        assert!(Terms::new(Vec::new(), &BTreeMap::new(), BTreeSet::new()).is_ok());
    }
}
