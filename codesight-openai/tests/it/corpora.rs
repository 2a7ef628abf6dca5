//! Public corpora of JSON and of naughty strings go through the validator and the writer.

use std::fs;

use codesight_openai::format::{ChatFormat, read_line};
use codesight_openai::validate::Code;

use crate::cookbook::corpora;
use crate::support::{archive, click, example, judge, masked, one_line};

#[test]
fn bad_json_is_refused_with_a_code_and_never_a_panic() {
    let Some(folder) = corpora("JSONTestSuite") else { return };
    let mut seen = 0;
    for part in ["test_parsing", "test_transform"] {
        for entry in fs::read_dir(folder.join("json/JSONTestSuite").join(part)).expect("the corpus") {
            let path = entry.expect("the corpus").path();
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            let bytes = fs::read(&path).expect("the corpus");
            let verdict = judge(&bytes, one_line());
            // None of them is an example, so none is accepted; what is no JSON is refused for that.
            assert!(!verdict.is_accepted() && !verdict.findings.is_empty(), "{name}");
            let is_json = |code: Code| {
                !matches!(
                    code,
                    Code::EmptyFile
                        | Code::BlankLine
                        | Code::ByteOrderMark
                        | Code::InvalidUtf8
                        | Code::UnfinishedJson
                        | Code::InvalidJson
                        | Code::TrailingData
                        | Code::TooDeep
                )
            };
            if name.starts_with("n_") {
                assert!(verdict.findings.iter().any(|finding| !is_json(finding.code)), "{name}: {verdict}");
            }
            if name.starts_with("y_") && !bytes.trim_ascii().contains(&b'\n') {
                assert!(verdict.findings.iter().all(|finding| is_json(finding.code)), "{name}: {verdict}");
            }
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen} files");
}

#[test]
fn naughty_strings_survive_a_line() {
    let Some(folder) = corpora("big list of naughty strings") else { return };
    let text = fs::read(folder.join("json/blns/blns.json")).expect("the corpus");
    let strings: Vec<String> = serde_json::from_slice(&text).expect("the corpus");
    assert!(strings.len() > 400);
    for string in strings {
        let mut data = example(vec![click(1.0, 1.0)]);
        data.observation.title = string.clone();
        let line = ChatFormat::default().line(&masked(data), &archive(32, 24)).expect("in memory");
        let bytes = line.bytes.expect("a line");
        let verdict = judge(&bytes, one_line());
        assert_eq!(verdict.findings, [], "{string:?}");
        let read = read_line(&bytes).expect("own line");
        let page = read.user.lines().nth_back(1).expect("the page");
        let page: serde_json::Value = serde_json::from_str(page).expect("JSON");
        if line.findings.is_empty() {
            assert_eq!(page["title"], string.as_str(), "identical on the way out");
        }
    }
}
