//! Numbers without check digits.

use super::{Check, Solid};

/// A code that must hold letters and at least three digits, in any order.
pub(crate) static UNCHECKED_CODE: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let digits = code.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= 3 && digits < code.len()
});
