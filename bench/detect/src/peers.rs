//! The same files through this program and through others.

use crate::{Outcome, corpus, cpu};
use std::path::Path;
use std::process::Command;

/// Each command is run so often on each file, and the best time told.
const ROUNDS: usize = 3;

/// Start-up is so short that it is measured over many runs.
const STARTS: usize = 50;

/// Ten patterns of personal data, as one would give them to ripgrep.
const PATTERNS: [&str; 10] = [
    r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    r"\b(?:[0-9][ -]?){13,19}\b",
    r"\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b",
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    r"\+?1?[ .-]?\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}",
    r"\bAKIA[A-Z2-7]{16}\b",
    r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
    r"\b[A-Z]{2}[0-9]{6}[A-D]\b",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
];

/// What the model finds, which is told apart.
const MODELS: &str = "all!NAME,ADDRESS,MEDICAL_TERM";

pub(crate) fn compare(megabytes: usize) -> Outcome {
    let dir = tempfile::tempdir()?;
    let program = std::env::current_exe()?;
    println!("| file | {} |", columns().join(" | "));
    println!("|---|{}", "---|".repeat(columns().len()));
    for kind in corpus::KINDS {
        let path = dir.path().join(format!("{kind}.txt"));
        std::fs::write(&path, corpus::text(kind, megabytes * 1_000_000))?;
        let size = std::fs::metadata(&path)?.len() as f64;
        let mut cells = Vec::new();
        for mut command in commands(&program, &path) {
            cells.push(match best(&mut command) {
                Some(seconds) => format!("{:.0}", size / seconds.max(0.005) / 1e6),
                None => "-".to_owned(),
            });
        }
        println!("| {kind} | {} |", cells.join(" | "));
    }
    let mut total = 0.0;
    for _ in 0..STARTS {
        total += cpu::command_seconds(Command::new(&program).arg("start"))?;
    }
    println!("\nstart-up with the whole catalogue: {:.1} ms of CPU", total * 1e3 / STARTS as f64);
    Ok(())
}

fn columns() -> [&'static str; 6] {
    ["all but the model", "all", "cat", "wc -l", "rg, 10 patterns", "kingfisher"]
}

fn commands(program: &Path, path: &Path) -> Vec<Command> {
    let ours = |identifiers: &str| {
        let mut command = Command::new(program);
        command.arg("file").arg(path).arg(identifiers);
        command
    };
    let mut cat = Command::new("cat");
    cat.arg(path);
    let mut lines = Command::new("wc");
    lines.arg("-l").arg(path);
    let mut rg = Command::new("rg");
    rg.args(["--no-config", "-j1", "-c", "-a"]).arg(PATTERNS.join("|")).arg(path);
    let mut kingfisher = Command::new("kingfisher");
    kingfisher.args(["scan", "--no-validate", "--no-update-check", "--jobs", "1"]).arg(path);
    vec![ours(MODELS), ours("all"), cat, lines, rg, kingfisher]
}

/// The best of some runs; `None` if the program is not there.
fn best(command: &mut Command) -> Option<f64> {
    (0..ROUNDS)
        .map(|_| cpu::command_seconds(command).ok())
        .collect::<Option<Vec<f64>>>()?
        .into_iter()
        .reduce(f64::min)
}
