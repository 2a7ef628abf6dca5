//! The appends of one group: all heads in one statement, the rules in memory, many rows a statement, all heads back.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use codesight_core::ports::{JournalHead, JournalRecord, SessionRef};
use codesight_core::time::Timestamp;
use codesight_core::{Error, Result};
use serde_json::json;
use sqlx::{AssertSqlSafe, SqliteConnection};
use tokio::sync::oneshot;

use super::rows::{HeadRow, integer};

pub(super) const OPERATION: &str = "journal.append";

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

/// One append and the caller who waits for it.
pub(super) struct Append {
    pub(super) session: SessionRef,
    pub(super) epoch: u64,
    pub(super) records: Vec<JournalRecord>,
    pub(super) now: Timestamp,
    pub(super) answer: oneshot::Sender<Result<JournalHead>>,
}

impl Append {
    /// Bytes of its payloads.
    pub(super) fn bytes(&self) -> usize {
        self.records.iter().map(|record| record.payload.len()).sum()
    }
}

/// A record that passed the rules.
struct Row<'a> {
    append: &'a Append,
    record: &'a JournalRecord,
}

/// Writes every append that keeps the rules, in order, and returns what to answer each once that is committed.
pub(super) async fn play(
    connection: &mut SqliteConnection,
    appends: &[Append],
) -> Result<Vec<Result<JournalHead>>, sqlx::Error> {
    if appends.is_empty() {
        return Ok(Vec::new());
    }
    let mut heads = read_heads(connection, appends).await?;
    let mut touched = HashMap::new();
    let (mut outcomes, mut rows) = (Vec::with_capacity(appends.len()), Vec::new());
    for append in appends {
        outcomes.push(admit(heads.get_mut(&append.session), append, &mut rows, &mut touched));
    }
    insert(connection, &rows).await?;
    write_heads(connection, &heads, &touched).await?;
    Ok(outcomes)
}

/// Applies the rules to one append; nothing is changed when it is refused.
fn admit<'a>(
    head: Option<&mut JournalHead>,
    append: &'a Append,
    rows: &mut Vec<Row<'a>>,
    touched: &mut HashMap<&'a SessionRef, Timestamp>,
) -> Result<JournalHead> {
    let head = head.ok_or_else(|| Error::not_found(OPERATION, "no such session"))?;
    let known = head.admit(append.epoch, &append.records)?;
    let new = append.records.get(known..).unwrap_or_default();
    if let Some(last) = new.last() {
        head.through = last.seq;
        touched.insert(&append.session, append.now);
        rows.extend(new.iter().map(|record| Row { append, record }));
    }
    Ok(*head)
}

async fn read_heads(
    connection: &mut SqliteConnection,
    appends: &[Append],
) -> Result<HashMap<SessionRef, JournalHead>, sqlx::Error> {
    let names = appends.iter().map(|append| json!([append.session.tenant, append.session.session]));
    let wanted = serde_json::Value::from_iter(names).to_string();
    let rows = sqlx::query_as::<_, HeadRow>(READ_HEADS).bind(wanted).fetch_all(connection).await?;
    let mut heads = HashMap::with_capacity(rows.len());
    for append in appends {
        if !heads.contains_key(&append.session)
            && let Some(row) = rows.iter().find(|row| row.is_of(&append.session))
        {
            heads.insert(append.session.clone(), row.head());
        }
    }
    Ok(heads)
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

async fn write_heads(
    connection: &mut SqliteConnection,
    heads: &HashMap<SessionRef, JournalHead>,
    touched: &HashMap<&SessionRef, Timestamp>,
) -> Result<(), sqlx::Error> {
    if touched.is_empty() {
        return Ok(());
    }
    let changed = touched.iter().filter_map(|(session, now)| {
        let through = heads.get(*session)?.through;
        Some(json!([session.tenant, session.session, through, now]))
    });
    let changed = serde_json::Value::from_iter(changed).to_string();
    sqlx::query(WRITE_HEADS).bind(changed).execute(connection).await?;
    Ok(())
}
