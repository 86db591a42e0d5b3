//! PDF files, made by hand and by a library.

use crate::{CARD, Case, NAME, PHONE};
use lakegate_core::coverage::CoverageStatus;
use lopdf::{
    Dictionary, Document, EncryptionState, EncryptionVersion, IncrementalDocument, Object,
    Permissions, SaveOptions, Stream, dictionary,
};

/// Text as WinAnsi.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn escaped(text: &str) -> Vec<u8> {
    latin(text).into_iter().flat_map(|b| if b == b'(' { vec![b'\\', b] } else { vec![b] }).collect()
}

/// A document whose pages have these contents.
fn document(contents: &[Vec<u8>], is_packed: bool) -> Document {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    });
    let wide = wide_font(&mut document);
    let form = Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(); 4] },
        b"BT /F1 10 Tf 50 500 Td (in a form) Tj ET".to_vec(),
    );
    let form = document.add_object(form);
    let image = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 1000, "Height" => 1000,
    };
    let image = document.add_object(Stream::new(image, vec![0; 10]));
    let resources = document.add_object(dictionary! {
        "Font" => dictionary! { "F1" => font, "F2" => wide },
        "XObject" => dictionary! { "X1" => form, "X2" => image },
    });
    let mut kids = Vec::new();
    for content in contents {
        let mut stream = Stream::new(Dictionary::new(), content.clone());
        if is_packed {
            stream.compress().unwrap();
        }
        let content = document.add_object(stream);
        let page = dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content };
        kids.push(Object::Reference(document.add_object(page)));
    }
    let count = kids.len() as i64;
    document.objects.insert(
        pages,
        Object::Dictionary(dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        }),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    document
}

/// A font with two bytes for a code, of which 0x1000 and those above are ASCII.
fn wide_font(document: &mut Document) -> lopdf::ObjectId {
    let map = b"1 begincodespacerange <0000> <ffff> endcodespacerange
        1 beginbfrange <1020> <107e> <0020> endbfrange";
    let map = document.add_object(Stream::new(Dictionary::new(), map.to_vec()));
    let inner = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "DW" => 500,
    });
    document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "Encoding" => "Identity-H",
        "DescendantFonts" => vec![inner.into()], "ToUnicode" => map,
    })
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn line(x: u32, y: u32, text: &str) -> Vec<u8> {
    let mut content = format!("BT /F1 12 Tf {x} {y} Td (").into_bytes();
    content.extend(escaped(text));
    content.extend(b") Tj ET\n");
    content
}

fn pages() -> Vec<Vec<u8>> {
    // The keyword and its number are drawn far from one another in time, but stand on one line.
    let first = [
        line(50, 700, "Name:"),
        line(50, 680, "Phone:"),
        line(150, 700, NAME),
        line(150, 681, PHONE),
    ];
    // Letters placed one by one, and gaps between words that are no character.
    let card: String = CARD.split(' ').map(|group| format!("({group}) -300 ")).collect();
    let second = format!(
        "q 2 0 0 2 0 0 cm BT /F1 6 Tf 20 300 Td [(Ca) 20 (rd) -400 {card}] TJ ET Q
        BI /W 1 /H 1 /BPC 8 /CS /G ID \u{7} EI
        BT /F2 9 Tf 1 0 0 1 20 400 Tm <{}> Tj ET /X1 Do",
        "two bytes".bytes().map(|b| format!("10{b:02x}")).collect::<String>()
    );
    vec![first.concat(), second.into_bytes()]
}

const EXPECT: &[&str] = &[
    "page 1 = Name:\tZoë Müller",
    "page 1 = Phone:\t+49 761 555-0100",
    "page 2 = Card 4111 1111 1111 1111",
    "page 2 = two bytes",
    "page 2 = in a form",
];

/// What stands beside the pages.
fn with_all() -> Document {
    let mut document = document(&pages(), true);
    let first = *document.get_pages().get(&1).unwrap();
    let note = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Text", "Contents" => Object::string_literal("call him"),
    });
    let field = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Tx",
        "T" => Object::string_literal("cc"), "V" => Object::string_literal(CARD),
    });
    let page = document.get_object_mut(first).unwrap().as_dict_mut().unwrap();
    page.set("Annots", vec![note.into(), field.into()]);
    let title: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(NAME.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let description = dictionary! { "Title" => Object::string_literal(title) };
    let description = document.add_object(description);
    document.trailer.set("Info", description);
    let mut table = Stream::new(
        dictionary! { "Type" => "EmbeddedFile" },
        format!("name,phone\n{NAME},{PHONE}\nBob,555-0101\n").into_bytes(),
    );
    table.compress().unwrap();
    let table = document.add_object(table);
    document.add_object(dictionary! {
        "Type" => "Filespec", "F" => Object::string_literal("people.csv"),
        "EF" => dictionary! { "F" => table },
    });
    document
}

fn encrypted(user_password: &str) -> Vec<u8> {
    let mut document = document(&pages(), true);
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    saved(document)
}

/// A document whose second page was changed, and which has something behind it.
fn changed() -> Vec<u8> {
    let before = saved(document(&pages(), true));
    let document = Document::load_mem(&before).unwrap();
    let page = *document.get_pages().get(&2).unwrap();
    let content = document.get_page_contents(page)[0];
    let mut changes = IncrementalDocument::create_from(before, document);
    let blank = Stream::new(Dictionary::new(), line(50, 600, "nothing here"));
    changes.new_document.set_object(content, blank);
    let mut bytes = Vec::new();
    changes.save_to(&mut bytes).unwrap();
    bytes.extend(format!("\n{NAME}\n").bytes());
    bytes
}

pub fn cases() -> Vec<Case> {
    let mut modern = Vec::new();
    let options = SaveOptions::builder().use_object_streams(true).use_xref_streams(true).build();
    document(&pages(), true).save_with_options(&mut modern, options).unwrap();
    let mut of_changed = EXPECT.to_vec();
    of_changed.extend(["page 2 = nothing here", "after the document: text = Zoë Müller"]);
    let mut rest = EXPECT.to_vec();
    rest.extend([
        "page 1 = Contents: call him",
        "page 1 = cc: 4111 1111 1111 1111",
        "text = Title: Zoë Müller",
        "people.csv:  R2C1 name = Zoë Müller",
        "people.csv:  R2C2 phone = +49 761 555-0100",
    ]);
    let image = document(&[b"q 500 0 0 500 0 0 cm /X2 Do Q".to_vec(), line(9, 9, NAME)], true);
    // A form of much nothing, drawn on and on.
    let bomb = {
        let mut document = document(&[b"/X1 Do ".repeat(1000)], true);
        let is_form = |object: &Object| match object {
            Object::Stream(stream) => stream
                .dict
                .get(b"Subtype")
                .is_ok_and(|kind| kind.as_name().is_ok_and(|kind| kind == b"Form")),
            _ => false,
        };
        let form = document.objects.values_mut().find(|object| is_form(object)).unwrap();
        let form = form.as_stream_mut().unwrap();
        form.set_plain_content(vec![b' '; 50 << 20]);
        form.compress().unwrap();
        saved(document)
    };
    let unknown = document(&[b"BT /F2 9 Tf <0003000400050006> Tj ET".to_vec()], true);
    let damaged = {
        let mut document = document(&pages(), true);
        let id = *document.get_pages().get(&2).unwrap();
        let content = document.get_page_contents(id)[0];
        let stream = document.get_object_mut(content).unwrap().as_stream_mut().unwrap();
        let middle = stream.content.len() / 2;
        stream.content[middle] ^= 0x55;
        saved(document)
    };
    vec![
        Case::complete("PDF", saved(document(&pages(), false)), EXPECT),
        Case::complete("compressed PDF", saved(document(&pages(), true)), EXPECT),
        Case::complete("PDF of object streams", modern, EXPECT),
        Case::complete("PDF with all around", saved(with_all()), &rest),
        Case { tells_cuts: false, ..Case::complete("changed PDF", changed(), &of_changed) },
        Case::complete("PDF with an empty password", encrypted(""), EXPECT),
        Case::skipped("PDF with a password", encrypted("x")),
        Case::partial("PDF of a scanned page", saved(image), &["page 2 = Zoë Müller"]),
        Case { is_heavy: true, ..Case::partial("PDF that draws too much", bomb, &[]) },
        Case::partial("PDF with unknown characters", saved(unknown), &[]),
        Case {
            status: CoverageStatus::Partial,
            ..Case::complete("damaged PDF", damaged, &EXPECT[..2])
        },
    ]
}

/// Lines of the first page with `what` in them.
fn lines_with(document: Document, what: &str) -> Vec<String> {
    let found = crate::read(&saved(document));
    let is_there = |line: &String| line.starts_with("page 1 ") && line.contains(what);
    found.lines.into_iter().filter(is_there).collect()
}

#[test]
fn the_value_of_a_field_is_read_once_for_each_place_that_shows_it() {
    let with_field = |shown: &str| {
        let mut document = document(&pages(), true);
        let first = *document.get_pages().get(&1).unwrap();
        let font =
            dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
        let appearance = document.add_object(Stream::new(
            dictionary! {
                "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 100.into(), 20.into()],
                "Resources" => dictionary! { "Font" => dictionary! { "F9" => font } },
            },
            format!("BT /F9 9 Tf 2 5 Td ({shown}) Tj ET").into_bytes(),
        ));
        let field = document.add_object(dictionary! {
            "Type" => "Annot", "Subtype" => "Widget", "FT" => "Tx",
            "Rect" => vec![300.into(), 500.into(), 400.into(), 520.into()],
            "T" => Object::string_literal("cc"), "V" => Object::string_literal("4111 1111"),
            "DV" => Object::string_literal("4111 1111"), "AP" => dictionary! { "N" => appearance },
        });
        let page = document.get_object_mut(first).unwrap().as_dict_mut().unwrap();
        page.set("Annots", vec![field.into()]);
        document
    };
    assert_eq!(lines_with(with_field("4111 1111"), "4111 1111"), ["page 1 = cc: 4111 1111"]);
    // What is shown is not what the field holds: both are read.
    let other = lines_with(with_field("4111 2222"), "4111");
    assert_eq!(other, ["page 1 = 4111 2222", "page 1 = cc: 4111 1111"]);
}

#[test]
fn letters_that_are_set_apart_are_words() {
    let content = "BT /F1 10 Tf 50 700 Td 3 Tc (set apart) Tj 0 -20 Td 14 Tc (in boxes) Tj ET";
    let document = document(&[content.as_bytes().to_vec()], true);
    let found = crate::read(&saved(document));
    for line in ["set apart", "in boxes"] {
        let lines = &found.lines;
        assert!(lines.iter().any(|found| found.ends_with(&format!("= {line}"))), "{lines:?}");
    }
}
