//! What is decoded together, into which arrays, and how many rows at a time.

use super::pages::Survey;
use crate::formats::columnar::codecs::malformed;
use crate::formats::columnar::values::DEPTH_MAX;
use crate::gaps::Bound;
use arrow_schema::{DataType, Field, FieldRef, Fields};
use parquet::basic::Type as Physical;
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// Bytes that the arrays of one batch may take, about.
const BATCH_BYTES: u64 = 24 << 20;

/// Columns are read together as long as they have no more bytes than this in the row group.
const GROUP_BYTES: u64 = 8 << 20;

/// Columns that are read together at most.
const GROUP_COLUMNS_MAX: usize = 64;

/// Rows of one batch. With more, each value of a dictionary is written less often.
const BATCH_ROWS_MAX: u64 = 1 << 20;

/// The schema with every text as bytes.
pub(super) fn of_bytes(of: &Type, depth: usize) -> Result<TypePtr, Bound> {
    if depth > DEPTH_MAX {
        return Err(malformed(format!("the schema is more than {DEPTH_MAX} types deep")));
    }
    let info = of.get_basic_info();
    let built = match of {
        Type::PrimitiveType { physical_type: Physical::BYTE_ARRAY, .. } if !is_decimal(of) => {
            Type::primitive_type_builder(info.name(), Physical::BYTE_ARRAY)
                .with_repetition(info.repetition())
                .build()
        }
        Type::PrimitiveType { .. } => Ok(of.clone()),
        Type::GroupType { fields, .. } => {
            let fields = fields
                .iter()
                .map(|field| of_bytes(field, depth + 1))
                .collect::<Result<Vec<_>, _>>()?;
            let mut builder = Type::group_type_builder(info.name())
                .with_fields(fields)
                .with_converted_type(info.converted_type())
                .with_logical_type(info.logical_type_ref().cloned());
            if info.has_repetition() && depth > 0 {
                builder = builder.with_repetition(info.repetition());
            }
            builder.build()
        }
    };
    built.map(Arc::new).map_err(|_| malformed("the schema cannot be understood"))
}

fn is_decimal(of: &Type) -> bool {
    let info = of.get_basic_info();
    info.converted_type() == parquet::basic::ConvertedType::DECIMAL
        || matches!(info.logical_type_ref(), Some(parquet::basic::LogicalType::Decimal { .. }))
}

/// The fields with the arrays that serve best: dictionaries where a column chunk is all keys of one,
/// views of the pages otherwise. Views also within lists, where each value has its own place.
pub(super) fn with_hints(fields: &Fields, surveys: &[Survey]) -> Fields {
    let mut leaf = surveys.iter();
    fields.iter().map(|field| hinted(field, &mut leaf, false)).collect()
}

fn hinted(field: &FieldRef, leaves: &mut std::slice::Iter<'_, Survey>, in_list: bool) -> FieldRef {
    let mut within = |child: &FieldRef| hinted(child, leaves, true);
    let data_type = match field.data_type() {
        DataType::Struct(children) => {
            DataType::Struct(children.iter().map(|child| hinted(child, leaves, in_list)).collect())
        }
        DataType::List(child) => DataType::List(within(child)),
        DataType::LargeList(child) => DataType::LargeList(within(child)),
        DataType::FixedSizeList(child, length) => DataType::FixedSizeList(within(child), *length),
        DataType::Map(child, sorted) => DataType::Map(within(child), *sorted),
        leaf => {
            let is_dictionary = leaves.next().is_some_and(|survey| survey.is_dictionary);
            match leaf {
                DataType::Binary if is_dictionary && !in_list => {
                    DataType::Dictionary(DataType::Int32.into(), DataType::Binary.into())
                }
                DataType::Binary => DataType::BinaryView,
                other => other.clone(),
            }
        }
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}

/// Columns of a row group that are decoded together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// By their place in the schema.
    pub roots: Vec<usize>,
    pub batch_rows: usize,
}

/// Sorts the columns of a row group into groups; `leaves` says which leaves each root has.
pub(super) fn groups(
    leaves: &[std::ops::Range<usize>],
    surveys: &[Survey],
    rows: u64,
) -> Vec<Group> {
    let mut groups: Vec<(Group, u64, u64)> = Vec::new();
    for (root, leaves) in leaves.iter().enumerate() {
        let surveys = surveys.get(leaves.clone()).unwrap_or_default();
        let bytes: u64 = surveys.iter().map(|survey| survey.bytes).sum();
        let row_bytes: u64 = surveys.iter().map(|survey| row_bytes(survey, rows)).sum();
        match groups.last_mut() {
            Some((group, group_bytes, group_row_bytes))
                if *group_bytes + bytes <= GROUP_BYTES && group.roots.len() < GROUP_COLUMNS_MAX =>
            {
                group.roots.push(root);
                *group_bytes += bytes;
                *group_row_bytes += row_bytes;
            }
            _ => groups.push((Group { roots: vec![root], batch_rows: 0 }, bytes, row_bytes)),
        }
    }
    let batch_rows = |row_bytes: u64| {
        (BATCH_BYTES / row_bytes.max(1)).clamp(1, BATCH_ROWS_MAX.min(rows.max(1))) as usize
    };
    let sized = |(group, _, row_bytes)| Group { batch_rows: batch_rows(row_bytes), ..group };
    groups.into_iter().map(sized).collect()
}

/// Bytes that a row takes in arrays, about.
fn row_bytes(survey: &Survey, rows: u64) -> u64 {
    let rows = rows.max(1);
    let values = survey.values.div_ceil(rows).max(1);
    // A view, the levels and what is kept of the pages; of a dictionary a key.
    let width = if survey.is_dictionary { 8 } else { 24 };
    let kept = if survey.is_dictionary { 0 } else { survey.bytes.div_ceil(rows) };
    values.saturating_mul(width).saturating_add(kept)
}

/// The leaves of each root of a schema.
pub(super) fn leaves(root: &Type) -> Vec<std::ops::Range<usize>> {
    fn count(of: &Type) -> usize {
        match of {
            Type::PrimitiveType { .. } => 1,
            Type::GroupType { fields, .. } => fields.iter().map(|field| count(field)).sum(),
        }
    }
    let mut at = 0;
    let fields = root.get_fields().iter();
    fields
        .map(|field| {
            let start = at;
            at += count(field);
            start..at
        })
        .collect()
}
