//! The span service: plain text in, sensitive spans out. The texts are neither kept nor logged.

use crate::app::App;
use crate::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lakegate_core::coverage::Gap;
use lakegate_detect::{Match, Ruleset, RulesetScratch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Texts to inspect.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    /// The texts.
    texts: Vec<Text>,
}

/// One text to inspect.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Text {
    /// Your name for it; it comes back with the spans.
    #[schema(value_type = String)]
    id: serde_json::Value,
    /// The text.
    text: String,
}

/// What was found in the texts.
#[derive(Serialize, ToSchema)]
pub(crate) struct Spans {
    /// Text by text, in the order in which they came.
    results: Vec<TextSpans>,
}

/// What was found in one text.
#[derive(Serialize, ToSchema)]
pub(crate) struct TextSpans {
    /// Your name for it.
    #[schema(value_type = String)]
    id: serde_json::Value,
    /// The spans, by their start.
    spans: Vec<Span>,
    /// What was not looked for to the end; left out where everything was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    gaps: Vec<Unfinished>,
}

/// One sensitive span.
#[derive(Serialize, ToSchema)]
pub(crate) struct Span {
    /// Its first character, in Unicode code points from 0.
    start: usize,
    /// The character after its last.
    end: usize,
    /// The identifier's id.
    #[serde(rename = "type")]
    identifier: String,
    /// How sure it is, from 0 to 1.
    score: f64,
}

/// An identifier that was given up in a text.
#[derive(Serialize, ToSchema)]
pub(crate) struct Unfinished {
    /// The identifier's id.
    #[serde(rename = "type")]
    identifier: String,
    /// A stable code: `CUSTOM_IDENTIFIER_GIVEN_UP`.
    code: String,
    /// A sentence.
    detail: String,
}

/// Finds sensitive spans in texts
///
/// A custom identifier whose regex takes too many steps on a text is given up there. What it would still
/// have found is not known, and `gaps` of that text names it.
///
/// With `Content-Type: application/jsonl` (or `application/x-ndjson`) the body is one text a line, and
/// so is the answer.
#[utoipa::path(
    post, path = "/api/v1/detect", tag = "detect", operation_id = "detect",
    request_body = Texts,
    responses((status = 200, body = Spans), (status = "4XX", body = Problem)),
)]
pub(crate) async fn detect(
    State(app): State<App>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let lines = is_lines(&headers);
    let texts = if lines { jsonl(&bytes)? } else { json(&bytes)? };
    let rules = app.rules().clone();
    let found = move || -> Vec<TextSpans> {
        let (mut scratch, mut found) = (RulesetScratch::default(), Vec::new());
        let answer = |text| spans(&rules, &mut scratch, &mut found, text);
        texts.into_iter().map(answer).collect()
    };
    // Detection is work for a processor; requests go on meanwhile.
    let results = tokio::task::spawn_blocking(found).await.map_err(|_| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "DETECT", "the detection broke off")
    })?;
    if !lines {
        return Ok(Json(Spans { results }).into_response());
    }
    let mut out = Vec::new();
    for result in &results {
        serde_json::to_writer(&mut out, result).map_err(|error| {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "DETECT", error.to_string())
        })?;
        out.push(b'\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], out).into_response())
}

fn is_lines(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    ["application/jsonl", "application/x-ndjson", "application/x-jsonlines"].contains(&kind)
}

fn json(bytes: &Bytes) -> Result<Vec<Text>, Problem> {
    // The parser's own message could repeat a text.
    let texts: Texts = serde_json::from_slice(bytes)
        .map_err(|_| Problem::bad_request("the body is not {\"texts\": [{\"id\", \"text\"}]}"))?;
    Ok(texts.texts)
}

fn jsonl(bytes: &Bytes) -> Result<Vec<Text>, Problem> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(at, line)| {
            serde_json::from_slice(line)
                .map_err(|_| Problem::bad_request(format!("line {} is no text with an id", at + 1)))
        })
        .collect()
}

fn spans(
    rules: &Ruleset,
    scratch: &mut RulesetScratch,
    found: &mut Vec<Match>,
    text: Text,
) -> TextSpans {
    rules.detect_text(&text.text, scratch, found);
    let mut points = CodePoints { text: &text.text, byte: 0, point: 0 };
    let spans = found.iter().map(|one| {
        let start = points.at(one.start);
        let end = start + text.text[one.start..one.end].chars().count();
        let identifier = rules.identifier(one.identifier).id.to_owned();
        Span { start, end, identifier, score: rounded(one.score) }
    });
    let spans = spans.collect();
    let gaps = rules.gaps(scratch).into_iter().map(|(id, Gap { code, detail })| Unfinished {
        identifier: id.to_owned(),
        code,
        detail,
    });
    TextSpans { spans, gaps: gaps.collect(), id: text.id }
}

/// Three decimals: more would be the noise of a short float in a long one.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1_000.0).round() / 1_000.0
}

/// Turns rising byte offsets into code points, in one pass over the text.
struct CodePoints<'t> {
    text: &'t str,
    byte: usize,
    point: usize,
}

impl CodePoints<'_> {
    fn at(&mut self, byte: usize) -> usize {
        self.point += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.point
    }
}
