//! Integration tests of codesight-core, in one binary.

mod models;
mod schema;
