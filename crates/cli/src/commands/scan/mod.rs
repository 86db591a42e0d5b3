//! `lakegate scan`: inspects files, folders and S3 prefixes where they are. Nothing is moved.

mod meter;
mod passwords;
mod print;
mod sources;
mod suppress;

use super::confinements::Confinements;
use super::rules::{Reading, reading, ruleset};
use crate::arguments::{Global, Scan};
use crate::assembly::{InstallationSecret, SystemEntropy, reading_processes};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::Output;
use crate::session::block_on;
use futures_util::StreamExt;
use lakegate_core::coverage::CoverageStatus;
use lakegate_core::object::{ObjectRef, Tags};
use lakegate_core::verdict::Verdict;
use lakegate_scan::{FingerprintKey, Inspected, Inspector};
use meter::{Counted, Meter};
use print::Printer;
use sources::{Missing, Object, Source};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use suppress::Archive;

/// One object's result.
pub(super) struct Scanned {
    pub(super) object: ObjectRef,
    /// The file's path, or the object's URL.
    pub(super) name: String,
    /// The bucket, or the folder that was named.
    pub(super) place: String,
    /// What was concluded, or why nothing could be.
    pub(super) result: Result<Inspected, String>,
    /// The suppression rule that archives the finding.
    pub(super) archived_by: Option<String>,
}

impl Scanned {
    /// What was named and is not there, told beside the objects.
    fn missing(missing: &Missing) -> Self {
        let object = ObjectRef {
            key: missing.name.clone(),
            version: None,
            etag: String::new(),
            size_bytes: 0,
            modified_ms: 0,
        };
        let mut why = vec![missing.report.message.clone()];
        why.extend(missing.report.causes.iter().cloned());
        Self {
            object,
            name: missing.name.clone(),
            place: String::new(),
            result: Err(why.join(": ")),
            archived_by: None,
        }
    }

    /// Tells on standard error why an object could not be read.
    fn report(&self, output: &mut Output) {
        if let Err(why) = &self.result {
            let message = format!("{} could not be read", self.name.escape_debug());
            let mut report = Report::new("SCAN_READ", message);
            report.causes.push(why.clone());
            output.report(&report);
        }
    }
}

/// What every object of a scan is looked at with.
struct Desk {
    inspector: Arc<Inspector>,
    archive: Archive,
}

pub(super) fn run(arguments: &Scan, global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    let archive = Archive::read(arguments, global)?;
    let rules = ruleset(&arguments.selection, global)?;
    // Nothing is kept of a scan, so its fingerprints only have to agree among themselves.
    let secret = InstallationSecret::passing(&SystemEntropy);
    let key = FingerprintKey::derive(secret.expose());
    let Reading { limits, mut ocr, passwords: configured } = reading(global)?;
    ocr.enabled |= arguments.ocr;
    let pool = reading_processes(&ocr)?;
    Confinements::of(&pool)?.warn();
    let inspector = Inspector::new(rules, key, limits).with_processes(pool);
    let inspector = Arc::new(passwords::given(inspector, configured, &arguments.password_file)?);
    let desk = Desk { inspector, archive };
    let printer = Printer::new(global);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = arguments.jobs.unwrap_or(cores).max(1);
    block_on(async {
        let source = Source::open(&arguments.paths, global).await?;
        tokio::select! {
            exit = scan_all(source, desk, jobs, printer, output) => exit,
            _ = tokio::signal::ctrl_c() => Err(Failure::new(
                Exit::Interrupted,
                Report::new("INTERRUPTED", "interrupted before everything was scanned"),
            )),
        }
    })
}

/// Scans `jobs` objects at once and prints them in the order in which they stand.
async fn scan_all(
    source: Source,
    desk: Desk,
    jobs: usize,
    mut printer: Printer,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let mut meter = Meter::new(output, source.local());
    let read = meter.read();
    let mut tally = Tally::default();
    let scans = source.objects().map(|object| async {
        match object {
            Ok(object) => Ok(scan_one(object, &desk, read.clone()).await),
            Err(missing) => Err(missing),
        }
    });
    let mut scans = std::pin::pin!(scans.buffered(jobs));
    loop {
        let scanned = tokio::select! {
            scanned = scans.next() => scanned,
            () = meter.time_to_tell() => {
                meter.tell(output);
                continue;
            }
        };
        let Some(scanned) = scanned else { break };
        let scanned = match scanned {
            Ok(scanned) => {
                scanned.report(output);
                scanned
            }
            Err(missing) => {
                output.report(&missing.report);
                Scanned::missing(&missing)
            }
        };
        tally.count(&scanned);
        meter.passed();
        printer.print(&scanned, output)?;
    }
    meter.finish();
    printer.finish(output)?;
    output.note(&tally.words());
    Ok(tally.exit())
}

async fn scan_one(object: Object, desk: &Desk, read: Arc<AtomicU64>) -> Scanned {
    let is_file = object.path.is_some();
    let (reference, name, place) = (object.reference, object.name, object.place);
    let inspector = desk.inspector.clone();
    let result = match object.path {
        Some(path) => {
            let key = reference.key.clone();
            let work = move || inspect_file(&key, &path, &inspector, read);
            let done = tokio::task::spawn_blocking(work).await;
            done.unwrap_or_else(|_| Err("the inspection broke off".to_owned()))
        }
        None => match object.bucket.read(&reference).await {
            Ok(body) => {
                let counted = body.inspect(move |chunk| {
                    let bytes = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
                    read.fetch_add(bytes, Ordering::Relaxed);
                });
                let inspected = inspector.inspect(&reference.key, counted.boxed()).await;
                inspected.map_err(|error| chain(&error))
            }
            Err(error) => Err(chain(&error)),
        },
    };
    let mut scanned = Scanned { object: reference, name, place, result, archived_by: None };
    let has_findings = scanned.result.as_ref().is_ok_and(|i| i.verdict == Verdict::Findings);
    if has_findings && desk.archive.has_rules() {
        let tags = match is_file {
            true => Ok(Tags::new()),
            false => object.bucket.tags(&scanned.object).await,
        };
        // Without knowing the tags nobody knows whether a rule holds: nothing is archived then.
        scanned.archived_by = tags.ok().and_then(|tags| desk.archive.archives(&scanned, &tags));
    }
    scanned
}

fn inspect_file(
    key: &str,
    path: &std::path::Path,
    inspector: &Inspector,
    read: Arc<AtomicU64>,
) -> Result<Inspected, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut input = Counted { input: file, read };
    inspector.inspect_keyed_from(key, &mut input).map_err(|error| chain(&error))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

/// How many objects came out how.
#[derive(Default)]
struct Tally {
    objects: u64,
    findings: u64,
    archived: u64,
    incomplete: u64,
    failed: u64,
}

impl Tally {
    fn count(&mut self, scanned: &Scanned) {
        self.objects += 1;
        self.archived += u64::from(scanned.archived_by.is_some());
        match &scanned.result {
            Ok(inspected) => {
                self.findings += u64::from(inspected.verdict == Verdict::Findings);
                let is_whole = inspected.coverage.status == CoverageStatus::Complete;
                self.incomplete += u64::from(!is_whole);
            }
            Err(_) => self.failed += 1,
        }
    }

    fn words(&self) -> String {
        let archived = match self.archived {
            0 => String::new(),
            archived => format!(" ({archived} archived)"),
        };
        format!(
            "{} scanned: {} with findings{archived}, {} not fully read, {} failed",
            self.objects, self.findings, self.incomplete, self.failed
        )
    }

    fn exit(&self) -> Exit {
        if self.findings > 0 {
            Exit::Findings
        } else if self.failed > 0 {
            Exit::Failed
        } else if self.incomplete > 0 {
            Exit::Incomplete
        } else {
            Exit::Done
        }
    }
}
