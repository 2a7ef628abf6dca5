//! Traces over OTLP, as a collector gets them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use codesight_core::model::SessionOutcome;
use codesight_core::wire::Uplink;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{Server, TOKEN};

/// Takes spans, refuses the first request as a collector does that starts, and keeps the rest.
struct Collector {
    address: SocketAddr,
    spans: Arc<Mutex<Vec<Span>>>,
    raw: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (spans, raw) = (Arc::<Mutex<Vec<Span>>>::default(), Arc::<Mutex<Vec<u8>>>::default());
        std::thread::spawn({
            let (spans, raw) = (Arc::clone(&spans), Arc::clone(&raw));
            move || {
                for stream in listener.incoming().flatten() {
                    let (spans, raw) = (Arc::clone(&spans), Arc::clone(&raw));
                    std::thread::spawn(move || while take(&stream, &spans, &raw).is_some() {});
                }
            }
        });
        Self { address, spans, raw }
    }

    fn spans(&self) -> Vec<Span> {
        self.spans.lock().expect("nobody panics with it").clone()
    }
}

/// One request of a connection; none when it has ended.
fn take(mut stream: &TcpStream, spans: &Mutex<Vec<Span>>, raw: &Mutex<Vec<u8>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("text").to_ascii_lowercase();
    assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    let mut body = vec![0; length.trim().parse().expect("a number")];
    stream.read_exact(&mut body).ok()?;
    let request = ExportTraceServiceRequest::decode(body.as_slice()).expect("spans");
    raw.lock().expect("nobody panics with it").append(&mut body);
    for resource in request.resource_spans {
        let named = resource.resource.expect("a resource").attributes;
        assert!(named.iter().any(|one| one.key == "service.name"), "{named:?}");
        let all = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.lock().expect("nobody panics with it").extend(all);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()
}

fn record_and_process(server: &Server, key: &str) -> impl Future<Output = String> {
    let address = server.address;
    let mut uplink = Uplink::new(TOKEN, session_start(key));
    for number in 1..=3 {
        uplink.push(interaction(number));
    }
    uplink.finish(SessionOutcome::Succeeded);
    async move {
        let mut socket = connect(address).await.expect("listening");
        assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.is_sealed()).await, "not sealed");
        uplink.session().expect("named").to_string()
    }
}

fn wait_until_processed(server: &Server, session: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while server.get(&format!("/v1/sessions/{session}"), Some(TOKEN)).json()["status"] != "completed" {
        assert!(Instant::now() < deadline, "not processed");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_one_trace_from_the_recorders_message_to_the_lines() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().expect("a folder");
    let to = format!("http://{}/", collector.address);
    let server = Server::start(folder.path(), &["--traces-to", &to]);
    let session = record_and_process(&server, "traced").await;
    wait_until_processed(&server, &session);
    // What is left is sent at the end.
    assert_eq!(server.terminate(), Some(0));

    let id = session.replace('-', "");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let spans = collector.spans();
    let of_session: BTreeMap<&str, &Span> = spans
        .iter()
        .filter(|span| hex(&span.trace_id) == id)
        .map(|span| (span.name.as_str(), span))
        .collect();
    let names: BTreeSet<&str> = of_session.keys().copied().collect();
    let expected = ["append", "archive", "job", "lines", "mask", "pipeline", "seal", "store"];
    assert_eq!(names, BTreeSet::from(expected));
    for (child, parent) in
        [("mask", "append"), ("store", "append"), ("pipeline", "job"), ("archive", "job"), ("lines", "job")]
    {
        assert_eq!(
            of_session[child].parent_span_id, of_session[parent].span_id,
            "{child} is not in {parent}"
        );
        assert!(of_session[child].start_time_unix_nano >= of_session[parent].start_time_unix_nano, "{child}");
    }
    // The interaction's place finds its span, as the session finds its trace.
    let of_append: Vec<_> = of_session["append"].attributes.iter().map(|one| one.key.as_str()).collect();
    assert!(of_append.contains(&"first_seq") && of_append.contains(&"places"), "{of_append:?}");
    // Nothing that a page or a person said, and no key.
    let raw = collector.raw.lock().expect("nobody panics with it").clone();
    for content in ["Page number", "Buy a lamp", "shop.example", "subject-1", TOKEN] {
        assert!(memchr::memmem::find(&raw, content.as_bytes()).is_none(), "{content} is in a trace");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_costs_nothing_but_the_traces() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--traces-to", &format!("http://{closed}")]);
    let session = record_and_process(&server, "untraced").await;
    wait_until_processed(&server, &session);
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_share_of_nothing_no_session_is_sent() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().expect("a folder");
    let to = format!("http://{}", collector.address);
    let server = Server::start(folder.path(), &["--traces-to", &to, "--traces-share", "0"]);
    let session = record_and_process(&server, "unsampled").await;
    wait_until_processed(&server, &session);
    assert_eq!(server.terminate(), Some(0));
    assert!(collector.spans().is_empty());
    let refused = crate::process::command().args(["config", "check", "--traces-share", "1.5"]).output();
    assert!(!refused.expect("it runs").status.success());
}
