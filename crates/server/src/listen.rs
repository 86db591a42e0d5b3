//! Listening, answering, and stopping in good order.

use crate::app::{App, AppParts, random_token};
use crate::error::Error;
use crate::routes;
use crate::state_file::{ServerState, StateFile};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use lakegate_detect::{Ruleset, Selection};
use lakegate_gate::Gate;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};

/// Connections at once; further ones wait in the system's queue.
const CONNECTIONS_MAX: usize = 512;

/// A client must have sent its headers within this time.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// A request's line and headers have at most this size.
const HEADER_BYTES_MAX: usize = 64 * 1024;

/// After the signal to stop, requests under way may take this long.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// The pause after a failed accept, which comes of too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How to serve.
pub struct ServerOptions {
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where [`STATE_FILE`](crate::STATE_FILE) is written; `None` writes none, and nobody learns
    /// the admin token.
    pub state_dir: Option<PathBuf>,
    /// Marks cookies `Secure`: right where the pages are reached over HTTPS only.
    pub secure_cookies: bool,
    /// What `POST /api/v1/detect` looks for; `None` for every managed identifier.
    pub rules: Option<Ruleset>,
    /// Told of the address once the server listens.
    pub bound: Option<oneshot::Sender<Bound>>,
}

/// Where a server listens.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The address, with the port that was taken.
    pub address: SocketAddr,
    /// Its URL, without a slash at the end.
    pub url: String,
    /// The admin token.
    pub token: String,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8017)),
            state_dir: None,
            secure_cookies: false,
            rules: None,
            bound: None,
        }
    }
}

/// Serves `gate` until `shutdown` resolves; then lets requests under way finish, within a limit.
///
/// Nothing here drives runs: whoever calls this does, beside it.
///
/// # Errors
/// When it can not begin: the address is taken, or the state file can not be written.
pub async fn serve(
    gate: Gate,
    options: ServerOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    let rules = match options.rules {
        Some(rules) => rules,
        None => Ruleset::new(&Selection::all(), &[], Vec::new())?,
    };
    let listener = bind(options.listen).await?;
    let failed = |source| Error::Listen { listen: options.listen, source };
    let address = listener.local_addr().map_err(failed)?;
    let is_local = address.ip().is_loopback();
    if !is_local {
        tracing::warn!(
            %address,
            "reachable from other machines: there is no sign-in yet, and whoever has a review's link \
             may decide; the overview needs the admin token"
        );
    }
    let token = random_token(gate.entropy());
    let url = format!("http://{}", reachable(address));
    let _state_file = match &options.state_dir {
        Some(dir) => {
            let state =
                ServerState { url: url.clone(), token: token.clone(), pid: std::process::id() };
            Some(StateFile::write(dir, &state)?)
        }
        None => None,
    };
    let local_hosts = local_hosts(address);
    let public_host = gate.public_url().split_once("://").map(|(_, rest)| rest);
    let public_host = public_host.and_then(|rest| rest.split('/').next()).map(str::to_owned);
    let parts = AppParts {
        gate,
        token: token.clone(),
        is_local,
        local_hosts,
        public_host,
        secure_cookies: options.secure_cookies,
        rules,
    };
    let router = routes::router(App::new(parts));
    tracing::info!(%address, "listening");
    if let Some(bound) = options.bound {
        // Whoever asked may have gone; the server serves all the same.
        let _ = bound.send(Bound { address, url, token });
    }
    accept(listener, router, shutdown).await;
    Ok(())
}

async fn bind(listen: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(listen).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => Error::AddressInUse { listen },
        _ => Error::Listen { listen, source },
    })
}

/// An address that a browser on this machine can open.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        let loopback = match address {
            SocketAddr::V4(_) => std::net::IpAddr::V4(Ipv4Addr::LOCALHOST),
            SocketAddr::V6(_) => std::net::IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        };
        return SocketAddr::new(loopback, address.port());
    }
    address
}

fn local_hosts(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    vec![
        address.to_string(),
        reachable(address).to_string(),
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
    ]
}

async fn accept(listener: TcpListener, router: axum::Router, shutdown: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = next(&listener, &room) => accepted,
        };
        let Some((stream, permit)) = accepted else { continue };
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_WITHIN)
            .max_buf_size(HEADER_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP_WITHIN, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way when the server stopped");
    }
}

type Accepted = (TcpStream, tokio::sync::OwnedSemaphorePermit);

async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<Accepted> {
    let permit = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            let _ = stream.set_nodelay(true);
            Some((stream, permit))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}
