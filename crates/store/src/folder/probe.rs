//! What this folder's file system can do, by trying.

use super::files::Files;
use super::sidecar::keeps_attributes;
use super::temporary::{Temporary, folds_case};
use crate::bucket::{Capabilities, Support};
use crate::error::Error;
use rustix::io::Errno;

impl Files {
    /// Writes and removes a canary under the reserved directory, and reports what was seen.
    pub(super) fn probe(&self) -> Result<Capabilities, Error> {
        let call = self.call("probe", "");
        match folds_case(&self.root) {
            Ok(folds) => Ok(self.report(folds)),
            Err(errno @ (Errno::ACCESS | Errno::PERM | Errno::ROFS)) => Ok(read_only(errno)),
            Err(errno) => Err(call.failed(errno, "writing a canary file")),
        }
    }

    fn report(&self, folds_case: bool) -> Capabilities {
        let mut fallbacks = Vec::new();
        // The probe's own rename has shown whether there is one that spares what is there.
        let spares = Temporary::create(&self.root)
            .and_then(|from| {
                let to = Temporary::create(&self.root)?;
                self.root.rename_sparing(&from.place(), &to.place())
            })
            .err()
            == Some(Errno::EXIST);
        if !self.root.renames_without_replacing() {
            fallbacks.push("no rename that spares an existing file: link, then unlink".to_owned());
        }
        if !Temporary::create(&self.root).is_ok_and(|canary| keeps_attributes(&canary.file)) {
            fallbacks.push(
                "no extended attributes: tags and metadata stand in files under .lakegate"
                    .to_owned(),
            );
        }
        let mut refusals = Vec::new();
        if folds_case {
            refusals.push(
                "the file system takes names that differ only in case for the same: \
                 one object could stand for another"
                    .to_owned(),
            );
        }
        if !spares {
            refusals.push("the file system replaces a file that a rename should spare".to_owned());
        }
        let spares = if spares { Support::Yes } else { Support::No };
        Capabilities {
            tags: Support::Yes,
            copy_replaces_tags: Support::Yes,
            put_if_absent: spares,
            copy_if_absent: spares,
            copy_if_source_matches: Support::Yes,
            delete_if_matches: Support::Yes,
            versions: Support::No,
            checksums: Support::No,
            exact_keys: if folds_case { Support::No } else { Support::Yes },
            fallbacks,
            refusals,
        }
    }
}

fn read_only(errno: Errno) -> Capabilities {
    Capabilities {
        tags: Support::Unknown,
        copy_replaces_tags: Support::Unknown,
        put_if_absent: Support::Unknown,
        copy_if_absent: Support::Unknown,
        copy_if_source_matches: Support::Unknown,
        delete_if_matches: Support::Unknown,
        versions: Support::No,
        checksums: Support::No,
        exact_keys: Support::Unknown,
        fallbacks: Vec::new(),
        refusals: vec![format!("the folder cannot be written to: {errno}")],
    }
}
