//! Canaries in pixels: numbers drawn into frames, in boxes that hold what may not be kept. None can be read in any picture that
//! a server stores, hands out or writes into a training line, whoever knew of the box and whatever came first.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codesight_core::id::ContentHash;
use codesight_core::model::{InteractionData, SessionOutcome};
use codesight_core::wire::{BlobRole, Uplink};
use codesight_storage::image::{ImageLimits, Pixels, WebpSettings, decode, encode_webp};
use serde_json::{Value, json};

use crate::canary::stored;
use crate::client::{connect, converse, interaction, session_start};
use crate::drawn;
use crate::process::{Server, TOKEN, command};
use crate::rights::until;

/// On every page, outside of every box: it shows that pictures are kept and can be read.
const SHOWN: &str = "700142";
const LOSSLESS: WebpSettings = WebpSettings::Lossless { effort: 0 };
const LOSSY: WebpSettings = WebpSettings::Lossy { quality: 80.0, method: 0 };

/// A frame with a secret at 32, 24, and the box around it.
struct Frame {
    secret: &'static str,
    bytes: Vec<u8>,
}

impl Frame {
    fn new(secret: &'static str, settings: &WebpSettings) -> Self {
        let mut page = drawn::page(320, 160);
        drawn::draw(&mut page, 32, 24, secret);
        drawn::draw(&mut page, 32, 96, SHOWN);
        let (width, height, samples) = page;
        let pixels = Pixels::new(width, height, false, samples).expect("sides");
        Self { secret, bytes: encode_webp(&pixels, settings).expect("encoded") }
    }

    fn area() -> Value {
        json!({ "x": 30, "y": 22, "width": 260, "height": 24 })
    }

    /// An interaction that names the frame.
    fn shown_by(&self, number: u64) -> Value {
        let mut shown = serde_json::to_value(interaction(number)).expect("JSON");
        shown["coordinates"] = json!({ "x": 40, "y": 30 });
        shown["pageContext"]["viewport"] = json!({ "width": 320, "height": 160, "devicePixelRatio": 1 });
        shown["screenshots"] = json!([{
            "hash": ContentHash::of(&self.bytes), "mediaType": "image/webp", "width": 320, "height": 160,
            "relation": "before", "capturedAt": 1, "lagMs": 0, "trigger": "interaction", "source": "visible-tab",
            "viewport": { "width": 320, "height": 160, "devicePixelRatio": 1 }
        }]);
        shown
    }

    fn push(&self, uplink: &mut Uplink) {
        uplink.push_blob(BlobRole::Frame, "image/webp", self.bytes.clone().into());
    }
}

fn of(value: Value) -> InteractionData {
    serde_json::from_value(value).expect("an interaction")
}

/// A field that its cues alone give away, with its box.
fn typed_into(mut shown: Value, attributes: &Value) -> Value {
    shown["element"] = json!({ "tag": "input", "attributes": attributes, "box": Frame::area() });
    shown
}

/// What can be read in a file: as a picture, and in the pictures inside of a text.
fn numbers(bytes: &[u8]) -> Vec<String> {
    let pictures = |bytes: &[u8]| decode(bytes, &ImageLimits::default()).map(|pixels| drawn::read(&pixels));
    let mut found = pictures(bytes).unwrap_or_default();
    for at in memchr::memmem::find_iter(bytes, b";base64,") {
        let rest = &bytes[at + b";base64,".len()..];
        let is_of_it = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let end = rest.iter().position(|byte| !is_of_it(byte)).unwrap_or(rest.len());
        let inside = STANDARD.decode(&rest[..end]).ok().and_then(|bytes| pictures(&bytes).ok());
        found.extend(inside.unwrap_or_default());
    }
    found
}

/// Fails where a secret can be read; counts the places where what may be seen can.
fn search(places: &[(String, Vec<u8>)], secrets: &[&str]) -> usize {
    let mut readable = 0;
    for (name, bytes) in places {
        let numbers = numbers(bytes);
        let left = numbers.iter().find(|number| secrets.iter().any(|secret| number.contains(&secret[..6])));
        assert_eq!(left, None, "in {name}");
        readable += usize::from(numbers.iter().any(|number| number == SHOWN));
    }
    readable
}

fn training_files(archive: &Path, folder: &Path, format: &str) -> Vec<(String, Vec<u8>)> {
    let output = folder.join(format);
    let exported =
        command().args(["export", "--format", format, "--output"]).arg(&output).arg(archive).output();
    assert!(exported.as_ref().expect("it runs").status.success(), "{format}: {exported:?}");
    let files = crate::canary::files(&output).into_iter();
    files.map(|path| (path.display().to_string(), std::fs::read(&path).expect("readable"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_number_in_a_sensitive_box_can_be_read_in_any_stored_frame() {
    let frames = [
        Frame::new("4012888888881881", &LOSSLESS),
        Frame::new("5105105105105100", &LOSSY),
        Frame::new("6011000990139424", &LOSSLESS),
        Frame::new("3530111333300000", &LOSSY),
    ];
    for frame in &frames {
        let seen = numbers(&frame.bytes);
        assert!(seen.iter().any(|number| number == frame.secret), "not in the input: {seen:?}");
        assert!(seen.iter().any(|number| number == SHOWN), "{seen:?}");
    }
    let secrets = frames.each_ref().map(|frame| frame.secret);
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let mut uplink = Uplink::new(TOKEN, session_start("pixels"));
    let [stated, by_type, by_token, later] = &frames;
    // The recorder says what it should have painted, and did not.
    stated.push(&mut uplink);
    let mut shown = stated.shown_by(1);
    shown["screenshots"][0]["redactions"] = json!([{ "box": Frame::area(), "reason": "sensitive-field" }]);
    uplink.push(of(shown));
    // It says nothing, and the field's own cues do: the frame first, and the interaction first.
    by_type.push(&mut uplink);
    uplink.push(of(typed_into(by_type.shown_by(2), &json!({ "type": "password" }))));
    uplink.push(of(typed_into(by_token.shown_by(3), &json!({ "autocomplete": "cc-number" }))));
    by_token.push(&mut uplink);
    // A frame that is stored already when a second interaction makes its box known.
    later.push(&mut uplink);
    uplink.push(of(later.shown_by(4)));
    uplink.push(of(typed_into(later.shown_by(5), &json!({ "name": "cvc" }))));
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 5).await);
    let session = uplink.session().expect("named").to_string();

    let captured = || -> Vec<PathBuf> {
        let all = crate::canary::files(&folder.path().join("objects"));
        all.into_iter().filter(|path| path.display().to_string().contains("captured")).collect()
    };
    until("every frame, painted", || {
        let captured = captured();
        captured.len() == frames.len()
            && captured.iter().all(|path| path.extension().is_some_and(|end| end == "painted"))
    })
    .await;
    let mut places = Vec::new();
    stored(folder.path(), &mut places).await;
    assert_eq!(search(&places, &secrets), frames.len(), "the captured frames");
    for frame in &frames {
        let path = format!("/v1/sessions/{session}/frames/{}", ContentHash::of(&frame.bytes));
        let answer = server.get(&path, Some(TOKEN));
        assert_eq!((answer.status, search(&[(path, answer.body)], &secrets)), (200, 1));
    }

    uplink.finish(SessionOutcome::Succeeded);
    uplink.disconnected();
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.is_sealed()).await);
    let path = format!("/v1/sessions/{session}");
    until("the archive", || server.get(&path, Some(TOKEN)).json()["status"] == "completed").await;
    let mut places = Vec::new();
    stored(folder.path(), &mut places).await;
    assert!(search(&places, &secrets) > 0, "the frames of the archive");
    let archive = folder.path().join(format!("objects/{}", archive_key(&places)));
    let lines = server.get(&format!("{path}/training"), Some(TOKEN)).body;
    search(&[("training lines".to_owned(), lines)], &secrets);
    let exported = training_files(&archive, folder.path(), "trl");
    assert!(search(&exported, &secrets) > 0, "the pictures of training files");
}

/// The archive's path below the objects.
fn archive_key(places: &[(String, Vec<u8>)]) -> String {
    let names = places.iter().map(|(name, _)| name.as_str());
    let mut archives = names.filter(|name| name.ends_with(".zip"));
    archives.next().and_then(|name| name.strip_prefix("objects/")).expect("an archive").to_owned()
}
