//! The description of the interface is the committed one, and it leaves out no route and no role.

use std::path::Path;

use serde_json::Value;

use crate::process::{Server, TOKEN};

/// `UPDATE_EXPECT=1 cargo test -p codesight-server --test it openapi` writes it anew.
#[test]
fn the_description_is_the_committed_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let described = server.get("/openapi.json", None).json();
    let text = serde_json::to_string_pretty(&described).expect("JSON") + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, &text).expect("written");
    }
    let committed = std::fs::read_to_string(&file).expect("the committed description");
    assert!(committed == text, "openapi.json is not what the routes say: write it anew with UPDATE_EXPECT=1");
}

#[test]
fn every_operation_says_whom_it_serves_and_keeps_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let described = server.get("/openapi.json", None).json();
    assert_eq!(described["openapi"], "3.1.0");
    let mut guarded = 0;
    for (path, methods) in described["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let what = format!("{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|summary| summary.len() > 8), "{what}");
            let asked = path.replace("{hash}", &"0".repeat(64));
            let asked = asked.replace(['{', '}'], "");
            let needs_key = operation["security"].as_array().is_some_and(|all| !all.is_empty());
            assert_eq!(needs_key, operation["x-roles"].is_array(), "{what}");
            if needs_key {
                guarded += 1;
                let stranger = server.send(&method.to_uppercase(), &asked, &[], "{}");
                assert_eq!(stranger.status, 401, "{what} without a key");
                let roles: Vec<&str> = operation["x-roles"]
                    .as_array()
                    .expect("roles")
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                let token = format!("Bearer {TOKEN}");
                let robot = server.send(&method.to_uppercase(), &asked, &[("Authorization", &token)], "{}");
                let may = roles.contains(&"collector") || roles.contains(&"reviewer");
                assert_eq!(robot.status == 403, !may, "{what} with a collector's key: {}", robot.status);
            }
        }
    }
    assert!(guarded > 25, "only {guarded} operations need a key");
}

#[test]
fn what_the_framework_refuses_is_a_problem_as_well_and_quotes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--officer-token", "shop/officer=token-of-the-officer"]);
    let officer = ("Authorization", "Bearer token-of-the-officer");
    for (method, path, body, status, code) in [
        ("GET", "/v1/nothing", "", 404, "not-found"),
        ("PATCH", "/v1/sessions", "", 405, "method-not-allowed"),
        ("GET", "/v1/audit?after=jane@shop.test", "", 400, "invalid"),
        ("GET", "/v1/audit?jane=1", "", 400, "invalid"),
        ("PUT", "/v1/subjects/eve/hold", "{\"reference\":", 400, "invalid"),
        ("PUT", "/v1/subjects/eve/hold", "{\"jane@shop.test\":1}", 422, "invalid"),
    ] {
        let answer = server.send(method, path, &[officer], body);
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{method} {path}");
        let problem = answer.json();
        assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some(code), Some(status.into())));
        assert!(!problem.to_string().contains("jane"), "{problem}");
    }
    let allow = server.send("PATCH", "/v1/sessions", &[officer], "");
    assert!(allow.header("allow").is_some_and(|methods| methods.contains("GET")), "{}", allow.head);
}
