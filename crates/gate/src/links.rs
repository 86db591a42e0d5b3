//! Signed links: a review's page, for whoever got the notice.
//!
//! A link names one review and the moment until which it opens it; both are covered by an HMAC under
//! the installation's secret. It opens the page and nothing else: a decision made from the page needs
//! its own anti-forgery token as well.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use lakegate_core::ids::ReviewId;
use sha2::Sha256;

/// Signs and checks links.
#[derive(Clone)]
pub struct Links {
    key: Hmac<Sha256>,
}

/// Why a link does not open anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It was not made here, or was changed.
    #[error("this link is not valid")]
    Invalid,
    /// Its time is over.
    #[error("this link has expired")]
    Expired,
}

impl Links {
    /// Links under the installation's secret.
    pub fn derive(secret: &[u8]) -> Self {
        let key = blake3::derive_key("lakegate 2026 signed review links", secret);
        #[allow(clippy::expect_used)] // HMAC takes keys of any length (RFC 2104).
        Self { key: Hmac::new_from_slice(&key).expect("any key length is valid") }
    }

    /// The token for a review's page, good until `expires_ms`. The same input gives the same token.
    pub fn token(&self, review: &ReviewId, expires_ms: i64) -> String {
        let claim = format!("{review}.{expires_ms}");
        format!("{claim}.{}", URL_SAFE_NO_PAD.encode(self.seal("link", &claim)))
    }

    /// The review that a token opens.
    pub fn open(&self, token: &str, now_ms: i64) -> Result<ReviewId, LinkError> {
        let (claim, seal) = token.rsplit_once('.').ok_or(LinkError::Invalid)?;
        self.check("link", claim, seal)?;
        let (review, expires_ms) = claim.rsplit_once('.').ok_or(LinkError::Invalid)?;
        let expires_ms: i64 = expires_ms.parse().map_err(|_| LinkError::Invalid)?;
        if now_ms >= expires_ms {
            return Err(LinkError::Expired);
        }
        Ok(ReviewId::new(review))
    }

    /// An anti-forgery token for forms, bound to a purpose and a browser's secret cookie.
    pub fn form_token(&self, purpose: &str, cookie: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.seal("form", &format!("{}:{purpose}{cookie}", purpose.len())))
    }

    /// Whether a form's token is the one for that purpose and cookie.
    pub fn form_token_fits(&self, purpose: &str, cookie: &str, token: &str) -> bool {
        let claim = format!("{}:{purpose}{cookie}", purpose.len());
        self.check("form", &claim, token).is_ok()
    }

    fn mac(&self, kind: &str, claim: &str) -> Hmac<Sha256> {
        let mut mac = self.key.clone();
        mac.update(kind.as_bytes());
        mac.update(b"\0");
        mac.update(claim.as_bytes());
        mac
    }

    fn seal(&self, kind: &str, claim: &str) -> Vec<u8> {
        self.mac(kind, claim).finalize().into_bytes().to_vec()
    }

    fn check(&self, kind: &str, claim: &str, seal: &str) -> Result<(), LinkError> {
        let seal = URL_SAFE_NO_PAD.decode(seal).map_err(|_| LinkError::Invalid)?;
        self.mac(kind, claim).verify_slice(&seal).map_err(|_| LinkError::Invalid)
    }
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Links")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_its_review_until_its_time_is_over() {
        let links = Links::derive(b"secret");
        let token = links.token(&ReviewId::new("rev-1"), 1_000);
        assert_eq!(links.open(&token, 999), Ok(ReviewId::new("rev-1")));
        assert_eq!(links.open(&token, 1_000), Err(LinkError::Expired));
        assert_eq!(Links::derive(b"other").open(&token, 1), Err(LinkError::Invalid));
    }

    #[test]
    fn no_changed_token_opens_anything() {
        let links = Links::derive(b"secret");
        let token = links.token(&ReviewId::new("rev-1"), 1_000);
        for index in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last character of the seal has bits that stand for nothing.
            if index + 1 < token.len() {
                assert_eq!(links.open(&changed, 1), Err(LinkError::Invalid), "{changed}");
            }
        }
        assert_eq!(links.open("", 1), Err(LinkError::Invalid));
    }

    #[test]
    fn form_tokens_are_bound_to_purpose_and_cookie() {
        let links = Links::derive(b"secret");
        let token = links.form_token("decide", "cookie");
        assert!(links.form_token_fits("decide", "cookie", &token));
        assert!(!links.form_token_fits("decide", "other", &token));
        assert!(!links.form_token_fits("decid", "ecookie", &token));
        let link = links.token(&ReviewId::new("decide"), 1);
        assert!(!links.form_token_fits("decide", "cookie", &link));
    }
}
