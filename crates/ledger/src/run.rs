//! Runs: their beginning, their standing, and what came of them.

use crate::cells::{Cells, to_json, unreadable};
use crate::write::Entry;
use crate::{Error, Ledger, Result, bulk};
use lakegate_core::ids::{FlowName, RunId};
use lakegate_core::machine::{Outcome, Phase, RunParams};
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::Verdict;
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, HashMap};

/// A run about to begin.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// What the run is told; its id is in it.
    pub params: RunParams,
    /// What started it, such as `schedule`, `request` or `arrival`.
    pub trigger: String,
    /// Who started it.
    pub actor: String,
    /// When.
    pub at_ms: i64,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What it was told at its start.
    pub params: RunParams,
    /// What started it.
    pub trigger: String,
    /// Who started it.
    pub actor: String,
    /// How far it is.
    pub phase: Phase,
    /// When it began.
    pub started_ms: i64,
    /// When it closed.
    pub closed_ms: Option<i64>,
    /// Bytes of all objects it claimed.
    pub bytes: u64,
    /// Its passages, counted.
    pub counts: RunCounts,
    /// What came of it, once it is closed.
    pub outcome: Option<Outcome>,
}

/// The passages of a run, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// Passages by the state in which they are now. States without any are left out.
    pub by_state: BTreeMap<PassageState, u64>,
    /// Passages by verdict. Verdicts without any are left out, and so is what has none yet.
    pub by_verdict: BTreeMap<Verdict, u64>,
}

impl RunCounts {
    /// All passages of the run: every object that it ever claimed.
    pub fn claimed(&self) -> u64 {
        self.by_state.values().sum()
    }

    /// Passages that are in this state now.
    pub fn in_state(&self, state: PassageState) -> u64 {
        self.by_state.get(&state).copied().unwrap_or(0)
    }

    /// Passages that have this verdict.
    pub fn with_verdict(&self, verdict: Verdict) -> u64 {
        self.by_verdict.get(&verdict).copied().unwrap_or(0)
    }

    /// Passages on which a decision is possible: held and expired ones.
    pub fn undecided(&self) -> u64 {
        self.in_state(PassageState::Held) + self.in_state(PassageState::Expired)
    }
}

impl Ledger {
    /// Writes down that a run begins. Answers `false`, and changes nothing, when it is there already.
    ///
    /// # Errors
    /// [`Error::IdTaken`] when a run with that id was told something else.
    pub async fn begin_run(&self, new: NewRun) -> Result<bool> {
        let run = &new.params.run;
        let params = to_json("runs.params", &new.params)?;
        let mut write = self.write().await?;
        let made = sqlx::query(
            "INSERT INTO runs (id, flow, params, triggered_by, actor, phase, started_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
        )
        .bind(run.as_str())
        .bind(new.params.flow.as_str())
        .bind(&params)
        .bind(&new.trigger)
        .bind(&new.actor)
        .bind(phase_name(Phase::New))
        .bind(new.at_ms)
        .execute(write.connection())
        .await?
        .rows_affected();
        if made == 0 {
            let known: String = sqlx::query_scalar("SELECT params FROM runs WHERE id = $1")
                .bind(run.as_str())
                .fetch_one(write.connection())
                .await?;
            if known != params {
                return Err(Error::IdTaken { what: "run", id: run.to_string() });
            }
            return Ok(false);
        }
        write
            .audit(Entry {
                at_ms: new.at_ms,
                actor: &new.actor,
                action: "run.begun",
                run: Some(run.as_str()),
                passage: None,
                state: None,
                detail: json!({ "flow": new.params.flow, "trigger": new.trigger }).to_string(),
            })
            .await?;
        write.commit().await?;
        Ok(true)
    }

    /// A run by its id.
    ///
    /// # Errors
    /// As the database's.
    pub async fn run(&self, run: &RunId) -> Result<Option<Run>> {
        let rows = sqlx::query(AssertSqlSafe(format!("{SELECT_RUNS} WHERE id = $1")))
            .bind(run.as_str())
            .fetch_all(self.reader())
            .await?;
        Ok(self.with_counts(&rows).await?.pop())
    }

    /// Runs, of one flow or of all, the newest first.
    ///
    /// # Errors
    /// As the database's.
    pub async fn runs(&self, flow: Option<&FlowName>, limit: u32) -> Result<Vec<Run>> {
        let (filter, order) = (" WHERE flow = $2", " ORDER BY started_ms DESC, id DESC LIMIT $1");
        let filter = if flow.is_some() { filter } else { "" };
        let mut query = sqlx::query(AssertSqlSafe(format!("{SELECT_RUNS}{filter}{order}")))
            .bind(i64::from(limit));
        if let Some(flow) = flow {
            query = query.bind(flow.as_str());
        }
        self.with_counts(&query.fetch_all(self.reader()).await?).await
    }

    /// Runs that are not closed, the oldest first.
    ///
    /// # Errors
    /// As the database's.
    pub async fn open_runs(&self) -> Result<Vec<Run>> {
        let sql = format!("{SELECT_RUNS} WHERE closed_ms IS NULL ORDER BY started_ms, id");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(self.reader()).await?;
        self.with_counts(&rows).await
    }

    async fn with_counts(&self, rows: &[SqliteRow]) -> Result<Vec<Run>> {
        let mut runs = rows.iter().map(run_row).collect::<Result<Vec<_>>>()?;
        let ids: Vec<_> = runs.iter().map(|run| run.params.run.clone()).collect();
        let mut tallies: HashMap<String, (RunCounts, u64)> = HashMap::new();
        for chunk in bulk::chunks(&ids) {
            let sql = format!(
                "SELECT run, state, verdict, objects, bytes FROM run_tallies \
                 WHERE objects > 0 AND run IN {}",
                bulk::rows(1, chunk.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for id in chunk {
                query = query.bind(id.as_str());
            }
            for row in query.fetch_all(self.reader()).await? {
                add_tally(&mut tallies, &row)?;
            }
        }
        for run in &mut runs {
            if let Some((counts, bytes)) = tallies.remove(run.params.run.as_str()) {
                run.counts = counts;
                run.bytes = bytes;
            }
        }
        Ok(runs)
    }
}

const SELECT_RUNS: &str =
    "SELECT params, triggered_by, actor, phase, started_ms, closed_ms, outcome FROM runs";

fn run_row(row: &SqliteRow) -> Result<Run> {
    let mut cells = Cells::of(row);
    Ok(Run {
        params: cells.json("runs.params")?,
        trigger: cells.next()?,
        actor: cells.next()?,
        phase: cells.named("runs.phase", parse_phase)?,
        started_ms: cells.next()?,
        closed_ms: cells.next()?,
        bytes: 0,
        counts: RunCounts::default(),
        outcome: cells.json_or_null("runs.outcome")?,
    })
}

fn add_tally(tallies: &mut HashMap<String, (RunCounts, u64)>, row: &SqliteRow) -> Result<()> {
    let mut cells = Cells::of(row);
    let (counts, total) = tallies.entry(cells.next()?).or_default();
    let state = cells.named("run_tallies.state", PassageState::parse)?;
    let verdict: &str = cells.next()?;
    let objects = cells.unsigned("run_tallies.objects")?;
    *total += cells.unsigned("run_tallies.bytes")?;
    *counts.by_state.entry(state).or_default() += objects;
    if !verdict.is_empty() {
        let verdict = Verdict::parse(verdict).ok_or_else(|| unreadable("run_tallies.verdict"))?;
        *counts.by_verdict.entry(verdict).or_default() += objects;
    }
    Ok(())
}

const PHASES: [(Phase, &str); 6] = [
    (Phase::New, "new"),
    (Phase::Passing, "passing"),
    (Phase::Opening, "opening"),
    (Phase::Reviewing, "reviewing"),
    (Phase::Closing, "closing"),
    (Phase::Closed, "closed"),
];

pub(crate) fn phase_name(phase: Phase) -> &'static str {
    PHASES.iter().find(|(p, _)| *p == phase).map_or("new", |(_, name)| name)
}

fn parse_phase(text: &str) -> Option<Phase> {
    PHASES.iter().find(|(_, name)| *name == text).map(|(phase, _)| *phase)
}
