//! The deployment files name no setting that the server does not know.

use std::collections::BTreeSet;

use crate::process::command;

const FILES: [(&str, &str); 3] = [
    ("Dockerfile", include_str!("../../../deploy/Dockerfile")),
    ("compose.yaml", include_str!("../../../deploy/compose.yaml")),
    ("kubernetes/server.yaml", include_str!("../../../deploy/kubernetes/server.yaml")),
];

/// The environment variables of the server in a text.
fn variables(text: &str) -> BTreeSet<&str> {
    let is_name = |letter: char| letter.is_ascii_uppercase() || letter == '_';
    text.split(|letter| !is_name(letter)).filter(|word| word.starts_with("CODESIGHT_")).collect()
}

#[test]
fn every_environment_variable_is_a_setting_of_the_server() {
    let help = command().args(["serve", "--help"]).output().expect("it runs");
    let help = String::from_utf8(help.stdout).expect("text");
    let known = variables(&help);
    for (file, text) in FILES {
        let used = variables(text);
        assert!(used.len() >= 4, "{file}: {used:?}");
        let unknown: Vec<_> = used.difference(&known).collect();
        assert!(unknown.is_empty(), "{file} sets {unknown:?}; known are {known:?}");
    }
}
