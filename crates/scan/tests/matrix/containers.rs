//! Objects put into containers.

use std::io::Write;

/// A container, and the paths at which its members are found.
pub struct Container {
    pub name: &'static str,
    pub put: fn(&[u8]) -> Vec<u8>,
    pub members: &'static [&'static str],
}

const fn container(
    name: &'static str,
    put: fn(&[u8]) -> Vec<u8>,
    members: &'static [&'static str],
) -> Container {
    Container { name, put, members }
}

pub const ALL: &[Container] = &[
    container("gzip", gzip, &[""]),
    container(
        "gzip of two members",
        |bytes| {
            let (first, second) = bytes.split_at(bytes.len() / 2);
            [gzip(first), gzip(second)].concat()
        },
        &[""],
    ),
    container("Zstandard", |bytes| zstd::encode_all(bytes, 3).unwrap(), &[""]),
    container("bzip2", bzip2, &[""]),
    container("xz", xz, &[""]),
    container("LZ4", lz4, &[""]),
    container("tar", tar, &["a/one", "b/two"]),
    container("tar.gz", |bytes| gzip(&tar(bytes)), &["a/one", "b/two"]),
    container("ZIP", zip, &["in/one", "two"]),
    container(
        "ZIP in tar.zst",
        |bytes| zstd::encode_all(&tar(&zip(bytes))[..], 1).unwrap(),
        &["a/one!in/one", "a/one!two", "b/two!in/one", "b/two!two"],
    ),
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(bytes: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for name in ["a/one", "b/two"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    use zip::write::SimpleFileOptions;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, method) in
        [("in/one", zip::CompressionMethod::Deflated), ("two", zip::CompressionMethod::Stored)]
    {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
