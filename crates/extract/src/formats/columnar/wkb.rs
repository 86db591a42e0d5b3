//! Geometries in Well-Known Binary (OGC 06-103r4, section 8; with the flags of EWKB), as columns of places
//! hold them, in words: `POINT (30 10)`.
//!
//! Bytes are a geometry only if all of them are one: nothing is passed over as such.

use super::words;

/// Geometries within one another.
const DEPTH_MAX: usize = 16;

const NAMES: [&str; 7] = [
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
];

/// The bits of what stands in an empty point.
const NO_NUMBER: u64 = 0x7ff8_0000_0000_0000;

/// Flags of a kind in EWKB.
const HAS_Z: u32 = 0x8000_0000;
const HAS_M: u32 = 0x4000_0000;
const HAS_SYSTEM: u32 = 0x2000_0000;

/// Appends the geometry that the bytes are. `None` if they are no geometry; then something may have been
/// appended.
pub(super) fn words(bytes: &[u8], out: &mut String) -> Option<()> {
    let mut reader = Reader { bytes, is_little: false };
    reader.geometry(out, 0)?;
    reader.bytes.is_empty().then_some(())
}

struct Reader<'b> {
    bytes: &'b [u8],
    is_little: bool,
}

impl Reader<'_> {
    fn take<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        let (bytes, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*bytes)
    }

    fn count(&mut self) -> Option<u32> {
        let bytes = self.take()?;
        Some(if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn number(&mut self) -> Option<f64> {
        let bytes = self.take()?;
        Some(if self.is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn geometry(&mut self, out: &mut String, depth: usize) -> Option<()> {
        let [order] = self.take()?;
        if order > 1 || depth > DEPTH_MAX {
            return None;
        }
        self.is_little = order == 1;
        let kind = self.count()?;
        if kind & HAS_SYSTEM != 0 {
            self.count()?;
        }
        let flags = [kind & HAS_Z, kind & HAS_M].into_iter().filter(|flag| *flag != 0).count();
        let kind = kind & !(HAS_Z | HAS_M | HAS_SYSTEM);
        let more = match kind / 1_000 {
            0 => 0,
            1 | 2 => 1,
            3 => 2,
            _ => return None,
        };
        let dimensions = 2 + more.max(flags);
        let kind = (kind % 1_000).checked_sub(1)?;
        out.push_str(NAMES.get(kind as usize)?);
        out.push_str(" (");
        match kind {
            0 => self.point(dimensions, out)?,
            1 => self.points(dimensions, out)?,
            2 => {
                for _ in 0..self.count()? {
                    self.points(dimensions, out)?;
                    out.push_str(", ");
                }
            }
            _ => {
                for _ in 0..self.count()? {
                    self.geometry(out, depth + 1)?;
                    out.push_str(", ");
                }
            }
        }
        out.push(')');
        Some(())
    }

    fn points(&mut self, dimensions: usize, out: &mut String) -> Option<()> {
        for _ in 0..self.count()? {
            self.point(dimensions, out)?;
            out.push_str(", ");
        }
        Some(())
    }

    fn point(&mut self, dimensions: usize, out: &mut String) -> Option<()> {
        for dimension in 0..dimensions {
            if dimension > 0 {
                out.push(' ');
            }
            let number = self.number()?;
            // An empty point has no numbers. Others that are none could hide anything.
            if number.is_nan() && number.abs().to_bits() != NO_NUMBER {
                return None;
            }
            if number.is_finite() {
                words::float(number, out);
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hexadecimal: &str, expected: Option<&str>) {
        let bytes: Vec<u8> = (0..hexadecimal.len() / 2)
            .filter_map(|at| u8::from_str_radix(&hexadecimal[2 * at..2 * at + 2], 16).ok())
            .collect();
        let mut out = String::new();
        let found = words(&bytes, &mut out).map(|()| out.as_str());
        assert_eq!(found, expected, "{hexadecimal}");
        for cut in 0..bytes.len() * usize::from(expected.is_some()) {
            assert_eq!(words(&bytes[..cut], &mut String::new()), None);
        }
    }

    #[test]
    fn geometries_in_words() {
        let point = "01010000000000000000003e400000000000002440";
        check(point, Some("POINT (30 10)"));
        check("0000000001403e0000000000004024000000000000", Some("POINT (30 10)"));
        check(&format!("010400000001000000{point}"), Some("MULTIPOINT (POINT (30 10), )"));
        check("0101000020e61000000000000000003e400000000000002440", Some("POINT (30 10)"));
        check(
            "01e90300000000000000003e4000000000000024400000000000001440",
            Some("POINT (30 10 5)"),
        );
        check("010900000000000000", None);
        check(&format!("{point}00"), None);
    }
}
