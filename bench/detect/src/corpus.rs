//! Made-up text of the kinds that land in a lake; the same bytes in every run.

use fastrand::Rng;
use std::fmt::Write as _;

/// The files of the benchmark.
pub(crate) const KINDS: [&str; 4] = ["mixed", "mixed-hits", "numbers", "prose"];

/// Text of a kind, of about so many bytes.
pub(crate) fn text(kind: &str, bytes: usize) -> String {
    let mut rng = Rng::with_seed(7);
    let mut text = String::with_capacity(bytes + 4096);
    while text.len() < bytes {
        match kind {
            "numbers" => numbers(&mut rng, &mut text),
            "prose" => prose(&mut rng, &mut text, true),
            "mixed-hits" => mixed(&mut rng, &mut text, 0.01),
            _ => mixed(&mut rng, &mut text, 0.0),
        }
    }
    text
}

/// About sixty lines of one kind, then of another: as files of a lake one after the other.
fn mixed(rng: &mut Rng, text: &mut String, hits: f64) {
    let kind = rng.u32(0..100);
    for _ in 0..60 {
        if rng.f64() < hits {
            hit(rng, text);
        }
        match kind {
            0..35 => order(rng, text),
            35..65 => event(rng, text),
            65..82 => log(rng, text),
            _ => prose(rng, text, false),
        }
    }
}

const WORDS: [&str; 48] = [
    "the",
    "of",
    "and",
    "a",
    "to",
    "in",
    "is",
    "was",
    "that",
    "for",
    "with",
    "as",
    "on",
    "by",
    "at",
    "from",
    "shipment",
    "insured",
    "delay",
    "weather",
    "harbour",
    "crane",
    "container",
    "signal",
    "filter",
    "engine",
    "between",
    "another",
    "morning",
    "quarter",
    "report",
    "measure",
    "glass",
    "river",
    "market",
    "station",
    "holiday",
    "running",
    "blue",
    "small",
    "growing",
    "quickly",
    "several",
    "because",
    "results",
    "under",
    "during",
    "almost",
];

fn word(rng: &mut Rng) -> &'static str {
    WORDS[rng.usize(0..WORDS.len())]
}

fn hex(rng: &mut Rng, digits: usize, text: &mut String) {
    for _ in 0..digits {
        text.push(char::from_digit(rng.u32(0..16), 16).unwrap_or('0'));
    }
}

fn uuid(rng: &mut Rng, text: &mut String) {
    for (index, digits) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if index > 0 {
            text.push('-');
        }
        hex(rng, digits, text);
    }
}

fn day(rng: &mut Rng, text: &mut String) {
    let _ = write!(text, "2026-{:02}-{:02}", rng.u32(1..13), rng.u32(1..29));
}

fn time(rng: &mut Rng, text: &mut String) {
    let _ = write!(text, "{:02}:{:02}:{:02}", rng.u32(0..24), rng.u32(0..60), rng.u32(0..60));
}

fn order(rng: &mut Rng, text: &mut String) {
    let _ = write!(
        text,
        "{},{} {},SKU-{:05}-{},{},{}.{:02},",
        rng.u32(10_000_000..99_999_999),
        word(rng),
        word(rng),
        rng.u32(0..99_999),
        ["XL", "M", "S"][rng.usize(0..3)],
        rng.u32(1..40),
        rng.u32(1..2_000),
        rng.u32(0..100),
    );
    day(rng, text);
    text.push(',');
    uuid(rng, text);
    let _ = writeln!(text, ",{}", ["shipped", "open", "returned"][rng.usize(0..3)]);
}

fn event(rng: &mut Rng, text: &mut String) {
    text.push_str("{\"at\":\"");
    day(rng, text);
    text.push('T');
    time(rng, text);
    let _ = write!(
        text,
        "Z\",\"event\":\"{}\",\"session\":\"",
        ["view", "click", "scroll"][rng.usize(0..3)]
    );
    hex(rng, 32, text);
    let _ = writeln!(
        text,
        "\",\"visitor\":{},\"page\":\"/{}/{}\",\"duration_ms\":{},\"ratio\":0.{},\"tags\":[\"{}\",\"{}\"]}}",
        rng.u64(1_000_000_000..9_999_999_999),
        word(rng),
        rng.u32(1..90_000),
        rng.u32(1..40_000),
        rng.u64(0..9_999_999_999_999),
        word(rng),
        word(rng),
    );
}

fn log(rng: &mut Rng, text: &mut String) {
    let _ = write!(text, "web-{} - - [{:02}/Nov/2026:", rng.u32(1..60), rng.u32(1..29));
    time(rng, text);
    let _ = writeln!(
        text,
        " +0000] \"GET /{}/{}/{}.html?page={} HTTP/1.1\" {} {} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101\" {:.3}",
        word(rng),
        word(rng),
        rng.u32(1..100_000),
        rng.u32(1..50),
        [200, 304, 404][rng.usize(0..3)],
        rng.u32(100..90_000),
        rng.f64(),
    );
}

const GIVEN: [&str; 8] = ["Maria", "John", "Anna", "Pierre", "Lucia", "Hans", "Emma", "Piotr"];
const FAMILY: [&str; 8] =
    ["Larkin", "Okafor", "Moreau", "Bianchi", "Schneider", "Kowalski", "Silva", "Vries"];

fn prose(rng: &mut Rng, text: &mut String, names: bool) {
    for _ in 0..rng.usize(3..7) {
        if names && rng.u32(0..6) == 0 {
            let (given, family) = (GIVEN[rng.usize(0..8)], FAMILY[rng.usize(0..8)]);
            let _ = write!(text, "{given} {family} said it {}", word(rng));
        } else {
            text.push_str(["The", "In", "When", "A", "Most", "For"][rng.usize(0..6)]);
        }
        for _ in 0..rng.usize(6..18) {
            text.push(' ');
            text.push_str(word(rng));
        }
        if rng.u32(0..8) == 0 {
            let _ = write!(text, " {}", rng.u32(1..3_000));
        }
        text.push_str(". ");
    }
    text.push('\n');
}

/// A row of readings: a number for every fourteen bytes.
fn numbers(rng: &mut Rng, text: &mut String) {
    let _ = write!(text, "{}", rng.u64(1_700_000_000_000..1_800_000_000_000));
    for _ in 0..9 {
        match rng.u32(0..4) {
            0 => drop(write!(text, ",{}", rng.u64(0..99_999_999_999))),
            1 => drop(write!(text, ",{:.9}", rng.f64())),
            2 => drop(write!(text, ",-{:.6}", rng.f64() * 1000.0)),
            _ => drop(write!(text, ",{}", rng.u32(100_000..999_999_999))),
        }
    }
    text.push('\n');
}

/// A line with something that is to be found.
fn hit(rng: &mut Rng, text: &mut String) {
    let digits = |rng: &mut Rng, count: usize| -> String {
        (0..count).map(|_| char::from(b'0' + rng.u8(0..10))).collect()
    };
    let _ = match rng.u32(0..6) {
        0 => writeln!(text, "contact: {}.{}@larkspur.example", word(rng), word(rng)),
        1 => writeln!(text, "card {}", luhn(rng)),
        2 => writeln!(
            text,
            "ssn={}{}-{}-{}",
            rng.u32(1..6),
            rng.u32(10..100),
            rng.u32(10..100),
            rng.u32(1000..9999)
        ),
        3 => writeln!(text, "phone +1 206-555-{}", rng.u32(1000..9999)),
        4 => writeln!(text, "IBAN {}", iban(rng)),
        _ => writeln!(text, "passport no {}", digits(rng, 9)),
    };
}

fn luhn(rng: &mut Rng) -> String {
    let mut digits: Vec<u32> = std::iter::once(4).chain((0..14).map(|_| rng.u32(0..10))).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { *digit })
        .sum();
    digits.push((10 - sum % 10) % 10);
    digits.iter().map(u32::to_string).collect()
}

fn iban(rng: &mut Rng) -> String {
    let account: u64 = rng.u64(100_000_000_000_000_000..999_999_999_999_999_999);
    // "DE00" behind the account is 131400 in ISO 7064's digits.
    let rest = (u128::from(account) * 1_000_000 + 131_400) % 97;
    format!("DE{:02}{account}", 98 - rest)
}
