//! Which findings of a scan are archived: by conditions of the command line, and by a flow's rules.

use super::Scanned;
use crate::arguments::{Global, Scan};
use crate::commands::load_config;
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use lakegate_core::object::Tags;
use lakegate_core::policy::Facts;
use lakegate_core::suppression::{Suppression, SuppressionError, SuppressionRule};

/// What a condition sees as `source` where no flow is named.
const SOURCE: &str = "scan";

/// The suppression rules of a scan.
pub(super) struct Archive {
    /// The conditions of the command line; each is its own name.
    given: Suppression,
    flow: Option<Suppression>,
    source: String,
}

impl Archive {
    /// Compiles what the flags name.
    pub(super) fn read(scan: &Scan, global: &Global) -> Result<Self, Failure> {
        let rule = |when: &String| SuppressionRule { name: when.clone(), when: when.clone() };
        let rules: Vec<SuppressionRule> = scan.suppress.iter().map(rule).collect();
        let given = Suppression::compile(&rules).map_err(|error| refused(&error))?;
        let Some(name) = &scan.suppress_flow else {
            return Ok(Self { given, flow: None, source: SOURCE.to_owned() });
        };
        let config = load_config(global, Vec::new())?;
        let flow = config.flows.into_iter().find(|flow| flow.name.as_str() == name);
        let flow = flow.ok_or_else(|| {
            let report = Report::new("GATE_NO_SUCH_FLOW", format!("there is no flow `{name}`"))
                .with_hint("`lakegate config show` names the flows");
            Failure::new(Exit::Usage, report)
        })?;
        Ok(Self { given, flow: Some(flow.suppression), source: name.clone() })
    }

    /// Whether there is any rule.
    pub(super) fn has_rules(&self) -> bool {
        !self.given.is_empty() || self.flow.as_ref().is_some_and(|flow| !flow.is_empty())
    }

    /// The rule that archives an object's finding.
    pub(super) fn archives(&self, scanned: &Scanned, tags: &Tags) -> Option<String> {
        let inspected = scanned.result.as_ref().ok()?;
        let facts = Facts {
            verdict: inspected.verdict,
            detections: &inspected.detections,
            key: &scanned.object.key,
            size_bytes: scanned.object.size_bytes,
            tags,
            source: &self.source,
        };
        let by_flow = || self.flow.as_ref()?.archives(&facts);
        self.given.archives(&facts).or_else(by_flow).map(str::to_owned)
    }
}

fn refused(error: &SuppressionError) -> Failure {
    let hint = "a condition is CEL, such as \"key.startsWith('test/') && severity == 'Low'\"";
    Failure::new(Exit::Usage, Report::new("USAGE", error.to_string()).with_hint(hint))
}
