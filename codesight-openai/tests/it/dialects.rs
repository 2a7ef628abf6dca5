//! Together and Fireworks, by stand-ins that were written from their documents.

use std::sync::Arc;

use codesight_core::ErrorKind;
use codesight_core::ports::{Tuner, TuningStatus};
use codesight_core::privacy::Masked;
use codesight_core::testkit::{fixtures, tuner_suite};
use codesight_openai::client::{ApiKey, Client};
use codesight_openai::files::Files;
use codesight_openai::jobs::{ServiceTuner, TunerOptions, tuner_for};
use codesight_openai::provider::{Dialect, Profile};
use codesight_openai::testkit::OtherService;
use codesight_openai::uploads::{BytesSource, digest};
use serde_json::json;

use crate::service::fixed;

fn tuner(dialect: Dialect) -> (OtherService, Arc<dyn ServiceTuner>) {
    let service = OtherService::new(dialect);
    let name = if dialect == Dialect::Fireworks { "fireworks" } else { "together" };
    // Small enough for the suite to try one byte too many.
    let limits = json!({ "limits": { "maxDirectFileBytes": 5_000, "maxFileBytes": 5_000 } });
    let profile = Profile::named(name).expect("known").overridden(&limits).expect("fields there are");
    let profile = profile.at("http://service.invalid/v1");
    let client = Client::new(profile, Some(ApiKey::new("key")), Arc::new(service.clone()), fixed());
    let tuner = tuner_for(client, TunerOptions::default(), Some("team")).expect("it trains");
    (service, tuner)
}

fn as_tuner(tuner: Arc<dyn ServiceTuner>) -> Arc<dyn Tuner> {
    tuner
}

#[tokio::test(start_paused = true)]
async fn the_port_is_kept_in_each_dialect() {
    for dialect in [Dialect::Together, Dialect::Fireworks] {
        let fresh = || async { as_tuner(tuner(dialect).1) };
        tuner_suite().run(&format!("{dialect:?} tuner"), fresh).await.expect("the suite of the port");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_makes_no_second_job() {
    for dialect in [Dialect::Together, Dialect::Fireworks] {
        let (service, tuner) = tuner(dialect);
        let lines = || Masked::from_store(bytes::Bytes::from_static(b"{}\n{}\n"));
        let file = tuner.upload(lines()).await.expect("uploaded");
        assert_eq!(tuner.upload(lines()).await.expect("again"), file);
        assert_eq!(service.files(), 1, "{dialect:?}: one file for one content");
        service.lose_replies(1);
        let job = tuner.start(fixtures::tuning_request("run-1", &file)).await.expect("found after the loss");
        assert_eq!((job.run_id.as_str(), service.jobs()), ("run-1", 1), "{dialect:?}");
        // A program that was started anew asks with the same run.
        let again = tuner.start(fixtures::tuning_request("run-1", &file)).await.expect("found");
        assert_eq!((again.id, service.jobs()), (job.id, 1), "{dialect:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn jobs_go_their_services_way_to_the_end() {
    for (dialect, words) in [(Dialect::Together, "team/"), (Dialect::Fireworks, "accounts/team/models/")] {
        let (_, tuner) = tuner(dialect);
        let file =
            tuner.upload(Masked::from_store(bytes::Bytes::from_static(b"{}\n"))).await.expect("uploaded");
        let job = tuner.start(fixtures::tuning_request("run-1", &file)).await.expect("started");
        let mut seen = Vec::new();
        let ended = loop {
            let job = tuner.get(&job.id).await.expect("there");
            seen.push(job.status.clone());
            if job.status.is_final() {
                break job;
            }
        };
        assert!(seen.contains(&TuningStatus::Running), "{seen:?}");
        assert!(ended.model_id.is_some_and(|model| model.starts_with(words)));
        assert!(tuner.events(&job.id, None, 10).await.expect("told").len() >= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_is_deleted_by_its_id_and_by_the_name_of_its_content() {
    for dialect in [Dialect::Together, Dialect::Fireworks] {
        let (service, tuner) = tuner(dialect);
        let lines = bytes::Bytes::from_static(b"{}\n");
        let name = Files::name_of(&digest(&BytesSource(lines.clone())).await.expect("digests"));
        let upload = || tuner.upload(Masked::from_store(lines.clone()));
        let others =
            tuner.upload(Masked::from_store(bytes::Bytes::from_static(b"{ }\n"))).await.expect("uploaded");
        let by_id = upload().await.expect("uploaded");
        tuner.delete_file(&by_id).await.expect("deleted");
        assert_eq!(service.files(), 1, "{dialect:?}: by its id, and no other");
        upload().await.expect("uploaded");
        for _ in 0..2 {
            tuner.delete_file(&name).await.expect("deleted");
            assert_eq!(service.files(), 1, "{dialect:?}: by its name, and no other");
        }
        tuner.delete_file(&others).await.expect("deleted");
        assert_eq!((service.files(), tuner.service().is_empty()), (0, false));
    }
}

#[test]
fn what_cannot_be_asked_is_said_before_anything_is_sent() {
    let client = |name: &str| {
        let service = OtherService::new(Dialect::OpenAi);
        Client::new(Profile::named(name).expect("known"), None, Arc::new(service), fixed())
    };
    let kind = |name| tuner_for(client(name), TunerOptions::default(), None).err().map(|error| error.kind());
    assert_eq!(kind("ollama"), Some(ErrorKind::Unsupported));
    assert_eq!(kind("fireworks"), Some(ErrorKind::Invalid), "without an account");
    assert_eq!(kind("together"), None);
}
