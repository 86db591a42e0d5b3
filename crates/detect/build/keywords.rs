//! Keywords to one trie over folded bytes.

use crate::fold::{
    FIRST_BITS, HEAD_BITS, HEAD_LETTERS_MAX, HEAD_SLOTS, Head, NOT_ASCII, WHOLE_BITS,
    first_letters, fold_ascii, fold_char, lead,
};
use std::collections::{BTreeSet, VecDeque};

/// The trie, breadth-first: the children of node `n` are the nodes `first[n]..first[n + 1]`, each
/// reached by its own label. Node 0 is the root.
pub struct Trie {
    first: Vec<u32>,
    labels: Vec<u8>,
    /// Keyword that ends in a node, plus one; 0 for none.
    ends: Vec<u16>,
}

impl Trie {
    /// The child of the root by byte, or 0.
    pub fn roots(&self) -> [u32; 256] {
        let mut roots = [0; 256];
        for child in self.children(0) {
            roots[usize::from(self.labels[child as usize])] = child;
        }
        roots
    }

    /// The node behind two small letters, `[26 * first + second]`, or 0.
    pub fn pairs(&self) -> Vec<u32> {
        let mut pairs = vec![0; 26 * 26];
        let place = |node: u32| match self.labels[node as usize] {
            letter @ b'a'..=b'z' => Some(usize::from(letter - b'a')),
            _ => None,
        };
        for child in self.children(0) {
            for grandchild in self.children(child) {
                if let (Some(first), Some(second)) = (place(child), place(grandchild)) {
                    pairs[26 * first + second] = grandchild;
                }
            }
        }
        pairs
    }

    /// The nodes behind heads of the most letters, as [`Head::slot`] has them looked for.
    pub fn heads(&self, sorted: &[Vec<u8>]) -> Result<(Vec<u64>, Vec<u32>), String> {
        let (mut letters, mut nodes) = (vec![0; HEAD_SLOTS], vec![0; HEAD_SLOTS]);
        let mut free = HEAD_SLOTS;
        for keyword in sorted {
            let head = head_of(keyword);
            if head.count < HEAD_LETTERS_MAX || letters.contains(&head.letters()) {
                continue;
            }
            let mut slot = head.slot();
            while letters[slot] != 0 {
                slot = (slot + 1) % HEAD_SLOTS;
            }
            free -= 1;
            if free < HEAD_SLOTS / 4 {
                return Err("the table of heads is too small".into());
            }
            letters[slot] = head.letters();
            nodes[slot] = self.behind(&keyword[..HEAD_LETTERS_MAX as usize]);
        }
        Ok((letters, nodes))
    }

    fn behind(&self, path: &[u8]) -> u32 {
        path.iter().fold(0, |node, label| {
            let child = self.children(node).find(|child| self.labels[*child as usize] == *label);
            child.unwrap_or_default()
        })
    }

    fn children(&self, node: u32) -> std::ops::Range<u32> {
        self.first[node as usize]..self.first[node as usize + 1]
    }

    /// Eight bytes a node, and one node more: its first child, the keyword that ends in it, its label.
    pub fn nodes(&self) -> Vec<u8> {
        let rest = self.ends.iter().zip(&self.labels).chain([(&0, &0)]);
        self.first
            .iter()
            .zip(rest)
            .flat_map(|(first, (end, label))| {
                let ([a, b, c, d], [e, f]) = (first.to_le_bytes(), end.to_le_bytes());
                [a, b, c, d, e, f, *label, 0]
            })
            .collect()
    }
}

/// Everyday words that a keyword becomes without its spaces, and is then never meant: "SA ID".
const WORDS: [&str; 1] = ["said"];

/// A keyword folded as text is, in its forms: as written, without its spaces, without its accents.
pub fn forms(keyword: &str) -> BTreeSet<String> {
    let folded: String = keyword
        .chars()
        .map(|c| if c.is_ascii() { char::from(fold_ascii(c as u8)) } else { fold_char(c) })
        .collect();
    let plain: String = folded.chars().map(without_accent).collect();
    let mut forms = BTreeSet::new();
    for form in [folded, plain] {
        let joined = form.replace(' ', "");
        if !WORDS.contains(&joined.as_str()) {
            forms.insert(joined);
        }
        forms.insert(form);
    }
    forms
}

fn without_accent(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' | 'č' | 'ć' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ė' | 'ě' | 'ę' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ř' => 'r',
        'š' | 'ś' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' => 'u',
        'ý' => 'y',
        'ž' | 'ż' | 'ź' => 'z',
        'ł' => 'l',
        other => other,
    }
}

/// Bits of the filter of characters that are not ASCII; as many as [`lead`] gives.
const LEADS: usize = 1 << 12;

/// What tells quickly that no keyword begins at a word's start.
pub struct Filters {
    /// Bit [`first_letters`] of every keyword that begins with a letter.
    pub firsts: Vec<u64>,
    /// Bit [`Head::bit`] of the letters before anything else of a keyword, or the first of many.
    pub heads: Vec<u64>,
    /// Bit [`Head::whole_bit`] of a keyword that is at most six letters, and nothing else.
    pub wholes: Vec<u64>,
    /// Bit [`lead`] of a keyword's first character, if it is not ASCII.
    pub leads: Vec<u64>,
}

fn set(bits: &mut [u64], bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

fn head_of(keyword: &[u8]) -> Head {
    Head::of(first_bytes(keyword))
}

fn first_bytes(keyword: &[u8]) -> [u8; 8] {
    std::array::from_fn(|at| keyword.get(at).copied().unwrap_or_default())
}

/// The filters of keywords in their folded forms.
pub fn filters(keywords: &[Vec<u8>]) -> Filters {
    let mut filters = Filters {
        firsts: vec![0; (1 << FIRST_BITS) / 64],
        heads: vec![0; (1 << HEAD_BITS) / 64],
        wholes: vec![0; (1 << WHOLE_BITS) / 64],
        leads: vec![0; LEADS / 64],
    };
    for keyword in keywords {
        let head = head_of(keyword);
        if head.count == 0 {
            set_leads(&mut filters.leads, keyword);
            continue;
        }
        set(&mut filters.firsts, first_letters(first_bytes(keyword)).0);
        match keyword.get(head.count as usize) {
            None if head.count < HEAD_LETTERS_MAX => {
                set(&mut filters.wholes, head.whole_bit(head.count))
            }
            // No-break spaces, long hyphens and typographic apostrophes are among the others.
            Some(b' ' | b'\'') => {
                set(&mut filters.heads, head.bit());
                set(&mut filters.heads, head.bit_before(NOT_ASCII));
            }
            _ => set(&mut filters.heads, head.bit()),
        }
    }
    filters
}

fn set_leads(bits: &mut [u64], keyword: &[u8]) {
    let first = String::from_utf8_lossy(keyword).chars().next().filter(|first| !first.is_ascii());
    for first in first.into_iter().flat_map(|first| first.to_uppercase().chain([first])) {
        let mut buffer = [0u8; 4];
        if let [one, two, ..] = first.encode_utf8(&mut buffer).as_bytes() {
            set(bits, lead(*one, *two));
        }
    }
}

/// Builds the trie over folded keywords, which must be sorted; keyword `i` is `sorted[i]`.
pub fn build(sorted: &[Vec<u8>]) -> Result<Trie, String> {
    let mut trie = Trie { first: vec![], labels: vec![0], ends: vec![0] };
    // A queue entry is the range of words below a node, and the node's depth.
    let mut queue = VecDeque::from([(0, sorted.len(), 0)]);
    while let Some((from, to, depth)) = queue.pop_front() {
        trie.first.push(trie.labels.len() as u32);
        let mut at = from;
        while at < to {
            let Some(&label) = sorted[at].get(depth) else {
                at += 1;
                continue;
            };
            let mut end = at;
            while end < to && sorted[end].get(depth) == Some(&label) {
                end += 1;
            }
            let finished = sorted[at].len() == depth + 1;
            trie.labels.push(label);
            trie.ends.push(if finished { at as u16 + 1 } else { 0 });
            queue.push_back((at, end, depth + 1));
            at = end;
        }
    }
    trie.first.push(trie.labels.len() as u32);
    if sorted.len() >= usize::from(u16::MAX) {
        return Err("too many keywords for 16-bit numbers".into());
    }
    Ok(trie)
}
