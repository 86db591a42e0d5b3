//! Windows code pages and character sets by their numbers.

use encoding_rs::Encoding;

/// The encoding of a code page; windows-1252 for one that is not known.
pub(in super::super) fn encoding(code_page: u32) -> &'static Encoding {
    match code_page {
        874 => encoding_rs::WINDOWS_874,
        866 => encoding_rs::IBM866,
        932 => encoding_rs::SHIFT_JIS,
        936 | 52_936 => encoding_rs::GBK,
        949 | 1361 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1200 => encoding_rs::UTF_16LE,
        1201 => encoding_rs::UTF_16BE,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10_000 => encoding_rs::MACINTOSH,
        10_007 => encoding_rs::X_MAC_CYRILLIC,
        20_866 => encoding_rs::KOI8_R,
        21_866 => encoding_rs::KOI8_U,
        28_592 => encoding_rs::ISO_8859_2,
        28_595 => encoding_rs::ISO_8859_5,
        28_597 => encoding_rs::ISO_8859_7,
        50_220..=50_222 => encoding_rs::ISO_2022_JP,
        51_932 => encoding_rs::EUC_JP,
        51_949 => encoding_rs::EUC_KR,
        54_936 => encoding_rs::GB18030,
        65_001 => encoding_rs::UTF_8,
        _ => encoding_rs::WINDOWS_1252,
    }
}

/// The code page of a font's character set, as RTF and Windows number them.
pub(in super::super) fn of_charset(charset: u32) -> Option<u32> {
    Some(match charset {
        0 => 1252,
        77 => 10_000,
        128 => 932,
        129 => 949,
        130 => 1361,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

/// Bytes as text. No byte is dropped.
pub(in super::super) fn decode(encoding: &'static Encoding, bytes: &[u8], text: &mut String) {
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(decoded) => text.push_str(&decoded),
        // What is wrong in the encoding may be right in the usual one.
        None => {
            let (lossy, _) = encoding.decode_without_bom_handling(bytes);
            text.push_str(&lossy);
        }
    }
}

/// UTF-16, little endian.
pub(in super::super) fn decode_wide(bytes: &[u8], text: &mut String) {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    text.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
}
