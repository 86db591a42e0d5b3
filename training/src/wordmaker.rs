//! Words that no list holds.
//!
//! Were all unknown words of the training texts names, the model would take every unknown word for one.

use crate::dice::Dice;
use crate::people::one;

/// Ends of learned words, as in reports of doctors and lawyers.
const ENDS: [&str; 40] = [
    "itis", "osis", "emia", "oma", "ectomía", "patía", "grafía", "scopia", "algia", "ológico",
    "mente", "ción", "idad", "amiento", "ectomy", "graphy", "ology", "pathy", "ically", "ation",
    "ness", "able", "ität", "ung", "heit", "keit", "schaft", "lich", "ement", "ique", "aison",
    "zione", "ità", "mento", "ção", "dade", "ość", "nia", "heid", "ing",
];

/// A word put together from the beginning of one and the end of another.
pub fn unknown(dice: &Dice, first: &str, second: &str) -> String {
    let first: Vec<char> = first.chars().collect();
    let head: String = first[..first.len().div_ceil(2).max(2).min(first.len())].iter().collect();
    if dice.u8(..10) < 3 {
        return head + one(dice, &["", "o", "i", "er", "a"]) + one(dice, &ENDS);
    }
    let second: Vec<char> = second.chars().collect();
    head + &second[second.len() / 3..].iter().collect::<String>()
}

/// An abbreviation in capitals.
pub fn acronym(dice: &Dice) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIKLMNOPRSTUVWXZ";
    let len = dice.usize(2..=5);
    let mut out: String =
        (0..len).map(|_| char::from(LETTERS[dice.usize(..LETTERS.len())])).collect();
    match dice.u8(..8) {
        0 => out.push_str(&format!("-{}", dice.u8(1..100))),
        1 => out.push_str(&dice.u8(1..30).to_string()),
        _ => {}
    }
    out
}

/// A measured value.
pub fn measure(dice: &Dice) -> String {
    let unit = one(
        dice,
        &[
            "mg",
            "mg/dl",
            "mm",
            "cm",
            "%",
            "U/L",
            "UI/l",
            "g/dl",
            "ml",
            "kg",
            "mmHg",
            "ºC",
            "horas",
            "años",
            "days",
            "GB",
            "MB/s",
            "km/h",
            "mg/día",
            "Jahre",
            "ans",
            "mmol/l",
            "UI/ml",
            "Stunden",
            "lat",
            "ng/ml",
            "L/min",
            "points",
            "x",
            "items",
            "Uhr",
            "Prozent",
            "pages",
            "MHz",
            "px",
            "rpm",
            "mg/24 horas",
        ],
    );
    let (a, b) = (dice.u16(1..900), dice.u8(1..100));
    match dice.u8(..6) {
        0 => format!("{a},{b} {unit}"),
        1 => format!("{a}.{b} {unit}"),
        2 => format!("{a}{unit}"),
        3 => format!("{b}-{a} {unit}"),
        4 => format!("{a}/{b} {unit}"),
        _ => format!("{a} {unit}"),
    }
}
