//! The embedded driver: one run, from where its journal ends to where it has to wait.
//!
//! It replays the journal, executes the calls that have no answer, appends what happens to the
//! journal, and only then begins what that leads to. Dropping it at any moment is safe: what was under
//! way is begun again the next time, and every call is idempotent.
//!
//! It must hold no rule of the gate's: those are the machine's.

use crate::error::{Error, Result};
use crate::flow::Flow;
use crate::perform::{Failure, Work, perform};
use crate::progress::Progress;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use lakegate_core::environment::{Clock, Entropy};
use lakegate_core::ids::RunId;
use lakegate_core::machine::{
    Call, CallError, CallId, Command, Event, Machine, Outcome, Phase, TimerId,
};
use lakegate_ledger::{JournalBatch, Ledger};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How far to drive a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until everything is routed, decisions are carried out and due timers have fired: the run is
    /// closed, or can only wait for people.
    Routed,
    /// Until its review is closed.
    Closed,
}

/// What a driver works with.
pub(crate) struct Driver {
    pub(crate) run: RunId,
    pub(crate) flow: Arc<Flow>,
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) progress: Arc<Progress>,
    /// Rings when the ledger holds a new decision for the run.
    pub(crate) decided: Arc<Notify>,
    /// Executes every call this many times: 1, or more in tests of idempotence.
    pub(crate) executions: u32,
}

type Answer = (CallId, std::result::Result<Event, Error>);

/// A run as its driver holds it.
struct State {
    machine: Machine,
    journal_length: u64,
    timers: BTreeMap<TimerId, i64>,
}

impl Driver {
    /// Drives the run. Answers with the phase that it has reached.
    pub(crate) async fn drive(&self, until: Until) -> Result<Phase> {
        let mut state = self.replay().await?;
        let mut calls: FuturesUnordered<BoxFuture<'_, Answer>> = FuturesUnordered::new();
        let mut inbox = Vec::new();
        if state.machine.phase() == Phase::New {
            inbox.push(Event::Start);
        }
        for (id, call) in state.machine.open_calls() {
            calls.push(Box::pin(self.execute(id, call.clone())));
        }
        if !self.ledger.pending_decisions(&self.run, 1).await?.is_empty() {
            inbox.push(Event::Decided);
        }
        loop {
            if !inbox.is_empty() {
                let events = std::mem::take(&mut inbox);
                let begun = {
                    let taking = self.take(&mut state, events);
                    beside(taking, &mut calls, &mut inbox).await?
                };
                for (id, call) in begun {
                    calls.push(Box::pin(self.execute(id, call)));
                }
                continue;
            }
            inbox = self.due(&state.timers);
            if !inbox.is_empty() {
                continue;
            }
            if reached(until, state.machine.phase(), calls.is_empty()) {
                return Ok(state.machine.phase());
            }
            tokio::select! {
                Some((_, answer)) = calls.next(), if !calls.is_empty() => inbox.push(answer?),
                () = self.decided.notified() => inbox.push(Event::Decided),
                () = self.until_due(&state.timers) => {}
            }
        }
    }

    async fn replay(&self) -> Result<State> {
        let run = self.ledger.run(&self.run).await?;
        let run = run.ok_or_else(|| Error::NoSuchRun(self.run.clone()))?;
        let mut machine = Machine::new(run.params);
        let journal = self.ledger.journal(&self.run).await?;
        let journal_length = journal.len() as u64;
        for event in journal {
            machine.step(event);
        }
        let timers = self.ledger.timers(&self.run).await?.into_iter().collect();
        Ok(State { machine, journal_length, timers })
    }

    /// Feeds events to the machine and makes it permanent; answers with the calls to begin.
    async fn take(&self, state: &mut State, events: Vec<Event>) -> Result<Vec<(CallId, Call)>> {
        let now_ms = self.clock.now_ms();
        let mut calls = Vec::new();
        let (mut started, mut cancelled) = (Vec::new(), Vec::new());
        let mut outcome: Option<Outcome> = None;
        for event in &events {
            if let Event::TimerFired { id } = event {
                state.timers.remove(id);
            }
            for command in state.machine.step(event.clone()) {
                match command {
                    Command::Call { id, call } => calls.push((id, call)),
                    Command::StartTimer { id, after_s } => {
                        let after_ms = i64::try_from(after_s.saturating_mul(1_000));
                        started.push((id, now_ms.saturating_add(after_ms.unwrap_or(i64::MAX))));
                    }
                    Command::CancelTimer { id } => cancelled.push(id),
                    Command::Finish { outcome: end } => outcome = Some(end),
                }
            }
        }
        let batch = JournalBatch {
            after: state.journal_length,
            events: &events,
            phase: state.machine.phase(),
            timers_started: &started,
            timers_cancelled: &cancelled,
            outcome: outcome.as_ref(),
            at_ms: now_ms,
        };
        self.ledger.append(&self.run, &batch).await?;
        state.journal_length += events.len() as u64;
        state.timers.extend(started);
        for id in cancelled {
            state.timers.remove(&id);
        }
        Ok(calls)
    }

    /// Executes a call, again after a pause when it fails in a way that may pass.
    async fn execute(&self, id: CallId, call: Call) -> Answer {
        let settings = &self.flow.settings;
        let attempts_max = settings.attempts_max.max(1);
        let mut pause_ms = settings.retry_first_ms;
        let mut attempt = 1;
        loop {
            match self.attempt(id, &call, attempt == attempts_max).await {
                Ok(event) => return (id, Ok(event(id))),
                Err(Failure::Ledger(error)) => return (id, Err(error.into())),
                Err(Failure::Retry(error)) if attempt >= attempts_max => {
                    tracing::error!(run = %self.run, code = error.kind.code(), "call failed for good");
                    let error = CallError {
                        code: error.kind.code().to_owned(),
                        message: format!("{} failed", error.operation),
                    };
                    return (id, Ok(Event::Failed { id, error }));
                }
                Err(Failure::Retry(error)) => {
                    let code = error.kind.code();
                    tracing::warn!(run = %self.run, attempt, code, %error, "call failed, trying again");
                    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                    pause_ms = pause_ms.saturating_mul(2).min(settings.retry_max_ms);
                    attempt += 1;
                }
            }
        }
    }

    async fn attempt(
        &self,
        id: CallId,
        call: &Call,
        last_attempt: bool,
    ) -> std::result::Result<impl FnOnce(CallId) -> Event + use<>, Failure> {
        let work = Work {
            run: &self.run,
            call: id,
            flow: &self.flow,
            ledger: &self.ledger,
            clock: self.clock.as_ref(),
            entropy: self.entropy.as_ref(),
            progress: &self.progress,
            last_attempt,
        };
        for _ in 1..self.executions {
            perform(call, &work).await?;
        }
        let out = perform(call, &work).await?;
        Ok(move |id| Event::Done { id, out })
    }

    fn due(&self, timers: &BTreeMap<TimerId, i64>) -> Vec<Event> {
        let now_ms = self.clock.now_ms();
        timers
            .iter()
            .filter(|(_, due_ms)| **due_ms <= now_ms)
            .map(|(id, _)| Event::TimerFired { id: *id })
            .collect()
    }

    /// Waits for the next timer; for ever when there is none.
    async fn until_due(&self, timers: &BTreeMap<TimerId, i64>) {
        match timers.values().min() {
            Some(due_ms) => {
                let wait_ms = due_ms.saturating_sub(self.clock.now_ms()).max(0);
                tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())).await;
            }
            None => std::future::pending().await,
        }
    }
}

/// Awaits `taking` while the calls go on. A call may hold the ledger's one connection that writes: if
/// it stood still meanwhile, neither would ever end.
async fn beside<T>(
    taking: impl Future<Output = Result<T>>,
    calls: &mut FuturesUnordered<BoxFuture<'_, Answer>>,
    inbox: &mut Vec<Event>,
) -> Result<T> {
    tokio::pin!(taking);
    loop {
        tokio::select! {
            taken = &mut taking => return taken,
            Some((_, answer)) = calls.next(), if !calls.is_empty() => inbox.push(answer?),
        }
    }
}

fn reached(until: Until, phase: Phase, idle: bool) -> bool {
    match until {
        Until::Routed => idle && matches!(phase, Phase::Reviewing | Phase::Closed),
        Until::Closed => phase == Phase::Closed,
    }
}
