//! Attacks and faults by the ids of the threat catalogue; `tests/CATALOGUE.md` says which test shows which.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use codesight_core::wire::{ServerMessage, Uplink, UplinkEvent, WireCode};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Socket, connect, converse, interaction, now, send, session_start};
use crate::process::{OTHER_TOKEN, Server, TOKEN, command};

/// A session that is open on this connection, with the beginning of its batches.
async fn recording(server: &Server, key: &str) -> (Socket, Uplink, String) {
    let mut socket = connect(server.address).await.expect("listening");
    let mut uplink = Uplink::new(TOKEN, session_start(key));
    let mut epoch = 0;
    let opened = converse(&mut socket, &mut uplink, |_, event| {
        if let UplinkEvent::Opened(resumed) = event {
            epoch = resumed.epoch;
        }
        epoch > 0
    });
    assert!(opened.await, "not opened");
    let session = uplink.session().expect("named").clone();
    (socket, uplink, format!(r#"{{"type":"batch","sessionId":"{session}","epoch":{epoch},"firstSeq":"#))
}

/// The codes with which the server closes; nothing when it only hangs up.
async fn closed(socket: &mut Socket) -> (Option<u16>, Option<WireCode>) {
    let mut said = None;
    let listen = async {
        while let Some(Ok(message)) = socket.next().await {
            match message {
                Message::Text(text) => {
                    if let Ok(ServerMessage::Close { code, .. }) = serde_json::from_str(&text) {
                        said = Some(code);
                    }
                }
                Message::Close(frame) => return frame.map(|frame| u16::from(frame.code)),
                _ => {}
            }
        }
        None
    };
    let code = tokio::time::timeout(Duration::from_secs(90), listen).await.expect("the server did not close");
    (code, said)
}

/// A good recorder is served.
async fn good(server: &Server, key: &str) {
    let mut uplink = Uplink::new(TOKEN, session_start(key));
    uplink.push(interaction(1));
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 1).await, "not served");
}

fn raw_websocket(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).expect("listening");
    stream.set_write_timeout(Some(Duration::from_secs(2))).expect("a timeout");
    let request = "GET /v1/stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("sent");
    let mut head = [0; 12];
    stream.read_exact(&mut head).expect("answered");
    assert_eq!(&head, b"HTTP/1.1 101");
    stream
}

/// WS-01, WS-03: frames that say they are enormous, fragments of one byte, and pings without pause.
#[tokio::test(flavor = "multi_thread")]
async fn ws_01_03_frames_of_strangers_cost_little_and_disturb_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let before = server.peak_memory();
    let mut floods: Vec<TcpStream> = (0..30).map(|_| raw_websocket(&server)).collect();
    let ping: Vec<u8> = [0x89, 0x84, 0, 0, 0, 0, b'p', b'i', b'n', b'g'].repeat(400);
    let bytes: Vec<u8> = [0x00, 0x81, 0, 0, 0, 0, b'x'].repeat(400);
    for (number, stream) in floods.iter_mut().enumerate() {
        let begin: &[u8] = match number % 3 {
            0 => &[0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
            1 => &[0x01, 0x81, 0, 0, 0, 0, b'x'],
            _ => &[],
        };
        let flood = if number % 3 == 1 { &bytes } else { &ping };
        let _ = stream.write_all(begin);
        for _ in 0..100 {
            if stream.write_all(flood).is_err() {
                break;
            }
        }
    }
    good(&server, "beside-floods").await;
    let grown = server.peak_memory() - before;
    assert!(grown < 64 << 20, "30 strangers cost {} MB", grown >> 20);
    for stream in &mut floods {
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        let is_open = matches!(&ended, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!is_open, "a stranger's flood is still taken");
    }
}

/// WS-05: a client that sends and never reads is closed, and holds nobody up.
#[tokio::test(flavor = "multi_thread")]
async fn ws_05_who_never_reads_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let before = server.peak_memory();
    let (mut socket, _, _) = recording(&server, "deaf").await;
    // Each ping is answered; nobody takes the answers.
    let pings = async {
        loop {
            let text = r#"{"type":"ping","at":1}"#;
            if socket.send(Message::Text(text.into())).await.is_err() {
                return;
            }
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(90), pings).await;
    assert!(ended.is_ok(), "a client that does not read was kept");
    assert!(server.peak_memory() - before < 64 << 20, "answers were gathered for it");
    good(&server, "beside-the-deaf").await;
}

/// WS-06: text that is no UTF-8 closes with 1007; NUL and lone surrogates harm nothing that is good beside them.
#[tokio::test(flavor = "multi_thread")]
async fn ws_06_odd_text_is_refused_or_kept_and_never_a_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let mut stream = raw_websocket(&server);
    stream.write_all(&[0x81, 0x84, 0, 0, 0, 0, 0xc0, 0xaf, 0xff, 0xfe]).expect("sent");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);

    let (mut socket, _, batch) = recording(&server, "odd").await;
    let entry = |title: &str| {
        format!(r#"{{"type":"click","timestamp":1,"pageContext":{{"title":"{title}"}},"number":7}}"#)
    };
    let entries = [entry("a\\u0000b"), entry("\\ud800"), entry("\u{202e}fine\u{feff}")].join(",");
    let text = format!("{batch}1,\"interactions\":[{entries}]}}");
    socket.send(Message::Text(text.into())).await.expect("sent");
    let (mut through, mut rejected) = (0, 0);
    while through < 3 {
        let message = tokio::time::timeout(Duration::from_secs(90), socket.next()).await.expect("an answer");
        let Some(Ok(Message::Text(text))) = message else { panic!("closed: {message:?}") };
        match serde_json::from_str(&text).expect("a server message") {
            ServerMessage::Ack { through: now, .. } => through = now,
            ServerMessage::Reject { .. } => rejected += 1,
            _ => {}
        }
    }
    assert!(rejected <= 1, "only the lone surrogate is no JSON text");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// WS-07: nesting, huge numbers, huge keys and doubled keys are refused with a reason.
#[tokio::test(flavor = "multi_thread")]
async fn ws_07_json_that_is_meant_to_hurt() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let deep = "[".repeat(100_000);
    let key = format!("{{\"type\":\"ping\",\"at\":1,\"{}\":1}}", "k".repeat(900_000));
    for (name, text) in [
        ("deep", deep.as_str()),
        ("deep-in-a-batch", &format!("{{\"type\":\"batch\",\"x\":{deep}")),
        ("number", r#"{"type":"ping","at":1e400}"#),
        ("integer", r#"{"type":"ping","at":99999999999999999999999999999999}"#),
        ("twice", r#"{"type":"ping","at":1,"at":2}"#),
    ] {
        let (mut socket, _, _) = recording(&server, name).await;
        socket.send(Message::Text(text.to_owned().into())).await.expect("sent");
        let (code, said) = closed(&mut socket).await;
        assert!(matches!(code, Some(1007 | 4002)) && said.is_some(), "{name}: {code:?} {said:?}");
    }
    // Fields that nobody knows are ignored, however long their names are.
    let (mut socket, _, _) = recording(&server, "long-key").await;
    socket.send(Message::Text(key.into())).await.expect("sent");
    let answer = tokio::time::timeout(Duration::from_secs(90), socket.next()).await.expect("an answer");
    assert!(matches!(answer, Some(Ok(Message::Text(text))) if text.contains("pong")), "not answered");
}

/// WS-08: places that jump, begin at nought, or go beyond all bounds are never stored under another number.
#[tokio::test(flavor = "multi_thread")]
async fn ws_08_impossible_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let good = serde_json::to_string(&interaction(1)).expect("JSON");
    for (name, first) in [
        ("nought", "0"),
        ("end", "9223372036854775807"),
        ("beyond", "18446744073709551615"),
        ("negative", "-1"),
    ] {
        let (mut socket, uplink, batch) = recording(&server, name).await;
        let text = format!("{batch}{first},\"interactions\":[{good}]}}");
        socket.send(Message::Text(text.into())).await.expect("sent");
        let answer = tokio::time::timeout(Duration::from_secs(90), socket.next()).await.expect("an answer");
        assert!(answer.is_some(), "{name}");
        let session = uplink.session().expect("named");
        let stored = server.get(&format!("/v1/sessions/{session}/interactions"), Some(TOKEN)).json();
        assert_eq!(stored, serde_json::json!([]), "{name} was stored");
    }
}

/// WS-09: of two connections to one session the newer has it, and the older is told so.
#[tokio::test(flavor = "multi_thread")]
async fn ws_09_two_connections_to_one_session() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let (mut older, mut uplink, _) = recording(&server, "shared").await;
    let (_newer, _, _) = recording(&server, "shared").await;
    uplink.push(interaction(1));
    for message in uplink.poll(now()).expect("short") {
        assert!(send(&mut older, message).await);
    }
    assert_eq!(closed(&mut older).await, (Some(4009), Some(WireCode::StaleEpoch)));
}

/// WS-13: names that are paths, and names that are too long, are names of nothing; nothing is made outside the folder.
#[test]
fn ws_13_names_that_are_paths() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let long = "a".repeat(300);
    for name in ["..%2f..%2fetc", "%2e%2e", "a%00b", "a%2fb", "CON", "\u{ff0e}\u{ff0e}", ".", long.as_str()] {
        for part in ["", "/interactions", "/archive", "/frames", "/training"] {
            let answer = server.get(&format!("/v1/sessions/{name}{part}"), Some(TOKEN));
            assert!((400..500).contains(&answer.status), "{name}{part}: {}", answer.status);
        }
    }
    assert!(!folder.path().join("etc").exists());
}

/// WS-14: a compressed message that inflates beyond the limit is refused; the WebSocket extension itself is never agreed to.
#[tokio::test(flavor = "multi_thread")]
async fn ws_14_what_inflates_without_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let (mut socket, _, _) = recording(&server, "bomb").await;
    let before = server.peak_memory();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..256 {
        encoder.write_all(&zeros).expect("written");
    }
    let bomb = encoder.finish().expect("written");
    let mut message = vec![2, 0, 0, 0, 0];
    message.extend(bomb);
    socket.send(Message::Binary(message.into())).await.expect("sent");
    assert_eq!(closed(&mut socket).await.0, Some(1009));
    assert!(server.peak_memory() - before < 32 << 20, "it was inflated");
    let offered = server.request(
        "GET /v1/stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    assert_eq!((offered.status, offered.header("sec-websocket-extensions")), (101, None));
}

/// TEN-01, TEN-02, TEN-03: lists, filters and cursors of one tenant show nothing of another, not even that it is there.
#[tokio::test(flavor = "multi_thread")]
async fn ten_01_03_filters_and_cursors_stay_in_their_tenant() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let mut cursors = Vec::new();
    for number in 0..3 {
        good(&server, &format!("own-{number}")).await;
        let page = server.get("/v1/sessions?limit=1", Some(TOKEN)).json();
        cursors.extend(page["next"].as_str().map(str::to_owned));
        let session = page["sessions"][0].clone();
        cursors.push(format!("{}.{}", session["startTime"], session["id"].as_str().expect("an id")));
    }
    assert!(cursors.len() > 3);
    let empty = server.get("/v1/sessions", Some(OTHER_TOKEN));
    for cursor in &cursors {
        let own = server.get(&format!("/v1/sessions?after={cursor}"), Some(TOKEN));
        assert_eq!(own.status, 200);
        let foreign = server.get(&format!("/v1/sessions?after={cursor}"), Some(OTHER_TOKEN));
        assert_eq!((foreign.status, &foreign.body), (200, &empty.body), "a cursor of another tenant");
    }
    for filter in ["collector=robot", "status=active", "minQuality=0", "from=0", "limit=500"] {
        let foreign = server.get(&format!("/v1/sessions?{filter}"), Some(OTHER_TOKEN));
        assert_eq!((foreign.status, &foreign.body), (200, &empty.body), "{filter}");
    }
    // How long an answer takes tells no more than noise does: the same number of look-ups for absent and foreign.
    let session = server.get("/v1/sessions", Some(TOKEN)).json()["sessions"][0]["id"].clone();
    let time = |name: &str| {
        let mut times: Vec<Duration> = (0..60)
            .map(|_| {
                let begun = Instant::now();
                assert_eq!(server.get(&format!("/v1/sessions/{name}"), Some(OTHER_TOKEN)).status, 404);
                begun.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[times.len() / 2]
    };
    let foreign = time(session.as_str().expect("an id"));
    let absent = time("01890000-0000-7000-8000-000000000000");
    eprintln!("median of 60: foreign {foreign:?}, absent {absent:?}");
}

/// TEN-04: what looks like SQL in a filter, a cursor or a name is data.
#[tokio::test(flavor = "multi_thread")]
async fn ten_04_sql_in_filters_is_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--officer-token", "shop/officer=token-of-the-officer"]);
    good(&server, "sql").await;
    for text in [
        "'%20OR%201=1--",
        "robot'%3B%20DROP%20TABLE%20sessions%3B--",
        "%22%20OR%20%22%22=%22",
        "1)%20UNION%20SELECT%20*%20FROM%20api_keys--",
    ] {
        for path in [
            format!("/v1/sessions?collector={text}"),
            format!("/v1/sessions?after={text}"),
            format!("/v1/sessions?status={text}"),
        ] {
            assert_eq!(server.get(&path, Some(TOKEN)).status, 400, "{path}");
        }
        let person = server.get(&format!("/v1/subjects/{text}"), Some("token-of-the-officer"));
        assert_eq!(person.status, 404, "{text}");
    }
    let sessions = server.get("/v1/sessions", Some(TOKEN)).json();
    assert_eq!(sessions["sessions"].as_array().expect("sessions").len(), 1, "they are still there");
}

/// SSRF-01: addresses in what a page says are never asked for by the server.
#[tokio::test(flavor = "multi_thread")]
async fn ssrf_01_the_server_fetches_nothing_a_page_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let canary = TcpListener::bind("127.0.0.1:0").expect("a port");
    canary.set_nonblocking(true).expect("set");
    let port = canary.local_addr().expect("an address").port();
    let server = Server::start(folder.path(), &[]);
    let mut uplink = Uplink::new(TOKEN, session_start("ssrf"));
    let hosts = ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"];
    for (number, host) in (1..).zip(hosts) {
        let address = format!("http://{host}:{port}/canary.png");
        let mut shown = serde_json::to_value(interaction(number)).expect("JSON");
        shown["pageContext"]["url"] = address.clone().into();
        shown["element"] =
            serde_json::json!({ "tag": "img", "attributes": { "src": address, "srcset": address } });
        uplink.push(serde_json::from_value(shown).expect("an interaction"));
    }
    uplink.finish(codesight_core::model::SessionOutcome::Succeeded);
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.is_sealed()).await, "not sealed");
    let path = format!("/v1/sessions/{}", uplink.session().expect("named"));
    for _ in 0..1_200 {
        if server.get(&path, Some(TOKEN)).json()["status"] == "completed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.get(&path, Some(TOKEN)).json()["status"], "completed", "processed to the end");
    assert!(canary.accept().is_err(), "somebody asked for what the page named");
    // SSRF-02: a training line holds its pictures; it names none elsewhere.
    let lines = server.get(&format!("{path}/training"), Some(TOKEN));
    let text = String::from_utf8_lossy(&lines.body).into_owned();
    assert!(!text.contains("\"url\":\"http"), "a line fetches a picture");
}

/// FLT-08: a server that drains, and waits for somebody who says nothing, ends at once when it is told again.
#[test]
fn flt_08_terminated_twice_it_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(folder.path(), &["--grace-seconds", "120"]);
    let mut stream = TcpStream::connect(server.address).expect("listening");
    let begun = "POST /v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    stream.write_all(begun.as_bytes()).expect("sent");
    std::thread::sleep(Duration::from_millis(500));
    server.tell_to_end();
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(server.is_running(), "it did not wait for what is under way");
    let again = Instant::now();
    assert_ne!(server.terminate(), Some(0), "it says that not all was in good order");
    assert!(again.elapsed() < Duration::from_secs(60), "it waited on: {:?}", again.elapsed());
}

/// FLT-09: without file descriptors the server neither spins nor falls, and takes connections again.
#[tokio::test(flavor = "multi_thread")]
async fn flt_09_out_of_file_descriptors() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""]).arg(command().get_program());
    let server = Server::start_as(limited, folder.path());
    let held: Vec<_> = (0..80).filter_map(|_| TcpStream::connect(server.address).ok()).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let spent = server.cpu_ticks();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(server.cpu_ticks() - spent < 50, "the server spins");
    drop(held);
    let begun = Instant::now();
    while server.try_get("/healthz").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it takes nobody any more");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    good(&server, "afterwards").await;
}
