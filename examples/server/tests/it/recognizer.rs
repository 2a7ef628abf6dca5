//! A recogniser of names beside the server, and `privacy-report` on what becomes of a session.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use codesight_core::model::SessionOutcome;
use codesight_core::wire::{Uplink, UplinkEvent};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;
use serde_json::{Value, json};

use crate::client::{connect, converse, session_start};
use crate::process::{Server, TOKEN, command};

const NAME: &str = "Ottilie Brandvold";

/// Answers as an analyzer does: one person, wherever the name stands, and a phone number that is none.
fn analyze(question: &Value) -> Value {
    let text = question["text"].as_str().expect("a text");
    assert!(!text.contains("@canary"), "the recogniser was shown an address");
    let found = text.match_indices(NAME).map(|(at, name)| {
        let start = text[..at].chars().count();
        json!({ "entity_type": "PERSON", "start": start, "end": start + name.chars().count(), "score": 0.85 })
    });
    found.chain([json!({ "entity_type": "PHONE_NUMBER", "start": 0, "end": 1, "score": 0.99 })]).collect()
}

fn serve(stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut line, mut length) = (String::new(), 0);
        while reader.read_line(&mut line).ok()? > 2 {
            if let Some(bytes) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = bytes.trim().parse().ok()?;
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let answer = analyze(&serde_json::from_slice(&body).ok()?).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        (&mut &*stream).write_all((head + &answer).as_bytes()).ok()?;
    }
}

fn recognizer() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(&stream));
        }
    });
    address
}

fn archives(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    let deeper = entries.flat_map(|path| if path.is_dir() { archives(&path) } else { vec![path] });
    deeper.filter(|path| path.extension().is_some_and(|end| end == "zip")).collect()
}

/// Records a session in which a page greets somebody by name, and gives its archive.
async fn record(folder: &Path, recognizer: &str) -> PathBuf {
    let server = Server::start(folder, &["--recognizer", recognizer]);
    let mut uplink = Uplink::new(TOKEN, session_start("named"));
    let title = format!("Für {NAME}: ottilie@canary.example");
    let page =
        json!({ "type": "click", "timestamp": 1_700_000_000_000_u64, "pageContext": { "title": title } });
    uplink.push(serde_json::from_value(page).expect("an interaction"));
    uplink.finish(SessionOutcome::Succeeded);
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |_, event| matches!(event, UplinkEvent::Sealed)).await);
    let session = uplink.session().expect("named").to_string();
    let deadline = Instant::now() + Duration::from_secs(60);
    while server.get(&format!("/v1/sessions/{session}/archive"), Some(TOKEN)).status != 200 {
        assert!(Instant::now() < deadline, "not archived: {}", server.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    archives(folder).pop().expect("an archive")
}

async fn entry(archive: &Path, name: &str) -> String {
    let reader = ArchiveReader::open_file(archive, &ArchiveLimits::default()).await.expect("sound");
    String::from_utf8(reader.read_entry(name).await.expect("there").to_vec()).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_masked_before_the_archive_and_the_report_counts_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = record(folder.path(), &format!("http://{}", recognizer())).await;
    let interactions = entry(&archive, "interactions.json").await;
    assert!(!interactions.contains("Ottilie") && !interactions.contains("canary"), "{interactions}");
    assert!(interactions.contains("Für <NAME_") && interactions.contains(": <EMAIL_"), "{interactions}");

    let report = |format: &str| {
        let output = command()
            .args(["privacy-report", "--each", "--format", format])
            .arg(&archive)
            .arg(&archive)
            .output();
        let output = output.expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let lines = report("json");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 3, "two sessions and all of them");
    assert!(lines[0]["session"].is_string() && lines[2]["session"].is_null());
    let all = &lines[2]["report"];
    assert_eq!((&all["sessions"], &all["consent"]["purposes"]["training"]), (&json!(2), &json!(2)));
    let person = json!({ "type": "person-name", "surface": "title", "evidence": "content", "count": 2 });
    assert!(all["masked"].as_array().expect("counts").contains(&person), "{all}");
    assert!(report("text").contains("person-name, title, by content"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_the_session_is_archived_with_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    // Nobody listens there any more.
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let archive = record(folder.path(), &format!("http://{gone}")).await;
    let report = entry(&archive, "quality-report.json").await;
    assert!(report.contains("recognizer-failed"), "{report}");
    assert!(entry(&archive, "interactions.json").await.contains("<EMAIL_"));
}
