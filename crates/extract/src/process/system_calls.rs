//! Filters of system calls (seccomp): what is not allowed is refused, for good and for all that a process becomes.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

/// Calls with what may be told them: nothing said is anything.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// What a process may call.
pub(super) struct Allowed {
    /// `None` once something could not be said.
    rules: Option<Rules>,
}

impl Allowed {
    /// These calls with anything; and what each process may do with itself alone.
    pub fn new(calls: &[i64]) -> Self {
        let rules = calls.iter().map(|call| (*call, Vec::new())).collect();
        // It may end itself, as it does when it has no memory left, and nobody else.
        let own = u64::from(std::process::id());
        Self { rules: Some(rules) }
            .with(libc::SYS_tgkill, 0, SeccompCmpOp::Eq, &[own])
            // Limits of this process alone.
            .with(libc::SYS_prlimit64, 0, SeccompCmpOp::Eq, &[0])
    }

    /// And this call, if one of its arguments, counted from 0, is to one of the values as `operator` says.
    pub fn with(self, call: i64, argument: u8, operator: SeccompCmpOp, values: &[u64]) -> Self {
        let rule = |value: &u64| {
            let length = SeccompCmpArgLen::Dword;
            let condition = SeccompCondition::new(argument, length, operator.clone(), *value);
            SeccompRule::new(vec![condition.ok()?]).ok()
        };
        let rules = self.rules.and_then(|mut rules| {
            let ways: Option<Vec<_>> = values.iter().map(rule).collect();
            rules.insert(call, ways?);
            Some(rules)
        });
        Self { rules }
    }

    /// Refuses everything else from here on; does nothing where the kernel can not.
    pub fn enter(self) {
        let program: Option<BpfProgram> = self.rules.and_then(|rules| {
            let refuse = SeccompAction::Errno(libc::EPERM as u32);
            let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
            let filter = SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch).ok()?;
            filter.try_into().ok()
        });
        if let Some(program) = program {
            let _ = seccompiler::apply_filter(&program);
        }
    }
}
