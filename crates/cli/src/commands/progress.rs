//! How far a run is: a bar on a terminal, a line every ten seconds elsewhere.

use crate::failure::Failure;
use crate::output::Output;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use lakegate_core::ids::RunId;
use lakegate_gate::{Gate, ProgressReading};
use std::time::Duration;

/// How often the bar is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(200);

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Does the work, and shows how far the run is meanwhile.
pub(super) async fn show<T, E>(
    gate: &Gate,
    run: &RunId,
    output: &mut Output,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure>
where
    Failure: From<E>,
{
    let progress = gate.progress(run);
    let bar = output.draws_progress().then(bar);
    let every = if bar.is_some() { DRAW_EVERY } else { LINE_EVERY };
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                if let Some(bar) = bar {
                    bar.finish_and_clear();
                }
                return Ok(done?);
            }
            () = tokio::time::sleep(every) => {
                let reading = progress.read();
                match &bar {
                    Some(bar) => {
                        bar.set_length(reading.claimed);
                        bar.set_position(reading.routed);
                        bar.set_message(words(&reading));
                    }
                    None => output.note(&format!("{run}: {}", words(&reading))),
                }
            }
        }
    }
}

fn bar() -> ProgressBar {
    let template = "{spinner} [{bar:30}] {pos}/{len} {msg} {per_sec}";
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    ProgressBar::new(0).with_style(style)
}

fn words(reading: &ProgressReading) -> String {
    format!(
        "{} claimed, {} staged, {} inspected ({}), {} routed",
        reading.claimed,
        reading.staged,
        reading.scanned,
        HumanBytes(reading.bytes),
        reading.routed
    )
}
