//! The catalog and the audit log on a PostgreSQL server, whose URL stands in `CODESIGHT_TEST_POSTGRES`.

mod accounts;
#[cfg(unix)]
mod away;

use std::sync::Arc;
use std::time::Duration;

use codesight_core::ErrorKind;
use codesight_core::ports::{
    AuditEntry, AuditLog, JobQueue, JournalHead, SessionCatalog, SessionJournal, SessionQuery,
};
use codesight_core::testkit::{self, Faults, FaultyCatalog, Suite, Summary, fixtures};
use codesight_storage::{Durability, PostgresCatalog, PostgresEvents, PostgresOptions, SessionEvent};
use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::common;
use super::kill::{Place, survives_being_killed};
use crate::support::service;

pub(super) const SERVER: &str = "CODESIGHT_TEST_POSTGRES";

/// A schema nobody else uses.
pub(crate) fn schema() -> String {
    format!("test_{}", uuid::Uuid::new_v4().simple())
}

fn options(url: &str, schema: &str) -> PostgresOptions {
    PostgresOptions::from_url(url).expect("a URL").schema(schema).expect("a name")
}

pub(super) async fn open(url: &str, schema: &str) -> PostgresCatalog {
    PostgresCatalog::open(options(url, schema)).await.expect("opened")
}

/// Runs a statement past the catalog.
async fn execute(url: &str, statement: String) {
    let mut connection = PgConnection::connect(url).await.expect("connected");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("executed");
}

/// Plays a suite in fresh schemas, each opened with `choose` and dressed by `dress`.
async fn held<P: ?Sized + Send + Sync + 'static>(
    suite: Suite<P>,
    backend: &str,
    url: &str,
    choose: impl Fn(PostgresOptions) -> PostgresOptions + Send + Sync,
    dress: impl Fn(PostgresCatalog) -> Arc<P> + Send + Sync,
) {
    let fresh = || async {
        let options = choose(options(url, &schema()).connections(6));
        dress(PostgresCatalog::open(options).await.expect("opened"))
    };
    let summary = suite.run(backend, fresh).await.expect("the contract is kept");
    assert_eq!(summary, Summary { held: suite.scenarios().len(), skipped: Vec::new() });
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_the_contract() {
    let Some(url) = service(SERVER) else { return };
    for suite in common::catalog_suites() {
        held(suite, "PostgreSQL", &url, |options| options, |catalog| Arc::new(catalog)).await;
    }
    let log = |catalog: PostgresCatalog| Arc::new(catalog.audit_log()) as Arc<dyn AuditLog>;
    held(testkit::audit_suite(), "PostgreSQL", &url, |options| options, log).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relaxed_postgres_with_many_lanes_behind_a_wrapper_keeps_the_contract() {
    let Some(url) = service(SERVER) else { return };
    for suite in common::catalog_suites() {
        held(
            suite,
            "relaxed PostgreSQL with eight lanes and no faults",
            &url,
            |options| options.durability(Durability::Relaxed).lanes(8),
            |catalog| Arc::new(FaultyCatalog::new(Arc::new(catalog), Arc::new(Faults::none()))),
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_on_one_database_fence_each_other() {
    let Some(url) = service(SERVER) else { return };
    let schema = schema();
    // Opened at once, so that both find no schema.
    let (one, two) = tokio::join!(open(&url, &schema), open(&url, &schema));
    common::two_nodes_fence_each_other(&one, &two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_go_away_break_no_group() {
    let Some(url) = service(SERVER) else { return };
    common::callers_that_go_away_break_no_group(Arc::new(open(&url, &schema()).await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_being_killed() {
    let Some(url) = service(SERVER) else { return };
    survives_being_killed(&Place::Postgres { url, schema: schema() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reopening_keeps_everything_and_a_closed_catalog_answers_nothing() {
    let Some(url) = service(SERVER) else { return };
    let schema = schema();
    let (session, now) = (fixtures::session_ref(1).expect("a session"), fixtures::at(0));
    let catalog = open(&url, &schema).await;
    catalog.create(fixtures::new_session(1).expect("a session")).await.expect("created");
    let epoch = catalog.open_epoch(&session, now).await.expect("opened").epoch;
    let records = fixtures::records(1, 1, 40).expect("records");
    catalog.append(&session, epoch, records.clone(), now).await.expect("appended");
    let job = fixtures::job(1, now).expect("a job");
    let head = catalog.seal(&session, Some(epoch), job, now).await.expect("sealed");
    let stored = catalog.get(&session).await.expect("stored");
    for seed in 0..3 {
        let event = fixtures::audit_event(seed).expect("an event");
        catalog.audit_log().append(event).await.expect("appended");
    }
    // Dropped without being closed.
    drop(catalog);

    let catalog = open(&url, &schema).await;
    assert_eq!(catalog.get(&session).await.expect("stored"), stored);
    assert_eq!(catalog.head(&session).await.expect("a head"), head);
    assert_eq!(head, JournalHead { epoch: 1, through: 40, sealed: true });
    assert_eq!(catalog.read(&session, 0, 100).await.expect("records"), records);
    let page = catalog.query(&session.tenant, &SessionQuery::default()).await.expect("a page");
    assert_eq!(page.sessions.len(), 1);
    assert_eq!(catalog.counts(now).await.expect("counts").waiting, 1);
    let entries = catalog.audit_log().read(0, 10).await.expect("entries");
    assert_eq!(entries.len(), 3);
    AuditEntry::verify(None, &entries).expect("the chain holds");

    catalog.close().await;
    let refused = [
        catalog.open_epoch(&session, now).await.map(drop),
        catalog.append(&session, 1, Vec::new(), now).await.map(drop),
        catalog.get(&session).await.map(drop),
        catalog.audit_log().append(fixtures::audit_event(9).expect("an event")).await.map(drop),
    ];
    for answer in refused {
        assert_eq!(answer.expect_err("closed").kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_nodes_write_one_chain_of_audit_entries() {
    let Some(url) = service(SERVER) else { return };
    let schema = schema();
    let nodes = join_all((0..4).map(|_| open(&url, &schema))).await;
    let appends =
        (0..80_u64).map(|seed| {
            let log = nodes[seed as usize % nodes.len()].audit_log();
            async move {
                log.append(fixtures::audit_event(seed).expect("an event")).await.expect("appended").position
            }
        });
    let mut positions = join_all(appends).await;
    positions.sort_unstable();
    assert_eq!(positions, (1..=80).collect::<Vec<_>>());
    let entries = nodes[0].audit_log().read(0, 100).await.expect("entries");
    AuditEntry::verify(None, &entries).expect("the chain holds");

    // The database itself refuses to lose or change one.
    let mut connection = PgConnection::connect(&url).await.expect("connected");
    for statement in ["DELETE FROM {}.audit", "UPDATE {}.audit SET event = ''", "TRUNCATE {}.audit"] {
        let statement = AssertSqlSafe(statement.replace("{}", &schema));
        sqlx::raw_sql(statement).execute(&mut connection).await.expect_err("append-only");
    }
    assert_eq!(nodes[1].audit_log().read(0, 100).await.expect("entries"), entries);
}

#[tokio::test(flavor = "multi_thread")]
async fn crossing_changes_of_many_sessions_end() {
    let Some(url) = service(SERVER) else { return };
    let schema = schema();
    let (one, two) = tokio::join!(open(&url, &schema), open(&url, &schema));
    let now = fixtures::at(0);
    // Appends to the same sessions in opposite orders, seals and deletions, on two nodes at once.
    for round in 0..6 {
        let seeds: Vec<u64> = (round * 10..round * 10 + 10).collect();
        for seed in &seeds {
            one.create(fixtures::new_session(*seed).expect("a session")).await.expect("created");
            let session = fixtures::session_ref(*seed).expect("a session");
            one.open_epoch(&session, now).await.expect("opened");
        }
        let node = |number: usize| if number.is_multiple_of(2) { &one } else { &two };
        let calls = (0..60_usize).map(|number| {
            let place = if number % 2 == 0 { number } else { 60 - number } % seeds.len();
            let (seed, node) = (seeds[place], node(number));
            async move {
                let session = fixtures::session_ref(seed).expect("a session");
                let answer = match number % 6 {
                    0..=3 => {
                        let records = fixtures::records(seed, 1, 1).expect("records");
                        node.append(&session, 1, records, now).await.map(drop)
                    }
                    4 => node
                        .seal(&session, None, fixtures::job(seed, now).expect("a job"), now)
                        .await
                        .map(drop),
                    _ => node.delete(&session).await,
                };
                if let Err(error) = answer {
                    let expected = [ErrorKind::Conflict, ErrorKind::NotFound];
                    assert!(expected.contains(&error.kind()), "{error}");
                }
            }
        });
        tokio::time::timeout(Duration::from_secs(60), join_all(calls)).await.expect("nobody waits for ever");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_used_as_long_as_its_floor_allows() {
    let Some(url) = service(SERVER) else { return };
    let schema = schema();
    open(&url, &schema).await.close().await;
    // As a newer version leaves it that added something: one more migration, one more column.
    let expanded = format!(
        "ALTER TABLE {schema}.sessions ADD COLUMN colour TEXT;
        INSERT INTO {schema}._sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9000, 'expand', TRUE, '', 0)"
    );
    execute(&url, expanded).await;
    let catalog = open(&url, &schema).await;
    catalog.create(fixtures::new_session(1).expect("a session")).await.expect("created");
    execute(&url, format!("UPDATE {schema}.schema_floor SET version = 9000")).await;
    let refused = PostgresCatalog::open(options(&url, &schema)).await.expect_err("too old");
    assert_eq!(refused.kind(), ErrorKind::Unsupported, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_write_before_it_acknowledges_is_refused() {
    let Some(url) = service(SERVER) else { return };
    let database = schema();
    execute(&url, format!("CREATE DATABASE {database}")).await;
    execute(&url, format!("ALTER DATABASE {database} SET synchronous_commit = off")).await;
    let (server, _) = url.rsplit_once('/').expect("a URL");
    let options = options(&format!("{server}/{database}"), "codesight");
    let refused = PostgresCatalog::open(options.clone()).await.expect_err("it loses what it acknowledges");
    assert_eq!(refused.kind(), ErrorKind::Unsupported, "{refused}");
    PostgresCatalog::open(options.durability(Durability::Relaxed)).await.expect("as asked for").close().await;
    execute(&url, format!("DROP DATABASE {database} WITH (FORCE)")).await;
}

#[tokio::test]
async fn passwords_are_shown_nowhere_and_what_is_no_url_is_refused() {
    let options = PostgresOptions::from_url("postgres://robot:TOPSECRET@127.0.0.1:1/data").expect("a URL");
    let options = options.patience(Duration::from_millis(200));
    assert_eq!(options.to_string(), "127.0.0.1:1/data, schema codesight");
    assert!(!format!("{options:?} {options:#?}").contains("TOPSECRET"));
    let away = PostgresCatalog::open(options).await.expect_err("nobody listens there");
    assert_eq!(away.kind(), ErrorKind::Unavailable, "{away}");
    assert!(!format!("{away:?} {away}").contains("TOPSECRET"));

    for url in ["", "sqlite:x", "postgres://robot:TOPSECRET@host:port/x", "postgres://h/x?sslmode=TOPSECRET"]
    {
        let refused = PostgresOptions::from_url(url).expect_err("not a URL");
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert!(!format!("{refused:?}").contains("TOPSECRET"), "{refused:?}");
    }
    let options = || PostgresOptions::from_url("postgres://127.0.0.1/x").expect("a URL");
    for name in ["", "Upper", "1st", "a-b", "a; DROP TABLE sessions", &"x".repeat(64)] {
        assert_eq!(options().schema(name).expect_err("no name").kind(), ErrorKind::Invalid, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_hear_which_sessions_others_changed_and_not_their_own() {
    let Some(url) = service(SERVER) else { return };
    let schema = schema();
    open(&url, &schema).await.close().await;
    let (one, two) =
        (PostgresEvents::start(options(&url, &schema)), PostgresEvents::start(options(&url, &schema)));
    assert_eq!(two.next().await.expect("listening"), [SessionEvent::Missed]);
    let sessions: Vec<_> = (0..100).map(|seed| fixtures::session_ref(seed).expect("a session")).collect();
    two.changed(&fixtures::session_ref(999).expect("a session"));
    for session in sessions.iter().chain(&sessions) {
        one.changed(session);
    }
    let mut heard = Vec::new();
    while heard.len() < sessions.len() {
        let next = tokio::time::timeout(Duration::from_secs(20), two.next()).await.expect("in time");
        heard.extend(next.expect("listening"));
    }
    let mut expected: Vec<_> = sessions.into_iter().map(SessionEvent::Changed).collect();
    let name = |event: &SessionEvent| format!("{event:?}");
    expected.sort_by_key(name);
    heard.sort_by_key(name);
    assert_eq!(heard, expected);

    // A connection that is lost is made anew, and that something was missed is said.
    execute(
        &url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'".to_owned(),
    )
    .await;
    let next = async {
        loop {
            match two.next().await {
                Ok(events) => return events,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    let next = tokio::time::timeout(Duration::from_secs(20), next).await.expect("in time");
    assert_eq!(next, [SessionEvent::Missed]);
}
