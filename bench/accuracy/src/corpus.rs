//! Reads a folder in the shape of the corpora: which files it has, and one record a line.
//!
//! Offsets count Unicode code points, as in the corpora. Nothing is interpreted here.

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// A folder of corpora.
pub struct Corpus {
    root: PathBuf,
}

/// A text with labelled spans: a line of `text` or `secrets`.
#[derive(Debug, Deserialize)]
pub struct Text {
    pub id: String,
    pub source: String,
    pub text: String,
    /// `None`: how many are expected is known (`min`), their places are not.
    pub spans: Option<Vec<Span>>,
    pub scope: Scope,
    #[serde(default)]
    pub min: Option<usize>,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A labelled stretch of a text.
#[derive(Clone, Debug, Deserialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    #[serde(rename = "type")]
    pub kind: String,
    /// The range that the source's own detector is expected to give.
    #[serde(default)]
    score: Option<serde_json::Value>,
    /// The secret is somewhere in it.
    #[serde(default)]
    pub approx: bool,
    /// A card number reserved for tests, which is not to be reported.
    #[serde(default)]
    pub reserved: bool,
}

/// For which types a text's labels are complete.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Scope {
    /// All of them.
    All(AllWord),
    /// These types; `PHONE*` stands for a family.
    Types(Vec<String>),
}

/// The word `all`.
#[derive(Debug, Deserialize)]
pub enum AllWord {
    #[serde(rename = "all")]
    All,
}

/// One value of one identifier: a line of `values`.
#[derive(Debug, Deserialize)]
pub struct Value {
    pub id: String,
    pub identifier: String,
    pub value: String,
    pub valid: bool,
}

/// What a file is for: a line of `files.jsonl`.
#[derive(Debug, Deserialize)]
pub struct FileNote {
    pub path: String,
    /// Groups of which it should hold nothing.
    #[serde(default)]
    pub clean_of: Vec<String>,
    /// By column name its type, if it has one.
    #[serde(default)]
    pub columns: BTreeMap<String, Option<String>>,
    /// Rows and values that are in it.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
}

/// What `types.json` says of a type.
#[derive(Debug, Deserialize)]
pub struct Type {
    pub family: String,
}

/// The highest score below which a match is weak.
const WEAK_BELOW: f64 = 0.5;

impl Span {
    /// Whether the source itself expects little of it: the top of its range of scores is low.
    pub fn is_weak(&self) -> bool {
        let top = match &self.score {
            Some(serde_json::Value::Array(range)) => range.last().and_then(|top| top.as_f64()),
            Some(score) => score.as_f64(),
            None => None,
        };
        top.is_some_and(|top| top < WEAK_BELOW)
    }
}

impl Text {
    /// Whether no word stands around the value.
    pub fn is_bare(&self) -> bool {
        self.tags.iter().any(|tag| tag == "bare")
    }

    /// The corpus it is from, without the part of it.
    pub fn corpus(&self) -> &str {
        self.source.split(':').next().unwrap_or_default()
    }
}

impl Corpus {
    /// A folder in the shape of the corpora; whether it has any of their files shows as they are read.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The family of every type; empty if the file is absent.
    pub fn types(&self) -> io::Result<BTreeMap<String, Type>> {
        match self.open("types.json")? {
            Some(file) => Ok(serde_json::from_reader(BufReader::new(file))?),
            None => Ok(BTreeMap::new()),
        }
    }

    /// `text.jsonl.gz`; `None` if it is absent.
    pub fn texts(&self) -> io::Result<Option<Vec<Text>>> {
        self.packed_lines("text.jsonl.gz")
    }

    /// `secrets.jsonl.gz`; `None` if it is absent.
    pub fn secrets(&self) -> io::Result<Option<Vec<Text>>> {
        self.packed_lines("secrets.jsonl.gz")
    }

    /// The types that `secrets` is about; none if it is absent.
    pub fn secret_types(&self) -> io::Result<BTreeSet<String>> {
        let texts = self.secrets()?.unwrap_or_default();
        Ok(texts
            .into_iter()
            .flat_map(|text| match text.scope {
                Scope::Types(types) => types,
                Scope::All(_) => Vec::new(),
            })
            .collect())
    }

    /// `values.jsonl.gz`; `None` if it is absent.
    pub fn values(&self) -> io::Result<Option<Vec<Value>>> {
        self.packed_lines("values.jsonl.gz")
    }

    /// What is known of the files, by path; `None` if there are none.
    pub fn file_notes(&self) -> io::Result<Option<BTreeMap<String, FileNote>>> {
        let Some(file) = self.open("files.jsonl")? else { return Ok(None) };
        let notes: Vec<FileNote> = lines("files.jsonl", file)?;
        Ok(Some(notes.into_iter().map(|note| (note.path.clone(), note)).collect()))
    }

    /// Calls `visit` with path and content of every file in `files.tar.gz`.
    pub fn each_file(&self, mut visit: impl FnMut(&str, &[u8])) -> io::Result<()> {
        let Some(file) = self.open("files.tar.gz")? else { return Ok(()) };
        let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
        let mut content = Vec::new();
        for entry in archive.entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = entry.path()?.to_string_lossy().into_owned();
            content.clear();
            entry.read_to_end(&mut content)?;
            visit(path.strip_prefix("files/").unwrap_or(&path), &content);
        }
        Ok(())
    }

    fn open(&self, name: &str) -> io::Result<Option<File>> {
        match File::open(self.root.join(name)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn packed_lines<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<Vec<T>>> {
        let Some(file) = self.open(name)? else { return Ok(None) };
        lines(name, GzDecoder::new(file)).map(Some)
    }
}

fn lines<T: DeserializeOwned>(name: &str, reader: impl Read) -> io::Result<Vec<T>> {
    let mut records = Vec::new();
    for (number, line) in BufReader::new(reader).lines().enumerate() {
        let line = line?;
        if line.is_empty() {
            continue;
        }
        let record = serde_json::from_str(&line)
            .map_err(|error| io::Error::other(format!("{name}, line {}: {error}", number + 1)))?;
        records.push(record);
    }
    Ok(records)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    /// Writes a made-up folder that has every shape.
    pub fn tiny(root: &Path) {
        let write = |name: &str, content: &[u8]| std::fs::write(root.join(name), content).unwrap();
        write(
            "types.json",
            br#"{"EMAIL_ADDRESS":{"macie":false,"family":"EMAIL_ADDRESS"},
                "CREDIT_CARD_NUMBER":{"macie":true,"family":"CARD"},
                "CREDIT_CARD_NUMBER_(NO_KEYWORD)":{"macie":true,"family":"CARD"},
                "OTHER:MOON_ID":{"macie":false,"family":"OTHER:MOON_ID"}}"#,
        );
        let texts = [
            r#"{"id":"t-1","source":"made:up","text":"é: mira@larkspur.example","spans":[{"start":3,"end":24,"type":"EMAIL_ADDRESS"}],"scope":"all"}"#,
            r#"{"id":"t-2","source":"made:up","text":"card 4539582252627731","spans":null,"min":1,"label":"positive","scope":["CREDIT_CARD_NUMBER"]}"#,
            r#"{"id":"t-3","source":"made:up","text":"x","spans":[],"scope":["PHONE*"],"tags":["bare"],"quality":"silver"}"#,
            r#"{"id":"t-4","source":"made","text":"m-17 m-18","spans":[{"start":0,"end":4,"type":"OTHER:MOON_ID","score":[0.01,0.3]},{"start":5,"end":9,"type":"OTHER:MOON_ID","approx":true,"reserved":true}],"scope":"all"}"#,
        ];
        write("text.jsonl.gz", &packed(texts.join("\n").as_bytes()));
        let secret = ["sk_", "live_", "Vq7RtY2mKp9LxZ4cBn8WdJ3f"].concat();
        let secrets = [
            format!(
                r#"{{"id":"s-1","source":"made:key","text":"{secret}","spans":[{{"start":0,"end":{},"type":"STRIPE_CREDENTIALS"}}],"scope":["STRIPE_CREDENTIALS"],"tags":["bare"]}}"#,
                secret.len()
            ),
            r#"{"id":"s-2","source":"made:key","text":"sk_nothing","spans":[],"scope":["STRIPE_CREDENTIALS"]}"#.into(),
        ];
        write("secrets.jsonl.gz", &packed(secrets.join("\n").as_bytes()));
        let values = [
            r#"{"id":"v-1","source":"made","identifier":"CREDIT_CARD_NUMBER","value":"4539582252627731","valid":true}"#,
            r#"{"id":"v-2","source":"made","identifier":"CREDIT_CARD_NUMBER","value":"4539582252627734","valid":false}"#,
            r#"{"id":"v-3","source":"made","identifier":"OTHER:MOON_ID","value":"m-17","valid":true,"region":"MOON"}"#,
        ];
        write("values.jsonl.gz", &packed(values.join("\n").as_bytes()));
        let notes = [
            r#"{"id":"f-1","source":"made","path":"clean/a.csv","bytes":21,"clean_of":["FINANCIAL"],"hints":{}}"#,
            r#"{"id":"f-2","source":"made","path":"clean/b.bin","bytes":4,"clean_of":["FINANCIAL"],"license":"MIT"}"#,
            r#"{"id":"f-3","source":"made","path":"structured/c.csv","bytes":30,"columns":{"e":"EMAIL_ADDRESS","n":null},"counts":{"rows":1,"email":1}}"#,
        ];
        write("files.jsonl", notes.join("\n").as_bytes());
        let mut archive = tar::Builder::new(Vec::new());
        for (path, content) in [
            ("files/clean/a.csv", &b"id,note\n1,4539582252627731\n"[..]),
            ("files/clean/b.bin", b"\x00\x01\x02\x03"),
            ("files/structured/c.csv", b"e,n\nmira@larkspur.example,1\n"),
        ] {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, path, content).unwrap();
        }
        write("files.tar.gz", &packed(&archive.into_inner().unwrap()));
    }

    #[test]
    fn every_shape_is_read() {
        let folder = tempfile::tempdir().unwrap();
        tiny(folder.path());
        let corpus = Corpus::new(folder.path());
        let types = corpus.types().unwrap();
        assert_eq!(types["CREDIT_CARD_NUMBER"].family, "CARD");
        let texts = corpus.texts().unwrap().unwrap();
        assert_eq!(texts.len(), 4);
        assert_eq!(texts[0].spans.as_ref().unwrap()[0].end, 24);
        assert!(matches!(&texts[0].scope, Scope::All(AllWord::All)));
        assert_eq!((texts[1].min, texts[1].spans.is_none()), (Some(1), true));
        assert!(matches!(&texts[2].scope, Scope::Types(types) if types == &["PHONE*"]));
        assert!(texts[2].is_bare() && !texts[0].is_bare());
        let spans = texts[3].spans.as_ref().unwrap();
        assert!(spans[0].is_weak() && !spans[1].is_weak());
        assert!(spans[1].approx && spans[1].reserved);
        assert_eq!(texts[0].corpus(), "made");
        assert_eq!(corpus.secrets().unwrap().unwrap().len(), 2);
        assert!(corpus.secret_types().unwrap().contains("STRIPE_CREDENTIALS"));
        let values = corpus.values().unwrap().unwrap();
        assert_eq!(values.iter().filter(|value| value.valid).count(), 2);
        let notes = corpus.file_notes().unwrap().unwrap();
        assert_eq!(notes["clean/a.csv"].clean_of, ["FINANCIAL"]);
        assert_eq!(notes["structured/c.csv"].columns["e"].as_deref(), Some("EMAIL_ADDRESS"));
        assert_eq!(notes["structured/c.csv"].counts["email"], 1);
        let mut paths = Vec::new();
        corpus.each_file(|path, content| paths.push((path.to_owned(), content.len()))).unwrap();
        assert_eq!(paths[0], ("clean/a.csv".to_owned(), 27));
        assert_eq!(paths.len(), 3);
    }

    #[test]
    fn absent_sets_are_none_and_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let corpus = Corpus::new(folder.path());
        assert!(corpus.texts().unwrap().is_none());
        assert!(corpus.file_notes().unwrap().is_none());
        assert!(corpus.types().unwrap().is_empty());
        std::fs::write(folder.path().join("files.jsonl"), "{}\n").unwrap();
        let error = corpus.file_notes().unwrap_err().to_string();
        assert!(error.starts_with("files.jsonl, line 1: "), "{error}");
    }
}
