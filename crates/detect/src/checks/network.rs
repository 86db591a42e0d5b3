//! Addresses of hosts and of network cards.

use super::{Candidate, Check};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What an address is to the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// Reachable from anywhere: it may name a person's connection.
    Public,
    /// Of a private network, a provider's shared one, or a link.
    Private,
    /// Of no host, or of one that documents and tests use.
    None,
}

/// An IPv4 address that is reachable from anywhere.
pub(crate) static IPV4_PUBLIC: Check = Check::InValue(|candidate| {
    let (address, end) = ipv4(candidate)?;
    (scope_of_v4(address) == Scope::Public && !is_small(address)).then_some(end)
});

/// The same near a keyword, where small parts need not make it a version.
pub(crate) static IPV4_PUBLIC_NAMED: Check = Check::InValue(|candidate| {
    let (address, end) = ipv4(candidate)?;
    (scope_of_v4(address) == Scope::Public).then_some(end)
});

/// An IPv4 address of a private network.
pub(crate) static IPV4_PRIVATE: Check = Check::InValue(|candidate| {
    let (address, end) = ipv4(candidate)?;
    (scope_of_v4(address) == Scope::Private).then_some(end)
});

/// The address, and the end of the match, unless its neighbours make it something else.
fn ipv4(candidate: &Candidate<'_>) -> Option<(Ipv4Addr, usize)> {
    let found = &candidate.text[candidate.found.clone()];
    let address: Ipv4Addr = std::str::from_utf8(found).ok()?.parse().ok()?;
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let after = &candidate.text[candidate.found.end..candidate.value.end];
    let network = address.octets()[3] == 0 && after.starts_with(b"/");
    let fits = !network && !goes_on(before, after) && !is_version(before);
    fits.then_some((address, candidate.found.end))
}

/// By the special-purpose registry (RFC 6890), multicast (RFC 5771) and reserved space left out.
fn scope_of_v4(address: Ipv4Addr) -> Scope {
    match address.octets() {
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [169, 254, ..] | [100, 64..=127, ..] => {
            Scope::Private
        }
        [0 | 127 | 224.., ..] => Scope::None,
        // Protocol assignments, documentation, 6to4 relays, AS112, AMT, benchmarks.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [192, 31, 196, _] | [192, 52, 193, _] => {
            Scope::None
        }
        [192, 175, 48, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Scope::None
        }
        _ => Scope::Public,
    }
}

/// Versions and numbers of sections have small parts; so has one address in ten thousand.
fn is_small(address: Ipv4Addr) -> bool {
    address.octets().iter().all(|octet| *octet <= 20)
}

/// Whether the number is a part of a longer one, or of a file's or host's name.
fn goes_on(before: &[u8], after: &[u8]) -> bool {
    let behind = match after {
        [b'.' | b'-' | b'_', next, ..] => {
            next.is_ascii_alphabetic() || after[0] != b'-' && next.is_ascii_digit()
        }
        _ => false,
    };
    let ahead = match before {
        [.., b'.'] => true,
        [.., last, b'-' | b'_'] => last.is_ascii_alphanumeric() && !last.is_ascii_digit(),
        _ => false,
    };
    behind || ahead
}

/// Words before a number that make it a version, a section or an object identifier.
const VERSION_WORDS: [&[u8]; 19] = [
    b"version",
    b"versions",
    b"ver",
    b"v",
    b"release",
    b"rel",
    b"build",
    b"rev",
    b"revision",
    b"firmware",
    b"fw",
    b"section",
    b"sect",
    b"sec",
    b"chapter",
    b"clause",
    b"oid",
    b"upgrade",
    b"assemblyversion",
];

/// How far before a number such a word may stand.
const WORD_BEFORE_BYTES: usize = 24;

/// Whether what stands before a number says that it is a version: a word for it and at most a few signs
/// between, or a comparison as in `lib>=1.2.3.4`.
fn is_version(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(WORD_BEFORE_BYTES)..];
    if let [.., b'=' | b'<' | b'>' | b'~' | b'^', b'='] | [.., b'~' | b'^'] = near {
        return true;
    }
    let end = near.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |at| at + 1);
    let begin =
        near[..end].iter().rposition(|byte| !byte.is_ascii_alphabetic()).map_or(0, |at| at + 1);
    let between = &near[end..];
    let word = &near[begin..end];
    between.len() <= 4
        && !between.iter().any(u8::is_ascii_digit)
        && VERSION_WORDS.iter().any(|version| version.eq_ignore_ascii_case(word))
}

/// An IPv6 address that is reachable from anywhere.
pub(crate) static IPV6_PUBLIC: Check = Check::InValue(|candidate| ipv6(candidate, Scope::Public));

/// An IPv6 address of a private network or a link.
pub(crate) static IPV6_PRIVATE: Check = Check::InValue(|candidate| ipv6(candidate, Scope::Private));

fn ipv6(candidate: &Candidate<'_>, wanted: Scope) -> Option<usize> {
    let found = &candidate.text[candidate.found.clone()];
    let zone = found.iter().position(|byte| *byte == b'%').unwrap_or(found.len());
    let address: Ipv6Addr = std::str::from_utf8(&found[..zone]).ok()?.parse().ok()?;
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let after = &candidate.text[candidate.found.end..candidate.value.end];
    let longer = follows_group(before)
        || matches!(after, [b':' | b'.', next, ..] if next.is_ascii_hexdigit() || *next == b':');
    let network = address.segments()[4..] == [0; 4] && after.starts_with(b"/");
    let assigned = matches!(address.segments()[0], 0x2000..=0x3fff) || wanted == Scope::Private;
    let sure = assigned || address.to_ipv4_mapped().is_some() || is_long(found);
    let fits = scope_of_v6(address) == wanted && sure && !longer && !network;
    fits.then_some(candidate.found.end)
}

/// Whether a group of hexadecimal digits (or none, between colons) and a colon stand before.
fn follows_group(before: &[u8]) -> bool {
    let Some(rest) = before.strip_suffix(b":") else { return false };
    let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    match rest[..rest.len() - digits].last() {
        None => digits > 0,
        Some(b':') => true,
        Some(byte) => digits > 0 && !byte.is_ascii_alphanumeric(),
    }
}

/// Whether most groups have three digits or more: eight pairs are the name of a storage port.
fn is_long(address: &[u8]) -> bool {
    address.split(|byte| *byte == b':').filter(|group| group.len() >= 3).count() >= 4
}

/// By the special-purpose registry (RFC 6890); one mapped from IPv4 is what that is.
fn scope_of_v6(address: Ipv6Addr) -> Scope {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return scope_of_v4(mapped);
    }
    match address.segments() {
        // Benchmarks, ORCHIDs, documentation.
        [0x2001, 2, 0, ..] | [0x2001, 0x10..=0x2f, ..] | [0x2001, 0xdb8, ..] => Scope::None,
        [0x3fff, 0..=0xfff, ..] => Scope::None,
        [0xfc00..=0xfdff | 0xfe80..=0xfebf, ..] => Scope::Private,
        // Mapped addresses of old, translation, discard only, multicast, site-local.
        [0, ..] | [0x64, 0xff9b, ..] | [0x100, 0, 0, ..] | [0xfe00..=0xffff, ..] => Scope::None,
        // All others are global unicast (RFC 4291, 2.4), of which 2000::/3 is given out so far.
        _ => Scope::Public,
    }
}

/// A network card's address (IEEE 802): not a group's, and not a part of a longer row of pairs, as
/// fingerprints of keys are.
pub(crate) static MAC: Check =
    Check::InValue(|candidate| mac(candidate).then_some(candidate.found.end));

/// The same away from any keyword: digits alone may be a time or a range of numbers.
pub(crate) static MAC_WITH_LETTERS: Check = Check::InValue(|candidate| {
    let found = &candidate.text[candidate.found.clone()];
    let passes = found.iter().any(u8::is_ascii_alphabetic) && mac(candidate);
    passes.then_some(candidate.found.end)
});

fn mac(candidate: &Candidate<'_>) -> bool {
    let found = &candidate.text[candidate.found.clone()];
    let mut bytes = [0u8; 6];
    let mut len = 0;
    for digit in found.iter().filter_map(|byte| char::from(*byte).to_digit(16)) {
        if len == 12 {
            return false;
        }
        bytes[len / 2] = bytes[len / 2] << 4 | digit as u8;
        len += 1;
    }
    let separator = found.iter().find(|byte| !byte.is_ascii_hexdigit());
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let after = candidate.text[candidate.found.end..candidate.value.end].first();
    let goes_on = follows_pair(before, separator) || after.is_some() && after == separator;
    let of_group = bytes[0] & 1 == 1;
    // All card makers' numbers and all chosen ones have some variety.
    let varied = bytes[1..].iter().any(|byte| *byte != bytes[1]);
    let digits = found.iter().filter(|byte| byte.is_ascii_digit()).count();
    len == 12 && !of_group && varied && !goes_on && digits >= MAC_DIGITS_MIN
}

/// Away from colons an address is looked for only if it has so many digits; nearly all have.
const MAC_DIGITS_MIN: usize = 3;

/// Whether a pair of hexadecimal digits and the separator stand before, so that a row goes on.
fn follows_pair(before: &[u8], separator: Option<&u8>) -> bool {
    match before {
        [rest @ .., first, second, last] => {
            Some(last) == separator
                && first.is_ascii_hexdigit()
                && second.is_ascii_hexdigit()
                && rest.last().is_none_or(|byte| !byte.is_ascii_alphanumeric())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;
    use proptest::prelude::*;

    fn stands(check: &Check, before: &str, found: &str, after: &str) -> bool {
        let text = format!("{before}{found}{after}");
        let found = before.len()..before.len() + found.len();
        check.run(&Candidate { text: text.as_bytes(), value: 0..text.len(), found }).is_some()
    }

    #[test]
    fn scopes_of_ipv4() {
        for (text, scope) in [
            ("41.173.96.26", Scope::Public),
            ("172.32.0.1", Scope::Public),
            ("10.0.0.1", Scope::Private),
            ("172.31.255.254", Scope::Private),
            ("192.168.1.77", Scope::Private),
            ("100.64.3.9", Scope::Private),
            ("169.254.10.2", Scope::Private),
            ("0.0.0.0", Scope::None),
            ("127.0.0.1", Scope::None),
            ("255.255.255.255", Scope::None),
            ("224.0.0.251", Scope::None),
            ("192.0.2.44", Scope::None),
            ("198.51.100.7", Scope::None),
            ("203.0.113.9", Scope::None),
            ("1.2.3.4", Scope::None),
            ("010.1.2.3", Scope::None),
            ("300.1.2.3", Scope::None),
        ] {
            assert_eq!(passes(&IPV4_PUBLIC, text), scope == Scope::Public, "{text}");
            assert_eq!(passes(&IPV4_PRIVATE, text), scope == Scope::Private, "{text}");
        }
    }

    #[test]
    fn neighbours_of_ipv4() {
        for (before, after) in [
            ("", ":8080"),
            ("https://", "/x"),
            ("from ", "."),
            ("10.3.3.3-", ""),
            ("", "-10.3.3.3"),
            ("user@", ""),
            ("ip=", ""),
        ] {
            assert!(stands(&IPV4_PUBLIC, before, "91.44.80.2", after), "{before} {after}");
        }
        for (before, after) in [
            ("version ", ""),
            ("Version: ", ""),
            ("v. ", ""),
            ("\"version\": \"", "\""),
            ("lib==", ""),
            ("lib-", ".tar.gz"),
            ("", ".nip.io"),
            ("1.", ""),
            ("", ".9"),
            ("Section ", ""),
        ] {
            assert!(!stands(&IPV4_PUBLIC, before, "91.44.80.2", after), "{before} {after}");
        }
        assert!(stands(&IPV4_PUBLIC_NAMED, "dns ", "9.9.9.9", ""));
        assert!(!stands(&IPV4_PRIVATE, "", "10.0.0.0", "/8"));
        assert!(stands(&IPV4_PRIVATE, "", "10.0.0.7", "/8"));
    }

    #[test]
    fn scopes_of_ipv6() {
        for (text, scope) in [
            ("2a02:8109:9ac0:1d04::7", Scope::Public),
            ("2606:4700:4700:0:0:0:0:1111", Scope::Public),
            ("::ffff:91.44.80.2", Scope::Public),
            ("fe80::1c2b:3ff:fe4a:5d6e%eth0", Scope::Private),
            ("fd12:3456:789a:1::1", Scope::Private),
            ("::ffff:10.0.0.1", Scope::Private),
            ("::1", Scope::None),
            ("::", Scope::None),
            ("2001:db8::1", Scope::None),
            ("ff02::1", Scope::None),
            ("10:22:33", Scope::None),
            ("2021:05:12", Scope::None),
            ("dead::beef", Scope::None),
            ("6c41:77a0:c1f:e898:c11:40d2:c669:2eb4", Scope::Public),
            ("50:06:01:60:bb:20:11:22", Scope::None),
            ("2a02::1::2", Scope::None),
        ] {
            assert_eq!(passes(&IPV6_PUBLIC, text), scope == Scope::Public, "{text}");
            assert_eq!(passes(&IPV6_PRIVATE, text), scope == Scope::Private, "{text}");
        }
        assert!(!stands(&IPV6_PUBLIC, "", "2a02:8109::1", ":zz:77".trim_start_matches(":zz")));
        assert!(!stands(&IPV6_PUBLIC, "", "2a02:8109:9ac0::", "/48"));
        assert!(!stands(&IPV6_PUBLIC, "77:", "2a02:8109::1", ""));
        assert!(stands(&IPV6_PUBLIC, "addr:", "2a02:8109::1", ""));
    }

    #[test]
    fn cards_are_not_groups_or_fingerprints() {
        for good in ["3c:22:fb:4a:91:0e", "3C-22-FB-4A-91-0E", "3c22.fb4a.910e"] {
            assert!(passes(&MAC_WITH_LETTERS, good), "{good}");
        }
        for bad in
            ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:fb", "10:20:30:40:50:60"]
        {
            assert!(!passes(&MAC_WITH_LETTERS, bad), "{bad}");
        }
        assert!(!stands(&MAC, "", "3c:22:fb:4a:91:0e", ":77"));
        assert!(!stands(&MAC, "77:", "3c:22:fb:4a:91:0e", ""));
    }

    proptest! {
        #[test]
        fn each_address_has_one_scope(bits in any::<u32>(), long in any::<u128>()) {
            let v4 = Ipv4Addr::from_bits(bits).to_string();
            prop_assert!(!(passes(&IPV4_PUBLIC, &v4) && passes(&IPV4_PRIVATE, &v4)));
            let v6 = Ipv6Addr::from_bits(long).to_string();
            prop_assert!(!(passes(&IPV6_PUBLIC, &v6) && passes(&IPV6_PRIVATE, &v6)));
        }

        #[test]
        fn any_text_is_borne(text in any::<String>()) {
            for check in [&IPV4_PUBLIC, &IPV6_PRIVATE, &MAC, &MAC_WITH_LETTERS] {
                let _ = passes(check, &text);
            }
        }
    }
}
