//! Files that are attached to a PDF.

use super::objects::{Objects, is_whole};
use crate::gaps;
use crate::session::Session;
use lakegate_core::coverage::{Count, Coverage, CoverageStatus};
use lopdf::{Dictionary, Object, ObjectId};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Reads all attached files, and adds them to the coverage of the document.
pub(super) fn read(session: &mut Session<'_>, objects: &Objects<'_>, coverage: &mut Coverage) {
    let files = files(objects);
    let mut count = Count { inspected: 0, total: files.len() as u64 };
    for (number, (id, name)) in files.iter().enumerate() {
        let what = format!("attachment {}", number + 1);
        let stream = objects.document.get_object(*id).and_then(Object::as_stream);
        let Ok(stream) = stream else {
            gaps::gap(coverage, gaps::MALFORMED, format!("{what} is missing"));
            continue;
        };
        let content = match objects.content(stream) {
            Ok(content) => content,
            Err(why) => {
                gaps::gap(coverage, gaps::MALFORMED, format!("{what}: {why}"));
                continue;
            }
        };
        if !is_whole(stream) {
            gaps::gap(coverage, gaps::MALFORMED, format!("{what} is damaged"));
        }
        let packed_bytes = Cell::new(stream.content.len() as u64);
        match session.within(name, &mut &content[..], Some(&packed_bytes)) {
            Ok(inner) => {
                count.inspected += u64::from(inner.status == CoverageStatus::Complete);
                coverage.units_inspected += inner.units_inspected;
                for gap in &inner.gaps {
                    gaps::gap(coverage, &gap.code, format!("{what}: {}", gap.detail));
                }
                for note in &inner.notes {
                    gaps::note(coverage, format!("{what}: {note}"));
                }
            }
            Err(bound) => {
                gaps::gap(coverage, bound.code, format!("{what}: {}", bound.detail));
                if bound.code != gaps::NESTING {
                    break;
                }
            }
        }
    }
    if count.total > 0 {
        coverage.members = Some(count);
    }
}

/// The streams of attached files with their names.
fn files(objects: &Objects<'_>) -> BTreeMap<ObjectId, String> {
    let mut files = BTreeMap::new();
    for (id, object) in &objects.document.objects {
        if let Object::Stream(stream) = object
            && stream.dict.has_type(b"EmbeddedFile")
        {
            files.entry(*id).or_insert_with(|| format!("attachment {}", id.0));
        }
        if let Object::Dictionary(specification) = object {
            named(objects, specification, &mut files);
        }
    }
    files
}

/// The files of one specification; those that stand directly in arrays and dictionaries of names are
/// found by their own type.
fn named(
    objects: &Objects<'_>,
    specification: &Dictionary,
    files: &mut BTreeMap<ObjectId, String>,
) {
    let embedded = specification.get(b"EF").ok().and_then(|object| objects.dictionary(object));
    let Some(embedded) = embedded else { return };
    let name = [&b"UF"[..], b"F", b"Desc"]
        .iter()
        .filter_map(|key| specification.get(key).ok())
        .filter_map(|object| objects.resolve(object))
        .find_map(super::strings::string);
    for (_, object) in embedded.iter() {
        if let Ok(id) = object.as_reference() {
            let name = name.clone().unwrap_or_else(|| format!("attachment {}", id.0));
            files.insert(id, name);
        }
    }
}
