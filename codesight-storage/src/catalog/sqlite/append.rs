//! The appends of one group: all heads in one statement, the rules in memory, many rows a statement, all heads back.

use std::fmt::Write as _;
use std::sync::LazyLock;

use codesight_core::Result;
use codesight_core::ports::JournalHead;
use serde_json::json;
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::catalog::append::{Append, Moved, Row, admit};
use crate::catalog::rows::{HeadRow, integer};

/// The heads of the sessions named in a JSON array. CROSS JOIN keeps SQLite from reading the heads of all sessions.
pub(super) const READ_HEADS: &str = "SELECT head.tenant, head.session, head.epoch, head.through, head.sealed
    FROM json_each(?1) AS wanted CROSS JOIN journal_heads AS head
    ON head.tenant = wanted.value ->> 0 AND head.session = wanted.value ->> 1";

/// New positions and times for the heads named in a JSON array.
pub(super) const WRITE_HEADS: &str = "UPDATE journal_heads
    SET through = changed.value ->> 2, touched_at = changed.value ->> 3
    FROM json_each(?1) AS changed
    WHERE tenant = changed.value ->> 0 AND session = changed.value ->> 1";

/// Rows in one statement: fewer calls into the database than one each, and few different statements to keep prepared.
const CHUNKS: [usize; 3] = [32, 8, 1];

/// Writes every append that keeps the rules, in order, and returns what to answer each once that is committed.
pub(super) async fn play(
    connection: &mut SqliteConnection,
    appends: &[Append],
) -> Result<Vec<Result<JournalHead>>, sqlx::Error> {
    if appends.is_empty() {
        return Ok(Vec::new());
    }
    let heads = read_heads(connection, appends).await?;
    let admitted = admit(appends, &heads);
    insert(connection, &admitted.rows).await?;
    write_heads(connection, &admitted.moved).await?;
    Ok(admitted.outcomes)
}

async fn read_heads(
    connection: &mut SqliteConnection,
    appends: &[Append],
) -> Result<Vec<HeadRow>, sqlx::Error> {
    let names = appends.iter().map(|append| json!([append.session.tenant, append.session.session]));
    let wanted = serde_json::Value::from_iter(names).to_string();
    sqlx::query_as(READ_HEADS).bind(wanted).fetch_all(connection).await
}

async fn insert(connection: &mut SqliteConnection, rows: &[Row<'_>]) -> Result<(), sqlx::Error> {
    static STATEMENTS: LazyLock<Vec<(usize, String)>> =
        LazyLock::new(|| CHUNKS.into_iter().map(|rows| (rows, insert_statement(rows))).collect());
    let mut rest = rows;
    for (size, statement) in STATEMENTS.iter() {
        while let Some((chunk, after)) = rest.split_at_checked(*size) {
            // The text is made of fixed words and placeholders alone.
            let mut query = sqlx::query(AssertSqlSafe(statement.as_str()));
            for Row { append, record } in chunk {
                query = query
                    .bind(append.session.tenant.as_str())
                    .bind(append.session.session.as_str())
                    .bind(integer(record.seq))
                    .bind(integer(append.epoch))
                    .bind(record.kind.as_str())
                    .bind(append.now.as_millis())
                    .bind(&record.payload[..]);
            }
            query.execute(&mut *connection).await?;
            rest = after;
        }
    }
    Ok(())
}

fn insert_statement(rows: usize) -> String {
    let mut statement =
        "INSERT INTO journal (tenant, session, seq, epoch, kind, appended_at, payload) VALUES ".to_owned();
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        // Writing into a string cannot fail.
        let _ = write!(statement, "{comma}(?, ?, ?, ?, ?, ?, ?)");
    }
    statement
}

async fn write_heads(connection: &mut SqliteConnection, moved: &[Moved<'_>]) -> Result<(), sqlx::Error> {
    if moved.is_empty() {
        return Ok(());
    }
    let changed = moved
        .iter()
        .map(|Moved { session, through, now }| json!([session.tenant, session.session, through, now]));
    let changed = serde_json::Value::from_iter(changed).to_string();
    sqlx::query(WRITE_HEADS).bind(changed).execute(connection).await?;
    Ok(())
}
