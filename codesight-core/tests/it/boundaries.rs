//! What a crate must not depend on, read from cargo's own resolution.

use std::collections::BTreeSet;
use std::process::Command;

/// The names of every crate that `package` pulls in with `features`, itself left out.
fn dependencies(package: &str, features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", package, "--edges", "normal,build", "--prefix", "none"])
        .args(["--no-default-features", "--features", &features.join(","), "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("names are UTF-8");
    tree.lines().filter_map(|line| line.split(' ').next()).skip(1).map(str::to_owned).collect()
}

#[test]
fn core_pulls_no_runtime_network_database_store_or_c_code() {
    let forbidden = [
        "tokio",
        "async-std",
        "smol",
        "mio",
        "hyper",
        "reqwest",
        "axum",
        "sqlx",
        "sqlx-core",
        "libsqlite3-sys",
        "object_store",
        "rustls",
        "cc",
        "cmake",
        "libwebp-sys",
        "libz-sys",
        "ring",
        "aws-lc-sys",
    ];
    for features in [&[][..], &["schema", "testkit"]] {
        let found = dependencies("codesight-core", features);
        assert!(found.contains("serde"), "cargo tree shows nothing: {found:?}");
        let pulled: Vec<&str> = forbidden.into_iter().filter(|name| found.contains(*name)).collect();
        assert!(pulled.is_empty(), "codesight-core with {features:?} pulls {pulled:?}");
    }
}

#[test]
fn the_adapters_do_not_know_each_other() {
    assert!(!dependencies("codesight-storage", &[]).contains("codesight-openai"));
    assert!(!dependencies("codesight-openai", &[]).contains("codesight-storage"));
    for package in ["codesight-core", "codesight-storage", "codesight-openai"] {
        assert!(!dependencies(package, &[]).contains("codesight-server"), "{package} depends on an example");
    }
}
