//! Columnar and record formats: the same small table in each of them, in all their variants, with the
//! exact place of each value; then damaged and hostile ones.

// Tests speak to their author.
#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "columnar/avro.rs"]
mod avro;
mod dump;
#[path = "columnar/orc.rs"]
mod orc;

use arrow_array::builder::{
    ListBuilder, MapBuilder, MapFieldNames, StringBuilder, StringDictionaryBuilder,
    StringRunBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, Date32Array, Decimal128Array, Float64Array, Int32Array,
    Int64Array, RecordBatch, StringArray, StructArray, TimestampMillisecondArray, UnionArray,
};
use arrow_buffer::ScalarBuffer;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, UnionFields};
use dump::{Dump, extract};
use lakegate_core::coverage::{Count, CoverageStatus};
use lakegate_extract::Limits;
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use std::sync::Arc;

/// Of each of the 6 records: `None` where it has no value.
const MAILS: [Option<&str>; 6] = [
    Some("ann@example.com"),
    None,
    Some("bob@example.org"),
    Some("ann@example.com"),
    Some("élise@example.fr"),
    Some("bob@example.org"),
];
const CARDS: [Option<i64>; 6] =
    [Some(4_012_888_888_881_881), Some(-7), None, Some(0), Some(i64::MAX), Some(5)];
const DAYS: [Option<i32>; 6] = [Some(5_179), None, Some(-1), Some(0), Some(19_000), Some(11_016)];
const DATES: [&str; 6] = ["1984-03-07", "", "1969-12-31", "1970-01-01", "2022-01-08", "2000-02-29"];
/// How many phones each has.
const PHONES: [usize; 6] = [3, 0, 1, 2, 0, 1];

fn phone(record: usize, index: usize) -> String {
    format!("+1 555 0{record}0 {index}")
}

/// What must come out of every format.
fn expected() -> Vec<String> {
    let mut all = Vec::new();
    for i in 0..6 {
        let mut add = |path: &str, value: &str| all.push(format!("#{i} $.{path} = {value}"));
        if let Some(mail) = MAILS[i] {
            add("mail", mail);
        }
        if let Some(card) = CARDS[i] {
            add("card", &card.to_string());
        }
        if DAYS[i].is_some() {
            add("born", DATES[i]);
        }
        for index in 0..PHONES[i] {
            add(&format!("user.phones[{index}]"), &phone(i, index));
        }
        add("ids", "ssn");
        add("ids.ssn", &format!("219-09-000{i}"));
    }
    all.sort();
    all
}

fn phones() -> ArrayRef {
    let mut phones = ListBuilder::new(StringBuilder::new());
    for (record, count) in PHONES.iter().enumerate() {
        phones.append_value((0..*count).map(|index| Some(phone(record, index))));
    }
    Arc::new(phones.finish())
}

fn table() -> RecordBatch {
    let phones = phones();
    let field = Arc::new(Field::new("phones", phones.data_type().clone(), true));
    let user = StructArray::from(vec![(field, phones)]);
    let names = MapFieldNames { entry: "entries".into(), key: "key".into(), value: "value".into() };
    let mut ids = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
    for i in 0..6 {
        ids.keys().append_value("ssn");
        ids.values().append_value(format!("219-09-000{i}"));
        ids.append(true).unwrap();
    }
    RecordBatch::try_from_iter([
        ("mail", Arc::new(StringArray::from(MAILS.to_vec())) as ArrayRef),
        ("card", Arc::new(Int64Array::from(CARDS.to_vec()))),
        ("born", Arc::new(Date32Array::from(DAYS.to_vec()))),
        ("user", Arc::new(user)),
        ("ids", Arc::new(ids.finish())),
    ])
    .unwrap()
}

fn parquet(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut writer = ArrowWriter::try_new(vec![], batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

fn arrow_file(batch: &RecordBatch, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer = FileWriter::try_new_with_options(vec![], &batch.schema(), options).unwrap();
    writer.write(&batch.slice(0, 2)).unwrap();
    writer.write(&batch.slice(2, 4)).unwrap();
    writer.into_inner().unwrap()
}

fn arrow_stream(batch: &RecordBatch, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer = StreamWriter::try_new_with_options(vec![], &batch.schema(), options).unwrap();
    writer.write(&batch.slice(0, 2)).unwrap();
    writer.write(&batch.slice(2, 4)).unwrap();
    writer.into_inner().unwrap()
}

const AVRO_SCHEMA: &str = r#"{"type": "record", "name": "r", "namespace": "n", "fields": [
    {"name": "mail", "type": ["null", "string"]}, {"name": "card", "type": ["null", "long"]},
    {"name": "born", "type": [{"type": "int", "logicalType": "date"}, "null"]},
    {"name": "user", "type": {"type": "record", "name": "u", "fields": [
        {"name": "phones", "type": {"type": "array", "items": "string"}}]}},
    {"name": "ids", "type": {"type": "map", "values": "string"}}]}"#;

fn avro_block(records: std::ops::Range<usize>) -> (i64, Vec<u8>) {
    let mut out = Vec::new();
    for i in records.clone() {
        avro::long(MAILS[i].is_some().into(), &mut out);
        MAILS[i].inspect(|mail| avro::bytes(mail.as_bytes(), &mut out));
        avro::long(CARDS[i].is_some().into(), &mut out);
        CARDS[i].inspect(|card| avro::long(*card, &mut out));
        avro::long(DAYS[i].is_none().into(), &mut out);
        DAYS[i].inspect(|days| avro::long((*days).into(), &mut out));
        for index in 0..PHONES[i] {
            avro::long(1, &mut out);
            avro::bytes(phone(i, index).as_bytes(), &mut out);
        }
        avro::long(0, &mut out);
        avro::long(1, &mut out);
        avro::bytes(b"ssn", &mut out);
        avro::bytes(format!("219-09-000{i}").as_bytes(), &mut out);
        avro::long(0, &mut out);
    }
    (records.len() as i64, out)
}

fn avro_file(codec: &str) -> Vec<u8> {
    avro::file(AVRO_SCHEMA, codec, &[avro_block(0..4), avro_block(4..6)])
}

fn orc_file(is_dictionary: bool, is_packed: bool) -> Vec<u8> {
    let types = [
        orc::kind(12, &[1, 2, 3, 4, 7], &["mail", "card", "born", "user", "ids"]),
        orc::kind(7, &[], &[]),
        orc::kind(4, &[], &[]),
        orc::kind(15, &[], &[]),
        orc::kind(12, &[5], &["phones"]),
        orc::kind(10, &[6], &[]),
        orc::kind(7, &[], &[]),
        orc::kind(11, &[8, 9], &[]),
        orc::kind(7, &[], &[]),
        orc::kind(7, &[], &[]),
    ];
    let stripes = [0..3, 3..6].map(|rows: std::ops::Range<usize>| {
        let present =
            |has: &dyn Fn(usize) -> bool| orc::booleans(&rows.clone().map(has).collect::<Vec<_>>());
        let lengths = |texts: &[String]| {
            let lengths: Vec<i64> = texts.iter().map(|text| text.len() as i64).collect();
            orc::integers(&lengths, false)
        };
        let mails: Vec<String> = rows.clone().filter_map(|i| MAILS[i]).map(str::to_owned).collect();
        let phones: Vec<String> =
            rows.clone().flat_map(|i| (0..PHONES[i]).map(move |n| phone(i, n))).collect();
        let ids: Vec<String> = rows.clone().map(|i| format!("219-09-000{i}")).collect();
        let cards: Vec<i64> = rows.clone().filter_map(|i| CARDS[i]).collect();
        let days: Vec<i64> = rows.clone().filter_map(|i| DAYS[i]).map(i64::from).collect();
        let counts: Vec<i64> = rows.clone().map(|i| PHONES[i] as i64).collect();
        let mut streams = vec![(0, 1, present(&|i| MAILS[i].is_some()))];
        let mut distinct = mails.clone();
        distinct.sort();
        distinct.dedup();
        if is_dictionary {
            let key = |mail| distinct.binary_search(mail).unwrap() as i64;
            streams.push((1, 1, orc::integers(&mails.iter().map(key).collect::<Vec<_>>(), false)));
            streams.push((2, 1, lengths(&distinct)));
            streams.push((3, 1, distinct.concat().into_bytes()));
        } else {
            streams.push((1, 1, mails.concat().into_bytes()));
            streams.push((2, 1, lengths(&mails)));
        }
        streams.extend([
            (0, 2, present(&|i| CARDS[i].is_some())),
            (1, 2, orc::integers(&cards, true)),
            (0, 3, present(&|i| DAYS[i].is_some())),
            (1, 3, orc::integers(&days, true)),
            (2, 5, orc::integers(&counts, false)),
            (1, 6, phones.concat().into_bytes()),
            (2, 6, lengths(&phones)),
            (2, 7, orc::integers(&[1, 1, 1], false)),
            (1, 8, b"ssnssnssn".to_vec()),
            (2, 8, orc::integers(&[3, 3, 3], false)),
            (1, 9, ids.concat().into_bytes()),
            (2, 9, lengths(&ids)),
        ]);
        let mut encodings = vec![(0, 0); 10];
        if is_dictionary {
            encodings[1] = (1, distinct.len() as u64);
        }
        orc::Stripe { rows: 3, streams, encodings }
    });
    orc::file(&types, &stripes, is_packed)
}

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

fn parquets() -> Vec<(String, Vec<u8>)> {
    let table = table();
    let gzip = Compression::GZIP(GzipLevel::default());
    let brotli = Compression::BROTLI(BrotliLevel::default());
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let plain = Compression::UNCOMPRESSED;
    let (lz4, raw) = (Compression::LZ4, Compression::LZ4_RAW);
    let mut files = Vec::new();
    for compression in [plain, Compression::SNAPPY, gzip, brotli, zstd, lz4, raw] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for has_dictionary in [true, false] {
                for rows in [4, 1000] {
                    let properties = WriterProperties::builder()
                        .set_compression(compression)
                        .set_writer_version(version)
                        .set_dictionary_enabled(has_dictionary)
                        .set_max_row_group_row_count(Some(rows))
                        .set_data_page_row_count_limit(2)
                        .set_write_batch_size(1)
                        .build();
                    let name = format!("{compression} {version:?} {has_dictionary} {rows}");
                    files.push((name, parquet(&table, properties)));
                }
            }
        }
    }
    files
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
fn a_file_in_a_column_is_read_as_what_it_is() {
    let inner = parquet(&table(), WriterProperties::default());
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    picture.resize(200, 0xfe);
    for (content, code) in [(inner, None), (picture, Some("UNSUPPORTED_FILE_TYPE_EXCEPTION"))] {
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

/// One of each format.
fn samples() -> Vec<Vec<u8>> {
    let table = table();
    let properties = |compression| {
        let builder = WriterProperties::builder().set_compression(compression);
        builder.set_max_row_group_row_count(Some(4)).build()
    };
    vec![
        parquet(&table, properties(Compression::SNAPPY)),
        parquet(&table, properties(Compression::UNCOMPRESSED)),
        arrow_file(&table, None),
        arrow_file(&table, Some(CompressionType::ZSTD)),
        arrow_stream(&table, Some(CompressionType::LZ4_FRAME)),
        orc_file(true, true),
        orc_file(false, false),
        avro_file("deflate"),
    ]
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
