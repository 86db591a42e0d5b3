//! Policy: written rules that say what a verdict leads to without a person.
//!
//! Rules are tried in order; the first whose condition holds decides. Where none does, the default
//! holds: `CLEAN` is released, all else is held. A condition is an expression in CEL (the Common
//! Expression Language) over the variables of [`VARIABLES`].
//!
//! Policy must never release what an error left behind: a condition that can not be evaluated holds,
//! a `FAILED` object is never released, and what was not fully inspected is released only by a rule
//! that says in so many words that it may be ([`Rule::release_uninspected`]).

use crate::detection::{Category, Detection};
use crate::object::Tags;
use crate::verdict::{Severity, Verdict};
use cel::common::ast::Expr;
use cel::objects::{Key, Map};
use cel::{Context, Env, IdedExpr, Program, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The variables that a condition may use.
pub const VARIABLES: [&str; 9] =
    ["verdict", "severity", "categories", "types", "counts", "key", "size_bytes", "tags", "source"];

/// A policy may have at most this many rules.
pub const RULES_MAX: usize = 256;

/// A condition may be at most this long.
pub const CONDITION_BYTES_MAX: usize = 4_096;

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

/// What a condition can see of an object.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// What was found.
    pub detections: &'a [Detection],
    /// The object's key.
    pub key: &'a str,
    /// Its size.
    pub size_bytes: u64,
    /// The producer's tags.
    pub tags: &'a Tags,
    /// The flow's name.
    pub source: &'a str,
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
    /// A condition is not CEL.
    #[error("policy rule `{rule}`: the condition is not valid: {message}")]
    Syntax {
        /// The rule's name.
        rule: String,
        /// What the parser says.
        message: String,
    },
    /// A condition uses a name that is not a variable.
    #[error("policy rule `{rule}`: there is no variable `{name}`; there are {}", VARIABLES.join(", "))]
    UnknownVariable {
        /// The rule's name.
        rule: String,
        /// The unknown name.
        name: String,
    },
    /// Too many rules, or too long a condition, or two rules of one name.
    #[error("policy: {0}")]
    Shape(String),
}

/// Rules, compiled.
pub struct Policy {
    rules: Vec<(Rule, Program)>,
    environment: Arc<Env>,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.rules.iter().map(|(rule, _)| &rule.name)).finish()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { rules: Vec::new(), environment: Arc::new(Env::stdlib()) }
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
            let program = compile_rule(&rule)?;
            compiled.push((rule, program));
        }
        Ok(Self { rules: compiled, ..Self::default() })
    }

    /// What to do with an object.
    pub fn rule(&self, facts: &Facts<'_>) -> Ruling {
        if !self.rules.is_empty() {
            let context = self.context(facts);
            for (rule, program) in &self.rules {
                match program.execute(&context) {
                    Ok(Value::Bool(true)) => return restrained(rule, facts.verdict),
                    Ok(Value::Bool(false)) => {}
                    Ok(_) => return unusable(rule, "its condition is neither true nor false"),
                    Err(error) => return unusable(rule, &error.to_string()),
                }
            }
        }
        let action = if facts.verdict == Verdict::Clean { Action::Release } else { Action::Hold };
        Ruling { action, rule: "default".into(), overruled: None }
    }

    fn context(&self, facts: &Facts<'_>) -> Context<'_, '_> {
        let mut context = Context::with_env(self.environment.clone());
        let severity = facts.detections.iter().map(|d| d.severity).max();
        let categories: BTreeSet<Category> = facts.detections.iter().map(|d| d.category).collect();
        let texts = |texts: Vec<&str>| {
            Value::List(Arc::new(texts.into_iter().map(text).collect::<Vec<_>>()))
        };
        let counts = facts.detections.iter().map(|d| {
            (d.identifier.as_str(), Value::Int(i64::try_from(d.count).unwrap_or(i64::MAX)))
        });
        let tags = facts.tags.iter().map(|(name, value)| (name.as_str(), text(value)));
        let size = i64::try_from(facts.size_bytes).unwrap_or(i64::MAX);
        context.add_variable_from_value("verdict", text(facts.verdict.as_str()));
        context.add_variable_from_value("severity", text(severity.map_or("", Severity::as_str)));
        context.add_variable_from_value(
            "categories",
            texts(categories.into_iter().map(Category::as_str).collect()),
        );
        context.add_variable_from_value(
            "types",
            texts(facts.detections.iter().map(|d| d.identifier.as_str()).collect()),
        );
        context.add_variable_from_value("counts", map(counts));
        context.add_variable_from_value("key", text(facts.key));
        context.add_variable_from_value("size_bytes", Value::Int(size));
        context.add_variable_from_value("tags", map(tags));
        context.add_variable_from_value("source", text(facts.source));
        context
    }
}

fn compile_rule(rule: &Rule) -> Result<Program, Error> {
    let syntax = |message: String| Error::Syntax { rule: rule.name.clone(), message };
    if rule.when.len() > CONDITION_BYTES_MAX {
        return Err(syntax(format!("longer than {CONDITION_BYTES_MAX} bytes")));
    }
    let program = Program::compile(&rule.when).map_err(|e| syntax(e.to_string()))?;
    let unknown = unknown_variable(program.expression(), &mut Vec::new());
    match unknown {
        Some(name) => Err(Error::UnknownVariable { rule: rule.name.clone(), name }),
        None => Ok(program),
    }
}

/// The first name that is neither a variable of ours nor bound by a macro such as `all`.
fn unknown_variable<'e>(expression: &'e IdedExpr, bound: &mut Vec<&'e str>) -> Option<String> {
    match &expression.expr {
        Expr::Ident(name) => {
            let known = VARIABLES.contains(&name.as_str()) || bound.contains(&name.as_str());
            (!known && !name.starts_with('@')).then(|| name.clone())
        }
        Expr::Call(call) => {
            let parts = call.target.iter().map(|t| &**t).chain(&call.args);
            first_unknown(parts, bound)
        }
        Expr::List(list) => first_unknown(&list.elements, bound),
        Expr::Select(select) => unknown_variable(&select.operand, bound),
        Expr::Comprehension(comprehension) => {
            let c = comprehension;
            let outer = bound.len();
            let range = first_unknown([&c.iter_range, &c.accu_init], bound);
            bound.extend([c.iter_var.as_str(), c.accu_var.as_str()]);
            bound.extend(c.iter_var2.as_deref());
            let inner = first_unknown([&c.loop_cond, &c.loop_step, &c.result], bound);
            bound.truncate(outer);
            range.or(inner)
        }
        // Maps and structs are no conditions on an object; what they name fails at evaluation.
        Expr::Map(_) | Expr::Struct(_) | Expr::Literal(_) | Expr::Unspecified => None,
    }
}

fn first_unknown<'e>(
    expressions: impl IntoIterator<Item = &'e IdedExpr>,
    bound: &mut Vec<&'e str>,
) -> Option<String> {
    expressions.into_iter().find_map(|expression| unknown_variable(expression, bound))
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

fn text(text: &str) -> Value {
    Value::String(Arc::new(text.to_owned()))
}

fn map<'a>(entries: impl Iterator<Item = (&'a str, Value)>) -> Value {
    let map: HashMap<Key, Value> =
        entries.map(|(name, value)| (Key::String(Arc::new(name.to_owned())), value)).collect();
    Value::Map(Map { map: Arc::new(map) })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        Policy::compile(rules).unwrap().rule(&facts)
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
