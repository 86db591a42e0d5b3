//! E-mail by SMTP (RFC 5321), with STARTTLS or TLS from the start, and with a login.

use crate::error::Source;
use crate::render::words::one_line;
use crate::{Error, Message, Notifier, Receipt, Refusal, Secret, mail, tls};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use serde::Deserialize;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout;

/// At most this many recipients; more belong behind a mailing list.
const RECIPIENTS_MAX: usize = 100;
/// At most this many characters of a server's answer are kept.
const ANSWER_CHARACTERS_MAX: usize = 200;
/// The mail is delivered when we say goodbye; nobody waits longer for the answer to that.
const GOODBYE_MS: u64 = 1_000;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// Not at all. For a relay on the same machine or in a trusted network.
    None,
    /// Plain at first, then TLS; without it nothing is sent. Usually port 587.
    Starttls,
    /// TLS from the first byte. Usually port 465.
    Required,
}

impl TlsMode {
    /// The mode's name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            TlsMode::None => "none",
            TlsMode::Starttls => "starttls",
            TlsMode::Required => "required",
        }
    }
}

/// A mail server, and who writes to whom.
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    /// Name or IP address of the server. Its certificate must bear it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: TlsMode,
    /// The sender: `gate@example.org` or `Lakegate <gate@example.org>`.
    pub from: String,
    /// The recipients, in the same form; 1 to 100.
    pub to: Vec<String>,
    /// The user to log in as, together with `password`.
    pub username: Option<String>,
    /// The password of `username`.
    pub password: Option<Secret>,
    /// The name by which Lakegate greets the server; `[127.0.0.1]` when there is none.
    pub hello_name: Option<String>,
    /// Time for one whole attempt, from connecting to the last answer.
    pub timeout_ms: u64,
    /// A PEM file of certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Sends messages to one mail server.
pub struct SmtpNotifier {
    host: String,
    port: u16,
    mode: TlsMode,
    tls: Option<TlsParameters>,
    from: Mailbox,
    to: Vec<Mailbox>,
    credentials: Option<Credentials>,
    hello: ClientId,
    timeout_ms: u64,
    /// The server as errors name it.
    name: String,
}

impl SmtpNotifier {
    /// Checks the options and reads the authority file. Connects to nothing.
    pub fn new(options: SmtpOptions) -> Result<Self, Error> {
        if options.host.is_empty() {
            return Err(Error::configuration("host", "it is empty"));
        }
        if options.timeout_ms == 0 {
            return Err(Error::configuration("timeout_ms", "it must be more than 0"));
        }
        if options.to.is_empty() || options.to.len() > RECIPIENTS_MAX {
            let problem = format!("1 to {RECIPIENTS_MAX} recipients are needed");
            return Err(Error::configuration("to", problem));
        }
        let to = options.to.iter().map(|text| mailbox("to", text)).collect::<Result<_, _>>()?;
        Ok(Self {
            name: format!("smtp://{}:{}", options.host, options.port),
            mode: options.tls,
            tls: tls_parameters(&options)?,
            from: mailbox("from", &options.from)?,
            to,
            credentials: credentials(&options)?,
            hello: hello(options.hello_name)?,
            timeout_ms: options.timeout_ms,
            host: options.host,
            port: options.port,
        })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let implicit = self.tls.clone().filter(|_| self.mode == TlsMode::Required);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            Some(Duration::from_millis(self.timeout_ms)),
            &self.hello,
            implicit,
            None,
        )
        .await
        .map_err(|e| self.error("connection", e))?;

        if let (TlsMode::Starttls, Some(parameters)) = (self.mode, self.tls.clone()) {
            if !connection.can_starttls() {
                let problem = "it does not offer STARTTLS, so nothing was sent";
                return Err(Error::Unsupported { to: self.name.clone(), problem });
            }
            connection
                .starttls(parameters, &self.hello)
                .await
                .map_err(|e| self.error("STARTTLS", e))?;
        }
        if let Some(credentials) = &self.credentials {
            self.log_in(&mut connection, credentials).await?;
        }
        Ok(connection)
    }

    async fn log_in(
        &self,
        connection: &mut AsyncSmtpConnection,
        credentials: &Credentials,
    ) -> Result<(), Error> {
        match connection.auth(DEFAULT_MECHANISMS, credentials).await {
            Ok(_) => Ok(()),
            Err(e) if e.is_client() => {
                let problem = "it offers no login by PLAIN or LOGIN";
                Err(Error::Unsupported { to: self.name.clone(), problem })
            }
            Err(e) => Err(match e.status() {
                Some(code) => Error::Login { to: self.name.clone(), status: code.into() },
                None => self.error("login", e),
            }),
        }
    }

    /// One transaction. The mail goes out when at least one recipient is taken: one mistyped or
    /// retired address must not keep a review from everybody else.
    async fn transact(
        &self,
        connection: &mut AsyncSmtpConnection,
        mail: &[u8],
    ) -> Result<Receipt, Error> {
        let sender = Mail::new(Some(self.from.email.clone()), Vec::new());
        connection.command(sender).await.map_err(|e| self.error("sender", e))?;

        let mut refused = Vec::new();
        let mut worst: Option<Error> = None;
        for recipient in &self.to {
            let command = Rcpt::new(recipient.email.clone(), Vec::new());
            let Err(e) = connection.command(command).await else { continue };
            let error = self.error(&format!("recipient {}", recipient.email), e);
            let Error::Refused { status, reason, .. } = &error else { return Err(error) };
            refused.push(Refusal {
                recipient: recipient.email.to_string(),
                status: *status,
                reason: reason.clone(),
            });
            // When all are refused, a refusal that may pass decides: it is worth another attempt.
            if worst.as_ref().is_none_or(|kept| !kept.is_retryable()) {
                worst = Some(error);
            }
        }
        if let Some(error) = worst.filter(|_| refused.len() == self.to.len()) {
            return Err(error);
        }

        connection.command(Data).await.map_err(|e| self.error("mail", e))?;
        let answer = connection.message(mail).await.map_err(|e| self.error("mail", e))?;
        Ok(Receipt { answer: self::answer(&answer), refused })
    }

    async fn attempt(&self, mail: &[u8]) -> Result<(AsyncSmtpConnection, Receipt), Error> {
        let mut connection = self.connect().await?;
        match self.transact(&mut connection, mail).await {
            Ok(receipt) => Ok((connection, receipt)),
            Err(error) => {
                connection.abort().await;
                Err(error)
            }
        }
    }

    fn error(&self, what: &str, e: lettre::transport::smtp::Error) -> Error {
        let to = self.name.clone();
        if let Some(code) = e.status() {
            let said = std::error::Error::source(&e).map(ToString::to_string).unwrap_or_default();
            return Error::Refused {
                to,
                what: what.to_owned(),
                status: code.into(),
                reason: one_line(&said, ANSWER_CHARACTERS_MAX),
            };
        }
        if e.is_response() || e.is_client() {
            return Error::Protocol { to, source: Source::from(e) };
        }
        Error::connection(&self.name, e)
    }
}

#[async_trait::async_trait]
impl Notifier for SmtpNotifier {
    async fn send(&self, message: &Message) -> Result<Receipt, Error> {
        let mail = mail::compose(message, &self.from, &self.to)?;
        let time = Duration::from_millis(self.timeout_ms);
        let (mut connection, receipt) = timeout(time, self.attempt(&mail))
            .await
            .map_err(|_| Error::Timeout { to: self.name.clone(), timeout_ms: self.timeout_ms })??;
        // The mail is the server's now, whatever becomes of the goodbye.
        let _ = timeout(Duration::from_millis(GOODBYE_MS), connection.quit()).await;
        Ok(receipt)
    }

    fn describe(&self) -> String {
        let recipients = crate::render::words::count(self.to.len() as u64, "recipient");
        let mode = self.mode.as_str();
        format!("email by {}:{} (tls {mode}) to {recipients}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpNotifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpNotifier({})", self.describe())
    }
}

fn answer(response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    one_line(&format!("{} {text}", response.code()), ANSWER_CHARACTERS_MAX)
}

fn mailbox(setting: &'static str, text: &str) -> Result<Mailbox, Error> {
    let mailbox: Mailbox = text
        .parse()
        .map_err(|e| Error::configuration(setting, format!("{text:?} is no mail address: {e}")))?;
    let address: &Address = &mailbox.email;
    if !AsRef::<str>::as_ref(address).is_ascii() {
        let problem = format!("{text:?}: addresses must be ASCII; write a domain in its xn-- form");
        return Err(Error::configuration(setting, problem));
    }
    if mailbox.name.as_deref().is_some_and(|name| name.chars().any(char::is_control)) {
        return Err(Error::configuration(setting, "a name holds control characters"));
    }
    Ok(mailbox)
}

fn credentials(options: &SmtpOptions) -> Result<Option<Credentials>, Error> {
    match (&options.username, &options.password) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(Error::configuration("password", "username is set without it")),
        (None, Some(_)) => Err(Error::configuration("username", "password is set without it")),
        (Some(_), Some(_)) if options.tls == TlsMode::None && !is_loopback(&options.host) => {
            let problem = "a password is not sent over an open network; use starttls or required";
            Err(Error::configuration("tls", problem))
        }
        (Some(username), Some(password)) => {
            Ok(Some(Credentials::new(username.clone(), password.expose().to_owned())))
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn hello(name: Option<String>) -> Result<ClientId, Error> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    match name {
        None => Ok(ClientId::default()),
        Some(name) if !name.is_empty() && name.bytes().all(plain) => Ok(ClientId::Domain(name)),
        Some(_) => Err(Error::configuration("hello_name", "it is no host name")),
    }
}

fn tls_parameters(options: &SmtpOptions) -> Result<Option<TlsParameters>, Error> {
    if options.tls == TlsMode::None {
        return Ok(None);
    }
    let mut builder = TlsParametersBuilder::new(options.host.clone());
    if let Some(file) = &options.ca_file {
        let pem = tls::read_pem(file)?;
        let authorities =
            Certificate::from_pem(&pem).map_err(|e| Error::configuration("ca_file", e))?;
        builder = builder.add_root_certificate(authorities);
    }
    builder.build().map(Some).map_err(|e| Error::configuration("tls", e))
}
