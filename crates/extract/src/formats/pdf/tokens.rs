//! Tokens of content streams and of maps of characters. Whatever can not be a token is passed over, so
//! that damage costs the least.

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'c> {
    Number(f64),
    Name(Vec<u8>),
    Text(Vec<u8>),
    /// `[` or `]`.
    Array,
    /// `<<` or `>>`.
    Dictionary,
    Operator(&'c [u8]),
}

/// Splits bytes into tokens.
pub(super) struct Tokens<'c> {
    bytes: &'c [u8],
    at: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte)
        && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'c> Tokens<'c> {
    pub fn new(bytes: &'c [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn regular(&mut self) -> &'c [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|b| !is_regular(*b)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Passes over the bytes of an image that stands within the content.
    pub fn skip_image(&mut self) {
        let mut from = self.at;
        while let Some(found) = memchr::memmem::find(&self.bytes[from..], b"EI") {
            let start = from + found;
            let before = start.checked_sub(1).and_then(|at| self.bytes.get(at));
            let after = self.bytes.get(start + 2..(start + 12).min(self.bytes.len()));
            let after = after.unwrap_or_default();
            let is_end = before.is_none_or(|b| is_space(*b))
                && after.first().is_none_or(|b| is_space(*b))
                && after.iter().all(|b| is_space(*b) || b.is_ascii_graphic());
            from = start + 2;
            if is_end {
                break;
            }
        }
        self.at = if from == self.at { self.bytes.len() } else { from };
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut depth = 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                text.push(code as u8);
            }
            other => text.push(other),
        }
    }

    fn hex(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut high = None;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = (byte as char).to_digit(16) else { continue };
            match high.take() {
                None => high = Some(digit),
                Some(high) => text.push((high * 16 + digit) as u8),
            }
        }
        text.extend(high.map(|high| (high * 16) as u8));
        text
    }

    fn name(&mut self) -> Vec<u8> {
        let raw = self.regular();
        let mut name = Vec::with_capacity(raw.len());
        let mut at = 0;
        while let Some(byte) = raw.get(at) {
            let digits = raw.get(at + 1..at + 3).filter(|_| *byte == b'#');
            let code = digits.and_then(|digits| std::str::from_utf8(digits).ok());
            match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(code) => {
                    name.push(code);
                    at += 3;
                }
                None => {
                    name.push(*byte);
                    at += 1;
                }
            }
        }
        name
    }
}

impl<'c> Iterator for Tokens<'c> {
    type Item = Token<'c>;

    fn next(&mut self) -> Option<Token<'c>> {
        loop {
            let byte = self.peek()?;
            if is_regular(byte) {
                let word = self.regular();
                return Some(number(word).map_or(Token::Operator(word), Token::Number));
            }
            self.at += 1;
            match byte {
                b'%' => {
                    let rest = &self.bytes[self.at..];
                    let end = rest.iter().position(|b| matches!(b, b'\n' | b'\r'));
                    self.at += end.unwrap_or(rest.len());
                }
                b'/' => return Some(Token::Name(self.name())),
                b'(' => return Some(Token::Text(self.literal())),
                b'[' | b']' => return Some(Token::Array),
                b'<' | b'>' if self.peek() == Some(byte) => {
                    self.at += 1;
                    return Some(Token::Dictionary);
                }
                b'<' => return Some(Token::Text(self.hex())),
                _ => {}
            }
        }
    }
}

/// A number as writers of PDF make them, with what is wrong about them.
fn number(word: &[u8]) -> Option<f64> {
    let first = *word.first()?;
    if !matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.') {
        return None;
    }
    let sign = if word.starts_with(b"-") { -1.0 } else { 1.0 };
    let mut value = 0.0;
    let mut scale = None;
    let mut has_digits = false;
    let digits = word.iter().skip_while(|b| matches!(b, b'+' | b'-'));
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                has_digits = true;
                let digit = f64::from(byte - b'0');
                match &mut scale {
                    None => value = value * 10.0 + digit,
                    Some(scale) => {
                        value += digit * *scale;
                        *scale /= 10.0;
                    }
                }
            }
            b'.' if scale.is_none() => scale = Some(0.1),
            // What follows a sign within is not part of it.
            b'-' => break,
            _ => return None,
        }
    }
    (has_digits || scale.is_some()).then_some(sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_content_stream() {
        let bytes =
            b"/F#31 -1.5 Tf [(a\\(b\\051\\\r\nc) -.2 <4a4B5>]TJ % no\nBI /W 1 ID \xff EI\x80 EI Q";
        let mut tokens = Tokens::new(bytes);
        let mut all = Vec::new();
        while let Some(token) = tokens.next() {
            if token == Token::Operator(b"ID") {
                tokens.skip_image();
            }
            all.push(token);
        }
        let expected = [
            Token::Name(b"F1".to_vec()),
            Token::Number(-1.5),
            Token::Operator(b"Tf"),
            Token::Array,
            Token::Text(b"a(b)c".to_vec()),
            Token::Number(-0.2),
            Token::Text(b"JKP".to_vec()),
            Token::Array,
            Token::Operator(b"TJ"),
            Token::Operator(b"BI"),
            Token::Name(b"W".to_vec()),
            Token::Number(1.0),
            Token::Operator(b"ID"),
            Token::Operator(b"Q"),
        ];
        assert_eq!(all, expected);
    }
}
