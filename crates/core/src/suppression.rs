//! Suppression rules: findings that nobody needs to look at are archived (macie-engine, section 15).
//!
//! An archived finding stays a finding: it is recorded and reported with `archived` set, its object has
//! the verdict `FINDINGS` and is held. Only a policy rule that asks for `archived` can release it.
//!
//! A suppression rule that can not be evaluated archives nothing.

use crate::condition::{Condition, ConditionError, Conditions, Facts, Outcome, VARIABLES};
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A flow has at most this many suppression rules.
pub const SUPPRESSION_RULES_MAX: usize = 256;

/// One rule, as the configuration writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppressionRule {
    /// Its name, recorded with every finding that it archives.
    pub name: String,
    /// The condition, in CEL.
    pub when: String,
}

/// Why suppression rules can not be used.
#[derive(Debug, thiserror::Error)]
pub enum SuppressionError {
    /// A condition can not be used.
    #[error("suppression rule `{rule}`: {problem}")]
    Condition {
        /// The rule's name.
        rule: String,
        /// What is wrong with it.
        problem: ConditionError,
    },
    /// Too many rules, or two rules of one name.
    #[error("suppression: {0}")]
    Shape(String),
}

/// Suppression rules, compiled.
#[derive(Default)]
pub struct Suppression {
    rules: Vec<(String, Condition)>,
    conditions: Conditions,
}

impl std::fmt::Debug for Suppression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.rules.iter().map(|(name, _)| name)).finish()
    }
}

impl Suppression {
    /// Compiles rules and checks that they name only variables that exist.
    ///
    /// # Errors
    /// When a condition can not be used, or a name is taken.
    pub fn compile(rules: &[SuppressionRule]) -> Result<Self, SuppressionError> {
        if rules.len() > SUPPRESSION_RULES_MAX {
            let message = format!("{} rules; at most {SUPPRESSION_RULES_MAX}", rules.len());
            return Err(SuppressionError::Shape(message));
        }
        let mut names = BTreeSet::new();
        let mut compiled = Vec::with_capacity(rules.len());
        for SuppressionRule { name, when } in rules {
            if !names.insert(name) {
                let message = format!("the rule name `{name}` is taken");
                return Err(SuppressionError::Shape(message));
            }
            let condition = Condition::compile(when, &VARIABLES)
                .map_err(|problem| SuppressionError::Condition { rule: name.clone(), problem })?;
            compiled.push((name.clone(), condition));
        }
        Ok(Self { rules: compiled, ..Self::default() })
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule that archives an object's finding; the first that holds. Without a finding there is
    /// nothing to archive.
    pub fn archives(&self, facts: &Facts<'_>) -> Option<&str> {
        if self.is_empty() || facts.verdict != Verdict::Findings {
            return None;
        }
        let context = self.conditions.context(facts);
        let holds = |condition: &Condition| condition.evaluate(&context) == Outcome::Holds;
        self.rules.iter().find(|(_, condition)| holds(condition)).map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Tags;

    fn archived(when: &str, verdict: Verdict) -> bool {
        let rule = SuppressionRule { name: "r".into(), when: when.into() };
        let (detections, tags) = (&[], &Tags::new());
        let facts =
            Facts { verdict, detections, key: "test/a", size_bytes: 1, tags, source: "orders" };
        Suppression::compile(&[rule]).unwrap().archives(&facts).is_some()
    }

    #[test]
    fn only_findings_are_archived_and_only_by_what_holds() {
        assert!(archived("key.startsWith('test/')", Verdict::Findings));
        assert!(!archived("key.startsWith('prod/')", Verdict::Findings));
        for verdict in [Verdict::Clean, Verdict::Partial, Verdict::Unscannable, Verdict::Failed] {
            assert!(!archived("true", verdict), "{verdict}");
        }
        assert!(!archived("tags['absent'] == 'x'", Verdict::Findings));
        assert!(!archived("1 + 1", Verdict::Findings));
    }

    #[test]
    fn bad_rules_are_refused_with_their_name() {
        let rule = |when: &str| SuppressionRule { name: "r".into(), when: when.into() };
        let refused =
            |rules: &[SuppressionRule]| Suppression::compile(rules).unwrap_err().to_string();
        assert!(refused(&[rule("verdict ==")]).contains("suppression rule `r`"));
        assert!(refused(&[rule("archived")]).contains("no variable `archived`"));
        assert!(refused(&[rule("true"), rule("true")]).contains("`r` is taken"));
    }
}
