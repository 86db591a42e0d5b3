//! A finding, in Macie's JSON (macie-engine, section 9), so that what reads Macie's findings reads ours.
//!
//! Ours adds one member, `lakegate`, with what Macie does not tell: coverage, the verdict, the content
//! hash, and masked snippets with their fingerprints. No matched text is in it.

use crate::coverage::Coverage;
use crate::detection::{Category, Detection, Location, Occurrence, cell_reference};
use crate::hash::ContentHash;
use crate::object::{ObjectRef, Tags};
use crate::verdict::{Severity, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// At most this many occurrences are located in one finding, over all its detections: the safe
/// reading of Macie's documentation (macie-engine, section 9).
pub const FINDING_OCCURRENCES_MAX: usize = 15;

/// Stands for the AWS account, of which there is none.
const ACCOUNT: &str = "000000000000";

/// Stands for the AWS region.
const REGION: &str = "local";

/// What a finding is made of.
#[derive(Clone, Debug)]
pub struct FindingFacts<'a> {
    /// The finding's id: 32 hexadecimal digits.
    pub id: String,
    /// When it was made, as an RFC 3339 time in UTC.
    pub created_at: String,
    /// The run that found it; stands as Macie's job id.
    pub job_id: &'a str,
    /// The bucket's name, or the folder's path.
    pub bucket: &'a str,
    /// The object.
    pub object: &'a ObjectRef,
    /// Its tags.
    pub tags: &'a Tags,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found; at least one.
    pub detections: &'a [Detection],
    /// What was read.
    pub coverage: &'a Coverage,
    /// Which bytes it is about.
    pub content_hash: &'a ContentHash,
    /// The suppression rule that archives it; Macie's `archived` says whether there is one.
    pub archived_by: Option<&'a str>,
}

/// The finding's severity: the highest over all detections.
pub fn severity(detections: &[Detection]) -> Option<Severity> {
    detections.iter().map(|d| d.severity).max()
}

/// Macie's type of a finding with these categories: `SensitiveData:S3Object/Multiple` for more than one.
pub fn finding_type(detections: &[Detection]) -> &'static str {
    let mut categories: Vec<_> = detections.iter().map(|d| d.category).collect();
    categories.sort();
    categories.dedup();
    match categories.as_slice() {
        [Category::Credentials] => "SensitiveData:S3Object/Credentials",
        [Category::FinancialInformation] => "SensitiveData:S3Object/Financial",
        [Category::PersonalInformation] => "SensitiveData:S3Object/Personal",
        [Category::CustomIdentifier] => "SensitiveData:S3Object/CustomIdentifier",
        _ => "SensitiveData:S3Object/Multiple",
    }
}

/// Occurrences in Macie's five arrays; the arrays that do not apply are null.
pub fn occurrences_json<'a>(occurrences: impl Iterator<Item = &'a Occurrence>) -> Value {
    let (mut cells, mut records, mut line_ranges) = (Vec::new(), Vec::new(), Vec::new());
    let mut pages = Vec::new();
    for occurrence in occurrences {
        let list = match &occurrence.location {
            Location::Cell { .. } => &mut cells,
            Location::Record { .. } => &mut records,
            Location::LineRange { .. } => &mut line_ranges,
            Location::Page { .. } => &mut pages,
        };
        let mut place = place_json(&occurrence.location);
        // Macie locates nothing in members of archives; readers of its form pass over what they do not know.
        if let Some(member) = &occurrence.member {
            place["member"] = json!(member);
        }
        list.push(place);
    }
    let or_null = |list: Vec<Value>| if list.is_empty() { Value::Null } else { Value::Array(list) };
    json!({
        "cells": or_null(cells),
        "lineRanges": or_null(line_ranges),
        "offsetRanges": null,
        "pages": or_null(pages),
        "records": or_null(records),
    })
}

/// One place, as a member of the array that fits it.
fn place_json(location: &Location) -> Value {
    match location {
        Location::Cell { row, column, column_name, sheet } => json!({
            "row": row, "column": column, "columnName": column_name,
            "cellReference": sheet.as_ref().map(|sheet| cell_reference(sheet, *row, *column)),
        }),
        Location::Record { record_index, json_path } if json_path.is_empty() => {
            json!({ "recordIndex": record_index })
        }
        Location::Record { record_index, json_path } => {
            json!({ "recordIndex": record_index, "jsonPath": json_path })
        }
        Location::LineRange { start, end, start_column } => {
            json!({ "start": start, "end": end, "startColumn": start_column })
        }
        Location::Page { page_number } => {
            json!({ "pageNumber": page_number, "lineRange": null, "offsetRange": null })
        }
    }
}

/// The finding as JSON.
pub fn to_json(facts: &FindingFacts<'_>) -> Value {
    let severity = severity(facts.detections).unwrap_or(Severity::Low);
    let finding_type = finding_type(facts.detections);
    let key = &facts.object.key;
    json!({
        "accountId": ACCOUNT, "archived": facts.archived_by.is_some(),
        "category": "CLASSIFICATION", "count": 1,
        "createdAt": facts.created_at, "updatedAt": facts.created_at,
        "id": facts.id, "partition": "aws", "region": REGION, "sample": false,
        "schemaVersion": "1.0",
        "type": finding_type,
        "title": title(finding_type),
        "description": description(finding_type),
        "severity": { "description": severity.as_str(), "score": severity.score() },
        "policyDetails": null,
        "classificationDetails": {
            "detailedResultsLocation": "",
            "jobArn": "", "jobId": facts.job_id,
            "originType": "SENSITIVE_DATA_DISCOVERY_JOB",
            "result": result_json(facts),
        },
        "resourcesAffected": {
            "s3Bucket": { "name": facts.bucket, "arn": format!("arn:aws:s3:::{}", facts.bucket) },
            "s3Object": {
                "bucketArn": format!("arn:aws:s3:::{}", facts.bucket),
                "key": key, "path": format!("{}/{key}", facts.bucket), "extension": extension(key),
                "size": facts.object.size_bytes, "storageClass": "STANDARD",
                "eTag": facts.object.etag,
                "versionId": facts.object.version.as_deref().unwrap_or(""),
                "publicAccess": false,
                "tags": facts.tags.iter().map(|(k, v)| json!({"key": k, "value": v}))
                    .collect::<Vec<_>>(),
            },
        },
        "lakegate": {
            "verdict": facts.verdict, "contentHash": facts.content_hash,
            "coverage": facts.coverage, "detections": facts.detections,
            "archivedBy": facts.archived_by,
        },
    })
}

fn result_json(facts: &FindingFacts<'_>) -> Value {
    let mut room = FINDING_OCCURRENCES_MAX;
    let mut by_category: BTreeMap<Category, (u64, Vec<Value>)> = BTreeMap::new();
    let (mut custom_count, mut custom) = (0, Vec::new());
    let mut counted = 0;
    let mut located = 0;
    for detection in facts.detections {
        let shown = detection.occurrences.len().min(room);
        room -= shown;
        counted += detection.count;
        located += shown as u64;
        let occurrences = occurrences_json(detection.occurrences.iter().take(shown));
        if detection.category == Category::CustomIdentifier {
            custom_count += detection.count;
            custom.push(json!({
                "arn": custom_arn(&detection.identifier), "name": detection.name,
                "count": detection.count, "occurrences": occurrences,
            }));
            continue;
        }
        let entry = by_category.entry(detection.category).or_default();
        entry.0 += detection.count;
        entry.1.push(json!({
            "type": detection.identifier, "count": detection.count, "occurrences": occurrences,
        }));
    }
    let sensitive_data: Vec<Value> = by_category
        .into_iter()
        .map(|(category, (total, detections))| {
            json!({ "category": category, "totalCount": total, "detections": detections })
        })
        .collect();
    json!({
        "status": { "code": facts.coverage.status, "reason": facts.coverage.reason() },
        "mimeType": facts.coverage.mime_type,
        "sizeClassified": facts.coverage.bytes_inspected,
        "additionalOccurrences": counted > located,
        "sensitiveData": sensitive_data,
        "customDataIdentifiers": { "totalCount": custom_count, "detections": custom },
    })
}

/// The ARN of a custom identifier, in the form of Macie's.
pub fn custom_arn(id: &str) -> String {
    format!("arn:aws:macie2:{REGION}:{ACCOUNT}:custom-data-identifier/{id}")
}

/// The key's extension without the dot; empty when it has none.
fn extension(key: &str) -> &str {
    let name = key.rsplit('/').next().unwrap_or(key);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension,
        _ => "",
    }
}

fn title(finding_type: &str) -> &'static str {
    match finding_type {
        "SensitiveData:S3Object/Credentials" => "The S3 object contains credentials.",
        "SensitiveData:S3Object/Financial" => "The S3 object contains financial information.",
        "SensitiveData:S3Object/Personal" => "The S3 object contains personal information.",
        "SensitiveData:S3Object/CustomIdentifier" => {
            "The S3 object contains data that matches custom identifiers."
        }
        _ => "The S3 object contains multiple categories of sensitive information.",
    }
}

fn description(finding_type: &str) -> &'static str {
    match finding_type {
        "SensitiveData:S3Object/Credentials" => {
            "The object contains credentials such as keys or tokens."
        }
        "SensitiveData:S3Object/Financial" => {
            "The object contains financial information such as card or account numbers."
        }
        "SensitiveData:S3Object/Personal" => {
            "The object contains personal information such as identification numbers."
        }
        "SensitiveData:S3Object/CustomIdentifier" => {
            "The object contains text that matches the criteria of custom data identifiers."
        }
        _ => "The object contains more than one category of sensitive information.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_macies() {
        for (key, expected) in
            [("a/b.csv", "csv"), ("a.b/c", ""), (".env", ""), ("x.tar.gz", "gz"), ("a/", "")]
        {
            assert_eq!(extension(key), expected, "{key}");
        }
    }

    #[test]
    fn cells_of_sheets_have_a_reference_and_members_their_path() {
        for (column, expected) in [(1, "S!A7"), (26, "S!Z7"), (27, "S!AA7"), (703, "S!AAA7")] {
            assert_eq!(cell_reference("S", 7, column), expected);
        }
        let occurrence = Occurrence {
            location: Location::Page { page_number: 3 },
            member: Some("a.zip!b.pdf".into()),
            masked: String::new(),
            fingerprint: String::new(),
        };
        let json = occurrences_json([&occurrence].into_iter());
        assert_eq!(json["pages"][0]["pageNumber"], 3);
        assert_eq!(json["pages"][0]["member"], "a.zip!b.pdf");
    }

    #[test]
    fn occurrences_fill_their_own_array_and_null_the_rest() {
        let occurrence = Occurrence {
            location: Location::Cell {
                row: 2,
                column: 5,
                column_name: Some("SSN".into()),
                sheet: None,
            },
            member: None,
            masked: String::new(),
            fingerprint: String::new(),
        };
        let json = occurrences_json([&occurrence].into_iter());
        assert_eq!(
            json["cells"][0],
            json!({"row": 2, "column": 5, "columnName": "SSN", "cellReference": null})
        );
        for name in ["lineRanges", "offsetRanges", "pages", "records"] {
            assert!(json[name].is_null(), "{name}");
        }
    }
}
