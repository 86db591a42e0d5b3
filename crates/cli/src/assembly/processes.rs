//! The processes that read objects of complex formats: this program once more, told to do nothing else.

use crate::READING_PROCESS;
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use lakegate_extract::process::Pool;
use std::path::PathBuf;
use std::sync::Arc;

/// A pool of such processes. None is started before it is needed.
///
/// # Errors
/// When this program's own file is not known.
pub fn reading_processes() -> Result<Arc<Pool>, Failure> {
    // The program that runs, even if another version was put in its place since.
    let running = PathBuf::from("/proc/self/exe");
    let program = if running.exists() { Ok(running) } else { std::env::current_exe() };
    let program = program.map_err(|error| {
        let report = Report::new("SCAN_PROCESS", "this program's own file is not known");
        Failure::new(Exit::Failed, report.caused_by(&error))
    })?;
    Ok(Arc::new(Pool::new(program, vec![READING_PROCESS.into()])))
}
