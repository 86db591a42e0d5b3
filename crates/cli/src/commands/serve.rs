//! `lakegate serve`: schedule, triggers, API and review pages, until told to stop.

use super::confinements::Confinements;
use super::load_config;
use crate::arguments::{Global, Serve};
use crate::assembly::{reading_processes, triggers};
use crate::config::{Config, CustomRules, FlagValue};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::Output;
use crate::session::{Here, Session, block_on};
use lakegate_detect::{Ruleset, Selection};
use lakegate_gate::Triggers;
use lakegate_server::{Bound, ServerOptions, serve};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

/// What a server needs of the configuration, beside the gate.
pub(super) struct Serving {
    pub(super) listen: SocketAddr,
    pub(super) state_dir: PathBuf,
    pub(super) secure_cookies: bool,
    pub(super) triggers: Vec<Triggers>,
    /// What the span service looks for: every managed identifier, and the custom ones.
    pub(super) rules: Ruleset,
}

impl Serving {
    pub(super) fn of(config: &Config) -> Result<Self, Failure> {
        let CustomRules { identifiers, allow_lists } = config.custom.clone();
        let rules = Ruleset::new(&Selection::all(), &identifiers, allow_lists);
        Ok(Self {
            listen: config.server.listen,
            state_dir: config.state_dir.clone(),
            secure_cookies: config.server.public_url.starts_with("https://"),
            triggers: triggers(config)?,
            rules: rules.map_err(|error| Failure::usage(error.to_string()))?,
        })
    }
}

pub(super) fn run(
    arguments: &Serve,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let flags = arguments.listen.iter().map(|listen| FlagValue {
        flag: "--listen",
        key: "server.listen",
        text: listen.clone(),
    });
    let config = load_config(global, flags.collect())?;
    let serving = Serving::of(&config)?;
    Confinements::of(reading_processes(&config.ocr)?.as_ref())?.warn();
    block_on(async {
        match Session::open(config).await? {
            Session::Here(here) => {
                for flow in here.gate.flows() {
                    here.gate.check_zones(&flow.name).await?;
                }
                let (bound, told) = oneshot::channel::<Bound>();
                let announce = async {
                    if let Ok(bound) = told.await {
                        output.note(&format!("Serving at {}/ (stop with Ctrl-C)", bound.url));
                    }
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    served = serve_until_stopped(&here, serving, bound) => served,
                    () = announce => Ok(()),
                }
            }
            Session::There(client) => {
                let message = format!("a server runs already at {}", client.url());
                Err(Failure::new(Exit::Failed, Report::new("SERVER_RUNS", message)))
            }
        }
    })?;
    Ok(Exit::Done)
}

/// Serves and drives runs until SIGTERM or SIGINT. What is under way then goes on at the next start.
pub(super) async fn serve_until_stopped(
    here: &Here,
    serving: Serving,
    bound: oneshot::Sender<Bound>,
) -> Result<(), Failure> {
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| {
        let report = Report::new("RUNTIME", "signals can not be heard").caused_by(&error);
        Failure::new(Exit::Failed, report)
    })?;
    let options = ServerOptions {
        listen: serving.listen,
        state_dir: Some(serving.state_dir),
        secure_cookies: serving.secure_cookies,
        rules: Some(serving.rules),
        bound: Some(bound),
    };
    let heard = |mut stopped: watch::Receiver<bool>| async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let signals = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping");
        let _ = stop.send(true);
    };
    let server = serve(here.gate.clone(), options, heard(stopped.clone()));
    let service = here.gate.serve(serving.triggers, heard(stopped));
    let mut server = std::pin::pin!(server);
    let both = async { tokio::join!(signals, service) };
    let mut both = std::pin::pin!(both);
    tokio::select! {
        served = &mut server => served.map_err(|error| failure(&error))?,
        _ = &mut both => server.await.map_err(|error| failure(&error))?,
    }
    here.gate.ledger().close().await;
    Ok(())
}

pub(super) fn failure(error: &lakegate_server::Error) -> Failure {
    let mut report = Report::new("SERVER", error.to_string());
    if let Some(cause) = std::error::Error::source(error) {
        report = report.caused_by(cause);
    }
    Failure::new(Exit::Failed, report)
}
