//! What producers put: bytes of known kinds, each upload's bytes different from all others'.

use bytes::Bytes;
use lakegate_core::verdict::Verdict;

/// The kinds of objects that land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Text without anything sensitive in it.
    Clean,
    /// A table with card numbers and social security numbers.
    Sensitive,
    /// A picture, which nothing here can read.
    Picture,
    /// No bytes at all.
    Empty,
}

impl Content {
    pub const ALL: [Content; 4] =
        [Content::Clean, Content::Sensitive, Content::Picture, Content::Empty];

    /// Bytes of this kind. Another `serial` gives other bytes of the same length, but for `Empty`.
    pub fn bytes(self, serial: u32) -> Bytes {
        let text = match self {
            Content::Clean => format!("The harvest of field {serial:06} was weighed and stored.\n"),
            // Made-up numbers with the right check digits, from the examples of the identifiers.
            Content::Sensitive => format!(
                "name,credit card number,ssn,batch\n\
                 A,4539 5822 5262 7731,536-22-8726,{serial:06}\n\
                 B,4916 8354 3245 4860,536-22-8727,{serial:06}\n"
            ),
            Content::Picture => {
                let mut bytes =
                    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
                bytes.extend(serial.to_be_bytes());
                return bytes.into();
            }
            Content::Empty => return Bytes::new(),
        };
        text.into()
    }

    /// The verdict that this kind deserves.
    pub fn verdict(self) -> Verdict {
        match self {
            Content::Clean | Content::Empty => Verdict::Clean,
            Content::Sensitive => Verdict::Findings,
            Content::Picture => Verdict::Unscannable,
        }
    }
}
