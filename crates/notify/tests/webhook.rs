//! Webhooks against an HTTP receiver on a socket of the test's own.
// A test panics when what it needs is not there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{identifier, message};
use lakegate_notify::{Error, Message, Notifier, Receipt, Secret, WebhookNotifier, WebhookOptions};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const PATH: &str = "/hooks/T0KEN-in-the-path";

fn options(port: u16) -> WebhookOptions {
    WebhookOptions {
        url: Secret::new(format!("http://127.0.0.1:{port}{PATH}")),
        secret: Some(Secret::new("sign1ng-key")),
        timeout_ms: 20_000,
        ca_file: None,
    }
}

/// Takes one request, gives the answer, and returns the request's head and body.
async fn answer_one(listener: &TcpListener, answer: &str) -> (String, Vec<u8>) {
    answer_on(listener.accept().await.unwrap().0, answer).await
}

async fn answer_on(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    answer: &str,
) -> (String, Vec<u8>) {
    let mut request = Vec::new();
    let (head, length) = loop {
        assert_ne!(socket.read_buf(&mut request).await.unwrap(), 0, "the request ends early");
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
        let length: usize = header(head, "content-length").unwrap().parse().unwrap();
        if request.len() == head.len() + 4 + length {
            break (head.to_owned(), length);
        }
    };
    socket.write_all(answer.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    (head, request.split_off(request.len() - length))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

async fn exchange(message: &Message, answer: &str) -> (Result<Receipt, Error>, (String, Vec<u8>)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let notifier = WebhookNotifier::new(options(listener.local_addr().unwrap().port())).unwrap();
    tokio::join!(notifier.send(message), answer_one(&listener, answer))
}

fn check_secret(error: &Error) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("T0KEN") && !shown.contains("sign1ng"), "{shown}");
}

#[tokio::test]
async fn a_message_is_posted_and_signed() {
    let (result, (head, body)) =
        exchange(&message(), "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(result.unwrap().answer, "HTTP 202");
    assert!(head.starts_with(&format!("POST {PATH} HTTP/1.1\r\n")), "{head}");
    assert_eq!(header(&head, "content-type"), Some("application/json"));
    assert_eq!(header(&head, "idempotency-key"), Some("nt-01k9vq2a7c0000000003"));
    // Computed with `openssl dgst -sha256 -hmac sign1ng-key` over the snapshot's bytes.
    let signature = header(&head, "x-lakegate-signature").unwrap();
    insta::assert_snapshot!("webhook_signature", signature);
    insta::assert_snapshot!("webhook_body", String::from_utf8(body).unwrap());
}

#[tokio::test]
async fn statuses_decide_whether_to_try_again() {
    let cases = [
        ("301 Moved\r\nlocation: http://127.0.0.1:1/", false, None),
        ("400 Bad Request", false, None),
        ("404 Not Found", false, None),
        ("408 Request Timeout", true, None),
        ("429 Too Many Requests\r\nretry-after: 30", true, Some(30_000)),
        ("500 Internal Server Error", true, None),
        ("503 Unavailable\r\nretry-after: 99999999999999999", true, Some(86_400_000)),
        ("503 Unavailable\r\nretry-after: Wed, 25 Nov 2026 07:28:00 GMT", true, None),
    ];
    for (status, retryable, retry_after_ms) in cases {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        let error = exchange(&message(), &answer).await.0.unwrap_err();
        assert_eq!(error.code(), "NOTIFY_HTTP_STATUS");
        let seen = (error.is_retryable(), error.retry_after_ms());
        assert_eq!(seen, (retryable, retry_after_ms), "{status}");
        check_secret(&error);
    }
}

#[tokio::test]
async fn broken_answers_and_connections_are_retryable() {
    let error = exchange(&message(), "SMTP ready\r\n\r\n").await.0.unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), ("NOTIFY_PROTOCOL", true));
    check_secret(&error);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut silent = options(port);
    silent.timeout_ms = 100;
    let error = WebhookNotifier::new(silent).unwrap().send(&message()).await.unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), ("NOTIFY_TIMEOUT", true));
    check_secret(&error);

    drop(listener);
    let error = WebhookNotifier::new(options(port)).unwrap().send(&message()).await.unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), ("NOTIFY_CONNECTION", true));
    check_secret(&error);
}

/// The server side of TLS with a certificate for `localhost`, made in the directory.
fn acceptor(directory: &Path) -> TlsAcceptor {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/servers/certificate.sh");
    assert!(Command::new(script).arg(directory).status().unwrap().success());
    let certificate = CertificateDer::from_pem_file(directory.join("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(directory.join("key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

#[tokio::test]
async fn only_a_trusted_server_gets_the_message() {
    let directory = tempfile::tempdir().unwrap();
    let acceptor = acceptor(directory.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = options(0);
    let port = listener.local_addr().unwrap().port();
    options.url = Secret::new(format!("https://localhost:{port}{PATH}"));
    let accept = async || acceptor.accept(listener.accept().await.unwrap().0).await;
    let message = message();

    let notifier = WebhookNotifier::new(options.clone()).unwrap();
    let (result, accepted) = tokio::join!(notifier.send(&message), accept());
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), ("NOTIFY_TLS", true), "{error:?}");
    check_secret(&error);
    assert!(accepted.is_err());

    options.ca_file = Some(directory.path().join("ca.pem"));
    let notifier = WebhookNotifier::new(options).unwrap();
    let answer =
        async { answer_on(accept().await.unwrap(), "HTTP/1.1 204 No Content\r\n\r\n").await };
    let (result, (head, _)) = tokio::join!(notifier.send(&message), answer);
    assert_eq!(result.unwrap().answer, "HTTP 204");
    assert!(head.starts_with(&format!("POST {PATH} ")));
}

#[test]
fn options_that_cannot_work_are_refused() {
    for url in ["", "not a url", "ftp://h.example/T0KEN", "https://u:T0KEN@h.example/", "/T0KEN"] {
        let mut options = options(1);
        options.url = Secret::new(url);
        let error = WebhookNotifier::new(options).unwrap_err();
        assert_eq!(error.code(), "NOTIFY_CONFIGURATION", "{url}");
        check_secret(&error);
    }
    let mut empty = options(1);
    empty.secret = Some(Secret::new(""));
    assert!(WebhookNotifier::new(empty).is_err());
}

#[test]
fn nothing_prints_the_address() {
    assert!(!format!("{:?}", options(1)).contains("T0KEN"));
    let notifier = WebhookNotifier::new(options(8080)).unwrap();
    assert_eq!(notifier.describe(), "webhook to http://127.0.0.1:8080 (signed)");
    assert!(!format!("{notifier:?}").contains("T0KEN"));
}

/// Every field of the body is in the schema and every field that the schema requires is in the
/// body, with the type that it names.
#[tokio::test]
async fn the_body_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../webhook.schema.json")).unwrap();
    let mut long = message();
    long.facts.reminder = Some(1);
    long.facts.identifiers = (0..501).map(|n| identifier(&format!("ID_{n}"), "n", n, n)).collect();
    for message in [message(), long] {
        let answer = "HTTP/1.1 204 No Content\r\n\r\n";
        let (_, (_, body)) = exchange(&message, answer).await;
        check_schema(&schema, &serde_json::from_slice(&body).unwrap(), "body");
    }
}

fn check_schema(schema: &Value, value: &Value, at: &str) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match &schema["type"] {
        Value::String(expect) => assert_eq!(kind, expect, "{at}"),
        Value::Array(any) => assert!(any.contains(&kind.into()), "{at}"),
        _ => {
            let one_of = schema["enum"].as_array().is_some_and(|any| any.contains(value));
            assert!(one_of || schema["const"] == *value, "{at}: {value}");
        }
    }
    if let Some(items) = value.as_array() {
        assert!(items.len() as u64 <= schema["maxItems"].as_u64().unwrap(), "{at}");
        items.iter().for_each(|item| check_schema(&schema["items"], item, at));
    }
    let Some(fields) = value.as_object() else { return };
    if let Some(names) = schema["propertyNames"]["enum"].as_array() {
        assert!(fields.keys().all(|key| names.contains(&key.as_str().into())), "{at}");
        return;
    }
    for (key, field) in fields {
        let inner = &schema["properties"][key];
        assert!(inner.is_object(), "{at}.{key} is not in the schema");
        check_schema(inner, field, &format!("{at}.{key}"));
    }
    let required = schema["required"].as_array().unwrap();
    assert!(required.iter().all(|key| fields.contains_key(key.as_str().unwrap())), "{at}");
}
