//! Policy: written rules that say what a verdict leads to without a person.
//!
//! Rules are tried in order; the first whose condition holds decides. Where none does, the default
//! holds: `CLEAN` is released, all else is held. A condition is an expression in CEL (the Common
//! Expression Language) over the variables of [`VARIABLES`].
//!
//! Policy must never release what an error left behind: a condition that can not be evaluated holds,
//! a `FAILED` object is never released, and what was not fully inspected is released only by a rule
//! that says in so many words that it may be ([`Rule::release_uninspected`]).

use crate::condition::{Condition, Conditions, Outcome};
pub use crate::condition::{ConditionError, Facts};
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The variables that a condition may use: those of [`condition::VARIABLES`](crate::condition::VARIABLES),
/// and whether a suppression rule archives the finding.
pub const VARIABLES: [&str; 10] = [
    "verdict",
    "severity",
    "categories",
    "types",
    "counts",
    "key",
    "size_bytes",
    "tags",
    "source",
    ARCHIVED,
];

/// The variable that says whether a suppression rule archives the finding.
const ARCHIVED: &str = "archived";

/// A policy may have at most this many rules.
pub const RULES_MAX: usize = 256;

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// On to `scanned-data`.
    Release,
    /// To `manual-review`, until somebody decides.
    Hold,
    /// To the trash, with its retention time.
    Deny,
}

impl Action {
    /// The action's name in configuration and ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Release => "release",
            Action::Hold => "hold",
            Action::Deny => "deny",
        }
    }

    /// The action of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Action::Release, Action::Hold, Action::Deny].into_iter().find(|a| a.as_str() == text)
    }
}

/// One rule, as the configuration writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, recorded with every object that it decides on.
    pub name: String,
    /// The condition, in CEL.
    pub when: String,
    /// What it leads to.
    pub action: Action,
    /// Lets `action = "release"` apply to `PARTIAL` and `UNSCANNABLE` objects too. Without it such a
    /// rule holds them.
    #[serde(default)]
    pub release_uninspected: bool,
}

/// What the policy says about one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// What is done.
    pub action: Action,
    /// The rule that said so; `default` for the default.
    pub rule: String,
    /// Why the rule's own action was not taken, if it was not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub overruled: Option<String>,
}

/// Why a policy can not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A condition can not be used.
    #[error("policy rule `{rule}`: {problem}")]
    Condition {
        /// The rule's name.
        rule: String,
        /// What is wrong with it.
        problem: ConditionError,
    },
    /// Too many rules, or two rules of one name.
    #[error("policy: {0}")]
    Shape(String),
}

/// Rules, compiled.
#[derive(Default)]
pub struct Policy {
    rules: Vec<(Rule, Condition)>,
    conditions: Conditions,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.rules.iter().map(|(rule, _)| &rule.name)).finish()
    }
}

impl Policy {
    /// Compiles rules and checks that they name only variables that exist.
    pub fn compile(rules: Vec<Rule>) -> Result<Self, Error> {
        if rules.len() > RULES_MAX {
            return Err(Error::Shape(format!("{} rules; at most {RULES_MAX}", rules.len())));
        }
        let mut names = BTreeSet::new();
        let mut compiled = Vec::with_capacity(rules.len());
        for rule in rules {
            if !names.insert(rule.name.clone()) || rule.name == "default" {
                return Err(Error::Shape(format!("the rule name `{}` is taken", rule.name)));
            }
            let condition = Condition::compile(&rule.when, &VARIABLES)
                .map_err(|problem| Error::Condition { rule: rule.name.clone(), problem })?;
            compiled.push((rule, condition));
        }
        Ok(Self { rules: compiled, ..Self::default() })
    }

    /// What to do with an object. `archived`: whether a suppression rule archives its finding. By itself
    /// that changes nothing: only a rule that asks for it can release what is archived.
    pub fn rule(&self, facts: &Facts<'_>, archived: bool) -> Ruling {
        if !self.rules.is_empty() {
            let mut context = self.conditions.context(facts);
            context.add_variable_from_value(ARCHIVED, archived);
            for (rule, condition) in &self.rules {
                match condition.evaluate(&context) {
                    Outcome::Holds => return restrained(rule, facts.verdict),
                    Outcome::DoesNotHold => {}
                    Outcome::Unusable(why) => return unusable(rule, &why),
                }
            }
        }
        let action = if facts.verdict == Verdict::Clean { Action::Release } else { Action::Hold };
        Ruling { action, rule: "default".into(), overruled: None }
    }
}

/// A rule's own action, unless that would release what was not inspected.
fn restrained(rule: &Rule, verdict: Verdict) -> Ruling {
    let overruled = match (rule.action, verdict) {
        (Action::Release, Verdict::Failed) => Some("a FAILED object is never released by a rule"),
        (Action::Release, Verdict::Partial | Verdict::Unscannable) if !rule.release_uninspected => {
            Some("the rule does not say release_uninspected = true")
        }
        _ => None,
    };
    Ruling {
        action: if overruled.is_some() { Action::Hold } else { rule.action },
        rule: rule.name.clone(),
        overruled: overruled.map(str::to_owned),
    }
}

fn unusable(rule: &Rule, why: &str) -> Ruling {
    Ruling { action: Action::Hold, rule: rule.name.clone(), overruled: Some(why.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::{Category, Detection};
    use crate::object::Tags;
    use crate::verdict::Severity;

    fn rule(when: &str, action: Action) -> Rule {
        Rule { name: "r".into(), when: when.into(), action, release_uninspected: false }
    }

    fn ruling(rules: Vec<Rule>, verdict: Verdict, severity: Option<Severity>) -> Ruling {
        let detections: Vec<Detection> = severity
            .map(|severity| Detection {
                identifier: "EMAIL_ADDRESS".into(),
                name: "E-mail address".into(),
                category: Category::PersonalInformation,
                severity,
                count: 3,
                occurrences: Vec::new(),
            })
            .into_iter()
            .collect();
        let tags = Tags::from([("team".to_owned(), "sales".to_owned())]);
        let facts = Facts {
            verdict,
            detections: &detections,
            key: "in/a.csv",
            size_bytes: 12,
            tags: &tags,
            source: "orders",
        };
        Policy::compile(rules).unwrap().rule(&facts, false)
    }

    #[test]
    fn the_default_releases_clean_and_holds_the_rest() {
        for verdict in Verdict::ALL {
            let expected = if verdict == Verdict::Clean { Action::Release } else { Action::Hold };
            assert_eq!(ruling(vec![], verdict, None).action, expected, "{verdict}");
        }
    }

    #[test]
    fn conditions_see_every_variable() {
        for when in [
            "verdict == 'FINDINGS'",
            "severity != 'High'",
            "'PERSONAL_INFORMATION' in categories",
            "'EMAIL_ADDRESS' in types",
            "counts['EMAIL_ADDRESS'] < 10",
            "key.startsWith('in/') && key.endsWith('.csv')",
            "size_bytes < 100",
            "tags['team'] == 'sales'",
            "source == 'orders'",
            "types.all(t, t == 'EMAIL_ADDRESS')",
        ] {
            let got =
                ruling(vec![rule(when, Action::Release)], Verdict::Findings, Some(Severity::Low));
            assert_eq!((got.action, got.overruled), (Action::Release, None), "{when}");
        }
    }

    #[test]
    fn archiving_releases_nothing_by_itself() {
        let facts = Facts {
            verdict: Verdict::Findings,
            detections: &[],
            key: "k",
            size_bytes: 1,
            tags: &Tags::new(),
            source: "s",
        };
        assert_eq!(Policy::default().rule(&facts, true).action, Action::Hold);
        let asked = Policy::compile(vec![rule("archived", Action::Release)]).unwrap();
        assert_eq!(asked.rule(&facts, true).action, Action::Release);
        assert_eq!(asked.rule(&facts, false).action, Action::Hold);
    }

    #[test]
    fn what_can_not_be_evaluated_holds() {
        let got =
            ruling(vec![rule("tags['absent'] == 'x'", Action::Release)], Verdict::Clean, None);
        assert_eq!(got.action, Action::Hold);
        assert!(got.overruled.is_some());
        assert_eq!(
            ruling(vec![rule("1 + 1", Action::Release)], Verdict::Clean, None).action,
            Action::Hold
        );
    }

    #[test]
    fn no_rule_releases_what_failed_nor_by_accident_what_was_not_inspected() {
        let release = rule("true", Action::Release);
        let knowing = Rule { release_uninspected: true, ..release.clone() };
        for (verdict, plain, told) in [
            (Verdict::Clean, Action::Release, Action::Release),
            (Verdict::Findings, Action::Release, Action::Release),
            (Verdict::Partial, Action::Hold, Action::Release),
            (Verdict::Unscannable, Action::Hold, Action::Release),
            (Verdict::Failed, Action::Hold, Action::Hold),
        ] {
            assert_eq!(ruling(vec![release.clone()], verdict, None).action, plain, "{verdict}");
            assert_eq!(ruling(vec![knowing.clone()], verdict, None).action, told, "{verdict}");
        }
    }

    #[test]
    fn bad_rules_are_refused_with_their_name() {
        let syntax = Policy::compile(vec![rule("verdict ==", Action::Hold)]).unwrap_err();
        assert!(syntax.to_string().contains("`r`"), "{syntax}");
        let unknown = Policy::compile(vec![rule("verdikt == 'CLEAN'", Action::Hold)]).unwrap_err();
        assert!(unknown.to_string().contains("no variable `verdikt`"), "{unknown}");
        let twice = vec![rule("true", Action::Hold), rule("false", Action::Hold)];
        assert!(Policy::compile(twice).is_err());
    }
}
