//! Turns `identifiers/*.yaml` into static tables, so that nothing is parsed or compiled at run time:
//! the catalogue as Rust, the patterns as automata, the keywords as a trie.

// Cargo reads a build script's standard output.
#![allow(clippy::print_stdout)]

mod automaton;
#[allow(dead_code)]
#[path = "../src/fold.rs"]
mod fold;
mod groups;
mod keywords;
mod prefixes;
mod source;

use source::{Example, Family, Identifier, Pattern};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../identifiers");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/fold.rs");
    let identifiers = read_families(&folder)?;
    let mut code = String::new();
    let automata = write_identifiers(&identifiers, &mut code)?;
    for (name, members) in automata {
        write_automata(&out, name, &members, &mut code)?;
    }
    write_keywords(&out, &identifiers, &mut code)?;
    write_model_digest(
        &Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../tagger/model"),
        &mut code,
    )?;
    fs::write(out.join("catalogue.rs"), code)?;
    Ok(())
}

fn read_families(folder: &Path) -> Result<Vec<Identifier>, Box<dyn Error>> {
    let mut identifiers = Vec::new();
    for file in family_files(folder)? {
        let text = fs::read_to_string(&file)?;
        let family: Family = serde_saphyr::from_str(&text)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        identifiers.extend(family.complete());
    }
    Ok(identifiers)
}

/// A number that changes with the tagger's files (FNV-1a, 64 bits), for the digest of rules.
fn write_model_digest(folder: &Path, code: &mut String) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in ["weights.bin", "words.bin", "medical.bin"] {
        for byte in fs::read(folder.join(file))? {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    writeln!(code, "pub(crate) const MODEL_DIGEST: u64 = {hash};")?;
    Ok(())
}

/// The family files of a folder, and then those of its folders, each in the order of their names.
fn family_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    let (folders, mut files): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|path| path.is_dir());
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    for folder in folders {
        files.extend(family_files(&folder)?);
    }
    Ok(files)
}

/// A member of an automaton.
struct Member {
    /// The pattern's number in the catalogue.
    number: u16,
    /// Its identifier's number.
    identifier: u16,
    regex: String,
}

/// Members of the automata of one kind.
type Members = Vec<Member>;

fn write_identifiers(
    identifiers: &[Identifier],
    code: &mut String,
) -> Result<BTreeMap<&'static str, Members>, Box<dyn Error>> {
    let mut automata: BTreeMap<&'static str, Members> = KINDS.map(|kind| (kind, vec![])).into();
    let mut patterns = String::new();
    let mut number = 0u16;
    writeln!(
        code,
        "pub(crate) const RUN_BYTES_MIN: usize = {RUN_BYTES_MIN};\npub(crate) const LONG_KEY_BYTES_MIN: usize = {LONG_KEY_BYTES_MIN};\npub(crate) static IDENTIFIERS: &[Identifier] = &["
    )?;
    for (index, identifier) in identifiers.iter().enumerate() {
        let first = number;
        for pattern in &identifier.patterns {
            let regex = regex_of(pattern).map_err(|why| format!("{}: {why}", identifier.id))?;
            let automaton =
                automaton_of(pattern, &regex).map_err(|why| format!("{}: {why}", identifier.id))?;
            write_pattern(&mut patterns, index, pattern, &regex)?;
            let identifier = index as u16;
            automata.entry(automaton).or_default().push(Member { number, identifier, regex });
            number += 1;
        }
        write_identifier(code, identifier, first..number)?;
    }
    writeln!(code, "];\npub(crate) static PATTERNS: &[Pattern] = &[\n{patterns}];")?;
    let distance =
        identifiers.iter().map(|identifier| identifier.keyword_distance).max().unwrap_or(0);
    writeln!(code, "pub(crate) const KEYWORD_DISTANCE_MAX: usize = {distance};")?;
    writeln!(code, "pub(crate) const BITS_WORDS: usize = {};", identifiers.len().div_ceil(64))?;
    Ok(automata)
}

fn regex_of(pattern: &Pattern) -> Result<String, String> {
    match (&pattern.regex, &pattern.iban) {
        (Some(regex), None) => Ok(regex.clone()),
        (None, Some(structure)) => source::iban_regex(structure),
        _ => Err("a pattern has either `regex` or `iban`".into()),
    }
}

/// The kinds of automata: by where a match may begin, and whether it needs a keyword.
const KINDS: [&str; 9] =
    ["STRONG", "RUNS", "LONG", "WEAK", "AT", "SCHEME", "COLONS", "TILDE", "ASSIGNED"];

/// From so many letters and digits at its start on, a pattern is one of a run: the engine looks for it
/// only where a token is as long (`src/pass/anywhere.rs`).
const RUN_BYTES_MIN: usize = 18;

/// A pattern that begins with so many characters of base64, with none before them, is one of a long run:
/// the engine looks for it only at the start of one that is as long. UUIDs and SHA-1 digests are shorter.
const LONG_KEY_BYTES_MIN: usize = 42;

/// Characters of base64, in either alphabet.
fn is_long(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn automaton_of(pattern: &Pattern, regex: &str) -> Result<&'static str, String> {
    match (pattern.anchor.as_str(), pattern.keyword.as_str()) {
        ("token", "none" | "absent")
            if pattern.left == "base64"
                && automaton::first_run(regex, is_long)? >= LONG_KEY_BYTES_MIN =>
        {
            Ok("LONG")
        }
        ("token", "none" | "absent")
            if automaton::first_run(regex, u8::is_ascii_alphanumeric)? >= RUN_BYTES_MIN =>
        {
            Ok("RUNS")
        }
        ("token", "none" | "absent") => Ok("STRONG"),
        ("token", "required") => Ok("WEAK"),
        ("at", "none") => Ok("AT"),
        ("scheme", "none") => Ok("SCHEME"),
        ("colons", "none") => Ok("COLONS"),
        ("tilde", "none") => Ok("TILDE"),
        ("assigned", "required") => Ok("ASSIGNED"),
        (anchor, keyword) => Err(format!("no automaton for anchor {anchor}, keyword {keyword}")),
    }
}

fn write_pattern(
    code: &mut String,
    identifier: usize,
    pattern: &Pattern,
    regex: &str,
) -> std::fmt::Result {
    let check = match &pattern.check {
        Some(name) => format!("Some(&crate::checks::{})", name.to_uppercase()),
        None => "None".into(),
    };
    writeln!(
        code,
        "Pattern {{ identifier: {identifier}, regex: {regex:?}, anchor: Anchor::{}, need: Need::{}, left: Edge::{}, right: Edge::{}, check: {check}, check_name: {:?}, proof: Proof::{} }},",
        variant(&pattern.anchor),
        variant(&pattern.keyword),
        variant(&pattern.left),
        variant(&pattern.right),
        pattern.check.as_deref().unwrap_or(""),
        variant(&pattern.proof),
    )
}

/// `no_digit` to `NoDigit`.
fn variant(name: &str) -> String {
    name.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

fn write_identifier(
    code: &mut String,
    identifier: &Identifier,
    patterns: std::ops::Range<u16>,
) -> Result<(), Box<dyn Error>> {
    let Identifier { id, name, description, keywords, references, .. } = identifier;
    let countries = identifier.countries.as_deref().unwrap_or_default();
    let recommended = identifier.recommended.unwrap_or_default();
    let category = identifier.category.as_ref().ok_or_else(|| format!("{id} has no category"))?;
    let category = variant(&category.to_lowercase());
    let severity: Vec<String> = identifier
        .severity
        .as_ref()
        .ok_or_else(|| format!("{id} has no severity"))?
        .iter()
        .map(|(from, level)| format!("({from}, Severity::{})", variant(&level.to_lowercase())))
        .collect();
    writeln!(
        code,
        "Identifier {{ id: {id:?}, name: {name:?}, category: Category::{category}, countries: &{countries:?}, \
         recommended: {recommended}, description: {description:?}, severity: &[{}], keywords: &{keywords:?}, \
         keyword_distance: {}, references: &{references:?}, examples: &{}, counter_examples: &{}, patterns: ({}, {}), model: {} }},",
        severity.join(", "),
        identifier.keyword_distance,
        examples(&identifier.examples),
        examples(&identifier.counter_examples),
        patterns.start,
        patterns.end,
        identifier
            .model
            .as_ref()
            .map_or("None".into(), |model| format!("Some(Model::{})", variant(model))),
    )?;
    Ok(())
}

fn examples(examples: &[Example]) -> String {
    let list: Vec<String> = examples
        .iter()
        .map(|example| match example {
            Example::Text(text) => format!("Example {{ text: {text:?}, column: None }}"),
            Example::Cell { text, column } => {
                format!("Example {{ text: {text:?}, column: Some({column:?}) }}")
            }
        })
        .collect();
    format!("[{}]", list.join(", "))
}

/// Writes the automata of one kind: as few as have room in their tables.
fn write_automata(
    out: &Path,
    kind: &str,
    members: &Members,
    code: &mut String,
) -> Result<(), Box<dyn Error>> {
    let groups = automaton::partition(members.len(), |range| {
        let regexes: Vec<&str> = members[range].iter().map(|m| m.regex.as_str()).collect();
        automaton::compile(&regexes)
    })
    .map_err(|(at, why)| format!("{kind}, pattern `{}`: {why}", members[at].regex))?;
    writeln!(code, "pub(crate) static {kind}: &[Automaton] = &[")?;
    for (index, (range, tables)) in groups.iter().enumerate() {
        let file = format!("{}-{index}", kind.to_lowercase());
        write_automaton(out, &file, &members[range.clone()], tables, code)?;
    }
    writeln!(code, "];")?;
    if kind == "STRONG" || kind == "RUNS" {
        let tables: Vec<&automaton::Tables> = groups.iter().map(|(_, tables)| tables).collect();
        write_prefixes(kind, &tables, code)?;
    }
    Ok(())
}

fn write_prefixes(
    kind: &str,
    tables: &[&automaton::Tables],
    code: &mut String,
) -> std::fmt::Result {
    let (fours, wide) = prefixes::fours(tables);
    let groups = groups::groups(tables);
    writeln!(
        code,
        "pub(crate) static {kind}_STARTS: Starts = Starts {{ digits_min: &{:?}, groups: &{:?}, thirds: &{:?}, fours: &{:?}, wide: &{:?} }};",
        prefixes::digits_min(tables),
        groups.seconds,
        groups.thirds,
        fours,
        wide,
    )
}

fn write_automaton(
    out: &Path,
    file: &str,
    members: &[Member],
    tables: &automaton::Tables,
    code: &mut String,
) -> Result<(), Box<dyn Error>> {
    let accepts: Vec<Vec<u16>> = tables
        .accepts
        .iter()
        .map(|set| set.iter().map(|index| members[usize::from(*index)].number).collect())
        .collect();
    let identifiers: BTreeSet<u16> = members.iter().map(|member| member.identifier).collect();
    fs::write(out.join(format!("{file}.table")), little_endian(&tables.table))?;
    fs::write(out.join(format!("{file}.classes")), tables.classes)?;
    writeln!(
        code,
        "Automaton {{ classes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}.classes\")), \
         table: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}.table\")), width: {}, start: {}, accepting: {}, sets: &{:?}, accepts: &{}, pairs: &{:?}, members: &{:?} }},",
        tables.width,
        tables.start,
        tables.accepting,
        tables.sets,
        slices(&accepts),
        tables.pairs,
        Vec::from_iter(identifiers),
    )?;
    Ok(())
}

fn slices(lists: &[Vec<u16>]) -> String {
    let parts: Vec<String> = lists.iter().map(|list| format!("&{list:?}")).collect();
    format!("[{}]", parts.join(", "))
}

fn little_endian(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn write_keywords(
    out: &Path,
    identifiers: &[Identifier],
    code: &mut String,
) -> Result<(), Box<dyn Error>> {
    let mut owners: BTreeMap<Vec<u8>, BTreeSet<u16>> = BTreeMap::new();
    for (index, identifier) in identifiers.iter().enumerate() {
        for keyword in &identifier.keywords {
            for form in keywords::forms(keyword) {
                owners.entry(form.into_bytes()).or_default().insert(index as u16);
            }
        }
    }
    let sorted: Vec<Vec<u8>> = owners.keys().cloned().collect();
    let trie = keywords::build(&sorted)?;
    fs::write(out.join("keywords.nodes"), trie.nodes())?;
    let (letters, nodes) = trie.heads(&sorted)?;
    let filters = keywords::filters(&sorted);
    for (name, bits) in [
        ("FIRSTS", filters.firsts),
        ("HEADS", filters.heads),
        ("WHOLES", filters.wholes),
        ("LEADS", filters.leads),
    ] {
        let words = bits.len();
        writeln!(code, "pub(crate) static KEYWORD_{name}: [u64; {words}] = {bits:?};")?;
    }
    writeln!(code, "pub(crate) static KEYWORDS: &[Keyword] = &[")?;
    for (form, owners) in &owners {
        let text = String::from_utf8(form.clone())?;
        writeln!(
            code,
            "Keyword {{ text: {text:?}, letters: {}, owners: &{:?} }},",
            text.chars().filter(|c| c.is_alphabetic()).count(),
            Vec::from_iter(owners)
        )?;
    }
    writeln!(
        code,
        "];\npub(crate) static KEYWORD_TRIE: Trie = Trie {{ nodes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/keywords.nodes\")), \
         roots: {:?}, pairs: {:?}, heads: Heads {{ letters: {letters:?}, nodes: {nodes:?} }} }};",
        trie.roots(),
        trie.pairs(),
    )?;
    Ok(())
}
