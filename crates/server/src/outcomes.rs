//! What came of a form, kept for the page that is shown after it, and for a form that is sent twice.
//!
//! It is a courtesy: it is lost with the process, and the ledger has the truth.

use lakegate_core::passage::DecisionKind;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Outcomes that are kept, the newest.
const OUTCOMES_MAX: usize = 256;

/// Lines that are kept of one outcome; further ones are counted.
pub(crate) const LINES_MAX: usize = 200;

/// What came of one form or request.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// What it belongs to: a review's id, or the API.
    pub(crate) scope: String,
    /// The form's own number.
    pub(crate) id: String,
    /// What was asked.
    pub(crate) kind: DecisionKind,
    /// Decisions that were recorded.
    pub(crate) recorded: u64,
    /// Decisions that were not.
    pub(crate) refused: u64,
    /// The first lines, the refused ones before the others.
    pub(crate) lines: Vec<Line>,
    /// The answer as it was given, where it was JSON.
    pub(crate) answer: Option<serde_json::Value>,
}

/// What came of one object's decision.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) key: String,
    pub(crate) is_recorded: bool,
    pub(crate) text: String,
}

/// The outcomes.
#[derive(Default)]
pub(crate) struct Outcomes {
    kept: Mutex<VecDeque<Arc<Outcome>>>,
}

impl Outcomes {
    pub(crate) fn keep(&self, outcome: Outcome) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= OUTCOMES_MAX {
            kept.pop_front();
        }
        kept.push_back(Arc::new(outcome));
    }

    pub(crate) fn find(&self, scope: &str, id: &str) -> Option<Arc<Outcome>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().find(|o| o.scope == scope && o.id == id).cloned()
    }
}
