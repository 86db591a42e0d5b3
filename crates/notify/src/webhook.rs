//! A webhook: the message as JSON, by HTTP POST, signed.
//!
//! The body is described by `webhook.schema.json` in this crate's folder. The receiver proves who
//! sent it by computing HMAC-SHA256 over the body's bytes with the shared secret, and comparing it,
//! in constant time, with the header [`SIGNATURE_HEADER`]: `sha256=` and 64 hexadecimal digits. A
//! second attempt at the same message has the same body and the same [`IDEMPOTENCY_HEADER`].

use crate::error::Source;
use crate::render::words::rfc3339;
use crate::{Error, IdentifierCount, Message, Notifier, Receipt, Secret, tls};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lakegate_core::machine::OnExpiry;
use lakegate_core::verdict::{Severity, Verdict};
use serde::Serialize;
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout;

/// Holds `sha256=` and the body's HMAC-SHA256 in hexadecimal digits, when a secret is set.
pub const SIGNATURE_HEADER: &str = "X-Lakegate-Signature";
/// Holds the message's id, the same at every attempt.
pub const IDEMPOTENCY_HEADER: &str = "Idempotency-Key";

/// The version of the body's shape.
const VERSION: u32 = 1;
/// At most this many kinds of data are listed in a body; the rest are counted.
const IDENTIFIERS_MAX: usize = 500;
/// A receiver that asks for more time than this is asked again after it all the same: a day.
const RETRY_AFTER_MS_MAX: u64 = 24 * 60 * 60 * 1_000;

/// Where a webhook goes.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// The receiver's address, `https` or `http`. Often it is itself what gives access, so it is
    /// kept like a password.
    pub url: Secret,
    /// The secret to sign with; without one there is no signature.
    pub secret: Option<Secret>,
    /// Time for one whole attempt.
    pub timeout_ms: u64,
    /// A PEM file of certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Sends messages to one HTTP receiver. It follows no redirects, uses no proxy and does not read
/// the answer's body.
pub struct WebhookNotifier {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: Uri,
    secret: Option<Secret>,
    timeout_ms: u64,
    /// The receiver as errors name it: scheme, host and port.
    name: String,
}

impl WebhookNotifier {
    /// Checks the options and reads the authority file. Connects to nothing.
    pub fn new(options: WebhookOptions) -> Result<Self, Error> {
        // The parser's own words are left out: they must not be able to quote the address.
        let url: Uri = options
            .url
            .expose()
            .parse()
            .map_err(|_| Error::configuration("url", "it is no valid address"))?;
        let name = origin(&url)?;
        if options.timeout_ms == 0 {
            return Err(Error::configuration("timeout_ms", "it must be more than 0"));
        }
        if options.secret.as_ref().is_some_and(|secret| secret.expose().is_empty()) {
            return Err(Error::configuration("secret", "it is empty"));
        }
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::client_config(options.ca_file.as_deref())?)
            .https_or_http()
            .enable_http1()
            .build();
        // Messages are rare: a connection kept open between them would only be found closed.
        let client =
            Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Ok(Self { client, url, secret: options.secret, timeout_ms: options.timeout_ms, name })
    }

    fn request(&self, message: &Message) -> Result<Request<Full<Bytes>>, Error> {
        let body = body(message)?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("lakegate/", env!("CARGO_PKG_VERSION")))
            .header(IDEMPOTENCY_HEADER, message.id.as_str());
        if let Some(secret) = &self.secret {
            request = request.header(SIGNATURE_HEADER, signature(secret, &body)?);
        }
        request.body(Full::new(Bytes::from(body))).map_err(Error::message)
    }

    fn error(&self, e: hyper_util::client::legacy::Error) -> Error {
        if e.is_connect() {
            return Error::connection(&self.name, e);
        }
        Error::Protocol { to: self.name.clone(), source: Source::from(e) }
    }
}

#[async_trait::async_trait]
impl Notifier for WebhookNotifier {
    async fn send(&self, message: &Message) -> Result<Receipt, Error> {
        let request = self.request(message)?;
        let time = Duration::from_millis(self.timeout_ms);
        let response = timeout(time, self.client.request(request))
            .await
            .map_err(|_| Error::Timeout { to: self.name.clone(), timeout_ms: self.timeout_ms })?
            .map_err(|e| self.error(e))?;
        let status = response.status();
        if status.is_success() {
            return Ok(Receipt {
                answer: format!("HTTP {}", status.as_u16()),
                refused: Vec::new(),
            });
        }
        Err(Error::Http {
            to: self.name.clone(),
            status: status.as_u16(),
            retry_after_ms: retry_after_ms(response.headers()),
        })
    }

    fn describe(&self) -> String {
        let signed = if self.secret.is_some() { "signed" } else { "unsigned" };
        format!("webhook to {} ({signed})", self.name)
    }
}

impl fmt::Debug for WebhookNotifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookNotifier({})", self.describe())
    }
}

/// Scheme, host and port: what may be said of a webhook's address.
fn origin(url: &Uri) -> Result<String, Error> {
    let problem = |text: &str| Err(Error::configuration("url", text));
    let scheme = match url.scheme_str() {
        Some(scheme @ ("https" | "http")) => scheme,
        _ => return problem("it must begin with https:// or http://"),
    };
    let Some(authority) = url.authority().filter(|authority| !authority.host().is_empty()) else {
        return problem("it names no host");
    };
    if authority.as_str().contains('@') {
        return problem("user and password within an address are not supported");
    }
    Ok(format!("{scheme}://{authority}"))
}

fn signature(secret: &Secret, body: &[u8]) -> Result<String, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .map_err(|e| Error::configuration("secret", e))?;
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256={digits}"))
}

/// `Retry-After` in its form in seconds; a date there is ignored.
fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(seconds.saturating_mul(1_000).min(RETRY_AFTER_MS_MAX))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    version: u32,
    id: &'a str,
    created_at: String,
    subject: String,
    review: Review<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Review<'a> {
    id: &'a str,
    run: &'a str,
    flow: &'a str,
    link: &'a str,
    opened_at: String,
    expires_at: String,
    on_expiry: OnExpiry,
    reminder: Option<u32>,
    objects: Objects,
    verdicts: &'a BTreeMap<Verdict, u64>,
    severities: &'a BTreeMap<Severity, u64>,
    identifiers: &'a [IdentifierCount],
    identifiers_omitted: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Objects {
    held: u64,
    released: u64,
    failed: u64,
}

/// The body's bytes, as they are sent and signed.
fn body(message: &Message) -> Result<Vec<u8>, Error> {
    let notice = &message.facts;
    let shown = notice.identifiers.len().min(IDENTIFIERS_MAX);
    let body = Body {
        version: VERSION,
        id: message.id.as_str(),
        created_at: rfc3339(message.created_ms)?,
        subject: message.subject_line(),
        review: Review {
            id: notice.review.as_str(),
            run: notice.run.as_str(),
            flow: notice.flow.as_str(),
            link: notice.link.as_str(),
            opened_at: rfc3339(notice.opened_ms)?,
            expires_at: rfc3339(notice.expires_ms)?,
            on_expiry: notice.on_expiry,
            reminder: notice.reminder,
            objects: Objects {
                held: notice.held,
                released: notice.released,
                failed: notice.failed,
            },
            verdicts: &notice.verdicts,
            severities: &notice.severities,
            identifiers: &notice.identifiers[..shown],
            identifiers_omitted: notice.identifiers.len() - shown,
        },
    };
    serde_json::to_vec(&body).map_err(Error::message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_hmac_sha256() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature(&Secret::new("Jefe"), b"what do ya want for nothing?").unwrap(),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn only_the_origin_of_an_address_is_said() {
        let check = |url: &str| origin(&url.parse().unwrap()).ok();
        assert_eq!(check("https://h.example/T1/secret?k=1").as_deref(), Some("https://h.example"));
        assert_eq!(check("http://127.0.0.1:9/x").as_deref(), Some("http://127.0.0.1:9"));
        assert_eq!(check("https://user:pass@h.example/"), None);
        assert_eq!(check("ftp://h.example/"), None);
        assert_eq!(check("/only/a/path"), None);
    }
}
