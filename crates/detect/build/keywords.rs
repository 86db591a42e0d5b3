//! Keywords to one trie over folded bytes.

use crate::fold::{five, fold_ascii, fold_char, four, lead, six, three};
use std::collections::{BTreeSet, VecDeque};

/// The trie, breadth-first: the children of node `n` are the nodes `first[n]..first[n + 1]`, each
/// reached by its own label. Node 0 is the root.
pub struct Trie {
    pub first: Vec<u32>,
    pub labels: Vec<u8>,
    /// Keyword that ends in a node, plus one; 0 for none.
    pub ends: Vec<u16>,
}

impl Trie {
    /// The child of the root by byte, or 0.
    pub fn roots(&self) -> [u32; 256] {
        let mut roots = [0; 256];
        for child in self.first[0]..self.first[1] {
            roots[usize::from(self.labels[child as usize])] = child;
        }
        roots
    }
}

/// A keyword folded as text is, in its forms: as written, without its spaces, without its accents.
pub fn forms(keyword: &str) -> BTreeSet<String> {
    let folded: String = keyword
        .chars()
        .map(|c| if c.is_ascii() { char::from(fold_ascii(c as u8)) } else { fold_char(c) })
        .collect();
    let plain: String = folded.chars().map(without_accent).collect();
    let mut forms = BTreeSet::new();
    for form in [folded, plain] {
        forms.insert(form.replace(' ', ""));
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

/// Bits of the filters; as many as the functions of `fold` give.
const HASHED: usize = 1 << 17;
const THREES: usize = 1 << 15;
const LEADS: usize = 1 << 12;

/// What tells quickly that no keyword begins at a word's start, by how many letters a keyword has before
/// anything else.
pub struct Filters {
    /// Bit [`three`] of up to three letters.
    pub threes: Vec<u64>,
    /// Bit [`four`] of just four.
    pub fours: Vec<u64>,
    /// Bit [`five`] of just five.
    pub fives: Vec<u64>,
    /// Bit [`six`] of the first six of more.
    pub sixes: Vec<u64>,
    /// Bit [`lead`] of a keyword's first character, if it is not ASCII.
    pub leads: Vec<u64>,
}

fn set(bits: &mut [u64], bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

/// The filters of keywords in their folded forms.
pub fn filters(keywords: &[Vec<u8>]) -> Filters {
    let mut filters = Filters {
        threes: vec![0; THREES / 64],
        fours: vec![0; HASHED / 64],
        fives: vec![0; HASHED / 64],
        sixes: vec![0; HASHED / 64],
        leads: vec![0; LEADS / 64],
    };
    for keyword in keywords {
        let letters = keyword.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = std::array::from_fn(|at| keyword.get(at).copied().unwrap_or_default());
        match letters {
            0 => set_leads(&mut filters.leads, keyword),
            1..=3 => set(&mut filters.threes, three(word, letters)),
            4 => set(&mut filters.fours, four(word)),
            5 => set(&mut filters.fives, five(word)),
            _ => set(&mut filters.sixes, six(word)),
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
