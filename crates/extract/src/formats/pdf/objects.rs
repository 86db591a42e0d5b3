//! The objects of a PDF: which page each belongs to, and which of them are damaged.

use super::STREAM_BYTES_MAX;
use crate::gaps;
use flate2::{Decompress, FlushDecompress, Status};
use lakegate_core::coverage::Coverage;
use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use std::collections::BTreeMap;

/// Bytes that are decompressed at a time, where only their soundness matters.
const PIECE_BYTES: usize = 32 << 10;

/// A document with what is known about its objects.
pub(super) struct Objects<'d> {
    pub document: &'d Document,
    /// By their number from 1.
    pub pages: BTreeMap<u32, ObjectId>,
}

impl<'d> Objects<'d> {
    pub fn new(document: &'d Document) -> Self {
        Self { document, pages: document.get_pages() }
    }

    /// What an object refers to, or itself.
    pub fn resolve<'o>(&'o self, object: &'o Object) -> Option<&'o Object> {
        self.document.dereference(object).ok().map(|(_, object)| object)
    }

    /// A dictionary, or that of a stream.
    pub fn dictionary<'o>(&'o self, object: &'o Object) -> Option<&'o Dictionary> {
        match self.resolve(object)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    /// A stream's bytes, decompressed, or why not.
    pub fn content(&self, stream: &Stream) -> Result<Vec<u8>, &'static str> {
        stream
            .decompressed_content_with_limit(STREAM_BYTES_MAX)
            .map_err(|_| "it is damaged, too long or in a compression that is not read")
    }

    /// A number, or one that is referred to.
    pub fn number(&self, object: &Object) -> Option<f64> {
        self.resolve(object)?.as_float().ok().map(f64::from)
    }

    /// An array of numbers.
    pub fn numbers(&self, object: &Object) -> Option<Vec<f64>> {
        self.resolve(object)?.as_array().ok()?.iter().map(|part| self.number(part)).collect()
    }

    /// A length of an image.
    pub fn side(&self, dictionary: &Dictionary, name: &[u8]) -> u64 {
        let side = dictionary.get(name).ok().and_then(|object| self.number(object));
        side.map_or(0, |side| side.max(0.0) as u64)
    }

    /// Objects that the table names, and that are not there.
    pub fn tell_damage(&self, coverage: &mut Coverage) {
        let is_missing = |(number, entry): &(&u32, &XrefEntry)| match entry {
            XrefEntry::Normal { generation, .. } => {
                !self.document.objects.contains_key(&(**number, *generation))
            }
            XrefEntry::Compressed { .. } => !self.document.objects.contains_key(&(**number, 0)),
            XrefEntry::Free | XrefEntry::UnusableFree => false,
        };
        // How it is encrypted is told to nobody once it is decrypted.
        let encryption = self.document.encryption_state.as_ref();
        let encryption = encryption.and_then(|state| state.encrypt_object_id());
        let missing = self.document.reference_table.entries.iter().filter(is_missing);
        let missing = missing.filter(|(number, _)| Some(**number) != encryption.map(|id| id.0));
        let missing = missing.count();
        if missing > 0 {
            let detail = format!("objects that can not be read: {missing}");
            gaps::gap(coverage, gaps::MALFORMED, detail);
        }
    }
}

/// Whether a stream decompresses to its end; that of a compression without checks is believed.
pub(super) fn is_whole(stream: &Stream) -> bool {
    match stream.filters().as_deref() {
        Ok([b"FlateDecode"]) => is_sound(&stream.content),
        _ => true,
    }
}

/// Whether a zlib stream decompresses to its end.
fn is_sound(mut packed: &[u8]) -> bool {
    let mut decoder = Decompress::new(true);
    let mut piece = vec![0; PIECE_BYTES];
    if packed.is_empty() {
        return true;
    }
    loop {
        let (before_in, before_out) = (decoder.total_in(), decoder.total_out());
        let status = decoder.decompress(packed, &mut piece, FlushDecompress::None);
        let taken = (decoder.total_in() - before_in) as usize;
        packed = packed.get(taken..).unwrap_or(&[]);
        match status {
            Ok(Status::StreamEnd) => return true,
            Ok(_) if taken == 0 && decoder.total_out() == before_out => return false,
            Ok(_) if decoder.total_out() > STREAM_BYTES_MAX as u64 => return false,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}
