//! The passwords of a scan: those of the configuration, and those of files that are named.

use crate::config::read_secret;
use crate::failure::Failure;
use lakegate_extract::Passwords;
use lakegate_scan::{Inspector, SourcePasswords};
use std::path::PathBuf;

/// The inspector with all of them. Those of files are for every object.
pub(super) fn given(
    inspector: Inspector,
    configured: Vec<SourcePasswords>,
    files: &[PathBuf],
) -> Result<Inspector, Failure> {
    let mut sources = configured;
    for file in files {
        let passwords = read_secret(file)
            .and_then(|lines| Passwords::of_lines(lines.expose()).map_err(|e| e.to_string()))
            .map_err(|why| Failure::usage(format!("--password-file {}: {why}", file.display())))?;
        sources.push(SourcePasswords { prefix: String::new(), passwords });
    }
    inspector.with_passwords(sources).map_err(|error| Failure::usage(error.to_string()))
}
