//! Millions of sessions, made by the database itself.

use codesight_core::testkit::fixtures;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};

use crate::server::Outcome;

/// Collectors and subjects among which the sessions are spread.
pub const PEOPLE: u64 = 5_000;
/// Sessions of one tenant begin a second apart, from here on.
pub const FIRST_START: u64 = 1_700_000_000_000;
/// The tenant of all of them.
pub const TENANT: &str = "tenant-1";
/// Rows in one statement, so that a transaction log stays small.
const CHUNK: u64 = 500_000;

/// The name of session `number`.
pub fn name(number: u64) -> String {
    format!("s{number:09}")
}

/// A session's document with the places where SQL puts in what differs: of one session in 5,000 the status is
/// `active`, of one in fifty `failed`.
struct Document {
    text: String,
}

impl Document {
    fn new() -> Outcome<Self> {
        let stored = fixtures::new_session(1)?.session.into_inner();
        let mut value = serde_json::to_value(stored)?;
        for (field, mark) in
            [("id", "@id"), ("tenant", TENANT), ("collector", "@collector"), ("status", "@status")]
        {
            value[field] = mark.into();
        }
        value["startTime"] = "@start".into();
        value["qualityScore"] = "@quality".into();
        value["consent"]["subject"] = "@subject".into();
        Ok(Self {
            text: value.to_string().replace("\"@start\"", "@start").replace("\"@quality\"", "@quality"),
        })
    }

    /// As an expression of SQL over the columns `id`, `collector`, `subject`, `status`, `start_time` and `quality`.
    fn expression(&self) -> String {
        let quoted = format!("'{}'", self.text.replace('\'', "''"));
        let columns = [
            ("@id", "id"),
            ("@collector", "collector"),
            ("@subject", "subject"),
            ("@status", "status"),
            ("@start", "start_time"),
            ("@quality", "quality"),
        ];
        columns.iter().fold(quoted, |text, (mark, column)| text.replace(mark, &format!("' || {column} || '")))
    }
}

const STATUS: &str =
    "CASE WHEN n % 5000 = 0 THEN 'active' WHEN n % 50 = 1 THEN 'failed' ELSE 'completed' END";

/// Fills a migrated, empty schema of PostgreSQL. Indexes are made after the rows, which is several times faster.
///
/// # Errors
/// What the database says.
pub async fn fill_postgres(connection: &mut PgConnection, sessions: u64) -> Outcome<()> {
    let indexes = connection
        .fetch_all("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'sessions'
            AND indexname LIKE 'sessions\\_%' AND indexname NOT LIKE '%\\_key' AND indexname NOT LIKE '%\\_pkey'")
        .await?;
    for index in &indexes {
        connection.execute(AssertSqlSafe(format!("DROP INDEX {}", index.get::<String, _>(0)))).await?;
    }
    let document = Document::new()?.expression();
    for first in (1..=sessions).step_by(usize::try_from(CHUNK)?) {
        let last = sessions.min(first + CHUNK - 1);
        let rows = format!(
            "INSERT INTO sessions (tenant, id, collector, key, subject, status, start_time, quality, document)
            SELECT '{TENANT}', id, collector, 'k' || id, subject, status, start_time, quality, {document} FROM (
                SELECT 's' || lpad(n::text, 9, '0') AS id, 'collector-' || (n % {PEOPLE}) AS collector,
                    'subject-' || (n % {PEOPLE}) AS subject, {STATUS} AS status,
                    {FIRST_START} + n * 1000 AS start_time, (n % 101)::float8 AS quality
                FROM generate_series({first}, {last}) AS n) AS made"
        );
        connection.execute(AssertSqlSafe(rows)).await?;
        let heads = format!(
            "INSERT INTO journal_heads SELECT '{TENANT}', 's' || lpad(n::text, 9, '0'), 1, 0, n % 5000 <> 0,
                {FIRST_START} + n * 1000, ({FIRST_START} + n * 1000) / 600000 FROM generate_series({first}, {last}) AS n"
        );
        connection.execute(AssertSqlSafe(heads)).await?;
    }
    for index in &indexes {
        connection.execute(AssertSqlSafe(index.get::<String, _>(1))).await?;
    }
    for table in ["sessions", "journal_heads"] {
        connection.execute(AssertSqlSafe(format!("VACUUM ANALYZE {table}"))).await?;
    }
    Ok(())
}

/// Fills a migrated, empty file of SQLite.
///
/// # Errors
/// What the database says.
pub async fn fill_sqlite(connection: &mut SqliteConnection, sessions: u64) -> Outcome<()> {
    let document = Document::new()?.expression();
    for first in (1..=sessions).step_by(usize::try_from(CHUNK)?) {
        let last = sessions.min(first + CHUNK - 1);
        let numbers = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
        );
        let rows = format!(
            "{numbers} INSERT INTO sessions (tenant, id, collector, key, status, start_time, quality, document)
            SELECT '{TENANT}', id, collector, 'k' || id, status, start_time, quality, {document} FROM (
                SELECT printf('s%09d', n) AS id, 'collector-' || (n % {PEOPLE}) AS collector,
                    'subject-' || (n % {PEOPLE}) AS subject, {STATUS} AS status,
                    {FIRST_START} + n * 1000 AS start_time, CAST(n % 101 AS REAL) AS quality FROM numbers)"
        );
        let heads = format!(
            "{numbers} INSERT INTO journal_heads (tenant, session, epoch, through, sealed, touched_at)
            SELECT '{TENANT}', printf('s%09d', n), 1, 0, n % 5000 <> 0, {FIRST_START} + n * 1000 FROM numbers"
        );
        let mut transaction = connection.begin().await?;
        for statement in [rows, heads] {
            transaction.execute(AssertSqlSafe(statement)).await?;
        }
        transaction.commit().await?;
    }
    connection.execute("ANALYZE").await?;
    Ok(())
}
