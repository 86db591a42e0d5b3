//! Texts are read in this process, which nothing confines, by code that is made for it; what stands in them (a
//! picture in a page, a document in a letter) is given to the children, as if it were an object by itself.

use super::pictures::Pictures;
use super::pool::Pool;
use super::watch::Watch;
use crate::Error;
use crate::beside::where_it_pays;
use crate::embedded::{Apart, Under};
use crate::extract::{Extracted, extract_text};
use crate::gaps;
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::text::reader::BlockSink;
use lakegate_core::coverage::Coverage;
use std::io::Read;
use std::time::{Duration, Instant};

/// Who reads an object, and in how many others it stands.
#[derive(Clone, Copy)]
pub(super) struct Within<'w> {
    pub pool: &'w Pool,
    pub passwords: &'w Passwords,
    pub depth: usize,
}

impl<'w> Within<'w> {
    /// Who reads what stands in a text of the object that is watched.
    pub fn deeper<'r>(
        self,
        watch: &'w Watch<'w>,
        pictures: &'w mut Pictures<'r>,
    ) -> Children<'w, 'r> {
        let within = Within { depth: self.depth + 1, ..self };
        Children { within, limits: watch.limits, pictures, watch: Some(watch), begun: None }
    }
}

impl Pool {
    /// Reads a text in this process ([`crate::is_text`] tells whether it is one), and in children what stands in it.
    ///
    /// # Errors
    /// As of [`crate::extract()`].
    pub fn extract_text(
        &self,
        input: &mut (dyn Read + Send),
        limits: &Limits,
        passwords: &Passwords,
        sink: &mut dyn BlockSink,
    ) -> Result<Extracted, Error> {
        let mut pictures = Pictures::new(self.recogniser());
        let within = Within { pool: self, passwords, depth: 1 };
        let mut children =
            Children { within, limits, pictures: &mut pictures, watch: None, begun: None };
        let extracted = where_it_pays(input, sink, |input, sink| {
            extract_text(input, limits, sink, &mut children)
        });
        extracted.map(|mut extracted| {
            pictures.finish(&mut extracted.coverage);
            extracted
        })
    }
}

/// The children that read what stands in one text.
pub(super) struct Children<'c, 'r> {
    within: Within<'c>,
    limits: &'c Limits,
    pictures: &'c mut Pictures<'r>,
    /// Looks whether the child comes on that gave the text.
    watch: Option<&'c Watch<'c>>,
    /// When the first thing was read in a text that no child gave: all of them have the time of one object.
    begun: Option<Instant>,
}

impl Children<'_, '_> {
    /// Reads an object by a child, and tells how long its pictures took.
    fn one(
        &mut self,
        (name, mut bytes): (&str, &[u8]),
        limits: &Limits,
        sink: &mut dyn BlockSink,
    ) -> (Coverage, Duration) {
        let before = self.pictures.spent();
        let outside = self.pictures.go_on_in(name.to_owned());
        let head = bytes.split_off(..bytes.len().min(limits.sniff_bytes)).unwrap_or_default();
        let (mut sink, within) = (Under { sink, name }, self.within);
        let object = (head, &mut bytes as &mut (dyn Read + Send));
        let read = within.pool.read(object, limits, within, &mut sink, self.pictures);
        self.pictures.go_on_in(outside);
        let coverage = read.unwrap_or_else(|_| {
            skipped(gaps::CRASHED, "no process that reads it could be started")
        });
        (coverage, self.pictures.spent().saturating_sub(before))
    }
}

impl Apart for Children<'_, '_> {
    fn reads_pictures(&self) -> bool {
        self.within.pool.recogniser().is_some()
    }

    fn read(&mut self, name: &str, bytes: &[u8], sink: &mut dyn BlockSink) -> Coverage {
        if self.within.depth > self.limits.containers_depth_max {
            return skipped(gaps::NESTING, "it stands in too many others");
        }
        let spent = match self.watch {
            Some(watch) => watch.spent(),
            None => {
                let all = self.begun.get_or_insert_with(Instant::now).elapsed();
                all.saturating_sub(self.pictures.spent())
            }
        };
        let seconds = self.limits.object_seconds_max.saturating_sub(spent.as_secs());
        if seconds == 0 {
            return skipped(gaps::TIME, "what stands before it took too long");
        }
        let limits = &Limits { object_seconds_max: seconds, ..self.limits.clone() };
        match self.watch {
            Some(watch) => watch.reading_elsewhere(|| self.one((name, bytes), limits, sink)),
            None => self.one((name, bytes), limits, sink).0,
        }
    }
}

fn skipped(code: &str, detail: &str) -> Coverage {
    gaps::skipped("application/octet-stream", code, detail)
}
