//! One call, one transaction.

use codesight_core::Result;
use futures_util::future::BoxFuture;
use sqlx::{Connection, PgConnection, PgPool};

use crate::catalog::fault::{Fault, Stop};

/// How often a transaction is begun anew that was stopped for the sake of another one.
const ATTEMPTS: usize = 5;

/// Plays `work` in a transaction and commits it; nothing of it is kept when it ends in an error. A transaction that
/// PostgreSQL stopped because it would have waited in a circle is played again. (What the work is given is passed
/// through: a closure that borrowed it could not promise to live as long as the connection is lent.)
pub(super) async fn in_transaction<I, T, F>(
    pool: &PgPool,
    operation: &'static str,
    input: I,
    work: F,
) -> Result<T>
where
    I: Send + Sync,
    T: Send,
    F: for<'c> Fn(&'c mut PgConnection, &'c I) -> BoxFuture<'c, Result<T, Stop>> + Send + Sync,
{
    let mut attempt = 1;
    loop {
        match play(pool, &input, &work).await {
            Ok(value) => return Ok(value),
            Err(Stop::Refused(error)) => return Err(error),
            Err(Stop::Failed(error)) if attempt < ATTEMPTS && is_stopped(&error) => attempt += 1,
            Err(Stop::Failed(error)) => return Err(Fault::from(error).report(operation)),
        }
    }
}

async fn play<I, T, F>(pool: &PgPool, input: &I, work: &F) -> Result<T, Stop>
where
    I: Send + Sync,
    T: Send,
    F: for<'c> Fn(&'c mut PgConnection, &'c I) -> BoxFuture<'c, Result<T, Stop>> + Send + Sync,
{
    let mut connection = pool.acquire().await?;
    let mut transaction = connection.begin().await?;
    let value = work(&mut transaction, input).await?;
    transaction.commit().await?;
    Ok(value)
}

/// Whether the database stopped the transaction for the sake of others: nothing of it was kept, and it may be played
/// again.
pub(super) fn is_stopped(error: &sqlx::Error) -> bool {
    const SERIALIZATION_FAILURE: &str = "40001";
    const DEADLOCK: &str = "40P01";
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == SERIALIZATION_FAILURE || code == DEADLOCK)
}

/// Whether the connection was lost, or closed by the server: a new one may do better.
pub(super) fn is_disconnected(error: &sqlx::Error) -> bool {
    const SHUT_DOWN: [&str; 4] = ["57P01", "57P02", "57P03", "25P03"];
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| SHUT_DOWN.contains(&code.as_ref())),
        _ => false,
    }
}
