//! Feature flags: who gets which variant, that recorders are told, and that results can be compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use codesight_core::id::SubjectId;
use codesight_core::model::SessionOutcome;
use codesight_core::wire::{ServerMessage, Uplink};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::client::{connect, converse, interaction, now, send, session_start};
use crate::process::{OTHER_TOKEN, Server, TOKEN};

/// A pipeline that does not score, a flag of recorders and one of a single other tenant.
const FLAGS: &str = r#"
[flags.pipeline]
by = "session"
variants = { plain = "default", unscored = { stages = [{ name = "validate" }] } }

[flags.capture-profile]
variants = { high = "high-fidelity", normal = "normal" }

[flags.elsewhere]
tenants = ["other"]
variants = { on = true }
"#;

fn start(folder: &Path, file: &Path) -> Server {
    Server::start(folder, &["--config", file.to_str().expect("text")])
}

fn written(folder: &Path, text: &str) -> PathBuf {
    let file = folder.join("settings.toml");
    std::fs::write(&file, text).expect("written");
    file
}

/// What `welcome` tells whoever holds the token.
async fn welcomed(server: &Server, token: &str) -> Value {
    let mut socket = connect(server.address).await.expect("listening");
    let hello = Uplink::new(token, session_start("unused")).connected(now());
    assert!(send(&mut socket, hello).await);
    let message = socket.next().await.expect("an answer").expect("a message");
    match serde_json::from_str(message.to_text().expect("text")).expect("a server message") {
        ServerMessage::Welcome { flags, .. } => Value::Object(flags),
        other => panic!("no welcome: {other:?}"),
    }
}

/// Records a session of two places about `subject`; its id, and the flags that the recorder was told.
async fn recorded(server: &Server, key: &str, subject: &str) -> (String, Value) {
    let mut begin = session_start(key);
    begin.consent.subject = SubjectId::new(subject).expect("a name");
    let mut uplink = Uplink::new(TOKEN, begin);
    uplink.push(interaction(1));
    uplink.push(interaction(2));
    uplink.finish(SessionOutcome::Succeeded);
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.is_sealed()).await, "not sealed");
    (uplink.session().expect("named").to_string(), Value::Object(uplink.flags().clone()))
}

fn processed(server: &Server, session: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let stored = server.get(&format!("/v1/sessions/{session}"), Some(TOKEN)).json();
        if stored["status"] == "completed" {
            return stored;
        }
        assert!(Instant::now() < deadline, "not processed: {stored}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn variants_are_told_kept_followed_and_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = written(folder.path(), FLAGS);
    let server = start(folder.path(), &file);

    // Before a session there is nothing but what is the collector's own.
    let told = welcomed(&server, TOKEN).await;
    let profile = told["capture-profile"].clone();
    assert_eq!(told, json!({ "capture-profile": profile }));
    assert_eq!(welcomed(&server, TOKEN).await, told, "another assignment for the same collector");
    let other = welcomed(&server, OTHER_TOKEN).await;
    assert_eq!(other["elsewhere"], true, "{other}");

    let mut of_variant: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // Each session's is drawn anew: until there are some of both, which takes a handful of sessions, and hundreds never.
    let mut number = 0_u64;
    while of_variant.len() < 2 || of_variant.values().any(|sessions| sessions.len() < 3) {
        number += 1;
        assert!(number < 200, "always the same: {of_variant:?}");
        let (session, told) = recorded(&server, &format!("key-{number}"), "subject-1").await;
        let stored = processed(&server, &session);
        let flags = &stored["flags"];
        assert_eq!(told["pipeline"], flags["pipeline"]["value"], "told something else than was kept");
        assert_eq!(flags["capture-profile"]["value"], profile);
        assert_eq!(flags["elsewhere"], Value::Null);
        let variant = flags["pipeline"]["variant"].as_str().expect("a variant").to_owned();
        // The pipeline that does not score was the one that ran.
        let quality = stored["qualityScore"].as_f64().expect("a number");
        assert_eq!(quality > 0.0, variant == "plain", "{variant} has quality {quality}");
        of_variant.entry(variant).or_default().push(session);
    }
    assert_eq!(of_variant.keys().collect::<Vec<_>>(), ["plain", "unscored"]);

    let report = server.get("/v1/variants", Some(TOKEN)).json();
    assert_eq!((report["sessions"].as_u64(), &report["isWhole"]), (Some(number), &Value::Bool(true)));
    for (variant, sessions) in &of_variant {
        let listed = server.get(&format!("/v1/sessions?variant=pipeline:{variant}"), Some(TOKEN)).json();
        let mut ids: Vec<_> = listed["sessions"].as_array().expect("a list").iter().collect();
        ids.reverse();
        assert!(ids.iter().map(|session| &session["id"]).eq(sessions), "{variant}");
        let outcome = &report["flags"]["pipeline"][variant];
        assert_eq!(outcome["sessions"], sessions.len(), "{outcome}");
        assert_eq!(outcome["quality"]["count"], sessions.len(), "{outcome}");
        assert_eq!(outcome["quality"]["mean"].as_f64() > Some(0.0), variant == "plain", "{outcome}");
    }
    assert_eq!(server.get("/v1/sessions?variant=pipeline:none", Some(TOKEN)).json()["sessions"], json!([]));
    assert_eq!(server.get("/v1/sessions?variant=pipeline", Some(TOKEN)).status, 400);
    let foreign = server.get("/v1/variants", Some(OTHER_TOKEN)).json();
    assert_eq!(foreign["flags"], json!({}), "another tenant's sessions are counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_keeps_its_variant_when_the_flag_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = written(folder.path(), "[flags.one]\nby = \"subject\"\nvariants = { old = 1 }");
    let server = start(folder.path(), &file);
    let mut uplink = Uplink::new(TOKEN, session_start("kept"));
    uplink.push(interaction(1));
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 1).await);
    assert_eq!(uplink.flags()["one"], 1);
    server.kill();

    let file = written(folder.path(), "[flags.one]\nby = \"subject\"\nvariants = { new = 2 }");
    let server = start(folder.path(), &file);
    uplink.push(interaction(2));
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 2).await);
    assert_eq!(uplink.flags()["one"], 1, "the resumed session was told another variant");
    let (_, told) = recorded(&server, "later", "subject-1").await;
    assert_eq!(told["one"], 2, "a new session has the old variant");
}

#[test]
fn a_flag_that_cannot_be_is_refused_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = written(folder.path(), "workers = 1\n\n[flags.one]\nvariants = {}\n");
    let check = crate::process::command().args(["config", "check", "--config"]).arg(&file).output();
    let check = check.expect("it runs");
    let said = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(!check.status.success() && said.contains("line 3"), "{said}");
}
