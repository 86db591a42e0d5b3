//! Runs the binary as people do, in a folder of its own and in a known environment.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder, gone after the test, and commands that run in it.
pub struct Place {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    pub fn with_variable(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.environment.push((name, text.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Runs `lakegate` with the words of `line`.
    pub fn run(&self, line: &str) -> Ran {
        self.run_with_input(line, b"")
    }

    pub fn run_with_input(&self, line: &str, input: &[u8]) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lakegate"))
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env_clear()
            .env("COLUMNS", "100")
            .envs(self.environment.iter().map(|(name, text)| (name, text)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            // A command that does not read its input closes it.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let names = [self.folder.path().to_owned(), self.folder.path().canonicalize().unwrap()];
        Ran { output, folder_names: names }
    }
}

/// What a command did.
pub struct Ran {
    output: Output,
    /// The folder, as it is named and as it is.
    folder_names: [PathBuf; 2],
}

impl Ran {
    pub fn code(&self) -> i32 {
        self.output.status.code().unwrap()
    }

    pub fn stdout(&self) -> String {
        self.text(&self.output.stdout)
    }

    pub fn stderr(&self) -> String {
        self.text(&self.output.stderr)
    }

    fn text(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let [named, real] = self.folder_names.each_ref().map(|name| name.to_str().unwrap());
        text.replace(real, "DIR").replace(named, "DIR")
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.output.stdout).unwrap()
    }
}

/// Everything a command said, for snapshots; the folder's path is `DIR`.
impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}", self.code())?;
        for (name, text) in [("stdout", self.stdout()), ("stderr", self.stderr())] {
            if !text.is_empty() {
                write!(f, "\n--- {name}\n{}", text.trim_end())?;
            }
        }
        Ok(())
    }
}
