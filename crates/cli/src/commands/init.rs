//! `lakegate init [DIR]`

use crate::arguments::Init;
use crate::config::{Config, Location, TEMPLATE};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::Output;
use crate::session::make_state_dir;
use lakegate_core::object::Zone;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The name of the file that is written.
const FILE_NAME: &str = "lakegate.toml";

pub(super) fn run(init: &Init, output: &mut Output) -> Result<Exit, Failure> {
    let file = write(init)?;
    output.text(&format!("{}\n", file.display()))?;
    output.note(&format!(
        "Wrote {} and made its folders. Put files into {}, then run\n  lakegate --config {} run",
        file.display(),
        init.dir.join("zones/raw").display(),
        file.display()
    ));
    Ok(Exit::Done)
}

/// Writes the file and makes the folders that it names.
pub(super) fn write(init: &Init) -> Result<PathBuf, Failure> {
    create_folder(&init.dir)?;
    let file = init.dir.join(FILE_NAME);
    write_new(&file)?;
    let config = Config::load(&file, Vec::new(), [])?;
    make_state_dir(&config.state_dir)?;
    for flow in &config.flows {
        for zone in Zone::ALL {
            if let Location::Folder(folder) = flow.zones.get(zone) {
                create_folder(folder)?;
            }
        }
    }
    Ok(file)
}

fn create_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| {
        let message = format!("the folder {} can not be made", folder.display());
        Failure::new(Exit::Failed, Report::new("INIT", message).caused_by(&error))
    })
}

/// Writes the file where there is none; another one is never touched.
fn write_new(file: &Path) -> Result<(), Failure> {
    let written =
        OpenOptions::new().write(true).create_new(true).open(file).and_then(|mut open| {
            open.write_all(TEMPLATE.as_bytes()).and_then(|()| open.sync_all())
        });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(
            Exit::Failed,
            Report::new("INIT_EXISTS", format!("{} exists already", file.display()))
                .with_hint("nothing was changed; take another folder, or remove the file first"),
        ),
        _ => {
            let message = format!("{} can not be written", file.display());
            Failure::new(Exit::Failed, Report::new("INIT", message).caused_by(&error))
        }
    })
}
