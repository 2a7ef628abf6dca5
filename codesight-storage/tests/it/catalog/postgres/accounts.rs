//! What accounts for personal data, on PostgreSQL; and that nothing of what was deleted is left in its tables.

use std::sync::Arc;

use codesight_core::ports::{
    Accounts, ApiKeyRegister, ConsentLedger, ExportRegister, JournalKind, JournalRecord, RightsRegister,
    Scrub as _, SessionCatalog, SessionJournal,
};
use codesight_core::privacy::Masked;
use codesight_core::testkit::{self, AuditBackend, fixtures};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::{SERVER, execute, held, open, schema};
use crate::support::service;

#[tokio::test(flavor = "multi_thread")]
async fn postgres_accounts_keep_the_contract() {
    let Some(url) = service(SERVER) else { return };
    let same = |options| options;
    let keys = |catalog| Arc::new(catalog) as Arc<dyn ApiKeyRegister>;
    held(testkit::api_keys_suite(), "PostgreSQL", &url, same, keys).await;
    let ledger = |catalog| Arc::new(catalog) as Arc<dyn ConsentLedger>;
    held(testkit::consents_suite(), "PostgreSQL", &url, same, ledger).await;
    let register = |catalog| Arc::new(catalog) as Arc<dyn RightsRegister>;
    held(testkit::register_suite(), "PostgreSQL", &url, same, register).await;
    let exports = |catalog| Arc::new(catalog) as Arc<dyn ExportRegister>;
    held(testkit::exports_suite(), "PostgreSQL", &url, same, exports).await;
    let accounts = |catalog| Arc::new(catalog) as Arc<dyn Accounts>;
    held(testkit::scrub_suite(), "PostgreSQL", &url, same, accounts).await;
    let evidence = |catalog: codesight_storage::PostgresCatalog| {
        Arc::new(AuditBackend { log: Arc::new(catalog.audit_log()), evidence: Arc::new(catalog) })
    };
    held(testkit::evidence_suite(), "PostgreSQL", &url, same, evidence).await;
}

/// Whether a word is in the file of a table.
async fn is_in_file(url: &str, table: &str, word: &str) -> bool {
    execute(url, "CHECKPOINT".to_owned()).await;
    let mut connection = PgConnection::connect(url).await.expect("connected");
    let found = format!(
        "SELECT position('{word}'::bytea IN pg_read_binary_file(pg_relation_filepath('{table}'))) > 0"
    );
    sqlx::raw_sql(AssertSqlSafe(found)).fetch_one(&mut connection).await.expect("readable").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn scrubbing_leaves_no_byte_of_a_deleted_session_in_the_tables() {
    const MARK: &str = "qXv7-mark-of-the-deleted-session";
    let Some(url) = service(SERVER) else { return };
    let schema = schema();
    let catalog = open(&url, &schema).await;
    let now = fixtures::at(0);
    for seed in [1, 2] {
        catalog.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
        catalog.open_epoch(&fixtures::session_ref(seed).expect("a session"), now).await.expect("opened");
    }
    let session = fixtures::session_ref(1).expect("a session");
    // Too short to be compressed, so that the mark can be seen.
    let record = |seq| JournalRecord {
        seq,
        kind: JournalKind::Interaction,
        payload: Masked::from_store(format!(r#"{{"m":"{MARK}"}}"#).into()),
    };
    catalog.append(&session, 1, (1..=50).map(record).collect(), now).await.expect("appended");
    let (journal, sessions) = (format!("{schema}.journal"), format!("{schema}.sessions"));
    assert!(is_in_file(&url, &journal, MARK).await, "the mark is not in the table to begin with");
    catalog.delete(&session).await.expect("deleted");
    assert!(is_in_file(&url, &journal, MARK).await, "deletion alone left nothing: nothing to show");
    catalog.scrub().await.expect("scrubbed");
    assert!(!is_in_file(&url, &journal, MARK).await, "the mark is left");
    assert!(!is_in_file(&url, &sessions, session.session.as_str()).await, "the id is left");
    // What stays, stays.
    let other = fixtures::session_ref(2).expect("a session");
    catalog.get(&other).await.expect("the other session");
    catalog.open_epoch(&other, now).await.expect("still writable");
}
