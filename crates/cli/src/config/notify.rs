//! `[notify]`: where notifications go.

use super::problem::ProblemKind;
use super::reader::Section;
use lakegate_notify::{DEFAULT_SUBJECT, SmtpOptions, TlsMode, WebhookOptions};
use serde_json::json;
use std::time::Duration;

/// The time that one attempt at handing over a message may take.
const TIMEOUT: Duration = Duration::from_secs(30);

const TLS_MODES: [(&str, TlsMode); 3] =
    [("starttls", TlsMode::Starttls), ("required", TlsMode::Required), ("none", TlsMode::None)];

/// Where notifications go. Every channel gets every message.
#[derive(Clone, Debug)]
pub struct Notify {
    /// The subject line of messages.
    pub subject: String,
    /// By e-mail.
    pub email: Option<SmtpOptions>,
    /// To HTTP receivers.
    pub webhooks: Vec<Webhook>,
}

/// One HTTP receiver.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its name in the configuration.
    pub name: String,
    /// How it is reached.
    pub options: WebhookOptions,
}

impl Notify {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let subject = section.value("subject", DEFAULT_SUBJECT.to_owned());
        let email = section.optional_section("email", email);
        let webhooks = section.named_sections("webhooks", webhook);
        Self { subject, email, webhooks }
    }
}

fn email(section: &mut Section<'_, '_>) -> Option<SmtpOptions> {
    let host = section.required("host", "mail.example.org");
    let tls = section.choice("tls", TlsMode::Starttls, &TLS_MODES);
    let usual_port = match tls {
        TlsMode::None => 25,
        TlsMode::Starttls => 587,
        TlsMode::Required => 465,
    };
    let port = section.number("port", usual_port, (1, u64::from(u16::MAX)));
    let from = section.required("from", "Lakegate <lakegate@example.org>");
    let to: Option<Vec<String>> = section.required("to", json!(["reviewers@example.org"]));
    let username: Option<String> = section.optional("username", "lakegate");
    let password = section.secret("password", "password_file");
    let password_given = section.is_given("password") || section.is_given("password_file");
    if username.is_some() != (password.is_some() || password_given) {
        let (there, missing) =
            if username.is_some() { ("username", "password") } else { ("password", "username") };
        let message = format!("`{}` is set without a {missing}", section.path(there));
        let hint = (missing == "password").then(|| "name its file with `password_file`".to_owned());
        section.refuse(Some(there), ProblemKind::Conflict, message, hint);
    }
    let hello_name = section.optional("hello_name", "gate.example.org");
    let timeout_ms = timeout_ms(section);
    let ca_file = section.optional("ca_file", "ca.pem");
    Some(SmtpOptions {
        host: host?,
        port: u16::try_from(port).unwrap_or(u16::MAX),
        tls,
        from: from?,
        to: to?,
        username,
        password,
        hello_name,
        timeout_ms,
        ca_file,
    })
}

fn webhook(name: &str, section: &mut Section<'_, '_>) -> Option<Webhook> {
    let url = section.address("url", "url_file", "https://hooks.example.org/lakegate");
    let secret = section.secret("secret", "secret_file");
    let timeout_ms = timeout_ms(section);
    let ca_file = section.optional("ca_file", "ca.pem");
    let options = WebhookOptions { url: url?, secret, timeout_ms, ca_file };
    Some(Webhook { name: name.to_owned(), options })
}

fn timeout_ms(section: &mut Section<'_, '_>) -> u64 {
    let timeout = section.value_where("timeout", TIMEOUT, |time: &Duration| {
        if time.is_zero() { Err("is 0".to_owned()) } else { Ok(()) }
    });
    u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)
}
