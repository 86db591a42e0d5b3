//! Starts `scripts/servers/smtp.sh` and reads what it received.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server. It ends when its input is closed, so also when the test is killed.
pub struct SmtpServer {
    pub port: u16,
    directory: tempfile::TempDir,
    child: Child,
}

/// One mail: its bytes, and what the server's own parser made of them.
pub struct Mail {
    pub raw: Vec<u8>,
    pub seen: Value,
}

impl SmtpServer {
    pub fn start(flags: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/servers/smtp.sh");
        let directory = tempfile::tempdir().unwrap();
        let mut child = Command::new(script)
            .arg("run")
            .arg(directory.path())
            .arg("0")
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/servers/smtp.sh starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the mail server starts; its complaint stands above");
        Self { port, directory, child }
    }

    pub fn ca_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    pub fn mails(&self) -> Vec<Mail> {
        let file = |n: usize, ending: &str| self.directory.path().join(format!("{n:04}.{ending}"));
        (1..)
            .take_while(|n| file(*n, "json").exists())
            .map(|n| Mail {
                raw: std::fs::read(file(n, "eml")).unwrap(),
                seen: serde_json::from_slice(&std::fs::read(file(n, "json")).unwrap()).unwrap(),
            })
            .collect()
    }

    pub fn only_mail(&self) -> Mail {
        let mut mails = self.mails();
        assert_eq!(mails.len(), 1);
        mails.remove(0)
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl Mail {
    /// The values of all headers of that name.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let headers = self.seen["headers"].as_array().unwrap();
        let named = headers.iter().filter(|header| header[0] == name);
        named.map(|header| header[1].as_str().unwrap()).collect()
    }

    /// The text of the one part of that type.
    pub fn part(&self, mime_type: &str) -> &str {
        let parts = self.seen["parts"].as_array().unwrap();
        let mut of_type = parts.iter().filter(|part| part["type"] == mime_type);
        let text = of_type.next().unwrap()["text"].as_str().unwrap();
        assert!(of_type.next().is_none());
        text
    }
}
