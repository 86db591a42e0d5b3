//! The small table, as arrays and in each format.

use crate::{avro, orc};
use arrow_array::builder::{ListBuilder, MapBuilder, MapFieldNames, StringBuilder};
use arrow_array::{
    Array, ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray, StructArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::Field;
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use std::sync::Arc;

/// Of each of the 6 records: `None` where it has no value.
pub const MAILS: [Option<&str>; 6] = [
    Some("ann@example.com"),
    None,
    Some("bob@example.org"),
    Some("ann@example.com"),
    Some("élise@example.fr"),
    Some("bob@example.org"),
];
pub const CARDS: [Option<i64>; 6] =
    [Some(4_012_888_888_881_881), Some(-7), None, Some(0), Some(i64::MAX), Some(5)];
pub const DAYS: [Option<i32>; 6] =
    [Some(5_179), None, Some(-1), Some(0), Some(19_000), Some(11_016)];
pub const DATES: [&str; 6] =
    ["1984-03-07", "", "1969-12-31", "1970-01-01", "2022-01-08", "2000-02-29"];
/// How many phones each has.
pub const PHONES: [usize; 6] = [3, 0, 1, 2, 0, 1];

pub fn phone(record: usize, index: usize) -> String {
    format!("+1 555 0{record}0 {index}")
}

/// What must come out of every format.
pub fn expected() -> Vec<String> {
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

pub fn phones() -> ArrayRef {
    let mut phones = ListBuilder::new(StringBuilder::new());
    for (record, count) in PHONES.iter().enumerate() {
        phones.append_value((0..*count).map(|index| Some(phone(record, index))));
    }
    Arc::new(phones.finish())
}

pub fn table() -> RecordBatch {
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

pub fn parquet(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut writer = ArrowWriter::try_new(vec![], batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

pub fn arrow_file(batch: &RecordBatch, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer = FileWriter::try_new_with_options(vec![], &batch.schema(), options).unwrap();
    writer.write(&batch.slice(0, 2)).unwrap();
    writer.write(&batch.slice(2, 4)).unwrap();
    writer.into_inner().unwrap()
}

pub fn arrow_stream(batch: &RecordBatch, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer = StreamWriter::try_new_with_options(vec![], &batch.schema(), options).unwrap();
    writer.write(&batch.slice(0, 2)).unwrap();
    writer.write(&batch.slice(2, 4)).unwrap();
    writer.into_inner().unwrap()
}

pub const AVRO_SCHEMA: &str = r#"{"type": "record", "name": "r", "namespace": "n", "fields": [
    {"name": "mail", "type": ["null", "string"]}, {"name": "card", "type": ["null", "long"]},
    {"name": "born", "type": [{"type": "int", "logicalType": "date"}, "null"]},
    {"name": "user", "type": {"type": "record", "name": "u", "fields": [
        {"name": "phones", "type": {"type": "array", "items": "string"}}]}},
    {"name": "ids", "type": {"type": "map", "values": "string"}}]}"#;

pub fn avro_block(records: std::ops::Range<usize>) -> (i64, Vec<u8>) {
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

pub fn avro_file(codec: &str) -> Vec<u8> {
    avro::file(AVRO_SCHEMA, codec, &[avro_block(0..4), avro_block(4..6)])
}

pub fn orc_file(is_dictionary: bool, is_packed: bool) -> Vec<u8> {
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

pub fn parquets() -> Vec<(String, Vec<u8>)> {
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

/// One of each format.
pub fn samples() -> Vec<Vec<u8>> {
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
