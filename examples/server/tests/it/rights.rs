//! Consent and subjects' rights, with the server as a process: nothing is recorded without consent, and nothing of an
//! erased person is in any byte afterwards.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use codesight_core::id::ContentHash;
use codesight_core::model::SessionOutcome;
use codesight_core::wire::{BlobRole, SessionStart, Uplink, UplinkEvent, WireCode};
use codesight_storage::image::{ImageLimits, Pixels, WebpSettings, decode, encode_webp};
use serde_json::Value;

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{OTHER_TOKEN, Server, TOKEN, command};

const OFFICER: &str = "token-of-the-shop-officer";
/// The person in the demo's recording.
pub(crate) const DEMO_SUBJECT: &str = "scripted-person";

fn start(folder: &Path) -> Server {
    Server::start(folder, &["--officer-token", &format!("shop/officer={OFFICER}")])
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    command().args(arguments).arg("--data-dir").arg(folder).output().expect("runs")
}

pub(crate) fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn demo(folder: &Path) {
    succeed(folder, &["demo", "--exit"]);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The files that hold `needle`, in their bytes or in their names.
pub(crate) fn holding(folder: &Path, needle: &str) -> Vec<String> {
    let holds = |path: &PathBuf| {
        let name = path.strip_prefix(folder).expect("inside").display().to_string();
        name.contains(needle)
            || memchr::memmem::find(&std::fs::read(path).expect("readable"), needle.as_bytes()).is_some()
    };
    let mut found: Vec<String> = files(folder)
        .iter()
        .filter(|path| holds(path))
        .map(|path| path.strip_prefix(folder).expect("inside").display().to_string())
        .collect();
    found.sort();
    found
}

pub(crate) fn found(folder: &Path, subject: &str) -> Value {
    serde_json::from_str(&succeed(folder, &["subject", "find", "--subject", subject])).expect("JSON")
}

/// Talks until the session is acknowledged so far, and says whether it was; else with which code it was closed.
async fn record(server: &Server, uplink: &mut Uplink, through: u64) -> Result<(), WireCode> {
    let mut socket = connect(server.address).await.expect("listening");
    let mut closed = None;
    converse(&mut socket, uplink, |uplink, event| {
        if let UplinkEvent::Closed(code) = event {
            closed = Some(*code);
        }
        closed.is_some() || uplink.acknowledged() >= through && uplink.session().is_some()
    })
    .await;
    closed.map_or(Ok(()), Err)
}

fn consenting(key: &str, subject: &str, purposes: &[&str]) -> SessionStart {
    let mut start = session_start(key);
    start.consent.subject = subject.parse().expect("a name");
    start.consent.purposes = purposes.iter().map(ToString::to_string).collect();
    start
}

async fn recorded(server: &Server, key: &str, subject: &str, purposes: &[&str]) -> Uplink {
    let mut uplink = Uplink::new(TOKEN, consenting(key, subject, purposes));
    for number in 1..=3 {
        uplink.push(interaction(number));
    }
    record(server, &mut uplink, 3).await.expect("recorded");
    uplink
}

async fn finish(server: &Server, uplink: &mut Uplink, outcome: SessionOutcome) {
    uplink.finish(outcome);
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, uplink, |uplink, _| uplink.is_sealed()).await, "not sealed");
}

pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what} did not come about");
}

fn send(server: &Server, method: &str, path: &str, token: &str, body: &str) -> crate::process::Answer {
    server.request(&format!(
        "{method} {path} HTTP/1.1\r\nHost: server\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn an_erased_person_is_in_no_file_row_or_object_of_the_demo() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    let before = found(folder.path(), DEMO_SUBJECT);
    let session = before["sessions"][0]["session"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(before["sessions"][0]["blobs"].as_array().expect("blobs").len(), 2, "archive and lines");
    assert_eq!(before["consents"].as_array().expect("consents").len(), 1);
    // Something that is in the archive and the lines, and nowhere else.
    let title = "Alder";
    assert!(!holding(folder.path(), DEMO_SUBJECT).is_empty() && !holding(folder.path(), title).is_empty());

    let export = folder.path().join("about.zip");
    succeed(
        folder.path(),
        &["subject", "export", "--subject", DEMO_SUBJECT, "--out", export.to_str().expect("UTF-8")],
    );
    let names = zip_names(&export);
    assert!(
        names.iter().any(|name| name == &format!("sessions/{session}/files/archives-{session}.zip")),
        "{names:?}"
    );
    std::fs::remove_file(export).expect("removed");

    let certificate = folder.path().join("../certificate.jws");
    let certificate_name = certificate.to_str().expect("UTF-8");
    let report =
        succeed(folder.path(), &["erase", "--subject", DEMO_SUBJECT, "--certificate", certificate_name]);
    assert!(report.contains("erased      1 sessions") && report.contains("certified"), "{report}");
    let signed = std::fs::read_to_string(&certificate).expect("a certificate");
    std::fs::remove_file(certificate).expect("removed");
    assert_eq!(signed.split('.').count(), 3, "a compact JWS");

    for (what, needle) in [("the name", DEMO_SUBJECT), ("the page's title", title)] {
        assert_eq!(holding(folder.path(), needle), Vec::<String>::new(), "{what} is left");
    }
    // The session's random id stays in the log, which tells that it was erased, and in no other file.
    assert_eq!(holding(folder.path(), &session), ["catalog.sqlite"]);
    let objects = files(&folder.path().join("objects"));
    assert!(objects.is_empty(), "{objects:?}");
    let after = found(folder.path(), DEMO_SUBJECT);
    assert_eq!(
        (after["erased"].as_bool(), after["sessions"].as_array().map(Vec::len)),
        (Some(true), Some(0))
    );
    assert!(succeed(folder.path(), &["audit", "verify"]).contains("the audit log is whole"));
    // Again is fine, and the demo's person is refused from now on.
    succeed(folder.path(), &["erase", "--subject", DEMO_SUBJECT]);
    let refused = run(folder.path(), &["demo", "--exit"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stdout).contains("consent-missing"), "{refused:?}");
}

fn zip_names(file: &Path) -> Vec<String> {
    // The central directory is enough: names stand in it as they are.
    let bytes = std::fs::read(file).expect("readable");
    let mut names = Vec::new();
    for at in memchr::memmem::find_iter(&bytes, b"PK\x01\x02") {
        let length = usize::from(u16::from_le_bytes([bytes[at + 28], bytes[at + 29]]));
        names.push(String::from_utf8_lossy(&bytes[at + 46..at + 46 + length]).into_owned());
    }
    names
}

#[test]
fn an_erasure_that_is_killed_again_and_again_is_taken_up_and_completed() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    let mut interrupted = 0;
    for cycle in 0..40_u64 {
        let mut child = command()
            .args(["erase", "--subject", DEMO_SUBJECT, "--data-dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        std::thread::park_timeout(Duration::from_millis(cycle * 4));
        if child.try_wait().expect("a child").is_some() {
            break;
        }
        child.kill().expect("killed");
        child.wait().expect("a child");
        interrupted += 1;
    }
    assert!(interrupted > 3, "it was over before it could be killed");
    succeed(folder.path(), &["erase", "--subject", DEMO_SUBJECT]);
    assert_eq!(holding(folder.path(), DEMO_SUBJECT), Vec::<String>::new());
    assert!(files(&folder.path().join("objects")).is_empty());
    assert!(succeed(folder.path(), &["audit", "verify"]).contains("whole"));
}

#[test]
fn one_changed_byte_of_the_audit_log_is_found_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    let exported = folder.path().join("log.jsonl");
    let name = exported.to_str().expect("UTF-8");
    succeed(folder.path(), &["audit", "export", "--out", name]);
    let key = succeed(folder.path(), &["audit", "key"]);
    let key = key.split(' ').next().expect("a key").to_owned();
    // The file alone is enough, anywhere.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let verify = |file: &str| run(elsewhere.path(), &["audit", "verify", "--file", file, "--key", &key]);
    assert!(verify(name).status.success(), "{:?}", verify(name));

    let catalog = folder.path().join("catalog.sqlite");
    let whole = std::fs::read(&catalog).expect("readable");
    // The actor of the entry about the session's archive: one letter of it.
    let entry = std::fs::read_to_string(&exported).expect("text");
    let position = entry.lines().find(|line| line.contains("session-archived")).expect("an entry");
    let position: Value = serde_json::from_str(position).expect("JSON");
    let position = position["position"].as_u64().expect("a position");
    let at =
        memchr::memmem::find(&whole, br#""actor":"worker","action":"session-archived""#).expect("the entry");
    let mut changed = whole.clone();
    changed[at + 9] = b'W';
    std::fs::write(&catalog, &changed).expect("written");
    let output = run(folder.path(), &["audit", "verify"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("entry {position} is not what was written")), "{said}");

    std::fs::write(&catalog, &whole).expect("written");
    assert!(run(folder.path(), &["audit", "verify"]).status.success(), "the byte is back");

    // The end cut off is found by the checkpoint that vouches for it.
    let mut lines: Vec<&str> = entry.lines().collect();
    lines.pop();
    let last = lines.len();
    std::fs::write(&exported, lines[..last - 2].join("\n")).expect("written");
    let output = verify(name);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("is missing"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_recorded_without_consent_or_after_it_was_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(folder.path());
    let mut none = Uplink::new(TOKEN, consenting("none", "ada", &[]));
    assert_eq!(record(&server, &mut none, 0).await, Err(WireCode::ConsentMissing));

    let mut uplink = recorded(&server, "first", "ada", &["training"]).await;
    let path = "/v1/subjects/ada/withdrawal";
    assert_eq!(send(&server, "POST", path, OTHER_TOKEN, "{}").status, 404, "another tenant's person");
    let keep = send(&server, "POST", path, TOKEN, r#"{"keep":true}"#);
    assert_eq!((keep.status, keep.json()["code"].as_str()), (403, Some("officer-only")));
    let kept = send(&server, "POST", path, OFFICER, r#"{"keep":true}"#);
    assert_eq!((kept.status, kept.json()["erasure"].is_null()), (200, true));
    // The session is there, closed; whoever goes on with it, or begins another, is refused.
    uplink.disconnected();
    uplink.push(interaction(4));
    assert_eq!(record(&server, &mut uplink, 4).await, Err(WireCode::ConsentMissing));
    let mut again = Uplink::new(TOKEN, consenting("second", "ada", &["training"]));
    assert_eq!(record(&server, &mut again, 0).await, Err(WireCode::ConsentMissing));
    // A new decision counts.
    let mut decided = consenting("third", "ada", &["training"]);
    decided.consent.given_at = codesight_core::time::Timestamp::from_millis(4_000_000_000_000);
    let mut decided = Uplink::new(TOKEN, decided);
    decided.push(interaction(1));
    record(&server, &mut decided, 1).await.expect("agreed anew");
    // Taking it back without a word more erases.
    let gone = send(&server, "POST", path, TOKEN, "");
    assert_eq!(gone.json()["erasure"]["status"], "settled", "{}", String::from_utf8_lossy(&gone.body));
    assert_eq!(server.get("/v1/sessions", Some(TOKEN)).json()["sessions"], serde_json::json!([]));
    decided.disconnected();
    decided.push(interaction(2));
    assert_eq!(record(&server, &mut decided, 2).await, Err(WireCode::ConsentMissing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_its_person_deletes_is_erased_and_not_processed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(folder.path());
    let mut uplink = recorded(&server, "unwanted", "bea", &["training"]).await;
    let session = uplink.session().expect("named").to_string();
    finish(&server, &mut uplink, SessionOutcome::Withdrawn).await;
    let path = format!("/v1/sessions/{session}");
    until("the erasure", || server.get(&path, Some(TOKEN)).status == 404).await;
    until("the certificate", || {
        let report = server.get("/v1/subjects/bea", Some(OFFICER)).json();
        report["requests"][0]["status"] == "settled"
    })
    .await;
    // The person goes on to be known, and the very recording is refused.
    let mut copy = Uplink::new(TOKEN, consenting("unwanted", "bea", &["training"]));
    assert_eq!(record(&server, &mut copy, 0).await, Err(WireCode::ConsentMissing));
    recorded(&server, "wanted", "bea", &["training"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn purposes_limit_what_is_made_and_handed_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(folder.path());
    let mut uplink = recorded(&server, "research", "cleo", &["research"]).await;
    let session = uplink.session().expect("named").to_string();
    finish(&server, &mut uplink, SessionOutcome::Succeeded).await;
    let path = format!("/v1/sessions/{session}");
    until("the archive", || server.get(&path, Some(TOKEN)).json()["status"] == "completed").await;
    let refused = server.get(&format!("{path}/training"), Some(TOKEN));
    assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("purpose-missing")));
    assert_eq!(server.get(&format!("{path}/archive?purpose=sharing"), Some(TOKEN)).status, 403);
    assert_eq!(server.get(&format!("{path}/archive?purpose=research"), Some(TOKEN)).status, 200);
    assert!(!files(folder.path()).iter().any(|file| file.extension().is_some_and(|end| end == "jsonl")));
    let log = server.get("/v1/audit", Some(OFFICER)).json().to_string();
    for action in ["export-refused", "consent-granted", "session-read", "key-used"] {
        assert!(log.contains(action), "{action} is not in the log");
    }
    assert!(!log.contains("cleo"), "the log names a person");
}

#[tokio::test(flavor = "multi_thread")]
async fn privacy_control_is_followed_and_said_so() {
    use futures_util::{SinkExt, StreamExt};
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;
    use tokio_tungstenite::tungstenite::http::HeaderValue;
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(folder.path());
    assert_eq!(server.get("/.well-known/gpc.json", None).json()["gpc"], true);
    let mut request = format!("ws://{}/v1/stream", server.address).into_client_request().expect("a request");
    request.headers_mut().insert("sec-gpc", HeaderValue::from_static("1"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.expect("listening");
    let mut uplink = Uplink::new(TOKEN, consenting("gpc", "dora", &["training", "sharing"]));
    let mut noticed = false;
    let opened = converse(&mut socket, &mut uplink, |uplink, event| {
        noticed |= format!("{event:?}").contains("opt-out-honoured");
        noticed && uplink.session().is_some()
    })
    .await;
    assert!(opened, "nobody said that the signal was followed");
    let _ = socket.send(Message::Close(None)).await;
    let _ = socket.next().await;
    let agreement = server.get("/v1/subjects/dora/consent", Some(TOKEN)).json();
    assert_eq!(agreement["purposes"], serde_json::json!(["training"]));
    assert_eq!(agreement["optOutHonoured"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_officers_of_the_tenant_look_after_rights() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(folder.path());
    recorded(&server, "one", "eve", &["training"]).await;
    for (method, path, body) in [
        ("GET", "/v1/subjects/eve", ""),
        ("GET", "/v1/subjects/eve/export", ""),
        ("DELETE", "/v1/subjects/eve", ""),
        ("PUT", "/v1/subjects/eve/hold", r#"{"reference":"r"}"#),
        ("DELETE", "/v1/subjects/eve/hold", ""),
        ("GET", "/v1/requests", ""),
        ("GET", "/v1/requests/some", ""),
        ("POST", "/v1/requests/some/extension", ""),
        ("GET", "/v1/audit", ""),
        ("GET", "/v1/audit/key", ""),
        ("POST", "/v1/retention/plan", "{}"),
        ("POST", "/v1/retention/apply", "{}"),
    ] {
        for (token, status) in [("", 401), ("a-token-nobody-gave", 401), (TOKEN, 403), (OTHER_TOKEN, 403)] {
            assert_eq!(send(&server, method, path, token, body).status, status, "{method} {path}");
        }
    }
    // An officer records nothing, and sees nobody of another tenant.
    assert_eq!(server.get("/v1/sessions", Some(OFFICER)).status, 403);
    assert_eq!(server.get("/v1/subjects/nobody", Some(OFFICER)).status, 404);
    assert_eq!(server.get("/v1/subjects/eve/consent", Some(OTHER_TOKEN)).status, 404);

    // Held, found, released, handed out, erased.
    assert_eq!(
        send(&server, "PUT", "/v1/subjects/eve/hold", OFFICER, r#"{"reference":"matter-7"}"#).status,
        204
    );
    let held = send(&server, "DELETE", "/v1/subjects/eve", OFFICER, "");
    assert_eq!((held.status, held.json()["status"].as_str()), (423, Some("held")));
    let found = server.get("/v1/subjects/eve", Some(OFFICER)).json();
    assert_eq!(found["hold"]["reference"], "matter-7");
    let request = held.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(server.get("/v1/requests", Some(OFFICER)).json()[0]["id"], request.as_str());
    let extended = send(&server, "POST", &format!("/v1/requests/{request}/extension"), OFFICER, "");
    assert_eq!(extended.json()["extended"], true);
    assert_eq!(send(&server, "DELETE", "/v1/subjects/eve/hold", OFFICER, "").status, 204);
    let export = server.get("/v1/subjects/eve/export", Some(OFFICER));
    assert_eq!((export.status, &export.body[..2]), (200, &b"PK"[..]));
    let done = send(&server, "DELETE", "/v1/subjects/eve", OFFICER, "");
    assert_eq!((done.status, done.json()["status"].as_str()), (200, Some("settled")));
    assert_eq!(done.json()["id"], request.as_str(), "the request that was held is the one that is settled");
    assert_eq!(holding(folder.path(), "\"eve\""), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_given_and_shown_and_taken_back_by_one_command_each() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    let grant = ["consent", "grant", "--subject", "fay", "--tenant", "demo", "--purpose", "training"];
    let said = succeed(folder.path(), &[&grant[..], &["--text-version", "2"]].concat());
    assert!(said.contains("agrees to: training"), "{said}");
    let shown = succeed(folder.path(), &["consent", "show", "--subject", "fay"]);
    assert!(shown.contains("\"granted\"") && shown.contains("agrees to: training"), "{shown}");
    let withdrawn = succeed(folder.path(), &["consent", "withdraw", "--subject", "fay"]);
    assert!(withdrawn.contains("withdrawn, and erased"), "{withdrawn}");
    let erased = run(folder.path(), &[&grant[..], &["--text-version", "2"]].concat());
    assert!(!erased.status.success(), "an erased person cannot be brought back");
}

#[test]
fn retention_is_planned_and_then_applied() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    let (policy, plan) = (folder.path().join("policy.toml"), folder.path().join("plan.json"));
    std::fs::write(&policy, "[archive]\nmaximum-days = 0\n").expect("written");
    let (policy, plan) = (policy.to_str().expect("UTF-8"), plan.to_str().expect("UTF-8"));
    let said = succeed(folder.path(), &["retention", "plan", "--policy", policy, "--out", plan]);
    assert!(said.contains("delete archive") && said.contains("1 of 3 would be deleted"), "{said}");
    assert_eq!(files(&folder.path().join("objects")).len(), 2, "planned only");
    let said = succeed(folder.path(), &["retention", "apply", "--plan", plan]);
    assert!(said.contains("deleted 1"), "{said}");
    assert_eq!(files(&folder.path().join("objects")).len(), 1);
    std::fs::write(folder.path().join("policy.toml"), "[archive]\nminimum-days = 9\nmaximum-days = 8\n")
        .expect("written");
    assert!(!run(folder.path(), &["retention", "plan", "--policy", policy, "--out", plan]).status.success());
}

/// Frames that a recorder forgot to paint, before and after the interaction that names them.
#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_box_is_painted_before_a_captured_frame_is_kept() {
    let limits = ImageLimits::default();
    let white = |grey: u8| {
        let pixels = Pixels::new(64, 32, false, vec![grey; 64 * 32 * 3]).expect("sides");
        encode_webp(&pixels, &WebpSettings::Lossless { effort: 0 }).expect("encoded")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let server = start(folder.path());
    let mut uplink = Uplink::new(TOKEN, consenting("pixels", "gil", &["training"]));
    let (first, second) = (white(255), white(254));
    let shown = |bytes: &[u8], number: u64| {
        let mut shown = serde_json::to_value(interaction(number)).expect("JSON");
        shown["screenshots"] = serde_json::json!([{
            "hash": ContentHash::of(bytes), "mediaType": "image/webp", "width": 64, "height": 32,
            "relation": "before", "capturedAt": 1, "lagMs": 0, "trigger": "interaction", "source": "visible-tab",
            "viewport": { "width": 32, "height": 16, "devicePixelRatio": 2 },
            "redactions": [{ "box": { "x": 8, "y": 4, "width": 8, "height": 4 }, "reason": "sensitive-field" }]
        }]);
        serde_json::from_value(shown).expect("an interaction")
    };
    uplink.push_blob(BlobRole::Frame, "image/webp", first.clone().into());
    uplink.push(shown(&first, 1));
    record(&server, &mut uplink, 1).await.expect("the frame, then the interaction");
    uplink.disconnected();
    uplink.push(shown(&second, 2));
    record(&server, &mut uplink, 2).await.expect("the interaction");
    uplink.disconnected();
    // On another connection, which has to read the boxes from the journal.
    uplink.push_blob(BlobRole::Frame, "image/webp", second.clone().into());
    uplink.push(interaction(3));
    record(&server, &mut uplink, 3).await.expect("the frame");
    let captured = || -> Vec<PathBuf> {
        let all = files(&folder.path().join("objects"));
        all.into_iter().filter(|path| path.display().to_string().contains("captured")).collect()
    };
    until("both frames, painted", || {
        captured().len() == 2
            && captured().iter().all(|path| path.extension().is_some_and(|end| end == "painted"))
    })
    .await;
    for path in captured() {
        let pixels = decode(&std::fs::read(path).expect("readable"), &limits).expect("an image");
        let at = |x: usize, y: usize| pixels.samples()[(y * 64 + x) * 3];
        assert!(at(16, 8) == 0 && at(31, 15) == 0 && at(40, 8) >= 254, "the box and nothing else");
    }
    let session = uplink.session().expect("named").to_string();
    let frame =
        server.get(&format!("/v1/sessions/{session}/frames/{}", ContentHash::of(&first)), Some(TOKEN));
    assert_eq!(
        (frame.status, decode(&frame.body, &limits).expect("an image").samples()[(8 * 64 + 16) * 3]),
        (200, 0)
    );
    finish(&server, &mut uplink, SessionOutcome::Succeeded).await;
    let path = format!("/v1/sessions/{session}");
    until("the archive", || server.get(&path, Some(TOKEN)).json()["status"] == "completed").await;
    let findings = server.get(&format!("{path}/findings"), Some(TOKEN)).json();
    let lost = findings["findings"].as_array().expect("findings");
    assert!(!lost.iter().any(|finding| finding["rule"].as_str().expect("a rule").starts_with("frame-hash")));
}
