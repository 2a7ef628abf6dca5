//! Two nodes on one PostgreSQL database and one S3 bucket; one is killed in the middle of a session.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use codesight_core::model::SessionOutcome;
use codesight_core::wire::Uplink;

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{Server, TOKEN};

const INTERACTIONS: u64 = 300;

/// The flags of every node, or nothing when there is no service.
fn flags(keys: &str) -> Option<Vec<String>> {
    let (Ok(postgres), Ok(s3)) =
        (std::env::var("CODESIGHT_TEST_POSTGRES"), std::env::var("CODESIGHT_TEST_S3"))
    else {
        eprintln!(
            "SKIPPED: CODESIGHT_TEST_POSTGRES or CODESIGHT_TEST_S3 is not set; ./scripts/test starts both"
        );
        return None;
    };
    let endpoint = s3.split(',').next().unwrap_or_default().to_owned();
    let unique = uuid::Uuid::now_v7();
    let mut flags: Vec<String> =
        ["--catalog", &postgres, "--keys", keys, "--seal-after-seconds", "600"].map(str::to_owned).into();
    flags.extend(["--objects".to_owned(), format!("s3://codesight-test/{unique}")]);
    let options = ["allow_http=true", "region=us-east-1", "access_key_id=AKTEST", "secret_access_key=SKTEST"];
    let endpoint = format!("endpoint={endpoint}");
    for option in options.into_iter().chain([endpoint.as_str()]) {
        flags.extend(["--objects-option".to_owned(), option.to_owned()]);
    }
    Some(flags)
}

/// Follows a session on a node until an update says what is wanted.
fn watch(server: &Server, session: &str, wanted: &'static str) -> std::thread::JoinHandle<Vec<String>> {
    let mut stream = TcpStream::connect(server.address).expect("listening");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    let request = format!(
        "GET /v1/sessions/{session}/events HTTP/1.1\r\nHost: server\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    std::thread::spawn(move || {
        let mut updates = Vec::new();
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { break };
            if let Some(update) = line.strip_prefix("data: ") {
                updates.push(update.to_owned());
                if update.contains(wanted) {
                    break;
                }
            }
        }
        updates
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_at_the_other_node_when_its_own_is_killed() {
    let (one_folder, two_folder) =
        (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
    let keys = two_folder.path().join("shared-keys");
    let Some(flags) = flags(&keys.display().to_string()) else { return };
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let (one, two) = (Server::start(one_folder.path(), &flags), Server::start(two_folder.path(), &flags));

    // Half of the session is recorded at one node, and its socket is still open when the node is killed.
    let key = format!("nodes-{}", uuid::Uuid::now_v7());
    let mut uplink = Uplink::new(TOKEN, session_start(&key));
    for number in 1..=INTERACTIONS / 2 {
        uplink.push(interaction(number));
    }
    let mut socket = connect(one.address).await.expect("listening");
    assert!(
        converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == INTERACTIONS / 3).await
            || uplink.acknowledged() > 0
    );
    let session = uplink.session().expect("named").to_string();
    let viewer = watch(&two, &session, "processed");
    one.kill();
    uplink.disconnected();
    let acknowledged = uplink.acknowledged();
    assert!(acknowledged > 0, "nothing was acknowledged before the kill");

    // The other node knows all that was acknowledged, and takes the rest.
    for number in INTERACTIONS / 2 + 1..=INTERACTIONS {
        uplink.push(interaction(number));
    }
    let mut socket = connect(two.address).await.expect("listening");
    let mut resumed_through = None;
    let complete = converse(&mut socket, &mut uplink, |uplink, event| {
        if let codesight_core::wire::UplinkEvent::Opened(resumed) = event {
            resumed_through = Some(resumed.through);
        }
        uplink.acknowledged() == INTERACTIONS
    })
    .await;
    assert!(complete, "{} of {INTERACTIONS} acknowledged", uplink.acknowledged());
    assert!(resumed_through.expect("resumed") >= acknowledged);

    // A third node, started meanwhile, finishes it; whoever looks on at the second hears of it.
    let three_folder = tempfile::tempdir().expect("folder");
    let three = Server::start(three_folder.path(), &flags);
    drop(socket);
    uplink.disconnected();
    uplink.finish(SessionOutcome::Succeeded);
    let mut socket = connect(three.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.is_sealed()).await, "not sealed");
    let updates =
        tokio::task::spawn_blocking(move || viewer.join()).await.expect("no panic").expect("no panic");
    let has = |word: &str| updates.iter().any(|update| update.contains(word));
    assert!(has(r#""type":"stored""#) && has(r#""type":"sealed""#) && has("processed"), "{updates:?}");

    // Every node answers the same, from the archive in the bucket.
    for node in [&two, &three] {
        let page =
            node.get(&format!("/v1/sessions/{session}/interactions?after=0&limit=500"), Some(TOKEN)).json();
        let numbers: Vec<_> =
            page.as_array().expect("a list").iter().map(|place| place["data"]["number"].as_u64()).collect();
        assert_eq!(numbers, (1..=INTERACTIONS).map(Some).collect::<Vec<_>>());
    }
}
