//! The one type that may hold matched sensitive text.
//!
//! It can be masked and fingerprinted; it can not be printed, logged or serialised. Whoever wants
//! the text itself must call [`Sensitive::expose`], and there should be very few such calls.

use std::fmt;

/// Text that an identifier matched. `Debug` and `Display` print its length only.
pub struct Sensitive<'a>(&'a str);

/// At most this many characters of a masked snippet are shown.
const MASKED_CHARACTERS_MAX: usize = 24;

impl<'a> Sensitive<'a> {
    /// Takes matched text into custody.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text itself. Call it only to compute on the text (a check digit, a fingerprint), never
    /// to write it anywhere.
    pub fn expose(&self) -> &'a str {
        self.0
    }

    /// The text with letters and digits replaced by `•`, so that its shape can be recognised and
    /// its content can not. The last two characters stay when the text is long enough (8 or more
    /// letters and digits) for them to say little.
    pub fn masked(&self) -> String {
        let solid = self.0.chars().filter(|c| c.is_alphanumeric()).count();
        let keep = if solid >= 8 { 2 } else { 0 };
        let mut seen = 0;
        let mut out = String::new();
        let total = self.0.chars().count();
        for (index, c) in self.0.chars().enumerate() {
            if index == MASKED_CHARACTERS_MAX && total > MASKED_CHARACTERS_MAX {
                out.push('…');
                break;
            }
            if c.is_alphanumeric() {
                seen += 1;
                out.push(if seen > solid - keep { c } else { '•' });
            } else if c.is_control() {
                out.push(' ');
            } else {
                out.push(c);
            }
        }
        out
    }
}

impl fmt::Debug for Sensitive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sensitive({} characters)", self.0.chars().count())
    }
}

impl fmt::Display for Sensitive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_shows_the_length_only() {
        let held = Sensitive::new("4111 1111 1111 1111");
        assert_eq!(format!("{held} {held:?}"), "Sensitive(19 characters) Sensitive(19 characters)");
    }

    #[test]
    fn masking_keeps_the_shape_and_two_characters() {
        assert_eq!(Sensitive::new("4111 1111 1111 1112").masked(), "•••• •••• •••• ••12");
        assert_eq!(Sensitive::new("a@b.de").masked(), "•@•.••");
        assert_eq!(Sensitive::new("x\ny").masked(), "• •");
    }

    #[test]
    fn masking_is_bounded() {
        let long = "9".repeat(5_000);
        assert_eq!(Sensitive::new(&long).masked().chars().count(), MASKED_CHARACTERS_MAX + 1);
    }
}
