//! What accounts for personal data, in SQLite; and that nothing of what was deleted is left in the file.

use std::path::Path;
use std::sync::Arc;

use codesight_core::id::SubjectId;
use codesight_core::ports::{
    Accounts, ApiKeyRegister, ConsentLedger, ExportRegister, JournalKind, JournalRecord, RightsRegister,
    Scrub as _, SessionCatalog, SessionJournal,
};
use codesight_core::privacy::Masked;
use codesight_core::testkit::{self, AuditBackend, fixtures};
use tempfile::TempDir;

use super::{held, open};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_accounts_keep_the_contract() {
    held(
        testkit::api_keys_suite(),
        "SQLite",
        |options| options,
        |catalog| Arc::new(catalog) as Arc<dyn ApiKeyRegister>,
    )
    .await;
    held(
        testkit::consents_suite(),
        "SQLite",
        |options| options,
        |catalog| Arc::new(catalog) as Arc<dyn ConsentLedger>,
    )
    .await;
    held(
        testkit::register_suite(),
        "SQLite",
        |options| options,
        |catalog| Arc::new(catalog) as Arc<dyn RightsRegister>,
    )
    .await;
    held(
        testkit::exports_suite(),
        "SQLite",
        |options| options,
        |catalog| Arc::new(catalog) as Arc<dyn ExportRegister>,
    )
    .await;
    held(
        testkit::scrub_suite(),
        "SQLite",
        |options| options,
        |catalog| Arc::new(catalog) as Arc<dyn Accounts>,
    )
    .await;
    held(
        testkit::evidence_suite(),
        "SQLite",
        |options| options,
        |catalog| Arc::new(AuditBackend { log: Arc::new(catalog.audit_log()), evidence: Arc::new(catalog) }),
    )
    .await;
}

/// How often `needle` is in the files of a folder.
fn occurrences(folder: &Path, needle: &[u8]) -> usize {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    files
        .map(|path| {
            let bytes = std::fs::read(path).expect("readable");
            bytes.windows(needle.len()).filter(|window| window == &needle).count()
        })
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn scrubbing_leaves_no_byte_of_a_deleted_session() {
    const MARK: &str = "qXv7-mark-of-the-deleted-session";
    let folder = TempDir::new().expect("a folder");
    let catalog = open(folder.path()).await;
    let now = fixtures::at(0);
    for seed in [1, 2] {
        catalog.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
    }
    let session = fixtures::session_ref(1).expect("a session");
    let epoch = catalog.open_epoch(&session, now).await.expect("opened").epoch;
    // Too short to be compressed, so that the mark can be seen.
    let record = |seq| JournalRecord {
        seq,
        kind: JournalKind::Interaction,
        payload: Masked::from_store(format!(r#"{{"m":"{MARK}"}}"#).into()),
    };
    catalog.append(&session, epoch, (1..=50).map(record).collect(), now).await.expect("appended");
    assert!(occurrences(folder.path(), MARK.as_bytes()) >= 50, "the mark is not in the file to begin with");
    catalog.delete(&session).await.expect("deleted");
    assert!(occurrences(folder.path(), MARK.as_bytes()) > 0, "deletion alone left nothing: nothing to show");
    catalog.scrub().await.expect("scrubbed");
    assert_eq!(occurrences(folder.path(), MARK.as_bytes()), 0, "the mark is left");
    assert_eq!(occurrences(folder.path(), session.session.as_str().as_bytes()), 0, "the id is left");
    // What stays, stays; and the file goes on being written.
    let other = fixtures::session_ref(2).expect("a session");
    catalog.get(&other).await.expect("the other session");
    catalog.open_epoch(&other, now).await.expect("still writable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_name_is_in_no_byte_after_scrubbing() {
    let folder = TempDir::new().expect("a folder");
    let catalog = open(folder.path()).await;
    let tenant = fixtures::tenant().expect("a tenant");
    let name = "qXv7-the-name-to-forget";
    let subject = SubjectId::new(name).expect("a name");
    let stand_in = SubjectId::new("erased-1").expect("a name");
    for number in 0..3 {
        let record = testkit::consent_record(1, number).expect("a record");
        let record = codesight_core::rights::ConsentRecord { subject: subject.clone(), ..record };
        catalog.record(record).await.expect("recorded");
        let mut request = testkit::rights_request(1, number).expect("a request");
        let erased = request.scope.subject().clone();
        request.scope.replace_subject(&erased, &subject);
        catalog.open_request(request).await.expect("opened");
    }
    assert!(occurrences(folder.path(), name.as_bytes()) >= 6);
    catalog.replace_subject(&tenant, &subject, &stand_in).await.expect("replaced");
    catalog.forget_subject(&tenant, &subject, &stand_in).await.expect("forgotten");
    catalog.scrub().await.expect("scrubbed");
    assert_eq!(occurrences(folder.path(), name.as_bytes()), 0);
    assert_eq!(catalog.history(&tenant, &stand_in).await.expect("a history").len(), 3);
}
