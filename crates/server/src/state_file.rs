//! How a command finds the server that owns a ledger: a file with its address and its admin token.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The file's name within the state folder.
pub const STATE_FILE: &str = "server.json";

/// What the file holds. Only its owner may read it: the token opens everything.
#[derive(Clone, Serialize, Deserialize)]
pub struct ServerState {
    /// Where the API is reached, without a slash at the end.
    pub url: String,
    /// The admin token, sent as `Authorization: Bearer`.
    pub token: String,
    /// The server's process id.
    pub pid: u32,
}

impl ServerState {
    /// What the running server of a state folder says of itself; `None` when there is no such file.
    /// A server that was killed leaves its file behind: whether one answers at the address is the
    /// caller's to find out.
    ///
    /// # Errors
    /// When the file is there and can not be read.
    pub fn read(state_dir: &Path) -> std::io::Result<Option<Self>> {
        match std::fs::read(state_dir.join(STATE_FILE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(Into::into),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl std::fmt::Debug for ServerState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerState").field("url", &self.url).field("pid", &self.pid).finish()
    }
}

/// The file as long as the server runs; it is removed when this is dropped.
pub(crate) struct StateFile {
    path: PathBuf,
    content: Vec<u8>,
}

impl StateFile {
    /// Writes the file whole or not at all, readable by its owner only.
    pub(crate) fn write(state_dir: &Path, state: &ServerState) -> Result<Self, Error> {
        let path = state_dir.join(STATE_FILE);
        let failed = |source| Error::StateFile { path: path.clone(), source };
        let content = serde_json::to_vec(state).map_err(|error| failed(error.into()))?;
        let draft = state_dir.join(format!(".{STATE_FILE}.{}", state.pid));
        write_private(&draft, &content).map_err(failed)?;
        std::fs::rename(&draft, &path).map_err(failed)?;
        Ok(Self { path, content })
    }
}

fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

impl Drop for StateFile {
    fn drop(&mut self) {
        // Another server may have taken over the folder meanwhile: its file stays.
        let is_ours = std::fs::read(&self.path).is_ok_and(|now| now == self.content);
        if is_ours && let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "the server's state file could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn state(token: &str) -> ServerState {
        ServerState { url: "http://127.0.0.1:1".into(), token: token.into(), pid: 7 }
    }

    #[test]
    fn the_file_is_private_and_goes_with_its_server() {
        let dir = tempfile::tempdir().unwrap();
        let file = StateFile::write(dir.path(), &state("one")).unwrap();
        let path = dir.path().join(STATE_FILE);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(ServerState::read(dir.path()).unwrap().unwrap().token, "one");
        drop(file);
        assert!(ServerState::read(dir.path()).unwrap().is_none());
    }

    #[test]
    fn another_servers_file_stays() {
        let dir = tempfile::tempdir().unwrap();
        let first = StateFile::write(dir.path(), &state("one")).unwrap();
        let _second = StateFile::write(dir.path(), &state("two")).unwrap();
        drop(first);
        assert_eq!(ServerState::read(dir.path()).unwrap().unwrap().token, "two");
    }
}
