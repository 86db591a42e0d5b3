//! What holds the processes that read objects and pictures on this machine: told by the doctor, and warned of once
//! where it is less than it should be.

use crate::exit::Exit;
use crate::failure::{Failure, Report};
use lakegate_extract::process::{Confinement, Pool, RecogniserConfinement};

/// What holds them.
pub(super) struct Confinements {
    pub(super) reading: Confinement,
    /// What holds the process that reads a picture, if pictures are read.
    pub(super) recogniser: Option<RecogniserConfinement>,
}

impl Confinements {
    /// Asks one process of each kind.
    ///
    /// # Errors
    /// When one can not be started.
    pub(super) fn of(pool: &Pool) -> Result<Self, Failure> {
        let held = pool.confinement().and_then(|reading| {
            let recogniser = pool.recogniser_confinement()?;
            Ok(Self { reading, recogniser })
        });
        held.map_err(|error| {
            let message = "no process that reads objects can be started";
            Failure::new(Exit::Failed, Report::new("SCAN_PROCESS", message).caused_by(&error))
        })
    }

    /// Whether all of it holds.
    pub(super) fn is_whole(&self) -> bool {
        self.reading.is_whole() && self.recogniser.is_none_or(|held| held.is_whole())
    }

    /// Who is held, and by what.
    pub(super) fn parts(&self) -> Vec<(&'static str, Vec<(&'static str, bool)>)> {
        let mut parts = vec![("processes that read objects", self.reading.parts())];
        parts.extend(self.recogniser.map(|held| ("processes that read pictures", held.parts())));
        parts
    }

    /// Warns once of all that does not hold.
    pub(super) fn warn(&self) {
        let missing: Vec<String> = self
            .parts()
            .into_iter()
            .flat_map(|(who, parts)| parts.into_iter().map(move |part| (who, part)))
            .filter(|(_, (_, holds))| !holds)
            .map(|(who, (what, _))| format!("{who}: not so that {what}"))
            .collect();
        if !missing.is_empty() {
            let missing = missing.join("; ");
            tracing::warn!(missing, "hostile objects are less confined than they should be");
        }
    }
}
