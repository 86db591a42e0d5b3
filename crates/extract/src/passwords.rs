//! The passwords that may open an object, and how they are tried.
//!
//! What must never happen here: a password in an error, a note, a gap or anything else that leaves; and
//! trying without a bound, for an object says itself how slow a try is.

use crate::gaps;
use crate::session::Session;
use lakegate_core::secret::Secret;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Passwords for one object.
const PASSWORDS_MAX: usize = 100;

/// Bytes of one password in UTF-8.
const PASSWORD_BYTES_MAX: usize = 1_024;

/// Rounds of a hash that all wrong tries at one object may take: a few minutes.
const ROUNDS_MAX: u64 = 1 << 28;

/// Rounds that one try may take: no program writes more, and a hostile object may.
pub(crate) const ROUNDS_OF_ONE_MAX: u64 = 1 << 24;

/// What a try takes at least, whatever the format: parts of the object are read for it.
const ROUNDS_OF_ONE_MIN: u64 = 1 << 10;

/// Bytes of one round.
const BLOCK_BYTES: u64 = 64;

/// The passwords that may open an object: those of its source, and of no other. They can not be printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passwords(Arc<[Secret]>);

/// Why passwords can not be used. It tells nothing of them but where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordsError {
    /// There are too many for one object.
    #[error("there are more than {PASSWORDS_MAX} passwords")]
    TooMany,
    /// One is too long.
    #[error("password {number} is longer than {PASSWORD_BYTES_MAX} bytes")]
    TooLong {
        /// Which, counted from 1.
        number: usize,
    },
}

impl Passwords {
    /// Takes passwords into custody, in the order in which they are tried.
    ///
    /// # Errors
    /// When there are too many, or one is too long.
    pub fn new(passwords: Vec<Secret>) -> Result<Self, PasswordsError> {
        if passwords.len() > PASSWORDS_MAX {
            return Err(PasswordsError::TooMany);
        }
        match passwords.iter().position(|p| p.expose().len() > PASSWORD_BYTES_MAX) {
            Some(index) => Err(PasswordsError::TooLong { number: index + 1 }),
            None => Ok(Self(passwords.into())),
        }
    }

    /// The passwords of a text with one on each line; empty lines are none. Blanks belong to a password.
    ///
    /// # Errors
    /// As of [`Passwords::new`].
    pub fn of_lines(text: &str) -> Result<Self, PasswordsError> {
        let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines();
        Self::new(lines.filter(|line| !line.is_empty()).map(Secret::new).collect())
    }

    /// All of several, without those that stand there twice.
    ///
    /// # Errors
    /// When there are too many.
    pub fn joined<'p>(
        several: impl IntoIterator<Item = &'p Passwords>,
    ) -> Result<Self, PasswordsError> {
        let mut all: Vec<Secret> = Vec::new();
        for secret in several.into_iter().flat_map(|passwords| passwords.0.iter()) {
            if !all.contains(secret) {
                all.push(secret.clone());
            }
        }
        Self::new(all)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// As they go over a pipe: each with its length before it.
    pub(crate) fn to_wire(&self) -> Zeroizing<Vec<u8>> {
        let bytes = self.0.iter().map(|password| 4 + password.expose().len()).sum();
        // As long as needed from the start: what grows leaves copies behind.
        let mut wire = Zeroizing::new(Vec::with_capacity(bytes));
        for password in self.0.iter() {
            wire.extend_from_slice(&(password.expose().len() as u32).to_le_bytes());
            wire.extend_from_slice(password.expose().as_bytes());
        }
        wire
    }

    /// As they come over a pipe; `None` if these are none.
    pub(crate) fn of_wire(mut wire: &[u8]) -> Option<Self> {
        let mut passwords = Vec::new();
        while let Some((length, rest)) = wire.split_first_chunk::<4>() {
            let (password, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            passwords.push(Secret::new(std::str::from_utf8(password).ok()?));
            wire = rest;
        }
        if wire.is_empty() { Self::new(passwords).ok() } else { None }
    }
}

/// Why a try did not open.
pub(crate) enum Refused {
    /// The password is not the right one.
    Wrong,
    /// It would not help if it were: a code and words of a gap.
    Broken(&'static str, String),
}

/// Why nothing opened what is encrypted.
#[derive(Debug)]
pub(crate) enum Locked {
    NoPassword,
    NoneFits,
    NotAllTried,
    Broken(&'static str, String),
}

impl Locked {
    /// The code and the words of the gap.
    pub fn gap(self, what: &str) -> (&'static str, String) {
        let why = match self {
            Locked::NoPassword => "no password is configured for it",
            Locked::NoneFits => "none of the configured passwords fits",
            Locked::NotAllTried => "to try all configured passwords would take too long",
            Locked::Broken(code, detail) => return (code, detail),
        };
        (gaps::ENCRYPTED, format!("{what} is encrypted: {why}"))
    }
}

/// The passwords of the object that is read.
pub(crate) struct Keyring<'p> {
    passwords: &'p Passwords,
    /// The one that fitted last: most likely the next one, too.
    last: usize,
    rounds_left: u64,
}

impl<'p> Keyring<'p> {
    pub fn new(passwords: &'p Passwords) -> Self {
        Self { passwords, last: 0, rounds_left: ROUNDS_MAX }
    }

    /// A wrong try took so many rounds.
    fn charge(&mut self, rounds: u64) {
        self.rounds_left = self.rounds_left.saturating_sub(rounds);
    }

    /// A wrong try decrypted so many bytes: as slow as a round of a hash for each block of it.
    pub fn charge_bytes(&mut self, bytes: u64) {
        self.charge(bytes / BLOCK_BYTES);
    }
}

impl Session<'_> {
    /// Tries passwords until one opens: those that programs use where nobody gave one, then that which
    /// fitted last, then the others. A try takes so many rounds of a hash.
    pub fn unlock<T>(
        &mut self,
        rounds: u64,
        usual: &'static [&'static str],
        mut open: impl FnMut(&mut Self, &str) -> Result<T, Refused>,
    ) -> Result<T, Locked> {
        if rounds > ROUNDS_OF_ONE_MAX {
            let detail = format!("a try at a password would take {rounds} rounds of a hash");
            return Err(Locked::Broken(gaps::ENCRYPTED, detail));
        }
        let passwords = self.keyring.passwords;
        let last = self.keyring.last;
        let others = (0..passwords.len()).filter(|index| *index != last);
        let configured = std::iter::once(last).filter(|last| *last < passwords.len()).chain(others);
        let configured = configured.map(|index| (Some(index), passwords.0[index].expose()));
        for (index, password) in usual.iter().map(|text| (None, *text)).chain(configured) {
            let rounds = rounds.max(ROUNDS_OF_ONE_MIN);
            if self.keyring.rounds_left < rounds {
                return Err(Locked::NotAllTried);
            }
            self.alive();
            match open(self, password) {
                Ok(opened) => {
                    self.keyring.charge(rounds);
                    self.keyring.last = index.unwrap_or(last);
                    return Ok(opened);
                }
                Err(Refused::Wrong) => self.keyring.charge(rounds),
                Err(Refused::Broken(code, detail)) => return Err(Locked::Broken(code, detail)),
            }
        }
        Err(if passwords.is_empty() { Locked::NoPassword } else { Locked::NoneFits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_lines_and_keep_their_blanks() {
        let passwords = Passwords::of_lines("\u{feff}one\r\n\n two \nbl\u{e4}\n").unwrap();
        let texts: Vec<&str> = passwords.0.iter().map(Secret::expose).collect();
        assert_eq!(texts, ["one", " two ", "bl\u{e4}"]);
        assert_eq!(format!("{passwords:?}"), "Passwords([Secret, Secret, Secret])");
    }

    #[test]
    fn too_many_and_too_long_ones_are_refused() {
        let lines = |count: usize| (0..count).map(|n| format!("{n}\n")).collect::<String>();
        assert_eq!(Passwords::of_lines(&lines(100)).unwrap().len(), 100);
        assert_eq!(Passwords::of_lines(&lines(101)).unwrap_err(), PasswordsError::TooMany);
        let long = format!("a\n{}\n", "x".repeat(1_025));
        assert_eq!(Passwords::of_lines(&long).unwrap_err(), PasswordsError::TooLong { number: 2 });
        let (one, two) =
            (Passwords::of_lines("a\nb").unwrap(), Passwords::of_lines("b\nc").unwrap());
        let joined = Passwords::joined([&one, &two]).unwrap();
        assert_eq!(joined, Passwords::of_lines("a\nb\nc").unwrap());
    }

    #[test]
    fn they_come_over_a_pipe_as_they_went() {
        let passwords = Passwords::of_lines("a\n \u{1f511}\nlonger than the others").unwrap();
        let wire = passwords.to_wire();
        assert_eq!(Passwords::of_wire(&wire).unwrap(), passwords);
        for cut in 1..wire.len() {
            // Between two of them nothing is missing.
            let found = Passwords::of_wire(&wire[..cut]);
            assert!(found.is_none_or(|found| found.len() < passwords.len()), "{cut}");
        }
    }

    struct Nowhere;

    impl crate::text::reader::BlockSink for Nowhere {
        fn block(&mut self, _: &lakegate_core::text::Block<'_>) {}
    }

    fn with_session<T>(lines: &str, run: impl FnOnce(&mut Session<'_>) -> T) -> T {
        let (limits, passwords) = (crate::Limits::default(), Passwords::of_lines(lines).unwrap());
        let (mut sink, mut spool) = (Nowhere, |_| Err(std::io::ErrorKind::StorageFull.into()));
        run(&mut Session::new(&limits, &passwords, &mut sink, &mut spool))
    }

    #[test]
    fn the_one_that_fitted_last_is_tried_first() {
        with_session("a\nb\nc", |session| {
            let mut tried = Vec::new();
            for right in ["c", "c", "b", "none", "usual"] {
                let _ = session.unlock(1, &["usual"], |_, password| {
                    tried.push(password.to_owned());
                    if password == right { Ok(()) } else { Err(Refused::Wrong) }
                });
                tried.push("-".into());
            }
            let expected = "usual a b c - usual c - usual c a b - usual b a c - usual -";
            assert_eq!(tried.join(" "), expected);
        });
    }

    #[test]
    fn slow_tries_are_counted_for_the_whole_object() {
        let count = |rounds: u64| {
            with_session("a\nb\nc", |session| {
                let mut tries = 0;
                for _ in 0..10 {
                    let result: Result<(), Locked> = session.unlock(rounds, &[], |_, _| {
                        tries += 1;
                        Err(Refused::Wrong)
                    });
                    assert!(result.is_err());
                }
                tries
            })
        };
        assert_eq!((count(1), count(ROUNDS_OF_ONE_MAX)), (30, 16));
        assert_eq!(count(ROUNDS_OF_ONE_MAX + 1), 0);
    }
}
