//! What the groups of RTF are for.

use encoding_rs::Encoding;

/// What the text of a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// The body, or what goes with it.
    Body,
    /// Something on lines of its own.
    Aside,
    Picture,
    /// Neither text nor something embedded.
    Dropped,
    /// Hexadecimal data of something embedded.
    Object,
}

/// What a group restores when it ends.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub destination: Destination,
    /// It began the destination, so that its end is that one's.
    pub is_own: bool,
    /// Characters that stand in for one of Unicode.
    pub substitutes: usize,
    pub encoding: &'static Encoding,
    pub is_deleted: bool,
}

/// What begins with this word at the start of a group; `None` if it belongs to what is around.
pub(super) fn destination(word: &str, is_marked: bool) -> Option<Destination> {
    let body =
        ["shppict", "shpinst", "shptxt", "shprslt", "shpgrp", "nonesttables", "fldrslt", "pn"];
    let asides = [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "title",
        "subject",
        "author",
        "manager",
        "company",
        "operator",
        "category",
        "keywords",
        "comment",
        "doccomm",
        "hlinkbase",
        "fldinst",
        "footnote",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "ftnsep",
        "ftnsepc",
        "ftncn",
        "xe",
        "tc",
        "rxe",
        "sn",
        "sv",
        "listname",
        "private",
        "nextfile",
        "template",
        "txe",
        "sp",
    ];
    let hexadecimal = ["objdata", "datastore", "themedata", "colorschememapping"];
    match word {
        "pict" => Some(Destination::Picture),
        // The shape of a font, in digits that mean nothing else.
        "panose" => Some(Destination::Dropped),
        _ if hexadecimal.contains(&word) => Some(Destination::Object),
        _ if body.contains(&word) => None,
        _ if is_marked || asides.contains(&word) => Some(Destination::Aside),
        _ => None,
    }
}
