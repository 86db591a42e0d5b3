//! A scan's results for people.

use super::place::place;
use super::{Scanned, coverage, detections, verdict};
use lakegate_core::detection::Detection;

/// Places that are shown of each detection, unless all are asked for.
const SHOWN_MAX: usize = 3;

/// One object: its verdict, what was not read, what was found.
pub(super) fn text(scanned: &Scanned, tells_all: bool) -> String {
    let mut out = format!("{:12} {}\n", verdict(scanned).as_str(), scanned.name.escape_debug());
    if let Some(rule) = &scanned.archived_by {
        out.push_str(&format!("    archived by `{}`\n", rule.escape_debug()));
    }
    let coverage = coverage(scanned);
    for gap in &coverage.gaps {
        out.push_str(&format!("    {}: {}\n", gap.code, gap.detail.escape_debug()));
    }
    if tells_all {
        for note in &coverage.notes {
            out.push_str(&format!("    note: {}\n", note.escape_debug()));
        }
    }
    for detection in detections(scanned) {
        detection_text(scanned, detection, tells_all, &mut out);
    }
    out
}

fn detection_text(scanned: &Scanned, detection: &Detection, tells_all: bool, out: &mut String) {
    let Detection { count, identifier, severity, occurrences, .. } = detection;
    out.push_str(&format!("    {count} x {identifier} ({severity})\n"));
    let shown_max = if tells_all { occurrences.len() } else { SHOWN_MAX };
    let shown = occurrences.iter().take(shown_max);
    let left = count - shown.len() as u64;
    for occurrence in shown {
        out.push_str(&format!("        {}  {}\n", place(scanned, occurrence), occurrence.masked));
    }
    match left {
        0 => {}
        _ if tells_all => out.push_str(&format!("        and {left} more, counted only\n")),
        _ => out.push_str(&format!("        and {left} more; --verbose shows them\n")),
    }
}
