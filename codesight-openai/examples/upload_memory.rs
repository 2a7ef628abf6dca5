//! Uploads a file of 2 GB in parts to the stand-in in another process, breaks off in the middle, takes the upload up again, and prints how
//! long it took, what was sent twice, and the most memory this process ever held.
//!
//! `cargo run --release -p codesight-openai --features testkit --example upload_memory [BYTES]` (Linux).
#![expect(clippy::print_stdout, reason = "a measurement is printed")]
#![expect(clippy::disallowed_methods, reason = "a program's own clock and folder for a file of its own")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use codesight_core::time::{Clock, Timestamp};
use codesight_openai::api::Purpose;
use codesight_openai::client::{ApiKey, Client, HttpExchange};
use codesight_openai::provider::Profile;
use codesight_openai::records::FolderRecords;
use codesight_openai::testkit::{FakeOptions, FakeService, listen};
use codesight_openai::uploads::{FileSource, PartUploader, Source, UploadOptions, digest};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const TOTAL: u64 = 2_000_000_000;

#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

#[tokio::main]
async fn main() -> Outcome<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => serve().await,
        bytes => measure(bytes.map_or(Ok(TOTAL), str::parse)?).await,
    }
}

async fn serve() -> Outcome<()> {
    let options = FakeOptions { keep_content: false, ..FakeOptions::default() };
    let service = FakeService::new(options, Arc::new(SystemClock));
    let listening = listen(service, SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("{}", listening.base_url());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

async fn measure(bytes: u64) -> Outcome<()> {
    let mut server = Command::new(std::env::current_exe()?)
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut base_url = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut base_url)?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("lines.jsonl");
    write_lines(&path, bytes)?;
    let base = peak_megabytes()?;

    let source: Arc<dyn Source> = Arc::new(FileSource::open(&path).await?);
    let begun = Instant::now();
    let digests = digest(&*source).await?;
    let hashed = begun.elapsed();
    let profile = Profile::named("openai").ok_or("no profile")?.at(base_url.trim());
    let client = Client::new(
        profile,
        Some(ApiKey::new("sk-fake-0000")),
        Arc::new(HttpExchange::new()?),
        Arc::new(SystemClock),
    );
    let done = Arc::new(AtomicU64::new(0));
    let uploader = |client: &Client| {
        let done = Arc::clone(&done);
        let records = Arc::new(FolderRecords(folder.path().join("records")));
        PartUploader::new(client.clone(), records, UploadOptions::default())
            .on_progress(move |progress| done.store(progress.done, Ordering::Relaxed))
    };
    let begun = Instant::now();
    let half = async {
        while done.load(Ordering::Relaxed) < bytes / 2 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let first = uploader(&client);
    tokio::select! {
        result = first.upload(&source, &digests, Purpose::FineTune) => { result?; }
        () = half => {}
    }
    let kept = done.load(Ordering::Relaxed);
    let file = uploader(&client).upload(&source, &digests, Purpose::FineTune).await?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("file      {:.2} GB, hashed in {:.1} s", bytes as f64 / 1e9, hashed.as_secs_f64());
    println!(
        "upload    {:.1} s, {:.0} MB/s; broke off and was taken up at {:.2} GB",
        seconds,
        bytes as f64 / 1e6 / seconds,
        kept as f64 / 1e9
    );
    println!("service   {} bytes in {}", file.bytes, file.id);
    println!("memory    {} MB at most, {base} MB before the upload", peak_megabytes()?);
    drop(server.stdin.take());
    server.wait()?;
    Ok(())
}

fn write_lines(path: &std::path::Path, bytes: u64) -> Outcome<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut left = bytes;
    for number in 0_u64.. {
        let line = format!("{{\"messages\":[],\"n\":{number},\"pad\":\"{:0>4000}\"}}\n", number * 7_919);
        let take = (line.len() as u64).min(left) as usize;
        file.write_all(&line.as_bytes()[..take])?;
        left -= take as u64;
        if left == 0 {
            break;
        }
    }
    file.flush()?;
    Ok(())
}

fn peak_megabytes() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok(kilobytes / 1_024)
}
