//! Archives of five kinds of sessions at every level, beside `cwebp -q 75` and `zip`, and beside PNG and JSON.
//!
//! `benches/sessions/record.sh && cargo run --release -p codesight-benches --bin archive [FOLDER [bytes]]`
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a measurement is printed")]

use std::path::{Path, PathBuf};

use codesight_benches::archive::session::{KINDS, Session};
use codesight_benches::archive::write::Written;
use codesight_benches::archive::{access, baseline, quality, write};
use codesight_benches::server::Outcome;
use codesight_core::model::ArchiveLevel;
use codesight_storage::ObjectBlobStore;

const LEVELS: [(&str, ArchiveLevel); 4] = [
    ("full", ArchiveLevel::Full),
    ("hybrid", ArchiveLevel::Hybrid),
    ("compact", ArchiveLevel::Compact),
    ("exact", ArchiveLevel::Exact),
];

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, level, folder] = &arguments[..]
        && command == "write"
    {
        let level = level_named(level)?;
        println!("{}", serde_json::to_string(&write::measured(Path::new(folder), level).await?)?);
        return Ok(());
    }
    let folder = PathBuf::from(arguments.first().map_or("target/bench-sessions", String::as_str));
    let bytes_only = arguments.get(1).is_some_and(|word| word == "bytes");
    let mut sessions = Vec::new();
    for kind in KINDS {
        match Session::read(&folder.join(kind)) {
            Ok(session) => sessions.push((kind, session)),
            Err(error) => eprintln!("SKIPPED {kind}: {error} (benches/sessions/record.sh records it)"),
        }
    }
    println!(
        "session     MP    PNG+JSON  cwebp+zip | bytes against cwebp+zip, and saved of PNG+JSON: full, hybrid, compact, exact"
    );
    let mut totals = Totals::default();
    for (kind, session) in &sessions {
        let folder = folder.join(kind);
        let plain = session.png_bytes() + session.pretty_json()?.len() as u64;
        let loop_ = baseline::cwebp_and_zip(&folder, session)?;
        let mut line = format!("{kind:10} {:5.1} {:>10} {:>10} |", session.megapixels(), plain, loop_.bytes);
        totals.add_baseline(session, plain, loop_);
        for (at, (name, _)) in LEVELS.iter().enumerate() {
            let written = write::in_own_process(&folder, name, "0,1")?;
            line += &format!(
                " {:.3} {:.3} ",
                ratio(written.bytes, loop_.bytes),
                1.0 - ratio(written.bytes, plain)
            );
            if !bytes_only {
                totals.one_core[at] += write::in_own_process(&folder, name, "0")?.wall;
            }
            totals.add(at, *kind != "density", &written);
        }
        println!("{line}");
    }
    totals.print(bytes_only);
    if bytes_only {
        return Ok(());
    }
    for (kind, session) in &sessions {
        for (name, level) in &LEVELS[..3] {
            let (store, scratch) = (ObjectBlobStore::memory(), tempfile::tempdir()?);
            write::capture(&store, session).await?;
            write::write(&store, session, *level, scratch.path()).await?;
            let found = quality::quality(session, &write::open(&store).await?, 4).await?;
            println!(
                "quality    {kind} {name}: SSIMULACRA2 mean {:.1}, least {:.1}, at most {:.2} below plain libwebp (goal 1)",
                found.mean, found.least, found.furthest_below
            );
        }
    }
    if let Some((_, session)) = sessions.first() {
        for (name, level) in LEVELS {
            let found = access::one_of_500(session, level).await?;
            println!(
                "access     one of 500 frames, {name}: p50 {:.1} ms, p95 {:.1} ms (goal 50); opening takes {:.1} ms",
                millis(found.p50),
                millis(found.p95),
                millis(found.open)
            );
        }
    }
    Ok(())
}

fn level_named(name: &str) -> Outcome<ArchiveLevel> {
    Ok(LEVELS.iter().find(|(level, _)| *level == name).ok_or("no such level")?.1)
}

fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other.max(1) as f64
}

fn millis(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Sums over the sessions; arrays are by level.
#[derive(Default)]
struct Totals {
    megapixels: f64,
    plain: u64,
    loop_bytes: u64,
    loop_cpu: f64,
    bytes: [u64; 4],
    cpu: [f64; 4],
    two_cores: [f64; 4],
    one_core: [f64; 4],
    memory: [u64; 4],
}

impl Totals {
    fn add_baseline(&mut self, session: &Session, plain: u64, found: baseline::Baseline) {
        self.megapixels += session.megapixels();
        self.plain += plain;
        self.loop_bytes += found.bytes;
        self.loop_cpu += found.cpu;
    }

    fn add(&mut self, at: usize, normal_density: bool, written: &Written) {
        self.bytes[at] += written.bytes;
        self.cpu[at] += written.cpu;
        self.two_cores[at] += written.wall;
        if normal_density {
            self.memory[at] = self.memory[at].max(written.memory);
        }
    }

    fn print(&self, bytes_only: bool) {
        println!(
            "cwebp+zip  {:.1} MP, {:.1} s of CPU, {:.1} MP/s a core",
            self.megapixels,
            self.loop_cpu,
            self.megapixels / self.loop_cpu
        );
        for (at, (name, _)) in LEVELS.iter().enumerate() {
            print!(
                "{name:10} bytes {:.3} of cwebp+zip, {:.3} of PNG+JSON saved, CPU {:.2} of cwebp+zip, {:.1} MP/s a core, {:.0} MB above base at 1280x800",
                ratio(self.bytes[at], self.loop_bytes),
                1.0 - ratio(self.bytes[at], self.plain),
                self.cpu[at] / self.loop_cpu,
                self.megapixels / self.cpu[at],
                self.memory[at] as f64 / 1e6,
            );
            if bytes_only {
                println!();
            } else {
                println!(", two cores {:.2} times one", self.one_core[at] / self.two_cores[at]);
            }
        }
    }
}
