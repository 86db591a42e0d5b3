//! What the API answers when something went wrong: `application/problem+json`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;

/// A problem, for people and programs (RFC 9457, with members of ours).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// A stable code.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// A sentence that says what happened.
    pub message: String,
    /// What can be done about it.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<Cow<'static, str>>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status: status.as_u16(), code: code.into(), message: message.into(), hint: None }
    }

    pub(crate) fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }
}

/// An error with what caused it, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    // Chains of errors are short; the bound is against one that goes in a circle.
    for _ in 0..16 {
        let Some(cause) = source else { break };
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl From<lakegate_gate::Error> for Problem {
    fn from(error: lakegate_gate::Error) -> Self {
        use lakegate_gate::Error;
        let status = match &error {
            Error::NoSuchFlow(_) | Error::NoSuchRun(_) | Error::NoSuchObject { .. } => {
                StatusCode::NOT_FOUND
            }
            Error::RunUnderWay { .. } => StatusCode::CONFLICT,
            Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Ledger(ledger) if ledger.is_transient() => StatusCode::SERVICE_UNAVAILABLE,
            Error::Ledger(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Error::Store(_) => StatusCode::BAD_GATEWAY,
        };
        let hint = match &error {
            Error::Ledger(ledger) => ledger.hint().map(Cow::Borrowed),
            _ => None,
        };
        let message = chain(&error);
        Self { status: status.as_u16(), code: error.code().into(), message, hint }
    }
}

impl From<lakegate_ledger::Error> for Problem {
    fn from(error: lakegate_ledger::Error) -> Self {
        lakegate_gate::Error::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::error!(code = %self.code, message = %self.message, "request failed");
        }
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, kind)], body).into_response()
    }
}
