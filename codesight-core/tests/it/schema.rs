//! The generated descriptions of the protocol are committed and up to date.
//!
//! `UPDATE_EXPECT=1 cargo test -p codesight-core --all-features schema` writes them anew.

use std::path::Path;

use codesight_core::wire::schema::{json_schema, typescript};

fn check(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, actual).expect("the schema folder is writable");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == actual, "{} is out of date: run with UPDATE_EXPECT=1", path.display());
}

#[test]
fn committed_json_schema_and_typescript_match_the_types() {
    let schema = json_schema();
    check("codesight.v1.schema.json", &format!("{}\n", serde_json::to_string_pretty(&schema).expect("JSON")));
    check("codesight.v1.ts", &typescript(&schema));
}
