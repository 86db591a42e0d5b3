//! Mail against a real SMTP server: `scripts/servers/smtp.sh`, started by each test.
// A test panics when what it needs is not there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/server.rs"]
mod server;

use common::{LINK, message};
use lakegate_core::ids::{FlowName, ReviewId};
use lakegate_notify::{Error, Notifier, Receipt, Secret, SmtpNotifier, SmtpOptions, TlsMode};
use server::{Mail, SmtpServer};
use std::net::TcpListener;

const PASSWORD: &str = "s3cret pass/word";

fn options(port: u16, tls: TlsMode) -> SmtpOptions {
    SmtpOptions {
        host: "localhost".to_owned(),
        port,
        tls,
        from: "Lakegate <gate@example.org>".to_owned(),
        to: vec!["ops@example.org".to_owned(), "Data Team <data@example.net>".to_owned()],
        username: None,
        password: None,
        hello_name: Some("gate.example.org".to_owned()),
        timeout_ms: 20_000,
        ca_file: None,
    }
}

fn with_login(mut options: SmtpOptions, password: &str) -> SmtpOptions {
    options.username = Some("gate".to_owned());
    options.password = Some(Secret::new(password));
    options
}

async fn send(options: SmtpOptions) -> Result<Receipt, Error> {
    SmtpNotifier::new(options)?.send(&message()).await
}

/// The error's kind and that nothing of the password is in it, nor in its causes.
fn check(error: &Error, code: &str, retryable: bool) {
    assert_eq!((error.code(), error.is_retryable()), (code, retryable), "{error:?}");
    let mut shown = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        shown.push_str(&next.to_string());
        cause = next.source();
    }
    assert!(!shown.contains(PASSWORD) && !shown.contains("wrong"), "{shown}");
}

fn check_delivered(server: &SmtpServer) -> Mail {
    let mail = server.only_mail();
    assert_eq!(mail.seen["from"], "gate@example.org");
    assert_eq!(mail.seen["to"], serde_json::json!(["ops@example.org", "data@example.net"]));
    mail
}

#[tokio::test]
async fn a_mail_arrives_with_its_headers_and_both_parts() {
    let server = SmtpServer::start(&[]);
    let receipt = send(options(server.port, TlsMode::None)).await.unwrap();
    assert_eq!(receipt.answer, "250 queued as 0001");
    assert!(receipt.refused.is_empty());

    let mail = check_delivered(&server);
    let headers = [
        ("From", "Lakegate <gate@example.org>"),
        ("To", "ops@example.org, Data Team <data@example.net>"),
        ("Subject", "APPROVAL REQUIRED: Sensitive data identified in pipeline"),
        ("Message-ID", "<nt-01k9vq2a7c0000000003@example.org>"),
        ("References", "<rv-01k9vq2a7c0000000002@example.org>"),
        ("Date", "Mon, 23 Nov 2026 18:05:00 +0000"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ];
    for (name, value) in headers {
        assert_eq!(mail.header(name), [value], "{name}");
    }
    let (text, html) = (mail.part("text/plain"), mail.part("text/html"));
    assert_eq!(text.matches("://").count(), 1);
    assert_eq!(text.matches(LINK).count(), 1);
    assert_eq!(html.matches("://").count(), 1);
    assert_eq!(html.matches(&LINK.replace('&', "&amp;")).count(), 1);
    assert_eq!(html.matches("<a ").count(), 1);
    assert!(mail.raw.is_ascii());
    assert!(mail.raw.split(|b| *b == b'\n').all(|line| line.len() <= 998));
}

#[tokio::test]
async fn every_attempt_sends_the_same_bytes() {
    let server = SmtpServer::start(&[]);
    let notifier = SmtpNotifier::new(options(server.port, TlsMode::None)).unwrap();
    notifier.send(&message()).await.unwrap();
    notifier.send(&message()).await.unwrap();
    let mails = server.mails();
    assert_eq!(mails.len(), 2);
    assert!(mails[0].raw == mails[1].raw);
}

#[tokio::test]
async fn starttls_with_a_login() {
    let server = SmtpServer::start(&["--starttls", "--auth", &format!("gate:{PASSWORD}")]);
    let mut options = with_login(options(server.port, TlsMode::Starttls), PASSWORD);
    options.ca_file = Some(server.ca_file());
    send(options).await.unwrap();
    let mail = check_delivered(&server);
    assert_eq!((&mail.seen["tls"], &mail.seen["login"]), (&true.into(), &"gate".into()));
}

#[tokio::test]
async fn tls_from_the_first_byte() {
    let server = SmtpServer::start(&["--tls"]);
    let mut options = options(server.port, TlsMode::Required);
    options.ca_file = Some(server.ca_file());
    send(options).await.unwrap();
    check_delivered(&server);
}

#[tokio::test]
async fn an_authority_nobody_trusts_is_refused() {
    for (flag, mode) in [("--starttls", TlsMode::Starttls), ("--tls", TlsMode::Required)] {
        let server = SmtpServer::start(&[flag]);
        let error = send(options(server.port, mode)).await.unwrap_err();
        check(&error, "NOTIFY_TLS", true);
        assert!(server.mails().is_empty());
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = SmtpServer::start(&["--tls"]);
    let mut options = options(server.port, TlsMode::Required);
    options.ca_file = Some(server.ca_file());
    options.host = "127.0.0.1".to_owned();
    check(&send(options).await.unwrap_err(), "NOTIFY_TLS", true);
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_when_starttls_is_missing() {
    let server = SmtpServer::start(&[]);
    let error = send(options(server.port, TlsMode::Starttls)).await.unwrap_err();
    check(&error, "NOTIFY_UNSUPPORTED", false);
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_final() {
    let server = SmtpServer::start(&["--auth", &format!("gate:{PASSWORD}")]);
    let error = send(with_login(options(server.port, TlsMode::None), "wrong")).await.unwrap_err();
    check(&error, "NOTIFY_LOGIN_REFUSED", false);
    assert!(matches!(error, Error::Login { status: 535, .. }));

    // Without a login the server refuses the sender.
    let error = send(options(server.port, TlsMode::None)).await.unwrap_err();
    check(&error, "NOTIFY_REFUSED", false);
}

#[tokio::test]
async fn a_refused_connection_is_retryable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let login = with_login(options(port, TlsMode::None), PASSWORD);
    check(&send(login).await.unwrap_err(), "NOTIFY_CONNECTION", true);
}

#[tokio::test]
async fn a_silent_server_is_given_up_on() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut options = options(listener.local_addr().unwrap().port(), TlsMode::None);
    options.timeout_ms = 100;
    check(&send(options).await.unwrap_err(), "NOTIFY_TIMEOUT", true);
}

#[tokio::test]
async fn refused_recipients() {
    let server = SmtpServer::start(&[]);
    let send_to = async |to: &[&str]| {
        let mut options = options(server.port, TlsMode::None);
        options.to = to.iter().map(ToString::to_string).collect();
        send(options).await
    };

    check(&send_to(&["reply-550@a.example"]).await.unwrap_err(), "NOTIFY_REFUSED", false);
    check(&send_to(&["reply-451@a.example"]).await.unwrap_err(), "NOTIFY_REFUSED", true);
    let both = ["reply-550@a.example", "reply-451@a.example"];
    check(&send_to(&both).await.unwrap_err(), "NOTIFY_REFUSED", true);
    assert!(server.mails().is_empty());

    // One dead address keeps the mail from nobody else.
    let receipt = send_to(&["reply-550@a.example", "ops@example.org"]).await.unwrap();
    assert_eq!(receipt.refused.len(), 1);
    assert_eq!(receipt.refused[0].recipient, "reply-550@a.example");
    assert_eq!((receipt.refused[0].status, receipt.refused[0].reason.as_str()), (550, "as asked"));
    assert_eq!(server.only_mail().seen["to"], serde_json::json!(["ops@example.org"]));
}

#[tokio::test]
async fn no_name_can_add_a_header_or_a_part() {
    let server = SmtpServer::start(&[]);
    let attack =
        "x\r\nBcc: victim@example.org\r\n\r\n--=_lakegate_nt-01k9vq2a7c0000000003\r\n.\r\nQUIT";
    let mut message = message();
    message.subject = attack.to_owned();
    message.facts.flow = FlowName::new(attack);
    message.facts.review = ReviewId::new(attack);
    message.facts.identifiers[0].name = attack.to_owned();
    let notifier = SmtpNotifier::new(options(server.port, TlsMode::None)).unwrap();
    notifier.send(&message).await.unwrap();

    let mail = check_delivered(&server);
    assert!(mail.header("Bcc").is_empty());
    assert_eq!(mail.header("Subject").len(), 1);
    assert_eq!(mail.seen["headers"].as_array().unwrap().len(), 9);
    assert_eq!(mail.seen["parts"].as_array().unwrap().len(), 2);
    assert!(!mail.header("References")[0].contains(['\r', '\n', ' ']));
}

#[test]
fn options_that_cannot_work_are_refused() {
    type Change = fn(&mut SmtpOptions);
    let cases: &[(&str, Change)] = &[
        ("host", |o| o.host.clear()),
        ("to", |o| o.to.clear()),
        ("to", |o| o.to = vec!["nobody".to_owned()]),
        ("to", |o| o.to = vec!["a@example.org\r\nBcc: b@example.org".to_owned()]),
        ("to", |o| o.to = vec!["jörg@example.org".to_owned()]),
        ("to", |o| o.to = vec!["a@example.org".to_owned(); 101]),
        ("from", |o| o.from = "Gate".to_owned()),
        ("timeout_ms", |o| o.timeout_ms = 0),
        ("hello_name", |o| o.hello_name = Some("a\r\nMAIL".to_owned())),
        ("ca_file", |o| o.ca_file = Some("/nowhere/ca.pem".into())),
        ("username", |o| o.password = Some(Secret::new(PASSWORD))),
        ("password", |o| o.username = Some("gate".to_owned())),
        ("tls", |o| {
            *o = with_login(o.clone(), PASSWORD);
            o.tls = TlsMode::None;
            o.host = "mail.example.org".to_owned();
        }),
    ];
    for (expect, change) in cases {
        let mut options = options(25, TlsMode::Starttls);
        change(&mut options);
        let error = SmtpNotifier::new(options).unwrap_err();
        check(&error, "NOTIFY_CONFIGURATION", false);
        assert!(
            matches!(error, Error::Configuration { setting, .. } if setting == *expect),
            "{error}"
        );
    }
}

#[test]
fn nothing_prints_the_password() {
    let options = with_login(options(587, TlsMode::Starttls), PASSWORD);
    assert!(!format!("{options:?}").contains(PASSWORD));
    let notifier = SmtpNotifier::new(options).unwrap();
    assert_eq!(notifier.describe(), "email by localhost:587 (tls starttls) to 2 recipients");
    assert!(!format!("{notifier:?}").contains(PASSWORD));
}
