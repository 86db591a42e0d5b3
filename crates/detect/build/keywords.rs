//! Keywords to one trie over folded bytes.

use crate::fold::{BEGINNINGS_WORDS, beginning, fold_ascii, fold_char};
use std::collections::{BTreeSet, VecDeque};

/// The trie, breadth-first: the children of node `n` are the nodes `first[n]..first[n + 1]`, each
/// reached by its own label. Node 0 is the root.
pub struct Trie {
    pub first: Vec<u32>,
    pub labels: Vec<u8>,
    /// Keyword that ends in a node, plus one; 0 for none.
    pub ends: Vec<u16>,
    /// Bit `beginning(bytes)` is set if a keyword may begin with these three bytes.
    pub beginnings: Vec<u64>,
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

/// Bits [`beginning`] of the last three bytes of each keyword, in the keyword or in text, where its
/// spaces may stand as other blanks. One with two bytes may follow any byte.
pub fn endings<'k>(keywords: impl Iterator<Item = &'k [u8]>) -> Vec<u64> {
    let mut bits = vec![0u64; BEGINNINGS_WORDS];
    let mut set = |three: [u8; 3]| {
        let bit = beginning(three);
        bits[bit / 64] |= 1 << (bit % 64);
    };
    for keyword in keywords {
        match *keyword {
            [.., one, two, three] => set([one, two, three]),
            [two, three] => (0..=u8::MAX).for_each(|one| set([one, two, three])),
            _ => {}
        }
    }
    bits
}

/// Builds the trie over folded keywords, which must be sorted; keyword `i` is `sorted[i]`.
pub fn build(sorted: &[Vec<u8>]) -> Result<Trie, String> {
    let mut trie = Trie {
        first: vec![],
        labels: vec![0],
        ends: vec![0],
        beginnings: vec![0; BEGINNINGS_WORDS],
    };
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
    for word in sorted {
        let [first, second, ..] = word[..] else { return Err("a keyword of one byte".into()) };
        let thirds = match word.get(2) {
            Some(third) => *third..=*third,
            None => 0..=u8::MAX,
        };
        for third in thirds {
            let bit = beginning([first, second, third]);
            trie.beginnings[bit / 64] |= 1 << (bit % 64);
        }
    }
    Ok(trie)
}
