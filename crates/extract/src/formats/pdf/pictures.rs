//! The pictures of pages, handed on to be read, each once, whatever it is called and wherever it stands. What
//! can not be turned into a file that is a picture stays a gap of its page.

use super::objects::Objects;
use super::pages::PageText;
use super::raster;
use crate::gaps::{self, Bound};
use crate::session::{Session, Shown};
use lopdf::{Object, Stream};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

/// The pictures of a document, of all its versions.
#[derive(Default)]
pub(super) struct Pictures {
    /// Whether each was handed on, by its content.
    known: HashMap<u64, bool>,
    hasher: RandomState,
}

impl Pictures {
    /// Hands on the pictures of a page, and tells with the page those that are not read, and how many they
    /// are. Does nothing where nobody reads pictures.
    pub fn show(
        &mut self,
        session: &mut Session<'_>,
        objects: &Objects<'_>,
        page: &mut PageText,
        number: u32,
    ) -> u64 {
        if !session.reads_pictures() {
            return 0;
        }
        let outside = session.page.replace(number);
        let mut unread = page.inline_images;
        if unread > 0 {
            let detail = format!("images within its content that are not read: {unread}");
            page.gaps.push((gaps::IMAGE_ONLY, detail.into()));
        }
        for id in &page.pictures {
            let Ok(stream) = objects.document.get_object(*id).and_then(Object::as_stream) else {
                continue;
            };
            for stream in [Some(stream), mask(objects, stream)].into_iter().flatten() {
                if let Err(bound) = self.one(session, objects, stream) {
                    unread += 1;
                    page.gaps.push((bound.code, bound.detail.into()));
                }
            }
        }
        session.page = outside;
        if page.has_pieces {
            page.gaps.push((gaps::IMAGE_ONLY, "its image stands in pieces".into()));
            unread += 1;
        }
        // Each that is not read has a gap of its own.
        page.is_image = false;
        page.images = 0;
        unread
    }

    /// Hands on one picture that was not yet.
    fn one(
        &mut self,
        session: &mut Session<'_>,
        objects: &Objects<'_>,
        stream: &Stream,
    ) -> Result<(), Bound> {
        let mut hasher = self.hasher.build_hasher();
        stream.content.hash(&mut hasher);
        let mut parts_left = PARTS_MAX;
        for name in DECIDING {
            let part = stream.dict.get(name).unwrap_or(&Object::Null);
            hash(objects, part, &mut hasher, (0, &mut parts_left));
        }
        let key = hasher.finish();
        match self.known.get(&key) {
            Some(true) => return Ok(()),
            Some(false) => {
                let detail = "an image that was not read on an earlier page".to_owned();
                return Err(Bound { code: gaps::IMAGE_ONLY, detail });
            }
            None => {}
        }
        let result = self.handed(session, objects, stream);
        self.known.insert(key, result.is_ok());
        result
    }

    fn handed(
        &self,
        session: &mut Session<'_>,
        objects: &Objects<'_>,
        stream: &Stream,
    ) -> Result<(), Bound> {
        let pixels_max = session.limits.pictures.as_ref().map_or(0, |limits| limits.pixels_max);
        let size = raster::size(objects, stream)?;
        if size.is_tiny() {
            return Ok(());
        }
        if size.pixels() > pixels_max {
            let detail = format!("an image of more than {pixels_max} pixels");
            return Err(Bound { code: gaps::TOO_BIG, detail });
        }
        let Some(file) = raster::file(objects, stream, size)? else { return Ok(()) };
        match session.show(&file, size) {
            Shown::Taken => Ok(()),
            Shown::Refused(bound) => Err(bound),
            Shown::NotAsked => {
                let detail = "an image that nobody reads".to_owned();
                Err(Bound { code: gaps::IMAGE_ONLY, detail })
            }
        }
    }
}

/// What of an image's dictionary decides what it shows, beside its content. Its masks are pictures themselves.
const DECIDING: &[&[u8]] = &[
    b"Width",
    b"Height",
    b"BitsPerComponent",
    b"ColorSpace",
    b"Decode",
    b"DecodeParms",
    b"Filter",
    b"ImageMask",
];

/// Parts of an image's dictionary that are compared, with all that they refer to, and how deep they may stand.
const PARTS_MAX: usize = 1_000;
const DEPTH_MAX: usize = 8;

/// Adds an object to a hash, with what it refers to, which may be another one in another version of the document.
fn hash(
    objects: &Objects<'_>,
    object: &Object,
    into: &mut impl Hasher,
    (depth, parts_left): (usize, &mut usize),
) {
    if depth > DEPTH_MAX || *parts_left == 0 {
        return;
    }
    *parts_left -= 1;
    match objects.resolve(object) {
        Some(Object::Array(parts)) => {
            parts.len().hash(into);
            parts.iter().for_each(|part| hash(objects, part, into, (depth + 1, parts_left)));
        }
        Some(Object::Dictionary(dictionary)) => {
            for (name, part) in dictionary {
                name.hash(into);
                hash(objects, part, into, (depth + 1, parts_left));
            }
        }
        Some(Object::Stream(stream)) => stream.content.hash(into),
        Some(plain) => format!("{plain:?}").hash(into),
        None => {}
    }
}

/// What says where an image is to be seen: it may be what has the form of letters.
fn mask<'o>(objects: &'o Objects<'_>, stream: &'o Stream) -> Option<&'o Stream> {
    let mask = |name| objects.resolve(stream.dict.get(name).ok()?)?.as_stream().ok();
    mask(b"SMask").or_else(|| mask(b"Mask"))
}
