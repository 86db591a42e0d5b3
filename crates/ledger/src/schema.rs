//! The schema's migrations: numbered, forward only, never edited once released.

use crate::{Error, Result};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{SqlSafeStr, SqlitePool};

const MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "ledger", include_str!("../migrations/sqlite/0001_ledger.sql")),
    (2, "archived", include_str!("../migrations/sqlite/0002_archived.sql")),
];

/// The schema that this version writes.
pub const SCHEMA_VERSION: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Brings the ledger to [`SCHEMA_VERSION`]; refuses one that is past it.
pub(crate) async fn migrate(writer: &SqlitePool) -> Result<()> {
    let found = version(writer).await?;
    if found > SCHEMA_VERSION {
        return Err(Error::NewerSchema { found, known: SCHEMA_VERSION });
    }
    let migrations = MIGRATIONS
        .into_iter()
        .map(|(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        })
        .collect();
    Migrator::with_migrations(migrations)
        .run(writer)
        .await
        .map_err(|source| Error::Migration { known: SCHEMA_VERSION, source })
}

/// Refuses a ledger whose schema is not exactly [`SCHEMA_VERSION`].
pub(crate) async fn check(reader: &SqlitePool) -> Result<()> {
    let found = version(reader).await?;
    match found.cmp(&SCHEMA_VERSION) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(Error::OlderSchema { found, known: SCHEMA_VERSION }),
        std::cmp::Ordering::Greater => Err(Error::NewerSchema { found, known: SCHEMA_VERSION }),
    }
}

/// The ledger's schema; 0 for an empty file.
async fn version(pool: &SqlitePool) -> Result<i64> {
    let made: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'")
            .fetch_one(pool)
            .await?;
    if made == 0 {
        return Ok(0);
    }
    let newest = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations");
    Ok(newest.fetch_one(pool).await?)
}
