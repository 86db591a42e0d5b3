//! The gate in this process.

use super::{ObjectFilter, actor};
use crate::assembly::build_gate;
use crate::config::Config;
use crate::failure::Failure;
use lakegate_core::ids::{FlowName, PassageId, ReviewId, RunId};
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::verdict::Verdict;
use lakegate_gate::{Ask, Gate, Reconciliation, Until};
use lakegate_ledger::{DecisionResult, Ledger};
use lakegate_server::view::{
    self, AuditPage, AuditVerdict, DecisionsView, ObjectPage, ObjectQuery, ObjectStory, ObjectView,
    ReviewView, RunView,
};
use std::collections::BTreeMap;

/// A gate that this process owns.
pub struct Here {
    /// The gate.
    pub gate: Gate,
}

impl Here {
    pub(super) async fn new(config: Config, ledger: Ledger) -> Result<Self, Failure> {
        Ok(Self { gate: build_gate(config, ledger).await? })
    }

    pub(super) async fn runs(
        &self,
        flow: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RunView>, Failure> {
        let flow = flow.map(FlowName::new);
        Ok(view::runs(&self.gate, flow.as_ref(), limit).await?)
    }

    pub(super) async fn run(&self, id: &str) -> Result<RunView, Failure> {
        Ok(view::run(&self.gate, &RunId::new(id)).await?)
    }

    pub(super) async fn reviews(&self, all: bool, limit: u32) -> Result<Vec<ReviewView>, Failure> {
        Ok(view::reviews(&self.gate, !all, limit).await?)
    }

    pub(super) async fn review(&self, id: &str) -> Result<ReviewView, Failure> {
        Ok(view::review(&self.gate, &ReviewId::new(id)).await?)
    }

    pub(super) async fn objects(&self, filter: &ObjectFilter) -> Result<ObjectPage, Failure> {
        let state = filter.state.as_deref().map(|text| {
            PassageState::parse(text)
                .ok_or_else(|| Failure::usage(format!("there is no state `{text}`")))
        });
        let verdict = filter.verdict.as_deref().map(|text| {
            Verdict::parse(&text.to_uppercase())
                .ok_or_else(|| Failure::usage(format!("there is no verdict `{text}`")))
        });
        let query = ObjectQuery {
            run: filter.run.as_deref().map(RunId::new),
            flow: None,
            states: state.transpose()?.into_iter().collect(),
            verdicts: verdict.transpose()?.into_iter().collect(),
            archived: filter.archived,
            key_prefix: filter.key.clone(),
            cursor: None,
            limit: filter.limit,
        };
        Ok(view::objects(&self.gate, query).await?)
    }

    pub(super) async fn story(&self, id: &str) -> Result<ObjectStory, Failure> {
        Ok(view::story(&self.gate, &PassageId::new(id)).await?)
    }

    pub(super) async fn decide(
        &self,
        objects: &[String],
        run: Option<&str>,
        kind: DecisionKind,
        reason: &str,
    ) -> Result<DecisionsView, Failure> {
        let mut asks = Vec::new();
        for name in objects {
            let passage = self.gate.held_object(name).await?;
            asks.push(Ask { passage: passage.id, content_hash: passage.content_hash });
        }
        if let Some(run) = run {
            asks.extend(self.gate.undecided(&RunId::new(run)).await?);
        }
        let answers = self.gate.decide(&asks, kind, &actor(), reason).await?;
        let mut runs = Vec::new();
        for answer in answers.iter().filter(|a| a.result == DecisionResult::Recorded) {
            let passage = self.gate.ledger().passage(&answer.passage).await?;
            runs.extend(passage.map(|passage| passage.run));
        }
        runs.sort();
        runs.dedup();
        // No server will: the moves are this command's.
        for run in runs {
            self.gate.drive(&run, Until::Routed).await?;
        }
        self.gate.purge_trash().await?;
        Ok(view::answers(&answers))
    }

    pub(super) async fn restore(&self, id: &str) -> Result<ObjectView, Failure> {
        let id = PassageId::new(id);
        self.gate.restore(&id, &actor()).await?;
        Ok(view::object(&self.gate, &id).await?)
    }

    pub(super) async fn reconcile(
        &self,
        flow: Option<&str>,
        mend: bool,
    ) -> Result<BTreeMap<String, Reconciliation>, Failure> {
        let names: Vec<FlowName> = match flow {
            Some(name) => vec![FlowName::new(name)],
            None => self.gate.flows().map(|flow| flow.name.clone()).collect(),
        };
        let mut reports = BTreeMap::new();
        for name in names {
            reports.insert(name.to_string(), self.gate.reconcile(&name, mend).await?);
        }
        Ok(reports)
    }

    pub(super) async fn audit(&self, after: i64, limit: u32) -> Result<AuditPage, Failure> {
        Ok(view::audit(&self.gate, after, limit).await?)
    }

    pub(super) async fn verify_audit(&self) -> Result<AuditVerdict, Failure> {
        Ok(view::verify_audit(&self.gate).await?)
    }
}
