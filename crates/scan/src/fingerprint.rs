//! Fingerprints: equal values are equal, and nothing can be computed back.
//!
//! An unkeyed hash of a card number or an SSN is as good as the number, since all of them can be
//! tried. So the hash is keyed with a secret that belongs to the installation.

use hmac::{Hmac, KeyInit, Mac};
use lakegate_core::sensitive::Sensitive;
use sha2::Sha256;

/// Bytes of a fingerprint; 128 bits tell values apart.
const FINGERPRINT_BYTES: usize = 16;

/// The installation's key for fingerprints. It can not be printed.
#[derive(Clone)]
pub struct FingerprintKey(Hmac<Sha256>);

impl FingerprintKey {
    /// From the installation's secret. The key is derived, so that the secret can serve other
    /// purposes under other names.
    pub fn derive(secret: &[u8]) -> Self {
        let derived = blake3::derive_key("lakegate 2026 fingerprint of matched text", secret);
        #[allow(clippy::expect_used)] // HMAC takes keys of any length (RFC 2104).
        Self(Hmac::new_from_slice(&derived).expect("any key length is valid"))
    }

    /// The fingerprint of matched text, as 32 hexadecimal digits.
    pub fn fingerprint(&self, text: &Sensitive<'_>) -> String {
        let mut mac = self.0.clone();
        mac.update(text.expose().as_bytes());
        let full = mac.finalize().into_bytes();
        full[..FINGERPRINT_BYTES].iter().map(|b| format!("{b:02x}")).collect()
    }
}

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_equal_under_one_key_only() {
        let (one, two) = (FingerprintKey::derive(b"one"), FingerprintKey::derive(b"two"));
        let of = |key: &FingerprintKey, text| key.fingerprint(&Sensitive::new(text));
        assert_eq!(of(&one, "4111"), of(&one, "4111"));
        assert_ne!(of(&one, "4111"), of(&one, "4112"));
        assert_ne!(of(&one, "4111"), of(&two, "4111"));
        assert_eq!(of(&one, "4111").len(), 32);
    }
}
