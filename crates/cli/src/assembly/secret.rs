//! The installation's own secret: the key under which fingerprints and links are made.
//!
//! It is made once and kept beside the ledger, readable by its owner alone. Whoever loses it loses the
//! validity of links and the comparability of fingerprints, and nothing else.

use lakegate_core::environment::Entropy;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// The secret's length.
pub const SECRET_BYTES: usize = 32;

/// The name of its file in the state folder.
const FILE_NAME: &str = "secret";

/// Readable and writable by its owner alone.
const FILE_MODE: u32 = 0o600;

/// Permissions that nobody but the owner may have.
const OTHERS_MODE: u32 = 0o077;

/// The installation's secret. It can not be printed.
#[derive(Clone)]
pub struct InstallationSecret([u8; SECRET_BYTES]);

impl InstallationSecret {
    /// Draws one that is kept nowhere: for commands that have no installation.
    pub fn passing(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; SECRET_BYTES];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads the one in `state_dir`, or makes it where there is none. To be called by the owner of the
    /// ledger only, so that no two make one at the same time.
    ///
    /// # Errors
    /// Where it can not be read or written, where others may read it, and where it is not what was
    /// written once.
    pub fn load_or_create(state_dir: &Path, entropy: &dyn Entropy) -> io::Result<Self> {
        match Self::load(state_dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = Self::passing(entropy);
                secret.store(state_dir)?;
                Ok(secret)
            }
            loaded => loaded,
        }
    }

    fn load(state_dir: &Path) -> io::Result<Self> {
        let file = File::open(state_dir.join(FILE_NAME))?;
        if file.metadata()?.permissions().mode() & OTHERS_MODE != 0 {
            let why = "others than its owner have access to it (its mode should be 600)";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        let mut bytes = Vec::with_capacity(SECRET_BYTES + 1);
        file.take(SECRET_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        let bytes = bytes.try_into().map_err(|_| {
            let why = format!("it does not hold {SECRET_BYTES} bytes");
            io::Error::new(io::ErrorKind::InvalidData, why)
        })?;
        Ok(Self(bytes))
    }

    /// Writes it under another name first, so that a crash leaves all of it or nothing.
    fn store(&self, state_dir: &Path) -> io::Result<()> {
        let unfinished = state_dir.join(format!("{FILE_NAME}.new"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&unfinished)?;
        file.write_all(&self.0)?;
        file.sync_all()?;
        fs::rename(&unfinished, state_dir.join(FILE_NAME))?;
        File::open(state_dir)?.sync_all()
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for InstallationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstallationSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assembly::SystemEntropy;

    #[test]
    fn it_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let load = || InstallationSecret::load_or_create(folder.path(), &SystemEntropy);
        let first = load().unwrap();
        assert_eq!(first.expose(), load().unwrap().expose());
        assert_ne!(first.expose(), InstallationSecret::passing(&SystemEntropy).expose());
        assert_eq!(format!("{first:?}"), "InstallationSecret");
    }

    #[test]
    fn a_damaged_or_open_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE_NAME);
        let load = || InstallationSecret::load_or_create(folder.path(), &SystemEntropy);
        load().unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(load().unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, "short").unwrap();
        assert_eq!(load().unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read(&file).unwrap(), b"short");
    }
}
