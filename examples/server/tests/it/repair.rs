//! What was half done when a server died is finished when one starts.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::process::{Server, command};

fn archives(folder: &Path, name: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.join("objects/demo").join(name)) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_replacement_is_finished_by_the_next_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = command().args(["demo", "--exit", "--data-dir"]).arg(folder.path()).output().expect("runs");
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let [archive] = archives(folder.path(), "archives").try_into().expect("one archive");
    let whole = std::fs::read(&archive).expect("readable");
    let successors = folder.path().join("objects/demo/successors");
    std::fs::create_dir_all(&successors).expect("made");
    let successor = successors.join(archive.file_name().expect("a name"));
    // Killed after the old archive was deleted, with the copy of the new one half written under a name of its own.
    std::fs::rename(&archive, &successor).expect("moved");
    let half = folder.path().join("objects/@uploads/half");
    std::fs::create_dir_all(half.parent().expect("a folder")).expect("made");
    std::fs::write(&half, &whole[..whole.len() / 2]).expect("written");
    let old = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(&half).expect("there").set_modified(old).expect("aged");

    let server = Server::start(folder.path(), &["--token", "demo/robot=token-of-the-demo"]);
    let begun = Instant::now();
    while successor.exists() || half.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "not finished\n{}", server.log());
        // At no moment is there no whole copy.
        assert!(archive.exists() || successor.exists());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(std::fs::read(&archive).expect("readable"), whole);
    assert_eq!(server.terminate(), Some(0));
}
