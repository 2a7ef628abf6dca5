//! The stand-in for the service on a loopback port, for clients in other languages.
//!
//! `cargo run -p codesight-openai --features testkit --example fake_service [PORT]` prints its base address and listens until its
//! standard input ends. The key is `sk-fake-0000`. The first upload meets two limits, the first job that is created loses its reply.

use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::Arc;

use codesight_core::time::{Clock, Timestamp};
use codesight_openai::testkit::{FakeOptions, FakeService, Fault, RateForm, listen};
use http::Method;

#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a program's own clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that tells its address")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let service =
        FakeService::new(FakeOptions { quirks: true, ..FakeOptions::default() }, Arc::new(SystemClock));
    service.faults(|plan| {
        plan.next(Method::POST, "/files", Fault::Limited(RateForm::Millis(100)));
        plan.next(Method::POST, "/files", Fault::Limited(RateForm::Seconds(0.2)));
        plan.next(Method::POST, "/fine_tuning/jobs", Fault::LostReply);
    });
    let listening = listen(service, SocketAddr::from(([127, 0, 0, 1], port))).await?;
    println!("{}", listening.base_url());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
