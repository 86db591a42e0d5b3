//! `lakegate detect`: the span service on standard input and output.

use super::rules::{Explanation, rounded, ruleset};
use crate::arguments::{Detect, Global};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::Output;
use lakegate_core::coverage::Gap;
use lakegate_detect::{Match, Ruleset, RulesetScratch};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::io::{self, BufRead, BufReader, Read};

/// A line is at most this long, its line break included.
const LINE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Standard input is read in pieces of this size.
const BUFFER_BYTES: usize = 64 * 1024;
/// At most this many malformed lines are told of one by one.
const REPORTS_MAX: u64 = 100;

/// A text to look at. The id may be anything and comes back as it is.
#[derive(Deserialize)]
struct Question {
    id: Json,
    text: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Json,
    spans: &'a [Span],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<Unfinished>,
}

/// An identifier that was given up: what it would still have found is not known.
#[derive(Serialize)]
struct Unfinished {
    #[serde(rename = "type")]
    identifier: String,
    code: String,
    detail: String,
}

/// A match, from `start` up to but without `end`, in Unicode code points from 0.
#[derive(Serialize)]
struct Span {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    identifier: String,
    score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
}

pub(super) fn run(detect: &Detect, global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    let mut service = Service {
        rules: ruleset(&detect.selection, global)?,
        explains: detect.explain,
        scratch: RulesetScratch::default(),
        found: Vec::new(),
        spans: Vec::new(),
    };
    let mut input = BufReader::with_capacity(BUFFER_BYTES, io::stdin().lock());
    let mut line = Vec::new();
    let (mut number, mut malformed) = (0_u64, 0_u64);
    loop {
        line.clear();
        let length = read_line(&mut input, &mut line).map_err(unreadable)?;
        if length == 0 {
            break;
        }
        number += 1;
        if let Err(why) = service.answer(&line, length, output)? {
            malformed += 1;
            if malformed <= REPORTS_MAX {
                let message = format!("line {number} of standard input: {why}");
                output.report(&Report::new("DETECT_INPUT", message));
            }
        }
        // Whoever waits for an answer gets it before the next question.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    if malformed == 0 {
        return Ok(Exit::Done);
    }
    let message = match malformed == number {
        true => "no line of standard input could be read".to_owned(),
        false => format!("{malformed} of {number} lines could not be read; the others were"),
    };
    let report = Report::new("DETECT_INPUT", message)
        .with_hint(r#"a line is JSON: {"id": "1", "text": "the text"}"#);
    Err(Failure::new(Exit::Failed, report))
}

struct Service {
    rules: Ruleset,
    explains: bool,
    scratch: RulesetScratch,
    found: Vec<Match>,
    spans: Vec<Span>,
}

impl Service {
    /// Answers one line, or says why it can not be read. Blank lines are no questions.
    fn answer(
        &mut self,
        line: &[u8],
        length: u64,
        output: &mut Output,
    ) -> Result<Result<(), String>, Failure> {
        if length > LINE_BYTES_MAX {
            return Ok(Err(format!("it is longer than {LINE_BYTES_MAX} bytes")));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Ok(()));
        }
        let question: Question = match serde_json::from_slice(line) {
            Ok(question) => question,
            Err(error) => return Ok(Err(described(&error))),
        };
        self.rules.detect_text(&question.text, &mut self.scratch, &mut self.found);
        let gaps = self.rules.gaps(&self.scratch).into_iter();
        let gaps: Vec<Unfinished> = gaps
            .map(|(id, Gap { code, detail })| Unfinished {
                identifier: id.to_owned(),
                code,
                detail,
            })
            .collect();
        for Unfinished { code, detail, .. } in &gaps {
            output.report(&Report::new(code.clone(), detail.clone()));
        }
        self.make_spans(&question.text);
        output.json_line(&Answer { id: &question.id, spans: &self.spans, gaps })?;
        Ok(Ok(()))
    }

    /// Bytes to code points in one walk along the text; matches come in the order of their starts.
    fn make_spans(&mut self, text: &str) {
        self.spans.clear();
        let (mut byte, mut point) = (0, 0);
        for found in &self.found {
            point += text[byte..found.start].chars().count();
            byte = found.start;
            let length = text[found.start..found.end].chars().count();
            let explained = self.rules.explain(found);
            self.spans.push(Span {
                start: point,
                end: point + length,
                identifier: explained.rule.id.to_owned(),
                score: rounded(found.score),
                explanation: self.explains.then(|| Explanation::of(&explained)),
            });
        }
    }
}

/// What the parser says, without any text of the input: that may be what must not be shown.
fn described(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => r#"it is not of the form {"id", "text"}"#,
        serde_json::error::Category::Eof => "its JSON ends too early",
        _ => "it is not JSON",
    };
    format!("{what} (column {})", error.column())
}

/// Reads a line of bounded length into `line` and returns how long it really was, line break included; 0
/// at the end of the input. What is beyond the bound is passed over.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    let mut length = input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', line)? as u64;
    if length == LINE_BYTES_MAX && line.last() != Some(&b'\n') {
        length += skip_line(input)?;
    }
    Ok(length)
}

fn skip_line(input: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(skipped);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        input.consume(used);
        skipped += used as u64;
        if end.is_some() {
            return Ok(skipped);
        }
    }
}

fn unreadable(error: io::Error) -> Failure {
    let report = Report::new("DETECT_INPUT", "standard input can not be read");
    Failure::new(Exit::Failed, report.caused_by(&error))
}
