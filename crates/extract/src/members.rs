//! What the members of a container came to, counted with all within them.

use crate::gaps;
use crate::session::Session;
use lakegate_core::coverage::{Count, Coverage, CoverageStatus};
use std::cell::Cell;
use std::io::Read;

/// What a container's members came to.
pub(crate) struct Members {
    coverage: Coverage,
    inspected: u64,
    total: u64,
    units: u64,
    has_read: bool,
}

impl Members {
    pub fn new(mime_type: &str) -> Self {
        let coverage = gaps::complete(mime_type);
        Self { coverage, inspected: 0, total: 0, units: 0, has_read: false }
    }

    /// Reads the next member. `false` if a bound was reached, so that no further one need be tried.
    pub fn read(
        &mut self,
        session: &mut Session<'_>,
        name: &str,
        input: &mut dyn Read,
        packed_bytes: Option<&Cell<u64>>,
    ) -> bool {
        match session.within(name, input, packed_bytes) {
            Ok(coverage) => {
                self.add(&coverage);
                true
            }
            Err(bound) => {
                self.skip(bound.code, &bound.detail);
                bound.code == gaps::NESTING
            }
        }
    }

    /// A member that can not be read.
    pub fn skip(&mut self, code: &str, detail: &str) {
        self.total += 1;
        gaps::gap(&mut self.coverage, code, format!("member {}: {detail}", self.total));
    }

    /// Something of the container as a whole was not read.
    pub fn gap(&mut self, code: &str, detail: impl Into<String>) {
        gaps::gap(&mut self.coverage, code, detail);
    }

    fn add(&mut self, member: &Coverage) {
        self.total += 1;
        let number = self.total;
        if let Some(within) = member.members {
            self.total += within.total;
            self.inspected += within.inspected;
        }
        self.inspected += u64::from(member.status == CoverageStatus::Complete);
        self.has_read |= member.status != CoverageStatus::Skipped;
        self.units += member.units_inspected;
        if member.status != CoverageStatus::Complete && member.gaps.is_empty() {
            let detail = format!("member {number}: not all of it was read");
            gaps::gap(&mut self.coverage, gaps::MEMBERS, detail);
        }
        for gap in &member.gaps {
            let detail = format!("member {number}: {}", gap.detail);
            gaps::gap(&mut self.coverage, &gap.code, detail);
        }
        for note in &member.notes {
            gaps::note(&mut self.coverage, format!("member {number}: {note}"));
        }
    }

    /// The container's coverage. Members are counted with those within them.
    pub fn finish(mut self) -> Coverage {
        let coverage = &mut self.coverage;
        coverage.units_inspected = self.units;
        coverage.members = Some(Count { inspected: self.inspected, total: self.total });
        if !self.has_read && coverage.status == CoverageStatus::Partial {
            coverage.status = CoverageStatus::Skipped;
        }
        self.coverage
    }
}
