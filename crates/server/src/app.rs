//! What all handlers share.

use crate::outcomes::Outcomes;
use lakegate_core::environment::Entropy;
use lakegate_detect::Ruleset;
use lakegate_gate::Gate;
use std::sync::Arc;

/// Random bytes in a token.
const TOKEN_BYTES: usize = 32;

/// The server's state; cloning it is cheap.
#[derive(Clone)]
pub(crate) struct App {
    inner: Arc<Inner>,
}

struct Inner {
    gate: Gate,
    token_hash: blake3::Hash,
    is_local: bool,
    local_hosts: Vec<String>,
    public_host: Option<String>,
    secure_cookies: bool,
    rules: Arc<Ruleset>,
    outcomes: Outcomes,
}

/// What an [`App`] is made of.
pub(crate) struct AppParts {
    pub(crate) gate: Gate,
    pub(crate) token: String,
    /// Whether only this machine can reach the server.
    pub(crate) is_local: bool,
    /// The names under which a browser on this machine may know the server, each with its port.
    pub(crate) local_hosts: Vec<String>,
    /// The name under which others know it, with its port where it has one.
    pub(crate) public_host: Option<String>,
    pub(crate) secure_cookies: bool,
    pub(crate) rules: Ruleset,
}

impl App {
    pub(crate) fn new(parts: AppParts) -> Self {
        let inner = Inner {
            gate: parts.gate,
            token_hash: blake3::hash(parts.token.as_bytes()),
            is_local: parts.is_local,
            local_hosts: parts.local_hosts,
            public_host: parts.public_host,
            secure_cookies: parts.secure_cookies,
            rules: Arc::new(parts.rules),
            outcomes: Outcomes::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.inner.gate
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.gate().clock().now_ms()
    }

    pub(crate) fn is_local(&self) -> bool {
        self.inner.is_local
    }

    pub(crate) fn secure_cookies(&self) -> bool {
        self.inner.secure_cookies
    }

    pub(crate) fn rules(&self) -> &Arc<Ruleset> {
        &self.inner.rules
    }

    pub(crate) fn outcomes(&self) -> &Outcomes {
        &self.inner.outcomes
    }

    /// Whether this is the admin token. Hashes are compared in constant time.
    pub(crate) fn is_token(&self, token: &str) -> bool {
        blake3::hash(token.as_bytes()) == self.inner.token_hash
    }

    /// Whether the server goes by this name. A foreign name that leads here is how a web page
    /// elsewhere would reach a server on loopback (DNS rebinding).
    pub(crate) fn is_own_host(&self, host: &str) -> bool {
        let public = self.inner.public_host.as_deref();
        self.is_local_host(host) || public.is_some_and(|own| own.eq_ignore_ascii_case(host))
    }

    /// Whether a browser on this machine calls the server so.
    pub(crate) fn is_local_host(&self, host: &str) -> bool {
        self.inner.local_hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    /// A text that nobody can guess.
    pub(crate) fn random_token(&self) -> String {
        random_token(self.gate().entropy())
    }
}

/// A text that nobody can guess, fit for headers and URLs.
pub(crate) fn random_token(entropy: &dyn Entropy) -> String {
    use base64::Engine;
    let mut bytes = [0; TOKEN_BYTES];
    entropy.fill(&mut bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
