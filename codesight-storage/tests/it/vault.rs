//! The key store in a vault, against a scripted stand-in that speaks the key-value interface of Vault and OpenBao.

mod stand_in;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use codesight_core::ErrorKind;
use codesight_core::ports::{KeyId, KeyStore, SecretKey, SessionRef};
use codesight_core::testkit::{fixtures, keys_suite};
use codesight_storage::{VaultKeyStore, VaultOptions, VaultToken};

use self::stand_in::{Mishap, StandIn, TOKEN};

fn name() -> KeyId {
    let SessionRef { tenant, session } = fixtures::session_ref(1).expect("a session");
    KeyId::encryption(&tenant, &session)
}

fn options(vault: &StandIn, token: VaultToken) -> VaultOptions {
    VaultOptions::new(&format!("http://{}/secret/code-sight/keys", vault.address), token).expect("plain")
}

fn opened(vault: &StandIn) -> VaultKeyStore {
    let options = options(vault, VaultToken::Fixed(TOKEN.into())).timeout(Duration::from_millis(500));
    VaultKeyStore::open(options).expect("prepared")
}

const SECRET: [u8; 32] = *b"AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH";
/// `SECRET` in Base64, and the token: what no error and no log may hold.
const UNTOLD: [&str; 3] = ["AAAABBBB", "QUFBQUJC", TOKEN];

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_keeps_the_contract() {
    let vaults = Mutex::new(Vec::new());
    let fresh = || async {
        let vault = StandIn::start().await;
        let keys = opened(&vault);
        vaults.lock().expect("not poisoned").push(vault);
        Arc::new(keys) as Arc<dyn KeyStore>
    };
    let summary = keys_suite().run("a vault", fresh).await.expect("the contract is kept");
    assert!(summary.skipped.is_empty());
}

#[tokio::test]
async fn of_a_destroyed_key_no_version_is_left() {
    let vault = StandIn::start().await;
    let keys = opened(&vault);
    keys.get_or_insert(&name(), SecretKey::from_bytes(SECRET)).await.expect("inserted");
    assert!(vault.holds("QUFBQUJC"), "the key is in the vault to begin with");
    // Somebody wrote further versions by hand, the last of which is what counts.
    vault.write(name().as_str(), r#"{"key":"QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="}"#);
    assert_eq!(keys.get(&name()).await.expect("the newest"), SecretKey::from_bytes([b'B'; 32]));
    keys.destroy(&name()).await.expect("destroyed");
    assert!(!vault.holds("QUFBQUJC") && !vault.holds("QkJCQkJCQkJC"), "every version is gone");
    assert_eq!(keys.get(&name()).await.expect_err("gone").kind(), ErrorKind::NotFound);
    let again = keys.get_or_insert(&name(), SecretKey::from_bytes(SECRET)).await.expect_err("for good");
    assert_eq!(again.kind(), ErrorKind::Conflict);

    // One whose newest version an operator destroyed, or deleted, is no name that is free.
    for state in ["destroyed", "deleted"] {
        let vault = StandIn::start().await;
        let keys = opened(&vault);
        keys.get_or_insert(&name(), SecretKey::from_bytes(SECRET)).await.expect("inserted");
        vault.end_versions(name().as_str());
        assert_eq!(keys.get(&name()).await.expect_err(state).kind(), ErrorKind::NotFound);
        let again = keys.get_or_insert(&name(), SecretKey::from_bytes(SECRET)).await.expect_err(state);
        assert_eq!(again.kind(), ErrorKind::Conflict);
    }
}

#[tokio::test]
async fn whatever_the_vault_answers_is_told_by_a_code_and_by_nothing_secret() {
    let cases = [
        (Mishap::Status(403), ErrorKind::Forbidden, "vault-token-refused", false),
        (Mishap::Status(503), ErrorKind::Unavailable, "vault-sealed", true),
        (Mishap::Status(500), ErrorKind::Unavailable, "vault-failing", true),
        (Mishap::Status(429), ErrorKind::Unavailable, "vault-busy", true),
        (Mishap::Status(301), ErrorKind::Unexpected, "vault-status", false),
        (Mishap::Silent, ErrorKind::Unavailable, "vault-away", true),
        (Mishap::Torn, ErrorKind::Unavailable, "vault-away", true),
        (Mishap::Endless, ErrorKind::LimitExceeded, "vault-reply-too-long", false),
        (Mishap::Body("no JSON, and QUFBQUJC"), ErrorKind::Corrupt, "vault-reply-unreadable", false),
        (
            Mishap::Body(r#"{"data":{"data":{"key":"QUFBQUJCQkI="}}}"#),
            ErrorKind::Corrupt,
            "vault-secret-unreadable",
            false,
        ),
        (
            Mishap::Body(r#"{"data":{"data":{"other":"QUFBQUJCQkI="}}}"#),
            ErrorKind::Corrupt,
            "vault-secret-unreadable",
            false,
        ),
    ];
    for (mishap, kind, code, is_for_later) in cases {
        let vault = StandIn::start().await;
        let keys = opened(&vault);
        keys.get_or_insert(&name(), SecretKey::from_bytes(SECRET)).await.expect("inserted");
        vault.always(mishap);
        let calls = [
            keys.get(&name()).await.map(drop),
            keys.get_or_insert(&name(), SecretKey::from_bytes(SECRET)).await.map(drop),
        ];
        for error in calls.map(|call| call.expect_err(code)) {
            assert_eq!(error.kind(), kind, "{mishap:?}: {error:?}");
            let text = format!("{error} {error:?} {keys} {keys:?}");
            assert!(text.contains(code), "{mishap:?}: {text}");
            assert_eq!(error.retry() != codesight_core::Retry::Never, is_for_later, "{mishap:?}");
            assert!(UNTOLD.iter().all(|secret| !text.contains(secret)), "{mishap:?}: {text}");
        }
        let destroyed = keys.destroy(&name()).await;
        assert!(destroyed.is_err(), "{mishap:?}: an erasure that was not done is not reported as done");
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_leaves_one_key() {
    let vault = StandIn::start().await;
    let keys = opened(&vault);
    vault.lose_the_answer_to_the_next_write();
    let candidate = SecretKey::from_bytes(SECRET);
    assert_eq!(
        keys.get_or_insert(&name(), candidate.clone()).await.expect_err("lost").kind(),
        ErrorKind::Unavailable
    );
    let other = SecretKey::from_bytes([9; 32]);
    assert_eq!(keys.get_or_insert(&name(), other).await.expect("there"), candidate, "it had been written");
}

#[tokio::test]
async fn a_token_that_was_replaced_in_its_file_is_used_at_once() {
    let vault = StandIn::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).expect("written");
    let keys = VaultKeyStore::open(options(&vault, VaultToken::File(file.clone()))).expect("prepared");
    keys.get_or_insert(&name(), SecretKey::from_bytes(SECRET)).await.expect("inserted");
    vault.renew_token("s.renewed");
    assert_eq!(keys.get(&name()).await.expect_err("the old one").kind(), ErrorKind::Forbidden);
    std::fs::write(&file, "s.renewed").expect("written");
    assert!(keys.get(&name()).await.is_ok());
    for bad in ["", "two words", "line\nbreak"] {
        std::fs::write(&file, bad).expect("written");
        let error = keys.get(&name()).await.expect_err("no token");
        assert!(error.to_string().contains("vault-token-missing"), "{error}");
    }
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(keys.get(&name()).await.expect_err("no file").kind(), ErrorKind::Unavailable);
}

#[test]
fn addresses_are_plain() {
    let token = || VaultToken::Fixed("t".into());
    for good in ["https://vault.test:8200/secret/codesight", "http://127.0.0.1:1/kv/a/b-c"] {
        VaultOptions::new(good, token()).expect(good);
    }
    for bad in [
        "vault.test/secret/a",
        "ftp://vault.test/secret/a",
        "https://vault.test",
        "https://vault.test/secret",
        "https://vault.test/secret/",
        "https://vault.test/secret/a//b",
        "https://vault.test/secret/%2e%2e",
        "https://hunter2:hunter2@vault.test/secret/a",
        "https://vault.test/secret/a?hunter2",
    ] {
        let error = VaultOptions::new(bad, token()).expect_err(bad);
        assert!(error.kind() == ErrorKind::Invalid && !format!("{error:?}").contains("hunter2"));
    }
}
