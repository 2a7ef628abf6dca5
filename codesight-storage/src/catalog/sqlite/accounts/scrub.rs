//! Getting rid of what deletion leaves in the file and in its log.
//!
//! SQLite keeps the bytes of deleted rows in free pages of the file and in frames of the write-ahead log until something
//! else happens to be written there. VACUUM builds the file anew from what is stored, and a checkpoint that truncates
//! cuts the log to nothing. Overwriting at every deletion (`secure_delete`) would not do: it leaves the log as it is, and
//! would make every clearing of a journal write twice.

use async_trait::async_trait;
use codesight_core::ports::Scrub;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::{ConnectOptions, Connection};

use super::super::SqliteCatalog;
use crate::catalog::fault::failed;

const OPERATION: &str = "catalog.scrub";

#[async_trait]
impl Scrub for SqliteCatalog {
    async fn scrub(&self) -> Result<()> {
        // A connection of its own: the one that writes is always within a transaction, where VACUUM cannot be.
        let mut connection = self.scrubber.connect().await.map_err(failed(OPERATION))?;
        sqlx::query("VACUUM").execute(&mut connection).await.map_err(failed(OPERATION))?;
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut connection)
            .await
            .map_err(failed(OPERATION))?;
        connection.close().await.map_err(failed(OPERATION))?;
        if busy != 0 {
            let message = "somebody reads from the write-ahead log, so that it could not be cut";
            return Err(Error::new(ErrorKind::Unavailable, OPERATION, message));
        }
        Ok(())
    }
}
