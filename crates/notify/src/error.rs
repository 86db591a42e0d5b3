//! What can go wrong with one message, and whether another attempt may help.

/// The cause as another library reported it.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a message was not handed over. `to` names the channel without credentials.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The channel's configuration cannot work. It is found before anything is sent.
    #[error("{setting}: {problem}")]
    Configuration {
        /// The setting, by its name in the options.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The message itself cannot be sent in this form.
    #[error("the message cannot be sent: {problem}")]
    Message {
        /// What is wrong with it.
        problem: String,
    },
    /// No connection, or one that broke.
    #[error("{to}: the connection failed")]
    Connection {
        /// The channel.
        to: String,
        /// The cause.
        #[source]
        source: Source,
    },
    /// The other side did not prove who it is. Retryable: certificates expire and are renewed.
    #[error("{to}: no secure connection")]
    Tls {
        /// The channel.
        to: String,
        /// The cause, such as an unknown issuer.
        #[source]
        source: Source,
    },
    /// No answer in time. The message may have arrived all the same.
    #[error("{to}: no answer within {timeout_ms} ms")]
    Timeout {
        /// The channel.
        to: String,
        /// The time that was allowed for the whole attempt.
        timeout_ms: u64,
    },
    /// The other side speaks something else, or stopped in the middle of an answer.
    #[error("{to}: an answer that cannot be understood")]
    Protocol {
        /// The channel.
        to: String,
        /// The cause.
        #[source]
        source: Source,
    },
    /// The server lacks something that the configuration demands: STARTTLS, or a way to log in.
    #[error("{to}: {problem}")]
    Unsupported {
        /// The channel.
        to: String,
        /// What is missing.
        problem: &'static str,
    },
    /// The mail server did not accept the user and password. What it said is left out, lest it
    /// repeats them.
    #[error("{to}: login refused with code {status}; check the username and the password")]
    Login {
        /// The channel.
        to: String,
        /// SMTP reply code.
        status: u16,
    },
    /// The mail server refused the sender, every recipient, or the mail.
    #[error("{to}: {what} refused with code {status}: {reason}")]
    Refused {
        /// The channel.
        to: String,
        /// What was refused, such as `sender` or `recipient ops@example.org`.
        what: String,
        /// SMTP reply code.
        status: u16,
        /// What the server said, on one line.
        reason: String,
    },
    /// The webhook's receiver answered with a status other than 2xx.
    #[error("{to}: answered with HTTP status {status}")]
    Http {
        /// The channel.
        to: String,
        /// HTTP status code.
        status: u16,
        /// How long the receiver asks to be left alone, if it says so (`Retry-After` in seconds).
        retry_after_ms: Option<u64>,
    },
}

impl Error {
    /// A stable code for people and programs, such as `NOTIFY_TIMEOUT`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Configuration { .. } => "NOTIFY_CONFIGURATION",
            Error::Message { .. } => "NOTIFY_MESSAGE",
            Error::Connection { .. } => "NOTIFY_CONNECTION",
            Error::Tls { .. } => "NOTIFY_TLS",
            Error::Timeout { .. } => "NOTIFY_TIMEOUT",
            Error::Protocol { .. } => "NOTIFY_PROTOCOL",
            Error::Unsupported { .. } => "NOTIFY_UNSUPPORTED",
            Error::Login { .. } => "NOTIFY_LOGIN_REFUSED",
            Error::Refused { .. } => "NOTIFY_REFUSED",
            Error::Http { .. } => "NOTIFY_HTTP_STATUS",
        }
    }

    /// Whether the same message may be taken when it is sent again later. What is not retryable is
    /// final until an operator changes something.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Connection { .. }
            | Error::Tls { .. }
            | Error::Timeout { .. }
            | Error::Protocol { .. } => true,
            Error::Login { status, .. } | Error::Refused { status, .. } => {
                (400..500).contains(status)
            }
            // 408 Request Timeout, 425 Too Early, 429 Too Many Requests.
            Error::Http { status, .. } => *status >= 500 || matches!(status, 408 | 425 | 429),
            Error::Configuration { .. } | Error::Message { .. } | Error::Unsupported { .. } => {
                false
            }
        }
    }

    /// The least time to wait before the next attempt, if the other side named one.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Error::Http { retry_after_ms, .. } => *retry_after_ms,
            _ => None,
        }
    }

    pub(crate) fn configuration(setting: &'static str, problem: impl ToString) -> Self {
        Error::Configuration { setting, problem: problem.to_string() }
    }

    /// A message that can not be sent as it is.
    pub fn message(problem: impl ToString) -> Self {
        Error::Message { problem: problem.to_string() }
    }

    /// A failed connection, told apart by its cause: TLS or not.
    pub(crate) fn connection(to: &str, source: impl Into<Source>) -> Self {
        let (to, source) = (to.to_owned(), source.into());
        if crate::tls::is_cause(source.as_ref()) {
            Error::Tls { to, source }
        } else {
            Error::Connection { to, source }
        }
    }
}
