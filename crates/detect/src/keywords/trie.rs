//! The trie of all keywords, and walks through it.

use super::KEYWORD_BYTES_MAX;
use crate::fold::{HEAD_LETTERS_MAX, HEAD_SLOTS, Head, fold_ascii, fold_char};
use std::ops::Range;

/// The trie of all keywords, breadth-first.
pub(crate) struct Trie {
    /// Eight bytes a node: the little-endian `u32` of its first child, whose siblings stand up to the
    /// first child of the next node; the `u16` of the keyword that ends in it plus one, or 0; the byte
    /// that leads to it; and one unused.
    pub nodes: &'static [u8],
    /// The child of the root by byte, or 0.
    pub roots: [u32; 256],
    /// The node behind two small letters, `[26 * first + second]`, or 0.
    pub pairs: [u32; 26 * 26],
    /// The nodes behind the longest heads.
    pub heads: Heads,
}

/// Nodes by [`Head::letters`], each in the first free slot from [`Head::slot`] on.
pub(crate) struct Heads {
    /// The letters, or 0 in a free slot. At least one slot is free.
    pub letters: [u64; HEAD_SLOTS],
    /// The node behind them.
    pub nodes: [u32; HEAD_SLOTS],
}

/// Where a walk goes on from.
#[derive(Clone, Copy)]
pub(crate) struct From {
    node: u32,
    /// How many bytes of the text lead to the node.
    depth: u32,
}

impl From {
    /// The text's start.
    pub const START: Self = Self { node: 0, depth: 0 };
}

impl Trie {
    #[inline]
    fn node(&self, node: usize) -> [u8; 8] {
        self.nodes.as_chunks::<8>().0[node]
    }

    fn end(&self, node: usize) -> u16 {
        let [_, _, _, _, low, high, ..] = self.node(node);
        u16::from_le_bytes([low, high])
    }

    #[inline]
    fn children(&self, node: usize) -> Range<usize> {
        let first = |node: usize| {
            let [a, b, c, d, ..] = self.node(node);
            u32::from_le_bytes([a, b, c, d]) as usize
        };
        first(node)..first(node + 1)
    }

    #[inline]
    fn child(&self, node: usize, label: u8) -> Option<usize> {
        if node == 0 {
            let child = self.roots[usize::from(label)] as usize;
            return (child != 0).then_some(child);
        }
        self.children(node).find(|child| self.node(*child)[6] == label)
    }

    fn child_by_char(&self, node: usize, c: char) -> Option<usize> {
        let mut buffer = [0u8; 4];
        c.encode_utf8(&mut buffer).bytes().try_fold(node, |node, byte| self.child(node, byte))
    }

    /// Where to go on behind a head of [`HEAD_LETTERS_MAX`] letters, if a keyword begins so.
    #[inline]
    pub fn behind_head(&self, head: &Head) -> Option<From> {
        let letters = head.letters();
        let mut slot = head.slot();
        while self.heads.letters[slot] != letters {
            if self.heads.letters[slot] == 0 {
                return None;
            }
            slot = (slot + 1) % HEAD_SLOTS;
        }
        Some(From { node: self.heads.nodes[slot], depth: HEAD_LETTERS_MAX })
    }

    /// Calls `found` with the end and number of every keyword that begins at `start` and does not end
    /// before where the walk goes on from.
    #[inline]
    pub fn walk(&self, text: &str, start: usize, from: From, mut found: impl FnMut(usize, u16)) {
        let limit = text.len().min(start + KEYWORD_BYTES_MAX);
        let bytes = text.as_bytes();
        let (mut node, mut at, mut last) = (from.node as usize, start + from.depth as usize, b'a');
        if node == 0
            && let Some(pair) = self.behind_pair(&bytes[start..limit])
        {
            // A keyword of a single letter would have to end before the second.
            (node, at) = (pair, start + 2);
            if node == 0 {
                return;
            }
        }
        if node != 0
            && let Some(keyword) = self.end(node).checked_sub(1)
        {
            found(at, keyword);
        }
        while at < limit {
            let next = if bytes[at].is_ascii() {
                let folded = fold_ascii(bytes[at]);
                at += 1;
                match self.child(node, folded) {
                    // Further blanks of a gap, such as a line break and its indentation.
                    None if folded == b' ' && last == b' ' => continue,
                    next => {
                        last = folded;
                        next
                    }
                }
            } else {
                let Some(c) = text[at..].chars().next() else { return };
                at += c.len_utf8();
                last = 0x80;
                let folded = fold_char(c);
                if folded == ' ' {
                    last = b' ';
                }
                self.child_by_char(node, folded)
            };
            let Some(next) = next else { return };
            node = next;
            if let Some(keyword) = self.end(node).checked_sub(1) {
                found(at, keyword);
            }
        }
    }

    /// The node behind the two ASCII letters that a text begins with, 0 if there is none; `None` if it
    /// does not begin so.
    #[inline]
    fn behind_pair(&self, bytes: &[u8]) -> Option<usize> {
        let [first, second, ..] = bytes else { return None };
        let place = |byte: u8| usize::from((byte | 0x20).wrapping_sub(b'a'));
        let (first, second) = (place(*first), place(*second));
        (first < 26 && second < 26).then(|| self.pairs[26 * first + second] as usize)
    }
}
