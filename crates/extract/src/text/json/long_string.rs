//! JSON strings that are too long for one segment: handed on in pieces that overlap, each in a block of
//! its own, all with the location of the whole.

use super::tokens::{StringEnd, string_end};
use super::{CUT, ESCAPE_BYTES_MAX, Expect, JsonReader, escapes};
use crate::text::batch::Taken;
use crate::text::reader::{BlockSink, Step};
use crate::text::window::Window;

/// A piece is this much shorter than a block, so that a view of one block decides where it ends.
const VIEW_MARGIN_BYTES: usize = 2 * ESCAPE_BYTES_MAX;

/// A long string that is being read. The rest of it stands at the window's front.
#[derive(Clone, Copy, Debug)]
pub(super) struct LongString {
    is_key: bool,
    /// Its opening quote is still there.
    is_whole: bool,
    /// Bytes at the front that an earlier piece owns.
    lead: usize,
}

impl LongString {
    pub(super) fn start(is_key: bool) -> Self {
        LongString { is_key, is_whole: true, lead: 0 }
    }
}

impl JsonReader {
    /// Hands on one piece.
    pub(super) fn read_long_string(
        &mut self,
        window: &mut Window,
        long: LongString,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        let piece_max =
            self.limits.block_bytes.min(self.limits.value_bytes_max) - VIEW_MARGIN_BYTES;
        let from = usize::from(long.is_whole);
        let content = &window.text[from..end];
        let length = match string_end(content.as_bytes(), 0) {
            StringEnd::Closed { at, .. } if at <= piece_max => {
                return self.last_piece(window, long, at, sink);
            }
            StringEnd::Broken(at) if at <= piece_max => {
                let (line, _) = window.place(0);
                return self.damaged(line, long.lead, "a string is not closed");
            }
            StringEnd::Closed { at, .. } | StringEnd::Broken(at) => at,
            StringEnd::Open if content.len() >= piece_max + ESCAPE_BYTES_MAX => content.len(),
            StringEnd::Open if last => {
                let (line, _) = window.place(0);
                self.cut_line = Some(line);
                return self.damaged(line, long.lead, CUT);
            }
            StringEnd::Open => {
                self.long_string = Some(long);
                return Step::Starved;
            }
        };
        let content = &content[..length];
        let half = self.limits.overlap_bytes / 2;
        let cut = escapes::floor_boundary(content, piece_max);
        let own_end = escapes::floor_boundary(content, cut - half);
        let next = escapes::floor_boundary(content, own_end - half);
        let own = (
            from + decoded_bytes(&content[..long.lead]),
            from + decoded_bytes(&content[..own_end]),
        );
        self.push_piece(long, from, cut, content[..cut].contains('\\'));
        let taken = Taken { end: from + cut, keep_from: from + next, own };
        self.emit(window, taken, sink);
        self.long_string = Some(LongString { is_whole: false, lead: own_end - next, ..long });
        Step::Advanced
    }

    fn last_piece(
        &mut self,
        window: &mut Window,
        long: LongString,
        length: usize,
        sink: &mut dyn BlockSink,
    ) -> Step {
        let from = usize::from(long.is_whole);
        let content = &window.text[from..from + length];
        let own_start = from + decoded_bytes(&content[..long.lead]);
        let escaped = content.contains('\\');
        let key = if long.is_key { content.to_owned() } else { String::new() };
        self.push_piece(long, from, length, escaped);
        let end = from + length + 1;
        self.emit(window, Taken { end, keep_from: end, own: (own_start, end) }, sink);
        self.long_string = None;
        if long.is_key {
            if self.contexts.is_full() {
                self.restart_contexts();
            }
            self.name_member(&key);
            self.expect = Expect::Colon;
        } else {
            self.end_value();
        }
        Step::Advanced
    }

    fn push_piece(&mut self, long: LongString, from: usize, length: usize, escaped: bool) {
        let segment = if long.is_key {
            self.key_segment(from, from + length)
        } else {
            self.value_segment(from, from + length)
        };
        self.push(segment, escaped);
    }
}

/// Bytes that are left of a part of a string when its escapes are resolved.
fn decoded_bytes(raw: &str) -> usize {
    let mut text = String::new();
    escapes::unescape(raw, &mut text);
    text.len()
}
