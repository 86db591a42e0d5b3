//! What begins a run without being asked: a schedule, and a watch of what lands.
//!
//! Both only hint. What a run takes is what the listing shows, so a hint that is lost, doubled or late
//! loses nothing.

use crate::cron_time::Utc;
use crate::error::{Error, Result};
use crate::gate::Gate;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use lakegate_core::ids::FlowName;
use lakegate_core::object::ObjectRef;
use lakegate_ledger::Instance;
use std::collections::BTreeSet;
use std::time::Duration;

/// When runs of a flow begin by themselves.
#[derive(Clone, Debug)]
pub enum Schedule {
    /// Never.
    Off,
    /// Each time this long has passed since the last run began.
    Every(Duration),
    /// At the times of a cron pattern, in UTC.
    Cron(Box<Cron>),
}

/// What begins runs of one flow.
#[derive(Clone, Debug)]
pub struct Triggers {
    /// The flow.
    pub flow: FlowName,
    /// Its schedule.
    pub schedule: Schedule,
    /// How often to look at what has landed; `None` does not watch.
    pub watch_every: Option<Duration>,
}

/// Objects that one look at `raw` considers: enough to see that something landed.
const WATCH_OBJECTS_MAX: usize = 1_000;

/// Runs among which the last scheduled one is looked for; where all of them were begun otherwise, the
/// schedule counts from the oldest of them.
const RUNS_LOOKED_AT: u32 = 100;

/// How long to wait where there is nothing to wait for.
const NEVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Schedule {
    /// A schedule by a cron pattern of five fields.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub fn cron(pattern: &str) -> std::result::Result<Self, String> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
        let cron = parser.parse(pattern).map_err(|error| error.to_string())?;
        Ok(Schedule::Cron(Box::new(cron)))
    }

    /// When the next run is due, given when the last one began; `None` for never. In the past when
    /// it was missed.
    fn due_ms(&self, last_ms: Option<i64>, now_ms: i64) -> Option<i64> {
        match self {
            Schedule::Off => None,
            Schedule::Every(interval) => {
                let interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
                Some(last_ms.map_or(now_ms, |last_ms| last_ms.saturating_add(interval_ms)))
            }
            Schedule::Cron(cron) => {
                let after = Utc::from_ms(last_ms.unwrap_or(now_ms))?;
                cron.find_next_occurrence(&after, false).ok().map(|next| next.as_ms())
            }
        }
    }
}

impl Gate {
    /// Begins runs of a flow when they are due. Never ends.
    pub(crate) async fn keep_schedule(&self, triggers: &Triggers) {
        // Where nothing ever ran, the schedule counts from now.
        let since_ms = self.clock().now_ms();
        loop {
            let wait = match self.schedule_wait(triggers, since_ms).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!(flow = %triggers.flow, %error, "schedule not known");
                    Duration::from_secs(5)
                }
            };
            if wait.is_zero() {
                self.trigger(&triggers.flow, "schedule").await;
                // Whatever came of it, not again within the same second.
                tokio::time::sleep(Duration::from_secs(1)).await;
            } else {
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn schedule_wait(&self, triggers: &Triggers, since_ms: i64) -> Result<Duration> {
        // Runs that somebody asked for, or that an arrival began, do not put the schedule off.
        let runs = self.ledger().runs(Some(&triggers.flow), RUNS_LOOKED_AT).await?;
        let scheduled = runs.iter().find(|run| run.trigger == "schedule");
        let last = scheduled.or(runs.last());
        let last_ms = match (&triggers.schedule, last) {
            (_, Some(run)) => Some(run.started_ms),
            (Schedule::Cron(_), None) => Some(since_ms),
            (_, None) => None,
        };
        let now_ms = self.clock().now_ms();
        Ok(match triggers.schedule.due_ms(last_ms, now_ms) {
            Some(due_ms) => {
                let wait_ms = due_ms.saturating_sub(now_ms).max(0).unsigned_abs();
                Duration::from_millis(wait_ms).min(NEVER)
            }
            None => NEVER,
        })
    }

    /// Begins a run of a flow soon after something has landed. Never ends.
    pub(crate) async fn watch(&self, triggers: &Triggers, every: Duration) {
        let mut refused = BTreeSet::new();
        loop {
            tokio::time::sleep(every).await;
            match self.landed(&triggers.flow, &mut refused).await {
                Ok(true) => self.trigger(&triggers.flow, "arrival").await,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(flow = %triggers.flow, code = error.code(), "watch failed");
                }
            }
        }
    }

    /// Whether `raw` holds something that no run has looked at. What a run looked at and left there
    /// (it failed) begins no further run by itself; the schedule and people do.
    async fn landed(&self, flow: &FlowName, seen: &mut BTreeSet<Instance>) -> Result<bool> {
        if self.run_taking_in(flow).await?.is_some() {
            return Ok(false);
        }
        let page = self.flow(flow)?.zones.raw.list("", None, WATCH_OBJECTS_MAX).await?;
        let now: BTreeSet<Instance> = page.objects.iter().map(instance).collect();
        let new = now.iter().any(|instance| !seen.contains(instance));
        *seen = now;
        Ok(new)
    }

    async fn trigger(&self, flow: &FlowName, trigger: &str) {
        match self.begin_run(flow, trigger, &format!("lakegate:{trigger}")).await {
            Ok(run) => tracing::info!(%flow, %run, trigger, "run begun"),
            Err(Error::RunUnderWay { run, .. }) => {
                tracing::info!(%flow, %run, trigger, "the run before is still taking objects in");
            }
            Err(error) => {
                tracing::error!(%flow, trigger, code = error.code(), %error, "no run begun");
            }
        }
    }
}

fn instance(object: &ObjectRef) -> Instance {
    Instance { key: object.key.clone(), etag: object.etag.clone(), version: object.version.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn intervals_count_from_the_last_run_and_begin_at_once_without_one() {
        let schedule = Schedule::Every(Duration::from_secs(6 * 3_600));
        assert_eq!(schedule.due_ms(None, 5), Some(5));
        assert_eq!(schedule.due_ms(Some(HOUR_MS), 2 * HOUR_MS), Some(7 * HOUR_MS));
        assert_eq!(Schedule::Off.due_ms(None, 5), None);
    }

    #[test]
    fn cron_times_are_in_utc() {
        let schedule = Schedule::cron("0 */6 * * *").unwrap();
        assert_eq!(schedule.due_ms(Some(HOUR_MS), HOUR_MS), Some(6 * HOUR_MS));
        assert_eq!(schedule.due_ms(Some(6 * HOUR_MS), HOUR_MS), Some(12 * HOUR_MS));
        assert!(Schedule::cron("61 * * * *").is_err());
    }
}
