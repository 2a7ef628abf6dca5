//! HTTP archives.

use codesight_core::import::rules;
use codesight_core::model::InteractionType;

use super::{interactions, one, options};
use crate::corpora;

#[test]
fn every_public_archive_imports_with_times_that_only_go_forward() {
    let Some(root) = corpora::folder("har") else { return };
    let mut archives = 0;
    for folder in ["playwright", "PerfCascade"] {
        for (name, bytes) in corpora::files(&root.join(folder)) {
            if !name.ends_with(".har") {
                continue;
            }
            let imported = one("har", &name, bytes);
            let told = interactions(&imported);
            assert!(!told.is_empty(), "{name}: no page was opened");
            assert!(told.iter().all(|told| told.kind == InteractionType::Navigation), "{name}");
            assert!(told.windows(2).all(|pair| pair[0].timestamp <= pair[1].timestamp), "{name}");
            assert!(
                told.iter().all(|told| told.action.duration_ms.is_some_and(|time| time >= 0.0)),
                "{name}"
            );
            archives += 1;
        }
    }
    assert_eq!(archives, 7);
}

#[test]
fn a_redirect_loop_ends_with_the_archive() {
    let Some(root) = corpora::folder("har") else { return };
    let bytes = std::fs::read(root.join("PerfCascade/capture-har_redirect-loop.har")).expect("corpus file");
    let told = interactions(&one("har", "loop.har", bytes));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].action.raw_events, Some(11), "ten redirects and where they began");
}

const WITH_CREDENTIALS: &str = r#"{"log":{"version":"1.2","creator":{"name":"t","version":"1"},"pages":[],"entries":[
    {"startedDateTime":"2026-01-01T00:00:01.000Z","time":5,
     "request":{"method":"POST","url":"https://shop.test/login","httpVersion":"h2","cookies":[{"name":"sid","value":"S3CRET-A"}],
       "headers":[{"name":"Authorization","value":"Bearer S3CRET-B"},{"name":"COOKIE","value":"sid=S3CRET-A"},{"name":"X-Api-Key","value":"S3CRET-C"}],
       "queryString":[],"postData":{"mimeType":"text/plain","text":"password=S3CRET-D"},"headersSize":-1,"bodySize":-1},
     "response":{"status":200,"statusText":"","headers":[{"name":"Set-Cookie","value":"sid=S3CRET-E"}],"cookies":[],"content":{"size":1,"mimeType":"text/html","text":"S3CRET-F"}},
     "cache":{},"timings":{}}]}}"#;

#[test]
fn cookies_authorisation_and_bodies_are_removed_and_counted() {
    let imported = one("har", "login.har", WITH_CREDENTIALS.as_bytes().to_vec());
    let told = interactions(&imported);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].action.cause.as_deref(), Some("form"));
    let written =
        format!("{} {:?}", serde_json::to_string(&told).expect("JSON"), imported.sessions[0].findings);
    assert!(!written.contains("S3CRET"), "a credential was kept");
    assert_eq!(imported.count_of(&rules::CREDENTIALS_REMOVED), 1);
}

#[test]
fn another_version_is_refused() {
    let other = WITH_CREDENTIALS.replace("\"1.2\"", "\"9.0\"");
    let source = codesight_core::import::Source::file("login.har", other.into_bytes());
    let refused = codesight_core::import::import(&source, &options()).err();
    assert_eq!(refused.map(|error| error.kind()), Some(codesight_core::ErrorKind::Unsupported));
}
