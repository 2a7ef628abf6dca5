//! `validate`, `train` and `evaluate` on the archive that a demo leaves, with the stand-in for the service.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::process::{Server, TOKEN, command};
use crate::quality::archive_of_a_demo;

fn run(arguments: &[&str], file: &Path, folder: &Path) -> Output {
    command().args(arguments).arg("--folder").arg(folder).arg(file).output().expect("the server binary runs")
}

fn text(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn an_archive_becomes_a_model_and_a_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = archive_of_a_demo(folder.path());
    let training = folder.path().join("training");

    let trained = text(&run(
        &["train", "--provider", "fake", "--suffix", "shop", "--epochs", "2"],
        &archive,
        &training,
    ));
    assert!(trained.contains("verdict    accepted"), "{trained}");
    assert!(
        trained.contains("job        ftjob-")
            && trained.contains("model      ft:gpt-4o-2024-08-06:fake:shop:"),
        "{trained}"
    );
    assert_eq!(trained.matches("Created fine-tuning job").count(), 1, "each event once: {trained}");

    let dry = run(&["train", "--dry-run"], &archive, &training);
    assert!(
        text(&dry).contains("Hosted fine-tuning is closing"),
        "the real service's notices come before anything is sent"
    );

    let report = folder.path().join("report");
    let models = ["evaluate", "--provider", "fake", "--model", "hasty", "--model", "careful"];
    let said = text(&run(&models, &archive, &report));
    assert!(said.contains("careful against hasty: +"), "{said}");
    let json = std::fs::read(report.join("report.json")).expect("written");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    assert!(json["comparisons"][0]["stepSuccess"]["value"].as_f64().is_some_and(|better| better > 0.0));
    let page = std::fs::read_to_string(report.join("report.html")).expect("written");
    assert!(page.contains("<circle") && page.contains("data:image/"), "pictures with places");

    let golden = folder.path().join("golden.json");
    let golden = golden.to_str().expect("text");
    let keep = ["evaluate", "--provider", "fake", "--model", "careful", "--golden", golden];
    assert!(text(&run(&keep, &archive, &report)).contains("kept in"));
    assert!(text(&run(&keep, &archive, &report)).contains("0 step(s) changed"));
    let worse = ["evaluate", "--provider", "fake", "--model", "hasty", "--golden", golden];
    assert!(!run(&worse, &archive, &report).status.success(), "what became worse is a failure");
}

#[test]
fn a_server_on_the_same_data_knows_how_a_training_went() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = archive_of_a_demo(folder.path());
    let data = folder.path().to_str().expect("text").to_owned();
    let training = folder.path().join("training");
    let train = ["train", "--provider", "fake", "--run", "the-first/../try", "--data-dir", &data];
    text(&run(&train, &archive, &training));

    let reviewer = "token-of-a-demo-reviewer";
    let server = Server::start(folder.path(), &["--token", &format!("demo/ana={reviewer}")]);
    let trainings = || server.get("/v1/trainings", Some(reviewer)).json()["trainings"].clone();
    let known = trainings();
    assert_eq!(known.as_array().map(Vec::len), Some(1), "{known}");
    let one = &known[0];
    assert_eq!((&one["run"], &one["service"]), (&"the-first/../try".into(), &"fake".into()));
    assert_eq!((one["status"].as_str(), one["sessions"].as_u64()), (Some("succeeded"), Some(1)));
    let model = one["model"].as_str().expect("a model").to_owned();
    assert!(model.starts_with("ft:"), "{model}");
    let losses: Vec<f64> = one["losses"]
        .as_array()
        .expect("a curve")
        .iter()
        .map(|point| point["training"].as_f64().expect("a loss"))
        .collect();
    assert!(losses.len() > 10 && losses.is_sorted_by(|before, after| before >= after), "{losses:?}");
    let events: Vec<_> =
        one["events"].as_array().expect("a list").iter().map(|one| &one["message"]).collect();
    assert!(
        events.iter().any(|event| event.as_str().is_some_and(|said| said.contains("Created"))),
        "{events:?}"
    );
    assert_eq!(one["evaluation"], Value::Null);
    assert!(
        server.get("/v1/trainings", Some(TOKEN)).json()["trainings"].as_array().expect("a list").is_empty()
    );

    // While the server runs, and again: still one record, which also has what the evaluation found.
    text(&run(&train, &archive, &training));
    let evaluate = ["evaluate", "--provider", "fake", "--model", &model, "--data-dir", &data];
    text(&run(&evaluate, &archive, &folder.path().join("report")));
    let known = trainings();
    let of_model: Vec<_> =
        known.as_array().expect("a list").iter().filter(|one| one["model"] == model.as_str()).collect();
    let [one] = of_model.as_slice() else { panic!("{known}") };
    assert!(one["evaluation"]["success"].as_f64().is_some_and(|share| share > 0.5), "{one}");
    assert_eq!(known.as_array().map(Vec::len), Some(1), "{known}");
}

#[test]
fn files_are_judged_and_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let file: PathBuf = folder.path().join("lines.jsonl");
    let line = |number| {
        format!(
            "{{\"messages\":[{{\"role\":\"system\",\"content\":\"s\"}},{{\"role\":\"user\",\"content\":\"{number} <|endoftext|>\"}},{{\"role\":\"assistant\",\"content\":\"a\"}}]}}\r\n"
        )
    };
    std::fs::write(&file, (0..12).map(line).collect::<String>()).expect("written");
    let judge =
        |arguments: &[&str]| command().arg("validate").args(arguments).arg(&file).output().expect("it runs");
    let refused = judge(&[]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stdout).contains("error[special-token]"));
    let mended = text(&judge(&["--fix"]));
    assert!(
        mended.contains("12 carriage return(s)") && mended.contains("accepted by the rules of openai"),
        "{mended}"
    );
    let json: Value =
        serde_json::from_str(text(&judge(&["--fix", "--json"])).lines().last().expect("a line"))
            .expect("JSON");
    assert_eq!(json["errors"], 0);
}
