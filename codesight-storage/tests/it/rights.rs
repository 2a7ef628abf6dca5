//! Subject rights and retention over the ports: an erasure reaches everything, whatever fails on the way.

use std::sync::Arc;

use bytes::Bytes;
use codesight_core::ErrorKind;
use codesight_core::id::{ContentHash, ExportId, SessionId, SubjectId};
use codesight_core::memory::{
    MemoryAccounts, MemoryAuditLog, MemoryBlobStore, MemoryCatalog, MemoryKeyStore, MemoryProviderFiles,
};
use codesight_core::ports::{
    Accounts, AuditAction, AuditEvent, AuditEvidence as _, AuditLine, AuditLog, BlobKey, BlobStore, Catalog,
    ConsentLedger as _, Export, ExportPlace, ExportRegister as _, KeyId, KeyStore, NewSession,
    RightsRegister as _, SecretKey, SessionCatalog as _, SessionChange, SessionJournal as _, SessionRef,
};
use codesight_core::privacy::Masked;
use codesight_core::rights::{
    AuditCheckpoint, AuditFault, AuditFaultKind, AuditTruncation, AuditVerification, ChainVerifier,
    ConsentRecord, ErasureCertificate, Regime, RequestKind, RequestScope, RequestStatus, RetentionClass,
    RetentionPolicy, RetentionRule, RightsRequest, TenantDigests,
};
use codesight_core::testkit::{
    FaultMoment, Faults, FaultyAccounts, FaultyBlobStore, FaultyCatalog, fixtures, legal_hold,
};
use codesight_core::time::FixedClock;
use codesight_storage::rights::{NewRequest, RetentionOutcome, RightsBackends, export_subject};

const SUBJECT: u64 = 1;
const OTHER: u64 = 2;

fn random_key() -> codesight_core::Result<SecretKey> {
    Ok(SecretKey::from_bytes([42; 32]))
}

struct World {
    catalog: Arc<MemoryCatalog>,
    blobs: Arc<MemoryBlobStore>,
    keys: Arc<MemoryKeyStore>,
    audit: Arc<MemoryAuditLog>,
    accounts: Arc<MemoryAccounts>,
    files: Arc<MemoryProviderFiles>,
}

fn subject(seed: u64) -> SubjectId {
    SubjectId::new(format!("subject-{seed}")).expect("a name")
}

impl World {
    /// Two sessions of the subject, one recorded and one archived, and one of somebody else.
    async fn new() -> Self {
        let audit = Arc::new(MemoryAuditLog::new());
        let world = Self {
            catalog: Arc::default(),
            blobs: Arc::default(),
            keys: Arc::default(),
            accounts: Arc::new(MemoryAccounts::new(Arc::clone(&audit))),
            audit,
            files: Arc::new(MemoryProviderFiles::holding(["file-1", "file-2", "file-of-others"])),
        };
        for (seed, of) in [(11, SUBJECT), (12, SUBJECT), (21, OTHER)] {
            world.record(seed, of).await;
        }
        let export = |id: &str, sessions: &[u64], place| Export {
            id: ExportId::new(id).expect("a name"),
            tenant: fixtures::tenant().expect("a tenant"),
            place,
            purpose: "training".to_owned(),
            sessions: sessions.iter().map(|seed| session(*seed).session).collect(),
            made_at: fixtures::at(0),
            models: vec![format!("model-of-{id}")],
        };
        let shared = BlobKey::new("tenant/exports/shared.jsonl").expect("a key");
        world.blobs.put(&shared, Bytes::from_static(b"lines of two people")).await.expect("put");
        let place = ExportPlace::Blob { key: shared };
        world.accounts.note_export(export("shared", &[12, 21], place)).await.expect("noted");
        for (id, sessions, file) in [("uploaded", [11, 21], "file-2"), ("others", [21, 21], "file-of-others")]
        {
            let place = ExportPlace::Provider { service: "memory".to_owned(), file: file.to_owned() };
            world.accounts.note_export(export(id, &sessions, place)).await.expect("noted");
        }
        let change = SessionChange {
            training_file_id: Some("file-1".to_owned()),
            model_id: Some("model-1".to_owned()),
            ..SessionChange::default()
        };
        world.catalog.update(&session(11), change).await.expect("updated");
        world
    }

    async fn record(&self, seed: u64, of: u64) {
        let NewSession { key, session: stored } = fixtures::new_session(seed).expect("a session");
        let mut stored = stored.into_inner();
        stored.consent.subject = subject(of);
        let (tenant, consent, collector) =
            (stored.tenant.clone(), stored.consent.clone(), stored.collector.clone());
        let grant = ConsentRecord::grant(tenant.clone(), collector, &consent, fixtures::at(0));
        self.accounts.record(grant).await.expect("recorded");
        let place = session(seed);
        self.catalog.create(NewSession { key, session: Masked::from_store(stored) }).await.expect("created");
        self.catalog.open_epoch(&place, fixtures::at(0)).await.expect("opened");
        let records = fixtures::records(seed, 1, 5).expect("records");
        self.catalog.append(&place, 1, records, fixtures::at(0)).await.expect("appended");
        for key in KeyId::of_session(&tenant, &place.session) {
            self.keys.get_or_insert(&key, SecretKey::from_bytes([1; 32])).await.expect("a key");
        }
        let frame = BlobKey::captured(&tenant, &place.session, &ContentHash::of(b"frame"));
        let lines = BlobKey::training(&tenant, &place.session);
        for key in [frame, lines, BlobKey::archive(&tenant, &place.session)] {
            self.blobs.put(&key, Bytes::from_static(b"of a session")).await.expect("put");
        }
    }

    fn backends(&self) -> RightsBackends {
        self.with_faults(&Arc::new(Faults::none()))
    }

    fn with_faults(&self, faults: &Arc<Faults>) -> RightsBackends {
        let (catalog, blobs, accounts) = (
            Arc::clone(&self.catalog) as Arc<dyn Catalog>,
            Arc::clone(&self.blobs) as Arc<dyn BlobStore>,
            Arc::clone(&self.accounts) as Arc<dyn Accounts>,
        );
        RightsBackends {
            catalog: Arc::new(FaultyCatalog::new(catalog, Arc::clone(faults))),
            blobs: Arc::new(FaultyBlobStore::new(blobs, Arc::clone(faults))),
            accounts: Arc::new(FaultyAccounts::new(accounts, Arc::clone(faults))),
            uploads: None,
            keys: Arc::clone(&self.keys) as Arc<dyn KeyStore>,
            audit: Arc::clone(&self.audit) as Arc<dyn AuditLog>,
            providers: vec![Arc::clone(&self.files) as _],
            clock: Arc::new(FixedClock::at(fixtures::at(1_000))),
            random_key,
        }
    }

    /// What is left of the subject, by where it is.
    async fn left(&self) -> Vec<String> {
        let tenant = fixtures::tenant().expect("a tenant");
        let mut left = Vec::new();
        for seed in [11, 12] {
            let place = session(seed);
            if self.catalog.get(&place).await.is_ok() {
                left.push(format!("session {seed}"));
            }
            for key in KeyId::of_session(&tenant, &place.session) {
                if self.keys.get(&key).await.is_ok() {
                    left.push(format!("key {key}"));
                }
            }
            for blob in self.blobs.list("", None, 100).await.expect("listed") {
                if blob.key.as_str().contains(place.session.as_str()) {
                    left.push(blob.key.to_string());
                }
            }
        }
        let ids = [session(11).session, session(12).session];
        let exports = self.accounts.exports_of(&tenant, &ids).await.expect("exports");
        left.extend(exports.iter().map(|export| format!("export {}", export.id)));
        let shared = BlobKey::new("tenant/exports/shared.jsonl").expect("a key");
        if self.blobs.head(&shared).await.is_ok() {
            left.push("the shared export".to_owned());
        }
        left.extend(self.files.files().into_iter().filter(|file| file != "file-of-others"));
        let name = subject(SUBJECT);
        if !self.accounts.history(&tenant, &name).await.expect("a history").is_empty() {
            left.push("consents".to_owned());
        }
        if !self.accounts.requests_of(&tenant, &name).await.expect("requests").is_empty() {
            left.push("requests".to_owned());
        }
        left
    }

    async fn assert_the_other_is_whole(&self) {
        let tenant = fixtures::tenant().expect("a tenant");
        let place = session(21);
        self.catalog.get(&place).await.expect("the other session");
        assert_eq!(self.catalog.read(&place, 0, 10).await.expect("a journal").len(), 5);
        self.keys.get(&KeyId::pseudonyms(&tenant, &place.session)).await.expect("the other key");
        assert_eq!(self.accounts.history(&tenant, &subject(OTHER)).await.expect("a history").len(), 1);
        let prefix = BlobKey::captured_prefix(&tenant, &place.session);
        assert_eq!(self.blobs.list(&prefix, None, 9).await.expect("listed").len(), 1);
        assert_eq!(self.files.files(), ["file-of-others"]);
    }
}

fn session(seed: u64) -> SessionRef {
    fixtures::session_ref(seed).expect("a session")
}

fn request(scope: RequestScope) -> RightsRequest {
    let tenant = fixtures::tenant().expect("a tenant");
    let id = "request-1".parse().expect("a name");
    RightsRequest::new(id, tenant, RequestKind::Erasure, Regime::Gdpr, scope, "test", fixtures::at(500))
}

fn of_subject() -> RightsRequest {
    request(RequestScope::Subject { subject: subject(SUBJECT) })
}

#[tokio::test]
async fn an_erasure_reaches_everything_of_the_person_and_nothing_of_another() {
    let world = World::new().await;
    let backends = world.backends();
    let tenant = fixtures::tenant().expect("a tenant");
    let report = backends.find_subject(&tenant, &subject(SUBJECT)).await.expect("found");
    assert_eq!((report.sessions.len(), report.exports.len(), report.erased), (2, 2, false));
    assert_eq!(report.sessions.iter().map(|one| one.blobs.len()).sum::<usize>(), 6);

    let request = backends.accounts.open_request(of_subject()).await.expect("opened");
    let done = backends.erase(request).await.expect("erased");
    assert_eq!(done.status, RequestStatus::Settled);
    assert_eq!(world.left().await, Vec::<String>::new());
    world.assert_the_other_is_whole().await;

    let key = backends.signer().await.expect("a signer").public_key();
    let certificate = ErasureCertificate::open(&done.certificates[0], &key).expect("signed");
    assert!(TenantDigests::is_stand_in(&certificate.stand_in) && !done.certificates[0].contains("subject-1"));
    let inventory = &certificate.inventory;
    assert_eq!((inventory.sessions.len(), inventory.blobs, inventory.keys), (2, 6, 4));
    assert_eq!(inventory.encryption_keys, 2, "what was encrypted is unreadable wherever a copy is");
    assert_eq!((inventory.journal_places, inventory.exports, inventory.consent_records), (10, 2, 2));
    assert_eq!(inventory.provider_files.len(), 2);
    assert_eq!(inventory.models, ["model-1", "model-of-shared", "model-of-uploaded"]);
    let entry = world.audit.read(certificate.audit_position - 1, 1).await.expect("read").remove(0);
    assert_eq!((entry.hash, &entry.event.action), (certificate.audit_hash, &AuditAction::SubjectErased));
    assert!(!serde_json::to_string(&entry).expect("JSON").contains("subject-1"));

    // Again changes nothing; and who knows the name finds that they were erased, and what they had agreed to.
    let again = backends.erase(done.clone()).await.expect("again");
    assert_eq!(again, done);
    let after = backends.find_subject(&tenant, &subject(SUBJECT)).await.expect("found");
    assert!(after.erased && after.sessions.is_empty());
    assert_eq!((after.consents.len(), after.requests.len()), (2, 1));
}

/// Every call that can fail is made to fail, before it is made and after it was made, and the erasure is taken up again.
#[tokio::test]
async fn an_erasure_interrupted_at_any_call_is_taken_up_and_comes_to_the_same_end() {
    let (mut interrupted, mut completed) = (0, 0);
    for moment in [FaultMoment::Before, FaultMoment::After] {
        for call in 1.. {
            let world = World::new().await;
            let opened = world.accounts.open_request(of_subject()).await.expect("opened");
            let faults = Arc::new(Faults::from(call).when(moment));
            if world.with_faults(&faults).erase(opened.clone()).await.is_ok() {
                completed += 1;
                break;
            }
            interrupted += 1;
            // A new process knows what is stored, and nothing else.
            let stored = world.accounts.request(&opened.tenant, &opened.id).await.expect("stored");
            let done = world.backends().erase(stored).await.expect("taken up");
            assert_eq!(done.status, RequestStatus::Settled, "call {call}");
            assert_eq!(world.left().await, Vec::<String>::new(), "call {call}, {moment:?}");
            world.assert_the_other_is_whole().await;
            let key = world.backends().signer().await.expect("a signer").public_key();
            let signed = done.certificates.last().expect("a certificate");
            let certificate = ErasureCertificate::open(signed, &key).expect("signed");
            assert_eq!(certificate.inventory.sessions.len(), 2, "call {call}, {moment:?}");
        }
    }
    assert!(completed == 2 && interrupted > 60, "only {interrupted} interruptions");
}

#[tokio::test]
async fn what_is_at_a_service_that_cannot_be_reached_stays_pending_and_follows_later() {
    let world = World::new().await;
    let unreachable = RightsBackends { providers: Vec::new(), ..world.backends() };
    let request = unreachable.accounts.open_request(of_subject()).await.expect("opened");
    let open = unreachable.erase(request).await.expect("erased");
    assert_eq!(open.status, RequestStatus::Open);
    assert_eq!(world.left().await, ["file-1", "file-2"]);
    let pending = |signed: &str, key| ErasureCertificate::open(signed, key).expect("signed").pending.len();
    let key = unreachable.signer().await.expect("a signer").public_key();
    assert_eq!(pending(&open.certificates[0], &key), 2);
    // Still away: no second certificate for nothing.
    assert_eq!(unreachable.erase(open.clone()).await.expect("again"), open);
    let settled = world.backends().erase(open).await.expect("reached");
    assert_eq!(settled.status, RequestStatus::Settled);
    assert_eq!(pending(settled.certificates.last().expect("another"), &key), 0);
    assert_eq!(world.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_erasure_that_waits_is_gone_on_with_although_it_gave_up_the_name() {
    let world = World::new().await;
    let tenant = fixtures::tenant().expect("a tenant");
    let ask = |backends: RightsBackends, id: &str| {
        let (id, tenant) = (id.parse().expect("a name"), tenant.clone());
        async move {
            let scope = backends.erasure_scope(&tenant, subject(SUBJECT), None).await.expect("known");
            let (kind, regime, taken_by) = (RequestKind::Erasure, Regime::Gdpr, "test".to_owned());
            backends
                .erase_once(NewRequest { id, tenant, kind, regime, scope, taken_by })
                .await
                .expect("erased")
        }
    };
    let waits = ask(RightsBackends { providers: Vec::new(), ..world.backends() }, "first").await;
    assert_eq!((waits.status, waits.id.as_str()), (RequestStatus::Open, "first"));
    assert!(TenantDigests::is_stand_in(waits.scope.subject()));
    let settled = ask(world.backends(), "second").await;
    assert_eq!((settled.status, settled.id.as_str()), (RequestStatus::Settled, "first"), "the same request");
    assert_eq!(world.left().await, Vec::<String>::new());
    let stranger = world.backends().erasure_scope(&tenant, subject(3), None).await;
    assert_eq!(stranger.map_err(|error| error.kind()), Err(ErrorKind::NotFound));
    let of_another = Some(session(21).session);
    let refused = world.backends().erasure_scope(&tenant, subject(SUBJECT), of_another).await;
    assert_eq!(refused.map_err(|error| error.kind()), Err(ErrorKind::Invalid));
}

#[tokio::test]
async fn a_hold_stops_an_erasure_until_it_is_released() {
    let world = World::new().await;
    let backends = world.backends();
    let before = world.left().await;
    backends.accounts.place_hold(legal_hold(SUBJECT).expect("a hold")).await.expect("placed");
    let request = backends.accounts.open_request(of_subject()).await.expect("opened");
    let held = backends.erase(request).await.expect("held");
    assert_eq!((held.status, held.certificates.len()), (RequestStatus::Held, 0));
    assert_eq!(world.left().await.len(), before.len() + 1, "the request, and all that was there");
    backends.accounts.release_hold(&held.tenant, &subject(SUBJECT)).await.expect("released");
    let done = backends.erase(held).await.expect("erased");
    assert_eq!(done.status, RequestStatus::Settled);
    assert_eq!(world.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_session_is_erased_and_buried_alone() {
    let world = World::new().await;
    let backends = world.backends();
    let SessionRef { tenant, session: id } = session(12);
    let key = world.catalog.recording_key(&session(12)).await.expect("a key");
    let scope = RequestScope::Session { session: id.clone(), subject: subject(SUBJECT) };
    let request = backends.accounts.open_request(request(scope)).await.expect("opened");
    assert_eq!(backends.erase(request).await.expect("erased").status, RequestStatus::Settled);
    let report = backends.find_subject(&tenant, &subject(SUBJECT)).await.expect("found");
    assert_eq!((report.sessions.len(), report.erased), (1, false));
    let digests = backends.digests(&tenant).await.expect("digests");
    let collector = fixtures::session(12).expect("a session").collector;
    for (digest, expected) in [
        (digests.session(&id), true),
        (digests.recording(&collector, &key), true),
        (digests.session(&session(11).session), false),
        (digests.subject(&subject(SUBJECT)), false),
    ] {
        assert_eq!(backends.accounts.is_buried(&tenant, &[digest]).await.expect("asked"), expected);
    }
}

#[tokio::test]
async fn everything_of_a_person_is_handed_out_as_a_zip() {
    let world = World::new().await;
    let backends = world.backends();
    let tenant = fixtures::tenant().expect("a tenant");
    let mut file = std::io::Cursor::new(Vec::new());
    let summary = export_subject(&backends, &tenant, &subject(SUBJECT), &mut file).await.expect("exported");
    let mut zip = zip::ZipArchive::new(file).expect("a ZIP");
    let names: Vec<String> = zip.file_names().map(|name| name.expect("text").into_owned()).collect();
    assert_eq!((summary.sessions, summary.files), (2, names.len() as u64));
    let id = session(11).session;
    for expected in [
        "README.txt".to_owned(),
        "about-you.json".to_owned(),
        format!("sessions/{id}/session.json"),
        format!("sessions/{id}/journal.jsonl"),
        format!("sessions/{id}/files/archives-{id}.zip"),
        format!("sessions/{id}/files/training-{id}.jsonl"),
    ] {
        assert!(names.contains(&expected), "{expected} is not among {names:?}");
    }
    let other = session(21).session;
    assert!(!names.iter().any(|name| name.contains(other.as_str())), "somebody else's session is in it");
    let journal = zip.by_name(&format!("sessions/{id}/journal.jsonl")).expect("an entry");
    assert_eq!(std::io::read_to_string(journal).expect("text").lines().count(), 5);
    let stranger = SubjectId::new("a-stranger").expect("a name");
    let mut nothing = std::io::Cursor::new(Vec::new());
    assert!(export_subject(&backends, &tenant, &stranger, &mut nothing).await.is_err());
}

fn policy(rules: &[(RetentionClass, Option<u32>, Option<u32>)]) -> RetentionPolicy {
    let rule = |(class, minimum_days, maximum_days): &(_, _, _)| {
        (*class, RetentionRule { minimum_days: *minimum_days, maximum_days: *maximum_days })
    };
    RetentionPolicy(rules.iter().map(rule).collect())
}

#[tokio::test]
async fn retention_is_planned_before_it_is_applied_and_looks_again_before_it_deletes() {
    let world = World::new().await;
    let later =
        RightsBackends { clock: Arc::new(FixedClock::at(fixtures::at(40 * 86_400_000))), ..world.backends() };
    let tenant = fixtures::tenant().expect("a tenant");
    let rules = policy(&[
        (RetentionClass::Archive, Some(10), Some(30)),
        (RetentionClass::Session, None, Some(400)),
        (RetentionClass::Export, None, Some(30)),
    ]);
    let plan = later.plan_retention(&tenant, &rules).await.expect("planned");
    let archives = plan.deletions().filter(|action| action.class == RetentionClass::Archive).count();
    assert_eq!((archives, plan.deletions().count()), (3, 6), "{plan:?}");
    assert!(world.blobs.head(&BlobKey::archive(&tenant, &session(21).session)).await.is_ok(), "only planned");

    // A hold that is placed after the plan was made keeps what the plan would delete.
    later.accounts.place_hold(legal_hold(OTHER).expect("a hold")).await.expect("placed");
    let report = later.apply_retention(&plan, "test").await.expect("applied");
    assert_eq!(report.count(RetentionOutcome::Deleted), 2, "{report:?}");
    assert_eq!(report.count(RetentionOutcome::NoLongerDue), 4, "{report:?}");
    assert!(world.blobs.head(&BlobKey::archive(&tenant, &session(21).session)).await.is_ok());
    assert!(world.blobs.head(&BlobKey::archive(&tenant, &session(11).session)).await.is_err());
    // Applied again, there is nothing left of it to do.
    let again = later.apply_retention(&plan, "test").await.expect("applied");
    assert_eq!((again.count(RetentionOutcome::Deleted), again.count(RetentionOutcome::Gone)), (0, 2));
}

#[tokio::test]
async fn the_audit_log_gives_up_its_old_beginning_and_what_is_left_proves_itself() {
    const DAY_MS: i64 = 86_400_000;
    let world = World::new().await;
    let tenant = fixtures::tenant().expect("a tenant");
    let signer = world.backends().signer().await.expect("a signer");
    for day in 0..6 {
        let event =
            AuditEvent { at: fixtures::at(day * DAY_MS), ..fixtures::audit_event(1).expect("an event") };
        let entry = world.audit.append(event).await.expect("appended");
        // Those of the days 1 and 4 are signed.
        if day % 3 == 1 {
            let checkpoint = AuditCheckpoint::sign(&entry, entry.event.at, &signer).expect("signed");
            world.accounts.keep_checkpoint(checkpoint).await.expect("kept");
        }
    }
    let at_day_6 =
        RightsBackends { clock: Arc::new(FixedClock::at(fixtures::at(6 * DAY_MS))), ..world.backends() };
    let rules = |most| policy(&[(RetentionClass::AuditLog, None, Some(most))]);
    let too_young = at_day_6.plan_retention(&tenant, &rules(6)).await.expect("planned");
    assert_eq!(too_young.audit_log, None, "the only old entry is not signed for");
    // Of the days 0 to 3 that are old enough, those before the signed place.
    let plan = at_day_6.plan_retention(&tenant, &rules(3)).await.expect("planned");
    let planned = plan.audit_log.clone().expect("something is due");
    assert_eq!((planned.through, planned.entries), (2, 2));
    assert_eq!(world.audit.read(0, 10).await.expect("read").len(), 6, "only planned");

    // A hold that is placed after the plan was made keeps the log, too.
    at_day_6.accounts.place_hold(legal_hold(OTHER).expect("a hold")).await.expect("placed");
    assert_eq!(at_day_6.apply_retention(&plan, "test").await.expect("applied").log_entries, 0);
    at_day_6.accounts.release_hold(&tenant, &subject(OTHER)).await.expect("released");
    assert_eq!(at_day_6.apply_retention(&plan, "test").await.expect("applied").log_entries, 2);
    assert_eq!(at_day_6.apply_retention(&plan, "test").await.expect("applied").log_entries, 0, "once");

    let went = world.accounts.truncation().await.expect("asked").expect("a statement");
    assert!(went.tenants.contains(&tenant));
    let (key, checkpoints) = (signer.public_key(), world.accounts.checkpoints(0, 10).await.expect("read"));
    let lines = world.accounts.lines(0, 100).await.expect("read");
    let verify = |went: &AuditTruncation, lines: &[AuditLine]| {
        let mut verifier = ChainVerifier::new(&checkpoints, &key)?.after(went, &key)?;
        lines.iter().try_for_each(|line| verifier.push(line))?;
        verifier.finish()
    };
    let verified = verify(&went, &lines).expect("whole");
    assert_eq!((verified.truncated_through, verified.signed_through), (2, 5));
    // Who deletes more, or states it without the key, is found out.
    let fault =
        |result: Result<_, AuditFault>| result.map(|_: AuditVerification| ()).expect_err("wrong").kind;
    assert_eq!(fault(verify(&went, &lines[1..])), AuditFaultKind::EntryMissing);
    let more = AuditTruncation { through: 3, ..went.clone() };
    assert_eq!(fault(verify(&more, &lines[1..])), AuditFaultKind::TruncationForged);
    let whole = ChainVerifier::new(&checkpoints, &key).expect("good").push(&lines[0]);
    assert_eq!(whole.map_err(|fault| fault.kind), Err(AuditFaultKind::EntryMissing), "without the statement");
}

#[tokio::test]
async fn lines_go_when_their_purpose_is_withdrawn() {
    let world = World::new().await;
    let backends = world.backends();
    let tenant = fixtures::tenant().expect("a tenant");
    let none = RetentionPolicy::default();
    assert_eq!(backends.plan_retention(&tenant, &none).await.expect("planned").deletions().count(), 0);
    let withdrawal = ConsentRecord {
        subject: subject(SUBJECT),
        decision: codesight_core::rights::ConsentDecision::Withdrawn,
        at: fixtures::at(999_999),
        recorded_at: fixtures::at(999_999),
        ..codesight_core::testkit::consent_record(SUBJECT, 1).expect("a record")
    };
    backends.accounts.record(withdrawal).await.expect("recorded");
    let plan = backends.plan_retention(&tenant, &none).await.expect("planned");
    let sessions: Vec<&SessionId> = plan.deletions().filter_map(|action| action.session.as_ref()).collect();
    assert_eq!(sessions, [&session(12).session, &session(11).session]);
    // And the exports that hold them.
    assert_eq!(plan.deletions().filter(|action| action.export.is_some()).count(), 2);
}
