//! Load on the real server, over the real protocol: many sessions, one tenant's flood, idle connections, hostile ones.
//!
//! `cargo build --release -p codesight-server && cargo run --release -p codesight-benches --bin load -- sessions 500 600`
//!
//! - `sessions COUNT SECONDS`: each sends 10 interactions of 12 kB a second and a frame every 10 seconds
//! - `flood COUNT SECONDS`: the same of one tenant, first quiet, then beside a tenant that sends 100 times its quota
//! - `idle COUNT`: connections that have said hello, and what each costs
//! - `hostile COUNT SECONDS`: connections that mean no good, beside one good recorder
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::time::Duration;

use bytes::Bytes;
use codesight_benches::load::client::{Plan, Recorded, connect, record};
use codesight_benches::load::figures::{Times, machine};
use codesight_benches::load::{hostile, probe};
use codesight_benches::server::{Outcome, ServerProcess, TOKEN};
use codesight_core::wire::{ClientInfo, ClientMessage, Hello, PROTOCOL, ServerMessage};
use codesight_storage::image::{Pixels, WebpSettings, encode_webp};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

/// Between two interactions of a session.
const PAUSE: Duration = Duration::from_millis(100);
/// A frame after so many interactions.
const FRAME_EVERY: u64 = 100;
/// The token of the tenant that floods, and how many interactions a second it may send.
const FLOODER: &str = "token-of-the-flooding-tenant";
const QUOTA: u64 = 200;

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| arguments.get(at).map_or(Ok(otherwise), |text| text.parse());
    let (what, count) = (arguments.first().map_or("sessions", String::as_str), number(1, 100)?);
    let lasting = Duration::from_secs(number(2, 30)?);
    println!("machine   {}", machine());
    match what {
        "sessions" => sessions(count, lasting).await,
        "flood" => flood(count, lasting).await,
        "idle" => idle(count).await,
        "hostile" => hostility(count, lasting).await,
        _ => Err("one of sessions, flood, idle, hostile".into()),
    }
}

fn plan(server: &ServerProcess, token: &str, lasting: Duration) -> Outcome<Plan> {
    let frames = (0..16).map(frame).collect::<Outcome<_>>()?;
    let (address, token) = (server.address, token.to_owned());
    Ok(Plan { address, token, pause: PAUSE, lasting, frame_every: FRAME_EVERY, frames })
}

/// Noise on a page's size, about 20 kB.
fn frame(seed: u32) -> Outcome<Bytes> {
    let (width, height) = (1280, 800);
    let noise = |at: u32| (at.wrapping_mul(2_654_435_761).wrapping_add(seed * 77) >> 24) as u8;
    let samples = (0..width * height * 3).map(|at| if at % 4096 < 96 { noise(at) } else { 240 }).collect();
    let pixels = Pixels::new(width, height, false, samples).ok_or("samples of another size")?;
    Ok(encode_webp(&pixels, &WebpSettings::Lossy { quality: 40.0, method: 0 })?.into())
}

/// Records `count` sessions side by side, begun over five seconds.
async fn record_all(plan: &Plan, count: u64, name: &str) -> Outcome<Recorded> {
    let recorders: Vec<_> = (0..count)
        .map(|number| {
            let (plan, key) = (plan.clone(), format!("{name}-{number}"));
            let begin = Duration::from_secs(5).mul_f64(number as f64 / count as f64);
            tokio::spawn(async move {
                tokio::time::sleep(begin).await;
                record(plan, &key).await
            })
        })
        .collect();
    let mut all = Recorded::default();
    for recorder in recorders {
        let one = recorder.await??;
        all.sent += one.sent;
        all.acknowledged += one.acknowledged;
        all.frames_pending += one.frames_pending;
        all.waits.extend(one.waits);
    }
    Ok(all)
}

async fn sessions(count: u64, lasting: Duration) -> Outcome<()> {
    let server = ServerProcess::start().await?;
    let plan = plan(&server, TOKEN, lasting)?;
    println!(
        "load      {count} sessions x 10 interactions/s of 12 kB, a frame of {} bytes every 10 s, {} s",
        plan.frames[0].len(),
        lasting.as_secs()
    );
    let folder = tempfile::tempdir()?;
    let probe = async { probe::commits(folder.path(), 50, Duration::from_millis(100), lasting).await };
    let memory = async {
        let mut seen = Vec::new();
        for _ in 0..10 {
            tokio::time::sleep(lasting / 10).await;
            seen.push(server.memory()? >> 20);
        }
        Outcome::Ok(seen)
    };
    let (all, commits, memory) = tokio::join!(record_all(&plan, count, "load"), probe, memory);
    let (mut all, mut commits) = (all?, commits?);
    println!(
        "sent      {}, acknowledged {}, lost {}; frames not acknowledged: {}",
        all.sent,
        all.acknowledged,
        all.sent - all.acknowledged,
        all.frames_pending
    );
    println!("wait      {}", all.waits.describe());
    println!("commit    {} (50 records of 12 kB, alone in a catalog on the same disk)", commits.describe());
    let ratio = all.waits.percentile(0.99).as_secs_f64() / commits.percentile(0.99).as_secs_f64();
    println!("ratio     {ratio:.1} of p99 (goal <= 4)");
    println!("memory    {:?} MB resident at each tenth of the time", memory?);
    Ok(())
}

async fn flood(count: u64, lasting: Duration) -> Outcome<()> {
    let quota = QUOTA.to_string();
    let flooder = format!("flood/robot={FLOODER}");
    let flags = ["--tenant-interactions-per-second", &quota, "--token", &flooder];
    let server = ServerProcess::start_with(&flags).await?;
    let good = Plan { pause: Duration::from_millis(500), frame_every: 0, ..plan(&server, TOKEN, lasting)? };
    let mut quiet = record_all(&good, count, "quiet").await?;
    println!("quiet     {}", quiet.waits.describe());
    // 100 times the quota: as much as a hundred connections can send, which the credit of each holds back.
    let pause = Duration::from_secs(1).div_f64(QUOTA as f64);
    let bad = Plan { token: FLOODER.to_owned(), pause, ..good.clone() };
    let flooding: Vec<_> = (0..100)
        .map(|number| {
            let (bad, key) = (bad.clone(), format!("flood-{number}"));
            tokio::spawn(async move { tokio::time::timeout(bad.lasting, record(bad, &key)).await.is_ok() })
        })
        .collect();
    let mut beside = record_all(&good, count, "beside").await?;
    flooding.iter().for_each(tokio::task::JoinHandle::abort);
    println!("beside    {}", beside.waits.describe());
    println!("lost      {} of {}", beside.sent - beside.acknowledged, beside.sent);
    let ratio = beside.waits.percentile(0.99).as_secs_f64() / quiet.waits.percentile(0.99).as_secs_f64();
    println!("ratio     {ratio:.2} of the others' p99 (goal <= 2)");
    println!("memory    {} MB resident", server.memory()? >> 20);
    Ok(())
}

async fn idle(count: u64) -> Outcome<()> {
    let server = ServerProcess::start().await?;
    // What the first connections cost once is not theirs.
    let mut held = Vec::new();
    for _ in 0..100 {
        held.push(greeted(&server).await?);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = server.memory()?;
    for _ in 0..count {
        held.push(greeted(&server).await?);
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = server.memory()?;
    let each = (after.saturating_sub(before)) as f64 / count as f64 / 1000.0;
    println!(
        "idle      {count} connections that said hello: {each:.1} kB each (goal <= 40), {} MB in all",
        after >> 20
    );
    Ok(())
}

async fn greeted(server: &ServerProcess) -> Outcome<codesight_benches::load::client::Socket> {
    let mut socket = connect(server.address).await?;
    let hello = ClientMessage::Hello(Hello {
        protocol: PROTOCOL.to_owned(),
        token: TOKEN.to_owned(),
        client: ClientInfo::default(),
        clock: codesight_core::time::Timestamp::from_millis(0),
        resume: None,
    });
    socket.send(Message::Text(serde_json::to_string(&hello)?.into())).await?;
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message?
            && matches!(serde_json::from_str(&text)?, ServerMessage::Welcome { .. })
        {
            return Ok(socket);
        }
    }
    Err("the server hung up".into())
}

async fn hostility(count: u64, lasting: Duration) -> Outcome<()> {
    let server = ServerProcess::start().await?;
    let good = plan(&server, TOKEN, lasting)?;
    let mut quiet: Times = record(good.clone(), "quiet").await?.waits;
    println!("quiet     {}", quiet.describe());
    let before = server.memory()?;
    let address = server.address;
    let all: Vec<_> =
        (0..count).map(|number| tokio::spawn(hostile::disturb(address, number, lasting))).collect();
    let mut beside = record(good, "beside").await?;
    for one in all {
        one.await?;
    }
    println!("beside    {}", beside.waits.describe());
    println!("lost      {} of {}", beside.sent - beside.acknowledged, beside.sent);
    println!(
        "memory    {} MB before, {} MB at its peak (goal <= 512)",
        before >> 20,
        server.peak_memory()? >> 20
    );
    Ok(())
}
