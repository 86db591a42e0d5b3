//! The gate: flows, their runs, and what people may ask of them.

use crate::driver::{Driver, Until};
use crate::error::{Error, Result};
use crate::flow::Flow;
use crate::links::Links;
use crate::outbox::Channel;
use crate::progress::Progress;
use lakegate_core::environment::{Clock, Entropy};
use lakegate_core::ids::{FlowName, RunId};
use lakegate_core::machine::{MACHINE_VERSION, Phase, RunParams};
use lakegate_ledger::{Ledger, NewRun, Run};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// What a gate is made of.
pub struct GateOptions {
    /// The ledger that it owns.
    pub ledger: Ledger,
    /// Its flows.
    pub flows: Vec<Flow>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids.
    pub entropy: Arc<dyn Entropy>,
    /// The installation's secret, at least 32 bytes.
    pub secret: Vec<u8>,
    /// Where notices go.
    pub channels: Vec<Channel>,
    /// The subject of notices; `None` for the default.
    pub subject: Option<String>,
    /// Where the review pages are reached, without a slash at the end.
    pub public_url: String,
}

/// All flows of one installation. Cloning it is cheap; all clones are the same gate.
#[derive(Clone)]
pub struct Gate {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Ledger,
    flows: BTreeMap<FlowName, Arc<Flow>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    links: Links,
    channels: Vec<Channel>,
    subject: Option<String>,
    public_url: String,
    live: Mutex<HashMap<RunId, Live>>,
    /// Rings when there may be something to do: a new run, a new message.
    work: Notify,
    /// Runs begin one after the other: two that begin at once would claim the same objects.
    beginning: tokio::sync::Mutex<()>,
}

/// What is kept of a run while this process knows it.
#[derive(Clone, Default)]
struct Live {
    progress: Arc<Progress>,
    decided: Arc<Notify>,
}

impl Gate {
    /// A gate that does nothing until asked.
    pub fn new(options: GateOptions) -> Self {
        let flows = options.flows.into_iter().map(|f| (f.name.clone(), Arc::new(f))).collect();
        Self {
            inner: Arc::new(Inner {
                ledger: options.ledger,
                flows,
                clock: options.clock,
                entropy: options.entropy,
                links: Links::derive(&options.secret),
                channels: options.channels,
                subject: options.subject,
                public_url: options.public_url,
                live: Mutex::new(HashMap::new()),
                work: Notify::new(),
                beginning: tokio::sync::Mutex::new(()),
            }),
        }
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    /// Tells the time.
    pub fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// Draws ids.
    pub fn entropy(&self) -> &dyn Entropy {
        self.inner.entropy.as_ref()
    }

    /// Signs and checks links.
    pub fn links(&self) -> &Links {
        &self.inner.links
    }

    /// Where the review pages are reached.
    pub fn public_url(&self) -> &str {
        &self.inner.public_url
    }

    pub(crate) fn channels(&self) -> &[Channel] {
        &self.inner.channels
    }

    pub(crate) fn subject(&self) -> Option<&str> {
        self.inner.subject.as_deref()
    }

    /// All flows, by name.
    pub fn flows(&self) -> impl Iterator<Item = &Arc<Flow>> {
        self.inner.flows.values()
    }

    /// A flow.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn flow(&self, name: &FlowName) -> Result<&Arc<Flow>> {
        self.inner.flows.get(name).ok_or_else(|| Error::NoSuchFlow(name.clone()))
    }

    /// Begins a run: writes it down, no more. [`Gate::drive`] does its work.
    ///
    /// # Errors
    /// [`Error::RunUnderWay`] while another run of the flow is still taking objects in.
    pub async fn begin_run(&self, flow: &FlowName, trigger: &str, actor: &str) -> Result<RunId> {
        let settings = &self.flow(flow)?.settings;
        let _beginning = self.inner.beginning.lock().await;
        if let Some(run) = self.run_taking_in(flow).await? {
            return Err(Error::RunUnderWay { flow: flow.clone(), run });
        }
        let now_ms = self.clock().now_ms();
        let run = RunId::new(self.entropy().id("run", now_ms));
        let params = RunParams {
            run: run.clone(),
            flow: flow.clone(),
            machine_version: MACHINE_VERSION,
            lanes: settings.lanes.max(1),
            review_expires_after_s: settings.review_expires_after_s,
            remind_after_s: settings.remind_after_s.clone(),
            reminders_after_expiry: settings.reminders_after_expiry,
            on_expiry: settings.on_expiry,
        };
        let new =
            NewRun { params, trigger: trigger.to_owned(), actor: actor.to_owned(), at_ms: now_ms };
        self.ledger().begin_run(new).await?;
        self.inner.work.notify_waiters();
        Ok(run)
    }

    /// The run of a flow that is still claiming, inspecting or routing, if there is one.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn run_taking_in(&self, flow: &FlowName) -> Result<Option<RunId>> {
        let open = self.ledger().open_runs().await?;
        let taking_in = |run: &&Run| {
            run.params.flow == *flow
                && matches!(run.phase, Phase::New | Phase::Passing | Phase::Opening)
        };
        Ok(open.iter().find(taking_in).map(|run| run.params.run.clone()))
    }

    /// Does a run's work, from wherever it stands. Dropping the future stops it safely.
    ///
    /// # Errors
    /// The ledger's; what goes wrong with buckets is the run's own business.
    pub async fn drive(&self, run: &RunId, until: Until) -> Result<Phase> {
        self.driver(run, 1).await?.drive(until).await
    }

    /// As [`Gate::drive`], executing every step more than once. For tests of idempotence.
    ///
    /// # Errors
    /// As [`Gate::drive`].
    pub async fn drive_repeating(
        &self,
        run: &RunId,
        until: Until,
        executions: u32,
    ) -> Result<Phase> {
        self.driver(run, executions).await?.drive(until).await
    }

    async fn driver(&self, run: &RunId, executions: u32) -> Result<Driver> {
        let row = self.ledger().run(run).await?;
        let row = row.ok_or_else(|| Error::NoSuchRun(run.clone()))?;
        let live = self.live(run);
        Ok(Driver {
            run: run.clone(),
            flow: self.flow(&row.params.flow)?.clone(),
            ledger: self.ledger().clone(),
            clock: self.inner.clock.clone(),
            entropy: self.inner.entropy.clone(),
            progress: live.progress,
            decided: live.decided,
            executions,
        })
    }

    /// How far a run is, as long as this process drives it.
    pub fn progress(&self, run: &RunId) -> Arc<Progress> {
        self.live(run).progress
    }

    /// Tells whoever drives the run that the ledger holds new decisions.
    pub(crate) fn ring(&self, run: &RunId) {
        self.live(run).decided.notify_one();
        self.inner.work.notify_waiters();
    }

    /// Resolves when there may be something new to do.
    pub(crate) async fn work(&self) {
        self.inner.work.notified().await;
    }

    fn live(&self, run: &RunId) -> Live {
        let mut live = self.inner.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.entry(run.clone()).or_default().clone()
    }

    /// Forgets what is kept of a run that is over.
    pub(crate) fn forget(&self, run: &RunId) {
        self.inner.live.lock().unwrap_or_else(PoisonError::into_inner).remove(run);
    }
}
