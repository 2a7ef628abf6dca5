//! The key store in a folder.

use std::fs;
use std::sync::{Arc, Mutex};

use codesight_core::ErrorKind;
use codesight_core::ports::{KeyId, KeyStore, SecretKey, SessionRef};
use codesight_core::testkit::{fixtures, keys_suite};
use codesight_storage::FileKeyStore;
use tempfile::TempDir;

fn name() -> KeyId {
    let SessionRef { tenant, session } = fixtures::session_ref(1).expect("a session");
    KeyId::pseudonyms(&tenant, &session)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_keep_the_contract() {
    let folders = Mutex::new(Vec::new());
    let fresh = || async {
        let folder = TempDir::new().expect("a folder");
        let keys = FileKeyStore::open(folder.path().join("keys")).expect("opened");
        folders.lock().expect("not poisoned").push(folder);
        Arc::new(keys) as Arc<dyn KeyStore>
    };
    let summary = keys_suite().run("files", fresh).await.expect("the contract is kept");
    assert!(summary.skipped.is_empty());
}

#[tokio::test]
async fn keys_and_destroyed_names_survive_reopening() {
    let folder = TempDir::new().expect("a folder");
    let open = || FileKeyStore::open(folder.path().join("keys")).expect("opened");
    let key = SecretKey::from_bytes([7; 32]);
    open().get_or_insert(&name(), key.clone()).await.expect("inserted");
    assert_eq!(open().get(&name()).await.expect("kept"), key);
    open().destroy(&name()).await.expect("destroyed");
    assert_eq!(open().get(&name()).await.expect_err("gone").kind(), ErrorKind::NotFound);
    let again = open().get_or_insert(&name(), key).await;
    assert_eq!(again.expect_err("destroyed for good").kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn no_file_holds_a_destroyed_key_and_damage_is_noticed() {
    let folder = TempDir::new().expect("a folder");
    let keys = FileKeyStore::open(folder.path().join("keys")).expect("opened");
    keys.get_or_insert(&name(), SecretKey::from_bytes([0xAB; 32])).await.expect("inserted");
    let files = || {
        let entries = fs::read_dir(folder.path().join("keys")).expect("the folder");
        entries.map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
    };
    assert_eq!(files().len(), 1, "nothing but the key is left behind");
    let path = files().remove(0);
    let whole = fs::read(&path).expect("readable");
    assert!(whole.windows(32).any(|bytes| bytes == [0xAB; 32]), "the key is in the file to begin with");

    for damaged in [&whole[..31], &whole[..63], &[whole.as_slice(), b"x"].concat()] {
        fs::write(&path, damaged).expect("written");
        assert_eq!(keys.get(&name()).await.expect_err("damaged").kind(), ErrorKind::Corrupt);
    }
    fs::write(&path, &whole).expect("written");

    // A second name for the same bytes shows that they were overwritten, not just let go.
    let witness = folder.path().join("witness");
    fs::hard_link(&path, &witness).expect("linked");
    keys.destroy(&name()).await.expect("destroyed");
    assert_eq!(fs::read(&witness).expect("readable"), [0; 64]);
    assert_eq!(files().len(), 1);
    assert!(fs::read(&path).expect("readable").is_empty());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_look() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("keys");
    let keys = FileKeyStore::open(&path).expect("opened");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(keys.get_or_insert(&name(), SecretKey::from_bytes([7; 32]))).expect("inserted");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for entry in fs::read_dir(&path).expect("the folder") {
        assert_eq!(mode(&entry.expect("an entry").path()), 0o600);
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).expect("changed");
    assert_eq!(FileKeyStore::open(&path).expect_err("too open").kind(), ErrorKind::Forbidden);
}
