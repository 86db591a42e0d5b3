//! The process that becomes the recogniser: it takes from itself what reading a picture does not need, for good,
//! and then runs Tesseract in its place.
//!
//! On Linux a filter of system calls (seccomp) leaves it memory, reading of files, and what it was given as input and
//! output: it can write no file, reach no network and start no further process. Of files it can read the program
//! itself, its libraries and its data, and run nothing but the program ([`super::files`]).

#[cfg(target_os = "linux")]
use super::files;
#[cfg(target_os = "linux")]
use crate::process::system_calls::Allowed;
#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// How this process ends if Tesseract could not be run.
pub(super) const NOT_STARTED: i32 = 127;

/// Files that are open at most.
#[cfg(unix)]
const OPEN_FILES_MAX: u64 = 128;

/// A process that used its CPU time is told so by its own signal, and killed so much later if it goes on.
#[cfg(unix)]
const CPU_GRACE_SECONDS: u64 = 2;

/// What holds a process that reads pictures, as it found out itself when it had confined itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecogniserConfinement {
    /// It can write no file, reach no network and start no further process: the filter of system calls is in force.
    pub system_calls: bool,
    /// It can read no files but those of the recogniser, and run nothing else.
    pub own_files: bool,
    /// Its memory is bounded.
    pub memory: bool,
    /// Its CPU time is bounded.
    pub cpu_time: bool,
    /// So many files may be open and no more, and no image of its memory is written.
    pub files: bool,
}

impl RecogniserConfinement {
    /// Whether all of it holds.
    pub fn is_whole(&self) -> bool {
        self.parts().iter().all(|(_, holds)| *holds)
    }

    /// What it is in words, and whether it holds.
    pub fn parts(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("system calls are filtered (seccomp)", self.system_calls),
            ("only Tesseract's own files can be read and run (Landlock)", self.own_files),
            ("memory is bounded", self.memory),
            ("CPU time is bounded", self.cpu_time),
            ("open files and core images are bounded", self.files),
        ]
    }
}

/// Takes what a confined process does not need and runs the program of `arguments`: bytes of memory, seconds of
/// CPU time, the program, and what it is told. Comes back only if that can not be done: the process should end
/// with the number that is given.
///
/// Where the program is empty and another one follows, nothing is run: the process tells what holds it.
pub fn recognise(mut arguments: impl Iterator<Item = OsString>) -> u8 {
    let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
    if let (Some(memory_bytes), Some(cpu_seconds)) = (number(), number())
        && let Some(program) = arguments.next()
    {
        if program.is_empty() {
            let program = arguments.next().unwrap_or_default();
            confine(Path::new(&program), memory_bytes, cpu_seconds);
            return tell(&tried(Path::new(&program), memory_bytes));
        }
        let mut command = Command::new(&program);
        command.args(arguments);
        confine(Path::new(&program), memory_bytes, cpu_seconds);
        #[cfg(unix)]
        let _ = std::os::unix::process::CommandExt::exec(&mut command);
    }
    NOT_STARTED as u8
}

fn confine(program: &Path, memory_bytes: u64, cpu_seconds: u64) {
    #[cfg(unix)]
    {
        let at_the_end = cpu_seconds.saturating_add(CPU_GRACE_SECONDS);
        for (resource, most, at_the_end) in [
            (Resource::Core, 0, 0),
            (Resource::Fsize, 0, 0),
            (Resource::Nofile, OPEN_FILES_MAX, OPEN_FILES_MAX),
            (Resource::Cpu, cpu_seconds, at_the_end),
            (Resource::As, memory_bytes, memory_bytes),
        ] {
            let limit = Rlimit { current: Some(most), maximum: Some(at_the_end) };
            let _ = setrlimit(resource, limit);
        }
    }
    #[cfg(target_os = "linux")]
    {
        files::leave(program);
        filter_calls();
    }
    #[cfg(not(target_os = "linux"))]
    let _ = program;
}

/// Tries what the confinement forbids. The process must have entered it.
fn tried(program: &Path, memory_bytes: u64) -> RecogniserConfinement {
    use std::fs::File;
    use std::io::{Error, ErrorKind::PermissionDenied};
    let denied = |error: Option<Error>| error.is_some_and(|error| error.kind() == PermissionDenied);
    let system_calls = denied(File::options().write(true).open("/dev/null").err())
        && denied(std::net::UdpSocket::bind("127.0.0.1:0").err())
        && denied(Command::new(program).spawn().err());
    // There is no system without these.
    let own_files = ["/", "/proc/self/environ"].iter().all(|path| denied(File::open(path).err()))
        && File::open(program).is_ok();
    #[cfg(unix)]
    {
        let bounded = |resource, most| getrlimit(resource).current.is_some_and(|now| now <= most);
        RecogniserConfinement {
            system_calls,
            own_files,
            memory: bounded(Resource::As, memory_bytes),
            cpu_time: getrlimit(Resource::Cpu).current.is_some(),
            files: bounded(Resource::Nofile, OPEN_FILES_MAX) && bounded(Resource::Core, 0),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = memory_bytes;
        RecogniserConfinement { system_calls, own_files, ..RecogniserConfinement::default() }
    }
}

/// Writes what holds this process to its output.
fn tell(confinement: &RecogniserConfinement) -> u8 {
    match serde_json::to_writer(std::io::stdout(), confinement) {
        Ok(()) => 0,
        Err(_) => NOT_STARTED as u8,
    }
}

/// Those that may be called with anything.
#[cfg(target_os = "linux")]
const ALLOWED_CALLS: &[i64] = &[
    libc::SYS_execve,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_close,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_arch_prctl,
];

/// Refuses system calls that are not allowed from here on; does nothing where the kernel can not.
#[cfg(target_os = "linux")]
fn filter_calls() {
    use seccompiler::SeccompCmpOp::{Eq, MaskedEq};
    // Files are opened to be read, and never made.
    let writes = (libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC) as u64;
    // What is open can be opened twice or closed for what comes after, but tell nobody of itself, nor be locked.
    let fcntls =
        [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_DUPFD, libc::F_DUPFD_CLOEXEC];
    let allowed = Allowed::new(ALLOWED_CALLS)
        .with(libc::SYS_openat, 2, MaskedEq(writes), &[0])
        .with(libc::SYS_fcntl, 1, Eq, &fcntls.map(|command| command as u64));
    #[cfg(target_arch = "x86_64")]
    let allowed = allowed.with(libc::SYS_open, 1, MaskedEq(writes), &[0]);
    allowed.enter();
}
