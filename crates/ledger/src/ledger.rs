//! Opening and closing a ledger.

use crate::{Error, Result, lock, schema};
use sqlx::ConnectOptions;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Connections that read beside the one that writes.
const READERS_MAX: u32 = 4;
/// How long a connection waits for another process's lock on the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a call waits for its turn at a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(60);
/// Rows that a connection reads ahead of whoever takes them.
const ROWS_AHEAD_MAX: usize = 512;
/// Memory for pages of the file, for the one connection that writes: `cache_size` counts KiB when
/// it is negative.
const WRITER_CACHE: &str = "-16384";
/// Prepared statements kept per connection. The crate has fewer than this.
const STATEMENTS_CACHED_MAX: usize = 200;

/// The ledger. Cloning it is cheap; all clones are the same open ledger.
#[derive(Clone, Debug)]
pub struct Ledger {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    writer: SqlitePool,
    reader: SqlitePool,
    read_only: bool,
    lock: Mutex<Option<File>>,
}

impl Ledger {
    /// Opens the ledger in the file `path`, making it if there is none, and becomes its owner.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process owns it, [`Error::NewerSchema`] when a later version
    /// wrote it, [`Error::Corrupt`] when it is no ledger.
    pub async fn open(path: &Path) -> Result<Self> {
        let lock = lock::take(path)?;
        lock::touch(path)?;
        let options = options()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let writer =
            pool(1).connect_with(options.clone().pragma("cache_size", WRITER_CACHE)).await?;
        schema::migrate(&writer).await?;
        let reader = pool(READERS_MAX).connect_with(options.pragma("query_only", "on")).await?;
        Ok(Self::new(writer, reader, false, Some(lock)))
    }

    /// Opens a ledger in memory. It ends with its last clone.
    ///
    /// # Errors
    /// As the database's.
    pub async fn open_in_memory() -> Result<Self> {
        // Every connection would have a database of its own, so there is one for all.
        let writer = pool(1).connect_with(options().in_memory(true)).await?;
        schema::migrate(&writer).await?;
        Ok(Self::new(writer.clone(), writer, false, None))
    }

    /// Opens the ledger in the file `path` for reading, beside its owner or without one.
    ///
    /// # Errors
    /// [`Error::CannotOpen`] when there is none, [`Error::NewerSchema`] and [`Error::OlderSchema`]
    /// when its schema is not the one that this version writes.
    pub async fn open_read_only(path: &Path) -> Result<Self> {
        let options = options().filename(path).read_only(true);
        let reader = pool(READERS_MAX).connect_with(options).await?;
        schema::check(&reader).await?;
        Ok(Self::new(reader.clone(), reader, true, None))
    }

    fn new(writer: SqlitePool, reader: SqlitePool, read_only: bool, lock: Option<File>) -> Self {
        Self { inner: Arc::new(Inner { writer, reader, read_only, lock: Mutex::new(lock) }) }
    }

    /// Ends what is under way and gives up the ledger, for all clones: later calls fail with
    /// [`Error::Closed`]. Afterwards it can be opened again.
    pub async fn close(&self) {
        self.inner.reader.close().await;
        self.inner.writer.close().await;
        self.inner.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Whether this is a ledger opened by [`Ledger::open_read_only`].
    pub fn is_read_only(&self) -> bool {
        self.inner.read_only
    }

    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.inner.reader
    }

    pub(crate) fn writer(&self) -> Result<&SqlitePool> {
        if self.inner.read_only { Err(Error::ReadOnly) } else { Ok(&self.inner.writer) }
    }
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENTS_CACHED_MAX)
        .row_buffer_size(ROWS_AHEAD_MAX)
        // A statement's parameters are not logged, but neither shall the statements be.
        .disable_statement_logging()
}

fn pool(connections_max: u32) -> SqlitePoolOptions {
    // Connections never age: one in memory holds its data, and all hold prepared statements.
    SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}
