//! Integration tests of codesight-core, in one binary.
#![allow(clippy::disallowed_methods, reason = "tests read CODESIGHT_CORPORA and UPDATE_EXPECT")]
#![allow(clippy::print_stderr, reason = "a skipped test says why")]
#![allow(clippy::print_stdout, reason = "some tests print what they measured")]

mod accuracy;
mod boundaries;
mod canary;
mod compat;
#[path = "../support/corpora.rs"]
mod corpora;
mod decode;
mod detect;
mod fields;
mod fuzzing;
mod import;
mod layers;
mod machine;
mod masker;
mod models;
mod national_ids;
mod outcome;
mod pipeline;
#[path = "../support/plants.rs"]
mod plants;
mod ports;
mod privacy_report;
mod recognizer;
mod review;
mod schema;
mod structured;
#[path = "../support/targets.rs"]
mod targets;
mod training;
