//! A backup, taken as the runbook says, is a server again somewhere else: sessions, archives, keys and the audit log.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use codesight_core::model::SessionOutcome;
use codesight_core::wire::Uplink;

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{Server, TOKEN, command};

async fn record(server: &Server, key: &str, finish: bool) -> Uplink {
    let mut uplink = Uplink::new(TOKEN, session_start(key));
    for number in 1..=20 {
        uplink.push(interaction(number));
    }
    if finish {
        uplink.finish(SessionOutcome::Succeeded);
    }
    let mut socket = connect(server.address).await.expect("listening");
    let done = |uplink: &Uplink| if finish { uplink.is_sealed() } else { uplink.acknowledged() == 20 };
    assert!(converse(&mut socket, &mut uplink, |uplink, _| done(uplink)).await, "not recorded");
    uplink.disconnected();
    uplink
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = command().args(arguments).arg("--data-dir").arg(folder).output().expect("runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_a_server_again() {
    let (folder, elsewhere) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let server = Server::start(folder.path(), &[]);
    let finished = record(&server, "finished", true).await;
    let mut open = record(&server, "open", false).await;
    let path = format!("/v1/sessions/{}", finished.session().expect("named"));
    for _ in 0..1_200 {
        if server.get(&path, Some(TOKEN)).json()["status"] == "completed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let archive = server.get(&format!("{path}/archive"), Some(TOKEN));
    assert_eq!(archive.status, 200);
    let made =
        run(folder.path(), &["keys", "create", "--tenant", "shop", "--name", "ruth", "--role", "reviewer"]);
    let secret = made.lines().nth(1).and_then(|line| line.split("  ").last()).expect("a secret").to_owned();
    // As the runbook says: stopped, copied, started again.
    assert_eq!(server.terminate(), Some(0));
    let copy = elsewhere.path().join("restored");
    let copied = Command::new("cp").arg("-a").arg(folder.path()).arg(&copy).status().expect("cp runs");
    assert!(copied.success());
    // What happens after the backup is not in it.
    let server = Server::start(folder.path(), &[]);
    record(&server, "later", false).await;
    drop(server);
    drop(folder);

    let restored = Server::start(&copy, &[]);
    let sessions = restored.get("/v1/sessions", Some(TOKEN)).json();
    assert_eq!(sessions["sessions"].as_array().expect("sessions").len(), 2, "{sessions}");
    assert_eq!(restored.get(&format!("{path}/archive"), Some(TOKEN)).body, archive.body, "byte for byte");
    assert_eq!(restored.get(&path, Some(&secret)).status, 200, "keys are in it");
    // A recording that was open goes on where it was.
    for number in 21..=40 {
        open.push(interaction(number));
    }
    let mut socket = connect(restored.address).await.expect("listening");
    assert!(converse(&mut socket, &mut open, |uplink, _| uplink.acknowledged() == 40).await, "not resumed");
    drop(restored);
    let said = run(&copy, &["audit", "verify"]);
    assert!(said.starts_with("the audit log is whole"), "{said}");
}
