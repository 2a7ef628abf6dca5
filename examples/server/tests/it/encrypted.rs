//! A server that encrypts: nothing it stores of a session can be read without the session's key, and with it anybody can.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::process::command;

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

struct Place {
    folder: tempfile::TempDir,
    masters: Vec<String>,
}

impl Place {
    fn run(&self, words: &[&str]) -> Output {
        let mut run = command();
        run.args(words).arg("--encrypt").arg("--data-dir").arg(self.folder.path());
        for master in &self.masters {
            run.args(["--master-key", master]);
        }
        run.output().expect("runs")
    }

    fn succeed(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn new_master(&mut self, name: &str) {
        let file = self.folder.path().join(name);
        let made = command().args(["encryption", "new-master-key"]).arg(&file).output().expect("runs");
        assert!(made.status.success());
        self.masters.insert(0, format!("file:{}", file.display()));
    }
}

#[test]
fn a_session_is_encrypted_read_with_its_key_and_unreadable_once_erased() {
    let mut place = Place { folder: tempfile::tempdir().expect("a folder"), masters: Vec::new() };
    place.new_master("first.key");
    place.succeed(&["demo", "--exit"]);
    let objects = files(&place.folder.path().join("objects"));
    assert!(objects.len() >= 2, "{objects:?}");
    for object in &objects {
        let bytes = std::fs::read(object).expect("readable");
        assert!(bytes.starts_with(b"age-encryption.org/v1\n"), "{}", object.display());
    }
    let archive = objects.iter().find(|path| path.extension().is_some_and(|end| end == "zip")).expect("one");
    let session = archive.file_stem().expect("a name").to_str().expect("UTF-8").to_owned();

    // With the key of the session, the file is the archive it is; without it, nothing.
    let archive_name = archive.to_str().expect("UTF-8");
    let verify = |more: &[&str]| {
        command().args(["archive", "verify", archive_name]).args(more).output().expect("runs")
    };
    assert!(String::from_utf8_lossy(&verify(&[]).stdout).contains("--identity"), "{:?}", verify(&[]));
    let identity = place.folder.path().join("session.key");
    std::fs::write(&identity, place.succeed(&["encryption", "session-key", &session])).expect("written");
    let identity = identity.to_str().expect("UTF-8");
    assert!(verify(&["--pixels", "--identity", identity]).status.success());
    let plain = place.folder.path().join("plain.zip");
    let decrypted = command()
        .args(["archive", "decrypt", archive_name, plain.to_str().expect("UTF-8"), "--identity", identity])
        .output();
    assert!(decrypted.expect("runs").status.success());
    assert!(std::fs::read(&plain).expect("written").starts_with(b"PK"));

    // Another master key: both are named until everything is under the new one.
    place.new_master("second.key");
    assert!(
        place.succeed(&["encryption", "rewrap"]).contains("put under the new master key, 0 were already")
    );
    place.masters.truncate(1);
    assert!(place.succeed(&["encryption", "session-key", &session]).starts_with("AGE-SECRET-KEY-"));
    place.masters = vec![format!("file:{}", place.folder.path().join("first.key").display())];
    let refused = place.run(&["encryption", "session-key", &session]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("master-key-missing"), "{refused:?}");
    place.masters = vec![format!("file:{}", place.folder.path().join("second.key").display())];

    // A copy that somebody kept says nothing once the session is erased.
    let copy = place.folder.path().join("backup.zip");
    std::fs::copy(archive, &copy).expect("copied");
    let said = place.succeed(&["erase", "--subject", "scripted-person"]);
    assert!(said.contains("every copy of what was stored is meaningless"), "{said}");
    assert!(files(&place.folder.path().join("objects")).is_empty());
    assert!(!place.run(&["encryption", "session-key", &session]).status.success(), "the key is gone");
}
