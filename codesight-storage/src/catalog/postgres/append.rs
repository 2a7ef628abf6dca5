//! The appends of one group: all heads locked in one statement, the rules in memory, all rows and heads in another.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::JournalHead;
use sqlx::{Connection, PgConnection, PgPool};

use super::group::Groups;
use super::transaction::{is_disconnected, is_stopped};
use crate::catalog::append::{Admitted, Append, OPERATION, admit};
use crate::catalog::fault::Fault;
use crate::catalog::rows::{HeadRow, integer};

/// The heads of the named sessions, locked in the order of their names.
pub(super) const READ_HEADS: &str = "SELECT head.tenant, head.session, head.epoch, head.through, head.sealed
    FROM journal_heads AS head
    JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS named (tenant, session)) AS wanted
    ON head.tenant = wanted.tenant AND head.session = wanted.session
    ORDER BY head.tenant, head.session FOR NO KEY UPDATE OF head";

/// All rows of a group, one array a column.
pub(super) const INSERT: &str = "INSERT INTO journal (tenant, session, seq, epoch, kind, appended_at, payload)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bytea[])";

/// New positions and times for the named heads.
pub(super) const WRITE_HEADS: &str = "UPDATE journal_heads AS head
    SET through = changed.through, touched_at = changed.touched_at, touched_span = changed.touched_at / 600000
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS changed (tenant, session, through, touched_at)
    WHERE head.tenant = changed.tenant AND head.session = changed.session";

/// How often a group is tried: a connection that was lost is replaced once, and a transaction that was stopped for
/// the sake of others is played again. Safe, because a place that is stored already is left out.
const ATTEMPTS: usize = 3;

/// Commits appends.
pub(super) struct AppendGroups(PgPool);

impl AppendGroups {
    pub(super) fn new(pool: PgPool) -> Self {
        Self(pool)
    }

    async fn play(&self, appends: &[Append]) -> Result<Vec<Result<JournalHead>>, sqlx::Error> {
        let mut connection = self.0.acquire().await?;
        let mut transaction = connection.begin().await?;
        let heads = read_heads(&mut transaction, appends).await?;
        let admitted = admit(appends, &heads);
        write(&mut transaction, &admitted).await?;
        transaction.commit().await?;
        Ok(admitted.outcomes)
    }
}

#[async_trait]
impl Groups for AppendGroups {
    type Item = Append;
    type Answer = JournalHead;

    fn operation(&self) -> &'static str {
        OPERATION
    }

    fn bytes(&self, append: &Append) -> usize {
        append.bytes()
    }

    async fn commit(&self, appends: &[Append]) -> Result<Vec<Result<JournalHead>>, Fault> {
        let mut attempt = 1;
        loop {
            match self.play(appends).await {
                Ok(outcomes) => return Ok(outcomes),
                Err(error) if attempt < ATTEMPTS && (is_stopped(&error) || is_disconnected(&error)) => {
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

async fn read_heads(connection: &mut PgConnection, appends: &[Append]) -> Result<Vec<HeadRow>, sqlx::Error> {
    let name = |append: &Append| (append.session.tenant.to_string(), append.session.session.to_string());
    let (tenants, sessions): (Vec<_>, Vec<_>) = appends.iter().map(name).unzip();
    sqlx::query_as(READ_HEADS).bind(tenants).bind(sessions).fetch_all(connection).await
}

async fn write(connection: &mut PgConnection, admitted: &Admitted<'_>) -> Result<(), sqlx::Error> {
    let Admitted { rows, moved, .. } = admitted;
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(INSERT)
        .bind(rows.iter().map(|row| row.append.session.tenant.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.append.session.session.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| integer(row.record.seq)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| integer(row.append.epoch)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.record.kind.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.append.now.as_millis()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| &row.record.payload[..]).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    sqlx::query(WRITE_HEADS)
        .bind(moved.iter().map(|head| head.session.tenant.as_str()).collect::<Vec<_>>())
        .bind(moved.iter().map(|head| head.session.session.as_str()).collect::<Vec<_>>())
        .bind(moved.iter().map(|head| integer(head.through)).collect::<Vec<_>>())
        .bind(moved.iter().map(|head| head.now.as_millis()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}
