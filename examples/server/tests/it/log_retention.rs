//! The audit log's own retention: planned, applied, and provable afterwards.

use std::path::Path;

use crate::quality::archive_of_a_demo;
use crate::rights::{DEMO_SUBJECT, found, run, succeed};

#[test]
fn the_audit_log_gives_up_its_beginning_by_plan_and_still_verifies() {
    let folder = tempfile::tempdir().expect("a folder");
    archive_of_a_demo(folder.path());
    let (policy, plan) = (folder.path().join("policy.toml"), folder.path().join("plan.json"));
    let (policy, plan) = (policy.to_str().expect("UTF-8"), plan.to_str().expect("UTF-8"));
    std::fs::write(policy, "[audit-log]\nmaximum-days = 0\n").expect("written");
    let before: u64 = entries(folder.path());
    let planned = succeed(folder.path(), &["retention", "plan", "--policy", policy, "--out", plan]);
    assert!(planned.contains("audit-log"), "{planned}");
    let applied = succeed(folder.path(), &["retention", "apply", "--plan", plan]);
    assert!(applied.contains("the audit log gave up"), "{applied}");
    assert!(entries(folder.path()) < before);
    let verified = succeed(folder.path(), &["audit", "verify"]);
    assert!(verified.contains("is whole") && verified.contains("were given up, as signed"), "{verified}");
    // Whoever has the file and the key can verify it, too.
    let exported = folder.path().join("log.jsonl");
    let exported = exported.to_str().expect("UTF-8");
    succeed(folder.path(), &["audit", "export", "--out", exported]);
    let key = succeed(folder.path(), &["audit", "key"]);
    let key = key.split_whitespace().next().expect("a key");
    assert!(
        succeed(folder.path(), &["audit", "verify", "--file", exported, "--key", key]).contains("is whole")
    );
    let lines = std::fs::read_to_string(exported).expect("readable");
    let without: Vec<&str> = lines.lines().filter(|line| !line.contains("\"truncation\"")).collect();
    std::fs::write(exported, without.join("\n")).expect("written");
    let refused = run(folder.path(), &["audit", "verify", "--file", exported, "--key", key]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("entry-missing"), "{refused:?}");
    // The project is known still, though its first entries are not there any more.
    assert!(!found(folder.path(), DEMO_SUBJECT)["sessions"].as_array().expect("sessions").is_empty());
}

/// How many entries an export of the audit log has, which is signed first.
fn entries(folder: &Path) -> u64 {
    let out = folder.join("counted.jsonl");
    let said = succeed(folder, &["audit", "export", "--out", out.to_str().expect("UTF-8")]);
    let count = said.rsplit(": ").next().and_then(|rest| rest.split(' ').next());
    count.and_then(|count| count.parse().ok()).expect("a count")
}
