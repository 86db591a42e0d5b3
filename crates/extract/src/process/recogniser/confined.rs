//! The process that becomes the recogniser: it takes from itself what reading a picture does not need, for good,
//! and then runs Tesseract in its place.
//!
//! On Linux a filter of system calls (seccomp) leaves it memory, reading of files (its libraries and its data),
//! and what it was given as input and output: it can write no file, reach no network and start no further process.

use std::ffi::OsString;
use std::process::Command;

/// How this process ends if Tesseract could not be run.
pub(super) const NOT_STARTED: i32 = 127;

/// Files that are open at most.
#[cfg(unix)]
const OPEN_FILES_MAX: u64 = 128;

/// A process that used its CPU time is told so by its own signal, and killed so much later if it goes on.
#[cfg(unix)]
const CPU_GRACE_SECONDS: u64 = 2;

/// Takes what a confined process does not need and runs the program of `arguments`: bytes of memory, seconds of
/// CPU time, the program, and what it is told. Comes back only if that can not be done: the process should end
/// with the number that is given.
pub fn recognise(mut arguments: impl Iterator<Item = OsString>) -> u8 {
    let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
    if let (Some(memory_bytes), Some(cpu_seconds)) = (number(), number())
        && let Some(program) = arguments.next()
    {
        let mut command = Command::new(program);
        command.args(arguments);
        confine(memory_bytes, cpu_seconds);
        #[cfg(unix)]
        let _ = std::os::unix::process::CommandExt::exec(&mut command);
    }
    NOT_STARTED as u8
}

fn confine(memory_bytes: u64, cpu_seconds: u64) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
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
    system_calls::filter();
}

#[cfg(target_os = "linux")]
mod system_calls {
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch,
    };
    use std::collections::BTreeMap;

    /// Those that may be called with anything.
    const ALLOWED: &[i64] = &[
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
        libc::SYS_fcntl,
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

    /// Refuses what is not allowed from here on; does nothing where the kernel can not.
    pub(super) fn filter() {
        if let Some(program) = program() {
            let _ = seccompiler::apply_filter(&program);
        }
    }

    fn program() -> Option<BpfProgram> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
        // Files are opened to be read, and never made.
        let writes = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC;
        let to_read = SeccompCmpOp::MaskedEq(writes as u64);
        rules.insert(libc::SYS_openat, vec![condition(2, to_read, 0)?]);
        #[cfg(target_arch = "x86_64")]
        {
            let to_read = SeccompCmpOp::MaskedEq(writes as u64);
            rules.insert(libc::SYS_open, vec![condition(1, to_read, 0)?]);
        }
        // It may end itself, as it does when it has no memory left, and nobody else.
        let own = u64::from(std::process::id());
        rules.insert(libc::SYS_tgkill, vec![condition(0, SeccompCmpOp::Eq, own)?]);
        // Limits of this process alone.
        rules.insert(libc::SYS_prlimit64, vec![condition(0, SeccompCmpOp::Eq, 0)?]);
        let refuse = SeccompAction::Errno(libc::EPERM as u32);
        let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
        SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch).ok()?.try_into().ok()
    }

    fn condition(argument: u8, operator: SeccompCmpOp, value: u64) -> Option<SeccompRule> {
        let condition =
            SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value).ok()?;
        SeccompRule::new(vec![condition]).ok()
    }
}
