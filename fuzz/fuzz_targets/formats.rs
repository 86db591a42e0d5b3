//! Any bytes as an object: extraction ends, without a panic, and what it calls complete it has read.
#![no_main]

use lakegate_core::coverage::CoverageStatus;
use lakegate_core::text::Block;
use lakegate_extract::{BlockSink, Limits, extract};

struct Check;

impl BlockSink for Check {
    fn block(&mut self, block: &Block<'_>) {
        for segment in block.segments {
            let (start, end) = (segment.start as usize, segment.end as usize);
            assert!(block.text.get(start..end).is_some());
            let _ = block.locate(segment, start, end);
        }
    }
}

libfuzzer_sys::fuzz_target!(|object: &[u8]| {
    let limits = Limits {
        members_max: 100,
        expanded_bytes_max: 8 << 20,
        expansion_free_bytes: 1 << 20,
        document_bytes_max: 1 << 20,
        ..Limits::default()
    };
    let Ok(extracted) = extract(&mut &object[..], &limits, &mut Check) else { return };
    let coverage = extracted.coverage;
    if coverage.status == CoverageStatus::Complete {
        assert!(coverage.gaps.is_empty());
        assert_eq!(coverage.bytes_inspected, coverage.bytes_total);
    }
});
