//! Which files the recogniser can reach (Landlock): its program, its libraries and its data, to read them, and to
//! run nothing but the program. Where the kernel has no Landlock nothing is done, and `lakegate doctor` says so.

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError,
};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// What is asked of the kernel. One that knows less gives what it can.
const KNOWN: ABI = ABI::V5;

/// Where systems have libraries, and what tells the loader of them.
const LIBRARIES: &[&str] = &[
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
];

/// Where a program's own libraries and data stand, beside the folder of programs in which it stands.
const BESIDE: &[&str] =
    &["lib", "lib64", "share/tessdata", "share/tesseract-ocr", "share/tesseract"];

/// Where it has its data if it is told.
const DATA_VARIABLE: &str = "TESSDATA_PREFIX";

/// Bytes at the start of a program that tell what loads it.
const HEAD_BYTES: u64 = 64 << 10;

/// Leaves this process these files and no others, for good.
pub(super) fn leave(program: &Path) {
    let _: Result<(), RulesetError> = restrict(program);
}

fn restrict(program: &Path) -> Result<(), RulesetError> {
    let to_read = AccessFs::ReadFile | AccessFs::ReadDir;
    let to_run = AccessFs::ReadFile | AccessFs::Execute;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))?
        .create()?;
    for path in readable(program) {
        rules = allowed(rules, &path, to_read)?;
    }
    rules = allowed(rules, program, to_run)?;
    if let Some(loader) = loader(program) {
        rules = allowed(rules, &loader, to_run)?;
        // What runs a script has a loader itself.
        if let Some(loader) = self::loader(&loader) {
            rules = allowed(rules, &loader, to_run)?;
        }
    }
    rules.restrict_self()?;
    Ok(())
}

/// The rules with one more, if there is such a file or folder.
fn allowed(
    rules: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    let Ok(file) = PathFd::new(path) else { return Ok(rules) };
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(KNOWN) };
    rules.add_rule(PathBeneath::new(file, access))
}

/// Files and folders that are read, whether there are such or not.
fn readable(program: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = LIBRARIES.iter().map(PathBuf::from).collect();
    paths.extend(["/usr", "/usr/local"].iter().flat_map(|root| beside(Path::new(root))));
    // A program may be a link to where it stands with what it needs.
    for place in [Some(program.to_owned()), program.canonicalize().ok()].into_iter().flatten() {
        let folder = place.parent().filter(|folder| folder.ends_with("bin"));
        paths.extend(folder.and_then(Path::parent).into_iter().flat_map(beside));
    }
    let data = std::env::var_os(DATA_VARIABLE).filter(|folder| !folder.is_empty());
    paths.extend(data.map(PathBuf::from));
    paths
}

fn beside(root: &Path) -> impl Iterator<Item = PathBuf> {
    BESIDE.iter().map(|name| root.join(name))
}

/// What the kernel runs a program with: its loader, or what runs a script.
fn loader(program: &Path) -> Option<PathBuf> {
    let mut head = Vec::new();
    File::open(program).ok()?.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
    let path = match head.strip_prefix(b"#!") {
        Some(line) => line.split(|byte| byte.is_ascii_whitespace()).find(|word| !word.is_empty()),
        None => elf_loader(&head),
    };
    path.map(|path| std::ffi::OsString::from_vec(path.to_vec()).into())
}

/// The path of a program's loader (ELF of 64 bits, its smaller end first).
fn elf_loader(head: &[u8]) -> Option<&[u8]> {
    const LOADER: u64 = 3;
    const SEGMENTS_MAX: u64 = 1_000;
    let number = |at: usize, bytes: usize| {
        let field = head.get(at..at.checked_add(bytes)?)?;
        Some(field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    if !head.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    let segment = (0..count.min(SEGMENTS_MAX))
        .filter_map(|index| usize::try_from(table.checked_add(index * size)?).ok())
        .find(|at| number(*at, 4) == Some(LOADER))?;
    let start = usize::try_from(number(segment.checked_add(8)?, 8)?).ok()?;
    let length = usize::try_from(number(segment.checked_add(32)?, 8)?).ok()?;
    let path = head.get(start..start.checked_add(length)?)?;
    path.split(|byte| *byte == 0).next().filter(|path| path.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_loads_a_program_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        std::fs::write(&script, "#! /bin/sh -e\nexit\n").unwrap();
        assert_eq!(loader(&script).as_deref(), Some(Path::new("/bin/sh")));
        let this = loader(&std::env::current_exe().unwrap()).unwrap();
        assert!(this.exists(), "{this:?}");
        let text = folder.path().join("text");
        for content in [&b""[..], b"text", b"#!", b"\x7fELF\x02\x01", &[0x7f; 100]] {
            std::fs::write(&text, content).unwrap();
            assert_eq!(loader(&text), None);
        }
    }
}
