//! Two servers on one catalog are replaced, one after the other, while recorders record: nothing is lost, nothing is there
//! twice, and the accounting is printed.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use codesight_core::model::SessionOutcome;
use codesight_core::wire::{ServerMessage, Uplink};
use futures_util::StreamExt;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Socket, connect, interaction, now, send, session_start};
use crate::process::{Server, TOKEN};

const RECORDERS: u64 = 8;
/// Between two interactions of a recorder.
const PAUSE: Duration = Duration::from_millis(10);

/// The servers that take recorders now.
type Addresses = Arc<Mutex<Vec<SocketAddr>>>;

/// A node on what all nodes share.
fn node(shared: &Path, own: &Path) -> Server {
    let place = |name: &str| shared.join(name).display().to_string();
    let catalog = format!("sqlite:{}", place("catalog.sqlite"));
    let flags = ["--catalog", &catalog, "--objects", &place("objects"), "--keys", &place("keys")];
    Server::start(own, &flags)
}

/// What one recorder did.
struct Recorded {
    session: String,
    sent: u64,
    acknowledged: u64,
    connections: u64,
}

/// Records until `enough`, on whichever server takes it, and ends the session.
async fn record(number: u64, addresses: Addresses, enough: Arc<AtomicBool>) -> Recorded {
    let mut uplink = Uplink::new(TOKEN, session_start(&format!("rolling-{number}")));
    let (mut sent, mut connections) = (0, 0);
    while !uplink.is_sealed() {
        let all = addresses.lock().expect("nobody panics with it").clone();
        let address = all[(number + connections) as usize % all.len()];
        connections += 1;
        if let Ok(socket) = connect(address).await {
            converse(socket, &mut uplink, &mut sent, &enough).await;
        }
        uplink.disconnected();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let session = uplink.session().expect("named").to_string();
    Recorded { session, sent, acknowledged: uplink.acknowledged(), connections }
}

/// One connection, until the server ends it or the session is sealed.
async fn converse(mut socket: Socket, uplink: &mut Uplink, sent: &mut u64, enough: &AtomicBool) {
    let hello = uplink.connected(now());
    if !send(&mut socket, hello).await {
        return;
    }
    let mut ticks = tokio::time::interval(PAUSE);
    while !uplink.is_sealed() {
        let outgoing = tokio::select! {
            _ = ticks.tick() => {
                if enough.load(Ordering::Acquire) {
                    uplink.finish(SessionOutcome::Succeeded);
                } else {
                    *sent += 1;
                    uplink.push(interaction(*sent));
                }
                Vec::new()
            }
            message = socket.next() => {
                let Some(Ok(message)) = message else { return };
                let Message::Text(text) = message else { continue };
                let message: ServerMessage = serde_json::from_str(&text).expect("a server message");
                let is_last = matches!(message, ServerMessage::Close { .. });
                let (outgoing, _) = uplink.receive(now(), message);
                if is_last {
                    return;
                }
                outgoing
            }
        };
        for message in outgoing.into_iter().chain(uplink.poll(now()).expect("short descriptors")) {
            if !send(&mut socket, message).await {
                return;
            }
        }
    }
}

/// Starts a successor, lets recorders find it, and ends its predecessor as an orchestrator does.
async fn replace(old: Server, shared: &Path, own: &Path, addresses: &Addresses) -> Server {
    let new = node(shared, own);
    let gone = old.address;
    {
        let mut addresses = addresses.lock().expect("nobody panics with it");
        addresses.push(new.address);
        addresses.retain(|address| *address != gone);
    }
    let ended = tokio::task::spawn_blocking(move || old.terminate()).await.expect("no panic");
    assert_eq!(ended, Some(0), "a server did not end in good order");
    new
}

fn stored(server: &Server, session: &str) -> Vec<u64> {
    let (mut numbers, mut after) = (Vec::new(), 0);
    loop {
        let path = format!("/v1/sessions/{session}/interactions?after={after}&limit=500");
        let answer = server.get(&path, Some(TOKEN));
        assert_eq!(answer.status, 200, "{answer:?}");
        let page = answer.json();
        let Some(last) = page.as_array().and_then(|page| page.last()) else { return numbers };
        after = last["seq"].as_u64().expect("a place");
        let of = |place: &serde_json::Value| place["data"]["number"].as_u64().expect("a number");
        numbers.extend(page.as_array().expect("a list").iter().map(of));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_are_replaced_under_load_and_nothing_is_lost() {
    let folders: Vec<_> = (0..5).map(|_| tempfile::tempdir().expect("a folder")).collect();
    let shared = folders[0].path();
    let (one, two) = (node(shared, folders[1].path()), node(shared, folders[2].path()));
    let addresses: Addresses = Arc::new(Mutex::new(vec![one.address, two.address]));
    let enough = Arc::new(AtomicBool::new(false));
    let recorders: Vec<_> = (0..RECORDERS)
        .map(|number| tokio::spawn(record(number, Arc::clone(&addresses), Arc::clone(&enough))))
        .collect();
    let load = Duration::from_millis(1_500);
    tokio::time::sleep(load).await;
    let three = replace(one, shared, folders[3].path(), &addresses).await;
    tokio::time::sleep(load).await;
    let four = replace(two, shared, folders[4].path(), &addresses).await;
    tokio::time::sleep(load).await;
    enough.store(true, Ordering::Release);

    eprintln!("session                               sent  acknowledged  stored  lost  twice  connections");
    let mut reconnected = 0;
    for recorder in recorders {
        let recorded = tokio::time::timeout(Duration::from_secs(60), recorder);
        let recorded = recorded.await.expect("a recorder did not come to its end").expect("no panic");
        let mut numbers = stored(&four, &recorded.session);
        assert_eq!(numbers, stored(&three, &recorded.session), "the servers disagree");
        let all = numbers.len() as u64;
        numbers.dedup();
        let (lost, twice) = (recorded.sent - numbers.len() as u64, all - numbers.len() as u64);
        eprintln!(
            "{}  {:4}  {:12}  {all:6}  {lost:4}  {twice:5}  {:11}",
            recorded.session, recorded.sent, recorded.acknowledged, recorded.connections
        );
        assert_eq!(numbers, (1..=recorded.sent).collect::<Vec<_>>());
        assert_eq!(recorded.acknowledged, recorded.sent);
        assert!(recorded.sent > 50, "too little was recorded to show anything");
        reconnected += recorded.connections - 1;
    }
    assert!(reconnected >= RECORDERS, "every recorder had to move at least once: {reconnected}");
}
