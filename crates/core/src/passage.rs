//! A passage: one object's way through one run, and the states it may take.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a passage stands. See [`PassageState::may_become`] for the order of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PassageState {
    /// Seen in `raw`, not yet anybody's.
    Landed,
    /// A run owns it; its bytes are still in `raw`.
    Claimed,
    /// Its bytes are in `scan-stage`.
    Staged,
    /// It has a verdict.
    Scanned,
    /// Its bytes are in `scanned-data`. Final.
    Released,
    /// Its bytes are in `manual-review`, waiting for a decision.
    Held,
    /// Its bytes are in the trash of `manual-review`, or were there until their retention ended. Final.
    Denied,
    /// A redacted copy is in `scanned-data`. Final.
    Redacted,
    /// Nobody answered in time: still held, and reported as such. A decision is still possible.
    Expired,
    /// Something stood in the way: the object vanished, changed, or could not be moved. Its bytes are
    /// where the last state before left them. An operator's.
    Failed,
}

impl PassageState {
    /// Every state.
    pub const ALL: [PassageState; 10] = [
        PassageState::Landed,
        PassageState::Claimed,
        PassageState::Staged,
        PassageState::Scanned,
        PassageState::Released,
        PassageState::Held,
        PassageState::Denied,
        PassageState::Redacted,
        PassageState::Expired,
        PassageState::Failed,
    ];

    /// The state as it stands in the ledger and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            PassageState::Landed => "landed",
            PassageState::Claimed => "claimed",
            PassageState::Staged => "staged",
            PassageState::Scanned => "scanned",
            PassageState::Released => "released",
            PassageState::Held => "held",
            PassageState::Denied => "denied",
            PassageState::Redacted => "redacted",
            PassageState::Expired => "expired",
            PassageState::Failed => "failed",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// Whether a passage may go from this state straight to `next`. There is no way to `Released`
    /// but from `Scanned` (by a verdict and the policy) and from `Held` or `Expired` (by a decision).
    pub fn may_become(self, next: PassageState) -> bool {
        use PassageState::*;
        match self {
            Landed => matches!(next, Claimed),
            Claimed => matches!(next, Staged | Failed),
            Staged => matches!(next, Scanned | Failed),
            Scanned => matches!(next, Released | Held | Denied | Failed),
            Held => matches!(next, Released | Denied | Redacted | Expired | Failed),
            Expired => matches!(next, Released | Denied | Redacted | Failed),
            // What failed lands anew, as another passage.
            Failed | Released | Denied | Redacted => false,
        }
    }

    /// Whether nothing further can happen to the passage.
    pub fn is_final(self) -> bool {
        matches!(self, PassageState::Released | PassageState::Denied | PassageState::Redacted)
    }
}

impl fmt::Display for PassageState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a person decides about one held object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DecisionKind {
    /// Release it as it is.
    Approve,
    /// Move it to the trash.
    Deny,
    /// Release a redacted copy.
    Redact,
}

impl DecisionKind {
    /// The decision's name in the CLI, the API and the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            DecisionKind::Approve => "approve",
            DecisionKind::Deny => "deny",
            DecisionKind::Redact => "redact",
        }
    }

    /// The decision of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [DecisionKind::Approve, DecisionKind::Deny, DecisionKind::Redact]
            .into_iter()
            .find(|d| d.as_str() == text)
    }
}

impl fmt::Display for DecisionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_is_reached_by_a_verdict_or_a_decision_only() {
        let sources: Vec<_> = PassageState::ALL
            .into_iter()
            .filter(|s| s.may_become(PassageState::Released))
            .collect();
        assert_eq!(sources, [PassageState::Scanned, PassageState::Held, PassageState::Expired]);
    }

    #[test]
    fn names_round_trip() {
        for state in PassageState::ALL {
            assert_eq!(PassageState::parse(state.as_str()), Some(state));
        }
    }
}
