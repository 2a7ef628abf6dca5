//! The REST interface and the dashboard's headers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use codesight_core::model::SessionOutcome;
use codesight_core::wire::Uplink;

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{OTHER_TOKEN, Server, TOKEN};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_visible_to_its_tenant_and_to_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let mut uplink = Uplink::new(TOKEN, session_start("tenancy"));
    uplink.push(interaction(1));
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 1).await);
    let session = uplink.session().expect("named").to_string();

    assert_eq!(server.get("/v1/sessions", Some(TOKEN)).json()["sessions"][0]["id"], session);
    assert_eq!(server.get("/v1/sessions", Some(OTHER_TOKEN)).json()["sessions"], serde_json::json!([]));
    for path in ["", "/interactions", "/findings", "/frames", "/archive", "/training", "/events"] {
        let own = format!("/v1/sessions/{session}{path}");
        let absent = "/v1/sessions/01890000-0000-7000-8000-000000000000".to_owned() + path;
        let foreign = server.get(&own, Some(OTHER_TOKEN));
        assert_eq!(foreign.status, 404, "{path} of another tenant");
        assert_eq!(
            foreign.body,
            server.get(&absent, Some(OTHER_TOKEN)).body,
            "absent and foreign look the same"
        );
        assert_eq!(server.get(&own, None).status, 401, "{path} without a token");
    }
    // Nor can another tenant go on with the session.
    let mut thief = Uplink::new(OTHER_TOKEN, session_start("tenancy"));
    thief.push(interaction(2));
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut thief, |uplink, _| uplink.acknowledged() == 1).await);
    assert_ne!(thief.session().expect("named").to_string(), session);
}

#[test]
fn errors_are_problems_with_a_code_and_quote_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    for (path, status, code) in [
        ("/v1/sessions/..%2f..%2fetc", 404, "not-found"),
        ("/v1/sessions/none", 404, "not-found"),
        ("/v1/sessions?after=jane@shop.test", 400, "invalid"),
    ] {
        let answer = server.get(path, Some(TOKEN));
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.head.contains("application/problem+json"), "{path}: {}", answer.head);
        assert_eq!(answer.json()["code"], code, "{path}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("jane"));
    }
}

#[test]
fn a_token_in_the_address_opens_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.get(&format!("/v1/sessions?token={TOKEN}"), None).status, 401);
}

#[test]
fn health_readiness_and_the_dashboard_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.get("/healthz", None).status, 200);
    assert_eq!(server.get("/readyz", None).status, 200);
    for path in ["/", "/assets/app.js", "/assets/session/page.js", "/assets/styles/base.css"] {
        let answer = server.get(path, None);
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.head.contains("content-security-policy: default-src 'none'; script-src 'self'"),
            "{path}"
        );
        assert!(answer.head.contains("x-content-type-options: nosniff"), "{path}");
    }
    let page = String::from_utf8(server.get("/", None).body).expect("text");
    assert!(!page.contains("://"), "the page loads something from elsewhere");
}

#[test]
fn a_server_nobody_could_use_does_not_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = crate::process::command()
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path())
        .output();
    let output = output.expect("runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no token is set"));
}

/// Who reads a session while it is archived reads all of it, be it from the journal or from the archive.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_whole_at_every_moment_of_its_archiving() {
    const PLACES: u64 = 20;
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--requests-per-second", "1000000"]);
    for round in 0..8 {
        let mut uplink = Uplink::new(TOKEN, session_start(&format!("whole-{round}")));
        for number in 1..=PLACES {
            uplink.push(interaction(number));
        }
        uplink.finish(SessionOutcome::Succeeded);
        let mut socket = connect(server.address).await.expect("listening");
        assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.is_sealed()).await, "not sealed");
        let path = format!("/v1/sessions/{}", uplink.session().expect("named"));
        let read = |part: &str| {
            let answer = server.get(&format!("{path}/{part}"), Some(TOKEN));
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.json().as_array().expect("a list").len() as u64
        };
        let is_archived = AtomicBool::new(false);
        // Many readers: the moment between an archive's publication and its journal's end is short, and seldom met.
        std::thread::scope(|readers| {
            for part in ["interactions", "steps"].repeat(3) {
                let (read, is_archived) = (&read, &is_archived);
                readers.spawn(move || {
                    while !is_archived.load(Ordering::Acquire) {
                        assert_eq!(read(part), PLACES, "{part}");
                    }
                    assert_eq!(read(part), PLACES, "{part} of the archive");
                });
            }
            let deadline = Instant::now() + Duration::from_secs(60);
            while server.get(&path, Some(TOKEN)).json()["status"] != "completed" {
                assert!(Instant::now() < deadline, "not archived");
            }
            is_archived.store(true, Ordering::Release);
        });
    }
}
