//! Bringing the schema up to date, and looking whether the database keeps the promises made on top of it.

use codesight_core::Result;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::options::{PostgresOptions, unsupported};
use crate::catalog::Durability;
use crate::catalog::fault::{failed, not_migrated};

static MIGRATIONS: Migrator = Migrator {
    // Newer nodes may have added to the schema; the floor says whether they took something away.
    ignore_missing: true,
    ..sqlx::migrate!("migrations/postgres")
};

/// Makes the schema, migrates it, and checks what the catalog relies on.
pub(super) async fn prepare(pool: &PgPool, options: &PostgresOptions) -> Result<()> {
    let mut connection = pool.acquire().await.map_err(failed("catalog.open"))?;
    check_durability(&mut connection, options.durability_chosen()).await?;
    create_schema(&mut connection, options.schema_name()).await.map_err(failed("catalog.migrate"))?;
    check_floor(&mut connection).await?;
    // Takes a lock of its own, so that nodes that start at once do not both migrate.
    MIGRATIONS.run_direct(None, &mut *connection, false).await.map_err(not_migrated)
}

async fn check_durability(connection: &mut PgConnection, durability: Durability) -> Result<()> {
    if durability == Durability::Relaxed {
        return Ok(());
    }
    let (fsync, pages, commit): (String, String, String) = sqlx::query_as(
        "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')",
    )
    .fetch_one(connection)
    .await
    .map_err(failed("catalog.open"))?;
    if [fsync, pages, commit].iter().any(|setting| setting == "off") {
        return Err(unsupported("the database acknowledges what it has not written to its disk"));
    }
    Ok(())
}

/// Only when it is missing: a user who may not make schemas can still use one that was made for them.
async fn create_schema(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    let known: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_namespace WHERE nspname = $1")
        .bind(name)
        .fetch_optional(&mut *connection)
        .await?;
    if known.is_none() {
        // The name was checked to be a plain word.
        let statement = format!("CREATE SCHEMA IF NOT EXISTS {name}");
        match sqlx::query(AssertSqlSafe(statement)).execute(connection).await {
            // Another node made it at the same moment.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
            made => {
                made?;
            }
        }
    }
    Ok(())
}

/// Refuses a schema from which a newer version took away what this one needs.
async fn check_floor(connection: &mut PgConnection) -> Result<()> {
    let fail = || failed("catalog.migrate");
    let known: Option<String> = sqlx::query_scalar("SELECT to_regclass('schema_floor')::text")
        .fetch_one(&mut *connection)
        .await
        .map_err(fail())?;
    if known.is_none() {
        return Ok(());
    }
    let floor: Option<i64> = sqlx::query_scalar("SELECT version FROM schema_floor")
        .fetch_optional(connection)
        .await
        .map_err(fail())?;
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    if floor.is_some_and(|floor| floor > newest) {
        return Err(unsupported("a newer version took away what this version of the program needs"));
    }
    Ok(())
}
