//! Numbers without check digits.

use super::{Check, Digits, Solid, all_same};

/// Letters and digits of a number with no rule: at least four digits, not all the same, and not counting
/// up or down.
pub(crate) static UNCHECKED_NUMBER: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    let by = |step: u8| d.windows(2).all(|pair| pair[1] == (pair[0] + step) % 10);
    d.len() >= 4 && !all_same(d) && !by(1) && !by(9)
});

/// As [`UNCHECKED_NUMBER`] for a code that must hold letters and digits in any order.
pub(crate) static UNCHECKED_CODE: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let digits = code.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= 3 && digits < code.len()
});
