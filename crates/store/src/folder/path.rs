//! Keys as paths: a bijection, so that no key can ever name another key's file or leave the root.
//!
//! A key is split at `/`; a segment is a file name just as it is, unless a file system cannot hold it.
//! Then, and only then, the marker `%~` appears in the path:
//!
//! | in the key | in the path |
//! |---|---|
//! | an empty segment (`a//b`, `/a`, `a/`) | `%~` |
//! | a segment `.` or `..` | `%~2e`, `%~2e%~2e` |
//! | a NUL | `%~00` |
//! | the text `%~` | `%~25~` |
//! | `.lakegate` (in any case) as the first segment | `%~2elakegate` |
//! | a segment whose name is over 255 bytes | pieces; all but the last are directories ending in `%~+` |
//!
//! A file whose name is not UTF-8 has a key in which each stray byte is written `%~hh`; that very key
//! stands for that file. A path that no key encodes to stands for no key.

/// The longest file name, in bytes, that the usual file systems take.
const NAME_BYTES_MAX: usize = 255;
/// The longest path that a system call takes, its final NUL included (Linux, `limits.h`).
pub(super) const PATH_BYTES_MAX: usize = 4096;
/// The directory under the root where Lakegate keeps its own.
pub(super) const RESERVED: &str = ".lakegate";

const MARKER: &[u8] = b"%~";
const CONTINUED: &[u8] = b"%~+";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// The path, relative to the root, that stands for `key`. Never empty, never absolute, without `.`
/// and `..`; it may be longer than the system takes.
pub(super) fn encode(key: &str) -> Vec<u8> {
    let mut path = Vec::with_capacity(key.len() + 8);
    for (index, segment) in key.split('/').enumerate() {
        if index > 0 {
            path.push(b'/');
        }
        encode_segment(segment, index == 0, &mut path);
    }
    path
}

/// The key that `path` (relative to the root) stands for; `None` where it is the path of no key.
pub(super) fn decode(path: &[u8]) -> Option<String> {
    if !path.contains(&b'%') {
        return decode_plain(path);
    }
    let key = decode_loosely(path)?;
    (encode(&key) == path).then_some(key)
}

/// The common case: a path without markers is its own key, if it is UTF-8.
fn decode_plain(path: &[u8]) -> Option<String> {
    match std::str::from_utf8(path) {
        Ok(text) => {
            let reserved = is_reserved(text.split('/').next().unwrap_or_default());
            let no_name = |name| matches!(name, "" | "." | "..");
            (!reserved && !text.split('/').any(no_name)).then(|| text.to_owned())
        }
        Err(_) => {
            let key = decode_loosely(path)?;
            (encode(&key) == path).then_some(key)
        }
    }
}

fn is_reserved(name: &str) -> bool {
    name.eq_ignore_ascii_case(RESERVED)
}

fn encode_segment(segment: &str, first: bool, path: &mut Vec<u8>) {
    if segment.is_empty() {
        path.extend_from_slice(MARKER);
        return;
    }
    if let Some(bytes) = foreign_name(segment) {
        push_in_pieces(&bytes, path);
        return;
    }
    let whole = matches!(segment, "." | "..");
    let reserved = first && is_reserved(segment);
    let bytes = segment.as_bytes();
    let plain = !whole && !reserved && !bytes.contains(&0) && !contains_marker(bytes);
    if plain {
        push_in_pieces(bytes, path);
        return;
    }
    let mut name = Vec::with_capacity(bytes.len() + 6);
    for (index, &byte) in bytes.iter().enumerate() {
        let escaped = match byte {
            0 => true,
            b'.' => whole || (reserved && index == 0),
            b'%' => bytes.get(index + 1) == Some(&b'~'),
            _ => false,
        };
        if escaped {
            push_escaped(byte, &mut name);
        } else {
            name.push(byte);
        }
    }
    push_in_pieces(&name, path);
}

fn contains_marker(bytes: &[u8]) -> bool {
    bytes.windows(MARKER.len()).any(|pair| pair == MARKER)
}

fn push_escaped(byte: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(MARKER);
    out.push(HEX[usize::from(byte >> 4)]);
    out.push(HEX[usize::from(byte & 15)]);
}

/// Appends a name, cut where it is too long for one; never inside an escape or a character.
fn push_in_pieces(mut name: &[u8], path: &mut Vec<u8>) {
    while name.len() > NAME_BYTES_MAX {
        let cut = cut_before(name, NAME_BYTES_MAX - CONTINUED.len());
        path.extend_from_slice(&name[..cut]);
        path.extend_from_slice(CONTINUED);
        path.push(b'/');
        name = &name[cut..];
    }
    path.extend_from_slice(name);
}

fn cut_before(name: &[u8], limit: usize) -> usize {
    let mut cut = limit;
    // An escape is four bytes, a character at most four: three steps back get out of either.
    for back in 1..=3 {
        if name[limit - back..].starts_with(MARKER) {
            return limit - back;
        }
    }
    while cut > limit - 3 && name[cut] & 0xc0 == 0x80 {
        cut -= 1;
    }
    cut
}

/// Undoes the escapes of a path without asking whether they are the ones that `encode` writes.
fn decode_loosely(path: &[u8]) -> Option<String> {
    let mut key = String::with_capacity(path.len());
    let mut segment = Vec::new();
    let mut names = path.split(|&byte| byte == b'/').peekable();
    let mut first = true;
    while let Some(name) = names.next() {
        if let Some(piece) = name.strip_suffix(CONTINUED) {
            names.peek()?;
            segment.extend_from_slice(piece);
            continue;
        }
        segment.extend_from_slice(name);
        if !first {
            key.push('/');
        }
        first = false;
        match std::str::from_utf8(&segment) {
            Ok(text) => unescape(text, &mut key)?,
            Err(_) => write_foreign(&segment, &mut key),
        }
        segment.clear();
    }
    Some(key)
}

fn unescape(name: &str, key: &mut String) -> Option<()> {
    if name == "%~" {
        return Some(());
    }
    let mut rest = name;
    while let Some(at) = rest.find("%~") {
        key.push_str(&rest[..at]);
        let byte = hex_pair(rest.as_bytes().get(at + 2..at + 4)?)?;
        if byte >= 0x80 {
            return None;
        }
        key.push(char::from(byte));
        rest = &rest[at + 4..];
    }
    key.push_str(rest);
    Some(())
}

fn hex_pair(digits: &[u8]) -> Option<u8> {
    let value = |digit: u8| HEX.iter().position(|&h| h == digit);
    let (high, low) = (value(*digits.first()?)?, value(*digits.get(1)?)?);
    u8::try_from(high * 16 + low).ok()
}

/// The key's form of a name that is not UTF-8: text as it is, each other byte as `%~hh`.
fn write_foreign(name: &[u8], key: &mut String) {
    for chunk in name.utf8_chunks() {
        key.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            key.push_str("%~");
            key.push(char::from(HEX[usize::from(byte >> 4)]));
            key.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// The bytes of a name that is not UTF-8, if `segment` is the form that [`write_foreign`] gives it
/// and the name holds no marker of its own.
fn foreign_name(segment: &str) -> Option<Vec<u8>> {
    if !segment.contains("%~") {
        return None;
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(at) = rest.find("%~") {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        bytes.push(hex_pair(rest.as_bytes().get(at + 2..at + 4)?).filter(|&byte| byte >= 0x80)?);
        rest = &rest[at + 4..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    if std::str::from_utf8(&bytes).is_ok() || bytes.contains(&0) || contains_marker(&bytes) {
        return None;
    }
    let mut again = String::with_capacity(segment.len());
    write_foreign(&bytes, &mut again);
    (again == segment).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(key: &str, path: &[u8]) {
        assert_eq!(encode(key).escape_ascii().to_string(), path.escape_ascii().to_string());
        assert_eq!(decode(path).as_deref(), Some(key));
    }

    #[test]
    fn keys_have_the_paths_that_the_table_says() {
        let cases: &[(&str, &[u8])] = &[
            ("a/b.csv", b"a/b.csv"),
            ("a//b", b"a/%~/b"),
            ("/lead", b"%~/lead"),
            ("dir/", b"dir/%~"),
            ("", b"%~"),
            ("/", b"%~/%~"),
            (".", b"%~2e"),
            ("x/../z", b"x/%~2e%~2e/z"),
            ("../../etc/passwd", b"%~2e%~2e/%~2e%~2e/etc/passwd"),
            ("...", b"..."),
            (" lead-trail ", b" lead-trail "),
            ("nul\0", b"nul%~00"),
            ("50%", b"50%"),
            ("%~2e", b"%~25~2e"),
            ("%~", b"%~25~"),
            ("%%~~", b"%%~25~~"),
            ("+%2F", b"+%2F"),
            (".lakegate/x", b"%~2elakegate/x"),
            (".LakeGate", b"%~2eLakeGate"),
            ("a/.lakegate", b"a/.lakegate"),
            ("e\u{301}", "e\u{301}".as_bytes()),
            ("ctl\u{1}\n\\", b"ctl\x01\n\\"),
            ("a%~ffb", b"a\xffb"),
            ("%~25~%~ff", b"%~25~25~%~25~ff"),
            ("%~c3%~a9", b"%~25~c3%~25~a9"),
        ];
        for (key, path) in cases {
            check(key, path);
        }
    }

    #[test]
    fn long_segments_become_pieces_that_fit() {
        for unit in ["x", "é", "\u{1f600}", "%~", "\0"] {
            for times in [60, 64, 127, 128, 254, 255, 256, 300, 1000] {
                let key = format!("a/{}/b", unit.repeat(times));
                let path = encode(&key);
                assert!(path.split(|&b| b == b'/').all(|name| name.len() <= NAME_BYTES_MAX));
                assert_eq!(decode(&path).as_deref(), Some(key.as_str()));
            }
        }
    }

    #[test]
    fn a_path_that_no_key_has_is_no_key() {
        let paths: &[&[u8]] = &[
            b"%~41",
            b"%~2E",
            b"a%~",
            b"a/%~2elakegate",
            b"%~2ehidden",
            b"short%~+/rest",
            b"tail%~+",
            b".lakegate/meta/x",
            b"%~ff",
            b"%~00%~0",
            b"\xff%~41",
            b"%~\xff",
            b"\xff%~+",
        ];
        for path in paths {
            assert_eq!(decode(path), None, "{}", path.escape_ascii());
        }
    }

    fn odd_key() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("/".to_owned()),
            Just(".".to_owned()),
            Just("%~".to_owned()),
            Just("%".to_owned()),
            Just("~+".to_owned()),
            Just("25~".to_owned()),
            Just("%~ff".to_owned()),
            Just("%~c3".to_owned()),
            Just(".lakegate".to_owned()),
            Just("\0".to_owned()),
            Just("y".repeat(250)),
            any::<String>(),
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    fn odd_path() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"/".to_vec()),
            Just(b"%~".to_vec()),
            Just(b"+".to_vec()),
            Just(b"2e".to_vec()),
            Just(b"25~".to_vec()),
            Just(b"\xff".to_vec()),
            prop::collection::vec(1u8.., 0..4),
        ];
        prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn every_key_comes_back(key in odd_key()) {
            let path = encode(&key);
            prop_assert_eq!(decode(&path), Some(key));
        }

        #[test]
        fn no_path_leaves_the_root(key in odd_key()) {
            for (index, name) in encode(&key).split(|&b| b == b'/').enumerate() {
                prop_assert!(!name.is_empty() && name != b"." && name != b"..");
                prop_assert!(!name.contains(&0) && name.len() <= NAME_BYTES_MAX);
                prop_assert!(index > 0 || !name.eq_ignore_ascii_case(RESERVED.as_bytes()));
            }
        }

        #[test]
        fn a_path_is_the_path_of_its_key_or_of_none(path in odd_path()) {
            if let Some(key) = decode(&path) {
                prop_assert_eq!(encode(&key), path);
            }
        }

        #[test]
        fn two_keys_have_two_paths(one in odd_key(), other in odd_key()) {
            prop_assert_eq!(encode(&one) == encode(&other), one == other);
        }
    }
}
