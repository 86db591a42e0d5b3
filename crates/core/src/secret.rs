//! A secret that Lakegate was given: a credential of its own, or a password that opens objects.

use std::fmt;
use zeroize::Zeroize;

/// A password, a signing key or an address that gives access. It has no `Display`, no
/// serialisation, and its `Debug` shows nothing of it, not even its length. Its memory is overwritten
/// when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a credential into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The credential itself, to be used and never to be written anywhere.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
