//! Datasets over REST: made in the background, judged, downloaded, and gone with whoever is erased.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::identity::walk;
use crate::process::{Answer, Server, TOKEN};
use crate::quality::archive_of_a_demo;

const REVIEWER: &str = "token-of-the-demo-reviewer";
const OFFICER: &str = "token-of-the-demo-officer";
const PERSON: &str = "/v1/subjects/scripted-person";

fn start(folder: &Path) -> Server {
    let (reviewer, officer) = (format!("demo/rita:reviewer={REVIEWER}"), format!("demo/olga={OFFICER}"));
    Server::start(folder, &["--token", &reviewer, "--officer-token", &officer])
}

fn send(server: &Server, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    server.send(method, path, &[("Authorization", &format!("Bearer {token}"))], &body.to_string())
}

/// Begins a dataset and waits until it is there or given up; how it ended.
fn made(server: &Server, recipe: &Value) -> Value {
    let begun = send(server, "POST", "/v1/datasets", REVIEWER, recipe);
    assert_eq!(begun.status, 202, "{begun:?}");
    let id = begun.json()["id"].clone();
    let since = Instant::now();
    loop {
        let builds = server.get("/v1/datasets", Some(REVIEWER)).json()["builds"].clone();
        let build = builds.as_array().expect("builds").iter().find(|build| build["id"] == id).cloned();
        let build = build.expect("the build is listed");
        if build["progress"]["state"] != "running" {
            return build;
        }
        assert!(since.elapsed() < Duration::from_secs(120), "{build}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_dataset_is_made_judged_and_gone_with_its_people() {
    let folder = tempfile::tempdir().expect("a folder");
    archive_of_a_demo(folder.path());
    let server = start(folder.path());
    let built = made(&server, &json!({ "name": "first try", "validation": 0.2, "splitBy": "site" }));
    assert_eq!(built["progress"]["state"], "done", "{built}");
    let listed = server.get("/v1/datasets", Some(REVIEWER)).json();
    let dataset = &listed["datasets"][0];
    assert_eq!((dataset["id"].as_str(), dataset["madeBy"].as_str()), (built["id"].as_str(), Some("rita")));
    assert_eq!(dataset["sessions"], 1, "{dataset}");
    let part = &dataset["parts"][0];
    assert_eq!((part["part"].as_str(), part["accepted"].as_bool()), (Some("train"), Some(true)), "{part}");
    assert!(part["lines"].as_u64().is_some_and(|lines| lines > 10), "{part}");
    assert!(!dataset.to_string().contains("scripted-person"), "the record names nobody");

    // The same lines as the session's own, for nobody reviewed it.
    let train = format!("/v1/datasets/{}/train", built["id"].as_str().expect("an id"));
    let file = server.get(&train, Some(REVIEWER));
    assert_eq!((file.status, file.body.len() as u64), (200, part["bytes"].as_u64().expect("a number")));
    let sessions = server.get("/v1/sessions", Some(REVIEWER)).json();
    let session = sessions["sessions"][0]["id"].as_str().expect("an id").to_owned();
    let own = server.get(&format!("/v1/sessions/{session}/training"), Some(REVIEWER));
    assert!(file.body == own.body, "other lines than the session's");

    // TEN-01: absent and foreign look the same.
    assert_eq!(server.get("/v1/datasets", Some(TOKEN)).json(), json!({ "datasets": [], "builds": [] }));
    let absent = server.get("/v1/datasets/none/train", Some(REVIEWER));
    for (path, token) in [(&train, TOKEN), (&train.replace("train", "test"), REVIEWER)] {
        let answer = server.get(path, Some(token));
        assert_eq!((answer.status, &answer.body), (404, &absent.body), "{path}");
    }

    // Whoever takes their consent to training back is in no file any more that is handed out.
    let kept = json!({ "purposes": ["training"], "keep": true });
    let withdrawn = send(&server, "POST", &format!("{PERSON}/withdrawal"), OFFICER, &kept);
    assert_eq!(withdrawn.status, 200, "{withdrawn:?}");
    assert_eq!(server.get(&train, Some(REVIEWER)).status, 409);
    let again = made(&server, &json!({ "name": "second try" }));
    assert_eq!(
        (&again["progress"]["state"], &again["progress"]["code"]),
        (&json!("failed"), &json!("invalid"))
    );

    // Erased, they take the whole dataset along.
    assert_eq!(send(&server, "DELETE", PERSON, OFFICER, &json!(null)).status, 200);
    assert_eq!(server.get("/v1/datasets", Some(REVIEWER)).json()["datasets"], json!([]));
    assert_eq!(server.get(&train, Some(REVIEWER)).status, 404);
    let left: Vec<_> = walk(&folder.path().join("objects/demo"))
        .into_iter()
        .filter(|file| file.components().any(|part| part.as_os_str() == "datasets"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_rejected_session_and_a_recipe_that_makes_no_sense_make_no_dataset() {
    let folder = tempfile::tempdir().expect("a folder");
    archive_of_a_demo(folder.path());
    let server = start(folder.path());
    for recipe in [
        json!({ "name": "jane@shop.test" }),
        json!({ "name": "" }),
        json!({ "name": "a", "validation": 0.6, "test": 0.5 }),
        json!({ "name": "a", "test": -0.1 }),
    ] {
        let refused = send(&server, "POST", "/v1/datasets", REVIEWER, &recipe);
        assert_eq!((refused.status, refused.json()["code"].as_str()), (400, Some("invalid")), "{recipe}");
    }
    let nobody = made(&server, &json!({ "name": "accepted", "acceptedOnly": true }));
    assert_eq!(nobody["progress"]["detail"], "no session fits");
    let sessions = server.get("/v1/sessions", Some(REVIEWER)).json();
    let session = sessions["sessions"][0]["id"].as_str().expect("an id").to_owned();
    let decide = |id: &str, decision: Value| {
        let review = json!({ "id": id, "decision": decision });
        let path = format!("/v1/sessions/{session}/reviews");
        assert_eq!(send(&server, "POST", &path, REVIEWER, &review).status, 201);
    };
    decide("one", json!({ "kind": "verdict", "verdict": "accepted" }));
    let accepted = made(&server, &json!({ "name": "accepted", "acceptedOnly": true }));
    assert_eq!(accepted["progress"]["state"], "done", "{accepted}");
    decide("two", json!({ "kind": "verdict", "verdict": "rejected" }));
    assert_eq!(made(&server, &json!({ "name": "rejected" }))["progress"]["state"], "failed");
    let path = format!("/v1/datasets/{}", accepted["id"].as_str().expect("an id"));
    assert_eq!(send(&server, "DELETE", &path, REVIEWER, &json!(null)).status, 204);
    assert_eq!(server.get("/v1/datasets", Some(REVIEWER)).json()["datasets"], json!([]));
    assert_eq!(send(&server, "DELETE", &path, REVIEWER, &json!(null)).status, 404);
}
