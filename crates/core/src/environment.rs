//! What the pure rules may not reach for themselves: time and randomness. They are injected, so that
//! a seed reproduces any simulated failure.

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;
}

/// Draws what must not be guessed or must not repeat.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// A fresh id: `prefix`, a dash, and 20 lower-case letters and digits of which the first 10 grow
    /// with `now_ms`, so that ids sort by the time they were made.
    fn id(&self, prefix: &str, now_ms: i64) -> String {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut random = [0u8; 10];
        self.fill(&mut random);
        let mut out = String::with_capacity(prefix.len() + 21);
        out.push_str(prefix);
        out.push('-');
        let time = u64::try_from(now_ms).unwrap_or(0);
        for place in (0..10).rev() {
            out.push(DIGITS[((time >> (place * 5)) & 31) as usize] as char);
        }
        for byte in random {
            out.push(DIGITS[(byte & 31) as usize] as char);
        }
        out
    }
}
