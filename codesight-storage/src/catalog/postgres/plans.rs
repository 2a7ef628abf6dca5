//! Every statement that runs often finds its rows by an index, however many there are: asked of the planner, on tables
//! that are large enough for it to have a choice.
#![allow(clippy::print_stderr, reason = "a skipped test says so, with its reason")]
#![allow(clippy::disallowed_methods, reason = "the server's URL stands in the environment")]

use codesight_core::id::{CollectorId, SubjectId, TenantId};
use codesight_core::model::SessionStatus;
use codesight_core::ports::{SessionCatalog as _, SessionQuery};
use codesight_core::testkit::fixtures;
use codesight_core::time::Timestamp;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};

use super::{PostgresCatalog, PostgresOptions, append, jobs, journal, sessions};

const SESSIONS: u64 = 40_000;

/// One session of a hundred is active, one of fifty failed; there are 200 collectors.
fn rows() -> String {
    format!(
        "INSERT INTO sessions SELECT 'tenant-1', 's' || n, 'collector-' || n % 200, 'k' || n, 'subject-' || n % 300,
            CASE WHEN n % 100 = 0 THEN 'active' WHEN n % 50 = 1 THEN 'failed' ELSE 'completed' END,
            n * 1000, n % 101, '{{}}' FROM generate_series(1, {SESSIONS}) AS n;
        INSERT INTO journal_heads SELECT tenant, id, 1, 0, status <> 'active', start_time, start_time / 600000 FROM sessions;
        INSERT INTO journal SELECT 'tenant-1', 's' || n % 400, n, 1, 'interaction', 0, '' FROM generate_series(1, {SESSIONS}) AS n;
        INSERT INTO jobs (id, kind, tenant, session, due_at)
            SELECT 'j' || n, 'process-session', 'tenant-1', 's' || n, n FROM generate_series(1, 5000) AS n"
    )
}

async fn prepared() -> Option<PgConnection> {
    let Ok(url) = std::env::var("CODESIGHT_TEST_POSTGRES") else {
        eprintln!(
            "SKIPPED: CODESIGHT_TEST_POSTGRES is not set; ./scripts/test starts the service and sets it"
        );
        return None;
    };
    let schema = format!("test_{}", uuid::Uuid::new_v4().simple());
    let options = PostgresOptions::from_url(&url).expect("a URL").schema(&schema).expect("a name");
    PostgresCatalog::open(options).await.expect("opened").close().await;
    let mut connection = PgConnection::connect(&url).await.expect("connected");
    let fill = format!("SET search_path = {schema}; {}; ", rows());
    sqlx::raw_sql(AssertSqlSafe(fill)).execute(&mut connection).await.expect("filled");
    // Outside a transaction, so that indexes alone can answer.
    for table in ["sessions", "journal_heads", "journal", "jobs"] {
        connection.execute(AssertSqlSafe(format!("VACUUM ANALYZE {table}"))).await.expect("analysed");
    }
    Some(connection)
}

/// How PostgreSQL goes about a statement whose parameters it is given as they are written there, one step a line.
async fn plan(connection: &mut PgConnection, statement: &str) -> String {
    let rows = connection.fetch_all(AssertSqlSafe(format!("EXPLAIN {statement}"))).await.expect("a plan");
    let steps: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    steps.join("\n")
}

/// A statement with its numbered parameters written into it.
fn with(statement: &str, values: &[&str]) -> String {
    values
        .iter()
        .enumerate()
        .rev()
        .fold(statement.to_owned(), |text, (number, value)| text.replace(&format!("${}", number + 1), value))
}

#[tokio::test]
async fn no_frequent_statement_reads_a_whole_table() {
    let Some(mut connection) = prepared().await else { return };
    let names = ["ARRAY['tenant-1', 'tenant-1']", "ARRAY['s1', 's2']", "ARRAY[1, 2]", "ARRAY[3, 4]"];
    let place = ["'tenant-1'", "'s77'", "10", "200"];
    let statements = [
        ("get", with(sessions::GET, &place), "sessions_pkey"),
        ("head", with(journal::HEAD, &place), "journal_heads_pkey"),
        ("read", with(journal::READ, &place), "journal_pkey"),
        ("read heads", with(append::READ_HEADS, &names), "journal_heads_pkey"),
        ("write heads", with(append::WRITE_HEADS, &names), "journal_heads_pkey"),
        ("silent", with(journal::SILENT, &["1000000", "100"]), "journal_heads_open"),
        ("lease", with(jobs::LEASE, &["'w'", "99", "50"]), "jobs_due"),
    ];
    for (name, statement, index) in statements {
        let plan = plan(&mut connection, &statement).await;
        assert!(plan.contains(index), "{name}\n{plan}");
        assert!(!plan.contains("Seq Scan"), "{name}\n{plan}");
    }
}

#[tokio::test]
async fn every_page_is_found_in_one_index_in_its_order() {
    let Some(mut connection) = prepared().await else { return };
    let tenant = TenantId::new("tenant-1").expect("a name");
    for mask in 0..128_u32 {
        let on = |bit: u32| mask & (1 << bit) != 0;
        let query = SessionQuery {
            status: on(0).then_some(SessionStatus::Completed),
            collector: on(1).then(|| CollectorId::new("collector-1").expect("a name")),
            subject: on(6).then(|| SubjectId::new("subject-1").expect("a name")),
            started_from: on(2).then(|| Timestamp::from_millis(20_000_000)),
            started_before: on(3).then(|| Timestamp::from_millis(30_000_000)),
            min_quality: on(4).then_some(50.0),
            after: on(5).then(|| {
                let session = fixtures::session_ref(1).expect("a session").session;
                (Timestamp::from_millis(25_000_000), session)
            }),
            ..SessionQuery::default()
        };
        let page = sessions::page_of(&tenant, &query, 51);
        let plan = explained(&mut connection, page.sql().as_str(), &tenant, &query).await;
        assert!(plan.contains("Index Only Scan using sessions_newest"), "{query:?}\n{plan}");
        assert!(!plan.contains("Seq Scan"), "{query:?}\n{plan}");
        // What is sorted again, if anything, is the page alone.
        let (_, below) = plan.split_once("Limit").expect("a page");
        assert!(!below.contains("Sort"), "{query:?}\n{plan}");
    }
}

#[tokio::test]
async fn no_page_is_planned_for_any_value_and_nothing_is_compiled() {
    let Ok(url) = std::env::var("CODESIGHT_TEST_POSTGRES") else {
        eprintln!(
            "SKIPPED: CODESIGHT_TEST_POSTGRES is not set; ./scripts/test starts the service and sets it"
        );
        return;
    };
    let schema = format!("test_{}", uuid::Uuid::new_v4().simple());
    let options = PostgresOptions::from_url(&url).expect("a URL").schema(&schema).expect("a name");
    let catalog = PostgresCatalog::open(options.connections(4)).await.expect("opened");
    let tenant = TenantId::new("tenant-1").expect("a name");
    // A statement that is kept is planned for any value from its sixth time on.
    for _ in 0..12 {
        catalog.query(&tenant, &SessionQuery::default()).await.expect("a page");
    }
    let mut connections = Vec::new();
    for _ in 0..4 {
        connections.push(catalog.pool.acquire().await.expect("a connection"));
    }
    for connection in &mut connections {
        let row = connection.fetch_one("SHOW jit").await.expect("a setting");
        assert_eq!(row.get::<String, _>(0), "off");
        let kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS page JOIN%'";
        let row = connection.fetch_one(kept).await.expect("counted");
        assert_eq!(row.get::<i64, _>(0), 0);
    }
}

/// The plan of a statement with the parameters of a query, in the order in which the statement takes them.
async fn explained(
    connection: &mut PgConnection,
    statement: &str,
    tenant: &TenantId,
    query: &SessionQuery,
) -> String {
    let text = |value: &str| format!("'{value}'");
    let mut values = vec![text(tenant.as_str())];
    values.extend(query.status.map(|status| text(status.as_str())));
    values.extend(query.collector.as_ref().map(|collector| text(collector.as_str())));
    values.extend(query.subject.as_ref().map(|subject| text(subject.as_str())));
    values.extend(query.started_from.map(|from| from.as_millis().to_string()));
    values.extend(query.started_before.map(|before| before.as_millis().to_string()));
    values.extend(query.min_quality.map(|least| least.to_string()));
    if let Some((start_time, id)) = &query.after {
        values.extend([start_time.as_millis().to_string(), text(id.as_str())]);
    }
    values.push("51".to_owned());
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let statement = with(statement, &values);
    plan(connection, &statement).await
}
