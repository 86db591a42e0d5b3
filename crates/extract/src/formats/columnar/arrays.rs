//! Arrow arrays to values: a column at a time where that is faster, value by value within lists and maps.
//! What a column stores once for many rows is written once for all of them.

use super::values::{Values, plain_text};
use super::words;
use crate::writer::Node;
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrowPrimitiveType, OffsetSizeTrait, RecordBatch, RunArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Fields, IntervalUnit, TimeUnit};

/// Rows of a run that are told at once.
const RUN_ROWS_MAX: usize = 1 << 20;

/// Makes the places of a schema, and keeps them for good.
pub(super) fn keep_schema(values: &mut Values<'_, '_>, fields: &Fields) {
    make_places(values, fields, Node::ROOT, 0);
    values.writer.keep();
}

fn make_places(values: &mut Values<'_, '_>, fields: &Fields, parent: Node, depth: usize) {
    if !values.is_within(depth) {
        return;
    }
    for field in fields {
        let node = values.writer.member(parent, field.name());
        if let DataType::Struct(fields) = field.data_type() {
            make_places(values, fields, node, depth + 1);
        }
    }
}

/// Writes the values of a batch, of which the first row is the record `first`.
pub(super) fn batch(values: &mut Values<'_, '_>, batch: &RecordBatch, first: u64) {
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let node = values.writer.member(Node::ROOT, field.name());
        column(values, array, first, node, None, 1);
    }
}

fn column(
    values: &mut Values<'_, '_>,
    array: &dyn Array,
    first: u64,
    node: Node,
    parents: Option<&NullBuffer>,
    depth: usize,
) {
    if !values.is_within(depth) {
        return;
    }
    let nulls = NullBuffer::union(parents, array.nulls());
    let nulls = nulls.as_ref();
    match array.data_type() {
        DataType::Boolean | DataType::Null => {}
        DataType::Struct(fields) => {
            for (field, child) in fields.iter().zip(array.as_struct().columns()) {
                let node = values.writer.member(node, field.name());
                column(values, child, first, node, nulls, depth + 1);
            }
        }
        DataType::Dictionary(..) => dictionary(values, array, first, node, nulls, depth),
        DataType::RunEndEncoded(ends, _) => match ends.data_type() {
            DataType::Int16 => runs::<Int16Type>(values, array, first, node, parents, depth),
            DataType::Int32 => runs::<Int32Type>(values, array, first, node, parents, depth),
            _ => runs::<Int64Type>(values, array, first, node, parents, depth),
        },
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            each(nulls, array.len(), |i| values.text(first + i as u64, node, texts.value(i)));
        }
        DataType::Utf8View => {
            let texts = array.as_string_view();
            each(nulls, array.len(), |i| values.text(first + i as u64, node, texts.value(i)));
        }
        DataType::BinaryView => {
            let texts = array.as_binary_view();
            each(nulls, array.len(), |i| values.bytes(first + i as u64, node, texts.value(i)));
        }
        DataType::Float64 => {
            let numbers = array.as_primitive::<Float64Type>().values();
            each(nulls, array.len(), |i| values.float(first + i as u64, node, numbers[i]));
        }
        DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>().values();
            each(nulls, array.len(), |i| values.integer(first + i as u64, node, numbers[i]));
        }
        DataType::Int32 => {
            let numbers = array.as_primitive::<Int32Type>().values();
            each(nulls, array.len(), |i| values.integer(first + i as u64, node, numbers[i]));
        }
        _ => each(nulls, array.len(), |i| {
            value(values, array, i, first + i as u64, node, depth);
            values.writer.settle();
        }),
    }
}

/// Calls for each index that is not null.
fn each(nulls: Option<&NullBuffer>, length: usize, mut call: impl FnMut(usize)) {
    match nulls.filter(|nulls| nulls.null_count() > 0) {
        Some(nulls) => nulls.valid_indices().for_each(call),
        None => (0..length).for_each(&mut call),
    }
}

/// Writes each distinct value once, for all the rows that have it.
fn dictionary(
    values: &mut Values<'_, '_>,
    array: &dyn Array,
    first: u64,
    node: Node,
    nulls: Option<&NullBuffer>,
    depth: usize,
) {
    let dictionary = array.as_any_dictionary();
    let distinct = dictionary.values();
    let mut rows_by_key = RowsByKey::new(distinct.len());
    let mut keys = vec![u32::MAX; array.len()];
    if let Some(known) = dictionary.keys().as_primitive_opt::<Int32Type>() {
        // What is below zero is no key, and far above any.
        each(nulls, array.len(), |i| keys[i] = known.values()[i] as u32);
    } else {
        each(nulls, array.len(), |i| {
            let key = key(dictionary.keys(), i).filter(|key| *key < distinct.len());
            keys[i] = key.map_or(u32::MAX, |key| key as u32);
        });
    }
    rows_by_key.fill(&keys);
    for (key, rows) in rows_by_key.each() {
        let mut records = rows.iter().map(|row| first + u64::from(*row));
        match text(distinct, key) {
            Some(text) => {
                if let Some(record) = records.next() {
                    values.writer.repeated(record, node, text, records);
                }
            }
            None => values.in_all(records, |values, record| {
                value(values, distinct, key, record, node, depth + 1);
            }),
        }
        values.writer.settle();
    }
}

/// Which rows of a batch have which value of a dictionary.
pub(super) struct RowsByKey {
    /// By key, where its rows end; they begin where those of the key before end.
    ends: Vec<u32>,
    rows: Vec<u32>,
}

impl RowsByKey {
    pub fn new(keys: usize) -> Self {
        Self { ends: vec![0; keys + 1], rows: Vec::new() }
    }

    /// Takes the keys of all rows; what is no key is no value.
    pub fn fill(&mut self, keys: &[u32]) {
        let count = self.ends.len() - 1;
        self.ends.fill(0);
        for key in keys {
            if (*key as usize) < count {
                self.ends[*key as usize + 1] += 1;
            }
        }
        for key in 0..count {
            self.ends[key + 1] += self.ends[key];
        }
        self.rows.clear();
        self.rows.resize(self.ends[count] as usize, 0);
        // Each now stands where its key's rows begin, and is moved to where they end.
        for (row, key) in keys.iter().enumerate() {
            if (*key as usize) < count {
                let at = &mut self.ends[*key as usize];
                self.rows[*at as usize] = row as u32;
                *at += 1;
            }
        }
    }

    /// Each key that is used, and its rows.
    pub fn each(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let mut start = 0;
        self.ends[..self.ends.len() - 1].iter().enumerate().filter_map(move |(key, end)| {
            let rows = &self.rows[start..*end as usize];
            start = *end as usize;
            (!rows.is_empty()).then_some((key, rows))
        })
    }
}

/// The key at an index of a dictionary array, if it is one.
fn key(keys: &dyn Array, i: usize) -> Option<usize> {
    fn of<T: ArrowPrimitiveType>(keys: &dyn Array, i: usize) -> Option<usize>
    where
        T::Native: TryInto<usize>,
    {
        keys.as_primitive::<T>().value(i).try_into().ok()
    }
    match keys.data_type() {
        DataType::Int8 => of::<Int8Type>(keys, i),
        DataType::Int16 => of::<Int16Type>(keys, i),
        DataType::Int32 => of::<Int32Type>(keys, i),
        DataType::Int64 => of::<Int64Type>(keys, i),
        DataType::UInt8 => of::<UInt8Type>(keys, i),
        DataType::UInt16 => of::<UInt16Type>(keys, i),
        DataType::UInt32 => of::<UInt32Type>(keys, i),
        DataType::UInt64 => of::<UInt64Type>(keys, i),
        _ => None,
    }
}

fn runs<T: RunEndIndexType>(
    values: &mut Values<'_, '_>,
    array: &dyn Array,
    first: u64,
    node: Node,
    parents: Option<&NullBuffer>,
    depth: usize,
) {
    let Some(runs) = array.as_any().downcast_ref::<RunArray<T>>() else { return };
    let mut at = 0;
    while at < runs.len() {
        let physical = runs.get_physical_index(at);
        let mut end = at + 1;
        let end_max = runs.len().min(at + RUN_ROWS_MAX);
        while end < end_max && runs.get_physical_index(end) == physical {
            end += 1;
        }
        let rows = (at..end).filter(|row| parents.is_none_or(|nulls| nulls.is_valid(*row)));
        values.in_all(rows.map(|row| first + row as u64), |values, record| {
            value(values, runs.values(), physical, record, node, depth + 1);
        });
        at = end;
    }
}

/// Writes one value, and all that is within it.
fn value(
    values: &mut Values<'_, '_>,
    array: &dyn Array,
    i: usize,
    record: u64,
    node: Node,
    depth: usize,
) {
    if array.is_null(i) || !values.is_within(depth) {
        return;
    }
    match array.data_type() {
        DataType::Null | DataType::Boolean => {}
        DataType::Struct(fields) => {
            for (field, child) in fields.iter().zip(array.as_struct().columns()) {
                let node = values.writer.member(node, field.name());
                value(values, child, i, record, node, depth + 1);
            }
        }
        DataType::List(_) => list::<i32>(values, array, i, record, node, depth),
        DataType::LargeList(_) => list::<i64>(values, array, i, record, node, depth),
        DataType::FixedSizeList(..) => {
            let items = array.as_fixed_size_list().value(i);
            elements(values, &items, 0..items.len(), record, node, depth);
        }
        DataType::ListView(_) => {
            let items = array.as_list_view::<i32>().value(i);
            elements(values, &items, 0..items.len(), record, node, depth);
        }
        DataType::LargeListView(_) => {
            let items = array.as_list_view::<i64>().value(i);
            elements(values, &items, 0..items.len(), record, node, depth);
        }
        DataType::Map(..) => map(values, array, i, record, node, depth),
        DataType::Union(..) => {
            let union = array.as_union();
            let child = union.child(union.type_id(i));
            value(values, child, union.value_offset(i), record, node, depth + 1);
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = key(dictionary.keys(), i).filter(|key| *key < dictionary.values().len());
            if let Some(key) = key {
                value(values, dictionary.values(), key, record, node, depth + 1);
            }
        }
        DataType::RunEndEncoded(ends, _) => match ends.data_type() {
            DataType::Int16 => run::<Int16Type>(values, array, i, record, node, depth),
            DataType::Int32 => run::<Int32Type>(values, array, i, record, node, depth),
            _ => run::<Int64Type>(values, array, i, record, node, depth),
        },
        _ => scalar(values, array, i, record, node),
    }
}

fn run<T: RunEndIndexType>(
    values: &mut Values<'_, '_>,
    array: &dyn Array,
    i: usize,
    record: u64,
    node: Node,
    depth: usize,
) {
    if let Some(runs) = array.as_any().downcast_ref::<RunArray<T>>() {
        value(values, runs.values(), runs.get_physical_index(i), record, node, depth + 1);
    }
}

fn list<O: OffsetSizeTrait>(
    values: &mut Values<'_, '_>,
    array: &dyn Array,
    i: usize,
    record: u64,
    node: Node,
    depth: usize,
) {
    let list = array.as_list::<O>();
    let offsets = list.value_offsets();
    let range = offsets[i].as_usize()..offsets[i + 1].as_usize();
    elements(values, list.values(), range, record, node, depth);
}

fn elements(
    values: &mut Values<'_, '_>,
    items: &dyn Array,
    range: std::ops::Range<usize>,
    record: u64,
    node: Node,
    depth: usize,
) {
    if matches!(items.data_type(), DataType::Boolean | DataType::Null) {
        return;
    }
    for (index, i) in range.enumerate() {
        let element = values.element(node, index as u64);
        value(values, items, i, record, element, depth + 1);
    }
}

/// Writes the keys of a map with the place of the map, and its values each with the place that its key
/// names.
fn map(
    values: &mut Values<'_, '_>,
    array: &dyn Array,
    i: usize,
    record: u64,
    node: Node,
    depth: usize,
) {
    let map = array.as_map();
    let offsets = map.value_offsets();
    for entry in offsets[i] as usize..offsets[i + 1] as usize {
        value(values, map.keys(), entry, record, node, depth + 1);
        let place = text(map.keys(), entry).map(|key| values.entry(node, key));
        let place = place.unwrap_or(node);
        value(values, map.values(), entry, record, place, depth + 1);
    }
}

/// A value that is text, and nothing else.
fn text(array: &dyn Array, i: usize) -> Option<&str> {
    if array.is_null(i) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(i)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(i)),
        DataType::Utf8View => Some(array.as_string_view().value(i)),
        DataType::Binary => plain_text(array.as_binary::<i32>().value(i)),
        DataType::BinaryView => plain_text(array.as_binary_view().value(i)),
        _ => None,
    }
}

/// Writes a value that has no others within it.
fn scalar(values: &mut Values<'_, '_>, array: &dyn Array, i: usize, record: u64, node: Node) {
    macro_rules! number {
        ($type:ty) => {
            array.as_primitive::<$type>().value(i)
        };
    }
    match array.data_type() {
        DataType::Utf8 => values.text(record, node, array.as_string::<i32>().value(i)),
        DataType::LargeUtf8 => values.text(record, node, array.as_string::<i64>().value(i)),
        DataType::Utf8View => values.text(record, node, array.as_string_view().value(i)),
        DataType::Binary => values.bytes(record, node, array.as_binary::<i32>().value(i)),
        DataType::LargeBinary => values.bytes(record, node, array.as_binary::<i64>().value(i)),
        DataType::BinaryView => values.bytes(record, node, array.as_binary_view().value(i)),
        DataType::FixedSizeBinary(_) => {
            values.bytes(record, node, array.as_fixed_size_binary().value(i));
        }
        DataType::Int8 => values.integer(record, node, number!(Int8Type)),
        DataType::Int16 => values.integer(record, node, number!(Int16Type)),
        DataType::Int32 => values.integer(record, node, number!(Int32Type)),
        DataType::Int64 => values.integer(record, node, number!(Int64Type)),
        DataType::UInt8 => values.integer(record, node, number!(UInt8Type)),
        DataType::UInt16 => values.integer(record, node, number!(UInt16Type)),
        DataType::UInt32 => values.integer(record, node, number!(UInt32Type)),
        DataType::UInt64 => values.integer(record, node, number!(UInt64Type)),
        DataType::Float16 => values.float32(record, node, number!(Float16Type).to_f32()),
        DataType::Float32 => values.float32(record, node, number!(Float32Type)),
        DataType::Float64 => values.float(record, node, number!(Float64Type)),
        DataType::Decimal32(_, scale) => {
            values.decimal(record, node, number!(Decimal32Type).into(), i32::from(*scale));
        }
        DataType::Decimal64(_, scale) => {
            values.decimal(record, node, number!(Decimal64Type).into(), i32::from(*scale));
        }
        DataType::Decimal128(_, scale) => {
            values.decimal(record, node, number!(Decimal128Type), i32::from(*scale));
        }
        DataType::Decimal256(_, scale) => {
            let digits = number!(Decimal256Type).to_string();
            values.written(record, node, |out| words::decimal(&digits, i32::from(*scale), out));
        }
        _ => temporal(values, array, i, record, node),
    }
}

/// Writes a date, a time or a length of time.
fn temporal(values: &mut Values<'_, '_>, array: &dyn Array, i: usize, record: u64, node: Node) {
    macro_rules! count {
        ($type:ty) => {
            i64::from(array.as_primitive::<$type>().value(i))
        };
    }
    let (count, per_second) = match array.data_type() {
        DataType::Date32 => {
            let days = count!(Date32Type);
            return values.written(record, node, |out| words::date(days, out));
        }
        DataType::Date64 => (count!(Date64Type), 1_000),
        DataType::Timestamp(TimeUnit::Second, _) => (count!(TimestampSecondType), 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => (count!(TimestampMillisecondType), 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            (count!(TimestampMicrosecondType), 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            (count!(TimestampNanosecondType), 1_000_000_000)
        }
        DataType::Time32(TimeUnit::Second) => (count!(Time32SecondType), 1),
        DataType::Time32(_) => (count!(Time32MillisecondType), 1_000),
        DataType::Time64(TimeUnit::Microsecond) => (count!(Time64MicrosecondType), 1_000_000),
        DataType::Time64(_) => (count!(Time64NanosecondType), 1_000_000_000),
        _ => return span(values, array, i, record, node),
    };
    let (seconds, nanos) = words::split(count, per_second);
    let is_utc = matches!(array.data_type(), DataType::Timestamp(_, Some(_)));
    let is_time = matches!(array.data_type(), DataType::Time32(_) | DataType::Time64(_));
    values.written(record, node, |out| match is_time {
        true => words::time(seconds, nanos, out),
        false => words::moment(seconds, nanos, is_utc, out),
    });
}

/// Writes a length of time, in the numbers that it is made of.
fn span(values: &mut Values<'_, '_>, array: &dyn Array, i: usize, record: u64, node: Node) {
    let numbers: [i64; 3] = match array.data_type() {
        DataType::Duration(TimeUnit::Second) => {
            [array.as_primitive::<DurationSecondType>().value(i), 0, 0]
        }
        DataType::Duration(TimeUnit::Millisecond) => {
            [array.as_primitive::<DurationMillisecondType>().value(i), 0, 0]
        }
        DataType::Duration(TimeUnit::Microsecond) => {
            [array.as_primitive::<DurationMicrosecondType>().value(i), 0, 0]
        }
        DataType::Duration(TimeUnit::Nanosecond) => {
            [array.as_primitive::<DurationNanosecondType>().value(i), 0, 0]
        }
        DataType::Interval(IntervalUnit::YearMonth) => {
            [array.as_primitive::<IntervalYearMonthType>().value(i).into(), 0, 0]
        }
        DataType::Interval(IntervalUnit::DayTime) => {
            let span = array.as_primitive::<IntervalDayTimeType>().value(i);
            [span.days.into(), span.milliseconds.into(), 0]
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let span = array.as_primitive::<IntervalMonthDayNanoType>().value(i);
            [span.months.into(), span.days.into(), span.nanoseconds]
        }
        _ => return values.gap(crate::gaps::UNSUPPORTED, "a column is of an unknown type"),
    };
    for number in numbers.into_iter().filter(|number| *number != 0) {
        values.integer(record, node, number);
    }
}
