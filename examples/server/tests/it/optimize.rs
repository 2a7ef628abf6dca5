//! Archives at another level, as jobs of a server that is killed in the middle of them: real pictures, none of them lost.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use codesight_core::model::ArchiveLevel;
use codesight_storage::ArchiveReader;
use codesight_storage::archive::{ArchiveLimits, verify, verify_pixels};
use codesight_storage::image::Pixels;

use crate::process::{Server, command};

const TOKEN: [&str; 4] = ["--token", "demo/robot=token-of-the-demo", "--job-lease-seconds", "1"];

fn blobs(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.join("objects/demo").join(kind)) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// The archive, if it is whole.
async fn opened(path: &Path) -> Option<ArchiveReader<'static>> {
    let reader = ArchiveReader::open_file(path, &ArchiveLimits::default()).await.ok()?;
    verify(&reader).await.is_ok_and(|report| report.is_sound()).then_some(reader)
}

async fn pictures(reader: &ArchiveReader<'_>) -> Vec<(String, Pixels)> {
    let mut pictures = Vec::new();
    for entry in &reader.frame_index().await.expect("index").frames {
        let pixels = reader.read_pixels(&entry.hash).await.expect("a frame");
        pictures.push((format!("{} {}", entry.hash, entry.file), pixels));
    }
    pictures
}

fn optimize(folder: &Path, more: &[&str]) -> String {
    let mut run = command();
    run.args(["storage", "optimize", "--older-than-days", "0"]).args(more).arg("--data-dir").arg(folder);
    let output = run.output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn exact_archives_become_smaller_wherever_the_server_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut demo = command();
    demo.args(["demo", "--exit", "--archive-level", "exact", "--data-dir"]).arg(folder.path());
    let demo = demo.output().expect("runs");
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let [archive] = blobs(folder.path(), "archives").try_into().expect("one archive");
    let successor = folder.path().join("objects/demo/successors").join(archive.file_name().expect("a name"));
    let exact = opened(&archive).await.expect("whole");
    assert_eq!(exact.manifest().compression.level, ArchiveLevel::Exact);
    let (before, size) = (pictures(&exact).await, exact.size());
    assert!(before.len() > 3, "the demo has pictures");
    drop(exact);

    let told = optimize(folder.path(), &["--dry-run", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["actions"][0]["do"], "reencode");
    assert!(told["report"].is_null() && told["actions"][0]["frees"].as_u64() > Some(0));
    assert!(optimize(folder.path(), &[]).contains("done (1)"));
    assert!(optimize(folder.path(), &[]).contains("nothing to do"), "it is queued already");
    assert_eq!(opened(&archive).await.expect("whole").size(), size, "nobody works at it yet");

    let (begun, mut kills, mut pause) = (Instant::now(), 0, Duration::from_millis(40));
    loop {
        let server = Server::start(folder.path(), &TOKEN);
        // Longer from time to time, so that it comes to its end however slow the machine is.
        tokio::time::sleep(pause).await;
        server.kill();
        (kills, pause) = (kills + 1, pause.mul_f32(1.4));
        let (old, new) = (opened(&archive).await, opened(&successor).await);
        assert!(old.is_some() || new.is_some(), "after {kills} kills no copy is whole");
        let is_smaller = old.is_some_and(|old| old.manifest().compression.level == ArchiveLevel::Hybrid);
        if is_smaller && !successor.exists() {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(240), "not done after {kills} kills");
    }
    println!("killed {kills} times");
    let hybrid = opened(&archive).await.expect("whole");
    assert!(hybrid.size() * 10 < size * 8, "{} of {size} bytes", hybrid.size());
    assert!(verify_pixels(&hybrid).await.expect("reads").is_empty());
    let after = pictures(&hybrid).await;
    assert_eq!(after.len(), before.len());
    for ((old_name, old), (new_name, new)) in before.iter().zip(&after) {
        assert_eq!(old_name, new_name);
        let differences = old.samples().iter().zip(new.samples()).map(|(a, b)| u64::from(a.abs_diff(*b)));
        let mean = differences.sum::<u64>() as f64 / old.samples().len() as f64;
        assert!(mean < 4.0, "{new_name} differs by {mean:.1} of 255");
    }
    let rest = optimize(folder.path(), &["--dry-run"]);
    assert!(rest.contains("already-there: 1 archives"), "{rest}");
    assert!(
        optimize(folder.path(), &["--level", "compact", "--dry-run"]).contains("lossy-source: 1 archives")
    );
}
