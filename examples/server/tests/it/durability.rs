//! Acknowledged means durable: the server is killed at random moments, and everything acknowledged is there, once.

use std::time::Duration;

use codesight_core::model::SessionOutcome;
use codesight_core::wire::{Uplink, UplinkEvent};

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{Server, TOKEN};

const CYCLES: u64 = 200;
const PUSHED_EACH_CYCLE: u64 = 60;

/// Pauses that differ without chance: a run can be repeated.
fn pause(cycle: u64) -> Duration {
    Duration::from_micros((cycle.wrapping_mul(2_654_435_761) >> 7) % 16_000)
}

pub(crate) fn stored_numbers(server: &Server, session: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    let mut after = 0;
    loop {
        let path = format!("/v1/sessions/{session}/interactions?after={after}&limit=500");
        let page = server.get(&path, Some(TOKEN)).json();
        let Some(last) = page.as_array().and_then(|page| page.last()) else { return numbers };
        after = last["seq"].as_u64().expect("a place");
        for place in page.as_array().expect("a list") {
            assert_eq!(place["data"]["seq"], place["seq"], "a place knows its number");
            numbers.push(place["data"]["number"].as_u64().expect("the client's number"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_two_hundred_times_nothing_acknowledged_is_lost_and_nothing_is_there_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut uplink = Uplink::new(TOKEN, session_start("kill"));
    let mut pushed = 0;
    let mut acknowledged_at_kills = Vec::new();
    for cycle in 0..CYCLES {
        let server = Server::start(folder.path(), &[]);
        for _ in 0..PUSHED_EACH_CYCLE {
            pushed += 1;
            uplink.push(interaction(pushed));
        }
        let before = uplink.acknowledged();
        let mut socket = connect(server.address).await.expect("listening");
        let talk = converse(&mut socket, &mut uplink, |uplink, event| {
            if let UplinkEvent::Opened(resumed) = event {
                assert!(
                    resumed.through >= before,
                    "cycle {cycle}: {} of {before} acknowledged",
                    resumed.through
                );
            }
            uplink.acknowledged() == uplink.last_seq()
        });
        let _ = tokio::time::timeout(pause(cycle), talk).await;
        server.kill();
        uplink.disconnected();
        acknowledged_at_kills.push(uplink.acknowledged());
    }
    let unfinished = acknowledged_at_kills
        .iter()
        .zip(1..)
        .filter(|(through, cycle)| **through < cycle * PUSHED_EACH_CYCLE);
    assert!(unfinished.count() > 10, "the kills came too late to interrupt anything");

    let server = Server::start(folder.path(), &[]);
    let mut socket = connect(server.address).await.expect("listening");
    let complete = converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == pushed).await;
    assert!(complete, "the rest was not acknowledged: {} of {pushed}", uplink.acknowledged());
    let session = uplink.session().expect("named").to_string();
    assert_eq!(stored_numbers(&server, &session), (1..=pushed).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminated_server_acknowledges_what_it_has_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let mut uplink = Uplink::new(TOKEN, session_start("terminate"));
    for number in 1..=400 {
        uplink.push(interaction(number));
    }
    let mut socket = connect(server.address).await.expect("listening");
    let mut closing = None;
    let address = server.address;
    let terminated = tokio::task::spawn_blocking(move || {
        std::thread::park_timeout(Duration::from_millis(30));
        server.terminate()
    });
    converse(&mut socket, &mut uplink, |_, event| {
        if let UplinkEvent::Closed(code) = event {
            closing = Some(*code);
        }
        closing.is_some()
    })
    .await;
    assert_eq!(terminated.await.expect("no panic"), Some(0), "the server ended badly");
    assert_eq!(closing, Some(codesight_core::wire::WireCode::ServerShutdown));
    assert!(connect(address).await.is_err(), "the server still listens");

    let server = Server::start(folder.path(), &[]);
    uplink.finish(SessionOutcome::Succeeded);
    let mut socket = connect(server.address).await.expect("listening");
    assert!(
        converse(&mut socket, &mut uplink, |uplink, _| uplink.is_sealed()).await,
        "the session did not end"
    );
    assert_eq!(uplink.acknowledged(), 400);
}
