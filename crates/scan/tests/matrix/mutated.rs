//! Damaged objects of every format: each parser is given objects that are nearly right, some thousands of
//! them at each run, more on demand. The same number gives the same objects.

use super::{containers, formats};
use lakegate_core::coverage::CoverageStatus;
use lakegate_core::text::Block;
use lakegate_extract::{BlockSink, Limits, extract};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Objects made of each object, unless `LAKEGATE_MUTATIONS` says how many.
const MUTATIONS: u64 = 250;

/// One object takes no longer, also in a build without optimisation on a busy machine.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Numbers that parsers often take too lightly.
const NUMBERS: [u32; 8] = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff];

struct Check;

impl BlockSink for Check {
    fn block(&mut self, block: &Block<'_>) {
        for segment in block.segments {
            let (start, end) = (segment.start as usize, segment.end as usize);
            assert!(block.text.get(start..end).is_some(), "a value is cut within a character");
            let _ = block.locate(segment, start, end);
        }
    }
}

/// Numbers that look random (xorshift64*, Vigna 2016).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Changes an object at a place; `other` lends a part of another one.
fn mutate(object: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(object.len());
    let length = 1 + random.below(32.min(object.len() - at));
    match random.below(8) {
        0 => object[at] ^= 1 << random.below(8),
        1 => object[at] = random.next() as u8,
        2 => {
            let number = NUMBERS[random.below(NUMBERS.len())].to_le_bytes();
            let bytes = number.iter().cycle().take(length.min(4));
            object.splice(at..at + length.min(4), bytes.copied());
        }
        3 => object.truncate(at.max(1)),
        4 => drop(object.drain(at..at + length)),
        5 => {
            let again = object[at..at + length].repeat(1 + random.below(4));
            object.splice(at..at, again);
        }
        6 => {
            let from = random.below(other.len());
            let part = &other[from..(from + length).min(other.len())];
            object.splice(at..at + length, part.iter().copied());
        }
        _ => {
            let to = random.below(object.len());
            object.swap(at, to);
        }
    }
    if object.is_empty() {
        object.push(0);
    }
}

fn limits() -> Limits {
    Limits {
        members_max: 100,
        expanded_bytes_max: 8 << 20,
        expansion_free_bytes: 1 << 20,
        document_bytes_max: 1 << 20,
        ..Limits::default()
    }
}

fn check(object: &[u8]) {
    let begun = Instant::now();
    let coverage = extract(&mut &object[..], &limits(), &mut Check).unwrap().coverage;
    assert!(begun.elapsed() < TIME_MAX, "it took {:?}", begun.elapsed());
    if coverage.status == CoverageStatus::Complete {
        assert!(coverage.gaps.is_empty());
        assert_eq!(coverage.bytes_inspected, coverage.bytes_total);
    }
}

/// Every format, alone and in every container.
fn objects() -> Vec<(String, Vec<u8>)> {
    let mut objects = Vec::new();
    for case in formats::all() {
        for container in containers::ALL {
            let name = format!("{} in {}", case.name, container.name);
            objects.push((name, (container.put)(&case.object)));
        }
        objects.push((case.name.to_owned(), case.object));
    }
    objects
}

#[test]
fn damaged_objects_of_every_format_are_survived() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let count = number("LAKEGATE_MUTATIONS").unwrap_or(MUTATIONS);
    let seed = number("LAKEGATE_MUTATIONS_SEED").unwrap_or(1);
    let objects = objects();
    let mut failures = Vec::new();
    for (index, (name, object)) in objects.iter().enumerate() {
        let other = &objects[(index * 7 + 3) % objects.len()].1;
        for round in 0..count {
            let mut random = Random((seed << 40 | (index as u64) << 20 | round) + 1);
            random.next();
            let mut mutated = object.clone();
            for _ in 0..=random.below(4) {
                mutate(&mut mutated, other, &mut random);
            }
            if catch_unwind(AssertUnwindSafe(|| check(&mutated))).is_err() {
                failures.push(format!("{name}, number {round} of seed {seed}"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Writes the objects as files into the folder that `LAKEGATE_WRITE_SEEDS` names, for fuzzers to begin with.
#[test]
fn objects_are_written_for_fuzzers() {
    let Some(folder) = std::env::var_os("LAKEGATE_WRITE_SEEDS") else { return };
    let folder = std::path::PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (index, (_, object)) in objects().into_iter().enumerate() {
        std::fs::write(folder.join(format!("{index:04}")), object).unwrap();
    }
}
