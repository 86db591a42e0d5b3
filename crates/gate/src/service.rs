//! The service: everything that goes on by itself, until it is told to stop.
//!
//! Stopping drops what is under way; the next start goes on from the ledger. That is the same path as
//! after a crash, so it is the one that is tested most.

use crate::driver::Until;
use crate::error::Error;
use crate::gate::Gate;
use crate::triggers::Triggers;
use futures_util::FutureExt;
use lakegate_core::ids::RunId;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often to look for runs and messages when nothing rings.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often to delete what moves left.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(60);

/// How long to leave a run alone after its driver failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

impl Gate {
    /// Drives all open runs, begins new ones when they are due, delivers notices and keeps house, until
    /// `stop` resolves.
    pub async fn serve(&self, triggers: Vec<Triggers>, stop: impl Future<Output = ()>) {
        let mut tasks = JoinSet::new();
        for trigger in triggers {
            if let Some(every) = trigger.watch_every {
                let (gate, trigger) = (self.clone(), trigger.clone());
                tasks.spawn(async move { gate.watch(&trigger, every).await });
            }
            let gate = self.clone();
            tasks.spawn(async move { gate.keep_schedule(&trigger).await });
        }
        let gate = self.clone();
        tasks.spawn(async move { gate.keep_delivering().await });
        let gate = self.clone();
        tasks.spawn(async move { gate.keep_house().await });
        tokio::select! {
            () = stop => {}
            () = self.drive_all() => {}
        }
        tasks.shutdown().await;
    }

    /// Keeps a driver for every open run. Never ends.
    async fn drive_all(&self) {
        let mut driven: BTreeSet<RunId> = BTreeSet::new();
        let mut drivers: JoinSet<RunId> = JoinSet::new();
        loop {
            match self.ledger().open_runs().await {
                Ok(open) => {
                    for run in open {
                        if driven.insert(run.params.run.clone()) {
                            let gate = self.clone();
                            drivers.spawn(async move { gate.drive_one(run.params.run).await });
                        }
                    }
                }
                Err(error) => tracing::error!(%error, "open runs not known"),
            }
            tokio::select! {
                Some(ended) = drivers.join_next(), if !drivers.is_empty() => {
                    if let Ok(run) = ended {
                        driven.remove(&run);
                    }
                }
                () = self.work() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn drive_one(&self, run: RunId) -> RunId {
        let driven = std::panic::AssertUnwindSafe(self.drive(&run, Until::Closed));
        match driven.catch_unwind().await {
            Ok(Ok(_)) => {
                tracing::info!(%run, "run closed");
                self.forget(&run);
            }
            Ok(Err(error @ Error::NoSuchFlow(_))) => {
                tracing::error!(%run, %error, "run left alone: its flow is not configured");
                std::future::pending::<()>().await;
            }
            Ok(Err(error)) => {
                tracing::error!(%run, code = error.code(), %error, "run stopped, trying again");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
            Err(_) => {
                tracing::error!(%run, "driver panicked, trying again");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
        run
    }

    async fn keep_delivering(&self) {
        loop {
            if let Err(error) = self.deliver().await {
                tracing::error!(code = error.code(), %error, "outbox not delivered");
            }
            // Here, not with the rest of the housekeeping: a retention of nothing means at once.
            if let Err(error) = self.purge_trash().await {
                tracing::error!(code = error.code(), %error, "trash not emptied");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn keep_house(&self) {
        loop {
            tokio::time::sleep(HOUSEKEEPING_EVERY).await;
            match self.sweep_sources().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "sources deleted that moves had left"),
                Err(error) => tracing::error!(%error, "housekeeping failed"),
            }
        }
    }
}
