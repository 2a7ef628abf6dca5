//! A storage quota warns first, then lets no session begin, and throws nothing away.

use std::time::Duration;

use codesight_core::model::SessionOutcome;
use codesight_core::wire::{BlobRole, ServerMessage, Uplink, UplinkEvent, WireCode};
use futures_util::StreamExt;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{connect, converse, interaction, now, send, session_start};
use crate::process::{Server, TOKEN};

const OPERATOR: &str = "token-of-the-shops-operator";

/// Opens a session, and gives the code of the notice it is greeted with, or of its refusal.
async fn greeted(server: &Server, uplink: &mut Uplink) -> Result<Option<String>, WireCode> {
    let mut socket = connect(server.address).await.expect("listening");
    assert!(send(&mut socket, uplink.connected(now())).await);
    let mut notice = None;
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let message: ServerMessage = serde_json::from_str(&text).expect("a server message");
        if let ServerMessage::Notice { code, .. } = &message
            && code == "storage-low"
        {
            notice = Some(code.clone());
        }
        let (outgoing, event) = uplink.receive(now(), message);
        if let UplinkEvent::Closed(code) = event {
            return Err(code);
        }
        for message in outgoing.into_iter().chain(uplink.poll(now()).expect("short descriptors")) {
            assert!(send(&mut socket, message).await);
        }
        if uplink.acknowledged() == uplink.last_seq() && uplink.session().is_some() {
            break;
        }
    }
    uplink.disconnected();
    Ok(notice)
}

/// Where the store stands, as its operator is told, once it was counted for the first time.
async fn state(server: &Server) -> String {
    loop {
        let quota = server.get("/v1/storage", Some(OPERATOR)).json()["quota"].take();
        if quota["countedAt"].is_number() {
            return quota["state"].as_str().expect("a word").to_owned();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn store_sound(server: &Server, uplink: &mut Uplink, bytes: usize) {
    // What begins as WebM is kept as it came.
    uplink.push_blob(BlobRole::Audio, "audio/webm", [0x1a, 0x45, 0xdf, 0xa3].repeat(bytes / 4).into());
    uplink.push(interaction(uplink.last_seq() + 1));
    let mut socket = connect(server.address).await.expect("listening");
    let all = uplink.last_seq();
    let is_stored = |uplink: &Uplink| uplink.acknowledged() == all && uplink.pending_blobs() == 0;
    assert!(
        converse(&mut socket, uplink, |uplink, _| is_stored(uplink)).await,
        "it was begun, so it goes on"
    );
    uplink.disconnected();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_before_the_storage_is_full_and_what_was_begun_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(
        folder.path(),
        &["--storage-quota-bytes", "1000000", "--token", &format!("shop/operator:operator={OPERATOR}")],
    );
    assert_eq!(state(&server).await, "free");
    let mut first = Uplink::new(TOKEN, session_start("first"));
    first.push(interaction(1));
    assert_eq!(greeted(&server, &mut first).await, Ok(None), "there is room");
    store_sound(&server, &mut first, 900_000).await;
    assert_eq!(state(&server).await, "warning");
    let mut second = Uplink::new(TOKEN, session_start("second"));
    second.push(interaction(1));
    assert_eq!(greeted(&server, &mut second).await, Ok(Some("storage-low".to_owned())));
    store_sound(&server, &mut second, 400_000).await;
    assert_eq!(state(&server).await, "full");
    let mut third = Uplink::new(TOKEN, session_start("third"));
    third.push(interaction(1));
    assert_eq!(greeted(&server, &mut third).await, Err(WireCode::StorageUnavailable));
    // The first one goes on to its end.
    first.push(interaction(9));
    first.finish(SessionOutcome::Succeeded);
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut first, |uplink, _| uplink.is_sealed()).await, "it was begun");
}
