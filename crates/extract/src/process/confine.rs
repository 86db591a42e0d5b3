//! What the child may use: so much memory and time, the files it has open, and nothing else.
//!
//! Limits of resources hold on every Unix. On Linux a filter of system calls (seccomp) refuses everything
//! but reading and writing what is open, memory and the like: no file can be opened, no socket made, no
//! program started, and no memory become code. Where the kernel has no such filter the rest still holds.

#[cfg(target_os = "linux")]
use super::system_calls::Allowed;
use crate::limits::Limits;
#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// Files that are open at most: the pipes and the spools.
#[cfg(unix)]
const OPEN_FILES_MAX: u64 = 64;

/// What holds a process that reads objects, as it found out itself when it had confined itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// No file can be opened and no socket made: the filter of system calls is in force.
    pub system_calls: bool,
    /// The memory of the process is bounded.
    pub memory: bool,
    /// Its CPU time is bounded.
    pub cpu_time: bool,
    /// So many files may be open and no more, and no image of its memory is written.
    pub files: bool,
}

impl Confinement {
    /// Whether all of it holds.
    pub fn is_whole(&self) -> bool {
        self.system_calls && self.memory && self.cpu_time && self.files
    }

    /// What it is in words, and whether it holds.
    pub fn parts(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("system calls are filtered (seccomp)", self.system_calls),
            ("memory is bounded", self.memory),
            ("CPU time is bounded", self.cpu_time),
            ("open files and core images are bounded", self.files),
        ]
    }
}

/// Tries what the confinement forbids. The process must have entered it.
pub(super) fn tried() -> Confinement {
    let denied = |error: Option<std::io::Error>| {
        error.is_some_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
    };
    let is_filtered = denied(std::fs::File::open("/").err())
        && denied(std::net::UdpSocket::bind("127.0.0.1:0").err());
    #[cfg(unix)]
    {
        let limits = Limits::default();
        begin_object(&limits);
        let bounded = |resource, most| getrlimit(resource).current.is_some_and(|now| now <= most);
        Confinement {
            system_calls: is_filtered,
            memory: bounded(Resource::As, limits.process_memory_bytes),
            cpu_time: getrlimit(Resource::Cpu).current.is_some(),
            files: bounded(Resource::Nofile, OPEN_FILES_MAX) && bounded(Resource::Core, 0),
        }
    }
    #[cfg(not(unix))]
    Confinement { system_calls: is_filtered, ..Confinement::default() }
}

/// Confines this process for good.
pub(super) fn enter() {
    #[cfg(unix)]
    {
        for (resource, most) in [(Resource::Core, 0), (Resource::Nofile, OPEN_FILES_MAX)] {
            let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
        }
    }
    #[cfg(target_os = "linux")]
    {
        // Nobody but root may look into what the child reads.
        let _ =
            rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
        filter_calls();
    }
}

/// Gives the next object its memory and its first time.
pub(super) fn begin_object(limits: &Limits) {
    #[cfg(target_os = "linux")]
    limit(Resource::As, limits.process_memory_bytes);
    advanced(limits);
}

/// The object came on: it may use its time anew.
pub(super) fn advanced(limits: &Limits) {
    #[cfg(unix)]
    {
        let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        limit(Resource::Cpu, used.tv_sec as u64 + 1 + limits.stalled_cpu_seconds);
    }
}

/// Lowers what may be used; what can not be set was lower before.
#[cfg(unix)]
fn limit(resource: Resource, most: u64) {
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(most, |maximum| maximum.min(most)));
    let _ = setrlimit(resource, Rlimit { current, maximum });
}

/// Those that may be called with anything.
#[cfg(target_os = "linux")]
const ALLOWED_CALLS: &[i64] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_lseek,
    libc::SYS_ftruncate,
    libc::SYS_fstat,
    libc::SYS_close,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Refuses system calls that are not allowed from here on; does nothing where the kernel can not.
#[cfg(target_os = "linux")]
fn filter_calls() {
    // Memory never becomes code.
    let not_code = || seccompiler::SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64);
    Allowed::new(ALLOWED_CALLS)
        .with(libc::SYS_mmap, 2, not_code(), &[0])
        .with(libc::SYS_mprotect, 2, not_code(), &[0])
        .enter();
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::{Read, Seek, Write};

    /// The filter holds for the thread that sets it, so one thread can try what is refused.
    #[test]
    fn nothing_can_be_opened_reached_or_started() {
        let mut spool = tempfile::tempfile().unwrap();
        let refused = std::thread::spawn(move || {
            filter_calls();
            assert!(tried().system_calls);
            spool.write_all(&vec![7; 1 << 20]).unwrap();
            spool.rewind().unwrap();
            let mut back = Vec::with_capacity(4 << 20);
            spool.read_to_end(&mut back).unwrap();
            assert_eq!(back.len(), 1 << 20);
            let file = std::fs::File::open("/etc/hostname");
            let made = std::fs::write("/tmp/lakegate-should-not-be", b"x");
            let socket = std::net::UdpSocket::bind("127.0.0.1:0");
            let program = std::process::Command::new("/bin/true").spawn();
            [file.err(), made.err(), socket.err(), program.err()]
                .map(|error| error.map(|error| error.kind()))
        });
        let denied = Some(std::io::ErrorKind::PermissionDenied);
        assert_eq!(refused.join().unwrap(), [denied; 4]);
    }
}
