//! From bytes to UTF-8: which encoding an object is in, and decoding it as it arrives.
//!
//! No byte is dropped: what is not valid in the encoding is read in some other way, and counted.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A text encoding that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
    Windows1252,
    /// Another code page, or an encoding of Chinese, Japanese or Korean.
    CodePage(&'static encoding_rs::Encoding),
}

impl Encoding {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Utf32Le => "UTF-32LE",
            Encoding::Utf32Be => "UTF-32BE",
            Encoding::Windows1252 => "windows-1252",
            Encoding::CodePage(page) => page.name(),
        }
    }

    /// Whether its characters have zero bytes.
    pub(crate) fn is_wide(self) -> bool {
        !matches!(self, Encoding::Utf8 | Encoding::Windows1252 | Encoding::CodePage(_))
    }

    /// The first NUL, if that is a zero byte in this encoding.
    pub(crate) fn find_nul(self, bytes: &[u8]) -> Option<usize> {
        if self.is_wide() { None } else { memchr::memchr(0, bytes) }
    }

    /// Bytes that a text had in this encoding, if that is a wide one.
    pub(crate) fn wide_bytes(self, text: &str) -> Option<u64> {
        match self {
            Encoding::Utf8 | Encoding::Windows1252 | Encoding::CodePage(_) => None,
            Encoding::Utf16Le | Encoding::Utf16Be => Some(2 * text.encode_utf16().count() as u64),
            Encoding::Utf32Le | Encoding::Utf32Be => Some(4 * text.chars().count() as u64),
        }
    }
}

/// The encoding of an object that begins with `head`, and the length of its byte order mark; `None` if
/// it is not text.
pub(crate) fn detect(head: &[u8]) -> Option<(Encoding, usize)> {
    let marks: [(&[u8], Encoding); 5] = [
        (b"\xef\xbb\xbf", Encoding::Utf8),
        (b"\xff\xfe\x00\x00", Encoding::Utf32Le),
        (b"\x00\x00\xfe\xff", Encoding::Utf32Be),
        (b"\xff\xfe", Encoding::Utf16Le),
        (b"\xfe\xff", Encoding::Utf16Be),
    ];
    for (mark, encoding) in marks {
        if let Some(rest) = head.strip_prefix(mark) {
            return is_text(encoding, rest).then_some((encoding, mark.len()));
        }
    }
    let encoding = if memchr::memchr(0, head).is_some() {
        utf32_by_zeros(head).or_else(|| utf16_by_zeros(head))?
    } else {
        utf8_or_code_page(head)
    };
    is_text(encoding, head).then_some((encoding, 0))
}

/// UTF-32 of mostly Latin text is told by what it decodes to: numbers of four bytes are seldom letters.
fn utf32_by_zeros(head: &[u8]) -> Option<Encoding> {
    let (units, _) = head.as_chunks::<4>();
    let is_latin = |code: u32| {
        u8::try_from(code).is_ok_and(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    };
    let fits = |number: fn([u8; 4]) -> u32| {
        let codes = units.iter().map(|unit| number(*unit));
        let latin = codes.clone().filter(|code| is_latin(*code)).count();
        latin >= units.len() * 7 / 10 && { codes }
            .all(|code| code > 0 && char::from_u32(code).is_some())
    };
    if units.len() < 2 {
        None
    } else if fits(u32::from_le_bytes) {
        Some(Encoding::Utf32Le)
    } else if fits(u32::from_be_bytes) {
        Some(Encoding::Utf32Be)
    } else {
        None
    }
}

/// UTF-16 of mostly Latin text has a zero in every other byte.
fn utf16_by_zeros(head: &[u8]) -> Option<Encoding> {
    let units = head.len() / 2;
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = units * 7 / 10;
    let few = units / 50;
    if units < 2 {
        None
    } else if odd >= most && even <= few {
        Some(Encoding::Utf16Le)
    } else if even >= most && odd <= few {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// A text with more valid multi-byte characters than invalid bytes is damaged UTF-8. Of any other the
/// frequencies of characters tell the code page.
fn utf8_or_code_page(head: &[u8]) -> Encoding {
    let mut valid = 0;
    let mut invalid = 0;
    let mut rest = head;
    loop {
        let (good, bad) = match std::str::from_utf8(rest) {
            Ok(text) => (text, 0),
            Err(error) => {
                let (good, tail) = rest.split_at(error.valid_up_to());
                // A character cut off by the end of the sample is no damage.
                let bad = error.error_len().unwrap_or(0);
                rest = &tail[bad..];
                (std::str::from_utf8(good).unwrap_or_default(), bad)
            }
        };
        valid += good.chars().filter(|c| !c.is_ascii()).count();
        if bad == 0 {
            break;
        }
        invalid += bad;
    }
    if invalid == 0 || valid > invalid {
        return Encoding::Utf8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, false);
    let page = detector.guess(None, Utf8Detection::Deny);
    if page == WINDOWS_1252 { Encoding::Windows1252 } else { Encoding::CodePage(page) }
}

/// At most one character in this many may be a control character that text does not use.
const CHARS_PER_CONTROL_MIN: usize = 50;

/// Whether the sample decodes to text: few control characters and replacements, no NUL.
fn is_text(encoding: Encoding, sample: &[u8]) -> bool {
    if encoding == Encoding::Windows1252 && !is_likely_windows(sample) {
        return false;
    }
    let mut text = String::new();
    let mut decoder = Decoder::new(encoding);
    decoder.decode(sample, &mut text);
    let mut odd = 0;
    for c in text.chars() {
        match c {
            '\0' => return false,
            '\u{fffd}' => odd += 1,
            // What terminals, printers and Hive's delimiters put into text.
            '\u{1}'..='\u{3}' | '\u{8}'..='\r' | '\u{1b}'..='\u{1f}' | '\u{85}' => {}
            c if c.is_control() => odd += 1,
            _ => {}
        }
    }
    // A lone odd character says nothing, save in a very short text.
    odd <= 1 + text.chars().count() / CHARS_PER_CONTROL_MIN && (odd == 0 || text.len() > 8)
}

/// Every byte is a character in windows-1252, so that only frequencies tell text from noise: letters
/// and blanks of ASCII are common in it, what stands at 80 to 9F is rare.
fn is_likely_windows(sample: &[u8]) -> bool {
    let count = |wanted: fn(&u8) -> bool| sample.iter().filter(|b| wanted(b)).count();
    let ascii = count(|b| b.is_ascii_alphanumeric() || b.is_ascii_whitespace());
    let rare = count(|b| matches!(b, 0x80..=0x9f));
    let control = count(|b| matches!(b, 0..=8 | 0x0e..=0x1a | 0x7f));
    ascii * 2 > sample.len() && rare <= 1 + sample.len() / 20 && control * 100 <= sample.len()
}

/// Decodes an object as its bytes arrive, cut anywhere.
#[derive(Debug)]
pub(crate) struct Decoder {
    encoding: Encoding,
    /// Of UTF-16 and of code pages.
    other: Option<encoding_rs::Decoder>,
    /// An unfinished character at the end of what arrived.
    carry: [u8; 4],
    carry_len: usize,
    /// Bytes that were not valid in the encoding (for others than UTF-8: characters).
    pub(crate) invalid: u64,
    /// Where the first of them went in the output of the call that met it.
    pub(crate) first_invalid: Option<usize>,
}

impl Decoder {
    pub(crate) fn new(encoding: Encoding) -> Self {
        let other = match encoding {
            Encoding::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
            Encoding::CodePage(page) => Some(page.new_decoder_without_bom_handling()),
            _ => None,
        };
        Decoder { encoding, other, carry: [0; 4], carry_len: 0, invalid: 0, first_invalid: None }
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Appends what `bytes` complete. UTF-8 grows by no more than three times their number.
    pub(crate) fn decode(&mut self, bytes: &[u8], out: &mut String) {
        match self.encoding {
            Encoding::Utf8 => self.decode_utf8(bytes, out),
            Encoding::Utf16Le | Encoding::Utf16Be | Encoding::CodePage(_) => {
                self.decode_other(bytes, false, out);
            }
            Encoding::Utf32Le | Encoding::Utf32Be => self.decode_utf32(bytes, out),
            Encoding::Windows1252 => push_windows(bytes, out),
        }
    }

    /// Appends what an unfinished character at the end of the object is read as.
    pub(crate) fn finish(&mut self, out: &mut String) {
        match self.encoding {
            Encoding::Utf8 => {
                self.note_invalid(self.carry_len, out);
                push_high(&self.carry[..self.carry_len], out);
            }
            Encoding::Utf16Le | Encoding::Utf16Be | Encoding::CodePage(_) => {
                self.decode_other(&[], true, out);
            }
            Encoding::Utf32Le | Encoding::Utf32Be if self.carry_len > 0 => {
                self.note_invalid(1, out);
                out.push(char::REPLACEMENT_CHARACTER);
            }
            _ => {}
        }
        self.carry_len = 0;
    }

    fn note_invalid(&mut self, count: usize, out: &str) {
        if count > 0 && self.first_invalid.is_none() {
            self.first_invalid = Some(out.len());
        }
        self.invalid += count as u64;
    }

    fn decode_utf8(&mut self, mut bytes: &[u8], out: &mut String) {
        while self.carry_len > 0 && !bytes.is_empty() {
            self.carry[self.carry_len] = bytes[0];
            let taken = self.carry_len + 1;
            match std::str::from_utf8(&self.carry[..taken]) {
                Ok(text) => {
                    out.push_str(text);
                    self.carry_len = 0;
                    bytes = &bytes[1..];
                }
                Err(error) if error.error_len().is_none() => {
                    self.carry_len = taken;
                    bytes = &bytes[1..];
                }
                Err(_) => {
                    // The new byte is no part of the character: it is read on its own.
                    self.note_invalid(self.carry_len, out);
                    push_high(&self.carry[..self.carry_len], out);
                    self.carry_len = 0;
                }
            }
        }
        let mut is_damaged = false;
        while !bytes.is_empty() {
            // Behind damage there is often more of it: short looks are the cheaper ones then.
            let look = if is_damaged { DAMAGED_BYTES.min(bytes.len()) } else { bytes.len() };
            let is_end = look == bytes.len();
            let (good, bad) = match simdutf8::compat::from_utf8(&bytes[..look]) {
                Ok(text) => (text, Some(0)),
                Err(error) => {
                    let good = &bytes[..error.valid_up_to()];
                    (std::str::from_utf8(good).unwrap_or_default(), error.error_len())
                }
            };
            out.push_str(good);
            bytes = &bytes[good.len()..];
            match bad {
                Some(bad) => {
                    is_damaged = bad > 0;
                    self.note_invalid(bad, out);
                    push_high(&bytes[..bad], out);
                    bytes = &bytes[bad..];
                }
                None if is_end => {
                    self.carry[..bytes.len()].copy_from_slice(bytes);
                    self.carry_len = bytes.len();
                    return;
                }
                None => {}
            }
        }
    }

    fn decode_other(&mut self, mut bytes: &[u8], last: bool, out: &mut String) {
        loop {
            let Some(decoder) = &mut self.other else { return };
            let need = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
            out.reserve(need.unwrap_or(4 * bytes.len() + 16));
            let (result, read) = decoder.decode_to_string_without_replacement(bytes, out, last);
            bytes = &bytes[read..];
            match result {
                encoding_rs::DecoderResult::InputEmpty => return,
                encoding_rs::DecoderResult::OutputFull => {}
                encoding_rs::DecoderResult::Malformed(..) => {
                    self.note_invalid(1, out);
                    out.push(char::REPLACEMENT_CHARACTER);
                }
            }
        }
    }

    fn decode_utf32(&mut self, bytes: &[u8], out: &mut String) {
        for byte in bytes {
            self.carry[self.carry_len] = *byte;
            self.carry_len += 1;
            if self.carry_len < 4 {
                continue;
            }
            self.carry_len = 0;
            let code = match self.encoding {
                Encoding::Utf32Be => u32::from_be_bytes(self.carry),
                _ => u32::from_le_bytes(self.carry),
            };
            let c = char::from_u32(code).unwrap_or_else(|| {
                self.note_invalid(1, out);
                char::REPLACEMENT_CHARACTER
            });
            out.push(c);
        }
    }
}

/// Bytes that are looked at together where a text is damaged.
const DAMAGED_BYTES: usize = 256;

/// What 80 to 9F stand for in windows-1252; from A0 on bytes and code points are the same.
const WINDOWS_80: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Reads bytes of broken characters, all of them 80 or above, as windows-1252.
fn push_high(bytes: &[u8], out: &mut String) {
    out.extend(bytes.iter().map(|byte| match byte {
        0x80..=0x9f => WINDOWS_80[usize::from(byte - 0x80)],
        byte => char::from(*byte),
    }));
}

/// Every byte is a character in windows-1252.
fn push_windows(bytes: &[u8], out: &mut String) {
    let mut decoder = WINDOWS_1252.new_decoder_without_bom_handling();
    out.reserve(bytes.len() * 3);
    let mut rest = bytes;
    loop {
        let (result, read, _) = decoder.decode_to_string(rest, out, true);
        rest = &rest[read..];
        if result == CoderResult::InputEmpty {
            return;
        }
        out.reserve(rest.len() * 3 + 16);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], encoding: Encoding, expect: &str, invalid: u64) {
        let (found, mark) = detect(bytes).expect("text");
        assert_eq!(found, encoding);
        for step in 1..=bytes.len() {
            let mut decoder = Decoder::new(encoding);
            let mut text = String::new();
            for chunk in bytes[mark..].chunks(step) {
                decoder.decode(chunk, &mut text);
            }
            decoder.finish(&mut text);
            assert_eq!(text, expect, "in chunks of {step}");
            assert_eq!(decoder.invalid, invalid, "in chunks of {step}");
        }
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn utf32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
        text.chars().map(u32::from).flat_map(bytes).collect()
    }

    #[test]
    fn encodings_are_told_apart_and_decoded_in_any_chunks() {
        let text = "Grüße, 世界 𝄞 and 4 more words\n";
        check(text.as_bytes(), Encoding::Utf8, text, 0);
        check(&[b"\xef\xbb\xbf", text.as_bytes()].concat(), Encoding::Utf8, text, 0);
        for mark in ["\u{feff}", ""] {
            let marked = format!("{mark}{text}");
            check(&utf16(&marked, u16::to_le_bytes), Encoding::Utf16Le, text, 0);
            check(&utf16(&marked, u16::to_be_bytes), Encoding::Utf16Be, text, 0);
        }
        let marked = format!("\u{feff}{text}");
        check(&utf32(&marked, u32::to_le_bytes), Encoding::Utf32Le, text, 0);
        check(&utf32(&marked, u32::to_be_bytes), Encoding::Utf32Be, text, 0);
        check(b"Stra\xdfe f\xfcr 5 \x80", Encoding::Windows1252, "Straße für 5 €", 0);
    }

    #[test]
    fn code_pages_are_told_by_their_characters() {
        for (label, text) in [
            ("windows-1251", "Уважаемый господин Иванов, ваш паспорт 4509 123456 готов.\n"),
            ("shift_jis", "お客様の電話番号は03-1234-5678です。よろしくお願いします。\n"),
            ("gbk", "客户的身份证号码是 11010519491231002X，请核对后再联系我们。\n"),
            ("euc-kr", "고객님의 전화번호는 02-1234-5678 입니다. 감사합니다.\n"),
            ("big5", "客戶的身分證字號是 A123456789，請核對後再與我們聯絡。\n"),
            ("windows-1250", "Příliš žluťoučký kůň úpěl ďábelské ódy, číslo 7401040020.\n"),
            ("windows-1253", "Ο αριθμός φορολογικού μητρώου του πελάτη είναι 123456783.\n"),
        ] {
            let page = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
            let text = text.repeat(20);
            let bytes = page.encode(&text).0;
            let found = detect(&bytes).expect("text").0;
            let mut decoder = Decoder::new(found);
            let mut back = String::new();
            bytes.chunks(7).for_each(|chunk| decoder.decode(chunk, &mut back));
            decoder.finish(&mut back);
            assert!(back == text, "{label} read as {}", found.name());
        }
    }

    #[test]
    fn invalid_bytes_are_read_and_counted() {
        check(
            "Grüße Grüße \u{0}".trim_end_matches('\0').as_bytes(),
            Encoding::Utf8,
            "Grüße Grüße ",
            0,
        );
        let damaged = ["Grüße Grüße ".as_bytes(), b"\xfc \xe2\x82 \xc3"].concat();
        check(&damaged, Encoding::Utf8, "Grüße Grüße ü â‚ Ã", 4);
        let odd = [&utf16("\u{feff}some words here", u16::to_le_bytes)[..], b"x"].concat();
        check(&odd, Encoding::Utf16Le, "some words here\u{fffd}", 1);
    }

    #[test]
    fn both_readings_of_windows_1252_agree() {
        let high: Vec<u8> = (0x80..=0xff).collect();
        let (mut whole, mut broken) = (String::new(), String::new());
        push_windows(&high, &mut whole);
        push_high(&high, &mut broken);
        assert_eq!(broken, whole);
    }

    #[test]
    fn what_is_not_text_has_no_encoding() {
        let noise: Vec<u8> =
            (0..2000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for bytes in [&b"\x00\x01\x02\x03\x04\x05"[..], b"abc\x00def", b"\x04\x05\x06\x07", &noise]
        {
            assert_eq!(detect(bytes), None);
        }
        let no_zeros: Vec<u8> = noise.iter().map(|b| (*b).max(1)).collect();
        assert_eq!(detect(&no_zeros), None);
    }
}
