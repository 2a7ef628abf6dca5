//! People sign in at a provider, here a scripted one; what it says is believed only when it is the right one that says it,
//! to the right browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use codesight_core::id::ContentHash;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::{Value, json};

use crate::process::{Answer, Server};

/// What the provider says of the next person.
#[derive(Clone)]
struct Script {
    claims: Value,
    signed: Signed,
    /// What the server must show with the code.
    challenge: String,
}

/// How the ID token is signed.
#[derive(Clone, Copy)]
enum Signed {
    Well,
    /// With a key that the provider does not name.
    Forged,
    /// With a shared secret, for which the provider's public key was taken.
    Shared,
}

/// A provider that signs in whoever the script says.
struct Provider {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let script = Arc::new(Mutex::new(Script {
            claims: json!({}),
            signed: Signed::Well,
            challenge: String::new(),
        }));
        let told = Arc::clone(&script);
        let (key, other) = (KeyPair::generate().expect("a key"), KeyPair::generate().expect("a key"));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, address, &told, &key, &other);
            }
        });
        Self { address, script }
    }

    fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn answer(
    mut stream: TcpStream,
    address: SocketAddr,
    script: &Mutex<Script>,
    key: &KeyPair,
    other: &KeyPair,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let form = String::from_utf8_lossy(&body).into_owned();
    let issuer = format!("http://{address}");
    let public = key.der_bytes();
    let point = &public[public.len() - 64..];
    let script = script.lock().expect("nobody panics with it").clone();
    let (status, json) = match first.split(' ').nth(1).unwrap_or_default() {
        "/.well-known/openid-configuration" => (
            200,
            json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            }),
        ),
        "/keys" => (
            200,
            json!({ "keys": [{
                "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "one",
                "x": URL_SAFE_NO_PAD.encode(&point[..32]), "y": URL_SAFE_NO_PAD.encode(&point[32..]),
            }] }),
        ),
        "/token" => {
            let field = |name: &str| {
                let fields = form.split('&').filter_map(|pair| pair.split_once('='));
                fields.into_iter().find(|(field, _)| *field == name).map(|(_, value)| value.to_owned())
            };
            let verifier = field("code_verifier").unwrap_or_default();
            let challenge = URL_SAFE_NO_PAD.encode(ContentHash::of(verifier.as_bytes()).as_bytes());
            if field("code").as_deref() == Some("good-code") && challenge == script.challenge {
                let (algorithm, signer) = match script.signed {
                    Signed::Well => (Algorithm::ES256, EncodingKey::from_ec_der(&key.serialize_der())),
                    Signed::Forged => (Algorithm::ES256, EncodingKey::from_ec_der(&other.serialize_der())),
                    Signed::Shared => (Algorithm::HS256, EncodingKey::from_secret(public)),
                };
                let header = Header { kid: Some("one".to_owned()), ..Header::new(algorithm) };
                let token = encode(&header, &script.claims, &signer).expect("signed");
                (200, json!({ "id_token": token, "access_token": "unused", "token_type": "Bearer" }))
            } else {
                (400, json!({ "error": "invalid_grant" }))
            }
        }
        _ => (404, json!({})),
    };
    let body = json.to_string();
    write!(
        stream,
        "HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn start(folder: &Path, provider: &Provider) -> Server {
    let issuer = provider.issuer();
    Server::start(
        folder,
        &[
            "--oidc-issuer",
            &issuer,
            "--oidc-client-id",
            "codesight",
            "--oidc-tenant",
            "shop",
            "--oidc-public-url",
            "http://127.0.0.1:8787",
            "--oidc-role",
            "reviewers=reviewer",
            "--oidc-role",
            "privacy=privacy-officer",
        ],
    )
}

fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').expect("a query").1;
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).expect("the parameter").1.to_owned()
}

/// One attempt: the cookie of the browser, and the state and nonce that go to the provider.
fn begin(server: &Server, provider: &Provider) -> (String, String, String) {
    let answer = server.get("/v1/oidc/start", None);
    assert_eq!(answer.status, 303, "{answer:?}");
    let address = answer.header("location").expect("an address").to_owned();
    assert!(address.starts_with(&format!("{}/authorize?", provider.issuer())), "{address}");
    assert_eq!(parameter(&address, "code_challenge_method"), "S256");
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    provider.script.lock().expect("nobody panics with it").challenge = parameter(&address, "code_challenge");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    (cookie, parameter(&address, "state"), parameter(&address, "nonce"))
}

fn claims(provider: &Provider, nonce: &str, groups: &[&str]) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    json!({
        "iss": provider.issuer(), "aud": "codesight", "sub": "jane@shop.test", "exp": now + 300, "iat": now,
        "nonce": nonce, "groups": groups,
    })
}

/// Comes back from the provider, which says this.
fn come_back(server: &Server, provider: &Provider, claims: Value, cookie: &str, state: &str) -> Answer {
    provider.script.lock().expect("nobody panics with it").claims = claims;
    let path = format!("/v1/oidc/callback?code=good-code&state={state}&iss=ignored");
    server.send("GET", &path, &[("Cookie", cookie)], "")
}

#[test]
fn a_person_signs_in_at_the_provider_and_has_the_roles_of_their_groups() {
    let folder = tempfile::tempdir().expect("a folder");
    let provider = Provider::start();
    let server = start(folder.path(), &provider);
    let (cookie, state, nonce) = begin(&server, &provider);
    let answer =
        come_back(&server, &provider, claims(&provider, &nonce, &["reviewers", "staff"]), &cookie, &state);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{answer:?}");
    let cookies: Vec<&str> =
        answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")).collect();
    let signed_in = cookies.iter().find(|cookie| cookie.starts_with("codesight=")).expect("a sign-in");
    assert!(signed_in.contains("SameSite=Strict"), "{signed_in}");
    assert!(cookies.iter().any(|cookie| cookie.contains("Max-Age=0")), "the attempt is over: {cookies:?}");
    let pair = signed_in.split(';').next().expect("a pair");
    let me = server.send("GET", "/v1/me", &[("Cookie", pair)], "").json();
    assert_eq!((me["tenant"].as_str(), &me["roles"]), (Some("shop"), &json!(["reviewer"])));
    assert!(me["name"].as_str().is_some_and(|name| name.starts_with("person-")), "{me}");
    assert_eq!(server.send("GET", "/v1/sessions", &[("Cookie", pair)], "").status, 200);
    assert_eq!(server.send("GET", "/v1/audit", &[("Cookie", pair)], "").status, 403);
    drop(server);
    // Who they are at the provider is kept nowhere.
    for file in crate::identity::walk(folder.path()) {
        let bytes = std::fs::read(&file).expect("readable");
        assert!(memchr::memmem::find(&bytes, b"jane@shop.test").is_none(), "{}", file.display());
    }
}

#[test]
fn what_the_provider_did_not_say_to_this_browser_is_not_believed() {
    let folder = tempfile::tempdir().expect("a folder");
    let provider = Provider::start();
    let server = start(folder.path(), &provider);
    let good = |nonce: &str| claims(&provider, nonce, &["reviewers"]);
    let change = |nonce: &str, name: &str, value: Value| {
        let mut claims = good(nonce);
        claims[name] = value;
        claims
    };
    let changes: [(&str, Value); 6] = [
        ("azp", json!("another-client")),
        ("iss", json!("http://127.0.0.1:1")),
        ("aud", json!("somebody-else")),
        ("exp", json!(1_000_000)),
        ("nonce", json!("of-another-attempt")),
        ("sub", Value::Null),
    ];
    for (name, value) in changes {
        let (cookie, state, nonce) = begin(&server, &provider);
        let answer = come_back(&server, &provider, change(&nonce, name, value), &cookie, &state);
        assert_eq!((answer.status, answer.header("set-cookie")), (401, None), "{name}: {answer:?}");
    }
    // Another browser's state, no cookie, a forged signature, nobody's groups.
    let (cookie, state, nonce) = begin(&server, &provider);
    assert_eq!(come_back(&server, &provider, good(&nonce), &cookie, "another").status, 403);
    assert_eq!(come_back(&server, &provider, good(&nonce), "a=b", &state).status, 403);
    let signed = |how| provider.script.lock().expect("nobody panics with it").signed = how;
    for how in [Signed::Forged, Signed::Shared] {
        signed(how);
        assert_eq!(come_back(&server, &provider, good(&nonce), &cookie, &state).status, 401);
    }
    signed(Signed::Well);
    // They did not sign in there, after all.
    let denied = format!("/v1/oidc/callback?error=access_denied&state={state}");
    assert_eq!(server.send("GET", &denied, &[("Cookie", &cookie)], "").status, 401);
    let stranger = come_back(&server, &provider, claims(&provider, &nonce, &["staff"]), &cookie, &state);
    assert_eq!((stranger.status, stranger.json()["code"].as_str()), (403, Some("role-missing")));
    // A person gets a page that says it in words, with the same status.
    let page = server.send("GET", &denied, &[("Cookie", &cookie), ("Accept", "text/html,*/*;q=0.8")], "");
    assert_eq!(
        (page.status, page.header("content-type")),
        (401, Some("text/html; charset=utf-8")),
        "{page:?}"
    );
    assert!(page.head.contains("content-security-policy: default-src 'none'"), "{page:?}");
    let text = String::from_utf8(page.body).expect("text");
    assert!(text.contains("did not sign you in") && text.contains("<code>unauthenticated</code>"), "{text}");
    assert!(!text.contains(&state), "the page repeats what it was asked with");
    assert_eq!(come_back(&server, &provider, good(&nonce), &cookie, &state).status, 303, "all is well");
}

#[test]
fn without_a_provider_there_is_nothing_to_sign_in_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.get("/v1/oidc/start", None).status, 404);
    assert_eq!(server.get("/v1/sign-in", None).json(), json!({ "provider": false }));
}
