//! CPU time of this process and of its children, as the kernel counts it.

use std::process::{Command, Stdio};

/// The kernel's clock ticks a second, which are the same on every Linux of today.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds, user and system, that this process has used.
pub(crate) fn own_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// CPU seconds that a command uses, its output thrown away; in steps of 10 ms.
pub(crate) fn command_seconds(command: &mut Command) -> std::io::Result<f64> {
    let before: f64 = fields()?[2..].iter().sum();
    command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let after: f64 = fields()?[2..].iter().sum();
    Ok((after - before) / TICKS_PER_SECOND)
}

/// `utime`, `stime`, `cutime` and `cstime` of proc(5), in ticks.
fn fields() -> std::io::Result<[f64; 4]> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let numbers: Vec<f64> =
        behind_name.split_whitespace().skip(11).take(4).filter_map(|n| n.parse().ok()).collect();
    numbers.try_into().map_err(|_| std::io::Error::other("no CPU times in /proc/self/stat"))
}
