//! Integration tests of codesight-core, in one binary.

mod detect;
mod models;
mod schema;
