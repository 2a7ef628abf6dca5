//! Metrics: what is counted, and that alert rules and dashboard ask for nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;

use codesight_core::wire::Uplink;

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{Server, TOKEN};

/// Alert rules and dashboard, as they are deployed.
const RULES: &str = include_str!("../../../deploy/prometheus/alerts.yaml");
const DASHBOARD: &str = include_str!("../../../deploy/grafana/codesight.json");

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// Samples by name with labels.
fn scrape(address: SocketAddr) -> BTreeMap<String, f64> {
    let mut stream = TcpStream::connect(address).expect("metrics are served");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("application/openmetrics-text"), "{answer}");
    assert!(answer.ends_with("# EOF\n"));
    answer
        .lines()
        .filter(|line| line.starts_with("codesight_"))
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(name, value)| (name.to_owned(), value.parse().expect("a number")))
        .collect()
}

/// The names of a text that begin with the prefix of the server's metrics.
fn names(text: &str) -> BTreeSet<&str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.split(|letter| !is_name(letter)).filter(|word| word.starts_with("codesight_")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_and_what_is_watched_is_exported() {
    let folder = tempfile::tempdir().expect("a folder");
    let metrics = free_address();
    let server = Server::start(folder.path(), &["--metrics-listen", &metrics.to_string()]);
    let mut uplink = Uplink::new(TOKEN, session_start("counted"));
    for number in 1..=3 {
        uplink.push(interaction(number));
    }
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 3).await);
    assert_eq!(server.get("/v1/sessions", Some(TOKEN)).status, 200);
    assert_eq!(server.get("/v1/sessions/none", Some(TOKEN)).status, 404);

    let samples = scrape(metrics);
    let value = |name: &str| samples.get(name).copied();
    assert_eq!(value("codesight_interactions_stored_total"), Some(3.0), "{samples:#?}");
    assert_eq!(value("codesight_sessions_total{kind=\"started\"}"), Some(1.0));
    assert!(value("codesight_acknowledge_seconds_count").is_some_and(|count| count >= 1.0));
    assert!(value("codesight_connections").is_some_and(|count| count >= 1.0));
    let listed = "codesight_http_requests_total{route=\"/v1/sessions\",method=\"GET\",status=\"200\"}";
    assert_eq!(value(listed), Some(1.0));
    assert!(samples.keys().all(|name| !name.contains("none")), "an address became a label");
    assert_eq!(server.get("/metrics", None).status, 404, "metrics are not shown to the world");

    let exported: BTreeSet<&str> =
        samples.keys().map(|name| name.split('{').next().unwrap_or_default()).collect();
    for (file, text) in [("alerts.yaml", RULES), ("codesight.json", DASHBOARD)] {
        let watched = names(text);
        assert!(watched.len() > 5, "{file}: {watched:?}");
        // A family of which nothing has happened yet has no sample; its description is there.
        let quiet = ["codesight_refusals_total", "codesight_findings_total"];
        for name in watched {
            assert!(exported.contains(name) || quiet.contains(&name), "{file} watches {name}: {exported:#?}");
        }
    }
}

#[test]
fn every_alert_has_its_place_in_the_runbook() {
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/RUNBOOK.md");
    let runbook = std::fs::read_to_string(runbook).expect("the runbook");
    let anchors: BTreeSet<String> = runbook
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|title| title.to_lowercase().replace(' ', "-"))
        .collect();
    let named: Vec<&str> =
        RULES.lines().filter_map(|line| line.split_once("RUNBOOK.md#")).map(|it| it.1).collect();
    assert_eq!(named.len(), RULES.matches("- alert:").count());
    for anchor in named {
        assert!(anchors.contains(anchor), "{anchor} is not in {anchors:?}");
    }
}
