//! The compression of RTF in Outlook messages (MS-OXRTFCP).

/// What the dictionary holds in the beginning.
const PRELOAD: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const COMPRESSED: &[u8] = b"LZFu";
const PLAIN: &[u8] = b"MELA";

const DICTIONARY_BYTES: usize = 4096;
const HEADER_BYTES: usize = 16;

/// The RTF within, and whether it is whole. It is at most nine times as long as what is compressed, since
/// two bytes stand for at most 17.
pub(super) fn decompress(packed: &[u8]) -> Option<(Vec<u8>, bool)> {
    let header = packed.get(..HEADER_BYTES)?;
    let body = &packed[HEADER_BYTES..];
    let raw_bytes = u32::from_le_bytes(header[4..8].try_into().ok()?) as usize;
    if &header[8..12] == PLAIN {
        let end = raw_bytes.min(body.len());
        return Some((body[..end].to_vec(), end == raw_bytes));
    }
    if &header[8..12] != COMPRESSED {
        return None;
    }
    Some(expand(body))
}

fn expand(body: &[u8]) -> (Vec<u8>, bool) {
    let mut dictionary = [b' '; DICTIONARY_BYTES];
    dictionary[..PRELOAD.len()].copy_from_slice(PRELOAD);
    let mut write = PRELOAD.len();
    let mut out = Vec::new();
    let mut bytes = body.iter().copied();
    loop {
        let Some(control) = bytes.next() else { return (out, false) };
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(byte) = bytes.next() else { return (out, false) };
                out.push(byte);
                dictionary[write] = byte;
                write = (write + 1) % DICTIONARY_BYTES;
                continue;
            }
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else {
                return (out, false);
            };
            let token = u16::from_be_bytes([high, low]);
            let offset = usize::from(token >> 4);
            if offset == write {
                return (out, true);
            }
            for step in 0..usize::from(token & 15) + 2 {
                let byte = dictionary[(offset + step) % DICTIONARY_BYTES];
                out.push(byte);
                dictionary[write] = byte;
                write = (write + 1) % DICTIONARY_BYTES;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of MS-OXRTFCP, 4.1.1.
    #[test]
    fn the_example_of_the_specification() {
        let packed = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0,
            0x0a, 0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68,
            0x65, 0x6c, 0x09, 0, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
            0xa0,
        ];
        let (text, is_whole) = decompress(&packed).unwrap();
        assert_eq!(text, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert!(is_whole);
        for end in 0..packed.len() {
            assert!(!decompress(&packed[..end]).is_some_and(|(_, is_whole)| is_whole));
        }
    }
}
