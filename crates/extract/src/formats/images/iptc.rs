//! Captions of the press (IPTC), and the resources of Photoshop that hold them.

use super::{Written, decoded};

/// Begins each field.
const MARK: u8 = 0x1c;
const RESOURCE: &[u8] = b"8BIM";
const CAPTIONS: u16 = 0x0404;

/// What people call the commonest fields of the second record.
const NAMES: &[(u8, &str)] = &[
    (5, "Title"),
    (25, "Keyword"),
    (40, "Instructions"),
    (55, "Date"),
    (80, "By-line"),
    (90, "City"),
    (92, "Location"),
    (95, "Province"),
    (101, "Country"),
    (105, "Headline"),
    (110, "Credit"),
    (116, "Copyright"),
    (118, "Contact"),
    (120, "Caption"),
    (122, "Writer"),
];

/// Writes the fields of captions.
pub(super) fn write(mut bytes: &[u8], written: &mut Written) {
    while let [MARK, record, field, high, low, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // The first bit tells that the length itself is longer; no text is.
        let Some((value, rest)) = rest.split_at_checked(length).filter(|_| length < 1 << 15) else {
            written.damaged += 1;
            return;
        };
        if *record == 2 && *field != 0 {
            let name = NAMES.iter().find(|(number, _)| number == field);
            written.line(name.map_or("", |(_, name)| name), &decoded(value));
        }
        bytes = rest;
    }
}

/// Writes the captions among resources.
pub(super) fn write_resources(mut bytes: &[u8], written: &mut Written) {
    while let Some(rest) = bytes.strip_prefix(RESOURCE) {
        let [high, low, name_bytes, rest @ ..] = rest else { return };
        let id = u16::from_be_bytes([*high, *low]);
        // The name and the content are padded to even lengths.
        let name_bytes = usize::from(*name_bytes) | 1;
        let length = rest.get(name_bytes..).and_then(|rest| rest.first_chunk());
        let Some(length) = length.map(|length| u32::from_be_bytes(*length) as usize) else {
            return;
        };
        let rest = rest.get(name_bytes + 4..).unwrap_or_default();
        let content = &rest[..length.min(rest.len())];
        if id == CAPTIONS {
            write(content, written);
        }
        bytes = rest.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
}
