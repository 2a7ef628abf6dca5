//! Killed at every stage, and the books balance: received = stored + quarantined + rejected.
//!
//! `CODESIGHT_KILLS=1000 cargo test -p codesight-server --test it accounting -- --nocapture` is the long run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use codesight_core::id::ContentHash;
use codesight_core::model::{InteractionData, SessionOutcome};
use codesight_core::wire::{BlobRole, Outgoing, ServerMessage, Uplink, UplinkEvent};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::{ArchiveLimits, verify};
use codesight_storage::image::{Pixels, WebpSettings, encode_webp};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Socket, connect, interaction, now, session_start};
use crate::drawn;
use crate::process::{Server, TOKEN, command};

/// Kills of a run when nobody asks for more.
const KILLS: u64 = 40;
/// Kills of one session while it is recorded.
const INGESTING: u64 = 12;
const PUSHED_EACH_KILL: u64 = 30;
/// One interaction of so many is sent as something that is none.
const SPOILT: u64 = 10;
/// A worker that was killed holds its job for a second only.
const FLAGS: [&str; 2] = ["--job-lease-seconds", "1"];

/// What became of everything a recorder sent, over all sessions.
#[derive(Debug, Default)]
struct Books {
    kills: [u64; 4],
    received: u64,
    stored: u64,
    quarantined: u64,
    rejected: u64,
    /// Of what is stored, the pictures that can be read in archives.
    pictures: u64,
}

const INGEST: usize = 0;
const PROCESSING: usize = 1;
const RETENTION: usize = 2;
const ERASURE: usize = 3;

impl Books {
    fn killed(&self) -> u64 {
        self.kills.iter().sum()
    }
}

/// Pauses that differ without chance: a run can be repeated.
struct Pauses(u64);

impl Pauses {
    fn next(&mut self, most: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        most.mul_f64((self.0 >> 40) as f64 / (1_u64 << 24) as f64)
    }
}

fn is_spoilt(number: u64) -> bool {
    number.is_multiple_of(SPOILT)
}

/// A message as text, with some of its interactions turned into something that is none.
fn spoilt(outgoing: Outgoing) -> Message {
    let message = match outgoing {
        Outgoing::Binary(bytes) => return Message::Binary(bytes),
        Outgoing::Text(message) => message,
    };
    let mut json = serde_json::to_value(&message).expect("JSON");
    let interactions = json.get_mut("interactions").and_then(serde_json::Value::as_array_mut);
    for place in interactions.into_iter().flatten() {
        if place["number"].as_u64().is_some_and(is_spoilt) {
            place["type"] = serde_json::json!({ "no": "type" });
        }
    }
    Message::Text(json.to_string().into())
}

/// What a recorder was told to be refused, by place and by hash.
#[derive(Default)]
struct Refused {
    places: BTreeSet<u64>,
    blobs: BTreeSet<ContentHash>,
}

/// Talks until `until` says so or the connection ends.
async fn converse(
    socket: &mut Socket,
    uplink: &mut Uplink,
    refused: &mut Refused,
    until: impl Fn(&Uplink) -> bool,
) {
    let hello = uplink.connected(now());
    if socket.send(spoilt(hello)).await.is_err() {
        return;
    }
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let message: ServerMessage = serde_json::from_str(&text).expect("a server message");
        if let ServerMessage::Reject { seq, blob, .. } = &message {
            refused.places.extend(*seq);
            refused.blobs.extend(*blob);
        }
        let (outgoing, event) = uplink.receive(now(), message);
        if let UplinkEvent::Opened(resumed) = &event {
            assert!(resumed.through >= uplink.acknowledged(), "what was acknowledged is not there any more");
        }
        if until(uplink) {
            return;
        }
        for message in outgoing.into_iter().chain(uplink.poll(now()).expect("short descriptors")) {
            if socket.send(spoilt(message)).await.is_err() {
                return;
            }
        }
    }
}

/// The places of a session and the findings about entries that are none, as the server tells them.
fn told(server: &Server, session: &str) -> (Vec<u64>, Vec<u64>) {
    let mut stored = Vec::new();
    let mut after = 0;
    loop {
        let path = format!("/v1/sessions/{session}/interactions?after={after}&limit=500");
        let page = server.get(&path, Some(TOKEN)).json();
        let Some(last) = page.as_array().and_then(|page| page.last()) else { break };
        after = last["seq"].as_u64().expect("a place");
        let interactions =
            page.as_array().expect("a list").iter().filter(|place| place["kind"] == "interaction");
        stored.extend(interactions.map(|place| place["data"]["number"].as_u64().expect("its number")));
    }
    let findings = server.get(&format!("/v1/sessions/{session}/findings"), Some(TOKEN)).json();
    let about = findings["findings"].as_array().expect("findings").iter();
    let quarantined = about.filter(|finding| finding["rule"] == "interaction-invalid");
    (stored, quarantined.map(|finding| finding["place"]["seq"].as_u64().expect("a place")).collect())
}

/// A picture that can be told from every other by the number drawn on it.
fn picture(number: u64) -> Vec<u8> {
    let mut page = drawn::page(320, 160);
    drawn::draw(&mut page, 32, 96, &drawn_number(number));
    let (width, height, samples) = page;
    let pixels = Pixels::new(width, height, false, samples).expect("sides");
    encode_webp(&pixels, &WebpSettings::Lossless { effort: 0 }).expect("encoded")
}

fn drawn_number(number: u64) -> String {
    (600_000 + number).to_string()
}

/// An interaction before which that picture was seen.
fn seen_before(number: u64, picture: &[u8]) -> InteractionData {
    let mut seen = serde_json::to_value(interaction(number)).expect("JSON");
    seen["screenshots"] = serde_json::json!([{
        "hash": ContentHash::of(picture), "mediaType": "image/webp", "width": 320, "height": 160,
        "relation": "before", "capturedAt": 1, "lagMs": 0, "trigger": "interaction", "source": "visible-tab",
        "viewport": { "width": 320, "height": 160, "devicePixelRatio": 1 }
    }]);
    serde_json::from_value(seen).expect("an interaction")
}

/// The number that can be read in each picture of a session's archive.
async fn pictures_archived(folder: &Path, session: &str) -> Vec<String> {
    let objects = walk(&folder.join("objects"));
    let archive =
        objects.iter().find(|name| name.contains(session) && name.ends_with(".zip")).expect("archived");
    let reader =
        ArchiveReader::open_file(Path::new(archive), &ArchiveLimits::default()).await.expect("opens");
    assert!(verify(&reader).await.expect("reads").is_sound());
    let mut numbers = Vec::new();
    for entry in &reader.frame_index().await.expect("index").frames {
        let read = drawn::read(&reader.read_pixels(&entry.hash).await.expect("a frame"));
        // The end of a number is a number, too.
        numbers.extend(read.into_iter().max_by_key(String::len));
    }
    numbers.sort();
    numbers
}

/// Runs a command of the program and kills it, until it comes to its end or was killed `times` times. Says how often.
fn run_and_kill(folder: &Path, words: &[&str], pauses: &mut Pauses, times: u64) -> u64 {
    for killed in 0..times {
        let mut child = command()
            .args(words)
            .arg("--data-dir")
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        std::thread::park_timeout(pauses.next(Duration::from_millis(60)));
        if child.try_wait().expect("a child").is_some() {
            return killed;
        }
        child.kill().expect("killed");
        child.wait().expect("a child");
    }
    times
}

fn succeeds(folder: &Path, words: &[&str]) {
    let output = command().args(words).arg("--data-dir").arg(folder).output().expect("runs");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn status(server: &Server, session: &str) -> String {
    let shown = server.get(&format!("/v1/sessions/{session}"), Some(TOKEN)).json();
    shown["status"].as_str().expect("a status").to_owned()
}

/// One session from its first interaction to its erasure, with kills all the way.
async fn live_and_die(folder: &Path, number: u64, pauses: &mut Pauses, books: &mut Books) {
    let subject = format!("subject-{number}");
    let mut start = session_start(&format!("accounting-{number}"));
    start.consent.subject = subject.parse().expect("a name");
    let mut uplink = Uplink::new(TOKEN, start);
    let (mut pushed, mut refused, mut drawn_numbers) = (0, Refused::default(), Vec::new());
    for _ in 0..INGESTING {
        let server = Server::start(folder, &FLAGS);
        // The first of each is good, and was done on a page of which there is a picture.
        let shown = picture(pushed + 1);
        drawn_numbers.push(drawn_number(pushed + 1));
        uplink.push(seen_before(pushed + 1, &shown));
        uplink.push_blob(BlobRole::Frame, "image/webp", shown.into());
        pushed += 1;
        for _ in 1..PUSHED_EACH_KILL {
            pushed += 1;
            uplink.push(interaction(pushed));
        }
        uplink.push_blob(BlobRole::Frame, "image/png", format!("no picture {pushed}").into_bytes().into());
        let mut socket = connect(server.address).await.expect("listening");
        let last = uplink.last_seq();
        let talk = converse(&mut socket, &mut uplink, &mut refused, |uplink| uplink.acknowledged() == last);
        let _ = tokio::time::timeout(pauses.next(Duration::from_millis(60)), talk).await;
        server.kill();
        uplink.disconnected();
        books.kills[INGEST] += 1;
    }
    // To its end, and then killed while it is processed and archived.
    uplink.finish(SessionOutcome::Succeeded);
    let mut server = Server::start(folder, &FLAGS);
    let mut socket = connect(server.address).await.expect("listening");
    let talk = converse(&mut socket, &mut uplink, &mut refused, Uplink::is_sealed);
    tokio::time::timeout(Duration::from_secs(120), talk).await.expect("sealed");
    let session = uplink.session().expect("named").to_string();
    for _ in 0..4 {
        tokio::time::sleep(pauses.next(Duration::from_millis(1_500))).await;
        server.kill();
        books.kills[PROCESSING] += 1;
        server = Server::start(folder, &FLAGS);
        let (stored, quarantined) = told(&server, &session);
        assert_eq!((stored.len() + quarantined.len()) as u64, pushed, "in the middle of processing");
    }
    let begun = Instant::now();
    while status(&server, &session) != "completed" {
        assert!(begun.elapsed() < Duration::from_secs(120), "still {}", status(&server, &session));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (stored, quarantined) = told(&server, &session);
    let good: Vec<u64> = (1..=pushed).filter(|number| !is_spoilt(*number)).collect();
    assert_eq!(stored, good, "every interaction, once, in order");
    assert_eq!(quarantined.len() as u64, pushed / SPOILT, "every other entry is a finding");
    // What a recorder is told of a place may be lost with its connection; what it was told is true.
    assert!(refused.places.iter().all(|seq| quarantined.contains(seq)), "refused without a finding");
    assert_eq!(refused.blobs.len() as u64, INGESTING, "every frame that is no picture was refused");
    let pictures = pictures_archived(folder, &session).await;
    assert_eq!(pictures, drawn_numbers, "every picture is in the archive, once, and can be read there");
    books.received += pushed + 2 * INGESTING;
    books.stored += (stored.len() + pictures.len()) as u64;
    books.pictures += pictures.len() as u64;
    books.quarantined += quarantined.len() as u64;
    books.rejected += refused.blobs.len() as u64;
    assert_eq!(server.terminate(), Some(0));

    let policy = folder.join("policy.toml");
    std::fs::write(&policy, "[archive]\nmaximum-days = 0\n").expect("written");
    let plan = folder.join(format!("plan-{number}.json"));
    let (policy, plan) = (policy.to_str().expect("UTF-8"), plan.to_str().expect("UTF-8"));
    succeeds(folder, &["retention", "plan", "--policy", policy, "--out", plan]);
    let apply = ["retention", "apply", "--plan", plan];
    books.kills[RETENTION] += run_and_kill(folder, &apply, pauses, 4);
    succeeds(folder, &apply);
    let erase = ["erase", "--subject", &subject];
    books.kills[ERASURE] += run_and_kill(folder, &erase, pauses, 4);
    succeeds(folder, &erase);
    let server = Server::start(folder, &FLAGS);
    assert_eq!(server.get(&format!("/v1/sessions/{session}"), Some(TOKEN)).status, 404, "erased");
    server.kill();
    let objects = walk(&folder.join("objects"));
    assert!(objects.iter().all(|name| !name.contains(&session)), "{objects:?}");
}

fn walk(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path.display().to_string()] })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_stage_the_books_balance() {
    let wanted = std::env::var("CODESIGHT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().expect("a folder");
    let (mut books, mut pauses) = (Books::default(), Pauses(7));
    for number in 1.. {
        live_and_die(folder.path(), number, &mut pauses, &mut books).await;
        if books.killed() >= wanted {
            break;
        }
        if number % 5 == 0 {
            eprintln!("{} kills of {wanted}", books.killed());
        }
    }
    let Books { received, stored, quarantined, rejected, pictures, .. } = books;
    println!(
        "killed {} times (ingest {}, processing and archiving {}, retention {}, erasure {}): received {received} = \
         stored {stored} ({pictures} of them pictures in archives) + quarantined {quarantined} + rejected {rejected}",
        books.killed(),
        books.kills[INGEST],
        books.kills[PROCESSING],
        books.kills[RETENTION],
        books.kills[ERASURE],
    );
    assert_eq!(received, stored + quarantined + rejected);
}
