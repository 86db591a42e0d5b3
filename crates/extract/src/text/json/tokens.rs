//! The tokens of JSON, and what they mean for the values around them.

use super::contexts::{NONE, is_exact};
use super::{CUT, ESCAPE_BYTES_MAX, Expect, Frame, JsonReader, Stop, escapes};
use crate::tables::roles::Roles;
use crate::text::marks::find3;

/// Numbers and words are shorter than this.
const SCALAR_BYTES_MAX: usize = 4096;

/// Where a string ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum StringEnd {
    Closed {
        at: usize,
        escaped: bool,
    },
    /// By a line break, which no JSON string holds.
    Broken(usize),
    Open,
}

impl JsonReader {
    /// Reads tokens until the view ends or something must happen first.
    pub(super) fn tokens(&mut self, text: &str, last: bool) -> Stop {
        let bytes = text.as_bytes();
        let mut at = 0;
        loop {
            at = self.skip_blanks(bytes, at);
            let Some(byte) = bytes.get(at).copied() else { return Stop::Starved(at) };
            if self.batch.segments.len() >= self.limits.segments_max
                || self.paths.len() > self.limits.segments_max
            {
                return Stop::Full(at);
            }
            let read = match (self.expect, byte) {
                (Expect::Colon, b':') => {
                    self.expect = Expect::Value;
                    Ok(at + 1)
                }
                (Expect::Separator, b',') => Ok(self.comma(at)),
                (Expect::Key, b'"') => self.key(text, at, last),
                (Expect::Key | Expect::Separator, b'}') => self.close(text, at, true),
                (Expect::Element | Expect::Separator, b']') => self.close(text, at, false),
                (Expect::Record | Expect::Value | Expect::Element, _) => {
                    self.value(text, at, byte, last)
                }
                _ => Err(Stop::Malformed(at, "not JSON")),
            };
            match read {
                Ok(next) => at = next,
                Err(stop) => return stop,
            }
        }
    }

    #[inline(always)]
    fn skip_blanks(&mut self, bytes: &[u8], mut at: usize) -> usize {
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' => {
                    self.position.line += 1;
                    if self.expect == Expect::Record {
                        self.position.is_on_new_line = true;
                    } else {
                        self.position.is_multiline = true;
                    }
                }
                // RFC 7464 puts a record separator before each record.
                b'\x1e' if self.expect == Expect::Record => {}
                _ => break,
            }
            at += 1;
        }
        at
    }

    fn comma(&mut self, at: usize) -> usize {
        if let Some(frame) = self.stack.last_mut() {
            frame.index += 1;
            self.expect = if frame.is_object { Expect::Key } else { Expect::Element };
            if frame.is_marked && !frame.is_object {
                frame.begin_element();
            }
        }
        at + 1
    }

    fn close(&mut self, text: &str, at: usize, is_object: bool) -> Result<usize, Stop> {
        if self.stack.last().is_none_or(|frame| frame.is_object != is_object) {
            return Err(Stop::Malformed(at, "not JSON"));
        }
        if let Some(frame) = self.stack.pop()
            && frame.naming.is_some()
        {
            self.closed(text, frame);
        }
        while self.names.last().is_some_and(|name| name.depth > self.stack.len()) {
            self.names.pop();
        }
        self.end_value();
        Ok(at + 1)
    }

    #[inline(always)]
    pub(super) fn end_value(&mut self) {
        if self.stack.is_empty() {
            self.position.end();
            self.expect = Expect::Record;
        } else {
            self.expect = Expect::Separator;
        }
    }

    #[inline(always)]
    fn value(&mut self, text: &str, at: usize, byte: u8, last: bool) -> Result<usize, Stop> {
        if self.expect == Expect::Record {
            if self.labels.is_full() && self.may_restart_labels() {
                return Err(Stop::Contexts(at));
            }
            if self.position.first_line == u64::MAX {
                self.position.first_line = self.position.line;
            }
            self.position.start();
        }
        match byte {
            b'"' => self.string(text, at, last),
            b'{' | b'[' => self.open(text, at, byte == b'{', last),
            b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => self.scalar(text, at, last),
            _ => Err(Stop::Malformed(at, "not JSON")),
        }
    }

    fn open(&mut self, text: &str, at: usize, is_object: bool, last: bool) -> Result<usize, Stop> {
        if self.stack.len() >= self.limits.json_depth_max {
            return Err(Stop::TooDeep(at));
        }
        let naming = match self.may_name(text, at, is_object) {
            true => self.naming_of(text, at, is_object, last)?,
            false => None,
        };
        let labels = self.stack.last().map_or(NONE, |frame| frame.labels);
        let mut frame = Frame {
            is_object,
            is_marked: false,
            is_named: false,
            roles: Roles::default(),
            context: self.plain_context(),
            member: NONE,
            index: 0,
            node: NONE,
            labels,
            inherited: labels,
            own: NONE,
            naming: None,
        };
        if let Some(naming) = naming {
            frame.is_marked = true;
            frame.naming = Some(Box::new(naming));
            frame.begin_element();
        }
        self.stack.push(frame);
        self.expect = if is_object { Expect::Key } else { Expect::Element };
        Ok(at + 1)
    }

    #[inline(always)]
    fn string(&mut self, text: &str, at: usize, last: bool) -> Result<usize, Stop> {
        let (end, escaped) = self.whole_string(text, at, last)?;
        let segment = self.value_segment(at + 1, end);
        self.push(segment, escaped);
        if self.stack.last().is_some_and(|frame| frame.is_marked) {
            self.tell_name(text, at + 1, end);
        }
        self.end_value();
        Ok(end + 1)
    }

    /// The end of the string that opens at `open`, which is short enough for one segment.
    #[inline(always)]
    fn whole_string(&self, text: &str, open: usize, last: bool) -> Result<(usize, bool), Stop> {
        let max = self.limits.value_bytes_max;
        let too_long = || if open == 0 { Stop::LongString } else { Stop::Full(open) };
        match string_end(text.as_bytes(), open + 1) {
            StringEnd::Closed { at, escaped } if at - open - 1 <= max => Ok((at, escaped)),
            StringEnd::Broken(at) if at - open - 1 <= max => {
                Err(Stop::Malformed(open, "a string is not closed"))
            }
            StringEnd::Closed { .. } | StringEnd::Broken(_) => Err(too_long()),
            StringEnd::Open if text.len() - open > max + ESCAPE_BYTES_MAX => Err(too_long()),
            StringEnd::Open if last => Err(Stop::Malformed(open, CUT)),
            StringEnd::Open => Err(Stop::Starved(open)),
        }
    }

    fn scalar(&mut self, text: &str, at: usize, last: bool) -> Result<usize, Stop> {
        let bytes = &text.as_bytes()[at..];
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let length = bytes.iter().take(SCALAR_BYTES_MAX + 1).take_while(|b| is_part(b)).count();
        if length > SCALAR_BYTES_MAX {
            return Err(Stop::Malformed(at, "not JSON"));
        }
        if length == bytes.len() && !last {
            return Err(Stop::Starved(at));
        }
        let is_value = match &bytes[..length] {
            b"null" => false,
            b"true" | b"false" | b"NaN" | b"Infinity" | b"-Infinity" => true,
            number if is_number(number) => true,
            _ if length == bytes.len() && !self.stack.is_empty() => {
                return Err(Stop::Malformed(at, CUT));
            }
            _ => return Err(Stop::Malformed(at, "not JSON")),
        };
        if is_value {
            let segment = self.value_segment(at, at + length);
            self.push(segment, false);
        }
        self.end_value();
        Ok(at + length)
    }

    #[inline(always)]
    fn key(&mut self, text: &str, at: usize, last: bool) -> Result<usize, Stop> {
        let Some(frame) = self.stack.last_mut() else {
            return Err(Stop::Malformed(at, "not JSON"));
        };
        if let Some((member, key)) = self.contexts.expected(frame.context, frame.member) {
            let rest = &text.as_bytes()[at + 1..];
            if rest.get(key.len()) == Some(&b'"') && rest.starts_with(key.as_bytes()) {
                let next = at + key.len() + 2;
                if frame.is_marked || !self.contexts.roles(member).is_none() {
                    self.begin_member(text, at, next, member, last)?;
                } else {
                    frame.member = member;
                }
                self.expect = Expect::Colon;
                return Ok(next);
            }
        }
        let (end, escaped) = self.whole_string(text, at, last)?;
        let key = &text[at + 1..end];
        if let Some(member) = self.known_member(key) {
            self.begin_member(text, at, end + 1, member, last)?;
        } else {
            if self.contexts.is_full() {
                return Err(Stop::Contexts(at));
            }
            // A name is new once: nothing may stop its reading behind this.
            let roles = Roles::of(key);
            if roles.is_value() {
                self.name_value(roles, text, at, end + 1, last)?;
            }
            let segment = self.key_segment(at + 1, end);
            self.push(segment, escaped);
            let member = self.new_member(key);
            self.go_to_member(member);
        }
        self.expect = Expect::Colon;
        Ok(end + 1)
    }

    /// The member of the open object that has this very name, if it was met before.
    fn known_member(&mut self, key: &str) -> Option<u32> {
        let frame = self.stack.last()?;
        self.contexts.find(frame.context, frame.member, key).filter(|_| is_exact(key))
    }

    /// The member of the open object that is not known to have been met before.
    fn new_member(&mut self, key: &str) -> u32 {
        let Some(frame) = self.stack.last() else { return NONE };
        let (context, before) = (frame.context, frame.member);
        let found = self.contexts.find(context, before, key);
        found.unwrap_or_else(|| {
            let mut name = String::new();
            escapes::unescape(key, &mut name);
            self.contexts.add(context, before, key, &name)
        })
    }

    /// Goes on to the member of that name, of which nothing more is looked at.
    pub(super) fn name_member(&mut self, key: &str) {
        let member = self.new_member(key);
        self.go_to_member(member);
    }
}

#[inline(always)]
pub(super) fn string_end(bytes: &[u8], from: usize) -> StringEnd {
    let mut at = from;
    let mut escaped = false;
    while let Some(found) = find3(bytes, at, [b'"', b'\\', b'\n']) {
        match bytes[found] {
            b'"' => return StringEnd::Closed { at: found, escaped },
            b'\n' => return StringEnd::Broken(found),
            _ => escaped = true,
        }
        // The escaped character is no end, but a line break is one even here.
        at = match bytes.get(found + 1) {
            Some(b'\n') => found + 1,
            _ => found + 2,
        };
    }
    StringEnd::Open
}

/// Digits with what may stand between and before them; how many zeros lead is of no interest here.
fn is_number(token: &[u8]) -> bool {
    let unsigned = token.strip_prefix(b"-").unwrap_or(token);
    let digits = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(unsigned);
    let mut rest = &unsigned[whole..];
    if whole == 0 {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        rest = &fraction[length..];
        if length == 0 {
            return false;
        }
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let exponent =
            exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && length == exponent.len();
    }
    rest.is_empty()
}
