//! `import` of the public corpora: whole folders, with everything beside the recordings in them.

use std::path::Path;

use crate::process::command;

/// What `import` says of a folder of the corpora in a dry run.
fn imported(folder: &str) -> Option<String> {
    let Some(corpora) = std::env::var_os("CODESIGHT_CORPORA") else {
        eprintln!("skipped {folder}: CODESIGHT_CORPORA is not set");
        return None;
    };
    let output = command()
        .args(["import", "--dry-run"])
        .arg(Path::new(&corpora).join(folder))
        .output()
        .expect("the server binary runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{folder}: {text}{}", String::from_utf8_lossy(&output.stderr));
    Some(text)
}

/// How many lines tell of a recording in this format.
fn of_format(text: &str, format: &str) -> usize {
    text.lines().filter(|line| line.contains(&format!(": {format}, "))).count()
}

#[test]
fn each_folder_of_the_corpora_is_read_as_what_it_holds() {
    // The folder, the format, at least so many recordings, and words that must be there.
    let expected = [
        ("recorder", "chrome-recorder", 1, "17 interactions"),
        ("har", "har", 2, "sessions"),
        ("rrweb", "rrweb", 50, "interactions"),
        ("trajectories/weblinx", "weblinx", 1, "2055 raw events, 27 interactions"),
        ("trajectories/opencua-raw", "agentnet", 1, "4099 raw events, 14 interactions"),
        ("trajectories/agentnetbench", "agentnet", 1, "interactions"),
        ("trajectories/uground-mind2web", "mind2web", 1, "177 sessions"),
        ("trajectories/autowebbench", "webarena", 1, "349 raw events"),
    ];
    for (folder, format, least, words) in expected {
        let Some(text) = imported(folder) else { return };
        let recordings = of_format(&text, format);
        assert!(recordings >= least, "{folder}: {recordings} recordings of {format}\n{text}");
        assert!(text.contains(words), "{folder}: {text}");
        println!("{folder}: {recordings} recordings of {format}");
    }
}

#[test]
fn what_nobody_knows_is_refused_when_it_is_named_and_passed_over_in_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("notes.txt"), "nothing").expect("written");
    let import = |path: &Path| {
        let output = command().args(["import", "--dry-run"]).arg(path).output().expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (is_good, named) = import(&folder.path().join("notes.txt"));
    assert!(!is_good && named.contains("unsupported"), "{named}");
    let (is_good, alone) = import(folder.path());
    assert!(!is_good && alone.contains("passed over 1 files"), "{alone}");
    let recording = r#"{"title":"t","steps":[{"type":"navigate","url":"https://shop.test/"},{"type":"click","target":"main","selectors":[[".a"]],"offsetX":1,"offsetY":1}]}"#;
    std::fs::write(folder.path().join("recording.json"), recording).expect("written");
    let (is_good, beside) = import(folder.path());
    assert!(is_good && beside.contains("chrome-recorder, 1 sessions"), "{beside}");
}
