//! Failures of the S3 client as errors of this crate.
//!
//! A message names the operation, the bucket, the key and the code that the store answered. It must
//! never hold a credential: the client's own error is not chained, because its debug form holds the
//! raw request and reply.

use crate::error::{Error, ErrorKind};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// Longest text of a store's own message that is passed on, in characters.
const STORE_MESSAGE_CHARACTERS_MAX: usize = 300;

/// The error of `operation` on `key` at `location`.
pub(super) fn error<E>(
    operation: &'static str,
    location: &str,
    key: &str,
    failure: SdkError<E, HttpResponse>,
) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let (kind, message) = describe(&failure);
    Error {
        kind,
        operation,
        location: location.to_owned(),
        key: key.to_owned(),
        message,
        source: None,
    }
}

fn describe<E>(failure: &SdkError<E, HttpResponse>) -> (ErrorKind, String)
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match failure {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let code = answer.err().code().unwrap_or_default();
            (kind_of(status, code), answer_text(status, code, answer.err().message()))
        }
        SdkError::TimeoutError(_) => {
            (ErrorKind::Unavailable, "the store did not answer in time".to_owned())
        }
        SdkError::ResponseError(answer) => (
            ErrorKind::Unavailable,
            format!("the store's answer ({}) could not be read", answer.raw().status().as_u16()),
        ),
        SdkError::DispatchFailure(dispatch) => {
            let chain = dispatch.as_connector_error().map_or_else(String::new, |e| chain_text(e));
            unsent(&chain)
        }
        other => unsent(&chain_text(other)),
    }
}

/// A request that never left: no credentials, or no connection.
fn unsent(chain: &str) -> (ErrorKind, String) {
    if chain.contains("credential") || chain.contains("identity") {
        (ErrorKind::Denied, format!("no usable AWS credentials: {chain}"))
    } else {
        (ErrorKind::Unavailable, format!("the store cannot be reached: {chain}"))
    }
}

fn answer_text(status: u16, code: &str, message: Option<&str>) -> String {
    let mut text = format!("the store answered {status}");
    if !code.is_empty() {
        text.push(' ');
        text.push_str(code);
    }
    let message: String =
        message.unwrap_or_default().chars().take(STORE_MESSAGE_CHARACTERS_MAX).collect();
    if !message.is_empty() && message != code {
        text.push_str(": ");
        text.push_str(&message);
    }
    text
}

fn chain_text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}

/// The kind of an answer. Codes go first: gateways disagree about the status of some.
fn kind_of(status: u16, code: &str) -> ErrorKind {
    match code {
        "NoSuchKey" | "NoSuchVersion" | "NoSuchBucket" | "NotFound" | "NoSuchUpload" => {
            ErrorKind::NotFound
        }
        "PreconditionFailed" => ErrorKind::Changed,
        "ConditionalRequestConflict"
        | "OperationAborted"
        | "SlowDown"
        | "RequestTimeout"
        | "InternalError"
        | "ServiceUnavailable"
        | "Throttling"
        | "ThrottlingException" => ErrorKind::Unavailable,
        "InvalidObjectState" => ErrorKind::Archived,
        "AccessDenied"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "InvalidToken"
        | "TokenRefreshRequired"
        | "AllAccessDisabled"
        | "AccountProblem"
        | "RequestTimeTooSkewed" => ErrorKind::Denied,
        "KeyTooLongError" | "KeyTooLong" | "XMinioInvalidObjectName" | "InvalidKey" => {
            ErrorKind::KeyNotRepresentable
        }
        "BadDigest" | "XAmzContentSHA256Mismatch" | "XAmzContentChecksumMismatch" => {
            ErrorKind::VerificationFailed
        }
        _ => kind_of_status(status),
    }
}

fn kind_of_status(status: u16) -> ErrorKind {
    match status {
        404 => ErrorKind::NotFound,
        412 => ErrorKind::Changed,
        401 | 403 => ErrorKind::Denied,
        // A success without a body that can be read is a lost reply.
        200..=299 | 408 | 409 | 429 | 500 | 502 | 503 | 504 => ErrorKind::Unavailable,
        300..=499 | 501 | 505 => ErrorKind::Unsupported,
        _ => ErrorKind::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_have_kinds() {
        let cases = [
            (404, "NoSuchKey", ErrorKind::NotFound),
            (404, "", ErrorKind::NotFound),
            (412, "", ErrorKind::Changed),
            (409, "ConditionalRequestConflict", ErrorKind::Unavailable),
            (403, "InvalidObjectState", ErrorKind::Archived),
            (403, "SignatureDoesNotMatch", ErrorKind::Denied),
            (400, "ExpiredToken", ErrorKind::Denied),
            (503, "SlowDown", ErrorKind::Unavailable),
            (400, "KeyTooLongError", ErrorKind::KeyNotRepresentable),
            (501, "NotImplemented", ErrorKind::Unsupported),
            (301, "PermanentRedirect", ErrorKind::Unsupported),
            (500, "", ErrorKind::Unavailable),
            (200, "", ErrorKind::Unavailable),
        ];
        for (status, code, kind) in cases {
            assert_eq!(kind_of(status, code), kind, "{status} {code}");
        }
    }

    #[test]
    fn texts_name_the_code_and_are_bounded() {
        assert_eq!(
            answer_text(403, "AccessDenied", Some("no")),
            "the store answered 403 AccessDenied: no"
        );
        assert_eq!(answer_text(404, "", None), "the store answered 404");
        let long = "x".repeat(10_000);
        assert!(answer_text(400, "A", Some(&long)).len() < 400);
    }
}
