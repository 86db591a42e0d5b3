//! Trains the names model from lists and templates, and measures it.
//!
//! ```text
//! lakegate-training train LISTS FOLDER      writes weights.bin and words.bin
//! lakegate-training evaluate TEXT.JSONL     recall and precision by source
//! lakegate-training explain TEXT            what is known of each word
//! lakegate-training speed TEXT              megabytes a second on one core
//! lakegate-training sample LISTS COUNT      some training texts, to look at
//! ```

mod brands;
mod dice;
mod draft;
mod evaluate;
mod fill;
mod learn;
mod lists;
mod people;
mod places;
mod streets;
mod templates;
mod wordmaker;
mod words;

use crate::dice::Dice;
use draft::Draft;
use lakegate_tagger::gazetteer::Gazetteer;
use lakegate_tagger::{Scratch, Tagger, Wanted};
use std::error::Error;
use std::io::Write;

/// All that is drawn is drawn from this; another seed makes other weights.
const SEED: u64 = 20_261_125;

/// How many texts are drawn.
const DOCUMENTS: usize = 100_000;

/// How often all of them are learnt.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["train", lists, folder] => train(lists, folder),
        ["evaluate", file, rest @ ..] => {
            let errors = rest.first().and_then(|n| n.parse().ok()).unwrap_or(0);
            let only = rest.get(1).copied().unwrap_or("");
            let report = evaluate::run(&Tagger::built_in(), &std::fs::read_to_string(file)?, errors, only);
            Ok(std::io::stdout().write_all(report.as_bytes())?)
        }
        ["explain", text] => explain(text),
        ["speed", file] => speed(&std::fs::read_to_string(file)?),
        ["sample", lists, count] => sample(lists, count.parse()?),
        _ => Err("usage: train LISTS FOLDER | evaluate TEXT.JSONL [ERRORS [SOURCE]] | speed FILE | explain TEXT | sample LISTS COUNT".into()),
    }
}

/// Draws so many texts.
fn draw(lists: &lists::Lists, count: usize) -> Vec<Draft> {
    let languages = templates::all();
    let people = people::People { lists };
    let places = places::Places { lists, people: &people };
    let filler = fill::Filler { people: &people, places: &places, lists, languages: &languages };
    let rng = Dice::new(SEED);
    (0..count).map(|_| filler.document(&rng)).collect()
}

fn train(lists: &str, folder: &str) -> Result<(), Box<dyn Error>> {
    let lists = lists::Lists::read(lists)?;
    let words = words::build(&lists, &templates::all()).ok_or("too many words for the table")?;
    std::fs::write(format!("{folder}/words.bin"), &words)?;
    std::fs::write(format!("{folder}/medical.bin"), words::medical())?;
    let rng = Dice::new(SEED + 1);
    let mut examples = Vec::new();
    for draft in draw(&lists, DOCUMENTS) {
        learn::examples(&draft, Gazetteer::new(&words), &rng, &mut examples);
    }
    let mut learner = learn::Learner::new();
    for round in 1..=ROUNDS {
        rng.shuffle(&mut examples);
        let wrong: usize = examples.iter().map(|example| learner.learn(example)).sum();
        writeln!(std::io::stdout(), "round {round}: {wrong} tags wrong")?;
    }
    std::fs::write(format!("{folder}/weights.bin"), learner.file())?;
    Ok(())
}

fn speed(text: &str) -> Result<(), Box<dyn Error>> {
    let tagger = Tagger::built_in();
    let (mut scratch, mut spans) = (Scratch::default(), Vec::new());
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        spans.clear();
        let start = cpu_seconds()?;
        tagger.find(text, 0..text.len(), Wanted::NAMES, &mut scratch, &mut spans);
        best = best.min(cpu_seconds()? - start);
    }
    let rate = text.len() as f64 / best / 1e6;
    writeln!(std::io::stdout(), "{rate:.1} MB/s, {} spans in {} bytes", spans.len(), text.len())?;
    Ok(())
}

fn explain(text: &str) -> Result<(), Box<dyn Error>> {
    let tagger = Tagger::built_in();
    let mut tokens = Vec::new();
    lakegate_tagger::token::cut(text, 0..text.len(), tagger.lists(), &mut tokens);
    let mut out = std::io::stdout().lock();
    for token in tokens {
        let word = &text[token.start..token.end];
        writeln!(out, "{word:20?} {:?} {}", token.shape, words::flags(token.known))?;
    }
    let mut spans = Vec::new();
    tagger.find(text, 0..text.len(), Wanted::NAMES, &mut Scratch::default(), &mut spans);
    for span in spans {
        writeln!(out, "{:?} {:?} {:.2}", span.label, &text[span.start..span.end], span.score)?;
    }
    Ok(())
}

/// Seconds that this program has had a core for, so that others on the machine do not count.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = stat.split(' ').next().unwrap_or("0").parse()?;
    Ok(nanoseconds / 1e9)
}

fn sample(lists: &str, count: usize) -> Result<(), Box<dyn Error>> {
    let lists = lists::Lists::read(lists)?;
    let mut out = std::io::stdout().lock();
    for draft in draw(&lists, count) {
        writeln!(out, "{}\n   {:?}\n", draft.text, draft.spans)?;
    }
    Ok(())
}
