//! The gate behind the server of this machine that owns the ledger.

use super::{ObjectFilter, actor};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lakegate_core::passage::DecisionKind;
use lakegate_gate::{Reconciliation, ZoneReport};
use lakegate_server::view::{
    AuditPage, AuditVerdict, DecisionsView, ObjectPage, ObjectStory, ObjectView, ReviewView,
    RunView,
};
use lakegate_server::{Problem, ServerState};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The largest answer that is read.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// An answer takes at most this long; the server itself answers within a minute.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// How long to wait for a recorded decision to be carried out.
const CARRIED_OUT_WITHIN: Duration = Duration::from_secs(60);

/// How often to look whether it is.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A server of this machine.
pub struct Client {
    http: HttpClient<HttpConnector, Full<Bytes>>,
    state: ServerState,
}

#[derive(Deserialize)]
struct Runs {
    runs: Vec<RunView>,
}

#[derive(Deserialize)]
struct Reviews {
    reviews: Vec<ReviewView>,
}

#[derive(Deserialize)]
struct Doctor {
    zones: Vec<ZoneReport>,
}

#[derive(Deserialize)]
struct Reconciled {
    flows: BTreeMap<String, Reconciliation>,
}

impl Client {
    pub(super) fn new(state: ServerState) -> Self {
        Self { http: HttpClient::builder(TokioExecutor::new()).build_http(), state }
    }

    /// Where the server is.
    pub fn url(&self) -> &str {
        &self.state.url
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Json>,
    ) -> Result<T, Failure> {
        let bytes = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1/{path}", self.state.url))
            .header("authorization", format!("Bearer {}", self.state.token))
            .header("content-type", "application/json")
            .body(Full::new(bytes))
            .map_err(|error| self.silent(&error))?;
        let answer = tokio::time::timeout(ANSWER_WITHIN, self.http.request(request)).await;
        let answer = answer.map_err(|error| self.silent(&error))?;
        let answer = answer.map_err(|error| self.silent(&error))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = match body {
            Ok(body) => body.to_bytes(),
            Err(error) => return Err(self.silent(error.as_ref())),
        };
        if !status.is_success() {
            return Err(refusal(status, &body));
        }
        serde_json::from_slice(&body).map_err(|error| self.silent(&error))
    }

    fn silent(&self, error: &(dyn std::error::Error + 'static)) -> Failure {
        let message = format!("the server at {} does not answer as it should", self.state.url);
        let hint = format!("it runs as process {}; look at its log", self.state.pid);
        let report = Report::new("SERVER", message).caused_by(error).with_hint(hint);
        Failure::new(Exit::Failed, report)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.ask(Method::GET, path, None).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: Json) -> Result<T, Failure> {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(super) async fn runs(
        &self,
        flow: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RunView>, Failure> {
        let flow = flow.map_or_else(String::new, |flow| format!("&flow={}", encoded(flow)));
        Ok(self.get::<Runs>(&format!("runs?limit={limit}{flow}")).await?.runs)
    }

    pub(super) async fn run(&self, id: &str) -> Result<RunView, Failure> {
        self.get(&format!("runs/{}", encoded(id))).await
    }

    /// Begins a run, and waits until it is routed, or closed.
    ///
    /// # Errors
    /// The server's.
    pub async fn begin_run(
        &self,
        flow: Option<&str>,
        until_closed: bool,
    ) -> Result<RunView, Failure> {
        let wait = if until_closed { "closed" } else { "routed" };
        let body = json!({ "flow": flow, "wait": wait, "actor": actor() });
        let mut run: RunView = self.post("runs", body).await?;
        while !(if until_closed { run.closed.is_some() } else { run.routed }) {
            run = self.get(&format!("runs/{}?wait={wait}", encoded(&run.run))).await?;
        }
        Ok(run)
    }

    pub(super) async fn reviews(&self, all: bool, limit: u32) -> Result<Vec<ReviewView>, Failure> {
        let path = format!("reviews?open={}&limit={limit}", !all);
        Ok(self.get::<Reviews>(&path).await?.reviews)
    }

    pub(super) async fn review(&self, id: &str) -> Result<ReviewView, Failure> {
        self.get(&format!("reviews/{}", encoded(id))).await
    }

    pub(super) async fn objects(&self, filter: &ObjectFilter) -> Result<ObjectPage, Failure> {
        let mut path = format!("objects?limit={}", filter.limit);
        for (name, value) in [
            ("run", &filter.run),
            ("state", &filter.state),
            ("verdict", &filter.verdict),
            ("key", &filter.key),
        ] {
            if let Some(value) = value {
                path.push_str(&format!("&{name}={}", encoded(value)));
            }
        }
        if let Some(archived) = filter.archived {
            path.push_str(&format!("&archived={archived}"));
        }
        self.get(&path).await
    }

    pub(super) async fn story(&self, id: &str) -> Result<ObjectStory, Failure> {
        self.get(&format!("objects/{}", encoded(id))).await
    }

    pub(super) async fn decide(
        &self,
        objects: &[String],
        run: Option<&str>,
        kind: DecisionKind,
        reason: &str,
    ) -> Result<DecisionsView, Failure> {
        let mut body = json!({ "kind": kind, "reason": reason, "actor": actor() });
        match run {
            Some(run) => body["run"] = json!(run),
            None => body["objects"] = json!(objects),
        }
        let decided: DecisionsView = self.post("decisions", body).await?;
        let deadline = tokio::time::Instant::now() + CARRIED_OUT_WITHIN;
        for object in decided.objects.iter().filter(|object| object.result == "recorded") {
            while tokio::time::Instant::now() < deadline {
                let story = self.story(&object.object).await?;
                if story.decisions.iter().all(|decision| decision.outcome != "waiting") {
                    break;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        Ok(decided)
    }

    pub(super) async fn restore(&self, id: &str) -> Result<ObjectView, Failure> {
        self.post(&format!("objects/{}/restore", encoded(id)), json!({ "actor": actor() })).await
    }

    pub(super) async fn reconcile(
        &self,
        flow: Option<&str>,
        mend: bool,
    ) -> Result<BTreeMap<String, Reconciliation>, Failure> {
        let body = json!({ "flow": flow, "mend": mend });
        Ok(self.post::<Reconciled>("reconcile", body).await?.flows)
    }

    pub(super) async fn doctor(&self) -> Result<Vec<ZoneReport>, Failure> {
        Ok(self.get::<Doctor>("doctor").await?.zones)
    }

    pub(super) async fn audit(&self, after: i64, limit: u32) -> Result<AuditPage, Failure> {
        self.get(&format!("audit?after={after}&limit={limit}")).await
    }

    pub(super) async fn verify_audit(&self) -> Result<AuditVerdict, Failure> {
        self.get("audit/verify").await
    }
}

/// What the server said instead of an answer.
fn refusal(status: StatusCode, body: &[u8]) -> Failure {
    let exit = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::UNPROCESSABLE_ENTITY => {
            Exit::Refused
        }
        StatusCode::BAD_REQUEST => Exit::Usage,
        _ => Exit::Failed,
    };
    let report = match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => {
            let mut report = Report::new(problem.code, problem.message);
            report.hint = problem.hint.map(|hint| hint.into_owned());
            report
        }
        Err(_) => Report::new("SERVER", format!("the server answered {status}")),
    };
    Failure::new(exit, report)
}

/// A text as part of a URL: everything but letters, digits, `-`, `_`, `.` as `%XX`.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
