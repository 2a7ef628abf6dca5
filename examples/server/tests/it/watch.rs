//! Looking on over the WebSocket of viewers.

use std::time::Duration;

use codesight_core::model::SessionOutcome;
use codesight_core::wire::Uplink;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::{Socket, connect, converse, interaction, session_start};
use crate::process::{OTHER_TOKEN, Server, TOKEN};

const LONG: Duration = Duration::from_secs(60);
const ADMIN: &str = "token-of-the-shop-admin";

async fn open(server: &Server, headers: &[(&'static str, &str)]) -> Result<Socket, u16> {
    let mut request = format!("ws://{}/v1/watch", server.address).into_client_request().expect("an address");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header"));
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

async fn viewer(server: &Server, token: &str) -> Socket {
    open(server, &[("authorization", &format!("Bearer {token}"))]).await.expect("a viewer")
}

async fn ask(socket: &mut Socket, asked: Value) {
    socket.send(Message::Text(asked.to_string().into())).await.expect("sent");
}

/// The next text; the code that the server closed with, when it did.
async fn next(socket: &mut Socket) -> Result<Value, u16> {
    let message = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    };
    tokio::time::timeout(LONG, message).await.expect("nothing came")
}

/// Messages up to the first that fits.
async fn until(socket: &mut Socket, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        all.push(next(socket).await.expect("a message"));
        if all.last().is_some_and(&fits) {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_is_told_of_its_sessions_and_of_the_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let mut looking = viewer(&server, TOKEN).await;
    ask(&mut looking, json!({ "type": "watch-list" })).await;
    ask(&mut looking, json!({ "type": "ping", "at": 7 })).await;
    assert_eq!(next(&mut looking).await, Ok(json!({ "type": "pong", "at": 7 })));
    let mut stranger = viewer(&server, OTHER_TOKEN).await;
    ask(&mut stranger, json!({ "type": "watch-list" })).await;

    let mut uplink = Uplink::new(TOKEN, session_start("watched"));
    uplink.push(interaction(1));
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 1).await);
    let session = uplink.session().expect("named").to_string();
    let listed = until(&mut looking, |told| told["type"] == "listed").await;
    assert_eq!(listed.last().expect("one")["session"]["id"], session.as_str());

    ask(&mut looking, json!({ "type": "watch", "session": session })).await;
    let told = until(&mut looking, |told| told["type"] == "watching").await;
    let expected = json!({ "type": "watching", "session": session, "status": "active", "through": 1 });
    assert_eq!(told.last(), Some(&expected));
    // What belongs to somebody else looks like what is not there.
    for name in [session.as_str(), "01890000-0000-7000-8000-000000000000", "../etc"] {
        ask(&mut stranger, json!({ "type": "watch", "session": name })).await;
        let refused = json!({ "type": "refused", "session": name, "code": "not-found" });
        assert_eq!(next(&mut stranger).await, Ok(refused));
    }

    uplink.disconnected();
    uplink.push(interaction(2));
    uplink.finish(SessionOutcome::Succeeded);
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.is_sealed()).await, "not sealed");
    let of_session = until(&mut looking, |told| told["update"]["type"] == "processed").await;
    let kinds: Vec<_> = of_session.iter().filter_map(|told| told["update"]["type"].as_str()).collect();
    assert_eq!(kinds, ["stored", "sealed", "processed"]);
    until(&mut looking, |told| told["session"]["status"] == "completed").await;

    // No longer followed: the answer to a ping is all that comes.
    ask(&mut looking, json!({ "type": "unwatch", "session": session })).await;
    ask(&mut looking, json!({ "type": "unwatch-list" })).await;
    ask(&mut looking, json!({ "type": "ping", "at": 8 })).await;
    until(&mut looking, |told| told["type"] == "pong").await;
    ask(&mut stranger, json!({ "type": "ping", "at": 9 })).await;
    assert_eq!(next(&mut stranger).await, Ok(json!({ "type": "pong", "at": 9 })), "the other tenant's list");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_pages_of_others_do_not_look_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let operator = "shop/otto:operator=token-of-the-shop-operator";
    let server = Server::start(folder.path(), &["--token", operator]);
    assert_eq!(open(&server, &[]).await.err(), Some(401));
    let as_operator = ("authorization", "Bearer token-of-the-shop-operator");
    assert_eq!(open(&server, &[as_operator]).await.err(), Some(403));
    let bearer = format!("Bearer {TOKEN}");
    for origin in ["https://evil.example", "null"] {
        let headers = [("authorization", bearer.as_str()), ("origin", origin)];
        assert_eq!(open(&server, &headers).await.err(), Some(403), "{origin}");
    }
    // With the cookie of a sign-in only a page of ours.
    let body = json!({ "key": TOKEN }).to_string();
    let signed_in = server.send("POST", "/v1/sign-in", &[], &body);
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    let cookie =
        signed_in.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    let own = format!("http://{}", server.address);
    for (origin, refusal) in
        [(Some(own.as_str()), None), (Some("https://evil.example"), Some(403)), (None, Some(403))]
    {
        let headers = [("cookie", Some(cookie.as_str())), ("origin", origin)];
        let headers: Vec<_> = headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        assert_eq!(open(&server, &headers).await.err(), refusal, "{origin:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_hold_and_what_ends_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let admin = format!("shop/ada:admin={ADMIN}");
    let server = Server::start(folder.path(), &["--token", &admin, "--requests-per-second", "100000"]);
    let mut sessions = Vec::new();
    for number in 0..33 {
        let mut uplink = Uplink::new(TOKEN, session_start(&format!("many-{number}")));
        let mut socket = connect(server.address).await.expect("listening");
        assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.session().is_some()).await);
        sessions.push(uplink.session().expect("named").to_string());
    }
    let mut looking = viewer(&server, TOKEN).await;
    for session in &sessions {
        ask(&mut looking, json!({ "type": "watch", "session": session })).await;
    }
    let mut kinds = Vec::new();
    for _ in &sessions {
        let told = next(&mut looking).await.expect("an answer");
        kinds.push((told["type"] == "watching", told["code"].clone()));
    }
    assert!(kinds[..32].iter().all(|(is_watching, _)| *is_watching), "{kinds:?}");
    assert_eq!(kinds[32], (false, json!("too-many-sessions")));

    for nonsense in ["{", "[]", r#"{"type":"watch"}"#, r#"{"type":"watch","session":"a","more":1}"#] {
        let mut looking = viewer(&server, TOKEN).await;
        looking.send(Message::Text(nonsense.into())).await.expect("sent");
        assert_eq!(next(&mut looking).await, Err(1007), "{nonsense}");
    }
    let mut large = viewer(&server, TOKEN).await;
    ask(&mut large, json!({ "type": "watch", "session": "x".repeat(5_000) })).await;
    assert!(next(&mut large).await.is_err(), "a message beyond the limit was taken");

    // A key that ends closes what it opened.
    let body = json!({ "name": "ann", "roles": ["reviewer"] }).to_string();
    let authorization = format!("Bearer {ADMIN}");
    let headers = [("Authorization", authorization.as_str())];
    let issued = server.send("POST", "/v1/keys", &headers, &body).json();
    let mut looking = viewer(&server, issued["secret"].as_str().expect("a secret")).await;
    let id = issued["key"]["id"].as_str().expect("an id");
    assert_eq!(server.send("DELETE", &format!("/v1/keys/{id}"), &headers, "").status, 200);
    assert_eq!(next(&mut looking).await, Err(4001));

    let mut looking = viewer(&server, TOKEN).await;
    server.tell_to_end();
    assert_eq!(next(&mut looking).await, Err(1012));
}
