//! Columnar and record formats: the same small table in each of them, in all their variants, with the
//! exact place of each value; then damaged and hostile ones.

// Tests speak to their author.
#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "columnar/avro.rs"]
mod avro;
mod dump;
#[path = "columnar/orc.rs"]
mod orc;
#[path = "columnar/table.rs"]
mod table;

use arrow_array::builder::{StringDictionaryBuilder, StringRunBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, Decimal128Array, Float64Array, Int32Array, RecordBatch, StringArray,
    TimestampMillisecondArray, UnionArray,
};
use arrow_buffer::ScalarBuffer;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, UnionFields};
use dump::{Dump, extract};
use lakegate_core::coverage::{Count, CoverageStatus};
use lakegate_extract::Limits;
use parquet::basic::{BrotliLevel, Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::sync::Arc;
use table::{
    arrow_file, arrow_stream, avro_file, expected, orc_file, parquet, parquets, samples, table,
};

fn read(bytes: &[u8]) -> Dump {
    extract(bytes, &Limits::default(), &[usize::MAX])
}

/// The values of records, in order of their places.
fn records(dump: &Dump) -> Vec<String> {
    let mut values: Vec<String> =
        dump.values.iter().filter(|value| value.starts_with('#')).cloned().collect();
    values.sort();
    values
}

fn check(name: &str, bytes: &[u8], mime_type: &str) {
    let dump = read(bytes);
    assert_eq!(dump.coverage.gaps, [], "{name}");
    assert_eq!(dump.coverage.status, CoverageStatus::Complete, "{name}");
    assert_eq!(dump.coverage.mime_type, mime_type, "{name}");
    assert_eq!(dump.coverage.rows, Some(Count { inspected: 6, total: 6 }), "{name}");
    assert_eq!(dump.coverage.units_inspected, 6, "{name}");
    assert_eq!(records(&dump), expected(), "{name}");
}

#[test]
fn parquet_gives_every_value_at_its_place() {
    for (name, bytes) in parquets() {
        check(&name, &bytes, "application/vnd.apache.parquet");
    }
}

#[test]
fn arrow_gives_every_value_at_its_place() {
    let table = table();
    for compression in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        let name = format!("{compression:?}");
        check(&name, &arrow_file(&table, compression), "application/vnd.apache.arrow.file");
        check(&name, &arrow_stream(&table, compression), "application/vnd.apache.arrow.stream");
    }
}

#[test]
fn avro_gives_every_value_at_its_place() {
    for codec in avro::CODECS {
        check(codec, &avro_file(codec), "application/vnd.apache.avro");
    }
}

#[test]
fn orc_gives_every_value_at_its_place() {
    for is_dictionary in [true, false] {
        for is_packed in [true, false] {
            let name = format!("{is_dictionary} {is_packed}");
            check(&name, &orc_file(is_dictionary, is_packed), "application/vnd.apache.orc");
        }
    }
}

#[test]
fn the_names_above_a_value_are_its_context() {
    let dump = read(&parquet(&table(), WriterProperties::default()));
    let at = dump.values.iter().position(|value| value.contains("user.phones[2]")).unwrap();
    assert_eq!(dump.contexts[at], ["user", "phones"]);
}

#[test]
fn a_value_of_a_dictionary_is_written_once() {
    let mails: Vec<_> = (0..1000).map(|i| format!("{}@example.com", i % 3)).collect();
    let mails: ArrayRef = Arc::new(StringArray::from(mails));
    let batch = RecordBatch::try_from_iter([("mail", mails)]).unwrap();
    let dump = read(&parquet(&batch, WriterProperties::default()));
    assert_eq!(dump.seen.matches('@').count(), 3);
    assert_eq!(records(&dump).len(), 1000);
}

#[test]
fn every_type_is_written_as_people_write_it() {
    let mut dictionary = StringDictionaryBuilder::<Int32Type>::new();
    dictionary.extend([Some("a"), None, Some("a")]);
    let mut runs = StringRunBuilder::<Int32Type>::new();
    runs.extend([Some("r"), Some("r"), Some("s")]);
    let either = UnionFields::try_new(
        [0, 1],
        [Field::new("n", DataType::Int32, true), Field::new("t", DataType::Utf8, true)],
    );
    let union = UnionArray::try_new(
        either.unwrap(),
        ScalarBuffer::from(vec![0_i8, 1, 0]),
        Some(ScalarBuffer::from(vec![0, 0, 1])),
        vec![Arc::new(Int32Array::from(vec![1, 2])), Arc::new(StringArray::from(vec!["t"]))],
    );
    let decimal = Decimal128Array::from(vec![1250, -5, 1200]).with_precision_and_scale(9, 2);
    let moments = TimestampMillisecondArray::from(vec![0, 1_454_486_129_500, -1]);
    let binary: Vec<&[u8]> = vec![b"plain", b"\xff\xfeh\0i\0", b"\x00\x01\xffsecret\x00\x80"];
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("f", Arc::new(Float64Array::from(vec![4_012_888_888_881_881.0, 1.5, f64::NAN]))),
        ("d", Arc::new(decimal.unwrap())),
        ("t", Arc::new(moments.with_timezone("UTC"))),
        ("b", Arc::new(BinaryArray::from(binary))),
        ("k", Arc::new(dictionary.finish())),
        ("r", Arc::new(runs.finish())),
        ("u", Arc::new(union.unwrap())),
    ];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)));
    let batch = batch.unwrap();
    let mut file = StreamWriter::try_new(vec![], &batch.schema()).unwrap();
    file.write(&batch).unwrap();
    let dump = read(&file.into_inner().unwrap());
    assert_eq!(dump.coverage.gaps, []);
    let expect = [
        "#0 $.b = plain",
        "#0 $.d = 12.50",
        "#0 $.f = 4012888888881881",
        "#0 $.k = a",
        "#0 $.r = r",
        "#0 $.t = 1970-01-01",
        "#0 $.u = 1",
        "#1 $.b = hi",
        "#1 $.d = -0.05",
        "#1 $.f = 1.5",
        "#1 $.r = r",
        "#1 $.t = 2016-02-03T07:55:29.5Z",
        "#1 $.u = t",
        "#2 $.b = secret",
        "#2 $.d = 12",
        "#2 $.k = a",
        "#2 $.r = s",
        "#2 $.t = 1969-12-31T23:59:59.999Z",
        "#2 $.u = 2",
    ];
    assert_eq!(records(&dump), expect);
    assert!(dump.coverage.notes[0].starts_with("1 binary values are of no known kind"));
}

#[test]
fn a_schema_may_contain_itself() {
    let schema = r#"{"type": "record", "name": "node", "fields": [
        {"name": "v", "type": "string"}, {"name": "next", "type": ["null", "node"]}]}"#;
    let mut block = Vec::new();
    for (value, more) in [("a", 1), ("b", 1), ("c", 0)] {
        avro::bytes(value.as_bytes(), &mut block);
        avro::long(more, &mut block);
    }
    let dump = read(&avro::file(schema, "null", &[(1, block)]));
    assert_eq!(records(&dump), ["#0 $.next.next.v = c", "#0 $.next.v = b", "#0 $.v = a"]);
}

#[test]
fn values_are_named_by_the_attributes_of_their_records() {
    let texts = |texts: [&str; 6]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let batch = RecordBatch::try_from_iter([
        ("id", texts(["1", "1", "2", "2", "3", "3"])),
        ("name", texts(["Ann", "Ann", "Bob", "Bob", "Cid", "Cid"])),
        ("attribute", texts(["ssn", "city", "ssn", "17", "city", "ssn"])),
        ("value", texts(["a", "b", "c", "b", "b", "b"])),
    ]);
    let batch = batch.unwrap();
    let expect = [
        "#0 $.value (ssn) = a",
        "#1 $.value (city) = b",
        "#2 $.value (ssn) = c",
        "#3 $.value = b",
        "#4 $.value (city) = b",
        "#5 $.value (ssn) = b",
    ];
    let schema = r#"{"type": "record", "name": "r", "fields": [
        {"name": "attribute", "type": "string"}, {"name": "value", "type": "string"}]}"#;
    let mut block = Vec::new();
    let pairs =
        [("ssn", "a"), ("city", "b"), ("ssn", "c"), ("17", "b"), ("city", "b"), ("ssn", "b")];
    for (attribute, value) in pairs {
        avro::bytes(attribute.as_bytes(), &mut block);
        avro::bytes(value.as_bytes(), &mut block);
    }
    let plain = WriterProperties::builder().set_dictionary_enabled(false).build();
    for file in [
        parquet(&batch, WriterProperties::default()),
        parquet(&batch, plain),
        arrow_file(&batch, None),
        arrow_stream(&batch, None),
        avro::file(schema, "null", &[(6, block)]),
    ] {
        let mut values = records(&read(&file));
        values.retain(|value| value.contains("$.value"));
        assert_eq!(values, expect);
    }
}

#[test]
fn a_file_in_a_column_is_read_as_what_it_is() {
    let inner = parquet(&table(), WriterProperties::default());
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    picture.resize(200, 0xfe);
    for (content, code) in [(inner, None), (picture, Some("IMAGE_WITHOUT_TEXT"))] {
        let column: ArrayRef = Arc::new(BinaryArray::from(vec![&content[..]]));
        let batch = RecordBatch::try_from_iter([("blob", column)]).unwrap();
        let dump = read(&parquet(&batch, WriterProperties::default()));
        assert_eq!(dump.coverage.reason(), code);
        if code.is_none() {
            assert_eq!(records(&dump), expected());
            assert_eq!(dump.coverage.members, Some(Count { inspected: 1, total: 1 }));
        }
    }
}

#[test]
fn text_that_is_not_valid_is_read_all_the_same() {
    let column: ArrayRef = Arc::new(BinaryArray::from(vec![&b"caf\xe9 12 rue de la Paix"[..]]));
    let batch = RecordBatch::try_from_iter([("address", column)]).unwrap();
    let dump = read(&parquet(&batch, WriterProperties::default()));
    assert_eq!(records(&dump), ["#0 $.address = café 12 rue de la Paix"]);
}

#[test]
fn what_files_say_about_themselves_is_text() {
    let pair = parquet::file::metadata::KeyValue::new("pandas".into(), Some("sample".to_owned()));
    let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![pair])).build();
    assert!(read(&parquet(&table(), properties)).lines.contains("pandas: sample\n"));
    assert!(read(&avro_file("null")).lines.contains("avro.codec: null\n"));
    assert!(read(&orc_file(true, true)).lines.contains("made by: a test\n"));
}

/// Long values come in pieces that overlap, each part of which is owned once.
#[test]
fn a_long_value_comes_in_pieces() {
    let long: String = (0..1_000_000).map(|i| format!("{i} ")).collect();
    let column: ArrayRef = Arc::new(StringArray::from(vec![long.as_str(), "short"]));
    let batch = RecordBatch::try_from_iter([("note", column)]).unwrap();
    let dump = read(&parquet(&batch, WriterProperties::default()));
    let parts = dump.values.iter().filter_map(|value| value.strip_prefix("#0 $.note = "));
    assert_eq!(parts.collect::<String>(), long);
    assert!(dump.longest_block_bytes <= Limits::default().block_bytes);
}

#[test]
fn what_is_cut_off_is_never_complete() {
    for (index, bytes) in samples().iter().enumerate() {
        // A file of Avro may end behind any block.
        let sync = b"sixteen bytes...";
        for length in 16..bytes.len() {
            if bytes[..length].ends_with(sync) {
                continue;
            }
            let dump = read(&bytes[..length]);
            let status = dump.coverage.status;
            assert_ne!(status, CoverageStatus::Complete, "sample {index}, {length} bytes");
            assert!(!dump.coverage.gaps.is_empty());
        }
    }
}

#[test]
fn damage_is_survived() {
    let mut seed = 7_u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for bytes in samples() {
        for _ in 0..2_000 {
            let mut bytes = bytes.clone();
            for _ in 0..1 + random(3) {
                let at = random(bytes.len());
                bytes[at] = match random(4) {
                    0 => 0xff,
                    1 => 0,
                    2 => bytes[at] ^ 1 << random(8),
                    _ => random(256) as u8,
                };
            }
            let dump = read(&bytes);
            let is_complete = dump.coverage.status == CoverageStatus::Complete;
            assert_eq!(is_complete, dump.coverage.gaps.is_empty());
        }
    }
}

#[test]
fn a_damaged_part_leaves_the_rest() {
    // The first page of the first row group's mails.
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(4))
        .set_compression(Compression::SNAPPY)
        .build();
    let mut bytes = parquet(&table(), properties);
    let at = bytes.windows(3).position(|window| window == b"ann").unwrap();
    // A length that Snappy does not keep.
    bytes[at - 8..at].fill(0xff);
    let dump = read(&bytes);
    assert_eq!(dump.coverage.status, CoverageStatus::Partial);
    assert_eq!(dump.coverage.rows, Some(Count { inspected: 2, total: 6 }));
    let lost = |value: &&String| {
        !(value.contains("$.mail") && ["#0", "#2", "#3"].iter().any(|at| value.starts_with(at)))
    };
    assert_eq!(records(&dump), expected().iter().filter(lost).cloned().collect::<Vec<_>>());

    // The mark between two blocks of Avro, and the content of the first.
    let mut bytes = avro_file("null");
    let at = bytes.windows(3).position(|window| window == b"ann").unwrap();
    bytes[at - 2] = 0x7f;
    let dump = read(&bytes);
    assert_eq!(dump.coverage.status, CoverageStatus::Partial);
    assert_eq!(dump.coverage.rows, Some(Count { inspected: 2, total: 6 }));
    assert!(dump.seen.contains("219-09-0005"));
}

#[test]
fn bombs_are_refused() {
    // 64 MiB of one letter in a page of a few bytes.
    let long = "a".repeat(64 << 20);
    let column: ArrayRef = Arc::new(StringArray::from(vec![long.as_str()]));
    let batch = RecordBatch::try_from_iter([("note", column)]).unwrap();
    let brotli = Compression::BROTLI(BrotliLevel::default());
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for compression in [brotli, zstd] {
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_dictionary_enabled(false)
            .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
            .build();
        let dump = read(&parquet(&batch, properties));
        assert_eq!(dump.coverage.reason(), Some("ARCHIVE_RATIO_EXCEEDS_LIMIT"));
        assert_eq!(dump.coverage.rows, Some(Count { inspected: 0, total: 1 }));
    }
    let dump = read(&arrow_stream_of(&batch, CompressionType::ZSTD));
    assert_eq!(dump.coverage.reason(), Some("ARCHIVE_RATIO_EXCEEDS_LIMIT"));
    let mut block = Vec::new();
    avro::bytes(long.as_bytes(), &mut block);
    let dump = read(&avro::file(r#""string""#, "zstandard", &[(1, block)]));
    assert_eq!(dump.coverage.reason(), Some("ARCHIVE_RATIO_EXCEEDS_LIMIT"));
}

fn arrow_stream_of(batch: &RecordBatch, compression: CompressionType) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(Some(compression)).unwrap();
    let mut writer = StreamWriter::try_new_with_options(vec![], &batch.schema(), options).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn an_encrypted_footer_is_told() {
    let mut bytes = parquet(&table(), WriterProperties::default());
    let end = bytes.len();
    bytes[..4].copy_from_slice(b"PARE");
    bytes[end - 4..].copy_from_slice(b"PARE");
    let dump = read(&bytes);
    assert_eq!(dump.coverage.status, CoverageStatus::Skipped);
    assert_eq!(dump.coverage.reason(), Some("INVALID_ENCRYPTION"));
}
