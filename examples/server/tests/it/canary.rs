//! Canaries: a session full of made-up values, in every surface and every writing, through a running server. None is
//! left in a stored byte, the log, a metric, a broadcast, an answer, the archive or a training line.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use codesight_core::model::{InteractionData, SessionOutcome};
use codesight_core::wire::{Uplink, UplinkEvent};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;

use crate::client::{connect, converse, session_start};
use crate::plants::{self, Planted};
use crate::process::{Server, TOKEN};

/// Where something may be left: a name for the message, and the bytes.
pub(crate) type Places = Vec<(String, Vec<u8>)>;

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Every file of the data folder, entries of archives and compressed payloads of the journal unpacked.
pub(crate) async fn stored(folder: &Path, places: &mut Places) {
    for path in files(folder) {
        let name = path.strip_prefix(folder).expect("inside").display().to_string();
        let bytes = std::fs::read(&path).expect("readable");
        if name.ends_with(".zip") {
            let archive = ArchiveReader::open_file(&path, &ArchiveLimits::default()).await.expect("sound");
            let entries: Vec<String> =
                archive.manifest().files.iter().map(|file| file.path.clone()).collect();
            for entry in entries {
                let content = archive.read_entry(&entry).await.expect("readable").to_vec();
                places.push((format!("{name}/{entry}"), content));
            }
        }
        if name.contains("sqlite") {
            places.push((format!("{name}, inflated"), inflated(&bytes)));
        }
        places.push((name, bytes));
    }
}

/// All that can be inflated out of a file: payloads of the journal are a byte 1 and a deflate stream.
fn inflated(bytes: &[u8]) -> Vec<u8> {
    const LEAST: usize = 200;
    let mut all = Vec::new();
    for place in memchr::memchr_iter(1, bytes) {
        let mut payload = Vec::new();
        // What is no stream, or is cut off by a page, ends with an error; what came before it counts.
        let rest = &bytes[place + 1..bytes.len().min(place + 1 + (64 << 10))];
        let _ = flate2::read::DeflateDecoder::new(rest).take(4 << 20).read_to_end(&mut payload);
        if payload.len() >= LEAST {
            all.extend_from_slice(&payload);
            all.push(b'\n');
        }
    }
    all
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// What a viewer of the session receives, until the server goes.
fn watch(address: SocketAddr, session: &str) -> std::thread::JoinHandle<Vec<u8>> {
    let request = format!(
        "GET /v1/sessions/{session}/events HTTP/1.1\r\nHost: server\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).expect("listening");
    stream.write_all(request.as_bytes()).expect("sent");
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // The connection breaks when the server ends: what came before counts.
        let _ = stream.read_to_end(&mut bytes);
        bytes
    })
}

fn metrics(address: SocketAddr) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).expect("metrics are served");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n").expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("answered");
    bytes
}

fn interactions(plants: &[Planted]) -> Vec<InteractionData> {
    let planted = |(number, plant): (usize, &Planted)| {
        let mut interaction = plants::planted(&plant.text);
        interaction["timestamp"] = (1_700_000_000_000_u64 + 1_500 * number as u64).into();
        assert!(interaction.to_string().matches(&plant.secret).count() > 40, "not in the input: {plant:?}");
        serde_json::from_value(interaction).expect("an interaction")
    };
    plants.iter().enumerate().map(planted).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_left_anywhere_by_a_server() {
    let plants = plants::all();
    assert!(plants.len() > 200, "{} plants", plants.len());
    let folder = tempfile::tempdir().expect("a folder");
    let metrics_address = free_address();
    let server = Server::start_traced(folder.path(), &["--metrics-listen", &metrics_address.to_string()]);
    let mut places: Places = Vec::new();

    let mut uplink = Uplink::new(TOKEN, session_start("canary"));
    let recorded = interactions(&plants);
    let count = recorded.len() as u64;
    let mut recorded = recorded.into_iter();
    uplink.push(recorded.next().expect("many"));
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 1).await);
    let session = uplink.session().expect("named").to_string();
    let viewer = watch(server.address, &session);
    tokio::time::sleep(Duration::from_millis(300)).await;

    for one in recorded {
        uplink.push(one);
    }
    uplink.disconnected();
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == count).await);

    // While it is recorded: the journal holds it.
    let journal = server.get(&format!("/v1/sessions/{session}/interactions"), Some(TOKEN));
    assert_eq!(journal.status, 200);
    places.push(("the journal, as it is read".to_owned(), journal.body));
    stored(folder.path(), &mut places).await;
    let inflated: usize =
        places.iter().filter(|(name, _)| name.ends_with("inflated")).map(|(_, bytes)| bytes.len()).sum();
    assert!(inflated > 100_000, "only {inflated} bytes of the journal were looked into");

    // When it is archived: archive and training lines.
    uplink.finish(SessionOutcome::Succeeded);
    uplink.disconnected();
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |_, event| matches!(event, UplinkEvent::Sealed)).await);
    let deadline = Instant::now() + Duration::from_secs(90);
    while server.get(&format!("/v1/sessions/{session}/archive"), Some(TOKEN)).status != 200 {
        assert!(Instant::now() < deadline, "the session is not archived: {}", server.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for answer in ["", "/interactions", "/findings", "/training", "/archive"] {
        let path = format!("/v1/sessions/{session}{answer}");
        places.push((path.clone(), server.get(&path, Some(TOKEN)).body));
    }
    places.push(("the metrics".to_owned(), metrics(metrics_address)));
    stored(folder.path(), &mut places).await;
    let log = server.log();
    assert!(log.contains("listening"), "the log is not the server's");
    places.push(("the log".to_owned(), log.into_bytes()));
    server.kill();
    let seen = viewer.join().expect("the viewer");
    assert!(memchr::memmem::find(&seen, b"data:").is_some(), "the viewer saw no event");
    places.push(("the broadcast".to_owned(), seen));

    let names: Vec<&str> = places.iter().map(|(name, _)| name.as_str()).collect();
    for wanted in ["training.jsonl", "interactions.json", "catalog.sqlite"] {
        assert!(names.iter().any(|name| name.contains(wanted)), "{wanted} is not in {names:?}");
    }
    let mut left: BTreeMap<&str, Vec<&Planted>> = BTreeMap::new();
    for plant in &plants {
        let finder = memchr::memmem::Finder::new(plant.secret.as_bytes());
        for (name, bytes) in &places {
            if finder.find(bytes).is_some() {
                left.entry(name).or_default().push(plant);
            }
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}
