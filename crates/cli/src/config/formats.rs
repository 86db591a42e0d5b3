//! `[formats]`: what reading an object of a complex format, or what a container holds, may take.

use super::limits::at_least_one;
use super::ocr::{Ocr, whole_seconds};
use super::quantity::Size;
use super::reader::Section;
use lakegate_extract::Limits;
use std::time::Duration;

/// The limits of extraction: those that can be set, and the defaults of the others; and how pictures are
/// read.
pub(super) fn read(section: &mut Section<'_, '_>) -> (Limits, Ocr) {
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
    let limits = Limits {
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
    };
    (limits, section.section("ocr", Ocr::read))
}
