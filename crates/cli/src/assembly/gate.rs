//! A gate as it is configured.

use super::{InstallationSecret, SystemClock, SystemEntropy, open_zone, reading_processes};
use crate::config::{Config, Flow as FlowConfig, Limits, Location, Schedule as ScheduleConfig};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use lakegate_core::object::Zone;
use lakegate_extract::Limits as ExtractLimits;
use lakegate_extract::process::Pool;
use lakegate_gate::{Channel, Flow, FlowSettings, Gate, GateOptions, Schedule, Triggers, Zones};
use lakegate_ledger::Ledger;
use lakegate_notify::{Notifier, SmtpNotifier, WebhookNotifier};
use lakegate_scan::{FingerprintKey, Inspector, SourcePasswords};
use std::sync::Arc;
use std::time::Duration;

/// How often a watched folder is looked at.
const WATCH_EVERY: Duration = Duration::from_secs(2);

/// Makes the gate of a configuration over its ledger.
///
/// # Errors
/// When a zone can not be opened, or a channel's settings do not hold.
pub async fn build_gate(config: Config, ledger: Ledger) -> Result<Gate, Failure> {
    let secret = InstallationSecret::load_or_create(&config.state_dir, &SystemEntropy);
    let secret = secret.map_err(|error| {
        let message =
            format!("the installation's secret in {} can not be used", config.state_dir.display());
        Failure::new(Exit::Failed, Report::new("SECRET", message).caused_by(&error))
    })?;
    let channels = channels(&config)?;
    let key = FingerprintKey::derive(secret.expose());
    let pool = reading_processes(&config.ocr)?;
    let mut flows = Vec::new();
    let passwords: Vec<_> =
        config.flows.iter().map(|flow| config.source_passwords(Some(flow.name.as_str()))).collect();
    for (flow, passwords) in config.flows.into_iter().zip(passwords) {
        let inspecting = (&config.formats, passwords, &key, &pool);
        flows.push(build_flow(flow, &config.limits, inspecting).await?);
    }
    Ok(Gate::new(GateOptions {
        ledger,
        flows,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        secret: secret.expose().to_vec(),
        channels,
        subject: Some(config.notify.subject),
        public_url: config.server.public_url,
    }))
}

/// What a flow's objects are inspected with.
type Inspecting<'i> = (&'i ExtractLimits, Vec<SourcePasswords>, &'i FingerprintKey, &'i Arc<Pool>);

async fn build_flow(
    flow: FlowConfig,
    limits: &Limits,
    (formats, passwords, key, pool): Inspecting<'_>,
) -> Result<Flow, Failure> {
    let zones = Zones {
        raw: opened(&flow, Zone::Raw).await?,
        scan_stage: opened(&flow, Zone::ScanStage).await?,
        manual_review: opened(&flow, Zone::ManualReview).await?,
        scanned_data: opened(&flow, Zone::ScannedData).await?,
    };
    let settings = settings(&flow, limits);
    let inspector = Inspector::new(flow.rules, key.clone(), formats.clone())
        .with_processes(pool.clone())
        .with_passwords(passwords)
        .map_err(|error| Failure::usage(error.to_string()))?;
    Ok(Flow {
        name: flow.name,
        zones,
        policy: flow.policy,
        suppression: flow.suppression,
        inspector: Arc::new(inspector),
        settings,
    })
}

async fn opened(flow: &FlowConfig, zone: Zone) -> Result<Arc<dyn lakegate_store::Bucket>, Failure> {
    open_zone(flow, zone).await.map_err(|error| {
        let message = format!("zone `{zone}` of flow `{}` can not be opened", flow.name);
        let report = Report::new(error.kind.code(), message).caused_by(&error);
        let hint = "a zone's folder must be there: make it, or mount what belongs there";
        Failure::new(Exit::Failed, report.with_hint(hint))
    })
}

fn settings(flow: &FlowConfig, limits: &Limits) -> FlowSettings {
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    // On S3 an object appears whole or not at all.
    let settles = matches!(flow.zones.get(Zone::Raw), Location::Folder(_));
    FlowSettings {
        settle_ms: if settles { ms(flow.settle) } else { 0 },
        shard_objects_max: count(limits.shard_objects),
        shard_bytes_max: limits.shard_size.0,
        page_objects_max: count(limits.page_objects),
        lanes: u32::try_from(limits.lanes).unwrap_or(u32::MAX),
        transfers_at_once: count(limits.transfers_at_once),
        inspections_at_once: count(limits.inspections_at_once),
        review_expires_after_s: flow.review.expires_after.as_secs(),
        remind_after_s: flow.review.remind_after.iter().map(Duration::as_secs).collect(),
        reminders_after_expiry: flow.review.reminders_after_expiry,
        on_expiry: flow.review.on_expiry,
        trash_retention_s: flow.review.trash_retention.as_secs(),
        attempts_max: u32::try_from(limits.attempts).unwrap_or(u32::MAX),
        retry_first_ms: ms(limits.retry_first),
        retry_max_ms: ms(limits.retry_longest),
    }
}

fn channels(config: &Config) -> Result<Vec<Channel>, Failure> {
    let failed = |error: lakegate_notify::Error| {
        let message = format!("notifications can not leave: {error}");
        Failure::new(Exit::Usage, Report::new(error.code(), message))
    };
    let mut channels: Vec<Channel> = Vec::new();
    if let Some(email) = &config.notify.email {
        let notifier: Arc<dyn Notifier> =
            Arc::new(SmtpNotifier::new(email.clone()).map_err(failed)?);
        channels.push(Channel { name: "email".to_owned(), notifier });
    }
    for webhook in &config.notify.webhooks {
        let notifier: Arc<dyn Notifier> =
            Arc::new(WebhookNotifier::new(webhook.options.clone()).map_err(failed)?);
        channels.push(Channel { name: format!("webhook-{}", webhook.name), notifier });
    }
    Ok(channels)
}

/// What starts runs of each flow.
///
/// # Errors
/// When a cron pattern does not hold after all.
pub fn triggers(config: &Config) -> Result<Vec<Triggers>, Failure> {
    let triggers = config.flows.iter().map(|flow| {
        let schedule = match &flow.schedule {
            ScheduleConfig::Off => Schedule::Off,
            ScheduleConfig::Every(interval) => Schedule::Every(*interval),
            ScheduleConfig::Cron(pattern) => Schedule::cron(pattern).map_err(Failure::usage)?,
        };
        let is_folder = matches!(flow.zones.get(Zone::Raw), Location::Folder(_));
        let watch_every = (flow.watch && is_folder).then_some(WATCH_EVERY);
        Ok(Triggers { flow: flow.name.clone(), schedule, watch_every })
    });
    triggers.collect()
}
