//! Every statement that runs often finds its rows by an index, however many there are.

use codesight_core::id::{CollectorId, SubjectId};
use codesight_core::model::SessionStatus;
use codesight_core::ports::SessionQuery;
use codesight_core::testkit::fixtures;
use sqlx::{QueryBuilder, Row};

use super::{SqliteCatalog, SqliteOptions, append, jobs, journal};
use crate::catalog::selection::selection;

/// How SQLite goes about a statement, one step a line.
async fn plan(catalog: &SqliteCatalog, statement: &str) -> String {
    let mut explain = QueryBuilder::<sqlx::Sqlite>::new("EXPLAIN QUERY PLAN ");
    let rows = explain.push(statement).build().fetch_all(&catalog.readers).await.expect("a plan");
    let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    steps.join("\n")
}

#[tokio::test]
async fn no_frequent_statement_reads_a_whole_table() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let options = SqliteOptions::new(folder.path().join("catalog.sqlite"));
    let catalog = SqliteCatalog::open(options).await.expect("opened");
    let fixed = [append::READ_HEADS, append::WRITE_HEADS, jobs::IS_DUE, jobs::LEASE];
    for statement in fixed {
        let plan = plan(&catalog, statement).await;
        for step in plan.lines().filter(|step| step.starts_with("SCAN")) {
            assert!(step.contains("VIRTUAL TABLE"), "{statement}\n{plan}");
        }
    }
    let silent = plan(&catalog, journal::SILENT).await;
    assert!(silent.contains("USING COVERING INDEX sessions_active"), "{silent}");

    let tenant = fixtures::tenant().expect("a tenant");
    for mask in 0..64u32 {
        let on = |bit: u32| mask & (1 << bit) != 0;
        let query = SessionQuery {
            status: on(0).then_some(SessionStatus::Completed),
            collector: on(1).then(|| CollectorId::new("collector-1").expect("a name")),
            subject: on(5).then(|| SubjectId::new("subject-1").expect("a name")),
            started_from: on(2).then(|| fixtures::at(0)),
            min_quality: on(3).then_some(50.0),
            after: on(4).then(|| (fixtures::at(9), fixtures::session_ref(1).expect("a session").session)),
            ..SessionQuery::default()
        };
        let sql: QueryBuilder<sqlx::Sqlite> = selection("SELECT document", "document", &tenant, &query, 50);
        let plan = plan(&catalog, sql.sql().as_str()).await;
        // In the order of the index, so that a page costs what a page holds.
        assert!(plan.starts_with("SEARCH sessions USING INDEX sessions_newest"), "{query:?}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{query:?}\n{plan}");
    }
}
