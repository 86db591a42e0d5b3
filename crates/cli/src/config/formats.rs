//! `[formats]`: what reading an object of a complex format, or what a container holds, may take, and what
//! opens encrypted ones.

use super::limits::at_least_one;
use super::ocr::{Ocr, whole_seconds};
use super::problem::ProblemKind;
use super::quantity::Size;
use super::reader::Section;
use lakegate_extract::{Limits, Passwords};
use lakegate_scan::SourcePasswords;
use std::time::Duration;

/// Passwords of encrypted objects, and which objects they may open.
#[derive(Clone, Debug)]
pub struct ObjectPasswords {
    /// The flow whose objects they are; of every flow without it.
    pub flow: Option<String>,
    /// How the keys of the objects begin, and the passwords.
    pub source: SourcePasswords,
}

/// What a section says.
pub(super) struct Formats {
    pub limits: Limits,
    pub ocr: Ocr,
    pub passwords: Vec<ObjectPasswords>,
}

pub(super) fn read(section: &mut Section<'_, '_>) -> Formats {
    let limits = limits(section);
    let passwords = section.named_sections("passwords", |_, section| object_passwords(section));
    let ocr = section.section("ocr", Ocr::read);
    Formats { limits, ocr, passwords }
}

fn object_passwords(section: &mut Section<'_, '_>) -> Option<ObjectPasswords> {
    let prefix: Option<String> = section.optional("prefix", "invoices/");
    let flow: Option<String> = section.optional("flow", "default");
    let lines = section.secret("passwords", "passwords_file");
    if lines.is_none() && !section.is_given("passwords") && !section.is_given("passwords_file") {
        let message = format!("`{}` is missing", section.path("passwords_file"));
        let hint = "write for example `passwords_file = \"secrets/passwords\"`".to_owned();
        section.refuse(None, ProblemKind::Missing, message, Some(hint));
    }
    match Passwords::of_lines(lines?.expose()) {
        Ok(passwords) => {
            let source = SourcePasswords { prefix: prefix.unwrap_or_default(), passwords };
            Some(ObjectPasswords { flow, source })
        }
        Err(error) => {
            let message = format!("`{}`: {error}", section.path("passwords"));
            section.refuse(Some("passwords_file"), ProblemKind::Value, message, None);
            None
        }
    }
}

/// Refuses passwords of a flow that there is not, and more than one object may have.
pub(super) fn check(section: &mut Section<'_, '_>, passwords: &[ObjectPasswords], flows: &[&str]) {
    for flow in passwords.iter().filter_map(|passwords| passwords.flow.as_deref()) {
        if !flows.contains(&flow) {
            let message =
                format!("`formats.passwords` names the flow `{flow}`, which there is not");
            section.refuse(Some("formats"), ProblemKind::Conflict, message, None);
        }
    }
    if let Err(error) = Passwords::joined(passwords.iter().map(|p| &p.source.passwords)) {
        let message = format!("`formats.passwords`: {error}");
        section.refuse(Some("formats"), ProblemKind::Conflict, message, None);
    }
}

/// The limits of extraction: those that can be set, and the defaults of the others.
fn limits(section: &mut Section<'_, '_>) -> Limits {
    let default = Limits::default();
    let size = |section: &mut Section<'_, '_>, key, default| {
        section.value_where(key, Size(default), at_least_one).0
    };
    let containers_depth_max =
        section.number("containers_depth", default.containers_depth_max as u64, (1, 8)) as usize;
    let members_max = section.number("members", default.members_max, (1, 100_000_000));
    let expanded_bytes_max = size(section, "expanded_size", default.expanded_bytes_max);
    let expansion_ratio_max =
        section.number("expansion_ratio", default.expansion_ratio_max, (1, 1_000_000));
    let document_bytes_max = size(section, "document_size", default.document_bytes_max);
    let process_memory_bytes = size(section, "process_memory", default.process_memory_bytes);
    let mut seconds = |key, default| {
        section.value_where(key, Duration::from_secs(default), whole_seconds).as_secs()
    };
    Limits {
        containers_depth_max,
        members_max,
        expanded_bytes_max,
        expansion_ratio_max,
        document_bytes_max,
        process_memory_bytes,
        stalled_cpu_seconds: seconds("stalled_cpu", default.stalled_cpu_seconds),
        stalled_seconds: seconds("stalled", default.stalled_seconds),
        object_seconds_max: seconds("object_time", default.object_seconds_max),
        ..default
    }
}
