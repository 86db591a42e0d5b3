//! The text of each page, and what of the page could not be read.

use super::content::{Drawing, Run, Shared, Shown};
use super::objects::{Objects, is_whole};
use super::{layout, strings};
use crate::gaps;
use lopdf::{Dictionary, Object, ObjectId};
use std::borrow::Cow;

/// One of so many characters that no font explains makes a page unreadable, and so do a few of them in a
/// row, which may be a number; a single one is a bullet.
const UNKNOWN_SHARE: usize = 10;
const UNKNOWN_IN_A_ROW: usize = 4;

/// What one page gave.
#[derive(Default)]
pub(super) struct PageText {
    pub text: String,
    /// It shows nothing but pixels.
    pub is_image: bool,
    /// Its fonts do not tell which characters they show.
    pub is_unknown: bool,
    /// Images beside its text.
    pub images: u64,
    /// Its images may be pieces of one.
    pub has_pieces: bool,
    /// Its images that are objects of the document.
    pub pictures: Vec<ObjectId>,
    /// Those that are not, and are large enough to show text.
    pub inline_images: u64,
    pub gaps: Vec<(&'static str, Cow<'static, str>)>,
    /// Fields whose values the page shows, as [`strings::field`] writes them.
    pub fields: Vec<String>,
}

impl PageText {
    /// Nothing of the page is missing.
    pub fn is_read(&self) -> bool {
        self.gaps.is_empty() && !self.is_image && !self.is_unknown
    }
}

/// Reads a page.
pub(super) fn read(objects: &Objects<'_>, shared: &mut Shared, page: ObjectId) -> PageText {
    let mut found = PageText::default();
    if shared.is_spent() {
        found
            .gaps
            .push((gaps::TOO_BIG, "it is not looked at: the pages before it draw too much".into()));
        return found;
    }
    let mut drawing = Drawing::new(objects, shared);
    let mut resources: Vec<&Dictionary> = Vec::new();
    match objects.document.get_page_resources(page) {
        Ok((own, inherited)) => {
            resources.extend(own);
            let inherited = inherited.iter();
            resources.extend(inherited.filter_map(|id| objects.document.get_dictionary(*id).ok()));
        }
        Err(_) => found.gaps.push((gaps::MALFORMED, "its fonts can not be found".into())),
    }
    let mut content = Vec::new();
    for id in objects.document.get_page_contents(page) {
        let stream = objects.document.get_object(id).and_then(Object::as_stream);
        match stream.map(|stream| (stream, objects.content(stream))) {
            Ok((stream, Ok(part))) => {
                drawing.shown.damaged += u64::from(!is_whole(stream));
                content.extend_from_slice(&part);
                content.push(b'\n');
            }
            _ => drawing.shown.damaged += 1,
        }
    }
    drawing.draw(&content, &resources);
    let mut shown = std::mem::take(&mut drawing.shown);
    drop(drawing);
    for annotation in annotations(objects, page) {
        found.fields.extend(appearance(objects, shared, annotation, &mut shown));
    }
    found.text = layout::lines(&shown.runs);
    judge(&mut found, &shown);
    found.pictures = std::mem::take(&mut shown.pictures);
    found.inline_images = shown.inline_images;
    for replacement in &shown.replacements {
        if !replacement.trim().is_empty() {
            found.text.extend([replacement.as_str(), "\n"]);
        }
    }
    found
}

/// Notes and form fields of a page.
fn annotations<'o>(
    objects: &'o Objects<'_>,
    page: ObjectId,
) -> impl Iterator<Item = &'o Dictionary> {
    let page = objects.document.get_dictionary(page).ok();
    let list = page.and_then(|page| objects.resolve(page.get(b"Annots").ok()?)?.as_array().ok());
    list.into_iter().flatten().filter_map(|object| objects.dictionary(object))
}

/// Adds the text that a note or a field shows, at its place on the page. A field that shows its value is
/// given back; its name stands before the value.
fn appearance<'o>(
    objects: &'o Objects<'_>,
    shared: &'o mut Shared,
    annotation: &'o Dictionary,
    shown: &mut Shown,
) -> Option<String> {
    let normal = annotation.get(b"AP").ok().and_then(|object| objects.dictionary(object));
    let normal = normal.and_then(|appearances| objects.resolve(appearances.get(b"N").ok()?));
    let stream = match normal {
        Some(Object::Stream(stream)) => Some(stream),
        // One for each state of a check box.
        Some(Object::Dictionary(states)) => {
            let state = annotation.get(b"AS").and_then(Object::as_name).unwrap_or(b"Off");
            let state = states.get(state).ok().and_then(|object| objects.resolve(object));
            state.and_then(|object| object.as_stream().ok())
        }
        _ => None,
    };
    let stream = stream?;
    let corner = |dictionary: &'o Dictionary, name: &[u8]| {
        let corners = dictionary.get(name).ok().and_then(|object| objects.numbers(object));
        match corners.as_deref() {
            Some([a, b, c, d]) => [a.min(*c), b.min(*d)],
            _ => [0.0, 0.0],
        }
    };
    let (place, own) = (corner(annotation, b"Rect"), corner(&stream.dict, b"BBox"));
    let mut drawing = Drawing::new(objects, shared);
    drawing.form(None, stream, &[]);
    let Shown { mut runs, replacements, images, pictures, inline_images, damaged, is_cut } =
        drawing.shown;
    let field = shown_field(objects, annotation, &runs);
    if let (Some((name, _)), Some(first)) = (&field, runs.first_mut()) {
        first.text = format!("{name}: {}", first.text);
        first.breaks.clear();
    }
    shown.runs.extend(runs.into_iter().map(|mut run| {
        let breaks = run.breaks.iter_mut().flat_map(|gap| [&mut gap.start, &mut gap.end]);
        for end in [&mut run.start, &mut run.end].into_iter().chain(breaks) {
            end[0] += place[0] - own[0];
            end[1] += place[1] - own[1];
        }
        run
    }));
    shown.replacements.extend(replacements);
    shown.images.extend(&images);
    shown.pictures.extend(pictures);
    shown.inline_images += inline_images;
    shown.damaged += damaged;
    shown.is_cut |= is_cut;
    field.map(|(name, value)| strings::field(&name, &value))
}

/// The name and the value of a field, if the value is what is shown.
fn shown_field(
    objects: &Objects<'_>,
    annotation: &Dictionary,
    runs: &[Run],
) -> Option<(String, String)> {
    let parent = annotation.get(b"Parent").ok().and_then(|parent| objects.dictionary(parent));
    let fields = [Some(annotation), parent].into_iter().flatten();
    let (name, value) = fields.filter_map(strings::name_and_value).next()?;
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let is_shown = runs.iter().map(|run| letters(&run.text)).collect::<String>() == letters(&value);
    is_shown.then_some((name, value))
}

/// Tells what of the page was not read.
fn judge(page: &mut PageText, shown: &Shown) {
    let mut chars = 0;
    let mut unknown = 0;
    let (mut in_a_row, mut most_in_a_row) = (0, 0);
    for c in page.text.chars().filter(|c| !c.is_whitespace()) {
        chars += 1;
        let is_unknown = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffd}');
        unknown += usize::from(is_unknown);
        in_a_row = if is_unknown { in_a_row + 1 } else { 0 };
        most_in_a_row = most_in_a_row.max(in_a_row);
    }
    page.is_unknown =
        unknown > 0 && unknown * UNKNOWN_SHARE >= chars || most_in_a_row >= UNKNOWN_IN_A_ROW;
    page.is_image = shown.images.are_all(chars as u64);
    page.has_pieces = shown.images.are_pieces();
    page.images = if page.is_image { 0 } else { shown.images.count };
    if shown.damaged > 0 {
        page.gaps.push((gaps::MALFORMED, "some of its content is damaged".into()));
    }
    if shown.is_cut {
        page.gaps.push((gaps::TOO_BIG, "there is more drawn on it than is looked at".into()));
    }
}
