//! Secrets of crypto wallets: private keys, extended keys, seeds and seed phrases.

use super::base58::{self, BITCOIN, RIPPLE};
use super::hashes::sha256;
use super::{Check, all_same};

/// A private key of Bitcoin in the wallet import format: 32 bytes, and a 1 if its public key is written
/// compressed; main and test network.
pub(crate) static BITCOIN_WIF: Check = Check::Text(|text| {
    base58::checked(text, BITCOIN).is_some_and(|decoded| match decoded.payload() {
        [0x80 | 0xef, key @ ..] => key.len() == 32 || key.len() == 33 && key[32] == 1,
        _ => false,
    })
});

/// A private key encrypted by a passphrase (BIP 38): 39 bytes.
pub(crate) static BIP38_KEY: Check = Check::Text(|text| {
    base58::checked(text, BITCOIN).is_some_and(|decoded| {
        decoded.payload().len() == 39 && matches!(decoded.payload(), [1, 0x42 | 0x43, ..])
    })
});

/// Versions of extended private keys (BIP 32, SLIP 132): xprv, yprv, zprv, Yprv, Zprv, tprv, uprv, vprv.
const PRIVATE_VERSIONS: [u32; 8] = [
    0x0488_ade4,
    0x049d_7878,
    0x04b2_430c,
    0x0295_b005,
    0x02aa_7a99,
    0x0435_8394,
    0x044a_4e28,
    0x045f_18bc,
];

/// Versions of extended public keys: xpub, ypub, zpub, Ypub, Zpub, tpub, upub, vpub.
const PUBLIC_VERSIONS: [u32; 8] = [
    0x0488_b21e,
    0x049d_7cb2,
    0x04b2_4746,
    0x0295_b43f,
    0x02aa_7ed3,
    0x0435_87cf,
    0x044a_5262,
    0x045f_1cf6,
];

/// 78 bytes: version, depth, parent, number, chain code, and a key whose first byte tells its kind.
fn is_extended(text: &[u8], versions: &[u32], kinds: &[u8]) -> bool {
    base58::checked(text, BITCOIN).is_some_and(|decoded| match decoded.payload() {
        payload @ [a, b, c, d, ..] => {
            payload.len() == 78
                && versions.contains(&u32::from_be_bytes([*a, *b, *c, *d]))
                && kinds.contains(&payload[45])
        }
        _ => false,
    })
}

/// An extended private key: who has it has every key below it.
pub(crate) static EXTENDED_PRIVATE: Check =
    Check::Text(|text| is_extended(text, &PRIVATE_VERSIONS, &[0]));

/// An extended public key: who has it sees every payment.
pub(crate) static EXTENDED_PUBLIC: Check =
    Check::Text(|text| is_extended(text, &PUBLIC_VERSIONS, &[2, 3]));

/// A family seed of the XRP Ledger: 16 bytes under version 33, or Ed25519's three bytes.
pub(crate) static RIPPLE_SEED: Check = Check::Text(|text| {
    base58::checked(text, RIPPLE).is_some_and(|decoded| match decoded.payload() {
        [0x21, seed @ ..] => seed.len() == 16,
        [0x01, 0xe1, 0x4b, seed @ ..] => seed.len() == 16,
        _ => false,
    })
});

/// A key pair of Solana near a keyword: 64 bytes in Base58.
pub(crate) static SOLANA_SECRET: Check = Check::Text(|text| {
    base58::decode(text, BITCOIN)
        .is_some_and(|decoded| decoded.as_slice().len() == 64 && !all_same(&text[..32]))
});

/// The order of secp256k1: a private key is less, and not zero.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// A private key of secp256k1 in hexadecimal, near a keyword. Keys of which half is zeros, or that
/// repeat four bytes, are of examples.
pub(crate) static ETHEREUM_KEY: Check = Check::Text(|text| {
    let hex = text.strip_prefix(b"0x").or(text.strip_prefix(b"0X")).unwrap_or(text);
    let mut key = [0u8; 32];
    if hex.len() != 64 {
        return false;
    }
    for (byte, pair) in key.iter_mut().zip(hex.chunks(2)) {
        let digit = |index: usize| char::from(pair[index]).to_digit(16).unwrap_or(0) as u8;
        *byte = digit(0) << 4 | digit(1);
    }
    key < ORDER
        && key[..16].iter().any(|byte| *byte != 0)
        && key.windows(2).step_by(2).any(|pair| pair != &key[..2])
        && key.chunks(4).any(|four| four != &key[..4])
});

/// The words of BIP 39 in English, a line each, sorted.
static WORDS: &[u8] = include_bytes!("../../data/bip39-english.txt");

const WORDS_COUNT: usize = 2048;

/// Where each word begins in [`WORDS`]; and the end.
static BEGINNINGS: [u16; WORDS_COUNT + 1] = beginnings();

const fn beginnings() -> [u16; WORDS_COUNT + 1] {
    let mut places = [0u16; WORDS_COUNT + 1];
    let (mut at, mut count) = (0, 0);
    while at < WORDS.len() {
        if WORDS[at] == b'\n' {
            count += 1;
            places[count] = at as u16 + 1;
        }
        at += 1;
    }
    places
}

/// A word has so many letters at most.
const WORD_LETTERS_MAX: usize = 8;

/// The number of a word, in any case.
fn word_number(word: &[u8]) -> Option<u16> {
    let mut lower = [0u8; WORD_LETTERS_MAX];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    let (mut low, mut high) = (0, WORDS_COUNT);
    while low < high {
        let middle = (low + high) / 2;
        let from = usize::from(BEGINNINGS[middle]);
        let to = usize::from(BEGINNINGS[middle + 1]).saturating_sub(1);
        match WORDS[from..to].cmp(lower) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(middle as u16),
        }
    }
    None
}

/// A seed phrase (BIP 39): 12, 15, 18, 21 or 24 words of 11 bits each; after every 32 bits of seed there
/// is one bit of its SHA-256 at the end. Phrases that repeat one word are of examples and tests.
pub(crate) static SEED_PHRASE: Check = Check::Text(|text| {
    // 24 words are 264 bits: 32 bytes of seed and one of checksum.
    let mut bytes = [0u8; 33];
    let (mut count, mut changes, mut last) = (0usize, 0, u16::MAX);
    for word in text.split(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
        let Some(number) = word_number(word) else { return false };
        if count == 24 {
            return false;
        }
        for bit in 0..11 {
            let place = count * 11 + bit;
            bytes[place / 8] |= ((number >> (10 - bit) & 1) as u8) << (7 - place % 8);
        }
        count += 1;
        changes += usize::from(number != last);
        last = number;
    }
    if !matches!(count, 12 | 15 | 18 | 21 | 24) || changes < 4 {
        return false;
    }
    let checksum_bits = count / 3;
    let seed = count * 4 / 3;
    bytes[seed] >> (8 - checksum_bits) == sha256(&bytes[..seed])[0] >> (8 - checksum_bits)
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;
    use proptest::prelude::*;

    fn word(number: usize) -> &'static str {
        let (from, to) = (BEGINNINGS[number] as usize, BEGINNINGS[number + 1] as usize - 1);
        std::str::from_utf8(&WORDS[from..to]).unwrap()
    }

    fn phrase(seed: &[u8]) -> String {
        let mut bytes = seed.to_vec();
        bytes.push(sha256(seed)[0]);
        let bit = |place: usize| usize::from(bytes[place / 8] >> (7 - place % 8) & 1);
        let number = |index: usize| (0..11).fold(0, |n, b| n << 1 | bit(index * 11 + b));
        (0..seed.len() * 3 / 4).map(|index| word(number(index))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_list_is_whole_and_sorted() {
        assert_eq!(BEGINNINGS[WORDS_COUNT] as usize, WORDS.len());
        assert!((1..WORDS_COUNT).all(|number| word(number - 1) < word(number)));
        assert_eq!((word(0), word(2047)), ("abandon", "zoo"));
    }

    proptest! {
        #[test]
        fn phrases_of_any_seed_pass(seed in prop::collection::vec(any::<u8>(), 32), words in 0..5usize) {
            let phrase = phrase(&seed[..16 + 4 * words]);
            prop_assert!(passes(&SEED_PHRASE, &phrase));
            prop_assert!(passes(&SEED_PHRASE, &phrase.to_uppercase().replace(' ', ", ")));
            let shorter = &phrase[..phrase.rfind(' ').unwrap()];
            prop_assert!(!passes(&SEED_PHRASE, shorter));
            prop_assert!(!passes(&SEED_PHRASE, &(phrase + " lakegate")));
        }

        #[test]
        fn any_text_is_borne(text in any::<String>()) {
            for check in [&SEED_PHRASE, &BITCOIN_WIF, &BIP38_KEY, &EXTENDED_PRIVATE, &RIPPLE_SEED] {
                let _ = passes(check, &text);
            }
        }
    }

    #[test]
    fn keys_of_the_standards() {
        for (check, good) in [
            (&BITCOIN_WIF, "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"),
            (&BIP38_KEY, "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg"),
            (
                &EXTENDED_PRIVATE,
                "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
            ),
            (
                &EXTENDED_PUBLIC,
                "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
            ),
            (&RIPPLE_SEED, "snoPBrXtMeMyMHUVTgbuqAfg1SUTb"),
        ] {
            assert!(passes(check, good), "{good}");
            for index in 1..good.len() {
                let mut other = good.as_bytes().to_vec();
                other[index] = if other[index] == b'x' { b'y' } else { b'x' };
                assert!(!passes(check, std::str::from_utf8(&other).unwrap()), "{good} {index}");
            }
        }
        assert!(!passes(&ETHEREUM_KEY, &"f".repeat(64)));
        assert!(!passes(&ETHEREUM_KEY, &format!("{}1", "0".repeat(63))));
    }
}
