//! Conditions over what was found in an object, in CEL (the Common Expression Language). The policy and
//! the suppression rules are made of them.

use crate::detection::{Category, Detection};
use crate::object::Tags;
use crate::verdict::{Severity, Verdict};
use cel::common::ast::Expr;
use cel::objects::{Key, Map};
use cel::{Context, Env, IdedExpr, Program, Value};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The variables that every condition may use.
pub const VARIABLES: [&str; 9] =
    ["verdict", "severity", "categories", "types", "counts", "key", "size_bytes", "tags", "source"];

/// A condition may be at most this long.
pub const CONDITION_BYTES_MAX: usize = 4_096;

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

/// Why a condition can not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConditionError {
    /// It is not CEL.
    #[error("the condition is not valid: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// It uses a name that is not a variable.
    #[error("there is no variable `{name}`; there are {}", variables.join(", "))]
    UnknownVariable {
        /// The unknown name.
        name: String,
        /// The names that exist.
        variables: Vec<String>,
    },
}

/// What the evaluation of a condition gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It holds.
    Holds,
    /// It does not.
    DoesNotHold,
    /// It can not be evaluated, or is neither true nor false, and why.
    Unusable(String),
}

/// A condition, compiled.
pub(crate) struct Condition(Program);

impl Condition {
    /// Compiles a condition and checks that it names only these variables.
    pub fn compile(text: &str, variables: &[&str]) -> Result<Self, ConditionError> {
        let syntax = |message: String| ConditionError::Syntax { message };
        if text.len() > CONDITION_BYTES_MAX {
            return Err(syntax(format!("longer than {CONDITION_BYTES_MAX} bytes")));
        }
        let program = Program::compile(text).map_err(|e| syntax(e.to_string()))?;
        match unknown_variable(program.expression(), variables, &mut Vec::new()) {
            Some(name) => {
                let variables = variables.iter().map(|name| (*name).to_owned()).collect();
                Err(ConditionError::UnknownVariable { name, variables })
            }
            None => Ok(Self(program)),
        }
    }

    /// Whether it holds.
    pub fn evaluate(&self, context: &Context<'_, '_>) -> Outcome {
        match self.0.execute(context) {
            Ok(Value::Bool(true)) => Outcome::Holds,
            Ok(Value::Bool(false)) => Outcome::DoesNotHold,
            Ok(_) => Outcome::Unusable("its condition is neither true nor false".to_owned()),
            Err(error) => Outcome::Unusable(error.to_string()),
        }
    }
}

/// What all conditions of one set are evaluated in.
pub(crate) struct Conditions {
    environment: Arc<Env>,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { environment: Arc::new(Env::stdlib()) }
    }
}

impl Conditions {
    /// The variables with their values.
    pub fn context(&self, facts: &Facts<'_>) -> Context<'_, '_> {
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

/// The first name that is neither a variable of ours nor bound by a macro such as `all`.
fn unknown_variable<'e>(
    expression: &'e IdedExpr,
    variables: &[&str],
    bound: &mut Vec<&'e str>,
) -> Option<String> {
    match &expression.expr {
        Expr::Ident(name) => {
            let known = variables.contains(&name.as_str()) || bound.contains(&name.as_str());
            (!known && !name.starts_with('@')).then(|| name.clone())
        }
        Expr::Call(call) => {
            let parts = call.target.iter().map(|t| &**t).chain(&call.args);
            first_unknown(parts, variables, bound)
        }
        Expr::List(list) => first_unknown(&list.elements, variables, bound),
        Expr::Select(select) => unknown_variable(&select.operand, variables, bound),
        Expr::Comprehension(comprehension) => {
            let c = comprehension;
            let outer = bound.len();
            let range = first_unknown([&c.iter_range, &c.accu_init], variables, bound);
            bound.extend([c.iter_var.as_str(), c.accu_var.as_str()]);
            bound.extend(c.iter_var2.as_deref());
            let inner = first_unknown([&c.loop_cond, &c.loop_step, &c.result], variables, bound);
            bound.truncate(outer);
            range.or(inner)
        }
        // Maps and structs are no conditions on an object; what they name fails at evaluation.
        Expr::Map(_) | Expr::Struct(_) | Expr::Literal(_) | Expr::Unspecified => None,
    }
}

fn first_unknown<'e>(
    expressions: impl IntoIterator<Item = &'e IdedExpr>,
    variables: &[&str],
    bound: &mut Vec<&'e str>,
) -> Option<String> {
    expressions.into_iter().find_map(|expression| unknown_variable(expression, variables, bound))
}

fn text(text: &str) -> Value {
    Value::String(Arc::new(text.to_owned()))
}

fn map<'a>(entries: impl Iterator<Item = (&'a str, Value)>) -> Value {
    let map: HashMap<Key, Value> =
        entries.map(|(name, value)| (Key::String(Arc::new(name.to_owned())), value)).collect();
    Value::Map(Map { map: Arc::new(map) })
}
